"""Cards and grants: import requests, issue, revoke, hand out; grant roles and take them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QFrame, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.identity import Target, spoken
from desktop.services.identities import card_paper, grant_roles, issue_card, revoke
from desktop.services.identity_overview import CardState, GrantRow, KeyRow, KeysPage
from desktop.services.identity_papers import SUFFIX
from desktop.services.office import Work
from desktop.services.root_key import need_root
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.files import ask_where_to_save
from desktop.ui.keys_own import PAPERS, save_text, take_papers
from desktop.ui.pieces import Segments, button, local_day, row, words
from desktop.ui.question import ask
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_TONES = {
    CardState.WAITING: "warning",
    CardState.GOOD: "good",
    CardState.REVOKED: "bad",
    CardState.ENDED: "neutral",
}
_GRANT_TONES = {"未授予": "neutral", "已授予": "good", "任职已结束": "warning"}
_NOW, _DAY, _WEEK, _ALWAYS = "now", "day", "week", "always"
_SINCE = (
    (_NOW, "自现在起（密码忘记、换用新的）"),
    (_DAY, "自一天前起"),
    (_WEEK, "自一周前起"),
    (_ALWAYS, "自始无效（从来就不该有）"),
)
_GRANTS_NOTE = (
    "授予一个角色以后，单位就启用了“角色授予”：没有授予的人按角色签的字显示为“角色授予未经根密钥确认”。"
    "由项目台账确定的角色（如项目经理）不用授予。"
)

Deed = Callable[[Work], None]

CARD_COLUMNS: tuple[Column[KeyRow], ...] = (
    Column("姓名", lambda item: item.name, sort="name", width=6),
    Column("部门", lambda item: item.department, sort="department", width=8),
    Column("指纹", lambda item: spoken(item.key), width=19, tip=lambda item: spoken(item.key)),
    Column("状态", lambda item: item.state.label, chip=True, tone=lambda item: _TONES[item.state], width=5),
    Column("起", lambda item: local_day(item.since), align="centre", sort="since", width=6),
    Column("止", lambda item: local_day(item.until), align="centre", width=6),
    Column("说明", lambda item: item.why, stretch=True, tip=lambda item: item.why),
)
GRANT_COLUMNS: tuple[Column[GrantRow], ...] = (
    Column("姓名", lambda item: item.name, sort="name", width=6),
    Column("角色", lambda item: item.role, sort="role", width=10),
    Column("范围", lambda item: item.where, stretch=True, tip=lambda item: item.where),
    Column("起", lambda item: item.since.isoformat(), align="centre", sort="since", width=6),
    Column("止", lambda item: item.until.isoformat() if item.until else "", align="centre", width=6),
    Column("状态", lambda item: item.label, chip=True, tone=lambda item: _GRANT_TONES[item.label], width=6),
)


class KeysList(QFrame):
    """A card with two tables, of cards and of grants, and what may be done with a row."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: KeysPage | None = None
        self._may = False
        self.setObjectName("card")
        self.which = Segments((("cards", "身份证明"), ("grants", "角色授予")), self._turn_to)
        self.cards = short_table(
            desk, CARD_COLUMNS, self._cards, lambda item: item.key, name="身份证明", empty="还没有人申请身份证明"
        )
        self.grants = short_table(
            desk, GRANT_COLUMNS, self._grants, lambda item: item.id, name="角色授予", empty="还没有人担任角色"
        )
        self.take = button("导入请求文件…", lambda: take_papers(desk, self, lambda: None))
        self.issue = button("核对并签发…", self.ask_to_issue, primary=True)
        self.hand_out = button("存身份证明文件…", self._save_card)
        self.revoke = button("吊销…", self.ask_to_revoke)
        self.grant = button("授予选中的", self._grant_one)
        self.grant_all = button("全部授予…", self.ask_to_grant_all)
        self.take_back = button("收回…", self.ask_to_take_back)
        for part in (self.revoke, self.take_back):
            part.setProperty("role", "danger")
        self._stack = QStackedWidget()
        self._stack.addWidget(_with(self.cards, self.take, self.hand_out, self.revoke, self.issue))
        self._stack.addWidget(_with(self.grants, self.take_back, self.grant_all, self.grant, note=_GRANTS_NOTE))
        for table in (self.cards, self.grants):
            table.chosen.connect(lambda _row: self._enable())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(row(self.which, None))
        column.addWidget(self._stack, 1)

    def show_page(self, page: KeysPage, *, may: bool) -> None:
        """Show the cards and grants; ``may`` tells whether the actor may issue and revoke."""
        self.page, self._may = page, may
        self.cards.reload()
        self.grants.reload()
        self._enable()

    def _turn_to(self, key: str) -> None:
        self._stack.setCurrentIndex(int(key == "grants"))

    def _cards(self) -> tuple[KeyRow, ...]:
        return self.page.rows if self.page else ()

    def _grants(self) -> tuple[GrantRow, ...]:
        return self.page.grants if self.page else ()

    def _enable(self) -> None:
        chosen, grant = self.cards.current(), self.grants.current()
        waits = chosen is not None and chosen.state is CardState.WAITING
        self.issue.setEnabled(self._may and waits)
        self.hand_out.setEnabled(chosen is not None and not waits)
        self.revoke.setText("拒绝…" if waits else "吊销…")
        self.revoke.setEnabled(self._may and chosen is not None and chosen.state is not CardState.ENDED)
        self.grant.setEnabled(self._may and grant is not None and grant.grant_id is None)
        self.take_back.setEnabled(self._may and grant is not None and grant.grant_id is not None)
        self.grant_all.setEnabled(self._may and any(item.grant_id is None for item in self._grants()))

    # -- cards

    def ask_to_issue(self) -> None:
        """Have the fingerprint compared with the person, then sign their card."""
        chosen = self.cards.current()
        if chosen is None or chosen.request_id is None:
            return
        request_id = chosen.request_id
        what = f"{chosen.name}的密钥指纹：\n{spoken(chosen.key)}"
        more = "请当面或在电话里请本人读出他看到的指纹，逐组核对；完全一致才能签发。" + (
            "他原来的身份证明同时吊销，此前的签字仍然有效。" if chosen.replaces else ""
        )

        def issue() -> None:
            self.desk.run(
                self,
                lambda work: issue_card(work, need_root(work), request_id, revoke_older=True),
                lambda _card: None,
            )

        ask(self, what, more, yes="完全一致，签发", then=issue)

    def _save_card(self) -> None:
        chosen = self.cards.current()
        if chosen is None:
            return
        key = chosen.key
        file = ask_where_to_save(self, "存身份证明文件", f"{chosen.name}的身份证明{SUFFIX}", PAPERS)
        if file is not None:
            save_text(self.desk, self, file, lambda reading: card_paper(reading, key))

    def ask_to_revoke(self) -> None:
        """Ask from when on and why a card is taken back."""
        chosen = self.cards.current()
        if chosen is None:
            return
        key, first = chosen.key, chosen.since
        if chosen.state is CardState.WAITING:
            more = "指纹对不上的、不是本人申请的请拒绝。这把密钥以后也不能再签发；本人可以另做一把。"
            dialog = ReasonDialog(
                f"拒绝{chosen.name}的请求", more, "拒绝", _SINCE[-1:], self.window(), label="自何时起"
            )
        else:
            more = "这把密钥在那以后签的字都显示为“身份证明已吊销”，不能撤销吊销；本人可以另做一把密钥。"
            dialog = ReasonDialog(f"吊销{chosen.name}的身份证明", more, "吊销", _SINCE, self.window(), label="自何时起")

        def send(since: str, why: str) -> None:
            def act(work: Work) -> None:
                revoke(work, need_root(work), Target.CARD, key, _moment(work.now, first, since), why)

            self._send(dialog, act)

        dialog.send = send
        dialog.open()

    # -- grants

    def _grant_one(self) -> None:
        chosen = self.grants.current()
        if chosen is not None and chosen.assignment_id is not None:
            self._sign_grants([chosen.assignment_id])

    def ask_to_grant_all(self) -> None:
        """Grant every role that is assigned."""
        open_ = [item.assignment_id for item in self._grants() if item.assignment_id and item.grant_id is None]
        more = "请先看过这张表：授予之后，这些人按角色签的字就有根密钥作证。"
        ask(self, f"授予全部 {len(open_)} 个角色？", more, yes="全部授予", then=partial(self._sign_grants, open_))

    def _sign_grants(self, assignments: list[UUID]) -> None:
        self.desk.run(self, lambda work: grant_roles(work, need_root(work), assignments), lambda _count: None)

    def ask_to_take_back(self) -> None:
        """Ask why a grant is taken back."""
        chosen = self.grants.current()
        if chosen is None or chosen.grant_id is None:
            return
        key = str(chosen.grant_id)
        more = "从现在起，他按这个角色签的字显示为“角色授予未经根密钥确认”。角色本身请在“人员”中结束。"
        dialog = ReasonDialog(f"收回{chosen.name}的“{chosen.role}”", more, "收回", (), self.window())

        def send(_key: str, why: str) -> None:
            self._send(dialog, lambda work: revoke(work, need_root(work), Target.GRANT, key, work.now, why))

        dialog.send = send
        dialog.open()

    def _send(self, dialog: ReasonDialog, act: Deed) -> None:
        def failed(error: Exception) -> None:
            dialog.tell(str(refusal_of(error)))

        self.desk.run(dialog, act, lambda _none: dialog.accept(), failed=failed)


def _moment(now: dt.datetime, first: dt.datetime, since: str) -> dt.datetime:
    """From when on, but not before the card was good at all."""
    back = {_NOW: dt.timedelta(0), _DAY: dt.timedelta(days=1), _WEEK: dt.timedelta(weeks=1)}
    return first if since == _ALWAYS else max(first, now - back[since])


def _with(table: QWidget, *buttons: QPushButton, note: str = "") -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(table, 1)
    if note:
        column.addWidget(words(note, "faint"))
    column.addLayout(row(None, *buttons))
    return made
