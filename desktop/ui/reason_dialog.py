"""Asking for a reason, and to whom: returning (退回), refusing (否决), handing on and adding signers (转办, 加签)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.domain.ledger import PersonRef
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.fields.people import add_people, pick_person
from desktop.ui.pieces import button, heading, named, row, words

Options = Sequence[tuple[str, str]]
Send = Callable[[str, str], None]
SendTo = Callable[[str, PersonRef, str], None]
_LINES = 4


class ReasonDialog(QDialog):
    """Asks for a reason, and which of the ``options`` (key, words) is meant; ``send`` gets the key and the reason.

    It stays open until what was asked for is done (``accept``) or ``tell`` has said why not. Ctrl+Enter sends.
    """

    def __init__(
        self, title: str, more: str, yes: str, options: Options, parent: QWidget, *, label: str = "", reason: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self.send: Send = lambda _key, _reason: None
        self.which = named(QuietCombo(), label or title)
        for key, text in options:
            self.which.addItem(text, key)
        self.reason = named(QPlainTextEdit(reason), "理由")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(self.fontMetrics().height() * (_LINES + 1))
        self.yes = button(yes, self.try_to_send, primary=True)
        self.yes.setToolTip("Ctrl+Enter")
        self._wrong = words("", "problem")
        self._wrong.hide()
        self.form = QFormLayout()
        if options:
            self.form.addRow(label, self.which)
        self.form.addRow("理由", self.reason)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading(title, 1.2))
        layout.addWidget(words(more, "muted"))
        layout.addLayout(self.form)
        layout.addWidget(self._wrong)
        layout.addLayout(row(None, button("取消", self.reject), self.yes))
        QShortcut(QKeySequence("Ctrl+Return"), self, self.try_to_send)
        self.reason.setFocus()

    @property
    def chosen(self) -> str:
        """The key of the option that is chosen."""
        return str(self.which.currentData() or "")

    def tell(self, text: str) -> None:
        """Say what is wrong; the person mends it and tries again."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.yes.setEnabled(True)

    def try_to_send(self) -> None:
        """Send what was filled in, or say what is missing."""
        reason = self.reason.toPlainText().strip()
        if not reason:
            self.tell("请写明理由。")
            self.reason.setFocus()
        elif self.yes.isEnabled():
            self.tell("")
            self.yes.setEnabled(False)
            self.pass_on(reason)

    def pass_on(self, reason: str) -> None:
        """Hand over what was filled in."""
        self.send(self.chosen, reason)


class HandDialog(ReasonDialog):
    """Asks to whom a step is handed on, or who is to sign before or after it."""

    def __init__(self, options: Options, people: Sequence[PersonRef], send: SendTo, parent: QWidget) -> None:
        more = "转办后由对方签这一步，您不再签；加签后对方在您之前或之后签，签的是同样的内容。都记入审批流。"
        super().__init__("转办、加签", more, "确定", options, parent, label="办法")
        self._people = people
        self._send_to = send
        self.who = named(QLineEdit(placeholderText="姓名、拼音首字母或工号"), "交给谁")
        add_people(self.who, people)
        self.form.insertRow(1, "交给谁", self.who)
        self.who.setFocus()

    def pass_on(self, reason: str) -> None:
        person, note = pick_person(self.who.text(), self._people)
        if person is None:
            self.tell(f"{note or '请选择交给哪一位'}。")
            self.who.setFocus()
        else:
            self._send_to(self.chosen, person, reason)
