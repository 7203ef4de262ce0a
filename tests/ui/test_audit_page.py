"""审计日志 and 管理 in the settings."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.services.people import list_people
from desktop.store.heads import Head, Seen
from desktop.store.ids import new_id
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_audit import AuditPanel
from desktop.ui.pages.settings_care import CarePanel
from desktop.ui.reason_dialog import ReasonDialog
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text
from tests.ui.offices import NOW, Seat


def open_panel(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, key: str, actor: UUID) -> SettingsPage:
    memory = QSettings(str(seat.office.home.folder / "memory.ini"), QSettings.Format.IniFormat)
    page = SettingsPage(Desk(seat.office, actor, operations, memory))
    qtbot.addWidget(page)
    page.resize(1366, 690)
    page.show()
    page.show_item("settings", key)
    settle()
    return page


@pytest.fixture
def log(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle) -> Iterator[AuditPanel]:
    page = open_panel(qtbot, seat, operations, settle, "audit", seat.actor)
    assert isinstance(page.current, AuditPanel)
    yield page.current
    page.close()


def details(panel: AuditPanel) -> list[str]:
    told = []
    for number in range(panel.tree.topLevelItemCount()):
        top = panel.tree.topLevelItem(number)
        assert top is not None
        told += [top.text(0), *(top.child(k).text(0) for k in range(top.childCount()))]
    return told


def test_the_newest_entry_is_shown_with_what_it_changed(log: AuditPanel, settle: Settle) -> None:
    settle()
    assert log.table.model.rowCount() > 10
    assert "项目暂停申请表" in log.table.model.row_at(0).text  # type: ignore[union-attr]
    assert any("现场不具备进场条件" in line for line in details(log))
    assert "没有电子签名" in log.signed.text()


def test_the_list_is_narrowed_by_person_day_and_words(log: AuditPanel, settle: Settle) -> None:
    whole = log.table.model.rowCount()
    log.person.setCurrentIndex(1)
    settle()
    assert 0 < log.table.model.rowCount() < whole
    log.person.setCurrentIndex(0)
    log.since.setText("2026-13")  # half written: nothing is asked yet
    settle()
    log.since.setText((NOW.date() + dt.timedelta(days=1)).isoformat())
    settle()
    assert log.table.model.rowCount() == 0
    assert details(log) == []
    log.since.clear()
    settle()
    assert log.table.model.rowCount() == whole


def test_what_is_found_is_exported(log: AuditPanel, settle: Settle, tmp_path: Path) -> None:
    log.table.model.reload(text="项目暂停申请表")
    settle()
    count = log.table.model.rowCount()
    log.export_to(tmp_path / "log.xlsx")
    settle()
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").worksheets[0]
    assert sheet.max_row == 3 + count


def test_others_see_why_not(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle) -> None:
    manager = next(row.id for row in seat.office.read(list_people) if row.name == "㛃喆")
    page = open_panel(qtbot, seat, operations, settle, "audit", manager)
    panel = page.current
    assert isinstance(panel, AuditPanel)
    assert panel.refusal.text()
    assert not panel.body.isVisible()
    assert not panel.export.isVisible()


# --- 管理 --------------------------------------------------------------------------------------------------------


@pytest.fixture
def care(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle) -> Iterator[CarePanel]:
    page = open_panel(qtbot, seat, operations, settle, "care", seat.actor)
    assert isinstance(page.current, CarePanel)
    settle()
    yield page.current
    page.close()


def test_the_overview_tells_what_is_wanting_and_leads_there(care: CarePanel, qtbot: QtBot) -> None:
    assert care.verdict.text() == "需要处理：1 项"
    assert "这台电脑上还没有备份" in shown_text(care)
    go = next(one for one in shown(care, QPushButton) if one.accessibleName() == "前往：备份")
    with qtbot.waitSignal(care.desk.wanted) as asked:
        go.click()
    assert asked.args == ["settings", "backups"]
    row = care.devices.model.row_at(0)
    assert row is not None
    assert (row.own, row.state, row.count > 5) == (True, "本机", True)


def test_everything_and_a_seal_on_paper_are_checked(care: CarePanel, settle: Settle) -> None:
    care.printed.setText("358")
    care.check_printed.click()
    assert "不是流水校验" in care.outcome.text()
    care.printed.setText(care.seal.text().removeprefix("现在的流水校验："))
    care.check_printed.click()
    settle()
    assert "没有改动" in care.outcome.text()
    care.printed.setText("3:0000000000000000")
    care.check_printed.click()
    settle()
    assert "发现 1 处不符" in care.outcome.text()
    assert "流水校验 3:0000000000000000" in care.outcome.text()


def test_an_older_backup_is_told_and_found_right_by_a_person(
    qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle
) -> None:
    seat.office.missing_heads = [Seen(Head(str(new_id()), "二号机", 12, "0" * 64), "本机于 2026-11-01 ")]
    page = open_panel(qtbot, seat, operations, settle, "care", seat.actor)
    panel = page.current
    assert isinstance(panel, CarePanel)
    assert "“二号机”的日志第 12 条" in shown_text(panel)
    assert panel.accept.isVisible()
    panel.accept.click()
    (box,) = shown(panel, QMessageBox)
    answer(box, "确认")
    settle()
    settle()
    assert not panel.accept.isVisible()
    assert "本机见过的记录都在" in shown_text(panel)


def test_an_installation_is_not_stopped_without_the_root_key(care: CarePanel, settle: Settle) -> None:
    care.devices.choose(care.devices.model.ids[0])
    settle()
    care.stop.click()
    (dialog,) = shown(care, ReasonDialog)
    dialog.reason.setPlainText("丢失")
    dialog.try_to_send()
    settle()
    assert "根密钥" in shown_text(dialog)
    dialog.close()
