"""各角色由谁担任: one line for each role and place, holes in red."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.services.role_overview import RolePlace, role_places
from desktop.ui.desk import Desk
from desktop.ui.pieces import row, words
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table


def state_text(place: RolePlace) -> str:
    """Whether somebody would sign."""
    if place.vacant:
        return "无人担任"
    return f"{len(place.people)} 人" if place.people else "—"


def note_text(place: RolePlace) -> str:
    """What follows from a hole."""
    if place.vacant and place.waits:
        return f"{place.waits} 个在办项目的审批会等着，没有人能签"
    return "审批流需要，送到这里的表单没有人能签" if place.vacant else ""


COLUMNS: tuple[Column[RolePlace], ...] = (
    Column("角色", lambda item: item.title, width=8),
    Column("范围", lambda item: item.where, width=7),
    Column(
        "担任人",
        lambda item: item.names or note_text(item),
        tone=lambda item: "bad" if item.vacant else "neutral" if item.told else "",
        stretch=True,
        tip=lambda item: item.names or note_text(item),
    ),
    Column(
        "状态",
        state_text,
        chip=True,
        tone=lambda item: "bad" if item.vacant else "good" if item.people else "neutral",
        width=4.6,
    ),
)


class RoleOverview(QWidget):
    """The holes first, then the roles in the policy's order; Enter goes to whoever holds one."""

    person_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._places: list[RolePlace] = []
        self.only_holes = QCheckBox("只看无人担任的")
        self.only_holes.toggled.connect(lambda _on: self.reload())
        self.sum = words(role="muted", wrap=False)
        self.table = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, lambda item: (item.role_key, item.department_id)),
            desk.operations,
            name="各角色由谁担任",
            empty="没有这样的角色",
            ask=Ask(),
            search="角色、部门、姓名、拼音",
        )
        self.table.bar.addWidget(self.only_holes)
        self.table.opened.connect(self._open)
        self.table.counted.connect(lambda _count: self._tell())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(row(self.sum, None))

    def reload(self) -> None:
        """Read anew."""
        self.table.reload()

    def _load(self) -> list[RolePlace]:
        only = self.only_holes.isChecked()
        self._places = self._desk.ask(role_places)
        shown = [item for item in self._places if item.vacant or not only]
        return sorted(shown, key=lambda item: not item.vacant)

    def _tell(self) -> None:
        holes = sum(item.vacant for item in self._places)
        self.sum.setText(f"有 {holes} 处审批流需要而无人担任" if holes else "审批流需要的角色都有人担任")

    def _open(self, place: RolePlace) -> None:
        if place.people:
            self.person_wanted.emit(place.people[0].id)
