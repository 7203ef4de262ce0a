"""Departments, each with its parts."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from desktop.domain.policy_terms import Action
from desktop.services.departments import clean_department_name
from desktop.services.merging_departments import merge_departments, preview_department_merger
from desktop.services.people import DepartmentRow, add_department, change_department, list_departments
from desktop.services.people_history import department_history
from desktop.services.watching import last_change
from desktop.ui.desk import Desk
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.history_dialog import HistoryDialog
from desktop.ui.merge_dialog import Mergeable, MergeDialog
from desktop.ui.pages.settings_panel import Panel, changed_hint, fault_of, refusal_for
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.saving import save_record
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

COLUMNS: tuple[Column[DepartmentRow], ...] = (
    Column("部门", lambda item: f"　　{item.name}" if item.parent_id else item.name, stretch=True),
    Column("上级部门", lambda item: item.parent, width=8),
    Column("在职", lambda item: f"{item.people} 人" if item.people else "", "right", width=4),
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
        self._departments: list[DepartmentRow] = []
        self._refused = False
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
        self.parent_box = named(QuietCombo(), "上级部门")
        self.active = QCheckBox("在用")
        self.history = button("变动记录…", self._show_history)
        self.merge = button("合并…", self._open_merger)
        self.merge.setToolTip("这个部门与另一个是同一个时用")
        self.save = button("保存", self._save, primary=True)
        self._missing = named(words(role="muted"), "还不能保存的原因")
        self.hint = named(words(role="problem"), "别人的改动")
        self.hint.hide()
        self._title, self._note = heading("选择左边的部门", 1.15), words(role="muted")
        self._lay_out()
        self._kept = self._written
        self.name.textChanged.connect(lambda _text: self._judge())
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
        right.addWidget(self.hint)
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("名称", self.name)
        form.addRow("上级部门", self.parent_box)
        form.addRow("", self.active)
        right.addWidget(self._form)
        right.addWidget(self._missing)
        right.addLayout(row(self.history, self.merge, None, self.save))
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
        for part in (self.name, self.parent_box, self.active, self.save):
            part.setEnabled(editable)
        self.history.setEnabled(self._current is not None)
        self.merge.setEnabled(self._current is not None and not self._refused)
        self._judge()

    def _judge(self) -> None:
        """Let what is written be saved, or say why not."""
        editable = self.name.isEnabledTo(self._form) and not self._refused
        missing = fault_of(clean_department_name, self.name.text()) if editable else ""
        self._missing.setText(missing)
        self._missing.setVisible(bool(missing))
        self.save.setEnabled(editable and not missing)

    def _set_refusal(self, refusal: str) -> None:
        self._note.setText(refusal)
        self._note.setVisible(bool(refusal))
        self._refused = bool(refusal)
        self._form.setEnabled(not refusal)
        self._set_editable(self.name.isEnabledTo(self._form))
        self.add.setVisible(not refusal)
        self.add_part.setVisible(not refusal)

    def _load(self) -> list[DepartmentRow]:
        self._departments = self.desk.ask(list_departments)
        return self._departments

    def _offer_parents(self, chosen: UUID | None) -> None:
        self.parent_box.clear()
        self.parent_box.addItem("（一级部门，没有上级）", "")
        for item in self._departments:
            if item.active and item != self._current:
                self.parent_box.addItem(item.full, str(item.id))
        self.parent_box.setCurrentIndex(max(0, self.parent_box.findData(str(chosen or ""))))

    def _show_history(self) -> None:
        if (current := self._current) is not None:
            read = functools.partial(department_history, department_id=current.id)
            dialog = HistoryDialog(self.desk, f"{current.name}的变动记录", read, self.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _open_merger(self) -> None:
        if (current := self._current) is None:
            return
        what = Mergeable(
            noun="部门",
            columns=COLUMNS[:3],
            rows=lambda: self._departments,
            key=lambda item: item.id,
            full=lambda item: item.full,
            preview=lambda reading, gone, counts: preview_department_merger(reading, gone.id, counts.id),
            merge=lambda work, gone, counts: merge_departments(
                work, gone.id, counts.id, gone_version=gone.version, counts_version=counts.version
            ),
            search="部门、拼音",
        )
        dialog = MergeDialog(self.desk, what, current, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose(self, chosen: DepartmentRow | None) -> None:
        if chosen is None or chosen == self._current:
            return
        if self._current is not None and self._current.id == chosen.id and self._dirty:
            self._tell_newer(chosen)
        elif self._dirty:
            stay = functools.partial(self.table.choose, self._current.id) if self._current else self.table.unchoose
            self.ask_to_leave(functools.partial(self._show, chosen), stay)
        else:
            self._show(chosen)

    def _show(self, chosen: DepartmentRow) -> None:
        self.hint.hide()
        self._current = chosen
        self._offer_parents(chosen.parent_id)
        self._title.setText(chosen.name)
        self.name.setText(chosen.name)
        self.active.setChecked(chosen.active)
        self.active.show()
        self._kept = self._written
        self._set_editable(True)

    @property
    def _written(self) -> tuple[str, str, bool]:
        return self.name.text(), str(self.parent_box.currentData() or ""), self.active.isChecked()

    @property
    def _dirty(self) -> bool:
        """Whether something is written that was not saved."""
        return self._written != self._kept

    @property
    def unsaved(self) -> str:
        name = self.name.text().strip()
        return f"部门“{name}”" if name and self._dirty else ""

    def _tell_newer(self, newer: DepartmentRow) -> None:
        """Somebody else has saved the department that is being edited: leave what is written alone, and say so."""

        def then(who: str) -> None:
            self.hint.setText(changed_hint(who))
            self.hint.show()

        self.desk.read(self, functools.partial(last_change, entity="department", key=newer.id), then, key="newer")

    def _begin(self, parent: DepartmentRow | None) -> None:
        """Let a new department be written down."""
        if self._dirty:
            self.ask_to_leave(functools.partial(self._begin_below, parent))
        else:
            self._begin_below(parent)

    def _begin_below(self, parent: DepartmentRow | None) -> None:
        self._current = None
        self.hint.hide()
        self.table.unchoose()
        self._offer_parents(parent.id if parent else None)
        self._title.setText(f"“{parent.name}”的下级部门" if parent else "新的一级部门")
        self.name.clear()
        self.active.hide()
        self.active.setChecked(True)
        self._kept = self._written
        self._set_editable(True)
        self.name.setFocus()

    def _begin_part(self) -> None:
        chosen = self.table.current()
        if chosen is not None:
            self._begin(chosen)

    def _save(self) -> None:
        current, name = self._current, self.name.text()
        above = UUID(self.parent_box.currentData()) if self.parent_box.currentData() else None
        if current is None:
            use_case = functools.partial(add_department, name=name, parent_id=above)
            self.desk.run(self, use_case, self._added)
        else:
            change = functools.partial(change_department, department_id=current.id)
            values = {"name": name, "active": self.active.isChecked(), "parent_id": above}
            save_record(self.desk, self, change, values, current.version, self._saved)
        self.hold(self.save, self._judge)

    def _added(self, key: UUID) -> None:
        self._kept = self._written
        self.table.choose(key)

    def _saved(self, _nothing: None) -> None:
        self._current, self._kept = None, self._written  # what was saved is shown as it comes back


def _key(item: DepartmentRow) -> Hashable:
    return item.id
