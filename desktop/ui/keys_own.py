"""我的密钥: make it, unlock it, change its password, ask for a card, carry it to another machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu

from desktop.domain.identity import KeyLocked
from desktop.services.identities import make_key, request_card, request_paper, take_paper
from desktop.services.identity_overview import CardState, KeysPage
from desktop.services.identity_papers import SUFFIX, read_paper_file, save_paper
from desktop.services.office import Reading
from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save, documents_folder
from desktop.ui.keys_card import KeyCard
from desktop.ui.keys_dialogs import PasswordDialog, ask_to_unlock
from desktop.ui.pieces import button
from desktop.ui.question import ask, tell

KEY_FILES = "密钥文件 (*.key)"
PAPERS = f"密钥请求和身份证明 (*{SUFFIX})"
_KEPT = (
    "密码只有您知道，程序不保存它，也没有人能替您找回；忘了密码，另做一把密钥、重新申请身份证明即可。"
    "密码至少 8 个字符，一句话最好记。"
)


class OwnKey(KeyCard):
    """The card about the actor's own key."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.make = button("做一把密钥…", self.ask_to_make, primary=True)
        self.unlock = button("解锁…", self.ask_password, primary=True)
        self.lock = button("锁上", self._lock)
        self.request = button("存请求文件…", self._save_request)
        self.more = button("更多 ▾", lambda: None)
        menu = QMenu(self.more)
        self.again = menu.addAction("另做一把密钥（忘了密码、密钥泄露）…", self.ask_to_make)
        self.change = menu.addAction("修改密码…", self.ask_to_change)
        self.copy = menu.addAction("备份密钥文件…", self._copy)
        self.take = menu.addAction("取回密钥文件…", self._take)
        self.paste = menu.addAction("复制请求的文字", self._copy_request)
        menu.addAction("导入身份证明…", self._take_card)
        self.more.setMenu(menu)
        self._lay_out("我的密钥", (self.make, self.unlock, self.lock, self.request, self.more))

    def show_page(self, page: KeysPage) -> None:
        """Show how the actor's key stands."""
        self._show_key(page, page.own, _state(page), page.own_trouble)
        here = bool(page.own)
        self.make.setVisible(not here)
        self.unlock.setVisible(here and not page.own_open)
        self.lock.setVisible(here and page.own_open)
        self.request.setVisible(here and (page.own_card is None or page.own_card.state is CardState.WAITING))
        for action in (self.again, self.change, self.copy):
            action.setVisible(here)
        self.paste.setVisible(here and self.request.isVisibleTo(self))

    # -- the key

    def ask_to_make(self) -> None:
        """Make a key under a password; another one only after a question."""
        page = self.page
        if page is None:
            return
        if not page.own:
            self._ask_new()
            return
        more = "新的密钥要重新签发身份证明；签发时旧的被吊销，此前的签字仍然有效。旧的密钥文件改名留在原处。"
        ask(self, "另做一把密钥？", more, yes="另做一把", then=self._ask_new, danger=True)

    def _ask_new(self) -> None:
        office, actor = self.desk.office, self.desk.actor
        dialog = PasswordDialog("做一把密钥", _KEPT, "做密钥", self.window(), old=False, new=True)

        def made(_key: str) -> None:
            dialog.accept()
            more = "请求已经写进单位的数据。项目管理部会与您核对指纹，然后签发身份证明。"
            tell(self, "密钥做好了，已经解锁。", more)
            self.changed.emit()

        def send(_old: str, new: str) -> None:
            self.desk.operations.start(dialog, lambda _ticket: make_key(office, actor, new), made, failed=dialog.fail)

        dialog.send = send
        dialog.open()

    def ask_password(self) -> None:
        """Unlock the key."""
        ask_to_unlock(self.desk, self, KeyLocked(""), self._ask_for_card, lambda: None)

    def _ask_for_card(self) -> None:
        """A key that came here by its file alone has not asked yet."""
        if self.page is not None and self.page.own_card is None:
            self.desk.run(self, request_card, lambda _request: self.changed.emit())
        else:
            self.changed.emit()

    def _lock(self) -> None:
        self.desk.office.keys.lock(self.desk.actor)
        self.changed.emit()

    def ask_to_change(self) -> None:
        """Give the key another password."""
        keys, actor = self.desk.office.keys, self.desk.actor
        dialog = PasswordDialog("修改密钥的密码", _KEPT, "修改", self.window(), old=True, new=True)

        def send(old: str, new: str) -> None:
            self.desk.operations.start(
                dialog,
                lambda _ticket: keys.change_password(actor, old, new),
                lambda _none: dialog.accept(),
                failed=dialog.fail,
            )

        dialog.send = send
        dialog.open()

    def _copy(self) -> None:
        keys, actor = self.desk.office.keys, self.desk.actor
        save_copy(self.desk, self, "备份密钥文件", "我的密钥.key", lambda file: keys.copy_to(actor, file))

    def _take(self) -> None:
        keys, actor = self.desk.office.keys, self.desk.actor

        def take(file: Path, password: str) -> None:
            keys.take_from(actor, file, password, "")

        take_copy(self.desk, self, "取回密钥文件", take, self._taken)

    def _taken(self) -> None:
        self.desk.run(self, request_card, lambda _request: self.changed.emit())

    # -- the request and the card

    def _save_request(self) -> None:
        actor = self.desk.actor
        file = ask_where_to_save(self, "存请求文件", f"密钥请求{SUFFIX}", PAPERS)
        if file is not None:
            save_text(self.desk, self, file, lambda reading: request_paper(reading, actor))

    def _copy_request(self) -> None:
        actor = self.desk.actor

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            tell(self, "请求的文字已复制，可以粘贴到邮件或聊天里，发给项目管理部。")

        self.desk.read(self, lambda reading: request_paper(reading, actor), copied)

    def _take_card(self) -> None:
        take_papers(self.desk, self, self.changed.emit)


