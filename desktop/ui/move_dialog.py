"""迁到服务器: where the office's shared database is to be made, and the mover's own login there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.server_place import name_trouble
from desktop.services.logins import password_trouble
from desktop.services.promotion import Promotion
from desktop.services.server_office import OfficePlan
from desktop.ui.pieces import button, heading, named, row, words
from desktop.ui.server_form import ServerForm, password_line

_WIDTH = 620


class MoveDialog(QDialog):
    """Asks for the server's administrator, a name for the database, and a login; ``then`` is given the plan.

    ``login`` is proposed.
    """

    def __init__(self, then: Callable[[OfficePlan], None], owner: QWidget, *, login: str = "") -> None:
        super().__init__(owner.window())
        self._then = then
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("迁到服务器")
        self.setMinimumWidth(_WIDTH)
        self.server = ServerForm(founding=True)
        self.server.database.setText("epm_office")
        self.login = named(QLineEdit(login), "您的登录名")
        self.password, self.again = password_line("您的密码"), password_line("再输一遍")
        self.problem = words(role="muted")
        self.go = button("迁移", self._go, primary=True)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("您今后的登录名", self.login)
        form.addRow("密码", self.password)
        form.addRow("再输一遍", self.again)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading("把办公室迁到 PostgreSQL 服务器", 1.15))
        layout.addWidget(
            words(
                "先做全面检查，再整体复制并逐行核对；核对一致才算数。这是单向的：迁移以后，原数据文件只能查看、打印和导出。"
                "迁移期间其他人不能保存。",
                "muted",
            )
        )
        layout.addWidget(heading("服务器和它的管理员", 1.0))
        layout.addWidget(self.server)
        layout.addWidget(heading("您在服务器上的登录名", 1.0))
        layout.addLayout(form)
        layout.addLayout(row(self.problem, None, button("取消", self.reject), self.go))
        self.server.changed.connect(self._refresh)
        for line in (self.login, self.password, self.again):
            line.textChanged.connect(self._refresh)
        self._refresh()

    @property
    def plan(self) -> OfficePlan:
        """What is written."""
        admin = self.server.place.target(self.server.password.text())
        return OfficePlan(admin, self.server.database.text().strip(), self.login.text().strip(), self.password.text())

    def _refresh(self) -> None:
        trouble = self.server.problem
        login, password = self.login.text().strip(), self.password.text()
        trouble = trouble or name_trouble(self.server.database.text().strip(), "数据库")
        trouble = trouble or name_trouble(login, "登录名") or password_trouble(password, login)
        if not trouble and self.password.text() != self.again.text():
            trouble = "两次输入的密码不一样。"
        self.problem.setText(trouble)
        self.go.setEnabled(not trouble)

    def _go(self) -> None:
        plan = self.plan
        self.accept()
        self._then(plan)


def outcome(done: Promotion) -> tuple[str, str]:
    """What is told of a move or a copy that came to its end: the headline and what stands below it."""
    rows = f"{len(done.copied.tables)} 张表、{done.copied.rows:,} 行，逐行核对一致。"
    if done.one_way:
        told = f"从现在起请连接“{done.target}”；原数据文件只能查看、打印和导出。"
        others = "同事用各自的登录名：请在“设置—登录名”里逐个邀请，把邀请函交给本人。"
        return "办公室已经迁到服务器。", f"{rows}\n{told}\n{others}"
    return "副本已经取好。", f"{rows}\n{done.target}"
