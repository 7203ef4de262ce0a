"""审计日志 and 管理 in the settings."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.services.people import list_people
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_audit import AuditPanel
from tests.ui.conftest import Settle
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
