"""设置 → 密钥与签名 and what signing asks for, through real windows."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.domain.identity import spoken
from desktop.services import identities as ids
from desktop.services import root_key, signatures
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.identity_papers import read_paper_file
from desktop.services.seat_keys import Pin
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.furnishing import furnish
from desktop.ui.keys_dialogs import PasswordDialog
from desktop.ui.keys_list import KeysList
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_keys import KeysPanel
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.tabs import TABS
from desktop.ui.who import Lock
from desktop.ui.window import Window
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text

ROOTS, OWN = "单位根密钥的密码", "自己的密码 2026"


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is the library's affair; here one round will do."""
    monkeypatch.setattr("desktop.store.keys.ROUNDS", 1)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    made = SettingsPage(desk)
    desk.operations.changed.connect(made.on_changed)
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.show()
    return made


@pytest.fixture
def panel(page: SettingsPage, settle: Settle) -> KeysPanel:
    page.show_item("settings", "keys")
    settle()
    assert isinstance(page.current, KeysPanel)
    return page.current


def password(old: str = "", new: str = "", again: str | None = None) -> PasswordDialog:
    """Fill in the password dialog that stands on top, and send it."""
    dialog = [item for item in QApplication.topLevelWidgets() if isinstance(item, PasswordDialog) and item.isVisible()][
        -1
    ]
    dialog.old.setText(old)
    dialog.first.setText(new)
    dialog.again.setText(new if again is None else again)
    dialog.yes.click()
    return dialog


def say(panel: KeysPanel, button: str) -> None:
    answer(shown(panel, QMessageBox)[-1], button)


def with_root(panel: KeysPanel, settle: Settle) -> None:
    panel.root.make.click()
    password(new=ROOTS)
    settle()
    say(panel, "知道了")


def with_key(panel: KeysPanel, settle: Settle) -> None:
    panel.own.make.click()
    password(new=OWN)
    settle()
    say(panel, "知道了")


def issue_first(rows: KeysList, panel: KeysPanel, settle: Settle) -> None:
    rows.cards.view.selectRow(0)
    rows.issue.click()
    say(panel, "完全一致，签发")
    settle()


def test_root_key_card_and_revocation_are_made_by_hand(panel: KeysPanel, desk: Desk, settle: Settle) -> None:
    assert "还没有根密钥" in shown_text(panel)
    assert not panel.root.required.isEnabled()
    with_root(panel, settle)
    assert "本机已与打印的指纹核对。根密钥在这台电脑上，已解锁。" in shown_text(panel)
    with_key(panel, settle)
    assert "正等项目管理部签发身份证明" in shown_text(panel)
    assert panel.own.request.isVisible()
    issue_first(panel.list, panel, settle)
    assert "身份证明有效" in shown_text(panel)
    assert not panel.own.request.isVisible()
    (card,) = desk.office.read(ids.identities).cards_of(desk.actor)
    assert spoken(card.key) in panel.own.mark.text()
    panel.list.cards.view.selectRow(0)
    panel.list.revoke.click()
    (dialog,) = shown(panel, ReasonDialog)
    dialog.reason.setPlainText("笔记本丢失")
    dialog.yes.click()
    settle()
    assert "身份证明已吊销" in shown_text(panel)
    assert "笔记本丢失" in shown_text(panel)


def test_two_different_passwords_and_a_short_one_are_told(panel: KeysPanel, desk: Desk, settle: Settle) -> None:
    panel.own.make.click()
    dialog = password(new=OWN, again="别的")
    assert "两次输入的密码不一样" in dialog.trouble.text()
    password(new="短")
    settle()
    assert "至少要 8 个字符" in dialog.trouble.text()
    dialog.reject()
    assert not desk.office.keys.public(desk.actor)


def test_a_locked_key_is_asked_for_when_a_signature_needs_it(
    qtbot: QtBot, panel: KeysPanel, desk: Desk, settle: Settle
) -> None:
    with_root(panel, settle)
    with_key(panel, settle)
    issue_first(panel.list, panel, settle)
    panel.root.required.click()
    [box] = shown(panel, QMessageBox)
    assert "现在有 1 人有有效的身份证明" in box.informativeText()
    assert desk.office.read(signatures.required_since) is None, "not before it is agreed to"
    answer(box, "要求电子签名")
    settle()
    assert desk.office.read(signatures.required_since) is not None
    assert panel.root.required.isChecked()
    desk.office.keys.lock()
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    page.reload()
    settle()
    filing = desk.office.read(lambda r: filing_ids(r, desk.actor, FilingQuery(waiting_for=desk.actor)))[0]
    page.show_item("filing", filing)
    settle()
    page.approve.click()
    settle()
    password(old="错了错了错了错了")
    settle()
    password(old=OWN)
    settle()
    assert not shown(page, PasswordDialog)
    found = desk.office.read(lambda r: open_filing(r, desk.actor, filing))
    assert [state.label for state in found.signatures.values()] == ["已验证"]
    assert not page.view.doubts.isVisibleTo(page.view)
    desk.office.keys.pin(desk.office.id, Pin("ab" * 32))
    page.show_item("filing", filing)
    settle()
    assert "根密钥未经本机确认" in page.view.doubts.text()


