"""What openpyxl makes of workbooks of every make, and what is refused before it is asked."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from desktop.domain.errors import Damaged
from desktop.exchange import excel_book
from desktop.exchange.cells import Percentage, Uncalculated
from desktop.exchange.workbook import read_workbook
from tests.exchange.offices import book, books, file_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def package(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def types(parts: dict[str, str]) -> str:
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    return f'<Types xmlns="{CONTENT}">{overrides}</Types>'


def minimal(
    sheet: str, *, strings: str = "", styles: str = "", workbook: str = "", prologue: str = "", main: str = MAIN
) -> bytes:
    """A package with one sheet, written by hand as other programs write it."""
    relations = "".join(
        f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in (("worksheet", "s.xml"), ("sharedStrings", "t.xml"), ("styles", "styles.xml"))
    )
    return package(
        {
            "[Content_Types].xml": types(
                {"xl/book.xml": f"{KIND}.sheet.main+xml", "xl/t.xml": f"{KIND}.sharedStrings+xml"}
            ),
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="/xl/book.xml"/></Relationships>',
            "xl/book.xml": f'<x:workbook xmlns:x="{main}" xmlns:r="{OFFICE}">{workbook}<x:sheets>'
            '<x:sheet name="表" sheetId="1" r:id="rworksheet"/></x:sheets></x:workbook>',
            "xl/_rels/book.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
            "xl/s.xml": f'{prologue}<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
            "xl/t.xml": f'<sst xmlns="{main}">{strings}</sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        }
    )


def values(data: bytes) -> list[tuple[Any, ...]]:
    return [row.cells for row in read_workbook(data, "台账.xlsx").sheets[0].rows]


def changed(data: bytes, part: str, change: Callable[[str], str | None]) -> bytes:
    """The package with one part written otherwise, or left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    text = change(parts.pop(part))
    return package(parts if text is None else {**parts, part: text})


def test_openpyxl_reads_through_defusedxml() -> None:
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/workbook.bin": "x"}, "二进制工作簿"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}, "不是 Excel"),
        ({"照片.txt": "x"}, "不是 Excel"),
        ({"[Content_Types].xml": types({"word/document.xml": WORD}), "word/document.xml": "<w/>"}, "Word"),
    ],
)
def test_other_packages_are_told_apart(parts: dict[str, str], words: str) -> None:
    with pytest.raises(Damaged, match=words):
        read_workbook(package(parts), "台账.xlsx")


def test_a_package_with_a_password_is_told() -> None:
    data = bytearray(minimal(""))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Damaged, match="加了密码"):
        values(bytes(data))


@pytest.mark.parametrize("part", ["prologue", "strings"])
def test_entities_are_refused_wherever_they_stand(part: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
    data = minimal('<row r="1"><c r="A1"><v>1</v></c></row>', prologue=bomb if part == "prologue" else "")
    if part == "strings":
        data = changed(data, "xl/t.xml", lambda text: bomb + text)
    with pytest.raises(Damaged, match="DTD"):
        values(data)


def test_a_workbook_that_unpacks_to_something_huge_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_book, "LARGEST_UNPACKED", 1 << 20)
    bomb = minimal('<row r="1"><c r="A1" t="str"><v>' + "0" * (2 << 20) + "</v></c></row>")
    assert len(bomb) < 10_000
    with pytest.raises(Damaged, match="大得不正常"):
        values(bomb)


def test_millions_of_merged_cells_are_not_merged() -> None:
    def shape(sheet: Worksheet) -> None:
        sheet.merged_cells.ranges.add(CellRange("A2:XFD1048576"))

    with pytest.raises(Damaged, match="合并的单元格太多"):
        book([["甲"]], shape)


def test_a_cell_far_out_costs_nothing_and_too_many_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    far = minimal('<row><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    assert [row.number for row in read_workbook(far, "台账.xlsx").sheets[0].rows] == [1, 1_048_576]
    monkeypatch.setattr(excel_book, "_MOST_SLOTS", 10_000)
    with pytest.raises(Damaged, match="超过一千万格"):
        values(far)


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>一二</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="一1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="9"><v>1</v></c></row>',
    ],
)
def test_what_openpyxl_refuses_is_told_with_the_way_out(sheet: str) -> None:
    with pytest.raises(Damaged, match=r"“台账.xlsx”里有读不懂的.*另存为 \.xlsx 再导入") as refusal:
        values(minimal(sheet))
    assert refusal.value.details


def test_styles_that_openpyxl_does_not_know_are_told_with_the_way_out() -> None:
    fill = '<fills><fill><patternFill patternType="unheardOf"/></fill></fills>'
    with pytest.raises(Damaged, match="请在 Excel 或 WPS 中打开后另存为") as refusal:
        values(minimal('<row><c r="A1"><v>1</v></c></row>', styles=fill))
    assert "stylesheet" in refusal.value.details


def test_a_part_cut_short_is_damage() -> None:
    with pytest.raises(Damaged, match="已损坏"):
        values(minimal('<row r="1"><c r="A1"><v>1</v>'))


def test_a_sheet_without_its_part_is_not_left_out_in_silence() -> None:
    with pytest.raises(Damaged, match="找不到工作表“表”的内容"):
        values(changed(minimal(""), "xl/s.xml", lambda _text: None))


def test_the_strict_variant_is_told_and_not_read_as_empty() -> None:
    with pytest.raises(Damaged, match="严格的 Open XML"):
        values(minimal('<row><c r="A1"><v>1</v></c></row>', main=STRICT))


