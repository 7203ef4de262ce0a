"""修改登录密码: one's own password on the server; at the first connection it must be changed."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFormLayout, QVBoxLayout, QWidget

from desktop.services import passwords
from desktop.services.logins import change_own_password, password_trouble
from desktop.services.office import Office
from desktop.ui.error_dialog import refusal_of
from desktop.ui.operations import Operations
from desktop.ui.pieces import button, heading, row, words
from desktop.ui.server_form import password_line, reveal_button

_FIRST = "管理员给的是一次性密码，只有您改成自己的密码以后，才能开始工作。"
_LATER = "改好后，其他机器上记住的旧密码就不能用了。"


class PasswordDialog(QDialog):
    """Accepted once the server has the new password; the open office goes on with it."""

    def __init__(
        self, office: Office, operations: Operations, *, first: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("password")
        self.setWindowTitle("登录密码")
        self.setMinimumWidth(460)
        self._office, self._operations = office, operations
        self._login = office.database.url.username or ""
        self.new, self.again = password_line("新的密码"), password_line("再输一遍")
        self.trouble = words(role="muted")
        self.save_button = button("改成这个密码", self.save, primary=True)
        self.save_button.setDefault(True)
        form = QFormLayout()
        form.addRow("登录名", words(self._login))
        line = row(self.new, reveal_button(self.new, self.again))
        line.setStretch(0, 1)
        form.addRow("新的密码", line)
        form.addRow("再输一遍", self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(10)
        layout.addWidget(heading("请改成您自己的密码" if first else "修改登录密码", 1.3))
        layout.addWidget(words(_FIRST if first else _LATER, "muted"))
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addLayout(row(None, button("先不连接" if first else "取消", self.reject), self.save_button))
        for one in (self.new, self.again):
            one.textChanged.connect(self._judge)
        self.new.setFocus()
        self._judge()

    @property
    def problem(self) -> str:
        """Why it cannot be saved yet, or nothing."""
        new = self.new.text()
        trouble = password_trouble(new, self._login, str(self._office.database.url.password or ""))
        if trouble:
            return trouble
        return "" if new == self.again.text() else "两次输入的密码不一样。"

    def save(self) -> None:
        """Give the server the new password, and the keyring where it held the old one."""
        if self.problem:
            return
        office, new = self._office, self.new.text()
        target = office.database.url.render_as_string(hide_password=True)

        def work(_ticket: object) -> None:
            kept = passwords.recall(target)
            change_own_password(office, new)
            if kept:
                passwords.keep(target, new)

        self.save_button.setEnabled(False)
        self._operations.start(self, work, lambda _nothing: self.accept(), failed=self._failed)

    def _judge(self) -> None:
        self.trouble.setText(self.problem if self.new.text() else "至少 8 个字符；不要与别处的密码相同。")
        self.save_button.setEnabled(not self.problem)

    def _failed(self, error: Exception) -> None:
        self.trouble.setText(str(refusal_of(error)))
        self.save_button.setEnabled(True)
