"""变更: the filings that change a project's course: its plan, its manager, pauses, resumptions, handovers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout

from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.ui.chips import FILING_TONES
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.pieces import button, card, heading, local_day
from desktop.ui.table_source import Ask, Column, Filter, PagedSource
from desktop.ui.tables import Table
from desktop.ui.watch_lists import open_candidates, open_final_dates

CHANGING = tuple(form.key for form in FORMS.values() if form.alters)
"""The forms that change a project's course."""


def _outcome(row: FilingRow) -> str:
    if row.state is FilingState.IN_APPROVAL:
        return f"等待：{row.waiting}（自 {local_day(row.waiting_since)}）" if row.waiting else ""
    return f"自 {row.effective_on.isoformat()} 起生效" if row.effective_on else ""


COLUMNS: tuple[Column[FilingRow], ...] = (
    Column("编号", lambda row: row.number, sort="number", width=6.8),
    Column("表单", lambda row: row.title, sort="title", width=9.5),
    Column("项目", lambda row: row.project, sort="project", stretch=True, width=11, tip=lambda row: row.project),
    Column(
        "状态",
        lambda row: row.state.label,
        sort="state",
        chip=True,
        tone=lambda row: FILING_TONES[row.state],
        width=4.4,
    ),
    Column("办理情况", _outcome, width=15, tip=_outcome),
    Column("提交人", lambda row: row.author, width=4.8),
    Column("提交日期", lambda row: local_day(row.submitted_at), sort="submitted_at", width=5.8),
)


class ChangesPage(Page):
    """The list; Enter opens the filing."""

    reads = frozenset({"filing", "sign_off", "project", "person", "assignment", "office"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        forms = tuple((key, FORMS[key].title) for key in CHANGING)
        states = tuple((state.value, state.label) for state in FilingState if state is not FilingState.DRAFT)
        self.table = Table(
            COLUMNS,
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="变更",
            empty="还没有改变项目进程的表单。\n要提出变更、暂停或撤项，请到“项目”中选定项目，点右上角的“发起”。",
            ask=Ask(sort="submitted_at", descending=True),
            filters=(Filter("form", "表单", forms), Filter("state", "状态", states)),
            search="编号、表单、项目、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(lambda row: desk.wanted.emit("filing", row.id))
        self.table.menu_for = self._menu
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 份"))
        self.table.foot.show()
        frame, column = card(margin=14)
        self.table.bar.insertWidget(0, heading("变更、暂停、恢复、撤项与交接", 1.15))
        self.candidates = button("疑似停工…", lambda: open_candidates(desk, self))
        self.final_dates = button("终验日期…", lambda: open_final_dates(desk, self))
        self.table.bar.addWidget(self.candidates)
        self.table.bar.addWidget(self.final_dates)
        column.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(frame)
        self.setFocusProxy(self.table.view)

    def reload(self) -> None:
        self.table.reload()

    def _find(self, wish: Ask) -> Sequence[UUID]:
        query = FilingQuery(
            text=wish.text,
            form_keys=wish.chosen("form") or CHANGING,
            states=tuple(FilingState(value) for value in wish.chosen("state")),
            sort=wish.sort,
            descending=wish.descending,
        )
        actor = self.desk.actor
        return self.desk.ask(lambda reading: filing_ids(reading, actor, query))

    def _fetch(self, ids: Sequence[UUID]) -> Sequence[FilingRow]:
        return self.desk.ask(lambda reading: filing_rows(reading, ids))

    def _menu(self, row: FilingRow) -> Sequence[QAction]:
        see = QAction("打开表单", self.table)
        see.triggered.connect(lambda: self.desk.wanted.emit("filing", row.id))
        actions = [see]
        if row.project_id is not None:
            project = QAction("查看项目", self.table)
            project.triggered.connect(lambda: self.desk.wanted.emit("project", row.project_id))
            actions.append(project)
        return actions
