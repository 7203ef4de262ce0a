"""The steps of founding an office on a server: where, by which administrator, and the first person's own login."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from desktop.domain.server_place import name_trouble, server_place
from desktop.services.logins import password_trouble, suggest_login
from desktop.ui.pieces import named, row, words
from desktop.ui.server_form import ServerForm, password_line, reveal_button
from desktop.ui.start_welcome import StartPage


class ServerPage(StartPage):
    """On which server, by whose power, and what the database is to be called. ``file_wanted`` goes back to a file."""

    title = "建在数据库服务器上"
    hint = (
        "多人同时使用、各有各的登录名。需要一台 PostgreSQL 16 以上的服务器和它的管理员登录名；"
        "管理员的密码只用这一次，不会保存。"
    )
    file_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.clear = False
        """Whether what an interrupted founding left is to be removed; agreed to after it was found."""
        self.form = ServerForm(founding=True)
        self.form.database.setText("office")
        self.setFocusProxy(self.form)
        to_file = QPushButton("改用数据文件…")
        to_file.clicked.connect(self.file_wanted)
        foot = QHBoxLayout()
        foot.addWidget(to_file)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.form)
        layout.addStretch(1)
        layout.addLayout(foot)
        self.form.changed.connect(self._change)

    @property
    def admin(self) -> str:
        """The administrator's URL, the password included."""
        return self.form.place.target(self.form.password.text())

    @property
    def name(self) -> str:
        """What the database is to be called."""
        return self.form.database.text().strip()

    @property
    def problem(self) -> str:
        return self.form.problem or name_trouble(self.name, "数据库")

    def offer(self, target: str) -> None:
        """Write in what is known of a server that was used before."""
        place = server_place(target)
        if place is not None:
            self.form.host.setText(place.host)
            self.form.port.setText(str(place.port))

    def _change(self) -> None:
        self.clear = False
        self.changed.emit()


class LoginPage(StartPage):
    """The first person's own login."""

    title = "您的登录名和密码"
    hint = "您是这个共享办公室的第一位管理员：以后用这个登录名连接，并邀请别人。"

    def __init__(self) -> None:
        super().__init__()
        self._suggested = ""
        self.login = named(QLineEdit(), "您的登录名")
        self.password, self.again = password_line("您的密码"), password_line("再输一遍")
        self.setFocusProxy(self.login)
        line = row(self.password, reveal_button(self.password, self.again))
        line.setStretch(0, 1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(12)
        form.addRow("登录名", self.login)
        form.addRow("密码", line)
        form.addRow("再输一遍", self.again)
        form.addRow("", words("至少 8 个字符；不要与服务器管理员的密码相同。", "muted", wrap=False))
        for one in (self.login, self.password, self.again):
            one.textChanged.connect(self.changed)

    def suggest(self, name: str, staff_no: str) -> None:
        """Propose a login for this person, unless another was written."""
        if self.login.text() in {"", self._suggested}:
            self._suggested = suggest_login(name, staff_no)
            self.login.setText(self._suggested)

    @property
    def problem(self) -> str:
        login, password = self.login.text().strip(), self.password.text()
        if trouble := name_trouble(login, "登录名") or password_trouble(password, login):
            return trouble
        return "" if password == self.again.text() else "两次输入的密码不一样。"
