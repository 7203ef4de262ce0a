"""例会与里程碑: what projects have missed of their monitoring, and the papers that answer it (MON-2, MON-3)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from desktop.domain.forms import FORMS
from desktop.services.drafting import start_draft
from desktop.services.watch_list import Owed, owed_checks
from desktop.ui.desk import Desk
from desktop.ui.pieces import button, heading
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

COLUMNS: tuple[Column[Owed], ...] = (
    Column("项目编号", lambda item: item.project.marked, sort="number", width=7),
    Column(
        "项目", lambda item: item.project.name, sort="name", stretch=True, width=10, tip=lambda item: item.project.name
    ),
    Column(
        "项目经理", lambda item: item.project.manager.shown if item.project.manager else "", sort="manager", width=4.8
    ),
    Column("部门", lambda item: item.project.department, sort="department", width=6),
    Column("缺什么", lambda item: item.what, sort="what", width=12, tip=lambda item: item.what),
    Column("依据", lambda item: item.why, width=13, tip=lambda item: item.why),
    Column("应于", lambda item: item.due.isoformat(), align="centre", sort="due", width=5.8),
    Column(
        "时间",
        lambda item: item.time_text,
        chip=True,
        tone=lambda item: "bad" if item.late else "warning",
        sort="days",
        order=lambda item: item.days,
        width=7.2,
    ),
    Column("条款", lambda item: f"{item.rule}，{item.strength}", sort="rule", width=6.6),
)


class OwedList(QWidget):
    """Double click goes to the project; a row's menu starts the paper that is missing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.table: Table[Owed] = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, _key),
            desk.operations,
            name="例会与里程碑",
            empty="没有错过的例会，也没有未检查的里程碑",
            ask=Ask("due"),
            search="编号、项目、项目经理、部门、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(lambda item: desk.wanted.emit("project", item.project.id))
        self.table.menu_for = self._menu
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 项"))
        self.table.foot.show()
        self.begin = button("填写 ▾", self._offer, primary=True)
        self.begin.setEnabled(False)
        self.table.chosen.connect(lambda item: self.begin.setEnabled(item is not None))
        self.table.bar.addWidget(self.begin)
        self.table.bar.insertWidget(0, heading("错过的例会与未检查的里程碑", 1.15))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.setFocusProxy(self.table.view)

    def reload(self) -> None:
        """Read anew."""
        self.table.reload()

    def _load(self) -> list[Owed]:
        actor = self.desk.actor
        return self.desk.ask(lambda reading: owed_checks(reading, actor))

    def _offer(self) -> None:
        item = self.table.current()
        if item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self._menu(item)))
        menu.popup(self.begin.mapToGlobal(self.begin.rect().bottomLeft()))

    def _menu(self, item: Owed) -> Sequence[QAction]:
        actions = []
        for key in item.forms:
            action = QAction(f"填写《{FORMS[key].title}》", self)
            action.triggered.connect(lambda _on=False, key=key: self._start(key, item.project.id))
            actions.append(action)
        see = QAction("查看项目", self)
        see.triggered.connect(lambda: self.desk.wanted.emit("project", item.project.id))
        return [*actions, see]

    def _start(self, form_key: str, project_id: UUID) -> None:
        office, actor = self.desk.office, self.desk.actor
        self.desk.operations.start(
            self,
            lambda _ticket: start_draft(office, actor, form_key, project_id),
            lambda draft: self.desk.wanted.emit("draft", draft),
        )


def _key(item: Owed) -> Hashable:
    return item.key
