"""登录名: who may connect to the shared office, invited, given another password, closed; for its administrators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable

from PySide6.QtWidgets import QVBoxLayout

from desktop.domain.server_place import Invitation
from desktop.services.logins import LoginRow, close_login, list_logins, reset_password
from desktop.ui.desk import Desk
from desktop.ui.invitation_dialog import InvitationDialog, InviteDialog
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pieces import button, card, heading, row, words
from desktop.ui.question import ask, tell
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_TONES = {"在用": "good", "未改密码": "info", "人已离职": "warning", "已停用": "neutral", "已关闭": "neutral"}

COLUMNS: tuple[Column[LoginRow], ...] = (
    Column("登录名", lambda login: login.name, sort="name", width=9),
    Column(
        "人员",
        lambda login: login.person or "（不属于任何人）",
        sort="person",
        stretch=True,
        tip=lambda login: login.person,
    ),
    Column("状态", lambda login: login.state, sort="state", chip=True, tone=lambda login: _TONES[login.state], width=5),
    Column("管理员", lambda login: "是" if login.administrator else "", align="centre", width=4),
    Column("最近使用", lambda login: _moment(login.seen_at) or "从未", sort="seen_at", width=8),
    Column(
        "建立",
        lambda login: _moment(login.made_at),
        sort="made_at",
        width=8,
        tip=lambda login: f"由{login.made_by}建立",
    ),
)


class LoginsPanel(Panel):
    """The list of logins, and what an administrator does with them."""

    key = "logins"
    title = "登录名"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.table = Table(
            COLUMNS,
            MemorySource(lambda: list_logins(desk.office), COLUMNS, _key),
            desk.operations,
            name="登录名",
            empty="还没有登录名",
            ask=Ask(sort="name"),
            search="登录名、姓名、状态",
        )
        self.table.fit_columns()
        self.table.chosen.connect(self._choose)
        self.invite = button("邀请人员…", self.begin_new, primary=True)
        self.reset = button("重设密码…", self._ask_to_reset)
        self.close_it = button("关闭…", self._ask_to_close)
        frame, column = card(margin=14)
        column.addLayout(row(heading("登录名", 1.15), None, self.reset, self.close_it, self.invite))
        column.addWidget(
            words(
                "每个人用自己的登录名连接服务器，服务器凭它认人：谁填的、谁签的，别人冒名不了。"
                "离职的人在“人员与角色”里改成离职后，立即什么也看不到、做不了；登录名还要在这里关闭。",
                "muted",
            )
        )
        column.addWidget(self.table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self._choose(None)

    @staticmethod
    def is_for(desk: Desk) -> bool:
        """Whether whoever is connected cares for logins."""
        return desk.office.login is not None and desk.office.login.administrator

    def reload(self) -> None:
        self.table.reload()

    def choose(self, name: str) -> None:
        """Choose a login by its name."""
        self.table.choose(name)

    def begin_new(self) -> None:
        """Invite somebody."""
        dialog = InviteDialog(self.desk, self.window())

        def made() -> None:
            if dialog.invitation is not None:
                self._show(dialog.invitation)

        dialog.accepted.connect(made)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show(self, invitation: Invitation) -> None:
        self.table.reload()
        shown = InvitationDialog(invitation, self.window())
        shown.finished.connect(shown.deleteLater)
        shown.open()

    def _choose(self, login: LoginRow | None) -> None:
        own = self.desk.office.login
        others = login is not None and (own is None or login.name != own.name)
        self.reset.setEnabled(others)
        self.close_it.setEnabled(others and login is not None and login.closed_at is None)

    def _ask_to_reset(self) -> None:
        login = self.table.current()
        if login is None:
            return
        closed = login.closed_at is not None
        ask(
            self,
            f"重设“{login.name}”的密码{'，并重新打开它' if closed else ''}吗？",
            f"{login.person or '这个登录名'}原来的密码立即失效；新的一次性密码写在邀请函里，只显示一次。",
            yes="重设",
            then=lambda: self._reset(login.name),
        )

    def _reset(self, name: str) -> None:
        office = self.desk.office
        self.desk.operations.start(self, lambda _ticket: reset_password(office, name), self._show)

    def _ask_to_close(self) -> None:
        login = self.table.current()
        if login is None:
            return
        ask(
            self,
            f"关闭登录名“{login.name}”吗？",
            f"{login.person or '它'}立即不能再用它看或做任何事；以前做过的都留着。以后可以用“重设密码”重新打开。",
            yes="关闭",
            then=lambda: self._close(login.name),
        )

    def _close(self, name: str) -> None:
        office = self.desk.office
        self.desk.operations.start(
            self, lambda _ticket: close_login(office, name), lambda shut: self._closed(name, shut)
        )

    def _closed(self, name: str, shut: bool) -> None:
        self.table.reload()
        if not shut:
            tell(
                self,
                f"“{name}”已停用，它什么也看不到、做不了。",
                "它是另一位管理员的登录名：要让服务器连接也不接受，请建立它的管理员或服务器管理员来办。",
            )


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""


def _key(login: LoginRow) -> Hashable:
    return login.name
