"""Opening what people send as workbooks: good ones of every make, and everything else."""

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import Damaged, Refusal
from desktop.exchange import workbook as room
from desktop.exchange.cells import column_index, column_letter, read_escapes, write_escapes
from desktop.exchange.workbook import Workbook, open_workbook, preview, read_workbook
from tests.exchange.offices import PRACTICE, book

REFUSED_BYTES = {
    "empty": (b"", "台账.xlsx", "空文件"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "台账.xlsx", "不是 Excel 工作簿"),
    "old or encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "台账.xls", "已加密或为旧版"),
    "web page": ("<html><table><tr><td>项目编号</td></tr></table></html>".encode(), "台账.xls", "网页"),
    "binary csv": (b"a,b\n\0\0\0,c", "台账.csv", "不是文本表格"),
    "broken zip": (b"PK\x03\x04" + bytes(200), "台账.xlsx", "已损坏"),
}


@pytest.mark.parametrize("case", REFUSED_BYTES)
def test_what_is_no_workbook_is_told_with_its_name_and_what_to_do(case: str) -> None:
    data, name, words = REFUSED_BYTES[case]
    with pytest.raises(Damaged, match=words) as refusal:
        read_workbook(data, name)
    assert name in refusal.value.what
    assert refusal.value.todo


def test_an_encrypted_workbook_is_told_how_to_save_it() -> None:
    with pytest.raises(Damaged, match="另存为不加密的"):
        read_workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "台账.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short_is_damaged(share: float) -> None:
    data = PRACTICE.read_bytes()
    with pytest.raises(Damaged, match="已损坏"):
        read_workbook(data[: int(len(data) * share)], "台账.xlsx")


@given(place=st.integers(0, PRACTICE.stat().st_size - 1), byte=st.integers(0, 255))
def test_a_flipped_byte_is_read_or_refused_but_never_a_crash(place: int, byte: int) -> None:
    data = bytearray(PRACTICE.read_bytes())
    data[place] = byte
    kind: type[object] = Workbook
    try:
        outcome: object = read_workbook(bytes(data), "台账.xlsx")
    except Damaged as damage:
        kind, outcome = Damaged, damage
    assert isinstance(outcome, kind)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST_FILE", 1 << 10)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(bytes(2048))
    with pytest.raises(Damaged, match="没有读取"):
        open_workbook(path)


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="找不到文件"):
        open_workbook(tmp_path / "没有.xlsx")
    with pytest.raises(Refusal, match="是文件夹"):
        open_workbook(tmp_path)
    with pytest.raises(Refusal, match="临时文件"):
        open_workbook(tmp_path / "~$台账.xlsx")


def test_a_file_held_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_path: Path) -> bytes:
        raise PermissionError(13, "held")  # as Windows answers; here nobody can hold a file

    path = tmp_path / "台账.xlsx"
    path.write_bytes(PRACTICE.read_bytes())
    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(Refusal, match="正被别的程序独占"):
        open_workbook(path)


@given(st.text(st.characters()))
def test_escapes_are_undone_exactly(text: str) -> None:
    escaped = write_escapes(text)
    escaped.encode()
    assert read_escapes(escaped) == text


@given(st.integers(1, 16_384))
def test_letters_of_columns(index: int) -> None:
    assert column_index(column_letter(index)) == index


def test_hidden_rows_merges_and_several_sheets_are_seen() -> None:
    sheet = read_workbook(PRACTICE.read_bytes(), "项目台账.xlsx").sheets[0]
    assert [row.number for row in sheet.rows if row.hidden] == [10]
    assert (1, 1, 1, 19) in sheet.merges
    assert sheet.row(25).cells == ()
    assert preview(sheet, first=3, count=1)[0][1][:2] == ("序号", "项目编号")
    assert [one.name for one in read_workbook(PRACTICE.read_bytes(), "x.xlsx").sheets] == ["在建项目台账", "填表说明"]


def test_macro_workbooks_are_workbooks() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = "项目编号"
    stream = io.BytesIO()
    made.save(stream)
    assert read_workbook(stream.getvalue(), "台账.xlsm").sheets[0].row(1).cells == ("项目编号",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_in_any_usual_encoding(encoding: str, delimiter: str) -> None:
    text = f'项目编号{delimiter}项目名称\r\n0012{delimiter}"两行\n名称"\r\n\r\n'
    sheet = read_workbook(text.encode(encoding), "台账.csv").sheets[0]
    assert [row.cells for row in sheet.rows] == [("项目编号", "项目名称"), ("0012", "两行\n名称")]


def test_a_sheet_that_does_not_exist_is_told() -> None:
    with pytest.raises(Refusal, match="只有：台账"):
        book([["甲"]]).sheet("别的")
