"""监控: budgets per project and department (BUD-4), tracked problems (CTRL-7), meetings and milestones (MON)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from uuid import UUID

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout

from desktop.domain import money
from desktop.domain.budget import Balance
from desktop.services.execution import Execution, by_department, by_project
from desktop.ui.desk import Desk
from desktop.ui.money_view import figure
from desktop.ui.owed_list import OwedList
from desktop.ui.page import Page
from desktop.ui.pieces import Segments, card, heading
from desktop.ui.problem_list import ProblemList
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_PROJECTS, _DEPARTMENTS = "projects", "departments"
_TIGHT = 90


def _share(row: Execution) -> str:
    return "" if row.used_share is None else f"{row.used_share}%"


def _tone(row: Execution) -> str:
    if row.balance.left < 0:
        return "bad"
    return "warning" if row.used_share is not None and row.used_share >= _TIGHT else "neutral"


def _money(title: str, key: str, amount: Callable[[Balance], int]) -> Column[Execution]:
    return Column(
        title,
        lambda row: figure(amount(row.balance)),
        align="right",
        sort=key,
        order=lambda row: amount(row.balance),
        width=6.3,
    )


COLUMNS: tuple[Column[Execution], ...] = (
    Column("项目编号", lambda row: row.number, sort="number", width=7),
    Column("项目或部门", lambda row: row.title or "（没有部门）", sort="title", stretch=True, width=11),
    Column("状态", lambda row: row.state, sort="state", width=4.4),
    Column("项目经理", lambda row: row.manager, sort="manager", width=4.8),
    Column("部门", lambda row: row.department, sort="department", width=6),
    _money("预算", "planned", lambda balance: balance.planned),
    _money("已报销", "used", lambda balance: balance.used),
    _money("审批中", "waiting", lambda balance: balance.waiting),
    Column(
        "余额",
        lambda row: money.yuan_text(row.balance.left),
        align="right",
        sort="left",
        order=lambda row: row.balance.left,
        width=6.3,
    ),
    Column(
        "已用",
        _share,
        align="right",
        sort="share",
        order=lambda row: row.used_share or 0,
        chip=True,
        tone=_tone,
        width=4,
    ),
)


class ControlPage(Page):
    """The review of budgets: by project, or gathered by department; behind further tabs problems and what is missed."""

    reads = frozenset(
        {
            *("project", "plan_line", "expense", "month_budget", "filing", "person", "assignment", "office"),
            *("problem", "report_line", "department", "calendar_day"),
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._gathered = False
        self._sums = (0, 0, 0)
        self.table = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, _key),
            desk.operations,
            name="预算执行",
            empty="还没有费用预算",
            ask=Ask(sort="number"),
            search="编号、名称、部门、项目经理",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(self._open)
        self.table.model.loaded.connect(self._tell)
        self.by = Segments(((_PROJECTS, "按项目"), (_DEPARTMENTS, "按部门")), self._gather)
        self.table.bar.insertWidget(0, heading("预算执行情况", 1.15))
        self.table.bar.insertWidget(1, self.by)
        policy = desk.office.policy
        self.problems = ProblemList(desk) if policy.tracking.close_with else None
        self.owed = OwedList(desk) if policy.rhythms or policy.milestones.forms else None
        self.tabs, self._stack = QTabBar(), QStackedWidget()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for word, part in (("预算执行", self.table), ("问题跟踪", self.problems), ("例会与里程碑", self.owed)):
            if part is not None:
                self.tabs.addTab(word)
                self._stack.addWidget(part)
        self.tabs.currentChanged.connect(self._turn_to)
        frame, column = card(margin=14)
        column.setContentsMargins(14, 4, 14, 12)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(frame)
        self.setFocusProxy(self._stack)

    def reload(self) -> None:
        part = self._stack.currentWidget()
        if isinstance(part, Table | ProblemList | OwedList):
            part.reload()

    def show_item(self, kind: str, item: object) -> None:
        """Show a tracked problem in the list of problems, whatever the list was narrowed to."""
        if kind != "problem" or self.problems is None:
            raise LookupError(kind)
        self.problems.show_problem(UUID(str(item)))
        self.tabs.setCurrentIndex(self._stack.indexOf(self.problems))

    def _turn_to(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self.reload()

    def _load(self) -> list[Execution]:
        actor = self.desk.actor
        rows = self.desk.ask(lambda reading: by_project(reading, actor))
        whole = [row.balance for row in rows]
        self._sums = (sum(one.planned for one in whole), sum(one.used for one in whole), sum(one.left for one in whole))
        return by_department(rows) if self._gathered else rows

    def _gather(self, by: str) -> None:
        self._gathered = by == _DEPARTMENTS
        self.table.reload()

    def _tell(self) -> None:
        planned, used, left = (money.yuan_text(amount) for amount in self._sums)
        self.table.foot.setText(f"预算合计 {planned} 元，已报销 {used} 元，余额 {left} 元")
        self.table.foot.show()

    def _open(self, row: Execution) -> None:
        if row.project_id is not None:
            self.desk.wanted.emit("project", row.project_id)


def _key(row: Execution) -> Hashable:
    return row.key
