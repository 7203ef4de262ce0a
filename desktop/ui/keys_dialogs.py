"""Asking for the password of a key: to unlock it, to make one, to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.identity import KeyLocked
from desktop.services.root_key import unlock_root
from desktop.ui.error_dialog import refusal_of
from desktop.ui.pieces import button, heading, named, row, words

if TYPE_CHECKING:
    from desktop.ui.desk import Desk


class PasswordDialog(QDialog):
    """Asks for a key's password, for a new one, or for both; ``send`` gets them (empty where not asked).

    It stays open until what was asked for is done (``accept``) or ``fail`` has said why not.
    """

    def __init__(self, title: str, more: str, yes: str, parent: QWidget | None, *, old: bool, new: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.send: Callable[[str, str], None] = lambda _old, _new: None
        self.old, self.first, self.again = (_line(name) for name in ("现在的密码", "新的密码", "再输一遍"))
        self._new = new
        self.yes = button(yes, self.try_to_send, primary=True)
        self.yes.setDefault(True)
        self.trouble = words("", "problem")
        self.trouble.hide()
        form = QFormLayout()
        if old:
            form.addRow("现在的密码" if new else "密码", self.old)
        if new:
            form.addRow("新的密码" if old else "密码", self.first)
            form.addRow("再输一遍", self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading(title, 1.2))
        layout.addWidget(words(more, "muted"))
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addLayout(row(None, button("取消", self.reject), self.yes))
        (self.old if old else self.first).setFocus()

    def try_to_send(self) -> None:
        """Send what was written, if the new password was written twice alike."""
        if self._new and self.first.text() != self.again.text():
            self.tell("两次输入的密码不一样。")
            return
        self.yes.setEnabled(False)
        self.send(self.old.text(), self.first.text())

    def tell(self, text: str) -> None:
        """Say what is wrong; the person mends it and tries again."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        self.yes.setEnabled(True)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take the height that the words need at this width."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def fail(self, error: Exception) -> None:
        """Say why it was not done."""
        self.tell(str(refusal_of(error)))
        self.old.selectAll()
        self.old.setFocus()


def _line(name: str) -> QLineEdit:
    line = named(QLineEdit(), name)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


def ask_to_unlock(
    desk: Desk, owner: QObject, locked: KeyLocked, then: Callable[[], object], given_up: Callable[[], object]
) -> PasswordDialog:
    """Ask for the password of the key that is locked; ``then`` follows once it is open."""
    office, actor = desk.office, desk.actor
    title = "解锁单位的根密钥" if locked.root else "解锁您的密钥"
    what = "签发、吊销和授予都要用根密钥签名。" if locked.root else "电子签名要用您的密钥。"
    more = f"{what}解锁后，到锁定屏幕或关闭程序为止不再询问。"
    parent = owner.window() if isinstance(owner, QWidget) else QApplication.activeWindow()
    dialog = PasswordDialog(title, more, "解锁", parent, old=True, new=False)

    def unlock(password: str, _new: str) -> None:
        def work(_ticket: object) -> str:
            secret = unlock_root(office, password) if locked.root else office.keys.unlock(actor, password)
            return secret.key

        def unlocked(_key: str) -> None:
            dialog.accept()
            then()

        desk.operations.start(dialog, work, unlocked, failed=dialog.fail)

    dialog.send = unlock
    dialog.rejected.connect(given_up)
    dialog.open()
    return dialog
