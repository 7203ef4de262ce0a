"""A project's 会议与问题: its open problems, and the minutes, reviews and reports by which it is watched (MON-1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.forms import FORMS
from desktop.services.drafting import start_draft
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.watch_list import WATCHING
from desktop.ui.chips import FILING_TONES
from desktop.ui.desk import Desk
from desktop.ui.pieces import Segments, button, row
from desktop.ui.problem_list import ProblemList
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Ask, Column

PAPERS: tuple[Column[FilingRow], ...] = (
    Column("表单", lambda item: item.title, sort="title", stretch=True, width=8),
    Column("编号", lambda item: item.number, sort="number", width=7),
    Column(
        "状态",
        lambda item: item.state.label,
        sort="state",
        chip=True,
        tone=lambda item: FILING_TONES[item.state],
        width=4.4,
    ),
    Column("填表人", lambda item: item.author, sort="author", width=5),
    Column("等待签字", lambda item: item.waiting, width=7),
    Column(
        "提交",
        lambda item: f"{item.submitted_at.astimezone():%Y-%m-%d}" if item.submitted_at else "",
        align="centre",
        sort="at",
        width=6,
    ),
)


class MeetingsView(QWidget):
    """Problems, or the papers; a button begins minutes or a problem sheet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._project: UUID | None = None
        self._papers: Sequence[FilingRow] = ()
        policy = desk.office.policy
        self.papers = short_table(
            desk,
            PAPERS,
            lambda: self._papers,
            lambda item: item.id,
            name="会议与监控表单",
            empty="还没有会议纪要、评审表和报告",
            ask=Ask("at", descending=True),
        )
        self.papers.opened.connect(lambda item: desk.wanted.emit("filing", item.id))
        self._stack = QStackedWidget()
        line = row(None)
        self.by = Segments((("problems", "问题"), ("papers", "会议与报告")), self._choose)
        line.insertWidget(0, self.by)
        self.problems: ProblemList | None = None
        if policy.tracking.close_with:
            self.problems = ProblemList(desk, one_project=True)
            self._stack.addWidget(self.problems)
        self._stack.addWidget(self.papers)
        if self.problems is None:
            self.by.hide()
        for key in ("meeting", policy.tracking.raise_with):
            if key and policy.has_form(key):
                line.addWidget(button(f"填写《{FORMS[key].title}》", partial(self._begin, key)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self._stack, 1)

    def show_project(self, project_id: UUID) -> None:
        """Read and show this project's."""
        self._project = project_id
        actor, desk = self._desk.actor, self._desk
        if self.problems is not None:
            self.problems.show_project(project_id)
        query = FilingQuery(project_id=project_id, form_keys=WATCHING)

        def take(rows: list[FilingRow]) -> None:
            self._papers = rows
            self.papers.reload()

        desk.read(self, lambda reading: filing_rows(reading, filing_ids(reading, actor, query)), take, key="papers")

    def _choose(self, by: str) -> None:
        self._stack.setCurrentWidget(self.papers if by == "papers" else self.problems or self.papers)

    def _begin(self, form_key: str) -> None:
        office, actor, project_id = self._desk.office, self._desk.actor, self._project
        self._desk.operations.start(
            self,
            lambda _ticket: start_draft(office, actor, form_key, project_id),
            lambda draft: self._desk.wanted.emit("draft", draft),
        )
