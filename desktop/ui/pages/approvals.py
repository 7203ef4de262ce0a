"""审批: what waits for a signature, what changed in it, and the decision, ten in a row by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.approval import Decision
from desktop.domain.errors import Stale
from desktop.domain.filing import FilingState
from desktop.domain.ledger import PersonRef
from desktop.services.approving import PaperSignature, decide, record_paper_signatures
from desktop.services.drafting import Draft, rework_filing
from desktop.services.filings import FilingPage, FilingQuery, FilingRow, filing_ids, filing_rows, open_filing
from desktop.services.people import people_refs
from desktop.services.submitting import recall_filing
from desktop.ui.chips import FILING_TONES
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of, show_error
from desktop.ui.filing_view import FilingView
from desktop.ui.page import Page
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.pieces import Segments, button, card, local_day, named, row, words
from desktop.ui.question import ask
from desktop.ui.table_source import Ask, Column, PagedSource
from desktop.ui.tables import Table

_SCOPES = (("mine", "等我签的"), ("own", "我提交的"), ("all", "全部"))
_LONG_DAYS = 3
_LEAST_WIDTH = 20.6


class ApprovalsPage(Page):
    """The list at the left, one filing at the right."""

    reads = frozenset({"filing", "sign_off", "revision", "project", "assignment", "document"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown: UUID | None = None
        self._sought: UUID | None = None
        self._paper: PaperDialog | None = None
        self.scope = Segments(_SCOPES, self._choose_scope)
        self.table: Table[FilingRow] = Table(
            self._columns(),
            PagedSource(self._find, lambda ids: desk.ask(lambda reading: filing_rows(reading, ids))),
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
        self.opinion = named(QLineEdit(placeholderText="意见（退回、否决必填）"), "意见")
        self.approve = button("同意", lambda: self._decide(Decision.APPROVE), primary=True)
        self.give_back = button("退回", lambda: self._decide(Decision.RETURN))
        self.refuse = button("否决", self._ask_refuse)
        self.paper = button("代录纸面签字…", self._open_paper)
        self.recall = button("撤回", self._ask_recall)
        self.rework = button("修改后重新提交", self._rework)
        self.project = button("查看项目", self._to_project)
        self.last = words("", "muted")
        self._gap = QWidget()
        self._gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for part, tip in ((self.approve, "Ctrl+Enter"), (self.give_back, "Ctrl+B")):
            part.setToolTip(tip)
        for part in (self.give_back, self.refuse):
            part.setProperty("role", "danger")
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
            return f"等 {days(row_)} 天" if days(row_) else "今天到"

        def tone(row_: FilingRow) -> str:
            late = row_.state is FilingState.IN_APPROVAL and days(row_) >= _LONG_DAYS
            return "warning" if late else FILING_TONES[row_.state]

        return (
            Column("进度", progress, chip=True, tone=tone, sort="state", width=4.2),
            Column("表单", lambda row_: row_.title, sort="title", width=7, tip=lambda row_: row_.title),
            Column("项目", _project, width=8, stretch=True, tip=lambda row_: row_.project),
            Column("项目编号", lambda row_: row_.project_number, sort="project", width=7),
            Column("编号", lambda row_: row_.number, sort="number", width=6.5),
            Column("等待", lambda row_: row_.waiting, width=6.5),
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

    def _lay_out(self) -> None:
        left, column = card(margin=12, spacing=8)
        column.addWidget(self.scope)
        column.addWidget(self.table, 1)
        column.addWidget(words("空格 下一份　Ctrl+Enter 同意　Ctrl+B 退回", "faint", wrap=False))
        nothing = words("请从左边选一份表单", "faint")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._right = QStackedWidget()
        self._right.addWidget(nothing)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.view, 1)
        self._right.addWidget(shown)
        body = self.view.body.layout()
        if isinstance(body, QVBoxLayout):
            body.addWidget(self.last)
            body.addLayout(
                row(
                    *(self.opinion, self._gap, self.project, self.recall, self.rework, self.paper),
                    *(self.refuse, self.give_back, self.approve),
                )
            )
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
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, self.approve.click, context=inside)
        QShortcut(QKeySequence("Ctrl+B"), self, self.give_back.click, context=inside)
        QShortcut(QKeySequence("Space"), self.table.view, self._next, context=Qt.ShortcutContext.WidgetShortcut)

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
        if self.view.page is None or self.view.page.row.id != page.row.id:
            self.opinion.clear()
        self._right.setCurrentIndex(1)
        self.view.show_filing(page)
        decides = bool(page.may_decide)
        self._gap.setHidden(decides)
        for part in (self.opinion, self.approve, self.give_back, self.refuse):
            part.setVisible(decides)
            part.setEnabled(True)
        self.paper.setVisible(bool(page.may_record))
        self.recall.setVisible(page.may_recall)
        self.rework.setVisible(page.may_rework)
        self.project.setVisible(page.project is not None)
        last = page.sign_offs[-1] if page.sign_offs else None
        said = f"　“{last.opinion}”" if last and last.opinion else ""
        self.last.setText(f"上一签：{last.signer_name}　{last.on}　{last.decision.label}{said}" if last else "")
        self.last.setVisible(last is not None)

    def _next(self) -> None:
        place = self.table.view.currentIndex().row() + 1
        if place < self.table.model.rowCount():
            self.table.view.selectRow(place)

    def _decide(self, decision: Decision) -> None:
        page = self.view.page
        if page is None or not page.may_decide or not self.approve.isEnabled():
            return
        opinion = self.opinion.text().strip()
        if decision is not Decision.APPROVE and not opinion:
            self.opinion.setFocus()
            self.last.setText(f"请先写明{decision.label}的理由。")
            self.last.show()
            return
        for part in (self.approve, self.give_back, self.refuse):
            part.setEnabled(False)
        filing_id, step, seen = page.row.id, page.may_decide, page.sha256

        def decided(_none: None) -> None:
            self._move_on(filing_id)

        self.desk.run(
            self,
            lambda work: decide(work, filing_id, step, decision, opinion=opinion, seen_sha256=seen),
            decided,
            failed=self._failed,
        )

    def _move_on(self, filing_id: UUID) -> None:
        """Go to the next filing that waits; the one decided leaves the list by itself."""
        ids = self.table.model.ids
        place = self.table.model.place_of(filing_id)
        if self.scope.current == "mine" and place >= 0 and len(ids) > 1:
            self.table.choose(ids[place + 1] if place + 1 < len(ids) else ids[place - 1])
            self.table.view.setFocus()
        else:
            self._read(filing_id)

    def _failed(self, error: Exception) -> None:
        show_error(self, error)
        for part in (self.approve, self.give_back, self.refuse):
            part.setEnabled(True)
        if isinstance(error, Stale) and self._shown is not None:
            self.reload()

    def _ask_refuse(self) -> None:
        if self.opinion.text().strip():
            more = "否决后这份表单不能再改，须另行填写。"
            ask(self, "否决这份表单？", more, yes="否决", then=lambda: self._decide(Decision.REJECT), danger=True)
        else:
            self._decide(Decision.REJECT)

    def _ask_recall(self) -> None:
        page = self.view.page
        if page is None:
            return
        filing_id, seen = page.row.id, page.sha256

        def recalled(_none: None) -> None:
            self._read(filing_id)

        def recall() -> None:
            self.desk.run(self, lambda work: recall_filing(work, filing_id, seen), recalled, failed=self._failed)

        more = "撤回后可以修改再提交；未改动部分的签字继续有效。"
        ask(self, f"撤回 {page.row.number}？", more, yes="撤回", then=recall)

    def _rework(self) -> None:
        page, office, actor = self.view.page, self.desk.office, self.desk.actor
        if page is None:
            return
        filing_id = page.row.id

        def begun(draft: Draft) -> None:
            self.desk.wanted.emit("draft", draft)

        self.desk.operations.start(self, lambda _ticket: rework_filing(office, actor, filing_id), begun)

    def _to_project(self) -> None:
        page = self.view.page
        if page is not None and page.project is not None:
            self.desk.wanted.emit("project", page.project.id)

    def _open_paper(self) -> None:
        page = self.view.page
        if page is None:
            return
        shown = page

        def open_(people: list[PersonRef]) -> None:
            self._paper = PaperDialog(shown, people, self.desk.office.today(), self._record, self.window())
            self._paper.open()

        self.desk.read(self, people_refs, open_, key="paper")

    def _record(self, signatures: Sequence[PaperSignature], scan: Path) -> None:
        page, dialog = self.view.page, self._paper
        if page is None or dialog is None:
            return
        filing_id, seen = page.row.id, page.sha256

        def recorded(_none: None) -> None:
            dialog.accept()
            self._move_on(filing_id)

        def failed(error: Exception) -> None:
            dialog.tell(str(refusal_of(error)))

        self.desk.run(
            dialog,
            lambda work: record_paper_signatures(work, filing_id, signatures, scan=scan, seen_sha256=seen),
            recorded,
            failed=failed,
        )


def _project(row_: FilingRow) -> str:
    return row_.project_name or "全办公室"
