"""Departments, each with its parts."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QSplitter, QVBoxLayout

from desktop.domain.policy import Action
from desktop.services.people import DepartmentRow, add_department, change_department, list_departments
from desktop.ui.desk import Desk
from desktop.ui.pages.settings_panel import Panel, refusal_for
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

COLUMNS: tuple[Column[DepartmentRow], ...] = (
    Column("部门", lambda item: f"　　{item.name}" if item.parent_id else item.name, stretch=True),
    Column("上级部门", lambda item: item.parent, width=10),
    Column(
        "状态",
        lambda item: "在用" if item.active else "停用",
        chip=True,
        tone=lambda item: "good" if item.active else "neutral",
        width=4.2,
    ),
)


class DepartmentsPanel(Panel):
    """The tree as a list, and one department to rename or to retire."""

    key = "departments"
    title = "部门"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._current: DepartmentRow | None = None
        self._parent: UUID | None = None
        self.table = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, _key),
            desk.operations,
            name="部门",
            empty="还没有部门",
            ask=Ask(),
            search="部门、拼音",
        )
        self.table.chosen.connect(self._choose)
        self.add = button("添加一级部门", lambda: self._begin(None), primary=True)
        self.add_part = button("添加下级部门", self._begin_part)
        self.name = named(QLineEdit(), "部门名称")
        self.active = QCheckBox("在用")
        self.save = button("保存", self._save, primary=True)
        self._title, self._note = heading("选择左边的部门", 1.15), words(role="muted")
        self._lay_out()
        self.name.returnPressed.connect(self.save.click)

    def reload(self) -> None:
        actor = self.desk.actor
        self.desk.read(
            self, lambda reading: refusal_for(reading, actor, Action.MANAGE_PEOPLE), self._set_refusal, key="right"
        )
        self.table.reload()

    def _lay_out(self) -> None:
        frame, column = card(margin=14)
        column.addLayout(row(heading("部门", 1.15), None, self.add_part, self.add))
        column.addWidget(self.table, 1)
        self._editor, right = card(margin=16)
        right.addWidget(self._title)
        right.addWidget(self._note)
        form = QFormLayout()
        form.addRow("名称", self.name)
        form.addRow("", self.active)
        right.addLayout(form)
        right.addLayout(row(None, self.save))
        right.addStretch(1)
        split = QSplitter()
        split.addWidget(frame)
        split.addWidget(self._editor)
        split.setSizes([760, 380])
        split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self._set_editable(False)

    def _set_editable(self, editable: bool) -> None:
        for part in (self.name, self.active, self.save):
            part.setEnabled(editable)

    def _set_refusal(self, refusal: str) -> None:
        self._note.setText(refusal)
        self._note.setVisible(bool(refusal))
        self._editor.setEnabled(not refusal)
        self.add.setVisible(not refusal)
        self.add_part.setVisible(not refusal)

    def _load(self) -> list[DepartmentRow]:
        return self.desk.ask(list_departments)

    def _choose(self, chosen: DepartmentRow | None) -> None:
        if chosen is None or chosen == self._current:
            return
        self._current, self._parent = chosen, None
        self._title.setText(chosen.name)
        self.name.setText(chosen.name)
        self.active.setChecked(chosen.active)
        self.active.show()
        self._set_editable(True)

    def _begin(self, parent: DepartmentRow | None) -> None:
        self._current, self._parent = None, parent.id if parent else None
        self._title.setText(f"“{parent.name}”的下级部门" if parent else "新的一级部门")
        self.name.clear()
        self.active.hide()
        self._set_editable(True)
        self.name.setFocus()

    def _begin_part(self) -> None:
        chosen = self.table.current()
        if chosen is not None:
            self._begin(chosen)

    def _save(self) -> None:
        current, name = self._current, self.name.text()
        if current is None:
            use_case = functools.partial(add_department, name=name, parent_id=self._parent)
            self.desk.run(self, use_case, self.table.choose)
            return
        change = functools.partial(
            change_department,
            department_id=current.id,
            version=current.version,
            name=name,
            active=self.active.isChecked(),
        )
        self.desk.run(self, change, lambda _nothing: None)


def _key(item: DepartmentRow) -> Hashable:
    return item.id
