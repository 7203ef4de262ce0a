"""单位的根密钥: make it, compare its fingerprint, keep it safe, replace it; and whether signatures are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QMenu

from desktop.domain.identity import KeyLocked, spoken
from desktop.services.changes import Done
from desktop.services.identity_overview import CardState, KeysPage
from desktop.services.printing import Printed
from desktop.services.root_key import confirm_root, found_root, replace_root, take_root_from
from desktop.services.root_paper import print_fingerprint
from desktop.services.signatures import require_signatures
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.keys_card import KeyCard
from desktop.ui.keys_dialogs import PasswordDialog, ask_to_unlock
from desktop.ui.keys_own import save_copy, take_copy
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.pieces import button, named
from desktop.ui.question import ask, tell

_KEPT = (
    "根密钥签发每个人的身份证明，由项目管理部一人保管。密码无人能找回：做好后请立即备份密钥文件，"
    "把指纹打印出来存档，并告诉每个使用本程序的人。"
)
_NOW_KEEP = "请现在就点“单位的根密钥”里的“更多”：备份根密钥（存到另外的盘上），再打印指纹存档。"


class RootKey(KeyCard):
    """The card about the office's root key."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.make = button("建立根密钥…", self.ask_to_make, primary=True)
        self.confirm = button("指纹已核对…", self.ask_to_confirm, primary=True)
        self.unlock = button("解锁…", self.ask_password)
        self.lock = button("锁上", self._lock)
        self.copy_mark = button("复制指纹", self._copy_mark)
        self.more = button("更多 ▾", lambda: None)
        menu = QMenu(self.more)
        menu.addAction("打印指纹…", self._print)
        self.keep = menu.addAction("备份根密钥…", self._copy)
        menu.addAction("从备份取回根密钥…", self._take)
        self.change = menu.addAction("修改密码…", self.ask_to_change)
        self.replace = menu.addAction("更换根密钥（换人保管）…", partial(self.ask_to_replace, lost=False))
        menu.addAction("根密钥已丢失，另立一把…", partial(self.ask_to_replace, lost=True))
        self.more.setMenu(menu)
        self.required = named(QCheckBox("要求电子签名：签字和代录时必须用密钥签名"), "要求电子签名")
        self.required.clicked.connect(self._require)
        deeds = (self.make, self.confirm, self.unlock, self.lock, self.copy_mark, self.more)
        self._lay_out("单位的根密钥", deeds, self.required)

    def show_page(self, page: KeysPage, *, may: bool) -> None:
        """Show how the root key stands; ``may`` tells whether the actor may care for it."""
        self._show_key(page, page.root, _state(page), _trouble(page))
        there = bool(page.root)
        self.make.setVisible(may and not there and not page.foreign and not page.pinned)
        self.confirm.setVisible(bool(page.foreign) or (there and not page.compared))
        self.unlock.setVisible(may and page.root_here and not page.root_open)
        self.lock.setVisible(page.root_open)
        self.copy_mark.setVisible(there)
        self.more.setVisible(may and there)
        for action in (self.keep, self.change, self.replace):
            action.setVisible(page.root_here)
        self.required.setChecked(page.required_since is not None)
        self.required.setEnabled(may and there)

    # -- making and replacing

    def ask_to_make(self) -> None:
        """Make the office's first root key."""
        office, actor = self.desk.office, self.desk.actor
        self._ask_new("建立根密钥", _KEPT, lambda password: found_root(office, actor, password))

    def ask_to_replace(self, *, lost: bool) -> None:
        """Make another root key, named by the old one as its successor unless that is lost."""
        office, actor = self.desk.office, self.desk.actor

        def make(password: str) -> Done[str]:
            return replace_root(office, actor, password, lost=lost)

        def ask_new() -> None:
            self._ask_new("新的根密钥", _KEPT, make)

        if not lost:
            more = "旧的根密钥签名指定新的为接替者，各台电脑自动承认；已签发的身份证明继续有效。"
            ask(self, "更换根密钥？", more, yes="更换", then=partial(self._with_root, ask_new))
            return
        more = (
            "旧的不能指定接替者，所以每台电脑都会报警，直到有人拿打印的新指纹核对并确认。"
            "已签发的身份证明由新的根密钥重新承认。若旧的可能落入他人之手，请逐一核对下面的身份证明。"
        )
        ask(self, "根密钥确实找不回来了吗？", more, yes="另立一把", then=ask_new, danger=True)

    def _ask_new(self, title: str, more: str, make: Callable[[str], Done[str]]) -> None:
        dialog = PasswordDialog(title, more, title, self.window(), old=False, new=True)

        def made(key: str) -> None:
            dialog.accept()
            tell(
                self,
                f"根密钥做好了，指纹：\n{spoken(key)}",
                _NOW_KEEP,
            )
            self.changed.emit()

        def send(_old: str, new: str) -> None:
            self.desk.operations.start(dialog, lambda _ticket: make(new), made, failed=dialog.fail)

        dialog.send = send
        dialog.open()

    def _with_root(self, then: Callable[[], object]) -> None:
        if self.page is not None and self.page.root_open:
            then()
        else:
            ask_to_unlock(self.desk, self, KeyLocked("", root=True), then, lambda: None)

    # -- using and keeping

    def ask_password(self) -> None:
        """Unlock the root key."""
        ask_to_unlock(self.desk, self, KeyLocked("", root=True), self.changed.emit, lambda: None)

    def _lock(self) -> None:
        self.desk.office.keys.lock(self.desk.office.id)
        self.changed.emit()

    def ask_to_change(self) -> None:
        """Give the root key another password."""
        office = self.desk.office
        more = "备份的文件仍用旧密码，请重新备份。"
        dialog = PasswordDialog("修改根密钥的密码", more, "修改", self.window(), old=True, new=True)

        def send(old: str, new: str) -> None:
            self.desk.operations.start(
                dialog,
                lambda _ticket: office.keys.change_password(office.id, old, new),
                lambda _none: dialog.accept(),
                failed=dialog.fail,
            )

        dialog.send = send
        dialog.open()

    def _copy(self) -> None:
        office = self.desk.office
        save_copy(
            self.desk, self, "备份根密钥", f"{office.name}根密钥.key", lambda file: office.keys.copy_to(office.id, file)
        )

    def _take(self) -> None:
        office = self.desk.office
        take_copy(self.desk, self, "从备份取回根密钥", partial(take_root_from, office), self.changed.emit)

    def _print(self) -> None:
        def show(printed: Printed) -> None:
            PdfDialog(printed.pdf, "根密钥指纹.pdf", parent=self.window()).open()

        self.desk.read(self, print_fingerprint, show)

    def _copy_mark(self) -> None:
        if self.page is not None:
            QGuiApplication.clipboard().setText(f"{self.desk.office.name} 根密钥指纹：{spoken(self.page.root)}")
            tell(self, "指纹已复制。", "请打印存档，或发给每个使用本程序的人核对。")

    # -- trusting

    def ask_to_confirm(self) -> None:
        """Trust the root on this machine, once a person has compared it with the printed fingerprint."""
        page = self.page
        if page is None:
            return
        key = page.root if not page.foreign else (page.lost or page.foreign)[-1]
        danger = key != page.root
        what = f"请与项目管理部打印存档的指纹逐组核对：\n{spoken(key)}"
        more = (
            "这把根密钥不是本机原来确认的那一把。只有项目管理部亲口告诉您换了根密钥、指纹又完全一致，才能确认；"
            "确认后，本机以它为准。"
            if danger
            else "完全一致才能确认；不一致的，请不要确认，并告诉项目管理部：数据可能被调换过。"
        )
        ask(self, what, more, yes="完全一致，确认", then=partial(self._confirm, key), danger=danger)

    def _confirm(self, key: str) -> None:
        self.desk.read(self, lambda reading: confirm_root(reading, key), lambda _none: self.changed.emit())

    def _require(self, on: bool) -> None:
        """Ask before it is required: whoever has no card cannot sign from then on."""
        if not on or self.page is None:
            self._set_required(on)
            return
        self.required.setChecked(False)  # until that is agreed to
        able = {row.person_id for row in self.page.rows if row.state is CardState.GOOD}
        more = (
            f"现在有 {len(able)} 人有有效的身份证明。其余的人要先在“设置—密钥与签名”做一把密钥，"
            "由项目管理部签发身份证明，才能签字和代录。以前签的字不受影响；以后可以取消这项要求。"
        )
        ask(self, "从现在起要求电子签名吗？", more, yes="要求电子签名", then=lambda: self._set_required(True))

    def _set_required(self, on: bool) -> None:
        def failed(error: Exception) -> None:
            self.changed.emit()
            show_error(self, error)

        self.desk.run(self, partial(require_signatures, on=on), lambda _none: self.changed.emit(), failed=failed)


def _state(page: KeysPage) -> str:
    if not page.root:
        return "" if page.foreign or page.pinned else "单位还没有根密钥。建立之后，才能给每个人签发身份证明。"
    seen = "本机已与打印的指纹核对。" if page.compared else "本机是第一次见到它，还没有人与打印的指纹核对。"
    if page.root_here:
        return f"{seen}根密钥在这台电脑上，{'已解锁。' if page.root_open else '锁着。'}"
    return f"{seen}根密钥不在这台电脑上。"


def _trouble(page: KeysPage) -> str:
    told = []
    if page.pinned and not page.root:
        known = spoken(page.pinned)
        told.append(f"本机确认过的根密钥（{known}）不在数据中：数据可能已被调换，请立即告诉项目管理部。")
    for key in page.foreign:
        if key in page.lost:
            what = "有一把新的根密钥自称接替原来的（原来的没有指定它）"
            told.append(f"{what}：{spoken(key)}。核对之前，它签发的都不算数。")
        else:
            told.append(f"数据中有一把来历不明的根密钥：{spoken(key)}。它签发的都不算数，请告诉项目管理部。")
    return "\n".join(told)
