"""周报: which projects owe a weekly report today, and which are excused and why."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from desktop.domain.policy import Policy
from desktop.services.weekly_duties import WeeklyDuty, weekly_duties
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.pieces import Segments, card, heading
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_OWED, _EXCUSED = "owed", "excused"
_TITLES = {"": "全部", _OWED: "应报", _EXCUSED: "免报"}


def columns_of(policy: Policy) -> tuple[Column[WeeklyDuty], ...]:
    """The list's columns, in the policy's words."""
    states = {state.key: state for state in policy.states}
    return (
        Column(
            "周报",
            lambda duty: "应报" if duty.owed else "免报",
            sort="owed",
            chip=True,
            tone=lambda duty: "info" if duty.owed else "neutral",
            width=3.8,
        ),
        Column("项目编号", lambda duty: duty.project.marked, sort="number", width=7),
        Column(
            "项目",
            lambda duty: duty.project.name,
            sort="name",
            stretch=True,
            width=11,
            tip=lambda duty: duty.project.name,
        ),
        Column(
            "状态",
            lambda duty: states[duty.project.state].title,
            sort="state",
            chip=True,
            tone=lambda duty: states[duty.project.state].tone,
            width=4.4,
        ),
        Column("项目经理", _manager, sort="manager", width=4.8),
        Column("部门", lambda duty: duty.project.department, sort="department", width=6.2),
        Column("免报的原因", _reason, sort="reason", width=22.5, tip=_reason),
    )


def _manager(duty: WeeklyDuty) -> str:
    return duty.project.manager.shown if duty.project.manager else ""


def _reason(duty: WeeklyDuty) -> str:
    return "；".join(f"{item.text}（{item.rule}）" for item in duty.unmet)


class WeeklyPage(Page):
    """The list, narrowed to those who owe or those who are excused."""

    reads = frozenset({"project", "person", "department", "assignment", "office"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._counts: dict[str, int] = {}
        columns = columns_of(desk.office.policy)
        source = MemorySource(self._load, columns, _key, _passes)
        self.table = Table(
            columns,
            source,
            desk.operations,
            name="周报应报名单",
            empty="没有在管的项目",
            ask=Ask(sort="number"),
            search="编号、名称、项目经理、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(lambda duty: desk.wanted.emit("project", duty.project.id))
        self.table.menu_for = self._menu
        self.table.model.loaded.connect(self._tell)
        self.duty = Segments(tuple(_TITLES.items()), self._narrow)
        frame, column = card(margin=14)
        self.table.bar.insertWidget(0, heading("应报与免报", 1.15))
        self.table.bar.insertWidget(1, self.duty)
        column.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(frame)
        self.setFocusProxy(self.table.view)

    def reload(self) -> None:
        self.table.reload()

    def _load(self) -> list[WeeklyDuty]:
        actor = self.desk.actor
        duties = self.desk.ask(lambda reading: weekly_duties(reading, actor))
        owed = sum(duty.owed for duty in duties)
        self._counts = {"": len(duties), _OWED: owed, _EXCUSED: len(duties) - owed}
        return duties

    def _narrow(self, duty: str) -> None:
        self.table.model.reload(filters={"duty": frozenset({duty})} if duty else {})

    def _tell(self) -> None:
        for key, title in _TITLES.items():
            self.duty.set_text(key, f"{title} {self._counts.get(key, 0)}")
        day = self.desk.office.today().isoformat()
        self.table.foot.show()
        self.table.foot.setText(
            f"按 {day} 的项目状态：{self._counts.get(_OWED, 0)} 个项目应报周报，{self._counts.get(_EXCUSED, 0)} 个免报"
        )

    def _menu(self, duty: WeeklyDuty) -> Sequence[QAction]:
        see = QAction("查看项目", self.table)
        see.triggered.connect(lambda: self.desk.wanted.emit("project", duty.project.id))
        return [see]


def _key(duty: WeeklyDuty) -> Hashable:
    return duty.project.id


def _passes(duty: WeeklyDuty, wish: Ask) -> bool:
    chosen = wish.chosen("duty")
    return not chosen or (duty.owed == (chosen[0] == _OWED))
