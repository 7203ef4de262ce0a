"""One project: its facts, where it stands, what it may not do and why, its filings, files and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.forms import FORMS
from desktop.domain.gates import Unmet
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy
from desktop.services.archive import DocumentRow, add_document
from desktop.services.drafting import Draft, start_draft
from desktop.services.filings import FilingRow
from desktop.services.form_offers import FormOffer
from desktop.services.gate_view import waive
from desktop.services.history import HistoryEntry
from desktop.services.office import Reading
from desktop.services.printing import Printed, parts_of, print_filing, print_part
from desktop.ui.archive_files import show_printed
from desktop.ui.baseline_view import mount_baselines
from desktop.ui.checklist_view import ChecklistView, Deeds
from desktop.ui.chips import FILING_TONES, Chip
from desktop.ui.desk import Desk
from desktop.ui.document_table import document_table
from desktop.ui.entry_strip import EntryStrip
from desktop.ui.error_dialog import refusal_of
from desktop.ui.gate_strips import checklist_strips, gate_strips, step_strips
from desktop.ui.kind_dialog import KindDialog
from desktop.ui.life_view import LifeView
from desktop.ui.lone_stack import LoneStack
from desktop.ui.pieces import button, card, clear, words
from desktop.ui.project_page import ProjectPage, facts_of
from desktop.ui.project_parts import PARTS, ProjectParts
from desktop.ui.question import tell
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Ask, Column
from desktop.ui.theme import figures, sized

_PRINTED = 12
_PAIRS = 3
_LEAST = 9
_FILES, _CHECKLIST = 1, 3
_OWN_TABS = 4


FILING_COLUMNS: tuple[Column[FilingRow], ...] = (
    Column("表单", lambda item: item.title, sort="title", width=8.6, stretch=True, tip=lambda item: item.title),
    Column("编号", lambda item: item.number, sort="number", width=6.6),
    Column(
        "状态",
        lambda item: item.state.label,
        sort="state",
        chip=True,
        tone=lambda item: FILING_TONES[item.state],
        width=4.2,
    ),
    Column("等待签字", lambda item: item.waiting, sort="waiting", width=6),
    Column("填表人", lambda item: item.author, sort="author", width=4.5),
    Column("提交", lambda item: _moment(item.submitted_at), align="centre", sort="at", width=5.5),
    Column("生效", lambda item: item.effective_on.isoformat() if item.effective_on else "", align="centre", width=5.5),
    Column("版次", lambda item: f"第 {item.revision_no} 版", align="centre", width=3.4),
)
HISTORY_COLUMNS: tuple[Column[HistoryEntry], ...] = (
    Column("时间", lambda item: f"{item.at.astimezone():%Y-%m-%d %H:%M}", align="centre", width=7.2),
    Column("经办", lambda item: item.author, width=4),
    Column("事项", lambda item: item.text, width=20, tip=lambda item: item.text),
    Column("内容", lambda item: "；".join(item.details), stretch=True, tip=lambda item: "\n".join(item.details)),
)


class ProjectView(QWidget):
    """Shows one project."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: ProjectPage | None = None
        self.title = QLabel()
        self.title.setFont(sized(self.font(), 1.15, bold=True))
        self.title.setWordWrap(True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = Chip()
        self.begin = button("发起 ▾", self._offer_forms, primary=True)
        self.print = button("打印 ▾", self._offer_prints)
        self.facts = QGridLayout()
        self.entry = EntryStrip(desk)
        self.life = LifeView()
        self.gates = QVBoxLayout()
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.parts = ProjectParts(desk)
        for word in ("表单", "文件", "历史", "检查清单", *(title for title, _make in PARTS)):
            self.tabs.addTab(word)
        newest = Ask("at", descending=True)
        self.filings = short_table(
            *(desk, FILING_COLUMNS, self._filings, lambda item: item.id),
            name="项目表单",
            empty="还没有表单。点右上角的“发起”填写一份。",
            ask=newest,
        )
        self.filings.fit_columns()
        self.filings.opened.connect(lambda item: self._see(item.id))
        none = "还没有文件。签字扫描件和附件也列在这里。"
        self.files = document_table(desk, self._documents, "项目文件", none)
        self.add_file = button("存入文件…", self._choose_files)
        self.files.bar.addWidget(self.add_file)
        self.history = short_table(desk, HISTORY_COLUMNS, self._history, id, name="项目历史", empty="还没有记录")
        self.history.opened.connect(self._open_entry)
        self.checks = ChecklistView(Deeds(self._begin, self._choose_files, self._ask_waiver, self._see))
        self._stack = LoneStack(round(self.fontMetrics().height() * _LEAST))
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda place: self.parts.look(place - _OWN_TABS))
        self._lay_out()
        self.baselines = mount_baselines(desk, self.tabs, self._stack)

    def show_project(self, page: ProjectPage) -> None:
        """Show a project."""
        self.page = page
        project, policy = page.project, page.policy
        state = policy.state(project.state)
        self.title.setText(f"{project.marked or '（未编号）'}　{project.name}")
        self.state.show_chip(state.title, state.tone)
        self._show_facts(project, policy)
        self.entry.show_entry(page.contract, page.program)
        self.life.show_life(project, policy)
        self.baselines.show_project(project.id)
        self._show_gates(page)
        self.print.setEnabled(bool(page.filings))
        self.add_file.setEnabled(not page.may_not_archive)
        self.add_file.setToolTip(page.may_not_archive)
        for place, (word, rows) in enumerate(
            (("表单", page.filings), ("文件", page.documents), ("历史", page.history))
        ):
            self.tabs.setTabText(place, f"{word} {len(rows)}" if rows else word)
        missing = sum(item.missing for item in page.checklists if item.pressing)
        self.tabs.setTabText(_CHECKLIST, f"检查清单 {missing}" if missing else "检查清单")
        for table in (self.filings, self.files, self.history):
            table.reload()
        self.parts.show_project(project.id, self.tabs.currentIndex() - _OWN_TABS)

    def _open_entry(self, entry: HistoryEntry) -> None:
        if entry.filing_id is not None:
            self._see(entry.filing_id)

    def _see(self, filing_id: UUID) -> None:
        self.desk.wanted.emit("filing", filing_id)

    def _filings(self) -> Sequence[FilingRow]:
        return self.page.filings if self.page else ()

    def _documents(self) -> Sequence[DocumentRow]:
        return self.page.documents if self.page else ()

    def _history(self) -> Sequence[HistoryEntry]:
        return self.page.history if self.page else ()

    def _lay_out(self) -> None:
        head, column = card(margin=14, spacing=8)
        line = QHBoxLayout()
        line.addWidget(self.title, 1)
        line.addWidget(self.state)
        line.addSpacing(12)
        line.addWidget(self.print)
        line.addWidget(self.begin)
        column.addLayout(line)
        self.facts.setHorizontalSpacing(10)
        self.facts.setVerticalSpacing(4)
        column.addLayout(self.facts)
        column.addWidget(self.entry)
        column.addSpacing(4)
        column.addWidget(self.life)
        column.addLayout(self.gates)
        body = QFrame()
        body.setObjectName("card")
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 4, 14, 12)
        column.addWidget(self.tabs)
        own: tuple[QWidget, ...] = (self.filings, self.files, self.history, self.checks)
        for part in (*own, *self.parts.widgets):
            self._stack.addWidget(part)
        column.addWidget(self._stack, 1)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(body, 1)
        area = QScrollArea()  # on a low screen it moves, else the facts would be squeezed
        area.setWidgetResizable(True)
        area.setWidget(page)
        page.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _show_facts(self, project: Project, policy: Policy) -> None:
        clear(self.facts)
        for number, (name, value) in enumerate(facts_of(project, policy)):
            line, side = divmod(number, _PAIRS)
            label = QLabel(name)
            label.setProperty("role", "muted")
            self.facts.setRowMinimumHeight(line, self.fontMetrics().height())
            shown = words(value or "—")
            shown.setFont(figures(shown.font()))
            self.facts.addWidget(label, line, side * 2, Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(shown, line, side * 2 + 1, Qt.AlignmentFlag.AlignTop)
        for side in range(_PAIRS):
            self.facts.setColumnMinimumWidth(side * 2, round(self.fontMetrics().height() * 3.4))
            self.facts.setColumnStretch(side * 2 + 1, 1)

    def _show_gates(self, page: ProjectPage) -> None:
        clear(self.gates)
        over = page.policy.state(page.project.state).ends
        strips = step_strips(page.steps, page.offers, self._begin)
        strips += checklist_strips(page.checklists, lambda: self.tabs.setCurrentIndex(_CHECKLIST))
        strips += gate_strips(page.gates, page.offers, self._begin, over=over)
        for strip in strips:
            self.gates.addWidget(strip)
        self.checks.show_checklists(
            page.checklists, page.offers, may_store=not page.may_not_archive, may_waive=page.may_waive
        )

    def _offer_forms(self) -> None:
        if self.page is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        allowed = [offer for offer in self.page.offers if offer.allowed]
        barred = [offer for offer in self.page.offers if not offer.allowed]
        for offer in allowed:
            menu.addAction(offer.title).triggered.connect(lambda _on=False, offer=offer: self._begin(offer))
        if barred:
            menu.addSeparator()
            rest = menu.addMenu("目前不能发起的表单和原因")
            for offer in barred:
                action = rest.addAction(f"{offer.title}：{reason_of(offer, short=True)}")
                action.triggered.connect(lambda _on=False, offer=offer: self._begin(offer))
        menu.popup(self.begin.mapToGlobal(self.begin.rect().bottomLeft()))

    def begin_form(self, form_key: str) -> None:
        """Start the form of that key on the project that is shown, or tell why not."""
        for offer in self.page.offers if self.page else ():
            if offer.form_key == form_key:
                self._begin(offer)

    def _begin(self, offer: FormOffer) -> None:
        if not offer.allowed:
            tell(self, f"现在不能填写《{offer.title}》", reason_of(offer))
            return
        if self.page is None:
            return
        office, actor, project_id = self.desk.office, self.desk.actor, self.page.project.id

        def begun(draft: Draft) -> None:
            self.desk.wanted.emit("draft", draft)

        self.desk.operations.start(self, lambda _ticket: start_draft(office, actor, offer.form_key, project_id), begun)

    def _offer_prints(self) -> None:
        if self.page is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for item in self.page.filings[:_PRINTED]:
            action = menu.addAction(f"{item.title}　{item.number}　{item.state.label}")
            action.triggered.connect(lambda _on=False, item=item: self._print(item))
            for key, title in parts_of(FORMS[item.form_key]):
                part = menu.addAction(f"　　{title}")
                part.triggered.connect(lambda _on=False, item=item, key=key: self._print(item, key))
        menu.popup(self.print.mapToGlobal(self.print.rect().bottomLeft()))

    def _print(self, item: FilingRow, part: str = "") -> None:
        actor = self.desk.actor
        title = dict(parts_of(FORMS[item.form_key])).get(part, item.title)

        def show(printed: Printed) -> None:
            show_printed(self, printed, f"{item.number}_{title}.pdf")

        def query(reading: Reading) -> Printed:
            return print_part(reading, actor, item.id, part) if part else print_filing(reading, actor, item.id)

        self.desk.read(self, query, show)

    def _choose_files(self, kind: str = "") -> None:
        names, _filter = QFileDialog.getOpenFileNames(self, "存入项目文件")
        paths = [Path(name) for name in names]
        if paths and kind:
            self.store(paths, kind)
        elif paths:
            self.ask_kind(paths)

    def ask_kind(self, paths: Sequence[Path]) -> KindDialog | None:
        """Ask as which document of the policy files are archived, and archive them so."""
        if self.page is None:
            return None
        kind = self.page.project.kind
        kinds = [(item.key, item.title) for item in self.page.policy.documents if item.asked_of(kind)]
        what = "、".join(path.name for path in paths)
        dialog = KindDialog(self, what, kinds, lambda key: self.store(paths, key))
        dialog.open()
        return dialog

    def _ask_waiver(self, missing: Unmet) -> None:
        what = f"{missing.text}（{missing.rule}，{missing.strength.label}）。批准例外后，这一项不再要求。"
        dialog = ReasonDialog("批准例外", what, "批准例外", (), self.window())
        dialog.send = lambda _key, reason: self.set_aside(missing, reason, dialog)
        dialog.open()

    def set_aside(self, missing: Unmet, reason: str, dialog: ReasonDialog) -> None:
        """Waive what the policy asks only in principle, with a reason on record."""
        if self.page is None:
            return
        project_id = self.page.project.id
        self.desk.run(
            self,
            lambda work: waive(work, project_id, missing.gate, missing.condition, reason),
            lambda _none: dialog.accept(),
            failed=lambda error: dialog.tell(str(refusal_of(error))),
        )

    def store(self, paths: Sequence[Path], kind: str = "") -> None:
        """Archive files on the project as a kind of document; all of them or none."""
        if self.page is None:
            return
        project_id = self.page.project.id

        def stored(_rows: list[DocumentRow]) -> None:
            if not kind:
                self.tabs.setCurrentIndex(_FILES)

        self.desk.run(
            self,
            lambda work: [add_document(work, path, project_id, kind) for path in paths],
            stored,
            waiting="正在存入文件",
        )


def reason_of(offer: FormOffer, *, short: bool = False) -> str:
    """Why a form may not be started, with what would help."""
    reasons = [f"{item.text}（{item.rule}）" for item in offer.unmet]
    if not offer.permitted:
        reasons.append(f"按制度由{offer.who or '他人'}填写")
    return reasons[0] if short else "；".join(reasons) + "。"


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d}" if at else ""
