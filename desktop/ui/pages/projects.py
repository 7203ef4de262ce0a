"""项目: the ledger at the left, one project at the right; contracts and programs (大项目) in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout

from desktop.domain import money
from desktop.domain.ledger import Project
from desktop.services.projects import ProjectQuery, Totals, project_ids, project_rows, project_totals
from desktop.ui.desk import Desk
from desktop.ui.list_and_one import unchosen
from desktop.ui.page import Page
from desktop.ui.pages.contracts import ContractsPanel
from desktop.ui.pages.ledger_buttons import LedgerButtons
from desktop.ui.pages.programs import ProgramsPanel
from desktop.ui.pieces import Segments, card, row, words
from desktop.ui.project_page import ProjectPage, read_project
from desktop.ui.project_view import ProjectView
from desktop.ui.register_buttons import RegisterButtons
from desktop.ui.table_source import Ask, Column, Filter, PagedSource
from desktop.ui.tables import Table


class ProjectsPage(Page):
    """Finds projects, contracts or programs and shows one."""

    reads = frozenset(
        {
            *("project", "filing", "document", "sign_off", "revision", "assignment", "department", "person"),
            *("contract", "program", "waiver"),
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown: UUID | None = None
        policy = desk.office.policy
        self.table: Table[Project] = Table(
            self._columns(),
            PagedSource(self._find, lambda ids: desk.ask(lambda reading: project_rows(reading, ids))),
            desk.operations,
            name="项目列表",
            empty="还没有项目。\n登记合同，批准后开立项目；\n现有的项目台账（Excel）可以导入进来。",
            ask=Ask("number"),
            filters=(
                Filter("states", "状态", tuple((state.key, state.title) for state in policy.states)),
                Filter("kinds", "类型", tuple((item.key, item.label) for item in policy.kinds)),
                Filter("mine", "范围", (("mine", "我负责的"),)),
            ),
            search="名称、编号或拼音首字母",
        )
        self.table.fit_columns()
        self.table.remember_widths(desk.memory)
        self.table.menu_for = self._menu
        self.table.wants_first = lambda: self._shown is None
        self.table.chosen.connect(self._on_chosen)
        self.table.counted.connect(lambda _count: self._read_totals())
        self.sum = words("", "muted")
        self.ledger = LedgerButtons(desk, lambda: self._query(self.table.model.ask))
        self.view = ProjectView(desk)
        self._right = QStackedWidget()
        self._right.addWidget(unchosen(self.table, "请从左边选一个项目"))
        self._right.addWidget(self.view)
        left, column = card(margin=12)
        column.addWidget(self.table, 1)
        foot = row(self.sum, self.ledger)
        foot.setStretch(0, 1)
        column.addLayout(foot)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([472, 878])
        split.setHandleWidth(10)
        self.contracts, self.programs = ContractsPanel(desk), ProgramsPanel(desk)
        self._parts = {"projects": split, "contracts": self.contracts, "programs": self.programs}
        self._stack = QStackedWidget()
        for part in self._parts.values():
            self._stack.addWidget(part)
        self.part = Segments((("projects", "项目"), ("contracts", "合同"), ("programs", "大项目")), self._choose_part)
        self.register = RegisterButtons(desk, (("contract", "登记合同"), ("program", "登记大项目")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(8)
        layout.addLayout(row(self.part, None, self.register))
        layout.addWidget(self._stack, 1)
        self.setFocusProxy(self.table.search)

    def reload(self) -> None:
        self.register.reload()
        if self.part.current == "contracts":
            self.contracts.reload()
        elif self.part.current == "programs":
            self.programs.reload()
        else:
            self.table.reload()
            self.ledger.reload()
            if self._shown is not None:
                self._read(self._shown)

    def reseat(self) -> None:
        """Show nothing of what the one before was looking at."""
        self._shown = None
        self._right.setCurrentIndex(0)
        self.contracts.forget()
        self.programs.forget()
        self.renew()

    def show_item(self, kind: str, item: object) -> None:
        """Show a project, a contract or a program, whether it is in its list or not."""
        shown = UUID(str(item))
        self.part.choose({"contract": "contracts", "program": "programs"}.get(kind, "projects"))
        if kind == "contract":
            self.contracts.show_item(shown)
        elif kind == "program":
            self.programs.show_item(shown)
        else:
            self.table.choose(shown)
            self._read(shown)

    def _choose_part(self, part: str) -> None:
        self._stack.setCurrentWidget(self._parts[part])
        self.reload()

    def _columns(self) -> Sequence[Column[Project]]:
        policy = self.desk.office.policy
        return (
            Column("编号", lambda item: item.marked, sort="number", width=6.6),
            Column(
                "项目",
                lambda item: item.short_name or item.name,
                sort="name",
                width=7,
                stretch=True,
                tip=lambda item: item.name,
            ),
            Column(
                "状态",
                lambda item: policy.state(item.state).title,
                sort="state",
                chip=True,
                tone=lambda item: policy.state(item.state).tone,
                width=4.2,
            ),
            Column(
                "项目经理",
                lambda item: item.manager.shown if item.manager else "",
                sort="manager",
                width=4.4,
                tip=lambda item: item.manager.full if item.manager else "",
            ),
            Column(
                "合同额（万元）",
                lambda item: money.wan_text(item.amount) if item.amount is not None else "",
                align="right",
                sort="amount",
                width=7,
            ),
            Column(
                "计划初验",
                lambda item: str(item.planned_preliminary_on or ""),
                "centre",
                "planned_preliminary_on",
                width=5.5,
            ),
            Column("计划终验", lambda item: str(item.planned_final_on or ""), "centre", "planned_final_on", width=5.5),
            Column("部门", lambda item: item.department, sort="department", width=7),
            Column("客户单位", lambda item: item.customer, sort="customer", width=12, tip=lambda item: item.customer),
        )

    def _query(self, ask: Ask) -> ProjectQuery:
        return ProjectQuery(
            text=ask.text,
            states=ask.chosen("states"),
            kinds=ask.chosen("kinds"),
            mine=bool(ask.chosen("mine")),
            sort=ask.sort,
            descending=ask.descending,
        )

    def _find(self, ask: Ask) -> Sequence[UUID]:
        actor, query = self.desk.actor, self._query(ask)
        return self.desk.ask(lambda reading: project_ids(reading, actor, query))

    def _read_totals(self) -> None:
        actor, query = self.desk.actor, self._query(self.table.model.ask)
        self.desk.read(self, lambda reading: project_totals(reading, actor, query), self._show_totals, key="totals")

    def _show_totals(self, totals: Totals) -> None:
        self.sum.setText(f"{totals.count:,} 个项目 · 合同额 {money.wan_text(totals.amount)} 万元")

    def _on_chosen(self, chosen: Project | None) -> None:
        if chosen is not None and chosen.id != self._shown:
            self._read(chosen.id)

    def _read(self, project_id: UUID) -> None:
        self._shown = project_id
        actor = self.desk.actor
        self.desk.read(self, lambda reading: read_project(reading, actor, project_id), self._show, key="project")

    def _show(self, page: ProjectPage) -> None:
        self._right.setCurrentIndex(1)
        self.view.show_project(page)

    def _menu(self, _row: Project) -> Sequence[QAction]:
        begin = QAction("发起…", self)
        begin.triggered.connect(self.view.begin.click)
        return (begin,)
