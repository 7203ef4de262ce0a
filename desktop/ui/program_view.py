"""One program (大项目): its manager, its sub-projects, and who gets whose reports in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.ledger import Project
from desktop.services.programs import ProgramPage, Readers
from desktop.ui.desk import Desk
from desktop.ui.facts_grid import FactsGrid
from desktop.ui.pieces import button, card, row
from desktop.ui.project_columns import project_columns
from desktop.ui.short_table import short_table
from desktop.ui.tabbed_tables import TabbedTables
from desktop.ui.table_source import Column
from desktop.ui.theme import sized


def _whose(item: Readers) -> str:
    return "、".join(f"{project.marked} {project.short_name or project.name}" for project in item.projects)


READERS: tuple[Column[Readers], ...] = (
    Column("收到周报和纪要的人", lambda item: item.person.name, width=7),
    Column("所收项目", _whose, width=20, stretch=True, tip=_whose),
    Column("项目组成员", lambda item: "视同大项目组成员" if item.as_member else "", width=8),
)


class ProgramView(QWidget):
    """Shows one program."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: ProgramPage | None = None
        self.title = QLabel()
        self.title.setFont(sized(self.font(), 1.15, bold=True))
        self.title.setWordWrap(True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.paper = button("查看登记表", self._open_paper)
        self.facts = FactsGrid()
        self.projects = short_table(
            *(desk, project_columns(desk.office.policy), self._projects, lambda item: item.id),
            name="大项目的项目",
            empty="您能看到的项目中没有属于这个大项目的",
        )
        self.projects.opened.connect(lambda item: desk.wanted.emit("project", item.id))
        self.readers = short_table(
            *(desk, READERS, self._readers, lambda item: item.person.id), name="周报传阅", empty="还没有大项目经理"
        )
        self.tables = TabbedTables((("所属项目", self.projects), ("周报传阅", self.readers)))
        head, column = card(margin=14, spacing=8)
        line = row(self.title, self.paper)
        line.setStretch(0, 1)
        column.addLayout(line)
        column.addWidget(self.facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(self.tables, 1)

    def show_program(self, page: ProgramPage) -> None:
        """Show a program."""
        self.page = page
        self.title.setText(page.row.name)
        self.paper.setEnabled(page.row.filing_id is not None)
        self.facts.show_facts(facts_of(page, self.desk))
        self.tables.reload([len(page.projects), len(page.readers)])

    def _projects(self) -> Sequence[Project]:
        return self.page.projects if self.page else ()

    def _readers(self) -> Sequence[Readers]:
        return self.page.readers if self.page else ()

    def _open_paper(self) -> None:
        if self.page is not None and self.page.row.filing_id is not None:
            self.desk.wanted.emit("filing", self.page.row.filing_id)


def facts_of(page: ProgramPage, desk: Desk) -> list[tuple[str, str]]:
    """The facts at the head of a program: its manager, its sums, how many projects stand where."""
    policy, states = desk.office.policy, [item.state for item in page.projects]
    stand = "、".join(f"{state.title} {states.count(state.key)}" for state in policy.states if state.key in states)
    return [
        ("大项目经理", page.row.manager.name if page.row.manager else ""),
        ("跨部门", page.row.across),
        ("金额合计", f"{money.wan_text(page.row.amount)} 万元"),
        ("所属项目", f"{page.row.count} 个" if page.row.count else ""),
        ("各在状态", stand),
        ("说明", page.row.note),
    ]
