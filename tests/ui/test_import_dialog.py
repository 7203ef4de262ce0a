"""期初建账 through the window: preview, mapping, one transaction, and nothing of a refused row lost."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.services.ledger_import import Verdict, preview_ledger, remembered_choice
from desktop.services.people import add_person
from desktop.services.projects import ProjectQuery, find_project, project_ids
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.import_preview import lines_of_preview, sum_text
from desktop.ui.mapping_dialog import MappingDialog
from desktop.ui.operations import Operations
from tests.ui.conftest import Settle
from tests.ui.offices import LEDGER, Seat


@pytest.fixture
def desk(empty_seat: Seat, operations: Operations, tmp_path: Path) -> Desk:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(empty_seat.office, empty_seat.actor, operations, memory)


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> Iterator[ImportDialog]:
    made = ImportDialog(desk)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def count(desk: Desk) -> int:
    return len(desk.office.read(lambda reading: project_ids(reading, desk.actor, ProjectQuery())))


def book(path: Path, rows: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(path)
    return path


def mapping_of(dialog: ImportDialog) -> MappingDialog:
    found: list[MappingDialog] = list(dialog.findChildren(MappingDialog))
    return found[-1]


def errors_of(dialog: ImportDialog) -> list[ErrorDialog]:
    return list(dialog.findChildren(ErrorDialog))


def test_practice_ledger_comes_in(dialog: ImportDialog, desk: Desk, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    assert dialog.take_in.text() == "导入 38 个项目"
    assert count(desk) == 0
    dialog.bring_in()
    settle()
    assert dialog.outcome is not None
    assert (dialog.outcome.opened, dialog.outcome.refused) == (38, 6)
    assert count(desk) == 38


def test_second_import_changes_nothing(dialog: ImportDialog, settle: Settle) -> None:
    for _again in range(2):
        dialog.read_file(LEDGER)
        settle()
        if dialog.take_in.isEnabled():
            dialog.bring_in()
            settle()
    assert not dialog.take_in.isEnabled()
    assert dialog.preview is not None
    assert dialog.preview.count(Verdict.SAME) == 38


def test_every_row_is_listed_with_its_verdict(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    assert dialog.preview is not None
    lines = lines_of_preview(dialog.preview)
    assert [line.row for line in lines] == sorted(line.row for line in lines)
    refused = [line for line in lines if line.kind == "refused"]
    assert len(refused) == 6
    assert all(line.faults for line in refused)
    negative = next(line for line in refused if "负数" in line.says)
    assert negative.cells["amount"] == "-35"  # as it stands in the workbook
    assert any(line.kind == "skipped" and "合计" in line.says for line in lines)
    assert any("读作" in note for line in lines for note in line.notes)
    assert any("隐藏" in note for line in lines for note in line.notes)


def test_rows_are_narrowed_by_verdict(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.view.kinds.choose("refused")
    settle()
    assert dialog.view.table.model.rowCount() == 6
    dialog.view.table.view.selectRow(0)
    assert "B23 项目编号" in dialog.view.told.text()


def test_where_the_table_was_found_is_told(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    assert dialog.preview is not None
    text = sum_text(dialog.preview)
    assert "在建项目台账" in text
    assert "第 3–4 行" in text
    assert "万元" in text
    assert "序号" in text


def test_refused_rows_are_mended_and_imported(dialog: ImportDialog, desk: Desk, settle: Settle, tmp_path: Path) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.bring_in()
    settle()
    out = tmp_path / "未通过.xlsx"
    dialog.save_refused_to(out)
    settle()
    assert dialog.open_folder.isVisible()
    made = openpyxl.load_workbook(out)
    sheet = made.worksheets[0]
    for row in range(5, sheet.max_row + 1):
        sheet.cell(row, 2).value = f"补-{row}"
        sheet.cell(row, 4).value = str(sheet.cell(row, 4).value or "").strip() or "补录项目"
        sheet.cell(row, 8).value = 35
        sheet.cell(row, 14).value = "2026-03-01"
        sheet.cell(row, 15).value = None
        sheet.cell(row, 16).value = None
        sheet.cell(row, 17).value = "在建"
    made.save(out)
    dialog.read_file(out)
    settle()
    assert dialog.take_in.text() == "导入 6 个项目"
    dialog.bring_in()
    settle()
    assert count(desk) == 44


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", "一封信".encode()])
def test_what_is_no_workbook_is_told_and_nothing_changes(
    dialog: ImportDialog, desk: Desk, settle: Settle, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "坏.xlsx"
    file.write_bytes(content)
    dialog.read_file(file)
    settle()
    assert dialog.trouble.isVisible()
    assert "坏.xlsx" in dialog.trouble.text()
    assert dialog.preview is None
    assert count(desk) == 0


def test_columns_of_strange_names_are_pointed_out(
    dialog: ImportDialog, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    rows: list[list[object]] = [
        ["代号", "工程", "进度", "造价"],
        ["A-1", "泵站", "在建", 120],
        ["A-2", "水厂", "在建", 7],
    ]
    file = book(tmp_path / "别家.xlsx", rows)
    dialog.read_file(file)
    settle()
    assert dialog.point_out.isVisible()
    dialog.point_out.click()
    settle()
    mapping = mapping_of(dialog)
    mapping.point_out(0, 0)
    settle()
    for heading, key in (("代号", "number"), ("工程", "name"), ("进度", "state"), ("造价", "amount")):
        box = mapping.field_box(heading)
        box.setCurrentIndex(box.findData(key))
    unit = mapping.unit_box("造价")
    unit.setCurrentIndex(unit.findData(10_000))
    mapping.accept()
    settle()
    assert dialog.take_in.text() == "导入 2 个项目"
    dialog.bring_in()
    settle()
    assert desk.office.read(lambda reading: find_project(reading, "A-1")).amount == 1_200_000_00
    again = desk.office.read(lambda reading: preview_ledger(reading, file))
    assert again.count(Verdict.SAME) == 2  # what was pointed out is remembered


def test_a_field_is_one_columns_alone(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.mapping.click()
    settle()
    mapping = mapping_of(dialog)
    box = mapping.field_box("序号")
    box.setCurrentIndex(box.findData("number"))
    assert mapping.field_box("项目编号").currentData() == ""


def test_mapping_needs_every_required_field(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.mapping.click()
    settle()
    mapping = mapping_of(dialog)
    mapping.field_box("项目名称").setCurrentIndex(0)
    assert "项目名称" in mapping.problem.text()
    assert not mapping.go_on.isEnabled()


def test_only_decisions_are_remembered_not_what_the_workbook_states(
    dialog: ImportDialog, desk: Desk, settle: Settle
) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.mapping.click()
    settle()
    mapping = mapping_of(dialog)
    assert mapping.choice.mapping == {}
    assert mapping.choice.units == {}
    mapping.field_box("备注").setCurrentIndex(0)
    mapping.accept()
    settle()
    dialog.bring_in()
    settle()
    remembered = desk.office.read(remembered_choice)
    assert remembered.mapping == {"备注": ""}
    assert remembered.units == {}


def test_giving_up_before_the_end_imports_nothing(
    dialog: ImportDialog, desk: Desk, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.read_file(LEDGER)
    settle()
    started = desk.operations.start

    def start_and_give_up(*args: object, **named: object) -> object:
        ticket = started(*args, **named)  # type: ignore[arg-type]
        ticket.cancel()
        return ticket

    monkeypatch.setattr(desk.operations, "start", start_and_give_up)
    dialog.bring_in()
    settle()
    assert dialog.outcome is None
    assert count(desk) == 0


def test_only_who_may_import_can(dialog: ImportDialog, desk: Desk, settle: Settle) -> None:
    stranger = desk.office.run(desk.actor, lambda work: add_person(work, "刘洋")).value
    desk.seat(stranger)
    dialog.read_file(LEDGER)
    settle()
    dialog.bring_in()
    settle()
    assert errors_of(dialog)
    assert dialog.outcome is None


def test_amount_columns_alone_have_a_unit(dialog: ImportDialog, settle: Settle) -> None:
    dialog.read_file(LEDGER)
    settle()
    dialog.mapping.click()
    settle()
    mapping = mapping_of(dialog)
    assert mapping.unit_box("合同信息 / 合同金额").currentData() == 10_000
    box = mapping.field_box("合同信息 / 合同金额")
    box.setCurrentIndex(box.findData("customer"))
    assert not mapping.unit_box("合同信息 / 合同金额").isEnabled()
