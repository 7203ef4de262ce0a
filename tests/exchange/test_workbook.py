"""Opening what people send as workbooks: good ones of every make, and everything else."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import Damaged, Refusal
from desktop.exchange import workbook as room
from desktop.exchange.cells import Percentage, Uncalculated, column_index, column_letter, read_escapes, write_escapes
from desktop.exchange.workbook import Workbook, open_workbook, preview, read_workbook
from tests.exchange.offices import PRACTICE, book, file_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
REFUSED_BYTES = {
    "empty": (b"", "台账.xlsx", "空文件"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "台账.xlsx", "不是 Excel 工作簿"),
    "old or encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "台账.xls", "已加密或为旧版"),
    "web page": ("<html><table><tr><td>项目编号</td></tr></table></html>".encode(), "台账.xls", "网页"),
    "binary csv": (b"a,b\n\0\0\0,c", "台账.csv", "不是文本表格"),
    "broken zip": (b"PK\x03\x04" + bytes(200), "台账.xlsx", "已损坏"),
}


def package(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def minimal(sheet: str, *, strings: str = "", styles: str = "", workbook: str = "", prologue: str = "") -> bytes:
    """A package with one sheet, written by hand as other programs write it."""
    relations = "".join(
        f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in (("worksheet", "s.xml"), ("sharedStrings", "t.xml"), ("styles", "y.xml"))
    )
    return package(
        {
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="/xl/book.xml"/></Relationships>',
            "xl/book.xml": f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{OFFICE}">{workbook}<x:sheets>'
            '<x:sheet name="表" sheetId="1" r:id="rworksheet"/></x:sheets></x:workbook>',
            "xl/_rels/book.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
            "xl/s.xml": f'{prologue}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
            "xl/t.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
            "xl/y.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        }
    )


def values(data: bytes) -> list[tuple[Any, ...]]:
    return [row.cells for row in read_workbook(data, "台账.xlsx").sheets[0].rows]


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


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/workbook.bin": b"x"}, "二进制工作簿"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}, "不是 Excel"),
        ({"照片.txt": "x"}, "不是 Excel"),
    ],
)
def test_other_packages_are_told_apart(parts: dict[str, str | bytes], words: str) -> None:
    with pytest.raises(Damaged, match=words):
        read_workbook(package(parts), "台账.xlsx")


def test_a_word_document_is_told() -> None:
    relation = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>',
        "word/document.xml": "<w/>",
    }
    with pytest.raises(Damaged, match="Word"):
        read_workbook(package(parts), "台账.xlsx")


def test_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
    with pytest.raises(Damaged, match="DTD"):
        values(minimal('<row r="1"><c r="A1"><v>1</v></c></row>', prologue=bomb))


def test_a_workbook_that_unpacks_to_something_huge_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST_UNPACKED", 1 << 20)
    bomb = minimal('<row r="1"><c r="A1" t="str"><v>' + "0" * (2 << 20) + "</v></c></row>")
    assert len(bomb) < 10_000
    with pytest.raises(Damaged, match="大得不正常"):
        values(bomb)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST_FILE", 1 << 10)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(bytes(2048))
    with pytest.raises(Damaged, match="没有读取"):
        open_workbook(path)


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>一二</v></c></row>',
        '<row r="0"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="一1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v>',
    ],
)
def test_nonsense_inside_a_sheet_is_damage(sheet: str) -> None:
    with pytest.raises(Damaged):
        values(minimal(sheet))


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


def test_values_dates_and_errors_of_cells() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
        '<numFmt numFmtId="165" formatCode="0.00&quot;%d&quot;"/></numFmts><cellXfs>'
        + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 31, 164, 9, 165))
        + "</cellXfs>"
    )
    cells = (
        '<c><v>12</v></c><c><v>0.1</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="s"><v>0</v></c>'
        '<c t="inlineStr"><is><r><t>甲</t></r><rPh><t>jia</t></rPh><r><t> 乙</t></r></is></c>'
        '<c s="1"><v>46082</v></c><c s="2"><v>46082</v></c><c s="3"><v>46082.5</v></c><c s="4"><v>1.2</v></c>'
        '<c s="5"><v>3</v></c><c t="d"><v>2026-03-01</v></c><c s="1"><v>-5</v></c><c><v>1E999</v></c>'
    )
    strings = "<si><t>𠮷镕堃</t><rPh><t>x</t></rPh></si>"
    row = values(minimal(f"<row>{cells}</row>", strings=strings, styles=styles))[0]
    noon = dt.datetime(2026, 3, 1, 12)  # noqa: DTZ001
    day = noon.replace(hour=0)
    assert row[:6] == (12, 0.1, True, "#REF!", "𠮷镕堃", "甲 乙")
    assert row[6:] == (day, day, noon, 1.2, 3, "2026-03-01", -5, "1E999")
    assert isinstance(row[9], Percentage)
    assert str(row[9]) == "120%"


def test_days_that_count_from_1904() -> None:
    data = minimal(
        '<row><c s="0"><v>44620</v></c></row>',
        styles='<cellXfs><xf numFmtId="14"/></cellXfs>',
        workbook='<x:workbookPr date1904="1"/>',
    )
    assert values(data) == [(dt.datetime(2026, 3, 1),)]  # noqa: DTZ001


def test_a_formula_counts_by_its_result_and_is_named_without_one() -> None:
    data = minimal(
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3"><f>SUM(A1:A2)</f><v></v></c>'
        '<c r="C3" t="str"><f>""</f><v></v></c><c r="D3"><f>1/0</f></c></row>'
    )
    assert values(data) == [(2, Uncalculated("=SUM(A1:A2)"), None, Uncalculated("=1/0"))]


def test_characters_that_xml_cannot_hold_come_back() -> None:
    data = minimal('<row><c t="str"><v>甲_x0000_乙_xD842__xDFB7_丙_xD800_丁_x005F_x0041_</v></c></row>')
    assert values(data) == [("甲\0乙𠮷丙\ud800丁_x0041_",)]


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


def test_reading_tells_how_far_it_is_and_can_be_ended() -> None:
    class Ended(Exception):
        pass

    seen: list[tuple[int, int]] = []
    data = file_bytes({"台账": [["甲" * 20, number] for number in range(5_000)]})
    read_workbook(data, "台账.xlsx", lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    assert seen == sorted(seen)

    def end(_done: int, _total: int) -> None:
        raise Ended

    with pytest.raises(Ended):
        read_workbook(data, "台账.xlsx", end)


def test_a_sheet_that_does_not_exist_is_told() -> None:
    with pytest.raises(Refusal, match="只有：台账"):
        book([["甲"]]).sheet("别的")
