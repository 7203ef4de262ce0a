"""设置, the panel of the calendar: what is known of days, and the office's own."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.work_calendar import calendar_days
from desktop.ui.desk import Desk
from desktop.ui.pages.settings import SettingsPage
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.settings_hands import calendar_panel, show_settings


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    return show_settings(qtbot, desk, settle)


def test_calendar_tells_where_its_data_ends(page: SettingsPage, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    assert "2026-12-31" in panel.notice.text()
    panel.show_year(2027)
    settle()
    assert "2027 年没有公布的放假安排" in panel.notice.text()


def test_own_day_is_set_over_the_statutory_and_given_back(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    day = dt.date(2026, 10, 10)  # a statutory 补班 day
    panel.pick(day)
    assert panel.kind.current == "workday"
    panel.kind.choose("holiday")
    panel.note.setText("厂休")
    panel.set.click()
    settle()

    def known() -> tuple[str, str, bool]:
        row = next(item for item in desk.office.read(lambda r: calendar_days(r, 2026)) if item.day == day)
        return row.label, row.note, row.own

    assert known() == ("休", "厂休", True)
    panel.pick(day)
    panel.clear.click()
    settle()
    assert known()[0] == "班"
    assert not known()[2]


def test_calendar_comes_in_from_a_workbook(page: SettingsPage, desk: Desk, settle: Settle, tmp_path: Path) -> None:
    panel = calendar_panel(page, settle)
    made = openpyxl.Workbook()
    for row in (["日期", "类型", "说明"], ["2027-02-05至2027-02-11", "休", "春节"], ["2027-02-30", "休", "错"]):
        made.worksheets[0].append(row)
    made.save(tmp_path / "2027.xlsx")
    panel.import_file(tmp_path / "2027.xlsx")
    settle()
    [box] = shown(page, QMessageBox)
    assert box.text() == "已导入 7 天。"
    assert "2027-02-30" in box.informativeText()
    assert len(desk.office.read(lambda r: calendar_days(r, 2027))) == 7
    panel.show_year(2027)
    settle()
    panel.export_to(tmp_path / "out.xlsx")
    settle()
    assert (tmp_path / "out.xlsx").is_file()


def test_click_on_the_sheet_takes_the_day(qtbot: QtBot, page: SettingsPage, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    wide, high = panel.sheet.width() / 4, panel.sheet.height() / 3
    with qtbot.waitSignal(panel.sheet.picked) as picked:
        QTest.mouseClick(panel.sheet, Qt.MouseButton.LeftButton, pos=QPoint(round(wide / 2), round(high / 2)))
    assert picked.args[0].month == 1
    assert panel.day.text() == picked.args[0].isoformat()
