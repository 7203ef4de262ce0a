"""Whole sheets: fonts, pages, repeated headings, boxes to sign, lines, codes."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from desktop.domain.errors import Refusal
from desktop.paper.blocks import rows_of
from desktop.paper.linebreak import NO_END, NO_START
from desktop.paper.pages import Room, paginate
from desktop.paper.printing import render
from desktop.paper.rows import SIDE, Box, Place, Row
from desktop.paper.sheet import Align, Cell, Column, Grid, LongText, Signature, Signatures, Table, TableRow
from tests.paper.sheets import FILING, NAMES, REASON, form, lines, people, plain_texts_of, signing, texts_of

ROOM = Room(229 * mm, 245 * mm)
WHOLE = form(people(), LongText("暂停原因", REASON), lines(60), signing())


def squeezed(text: str) -> str:
    return "".join(text.split())


def fonts_of(pdf: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pages: Any = pypdf.PdfReader(BytesIO(pdf)).pages
    for page in pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            found[str(font["/BaseFont"])] = font
    return found


def boxes_of(rows: list[Row]) -> Iterator[Box]:
    for row in rows:
        yield from row.boxes


def test_every_font_is_embedded_as_a_subset() -> None:
    fonts = fonts_of(render(WHOLE).pdf)
    assert fonts
    for name, font in fonts.items():
        prefix, plus, rest = name.lstrip("/").partition("+")
        assert (len(prefix), plus, rest[:7]) == (6, "+", "EPMDesk")
        assert "/FontFile2" in font["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_pages_are_a4_and_counted() -> None:
    printed = render(WHOLE)
    pages = pypdf.PdfReader(BytesIO(printed.pdf)).pages
    assert printed.pages == len(pages)
    assert {(float(page.mediabox.width), float(page.mediabox.height)) for page in pages} == {
        tuple(round(side, 4) for side in A4)
    }
    for at, text in enumerate(texts_of(printed.pdf), start=1):
        assert f"第{at}页共{printed.pages}页" in squeezed(text)
        assert "第2版校验3f9a2c71" in squeezed(text)
        assert "EPM-ZT-01编号ZT-2026-0017" in squeezed(text)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert render(WHOLE).pdf == render(WHOLE).pdf


def test_rare_names_are_read_back_by_two_readers() -> None:
    printed = render(form(people(), signing()))
    for read in (texts_of, plain_texts_of):
        text = "".join(read(printed.pdf))
        assert not [name for name in NAMES if name not in text]
    assert printed.missing == frozenset()


def test_a_character_without_font_is_reported() -> None:
    printed = render(form(Grid((Cell("姓名", "王😀"),))))
    assert printed.missing == {"😀"}
    assert "王〓" in texts_of(printed.pdf)[0]


def test_a_table_of_60_lines_repeats_its_headings_over_three_pages() -> None:
    printed = render(form(lines(60), signing()))
    texts = [squeezed(text) for text in texts_of(printed.pdf)]
    assert len(texts) == 3
    for text in texts:
        assert "序号名称金额（元）日期" in text
    assert ["一、设备（续）" in text for text in texts] == [False, True, True]
    assert [sum(text.count(f"第{at:03}件设备") for text in texts) for at in range(1, 61)] == [1] * 60
    assert texts[-1].index("第060件设备") < texts[-1].index("合计") < texts[-1].index("（大写）")


def test_a_text_of_10000_characters_runs_over_pages_under_its_label() -> None:
    text = (REASON * 100)[:10_000]
    printed = render(form(LongText("暂停原因", text), signing()))
    texts = texts_of(printed.pdf)
    assert printed.pages >= 4
    assert ["（续）" in squeezed(page).replace("项目暂停申请表（续）", "") for page in texts[1:3]] == [True, True]
    placed = "".join(line.text for page in pages_of(text) for box in boxes_of(page) for line in text_lines(box))
    assert squeezed(placed) == squeezed(text)


def pages_of(text: str) -> list[list[Row]]:
    return paginate(rows_of(form(LongText("暂停原因", text))), ROOM)


def text_lines(box: Box) -> tuple:
    return box.lines if box.justified and box.indent else ()


@settings(max_examples=40)
@given(st.integers(0, 60), st.integers(1, 6), st.booleans())
def test_boxes_to_sign_stay_whole_and_under_a_heading(paragraphs: int, signers: int, stamp: bool) -> None:
    boxes = Signatures(tuple(Signature(f"签{at}", stamp=stamp) for at in range(signers)))
    sheet = form(LongText("原因", "\n".join(["一段文字。"] * paragraphs)), boxes)
    pages = paginate(rows_of(sheet), ROOM)
    seen = 0
    for page in pages:
        texts = ["".join(line.text for box in row.boxes for line in box.lines) for row in page]
        signs = [at for at, row in enumerate(page) if any(box.foot for box in row.boxes)]
        seen += sum(bool(box.foot) for row in page for box in row.boxes)
        assert all(page[at].height >= 24 * mm for at in signs)
        assert not signs or texts[signs[0] - 1].startswith("审批意见")
        assert not page or not texts[-1].startswith("审批意见")
    assert seen == signers


@settings(max_examples=40)
@given(st.integers(0, 120), st.integers(1, 40))
def test_pages_are_never_overfull_and_lose_no_row(paragraphs: int, count: int) -> None:
    sheet = form(LongText("原因", "\n".join(["一段文字。"] * paragraphs)), lines(count), signing())
    pages = paginate(rows_of(sheet), ROOM)
    assert overfull(pages) == []
    placed = [line.text for page in pages for box in boxes_of(page) for line in box.lines]
    assert placed.count("一段文字。") == paragraphs
    assert [text for text in placed if text.endswith("件设备")] == [f"第{at:03}件设备" for at in range(1, count + 1)]


def overfull(pages: list[list[Row]]) -> list[int]:
    heights = [sum(row.height for row in page) for page in pages]
    return [at for at, height in enumerate(heights) if height > (ROOM.later if at else ROOM.first) + 0.01]


@settings(max_examples=40)
@given(st.integers(0, 60), st.lists(st.sampled_from([0, 60, 600, 900]), min_size=1, max_size=8))
def test_long_opinions_run_over_no_page_and_keep_their_signatures(paragraphs: int, opinions: list[int]) -> None:
    boxes = tuple(
        Signature(f"签{at}", stamp=True, decision="同意", opinion=(REASON * 12)[:length], signer=f"甲{at}")
        for at, length in enumerate(opinions)
    )
    sheet = form(LongText("原因", "\n".join(["一段文字。"] * paragraphs)), Signatures(boxes))
    pages = paginate(rows_of(sheet), ROOM)
    assert overfull(pages) == []
    feet = [foot.text for page in pages for box in boxes_of(page) for line in box.foot for foot in line]
    assert [text for text in feet if text.startswith("签字")] == [f"签字：甲{at}" for at in range(len(opinions))]


@pytest.mark.parametrize("paragraphs", [33, 75])
def test_notes_never_stand_alone_on_a_page(paragraphs: int) -> None:
    sheet = form(LongText("原因", "\n".join(["一段文字。"] * paragraphs)), Signatures((Signature("签"),)))
    assert any(row.framed for row in paginate(rows_of(sheet), ROOM)[-1])


def table_of(*texts: str, count: int = 5) -> Table:
    """A table whose columns of text leave little room for its columns of figures."""
    columns = (*(Column(f"说明{at}") for at, _ in enumerate(texts)), *(Column("金额（元）", 1, Align.FIGURE),) * count)
    rows = (
        TableRow((*texts, *("999,999,999.99",) * count)),
        TableRow((*("",) * len(texts), *("4,000,024,693.29",) * count), True),
    )
    return Table("一、采购", columns, rows)


def test_a_figure_is_never_broken_for_the_sake_of_text() -> None:
    rows = rows_of(form(table_of("交换机", "滨海网络设备公司", "到货", "说明", count=4)))
    figures = [box.lines for box in boxes_of(rows) if box.place is Place.RIGHT]
    assert [len(lines) for lines in figures] == [1] * 8


def test_a_line_higher_than_a_page_begins_where_it_stands_and_is_told_to_go_on() -> None:
    pages = paginate(rows_of(form(people(), table_of(REASON * 8, "设备"))), ROOM)
    texts = [["".join(line.text for line in box.lines) for box in boxes_of(page)] for page in pages]
    assert len(pages) > 1
    assert "姓名" in texts[0]
    assert "1" in texts[0]
    assert all("1（续）" in page for page in texts[1:])


def test_a_long_opinion_takes_the_whole_width_among_boxes_two_abreast() -> None:
    opinions = ("", "", REASON * 3, "", "同意实施。")
    boxes = tuple(Signature(f"签{at}", opinion=opinion) for at, opinion in enumerate(opinions))
    rows = [row for row in rows_of(form(Signatures(boxes))) if any(box.foot for box in row.boxes)]
    assert [[box.lines[0].text for box in row.boxes if box.label] for row in rows] == [
        ["签0", "签1"],
        ["签2"],
        ["签3", "签4"],
    ]


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("项目管理部负责人", ["项目管理部", "负责人"]),
        ("质量管理部门", ["质量管理", "部门"]),
        ("提出人（项目管理部）", ["提出人", "（项目", "管理部）"]),
        ("设备与资产处置", ["设备与", "资产处置"]),
        ("建议的项目经理", ["建议的", "项目经理"]),
    ],
)
def test_a_label_is_divided_between_its_words(label: str, lines: list[str]) -> None:
    signers = Signatures(tuple(Signature(role) for role in (label, "甲", "乙", "丙", "丁")))
    box = next(box for box in boxes_of(rows_of(form(signers))) if box.label)
    assert [line.text for line in box.lines] == lines


def test_the_last_page_takes_back_the_room_that_was_given_up() -> None:
    sheet = form(LongText("原因", "\n".join(["一段文字。"] * 64), lines=3), signing())
    pages = paginate(rows_of(sheet), ROOM)
    signs = [row for page in pages for row in page if any(box.foot for box in row.boxes)]
    assert len(pages) == 2
    assert all(row in pages[1] for row in signs)
    assert [row.height / mm > least for row, least in zip(signs, (24, 24, 27), strict=True)] == [True] * 3
    assert sum(row.height for row in pages[1]) == pytest.approx(ROOM.later)


office_text = st.lists(
    st.one_of(
        st.sampled_from("项目暂停申请城市地下综合管廊，。、；：？！）》”…％℃·（《“￥①"),
        st.sampled_from(["12,345.90", "ACME ", "62.5%", "\n", *NAMES]),
    ),
    max_size=400,
).map("".join)


@settings(max_examples=60)
@given(office_text)
def test_placed_lines_obey_the_rules_of_line_start_and_end(text: str) -> None:
    # a run of closing marks wider than the column has nowhere to be broken; nobody writes one
    text = "项".join(text.split("\n"))
    sheet = form(LongText("原因", text), Grid((Cell("说明", text), Cell("备注", text))))
    for box in boxes_of(rows_of(sheet)):
        for line in box.lines:
            assert box.style.measure(line.text) <= box.width - 2 * SIDE + 0.01 or box.label
            if any(len(part) > 6 for part in runs_of_marks(text)):
                continue
            assert line.first or line.text[0] not in NO_START
            assert line.last or line.text[-1] not in NO_END


def runs_of_marks(text: str) -> list[str]:
    return "".join(char if char in NO_START | NO_END else " " for char in text).split()


def test_the_code_in_the_corner_says_the_filing() -> None:
    document = pypdfium2.PdfDocument(render(WHOLE).pdf)
    corners = set()
    for at in range(len(document)):
        image = document[at].render(scale=150 / 72).to_pil()
        (code,) = zxingcpp.read_barcodes(image)
        assert code.text == FILING
        left, right = code.position.top_left.x, code.position.top_right.x
        assert (right - left) / 150 * 25.4 >= 15
        corners.add((left, code.position.top_left.y))
    document.close()
    assert len(corners) == 1


@pytest.mark.parametrize("draft", [True, False])
def test_only_drafts_bear_the_mark(draft: bool) -> None:
    printed = render(form(people(), lines(60), draft=draft))
    assert [("草" in text and "稿" in text) for text in texts_of(printed.pdf)] == [draft] * printed.pages


def test_a_form_of_one_page_is_filled() -> None:
    (page,) = paginate(rows_of(form(people(), LongText("原因", REASON), signing())), ROOM)
    assert sum(row.height for row in page) > 0.75 * ROOM.first


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("signer", ["𠮷镕堃", "欧阳建国（代 欧阳建国）", "阿卜杜热合曼·买买提明（代 欧阳建国）"])
def test_what_stands_on_the_line_of_a_signature_has_its_own_room(wide: bool, signer: str) -> None:
    boxes = tuple(
        Signature(role, decision="同意", signer=signer, date="2026年11月23日", stamp=True) for role in "甲乙丙"
    )
    signed = [box for box in boxes_of(rows_of(replace(form(Signatures(boxes)), wide=wide))) if box.foot]
    assert len(signed) == len(boxes)
    for box in signed:
        for line in box.foot:
            left = 0.0
            for foot in sorted(line, key=lambda one: one.from_right):
                width = foot.style.measure(foot.text)
                start = box.width - foot.at - width if foot.from_right else foot.at
                assert start >= left, foot.text
                left = start + width
            assert left <= box.width


def test_how_a_signature_was_given_is_told() -> None:
    boxes = (
        Signature("甲", decision="同意", opinion="情况属实。", signer="𠮷镕堃", date="2026年11月23日"),
        Signature("乙", decision="同意", signer="㛃喆", date="2026年11月24日", recorded_by="王小明"),
        Signature("丙", stamp=True),
    )
    text = squeezed(texts_of(render(form(Signatures(boxes))).pdf)[0])
    assert "☑同意☐不同意意见：情况属实。签字：𠮷镕堃2026年11月23日本人在系统中签署" in text
    assert "签字：㛃喆2026年11月24日【代录】本人签于纸面，由王小明录入" in text
    assert text.count("（盖章）") == 1
    assert text.count("年月日") == 1


def test_what_there_is_to_say_of_an_electronic_signature_stands_in_full() -> None:
    long = "代录人电子签名未验证：身份证明已吊销（自 2026-11-22 09:30）"
    boxes = (
        Signature("甲", decision="同意", signer="𠮷镕堃", date="2026年11月23日", proof="电子签名已验证"),
        Signature("乙", decision="同意", signer="㛃喆", recorded_by="王小明", recorded_on="2026年11月24日", proof=long),
    )
    text = squeezed(texts_of(render(form(Signatures(boxes))).pdf)[0])
    assert "本人在系统中签署，电子签名已验证" in text
    assert squeezed(long) in text


def logo(mode: str, kind: str) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((1200, 600), 90).convert(mode).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("P", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG")])
def test_a_logo_is_drawn_small(mode: str, kind: str) -> None:
    printed = render(replace(form(people()), logo=logo(mode, kind)))
    (page,) = pypdf.PdfReader(BytesIO(printed.pdf)).pages
    assert len(page.images) == 1
    assert page.images[0].image is not None
    assert max(page.images[0].image.size) <= 1000
    assert render(replace(form(people()), logo=logo("1", "PNG"))).pages == 1


@pytest.mark.parametrize("broken", [b"no picture", logo("RGB", "PNG")[:2000], logo("RGB", "JPEG")[:2000]])
def test_a_broken_logo_is_refused(broken: bytes) -> None:
    with pytest.raises(Refusal, match="标志"):
        render(replace(form(people()), logo=broken))


def test_a_very_long_opinion_keeps_its_signature() -> None:
    box = Signature("项目管理部", decision="退回", opinion=REASON * 40, signer="𫖯", date="2026年11月23日", stamp=True)
    texts = [squeezed(text) for text in texts_of(render(form(Signatures((box,)))).pdf)]
    assert sum(text.count("签字：𫖯") for text in texts) == 1
    assert "签字：𫖯（盖章）2026年11月23日" in texts[-1]
    assert all("项目管理部" in text for text in texts)