def test_values_dates_and_errors_of_cells() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
        '<numFmt numFmtId="165" formatCode="0.00&quot;%d&quot;"/></numFmts><cellXfs>'
        + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 31, 164, 9, 165, 46))
        + "</cellXfs>"
    )
    cells = (
        '<c><v>12</v></c><c><v>0.1</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="s"><v>0</v></c>'
        '<c t="inlineStr"><is><r><t>甲</t></r><rPh sb="0" eb="1"><t>jia</t></rPh><r><t> 乙</t></r></is></c>'
        '<c s="1"><v>46082</v></c><c s="2"><v>46082</v></c><c s="3"><v>46082.5</v></c><c s="4"><v>1.2</v></c>'
        '<c s="5"><v>3</v></c><c t="d"><v>2026-03-01</v></c><c s="1"><v>-5</v></c><c s="1"><v>20260001</v></c>'
        '<c><v>1E999</v></c><c s="6"><v>1.5</v></c><c t="s"><v>1</v></c><c><v>123456789012345</v></c>'
    )
    strings = '<si><t>𠮷镕堃</t><rPh sb="0" eb="1"><t>x</t></rPh></si><si><t/></si>'
    row = values(minimal(f"<row>{cells}</row>", strings=strings, styles=styles))[0]
    noon = dt.datetime(2026, 3, 1, 12)  # noqa: DTZ001
    day = noon.replace(hour=0)
    assert row[:6] == (12, 0.1, True, "#REF!", "𠮷镕堃", "甲 乙")
    assert row[6:12] == (day, day, noon, 1.2, 3, day.date())
    assert row[12:] == (-5, "#VALUE!", "#NUM!", "36:00:00", None, 123_456_789_012_345)
    assert [index for index, value in enumerate(row) if isinstance(value, Percentage)] == [9]
    assert str(row[9]) == "120%"


def test_days_that_count_from_1904() -> None:
    data = minimal(
        '<row><c s="0"><v>44620</v></c></row>',
        styles='<cellXfs><xf numFmtId="14"/></cellXfs>',
        workbook='<x:workbookPr date1904="1"/>',
    )
    assert values(data) == [(dt.datetime(2026, 3, 1),)]  # noqa: DTZ001


@pytest.mark.parametrize("empty", ["", "<v/>", "<v></v>", "\n <v ></v >\n"])
def test_a_formula_counts_by_its_result_and_is_named_without_one(empty: str) -> None:
    data = minimal(
        f'<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3"><f>SUM(A1:A2)</f>{empty}</c>'
        f'<c r="C3" t="str"><f>""</f><v></v></c><c r="D3"><f t="array" ref="D3">1/0</f>{empty}</c></row>'
    )
    assert values(data) == [(2, Uncalculated("=SUM(A1:A2)"), None, Uncalculated("=1/0"))]


def test_texts_that_formulas_left_empty_need_no_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    data = minimal('<row><c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c></row>')
    monkeypatch.setattr(excel_book, "_formulas", lambda _book: pytest.fail("the workbook was read twice"))
    assert values(data) == [(None, 2)]


def test_formulas_that_another_program_wrote_are_named_on_every_sheet() -> None:
    first, second = books({"一": [["甲", "=A1"]], "二": [[None, "=一!A1&1"]]}).sheets
    assert first.row(1).cells == ("甲", Uncalculated("=A1"))
    assert second.row(1).cells == (None, Uncalculated("=一!A1&1"))


def test_characters_that_xml_cannot_hold_come_back() -> None:
    spelled = "甲_x0000_乙_xD842__xDFB7_丙_xD800_丁_x005F_x0041_"
    data = minimal(
        f'<row><c t="str"><v>{spelled}</v></c><c t="s"><v>0</v></c></row>', strings=f"<si><t>{spelled}</t></si>"
    )
    assert values(data) == [("甲\0乙𠮷丙\ud800丁_x0041_",) * 2]


def test_hidden_rows_sheets_and_merges_are_seen() -> None:
    def shape(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.merge_cells("B1:C2")
        sheet.merge_cells("A1:A2")
        sheet.sheet_state = "hidden" if sheet.title == "二" else "visible"

    sheets = books({"一": [["甲", "乙"], [None, "被盖住", None, "丙"]], "二": [["丁"]]}, shape).sheets
    assert [sheet.hidden for sheet in sheets] == [False, True]
    assert [row.number for row in sheets[0].rows if row.hidden] == [2]
    assert sheets[0].merges == ((1, 1, 2, 1), (1, 2, 2, 3))
    assert sheets[0].row(2).cells == (None, None, None, "丙")


def test_nothing_that_openpyxl_drops_is_told_to_a_person() -> None:
    def extended(text: str) -> str:
        extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>'
        return text.replace("</worksheet>", f"{extension}</worksheet>")

    data = changed(file_bytes({"台账": [["甲"]]}), "xl/worksheets/sheet1.xml", extended)
    assert values(data) == [("甲",)]


@pytest.mark.parametrize("last", ["", "=1+1"])
def test_reading_tells_how_far_it_is_while_openpyxl_loads_and_after(last: str) -> None:
    seen: list[tuple[int, int]] = []
    data = file_bytes({"台账": [["甲" * 20, number, last] for number in range(3_000)]})
    read_workbook(data, "台账.xlsx", lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[0] == (0, 1000)
    assert seen[-1] == (1000, 1000)
    assert len({done for done, _ in seen if 0 < done < 850}) > 3
    assert len({done for done, _ in seen if 850 < done < 1000}) > 1


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])
@pytest.mark.parametrize("at", [0, 300, 900, 1000])
def test_reading_can_be_ended_at_any_time(kind: type[Exception], at: int) -> None:
    def end(done: int, _total: int) -> None:
        if done >= at:
            raise kind("ended")

    data = file_bytes({"台账": [["甲" * 20, number] for number in range(2_000)]})
    with pytest.raises(kind, match="ended"):
        read_workbook(data, "台账.xlsx", end)
