"""Refused rows come back as a workbook, are mended and come in."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.domain.errors import Refusal
from desktop.exchange.refused_rows import write_refused
from desktop.exchange.workbook import open_workbook
from tests.exchange.offices import PRACTICE, book, faults, found, merging, read


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    path = tmp_path / "未通过.xlsx"
    table = found(open_workbook(PRACTICE))
    assert write_refused(path, table, read(table)).rows == 6
    return path


def test_headings_and_cells_are_the_sources_own(refused: Path) -> None:
    source, given_back = found(open_workbook(PRACTICE)), found(open_workbook(refused))
    assert given_back.header_rows == source.header_rows
    assert given_back.columns == source.columns
    originals = {row.number: row.cells for row in source.rows}
    for row, number in zip(given_back.rows, (23, 28, 31, 33, 38, 42), strict=True):
        assert row.cells[: len(originals[number])] == originals[number]
        assert set(row.cells[len(originals[number]) : -1]) <= {None}
        assert str(row.cells[-1]).startswith(f"（原第 {number} 行）")


def test_the_faulty_cells_are_coloured_and_only_they(refused: Path) -> None:
    sheet: Any = openpyxl.load_workbook(refused).worksheets[0]
    coloured = [
        cell.coordinate
        for row in sheet.iter_rows(min_row=5, max_col=19)
        for cell in row
        if cell.fill.fgColor.rgb == "00FFD9D3"
    ]
    assert coloured == ["B5", "N6", "H7", "Q8", "D9", "P10"]
    assert sheet["T3"].value == "未通过原因"
    assert sheet["T7"].value == "（原第 31 行）合同金额：“-35”不能是负数"
    assert "T3:T4" in {str(area) for area in sheet.merged_cells.ranges}


def test_mended_rows_come_in(refused: Path, tmp_path: Path) -> None:
    mended = openpyxl.load_workbook(refused)
    sheet: Any = mended.worksheets[0]
    for cell, value in {"B5": "FW-2026-019", "N6": "2026-02-28", "H7": 35, "Q8": "暂停", "D9": "机房"}.items():
        sheet[cell] = value
    sheet["P10"] = dt.datetime(2027, 6, 1)  # noqa: DTZ001
    mended.save(tmp_path / "改好.xlsx")
    table = found(open_workbook(tmp_path / "改好.xlsx"))
    verdicts = read(table)
    assert faults(verdicts) == []
    assert verdicts[2].line["amount"] == 35_000_000
    assert "未通过原因" not in {heading for verdict in verdicts for heading, _ in verdict.extras}


def test_rows_refused_again_go_into_the_same_column(refused: Path, tmp_path: Path) -> None:
    table = found(open_workbook(refused))
    write_refused(tmp_path / "再次.xlsx", table, read(table))
    sheet: Any = openpyxl.load_workbook(tmp_path / "再次.xlsx").worksheets[0]
    assert sheet.max_column == 20
    assert (
        sheet["T7"].value == "（原第 8 行）项目状态：“停工”不认识，可以填：启动、立项、实施、暂停、结项中、结项、撤项"
    )


def test_nothing_of_a_refused_row_is_lost(tmp_path: Path) -> None:
    heading = ["项目编号", "项目名称", "项目状态", "大项目", "自定义", "金额"]
    rows = [
        heading,
        ["P-1", "泵站", "实施", "智慧城市", 1],
        ["=1+2", "泵_x0000_站", "停工", None, "=cmd|' /C calc'!A0", "#REF!", "末列之外"],
        ["0012", "-3", "停工", None, 0.1, 1603.24],
    ]
    table = found(book(rows, merging("D2:D4")))
    write_refused(tmp_path / "未通过.xlsx", table, read(table))
    given_back = [row.cells for row in found(open_workbook(tmp_path / "未通过.xlsx")).rows]
    assert given_back[0][:7] == ("=1+2", "泵\0站", "停工", "智慧城市", "=cmd|' /C calc'!A0", "#REF!", "末列之外")
    assert given_back[1][:6] == ("0012", "-3", "停工", "智慧城市", 0.1, 1603.24)
    sheet: Any = openpyxl.load_workbook(tmp_path / "未通过.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_the_unit_line_comes_along(tmp_path: Path) -> None:
    rows = [["单位：万元"], ["项目编号", "项目名称", "项目状态", "合同金额"], ["P-1", "泵站", "停工", 3]]
    table = found(book(rows))
    write_refused(tmp_path / "未通过.xlsx", table, read(table))
    assert read(found(open_workbook(tmp_path / "未通过.xlsx")))[0].line["amount"] == 3_000_000


def test_without_refused_rows_there_is_nothing_to_write(tmp_path: Path) -> None:
    table = found(book([["项目编号", "项目名称", "项目状态"], ["P-1", "泵站", "实施"]]))
    with pytest.raises(Refusal, match="没有未通过的行"):
        write_refused(tmp_path / "未通过.xlsx", table, read(table))
    assert not (tmp_path / "未通过.xlsx").exists()