def test_a_signature_that_is_not_unlocked_is_not_given(
    qtbot: QtBot, panel: KeysPanel, desk: Desk, settle: Settle
) -> None:
    with_root(panel, settle)
    with_key(panel, settle)
    issue_first(panel.list, panel, settle)
    desk.office.run(desk.actor, partial(signatures.require_signatures, on=True))
    desk.office.keys.lock()
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    page.show()
    filing = desk.office.read(lambda r: filing_ids(r, desk.actor, FilingQuery(waiting_for=desk.actor)))[0]
    page.show_item("filing", filing)
    settle()
    page.approve.click()
    settle()
    (dialog,) = shown(page, PasswordDialog)
    dialog.reject()
    (told,) = shown(page, ErrorDialog)
    assert "还没有签字" in shown_text(told)
    assert page.approve.isEnabled()
    assert not desk.office.read(lambda r: open_filing(r, desk.actor, filing)).sign_offs


def test_locking_the_screen_locks_the_keys(panel: KeysPanel, desk: Desk, settle: Settle) -> None:
    with_key(panel, settle)
    assert desk.office.keys.of(desk.actor) is not None
    lock = Lock(desk, panel.window())
    lock.lock()
    assert desk.office.keys.of(desk.actor) is None
    assert lock.cover is not None
    settle()
    lock.cover.close()


def test_a_request_is_saved_and_a_foreign_file_refused(
    panel: KeysPanel, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(panel, settle)
    file = tmp_path / "请求.epmkey"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    panel.own.request.click()
    settle()
    assert "已存为" in shown(panel, QMessageBox)[-1].text()
    say(panel, "知道了")
    assert [one.kind for one in read_paper_file(file)] == ["request"]
    file.write_text("别的", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    panel.list.take.click()
    settle()
    (told,) = shown(panel, ErrorDialog)
    assert "没有密钥请求或身份证明" in shown_text(told)


def test_a_changed_root_key_is_told_loudly_until_it_is_confirmed(panel: KeysPanel, desk: Desk, settle: Settle) -> None:
    office = desk.office
    old = root_key.found_root(office, desk.actor, ROOTS).value
    new = root_key.replace_root(office, desk.actor, ROOTS, lost=True).value
    office.keys.pin(office.id, Pin(old, compared=True))
    panel.reload()
    settle()
    assert "自称接替原来的" in panel.root.trouble.text()
    assert spoken(new) in panel.root.trouble.text()
    panel.root.confirm.click()
    say(panel, "完全一致，确认")
    settle()
    assert not panel.root.trouble.isVisible()
    assert office.keys.pin_of(office.id) == Pin(new, compared=True)
    office.keys.pin(office.id, Pin("ab" * 32, compared=True))
    panel.reload()
    settle()
    assert "数据可能已被调换" in panel.root.trouble.text()


def test_roles_are_granted_and_taken_back(panel: KeysPanel, desk: Desk, settle: Settle) -> None:
    with_root(panel, settle)
    panel.list.which.choose("grants")
    panel.list.grant_all.click()
    say(panel, "全部授予")
    settle()
    known = desk.office.read(ids.identities)
    assert len(known.grants) == len(panel.list.grants.model.ids)
    desk.office.keys.lock()
    panel.list.grants.view.selectRow(0)
    panel.list.take_back.click()
    (dialog,) = shown(panel, ReasonDialog)
    dialog.reason.setPlainText("换人")
    dialog.yes.click()
    settle()
    password(old=ROOTS)
    settle()
    assert not shown(panel, ReasonDialog)
    assert len(desk.office.read(ids.identities).revocations) == 1


def test_whatever_page_stands_a_strange_root_is_told(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    office = desk.office
    root_key.found_root(office, desk.actor, ROOTS)
    window = Window(TABS, desk.memory)
    qtbot.addWidget(window)
    furnish(window, desk)
    window.show()
    settle()
    assert not shown(window, NoticeBar)
    old = office.read(ids.identities).current
    done = root_key.replace_root(office, desk.actor, ROOTS, lost=True)
    office.keys.pin(office.id, Pin(old, compared=True))
    desk.operations.changed.emit(done.changes)
    settle()
    (bar,) = shown(window, NoticeBar)
    assert spoken(done.value) in bar.accessibleName()
