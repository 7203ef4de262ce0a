"""What may be done with the filing shown: sign, return, refuse, hand on, remind, record, recall, rework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.approval import Decision
from desktop.domain.chain_edits import EditKind
from desktop.domain.conflicts import Stale
from desktop.domain.ledger import PersonRef
from desktop.services.approving import PaperSignature, decide, go_on, record_paper_signatures
from desktop.services.confirming import LineMark, confirm_lines
from desktop.services.drafting import Draft, rework_filing
from desktop.services.filings import FilingPage
from desktop.services.handing import add_signer, hand_on
from desktop.services.line_checks import YES
from desktop.services.office import Work
from desktop.services.people import people_refs
from desktop.services.submitting import recall_filing
from desktop.services.urging import urge
from desktop.ui.confirm_dialog import ConfirmDialog
from desktop.ui.copies_button import CopiesButton
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of, show_error
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.pieces import Elided, button, named, row, words
from desktop.ui.question import ask, tell
from desktop.ui.reason_dialog import HandDialog, ReasonDialog

_TO_AUTHOR = ""


class ApprovalBar(QWidget):
    """The buttons under a filing.

    ``decided`` follows a signature on this filing (its id), or its being handed on; ``altered`` anything else that was
    done with it; ``stale`` says that what is shown is no longer what counts.
    """

    decided = Signal(object)
    altered = Signal(object)
    stale = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: FilingPage | None = None
        self.opinion = named(QLineEdit(placeholderText="意见（同意时可不填）"), "意见")
        self.approve = button("同意", lambda: self._decide(Decision.APPROVE), primary=True)
        self.give_back = button("退回…", self.ask_return)
        self.refuse = button("否决…", self.ask_refuse)
        self.confirm = button("逐项确认…", self._open_confirm)
        self.hand = button("转办 / 加签…", self.ask_hand)
        self.remind = button("催办", self._urge)
        self.paper = button("代录纸面签字…", self._open_paper)
        self.recall = button("撤回", self._ask_recall)
        self.rework = button("修改后重新提交", self._rework)
        self.resume = button("继续办理", self._go_on)
        self.project = button("查看项目", self._to_project)
        self.copies = CopiesButton(desk)
        self.renewed = words("您看的时候，这份表单的内容刚刚更新过：现在显示的是新的一版，请重新核对。", "problem")
        self.renewed.hide()
        self.last = Elided()
        self.last.setProperty("role", "muted")
        for part, tip in (
            (self.approve, "A 或 Ctrl+Enter"),
            (self.give_back, "R 或 Ctrl+B"),
            (self.refuse, "J"),
            (self.hand, "Z"),
        ):
            part.setToolTip(tip)
        for part in (self.give_back, self.refuse):
            part.setProperty("role", "danger")
        self._signing = QWidget()
        self._signing.setLayout(row(self.opinion, self.confirm, self.refuse, self.give_back, self.approve))
        more = row(
            *(self.last, self.copies, self.project, self.resume, self.remind, self.recall),
            *(self.rework, self.hand, self.paper),
        )
        more.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.renewed)
        layout.addLayout(more)
        layout.addWidget(self._signing)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_page(self, page: FilingPage) -> None:
        """Offer what may be done with this filing."""
        same = self.page is not None and self.page.row.id == page.row.id
        if not same:
            self.opinion.clear()
        renewed = same and self.page is not None and self.page.sha256 != page.sha256
        self.renewed.setVisible(renewed or (same and self.renewed.isVisibleTo(self)))
        self.page = page
        self._signing.setVisible(bool(page.may_decide))
        self._enable(on=True)
        done = sum(line.verdict == YES for line in page.lines)
        self.confirm.setText(f"逐项确认 {done}/{len(page.lines)}…")
        asks = page.progress.status(page.may_decide).step.asks if page.may_decide else ""
        self.opinion.setPlaceholderText(f"{asks}（必填）" if asks else "意见（同意时可不填）")
        self.approve.setText(f"同意（代 {page.signs_for}）" if page.signs_for else "同意")
        for part, shown in (
            (self.confirm, bool(page.lines)),
            (self.hand, bool(page.may_hand_on)),
            (self.remind, page.may_urge),
            (self.paper, bool(page.may_record)),
            (self.recall, page.may_recall),
            (self.rework, page.may_rework),
            (self.resume, page.may_go_on),
            (self.project, page.project is not None),
        ):
            part.setVisible(shown)
        self.copies.show_page(page)
        self.last.set_whole(_last_word(page))

    # -- signing

    def sign(self) -> None:
        """Approve, as the button does."""
        self._decide(Decision.APPROVE)

    def ask_return(self) -> None:
        """Ask to whom it goes back, and why."""
        page = self.page
        if page is None or not self._may_sign():
            return
        options = [(_TO_AUTHOR, f"填表人 {page.row.author}（修改后重新提交）")]
        for item in reversed(page.back):
            signer = item.sign_off.signed_by if item.sign_off else ""
            options.append((item.step.key, f"{item.step.title} {signer}（再看一遍，签后直接回到这里）"))
        more = "退给填表人的，改过的部分要重签，没改的签字继续有效；退给前面步骤的，中间的签字继续有效。"
        self._ask_reason("退回", more, Decision.RETURN, options)

    def ask_refuse(self) -> None:
        """Ask why it is refused for good."""
        if self.page is not None and self._may_sign():
            self._ask_reason("否决", "否决后这份表单不能再改，须另行填写。", Decision.REJECT, ())

    def _ask_reason(self, title: str, more: str, decision: Decision, options: Sequence[tuple[str, str]]) -> None:
        dialog = ReasonDialog(
            title, more, title, options, self.window(), label="退给", reason=self.opinion.text().strip()
        )

        def send(key: str, reason: str) -> None:
            self._send(decision, reason, key, dialog.accept, lambda error: dialog.tell(str(refusal_of(error))))

        dialog.send = send
        dialog.open()

    def _may_sign(self) -> bool:
        return self.page is not None and bool(self.page.may_decide) and self.approve.isEnabled()

    def _decide(self, decision: Decision) -> None:
        if self._may_sign():
            self._enable(on=False)
            self._send(decision, self.opinion.text().strip(), "", lambda: None, self._failed)

    def _send(
        self,
        decision: Decision,
        opinion: str,
        back_to: str,
        then: Callable[[], object],
        failed: Callable[[Exception], None],
    ) -> None:
        page = self.page
        if page is None:
            return
        filing_id, step, seen = page.row.id, page.may_decide, page.sha256

        def sign(work: Work) -> None:
            decide(work, filing_id, step, decision, opinion=opinion, seen_sha256=seen, back_to=back_to)

        def signed(_none: None) -> None:
            self._enable(on=False)
            then()
            self.decided.emit(filing_id)

        self.desk.run(self, sign, signed, failed=failed)

    def _enable(self, *, on: bool) -> None:
        for part in (self.approve, self.give_back, self.refuse):
            part.setEnabled(on)

    def _failed(self, error: Exception) -> None:
        show_error(self, error)
        self._enable(on=True)
        if isinstance(error, Stale):
            self.stale.emit()

    def _open_confirm(self) -> None:
        page = self.page
        if page is None:
            return
        filing_id, step, seen = page.row.id, page.may_decide, page.sha256

        def send(marks: Sequence[LineMark]) -> None:
            def confirm(work: Work) -> None:
                confirm_lines(work, filing_id, step, marks, seen_sha256=seen)

            self._do(confirm, filing_id, dialog.accept, lambda error: dialog.tell(str(refusal_of(error))))

        dialog = ConfirmDialog(page, send, self.window())
        dialog.open()

    # -- around the signature

    def _do(
        self,
        use_case: Callable[[Work], object],
        filing_id: UUID,
        then: Callable[[], object] = lambda: None,
        failed: Callable[[Exception], None] | None = None,
        *,
        leaves: bool = False,
    ) -> None:
        """Do it; ``leaves`` says that the filing does not wait for the actor afterwards."""

        def done(_value: object) -> None:
            then()
            (self.decided if leaves else self.altered).emit(filing_id)

        self.desk.run(self, use_case, done, failed=failed or self._failed)

    def ask_hand(self) -> None:
        """Ask to whom the step is handed on, or who is to sign besides."""
        page = self.page
        if page is None or not page.may_hand_on:
            return
        options = [(EditKind.HAND_ON.value, "转办：由他代替我签")]
        if page.may_decide:
            options.append((EditKind.ADD_BEFORE.value, "前加签：他先签，然后回到我"))
            options.append((EditKind.ADD_AFTER.value, "后加签：我签后由他再签"))
        shown = page

        def open_(people: list[PersonRef]) -> None:
            others = [person for person in people if person.id != self.desk.actor]
            dialog = HandDialog(options, others, lambda kind, who, why: send(dialog, kind, who, why), self.window())
            dialog.open()

        def send(dialog: HandDialog, kind: str, person: PersonRef, reason: str) -> None:
            def act(work: Work) -> None:
                _edit(work, shown, EditKind(kind), person.id, reason)

            def failed(error: Exception) -> None:
                dialog.tell(str(refusal_of(error)))

            leaves = bool(shown.may_decide) and EditKind(kind) is not EditKind.ADD_AFTER
            self._do(act, shown.row.id, dialog.accept, failed, leaves=leaves)

        self.desk.read(self, people_refs, open_, key="hand")

    def _urge(self) -> None:
        page = self.page
        if page is None:
            return
        filing_id = page.row.id

        def urged(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            tell(self, "已催办。下面这段话已复制，可以粘贴到微信、邮件里发给对方：", text)
            self.altered.emit(filing_id)

        self.desk.run(self, lambda work: urge(work, filing_id), urged, failed=self._failed)

    def _go_on(self) -> None:
        if self.page is not None:
            filing_id = self.page.row.id
            self._do(lambda work: go_on(work, filing_id), filing_id)

    def _ask_recall(self) -> None:
        page = self.page
        if page is None:
            return
        filing_id, seen = page.row.id, page.sha256
        more = "撤回后可以修改再提交；未改动部分的签字继续有效。"

        def recall() -> None:
            self._do(lambda work: recall_filing(work, filing_id, seen), filing_id)

        ask(self, f"撤回 {page.row.number}？", more, yes="撤回", then=recall)

    def _rework(self) -> None:
        page, office, actor = self.page, self.desk.office, self.desk.actor
        if page is None:
            return
        filing_id = page.row.id

        def begun(draft: Draft) -> None:
            self.desk.wanted.emit("draft", draft)

        self.desk.operations.start(self, lambda _ticket: rework_filing(office, actor, filing_id), begun)

    def _to_project(self) -> None:
        if self.page is not None and self.page.project is not None:
            self.desk.wanted.emit("project", self.page.project.id)

    def _open_paper(self) -> None:
        page = self.page
        if page is None:
            return
        shown = page

        def open_(people: list[PersonRef]) -> None:
            def send(signatures: Sequence[PaperSignature], scan: Path) -> None:
                self._record(shown, dialog, signatures, scan)

            dialog = PaperDialog(shown, people, self.desk.office.today(), send, self.window())
            dialog.open()

        self.desk.read(self, people_refs, open_, key="paper")

    def _record(self, page: FilingPage, dialog: PaperDialog, signatures: Sequence[PaperSignature], scan: Path) -> None:
        filing_id, seen = page.row.id, page.sha256

        def recorded(_none: None) -> None:
            dialog.accept()
            self.decided.emit(filing_id)

        self.desk.run(
            dialog,
            lambda work: record_paper_signatures(work, filing_id, signatures, scan=scan, seen_sha256=seen),
            recorded,
            failed=lambda error: dialog.tell(str(refusal_of(error))),
        )


def _edit(work: Work, page: FilingPage, kind: EditKind, person_id: UUID, reason: str) -> None:
    filing_id, step, seen = page.row.id, page.may_hand_on, page.sha256
    if kind is EditKind.HAND_ON:
        hand_on(work, filing_id, step, person_id, reason=reason, seen_sha256=seen)
    else:
        before = kind is EditKind.ADD_BEFORE
        add_signer(work, filing_id, step, person_id, before=before, reason=reason, seen_sha256=seen)


def _last_word(page: FilingPage) -> str:
    """Who asks the reader to look again, else who signed last."""
    if page.may_decide:
        given = page.progress.status(page.may_decide).given_back
        if given is not None:
            return f"{given.signed_by}退回请您再看：“{given.opinion}”"
    if not page.sign_offs:
        return ""
    last = page.sign_offs[-1]
    said = f"　“{last.opinion}”" if last.opinion else ""
    return f"上一签：{last.signed_by}　{last.on}　{last.decision.label}{said}"
