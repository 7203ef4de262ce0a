"""设置 → 备份与恢复: backing up, restoring after a rehearsal, checking, rebuilding, and what looks after it all."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url, text

from desktop.domain.rotation import Keeping
from desktop.domain.server_place import server_place
from desktop.services.backups import backup_rows, backup_rules
from desktop.services.clock import local_clock
from desktop.services.home import Home
from desktop.services.logins import suggest_login
from desktop.services.opening import moved_to, open_office
from desktop.services.people import add_person, change_person, list_people, person_ref
from desktop.services.retention import RetentionRules, retention_rules
from desktop.services.server_office import OfficePlan
from desktop.store.server_reclaim import database_of, reclaim_server
from desktop.store.tables import Setting
from desktop.ui.application import Application
from desktop.ui.caretaker import Caretaker
from desktop.ui.check_dialog import FindingsDialog, RebuiltDialog
from desktop.ui.desk import Desk, Pause
from desktop.ui.furnishing import furnish
from desktop.ui.move_dialog import MoveDialog
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.operations import Operations
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_backups import BackupsPanel
from desktop.ui.restore_dialog import RestoreDialog
from desktop.ui.retention_dialog import RetentionDialog
from desktop.ui.seating import same_office
from desktop.ui.tabs import TABS
from desktop.ui.window import Window
from tests.store.offices import behind
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.offices import Seat

D = TypeVar("D", bound=QDialog)


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk, settle: Settle) -> Iterator[BackupsPanel]:
    page = SettingsPage(desk)
    qtbot.addWidget(page)
    page.resize(1340, 690)
    page.show()
    page.show_item("settings", "backups")
    settle()
    found = page.current
    assert isinstance(found, BackupsPanel)
    yield found
    close_all()


def save(desk: Desk, key: str) -> None:
    with desk.office.work(desk.actor) as work:
        work.session.add(Setting(key=key, text="x"))


def top(kind: type[D]) -> D:
    """The dialog of that kind that stands open."""
    found = [item for item in QApplication.topLevelWidgets() if isinstance(item, kind) and item.isVisible()]
    return found[-1]


def close_all() -> None:
    for item in QApplication.topLevelWidgets():
        if isinstance(item, QDialog | QMessageBox) and item.isVisible():
            item.close()


def test_a_backup_is_made_and_listed(panel: BackupsPanel, desk: Desk, settle: Settle) -> None:
    assert panel.state.text() == "还没有备份"
    assert not panel.restore.isEnabled()
    panel.now.click()
    settle()
    close_all()
    (made,) = backup_rows(desk.office)
    assert panel.state.text() == f"最近一份：{made.day}（备份）"
    panel.table.choose(made.file)
    settle()
    assert panel.restore.isEnabled()


def test_the_rules_of_keeping_are_saved(panel: BackupsPanel, desk: Desk, settle: Settle, tmp_path: Path) -> None:
    panel.folder.setText(str(tmp_path / "elsewhere"))
    panel.weeks.setValue(2)
    panel.automatic.setChecked(False)
    panel.save.click()
    settle()
    rules = backup_rules(desk.office.home)
    assert (rules.folder, rules.automatic, rules.keeping) == (str(tmp_path / "elsewhere"), False, Keeping(7, 2, 12))
    assert panel.saved.text() == "已经保存。"


def test_a_rehearsal_tells_what_would_be_lost_and_asks_the_program_to_pause(
    panel: BackupsPanel, desk: Desk, settle: Settle
) -> None:
    panel.back_up()
    settle()
    close_all()
    for number in range(2):
        save(desk, str(number))
    desk.office.run(desk.actor, partial(add_person, name="张伟", staff_no="77"))
    panel.rehearse(backup_rows(desk.office)[0].file)
    settle()
    dialog = top(RestoreDialog)
    assert dialog.rehearsal.lost_count == 3
    assert "　新增人员“张伟" in dialog.text.toPlainText()
    assert "　新增设置“1”" in dialog.text.toPlainText()
    assert dialog.go.isEnabled()
    paused: list[Pause] = []
    desk.pause_wanted.connect(paused.append)
    dialog.go.click()
    assert [pause.target for pause in paused] == [str(desk.office.database.file)]


def test_a_sound_office_is_told_so(panel: BackupsPanel, settle: Settle) -> None:
    panel.check.click()
    settle()
    assert top(QMessageBox).text() == "全部核对无误。"


def test_a_tampered_office_is_rebuilt_and_the_rebuilt_data_is_offered(
    panel: BackupsPanel, desk: Desk, settle: Settle
) -> None:
    behind(desk.office.database, "UPDATE project SET amount = 1 WHERE amount IS NOT NULL")
    panel.check.click()
    settle()
    findings = top(FindingsDialog)
    assert "绕过程序改动" in findings.text.toPlainText()
    findings.rebuild.click()
    settle()
    rebuilt = top(RebuiltDialog)
    assert "改回" in rebuilt.text.toPlainText()
    rebuilt.restore.click()
    settle()
    assert top(RestoreDialog).rehearsal.sound


def test_a_copy_is_taken_and_told(panel: BackupsPanel, settle: Settle, tmp_path: Path) -> None:
    panel.take_copy(tmp_path / "copy.epm")
    settle()
    assert "逐行核对一致" in top(QMessageBox).informativeText()
    assert (tmp_path / "copy.epm").exists()


def test_the_move_asks_for_all_it_needs(panel: BackupsPanel, desk: Desk, settle: Settle) -> None:
    panel.relocate.click()
    settle()
    dialog = top(MoveDialog)
    me = desk.office.read(lambda reading: person_ref(reading, desk.actor))
    assert dialog.login.text() == suggest_login(me.name, me.staff_no)
    assert not dialog.go.isEnabled()
    dialog.server.host.setText("127.0.0.1")
    dialog.server.login.setText("postgres")
    dialog.server.password.setText("geheim")
    dialog.login.setText("lixiuying")
    dialog.password.setText("Gangkou-2026-办公")
    dialog.again.setText("Gangkou-2026-另")
    assert "不一样" in dialog.problem.text()
    dialog.again.setText("Gangkou-2026-办公")
    assert dialog.go.isEnabled()
    assert dialog.plan.login == "lixiuying"
    dialog.close()


def test_people_who_are_due_are_erased_on_demand(panel: BackupsPanel, desk: Desk, seat: Seat, settle: Settle) -> None:
    desk.office.run(desk.actor, partial(add_person, name="离职者", staff_no="9", phone="123"))
    found = next(one for one in desk.office.read(list_people) if one.ref.name == "离职者")
    leave = partial(
        change_person, person_id=found.id, version=found.version, name="离职者", staff_no="9", department_id=None,
        phone="123", active=False,
    )  # fmt: skip
    desk.office.run(desk.actor, leave)
    seat.clock.now += dt.timedelta(days=400)
    panel.retention.click()
    settle()
    dialog = top(RetentionDialog)
    assert [one.left_on for one in dialog.due] == [seat.office.today() - dt.timedelta(days=400)]
    dialog.erase.click()
    answer(top(QMessageBox), "清除")
    settle()
    assert dialog.due == []
    dialog.contact.setValue(6)
    dialog.save.click()
    settle()
    assert desk.office.read(retention_rules) == RetentionRules(6, 36)
    dialog.close()


def test_the_caretaker_backs_up_once_and_tells_of_trouble(
    qtbot: QtBot, desk: Desk, seat: Seat, settle: Settle, tmp_path: Path
) -> None:
    window = Window(TABS, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    caretaker = Caretaker(window, desk)
    caretaker.look()
    settle()
    for _ in range(2):
        caretaker.back_up()
        settle()
    assert [one.kind for one in backup_rows(desk.office)] == ["自动备份"]
    assert window.findChildren(NoticeBar) == []
    behind(desk.office.database, "UPDATE device SET head_hash = 'x'")
    caretaker.look()
    settle()
    (bar,) = list[NoticeBar](window.findChildren(NoticeBar))
    assert "自动备份已暂停" in bar.accessibleName()
    seat.clock.now += dt.timedelta(days=1)
    caretaker.back_up()
    settle()
    assert len(backup_rows(desk.office)) == 1


def test_a_backup_that_cannot_be_made_is_told_once(qtbot: QtBot, desk: Desk, settle: Settle, tmp_path: Path) -> None:
    desk.office.home.backups.write_text("a file where the folder should be", encoding="utf-8")
    window = Window(TABS, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    caretaker = Caretaker(window, desk)
    for _ in range(2):
        caretaker.back_up()
        settle()
    (bar,) = list[NoticeBar](window.findChildren(NoticeBar))
    assert "今天的自动备份没有做成" in bar.accessibleName()


def test_the_window_gives_the_data_back_for_a_restoring_and_opens_it_again(qtbot: QtBot, seat: Seat) -> None:
    office = seat.office
    home, file, actor = office.home, office.database.file, seat.actor
    home.remember(target=str(file), person_id=str(actor))
    office.close()
    application = Application(home, clock=seat.clock)
    try:
        application.begin(str(file))
        qtbot.waitUntil(lambda: application.desk is not None and application.operations.idle, timeout=20_000)
        assert application.desk is not None
        desk = application.desk
        desk.wanted.emit("settings", "backups")
        assert application.window is not None
        page = application.window.stack.currentWidget()
        assert isinstance(page, SettingsPage)
        panel = page.current
        assert isinstance(panel, BackupsPanel)
        qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
        panel.back_up()
        qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
        close_all()
        save(desk, "later")
        panel.rehearse(backup_rows(desk.office)[0].file)
        qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
        top(RestoreDialog).go.click()
        qtbot.waitUntil(lambda: application.desk not in {None, desk} and application.operations.idle, timeout=20_000)
        assert "已恢复到" in top(QMessageBox).text()
        assert application.desk is not None
        with application.desk.office.reading() as reading:
            keys = {row.key for row in reading.session.query(Setting)}
        assert ("later" in keys, "restored" in keys) == (False, True)
        assert sorted(row.kind for row in backup_rows(application.desk.office)) == ["备份", "恢复前备份"]
    finally:
        close_all()
        application.close()


def _colleague_is_told(qtbot: QtBot, operations: Operations, file: Path, actor: UUID, home: Home) -> None:
    """Whoever opens the old file afterwards is told before filling in anything, with a way to the server."""
    office = open_office(file, home, local_clock)
    memory = QSettings(str(home.folder / "colleague.ini"), QSettings.Format.IniFormat)
    window = Window(TABS, memory)
    qtbot.addWidget(window)
    furnish(window, Desk(office, actor, operations, memory))
    window.show()
    qtbot.waitUntil(lambda: operations.idle, timeout=20_000)
    [bar] = shown(window, NoticeBar)
    assert "只能查看、打印和导出；请连接服务器办理" in bar.accessibleName()
    with qtbot.waitSignal(window.login_wanted):
        next(made for made in shown(bar, QPushButton) if made.text() == "连接服务器…").click()
    moved = moved_to(office)
    assert moved is not None
    assert f"“{moved.shown}”" in bar.accessibleName()
    assert server_place(same_office(office)) == moved, "the dialog is filled in with where the data is now"
    window.close()
    office.close()


def test_the_window_goes_on_at_the_server_after_the_move(qtbot: QtBot, seat: Seat, postgres_url: str) -> None:
    office = seat.office
    home, file, actor = office.home, office.database.file, seat.actor
    home.remember(target=str(file), person_id=str(actor))
    office.close()
    url = make_url(postgres_url)
    name = f"ui_{url.database}"[:40]
    admin = url.set(database="postgres", query={"sslmode": "disable"}).render_as_string(hide_password=False)
    plan = OfficePlan(admin, name, f"l_{name}"[:40], "Gangkou-2026-办公")
    application = Application(home, clock=local_clock)
    try:
        application.begin(str(file))
        qtbot.waitUntil(lambda: application.desk is not None and application.operations.idle, timeout=20_000)
        assert application.desk is not None
        assert application.window is not None
        desk = application.desk
        desk.wanted.emit("settings", "backups")
        page = application.window.stack.currentWidget()
        assert isinstance(page, SettingsPage)
        panel = page.current
        assert isinstance(panel, BackupsPanel)
        panel.move_to(plan)
        qtbot.waitUntil(lambda: application.desk not in {None, desk} and application.operations.idle, timeout=60_000)
        assert application.desk is not None
        assert (application.desk.office.database.file, application.desk.actor) == (None, actor)
        assert "办公室已经迁到服务器" in top(QMessageBox).text()
        assert list(home.backups.glob("迁移报告*.txt"))
        assert "password" not in home.remembered().target
        assert plan.password not in home.remembered().target
        assert "请在“设置—登录名”里逐个邀请" in top(QMessageBox).text()
        assert file is not None
        _colleague_is_told(qtbot, application.operations, file, actor, home)
    finally:
        close_all()
        application.close()
        database = database_of(admin, name)
        with database.holding() as connection:
            connection.execute(text("UPDATE schema_version SET version_num = 'unfinished'"))
        database.close()
        reclaim_server(admin, name, plan.login)
