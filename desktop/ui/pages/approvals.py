"""审批: what waits for a signature, what changed in it, and the decision, ten in a row by keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.filing import FilingState
from desktop.services.filings import FilingPage, FilingQuery, FilingRow, filing_ids, filing_rows, open_filing
from desktop.ui.approval_bar import ApprovalBar
from desktop.ui.chips import FILING_TONES
from desktop.ui.desk import Desk
from desktop.ui.filing_view import FilingView
from desktop.ui.list_and_one import unchosen
from desktop.ui.page import Page
from desktop.ui.pieces import Segments, card, local_day, words
from desktop.ui.table_source import Ask, Column, PagedSource
from desktop.ui.tables import Table

_SCOPES = (("mine", "等我签的"), ("own", "我提交的"), ("all", "全部"))
_HINT = "↑↓ 选择　N 下一份　A 同意　R 退回　J 否决　Z 转办加签"
_LONG_DAYS = 3
_LEAST_WIDTH = 20.6


class ApprovalsPage(Page):
    """The list at the left, one filing at the right."""

    reads = frozenset(
        {
            *("filing", "sign_off", "revision", "project", "assignment", "document"),
            *("chain_edit", "delegation", "urge", "line_check", "person"),
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown: UUID | None = None
        self._sought: UUID | None = None
        self.scope = Segments(_SCOPES, self._choose_scope)
        self.table: Table[FilingRow] = Table(
            self._columns(),
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="审批列表",
            empty="没有等您签字的表单",
            ask=Ask("submitted_at", filters={"scope": frozenset({"mine"})}),
            search="编号、表单或项目",
        )
        self.table.fit_columns()
        self.table.remember_widths(desk.memory)
        self.table.wants_first = lambda: self._shown is None
        self.view = FilingView(desk)
        self.bar = ApprovalBar(desk)
        self.opinion, self.approve, self.give_back = self.bar.opinion, self.bar.approve, self.bar.give_back
        self.refuse, self.paper, self.recall = self.bar.refuse, self.bar.paper, self.bar.recall
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table.view)

    def reload(self) -> None:
        self.table.reload()
        if self._shown is not None:
            self._read(self._shown)

    def reseat(self) -> None:
        """Show nothing of what the one before was reading."""
        self._shown = None
        self._right.setCurrentIndex(0)
        self.scope.choose("mine")
        self.renew()

    def show_item(self, kind: str, item: object) -> None:
        """Show a filing, whether it is in the list or not."""
        filing_id = UUID(str(item))
        self._sought = filing_id
        self.table.choose(filing_id)
        self._read(filing_id)

    def _columns(self) -> Sequence[Column[FilingRow]]:
        today = self.desk.office.today

        def days(row_: FilingRow) -> int:
            return (today() - row_.waiting_since.astimezone().date()).days if row_.waiting_since else 0

        def progress(row_: FilingRow) -> str:
            if row_.state is not FilingState.IN_APPROVAL:
                return row_.state.label
            return f"{'催 ' if row_.urged_on else ''}{_time_left(row_, today(), days(row_))}"

        def tone(row_: FilingRow) -> str:
            if row_.state is not FilingState.IN_APPROVAL:
                return FILING_TONES[row_.state]
            if row_.due_on is not None and row_.due_on <= today():
                return "bad" if row_.due_on < today() else "warning"
            return "warning" if row_.urged_on or days(row_) >= _LONG_DAYS else FILING_TONES[row_.state]

        return (
            Column("进度", progress, chip=True, tone=tone, sort="state", width=5.2, tip=_progress_tip),
            Column("表单", _form, sort="title", width=7, tip=_form),
            Column("项目", _project, width=8, stretch=True, tip=lambda row_: row_.project),
            Column("项目编号", lambda row_: row_.project_number, sort="project", width=7),
            Column("编号", lambda row_: row_.number, sort="number", width=6.5),
            Column("等待", _waiting, width=6.5, tip=_waiting),
            Column("提交", lambda row_: local_day(row_.submitted_at), align="centre", sort="submitted_at", width=5.5),
            Column("填表人", lambda row_: row_.author, width=4.5),
        )

    def _find(self, ask_: Ask) -> Sequence[UUID]:
        scope = ask_.chosen("scope")[0]
        actor = self.desk.actor
        query = FilingQuery(
            text=ask_.text,
            waiting_for=actor if scope == "mine" else None,
            author_id=actor if scope == "own" else None,
            sort=ask_.sort,
            descending=ask_.descending,
        )
        return self.desk.ask(lambda reading: filing_ids(reading, actor, query))

    def _fetch(self, ids: Sequence[UUID]) -> Sequence[FilingRow]:
        actor = self.desk.actor
        return self.desk.ask(lambda reading: filing_rows(reading, ids, actor))

    def _lay_out(self) -> None:
        left, column = card(margin=12, spacing=8)
        column.addWidget(self.scope)
        column.addWidget(self.table, 1)
        column.addWidget(words(_HINT, "faint"))
        self._right = QStackedWidget()
        self._right.addWidget(unchosen(self.table, "请从左边选一份表单"))
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.view, 1)
        self._right.addWidget(shown)
        body = self.view.body.layout()
        if isinstance(body, QVBoxLayout):
            body.addWidget(self.bar)
        left.setMinimumWidth(round(self.fontMetrics().height() * _LEAST_WIDTH))
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([440, 910])
        split.setHandleWidth(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 10)
        layout.addWidget(split)

    def _connect(self) -> None:
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda _row: self.view.tabs.setFocus())
        self.bar.decided.connect(self._move_on)
        self.bar.altered.connect(self._read)
        self.bar.stale.connect(self.reload)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (("Ctrl+Return", self.bar.sign), ("Ctrl+B", self.bar.ask_return)):
            QShortcut(QKeySequence(key), self, self._of_the_shown(act), context=inside)
        here = Qt.ShortcutContext.WidgetShortcut
        for key, act in (
            ("A", self.bar.sign),
            ("R", self.bar.ask_return),
            ("J", self.bar.ask_refuse),
            ("Z", self.bar.ask_hand),
        ):
            QShortcut(QKeySequence(key), self.table.view, self._of_the_shown(act), context=here)
        for key in ("Space", "N"):
            QShortcut(QKeySequence(key), self.table.view, self._next, context=here)

    def _of_the_shown(self, act: Callable[[], None]) -> Callable[[], None]:
        """Do something only with the filing that stands there to be read, not while the next one is still coming."""

        def do() -> None:
            if self.view.page is not None and self.view.page.row.id == self._shown:
                act()

        return do

    def _choose_scope(self, scope: str) -> None:
        self.table.set_empty("没有等您签字的表单" if scope == "mine" else "没有表单")
        self.table.model.reload(filters={"scope": frozenset({scope})}, descending=scope != "mine")

    def _on_chosen(self, chosen: FilingRow | None) -> None:
        if chosen is not None and chosen.id != self._shown:
            self._read(chosen.id)

    def _read(self, filing_id: UUID) -> None:
        actor = self.desk.actor
        self._shown = filing_id
        self.desk.read(self, lambda reading: open_filing(reading, actor, filing_id), self._show, key="filing")

    def _find_in_list(self, page: FilingPage) -> None:
        """Turn the list to the part in which a filing that was asked for stands."""
        if page.may_decide:
            self.scope.choose("mine")
        elif self.scope.current == "mine" or self.table.model.place_of(page.row.id) < 0:
            self.scope.choose("own" if page.may_recall or page.may_rework else "all")
        self.table.choose(page.row.id)

    def _show(self, page: FilingPage) -> None:
        if self._sought == page.row.id:
            self._find_in_list(page)
        self._sought = None
        if page.row.id == self._shown:
            self._right.setCurrentIndex(1)
            self.view.show_filing(page)
            self.bar.show_page(page)

    def _next(self) -> None:
        place = self.table.view.currentIndex().row() + 1
        if place < self.table.model.rowCount():
            self.table.view.selectRow(place)

    def _move_on(self, filing_id: UUID) -> None:
        """Go to the next filing that waits; the one decided leaves the list by itself."""
        ids = self.table.model.ids
        place = self.table.model.place_of(filing_id)
        if self.scope.current == "mine" and place >= 0 and len(ids) > 1:
            self.table.choose(ids[place + 1] if place + 1 < len(ids) else ids[place - 1])
            self.table.view.setFocus()
        else:
            self._read(filing_id)


def _project(row_: FilingRow) -> str:
    return row_.project_name or row_.subject or "全办公室"


def _form(row_: FilingRow) -> str:
    return f"代 {row_.for_name}：{row_.title}" if row_.for_name else row_.title


def _waiting(row_: FilingRow) -> str:
    return f"{row_.waiting}（代 {row_.for_name}）" if row_.for_name else row_.waiting


def _time_left(row_: FilingRow, today: dt.date, waited: int) -> str:
    if row_.due_on is None:
        return f"等 {waited} 天" if waited else "今天到"
    days = (row_.due_on - today).days
    if days < 0:
        return f"逾期 {-days} 天"
    return f"还有 {days} 天" if days else "今天到期"


def _progress_tip(row_: FilingRow) -> str:
    told = [f"自 {local_day(row_.waiting_since)} 起等候"] if row_.waiting_since else []
    told += [f"应于 {row_.due_on.isoformat()} 前签"] if row_.due_on else []
    told += [f"{row_.urged_on.isoformat()} 催办过"] if row_.urged_on else []
    return "\n".join(told)
