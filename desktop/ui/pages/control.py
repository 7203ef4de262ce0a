"""监控: the portfolio at a glance, budgets, workload, tracked problems, what is missed, and the papers of a week."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services.reporters import GATE
from desktop.services.week_papers import PAPERS
from desktop.ui.board_view import BoardView
from desktop.ui.desk import Desk
from desktop.ui.execution_view import ExecutionView
from desktop.ui.owed_list import OwedList
from desktop.ui.page import Page
from desktop.ui.parts import Parts
from desktop.ui.problem_list import ProblemList
from desktop.ui.week_papers import WeekPapers
from desktop.ui.workload_view import WorkloadView

Part = tuple[str, QWidget, Callable[[], object]]


class ControlPage(Page):
    """Parts behind tabs, those that the policy knows; each reads anew when it is looked at."""

    reads = frozenset(
        {
            *("project", "plan_line", "expense", "month_budget", "filing", "person", "assignment", "office"),
            *("report_line", "absence", "problem", "setting", "department", "calendar_day"),
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        policy = desk.office.policy
        reports = any(gate.key == GATE for gate in policy.gates)
        self.board = BoardView(desk)
        self.execution = ExecutionView(desk)
        self.workload = WorkloadView(desk) if reports else None
        self.problems = ProblemList(desk) if policy.tracking.close_with else None
        self.owed = OwedList(desk) if policy.rhythms or policy.milestones.forms else None
        self.papers = WeekPapers(desk) if reports else None
        made: list[Part] = [
            ("看板", self.board, self.board.reload),
            ("预算执行", self.execution, self.execution.reload),
        ]
        if self.workload is not None:
            made.append(("工作量", self.workload, self.workload.reload))
        if self.problems is not None:
            made.append(("问题跟踪", self.problems, self.problems.reload))
        if self.owed is not None:
            made.append(("例会与里程碑", self.owed, self.owed.reload))
        if self.papers is not None:
            made.append(("通报与简报", self.papers, self.papers.reload))
        self.parts = Parts(made)
        self.tabs = self.parts.tabs
        self._places = [part for _title, part, _reload in made]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(self.parts)
        self.setFocusProxy(self.parts)

    def reload(self) -> None:
        self.parts.reload()

    def show_item(self, kind: str, item: object) -> None:
        """Show a tracked problem, a paper of the week by its key, or whatever was looked at last.

        Raises:
            LookupError: the policy knows no such thing.
        """
        if kind == "problem" and self.problems is not None:
            self.problems.show_problem(UUID(str(item)))
            self._look_at(self.problems)
        elif item in PAPERS and self.papers is not None:
            self._look_at(self.papers)
            self.papers.paper.choose(str(item))
        elif item is not None:
            raise LookupError(kind)

    def _look_at(self, part: QWidget) -> None:
        self.tabs.setCurrentIndex(self._places.index(part))
