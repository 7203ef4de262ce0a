"""One filing to read and judge: its chain, what changed, the whole text, who signed, its files, its print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.domain.approval import SignOff
from desktop.domain.filing import FilingState, short_hash
from desktop.services.archive import DocumentRow
from desktop.services.filings import FilingPage
from desktop.services.printing import Printed, file_name, print_filing
from desktop.services.signatures import SignatureState
from desktop.ui.archive_files import missing_notice, open_archived
from desktop.ui.chain_view import ChainView
from desktop.ui.chips import FILING_TONES, Chip
from desktop.ui.desk import Desk
from desktop.ui.difference_view import DifferenceView, summary
from desktop.ui.document_table import document_table
from desktop.ui.fields.base import FieldContext, FileRef
from desktop.ui.form_editor import FormEditor
from desktop.ui.nodes import Node
from desktop.ui.pdf_dialog import PdfPanel
from desktop.ui.pieces import Elided, card, clear, words
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column
from desktop.ui.tables import Table
from desktop.ui.theme import sized

_MOST_NAMES, _FIRST_CHANGES = 3, 2
_HIGH = 46
"""Of so many lines of text there is room for the chain above a print, which has the signatures itself."""
CHANGES, TEXT, SIGNED, FILES, PRINT = range(5)
_TONES = {"approve": "good", "return": "warning", "reject": "bad"}


def _signed_columns(page: Callable[[], FilingPage | None]) -> Sequence[Column[SignOff]]:
    def title(key: str) -> str:
        shown = page()
        steps = shown.progress.steps if shown else ()
        return next((item.step.title for item in steps if item.step.key == key), key)

    def decision(row: SignOff) -> str:
        return f"退给{title(row.back_to)}" if row.back_to else row.decision.label

    def way(row: SignOff) -> str:
        return f"纸面，{row.recorded_name}代录" if row.on_paper else "屏幕"

    def state(row: SignOff) -> SignatureState | None:
        shown = page()
        return shown.signatures.get(row.id) if shown else None

    def proof(row: SignOff) -> str:
        found = state(row)
        return found.label if found else ""

    def proof_tone(row: SignOff) -> str:
        found = state(row)
        return found.tone if found else "neutral"

    def proof_words(row: SignOff) -> str:
        found = state(row)
        return found.words if found else ""

    return (
        Column("步骤", lambda row: title(row.step), width=7.4),
        Column("签字人", lambda row: row.signed_by, width=5.5, tip=lambda row: row.signed_by),
        Column("决定", decision, chip=True, tone=lambda row: _TONES[row.decision.value], width=4, tip=decision),
        Column("日期", lambda row: row.on.isoformat(), align="centre", width=6),
        Column("意见", lambda row: row.opinion, stretch=True, tip=lambda row: row.opinion),
        Column("方式", way, width=7, tip=way),
        Column("电子签名", proof, chip=True, tone=proof_tone, width=4.4, tip=proof_words),
        Column("版次", lambda row: f"第 {row.revision_no} 版", align="centre", width=3.6),
    )


def _who(page: FilingPage, key: str) -> str:
    """Who may sign a step, in few words."""
    names = [person.name for person in page.signers_by_step.get(key, ())[:_MOST_NAMES]]
    names += [f"{stand_in.name}（代 {person.name}）" for stand_in, person in page.stand_ins.get(key, ())]
    return "、".join(names) or "无人担任"


def _doubts(page: FilingPage) -> list[str]:
    """Why signatures are not verified, or are claims from paper; alike ones together."""
    signers: dict[str, list[str]] = {}
    for item in page.sign_offs:
        state = page.signatures.get(item.id)
        if state is not None and state.label and not (state.verdict.verified and not state.paper):
            told = state.words if state.paper else state.verdict.words
            signers.setdefault(told, []).append(item.signed_by)
    return [f"{'、'.join(dict.fromkeys(names))}：{told}" for told, names in signers.items()]


def _first_changes(page: FilingPage) -> str:
    """What changed first, in words, for who decides at a glance."""
    shown = page.changed[:_FIRST_CHANGES]
    return "；".join(f"{item.place}：{item.before or '（空）'} → {item.after or '（空）'}" for item in shown)


class FilingView(QWidget):
    """Shows one filing; what may be done with it is the page's affair."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: FilingPage | None = None
        self.reader: FormEditor | None = None
        self._printed_for = ""
        self.title = QLabel()
        self.title.setFont(sized(self.font(), 1.15, bold=True))
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = Chip()
        self.subject = words("", "muted")
        self.stuck = words("", "problem")
        self.changed = Elided()
        self.changed.setObjectName("变动摘要")
        self.hash = words("", "muted", wrap=False)
        self.chain = ChainView()
        self.assumed = words("* 制度原文没有写明这一步，须由办公室确认", "faint", wrap=False)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for word in ("变动", "全文", "签字", "附件", "打印件"):
            self.tabs.addTab(word)
        self.tabs.currentChanged.connect(self._turn_to)
        self.changes_head = words("", "title", wrap=False)
        self.changes = DifferenceView()
        self.text = QVBoxLayout()
        columns = _signed_columns(lambda: self.page)
        self.signed = short_table(
            desk, columns, self._sign_offs, lambda row: row.id, name="签字记录", empty="还没有人签字"
        )
        self.doubts = words("", "muted")
        self.files: Table[DocumentRow] = document_table(desk, self._documents, "表单附件", "没有附件和扫描件")
        for table in (self.signed, self.files):
            table.search.hide()
        self.print = PdfPanel()
        self._stack = QStackedWidget()
        self._lay_out()

    def show_filing(self, page: FilingPage) -> None:
        """Show a filing; on another than before, what changed comes first where something did."""
        another = self.page is None or self.page.row.id != page.row.id
        same_text = not another and self.page is not None and self.page.sha256 == page.sha256
        self.page = page
        row = page.row
        self.title.setText(f"{row.title}　{row.number}　第 {row.revision_no} 版")
        self.state.show_chip(row.state.label, FILING_TONES[row.state])
        self.subject.setText(row.project or "全办公室")
        self.hash.setText(f"内容校验 {short_hash(page.sha256)}")
        self.hash.setToolTip(f"签字与这一内容绑定：{page.sha256}")
        self._show_chain(page)
        self.changes.show_differences(page.changed)
        head = f"与第 {page.changed_since} 版相比：{summary(page.changed)}"
        self.changes_head.setText(head)
        self.changed.set_whole(f"{head}。{_first_changes(page)}")
        self.changed.setVisible(bool(page.changed))
        self.stuck.setText("\n".join(item.text for item in page.stuck))
        self.stuck.setVisible(bool(page.stuck))
        self.tabs.setTabVisible(CHANGES, bool(page.changed))
        self.tabs.setTabText(CHANGES, f"变动 {len(page.changed)}")
        self.tabs.setTabText(SIGNED, f"签字 {len(page.sign_offs)}" if page.sign_offs else "签字")
        self.tabs.setTabText(FILES, f"附件 {len(page.documents)}" if page.documents else "附件")
        self.doubts.setText("\n".join(_doubts(page)))
        self.doubts.setVisible(bool(self.doubts.text()))
        self.signed.reload()
        self.files.reload()
        if not same_text:  # else it stays where it was scrolled to
            self._show_text(page)
            self._printed_for = ""
        if another:
            self.tabs.setCurrentIndex(CHANGES if page.changed else TEXT)
        self._turn_to(self.tabs.currentIndex())

    def show_print(self) -> None:
        """Turn to the print."""
        self.tabs.setCurrentIndex(PRINT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _lay_out(self) -> None:
        head, column = card(margin=14, spacing=6)
        line = QHBoxLayout()
        line.addWidget(self.title)
        line.addWidget(self.state)
        line.addStretch(1)
        line.addWidget(self.hash)
        column.addLayout(line)
        column.addWidget(self.subject)
        column.addWidget(self.changed)
        column.addWidget(self.stuck)
        column.addWidget(self.chain)
        column.addWidget(self.assumed, 0, Qt.AlignmentFlag.AlignRight)
        changes = QWidget()
        column = QVBoxLayout(changes)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.changes_head)
        column.addWidget(self.changes, 1)
        text = QWidget()
        text.setLayout(self.text)
        self.text.setContentsMargins(0, 0, 0, 0)
        signed = QWidget()
        column = QVBoxLayout(signed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.signed, 1)
        column.addWidget(self.doubts)
        for part in (changes, text, signed, self.files, self.print):
            self._stack.addWidget(part)
        self.body = QFrame()
        self.body.setObjectName("card")
        column = QVBoxLayout(self.body)
        column.setContentsMargins(14, 4, 14, 12)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(self.body, 1)

    def _show_chain(self, page: FilingPage) -> None:
        row = page.row
        filed = f" {row.submitted_at.astimezone():%m-%d}" if row.submitted_at else ""
        first = Node("填表", (f"{row.author}{filed}",), "done", tip=page.rule.applicant)
        live = row.state is FilingState.IN_APPROVAL
        holders = {step.key: _who(page, step.key) for step in page.progress.due} if live else {}
        due_on = {key: turn.due_on for key, turn in page.turns.items() if turn.due_on}
        self.chain.show_chain(
            first, page.progress, page.form, holders, live=live, due_on=due_on, today=self.desk.office.today()
        )
        self._fold()

    def _fold(self) -> None:
        """Give a print the room of the chain where there is little."""
        low = self.height() < _HIGH * self.fontMetrics().height()
        shown = not (low and self.tabs.currentIndex() == PRINT)
        assumed = self.page is not None and any(status.step.assumed for status in self.page.progress.steps)
        self.chain.setVisible(shown)
        self.assumed.setVisible(shown and assumed)

    def _show_text(self, page: FilingPage) -> None:
        clear(self.text)
        context = FieldContext(self.desk.operations, open_file=self._open_file)
        self.reader = FormEditor(page.form, {}, context, read_only=True)
        self.reader.set_content(page.content)
        self.text.addWidget(self.reader)

    def _open_file(self, file: FileRef) -> None:
        open_archived(self.desk, self, str(file["sha256"]), str(file["name"]))

    def _sign_offs(self) -> Sequence[SignOff]:
        return self.page.sign_offs if self.page else ()

    def _documents(self) -> Sequence[DocumentRow]:
        return self.page.documents if self.page else ()

    def _turn_to(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self._fold()
        page, actor = self.page, self.desk.actor
        if place != PRINT or page is None or self._printed_for == f"{page.row.id}{page.sha256}{len(page.sign_offs)}":
            return
        self._printed_for = f"{page.row.id}{page.sha256}{len(page.sign_offs)}"
        name = file_name(page)

        def show(printed: Printed) -> None:
            self.print.set_pdf(printed.pdf, name, missing_notice(printed))

        self.desk.read(self, lambda reading: print_filing(reading, actor, page.row.id), show, key="print")