def _state(page: KeysPage) -> str:
    if not page.own:
        return "本机没有您的密钥。有了密钥和身份证明，您签的字能够验证：别人不能代签，签过的内容不能改。"
    lock = "已解锁：签字时自动用它签名。" if page.own_open else "锁着：要签名时会请您输入密码。"
    found = page.own_card
    if found is None:
        return f"{lock}还没有申请身份证明：解锁时会自动申请。"
    since = f"{found.since.astimezone():%Y-%m-%d}"
    if found.state is CardState.WAITING:
        return f"{lock}正等项目管理部签发身份证明；数据不在同一处的，请存请求文件交给他们。"
    if found.state is CardState.GOOD:
        return f"{lock}身份证明有效，自 {since} 起。"
    until = f"{found.until.astimezone():%Y-%m-%d %H:%M}" if found.until else ""
    return f"身份证明{found.state.label}（自 {until}{f'：{found.why}' if found.why else ''}）。请另做一把密钥。"


# -- files


def save_copy(desk: Desk, owner: QFrame, title: str, name: str, copy: Callable[[Path], None]) -> None:
    """Save a copy of a key's file where the person says."""
    file = ask_where_to_save(owner, title, name, KEY_FILES)
    if file is not None:
        more = "文件仍由原来的密码保护。请放在 U 盘等安全的地方，不要和密码放在一起。"
        desk.operations.start(owner, lambda _ticket: copy(file), lambda _none: _told(owner, file, more))


def take_copy(
    desk: Desk, owner: QFrame, title: str, take: Callable[[Path, str], None], then: Callable[[], object]
) -> None:
    """Take a key over from a copy of its file."""
    chosen, _kind = QFileDialog.getOpenFileName(owner, title, str(documents_folder()), f"{KEY_FILES};;所有文件 (*)")
    if not chosen:
        return
    more = f"请输入“{Path(chosen).name}”的密码。"
    dialog = PasswordDialog(title, more, "取回", owner.window(), old=True, new=False)

    def taken(_none: None) -> None:
        dialog.accept()
        then()

    def send(password: str, _new: str) -> None:
        desk.operations.start(dialog, lambda _ticket: take(Path(chosen), password), taken, failed=dialog.fail)

    dialog.send = send
    dialog.open()


def save_text(desk: Desk, owner: QFrame, file: Path, query: Callable[[Reading], str]) -> None:
    """Save what a query tells as a text file."""

    def write(_ticket: object) -> None:
        save_paper(file, desk.office.read(query))

    more = "文件里没有秘密，可以用邮件、聊天或 U 盘传递；重要的是与对方核对指纹。"
    desk.operations.start(owner, write, lambda _none: _told(owner, file, more))


def take_papers(desk: Desk, owner: QFrame, then: Callable[[], None]) -> None:
    """Take over requests and cards from a file."""
    chosen, _kind = QFileDialog.getOpenFileName(
        owner, "导入密钥请求或身份证明", str(documents_folder()), f"{PAPERS};;所有文件 (*)"
    )
    if chosen:
        desk.run(owner, lambda work: take_paper(work, read_paper_file(Path(chosen))), lambda _requests: then())


def _told(owner: QFrame, file: Path, more: str) -> None:
    tell(owner, f"已存为“{file}”。", more)
