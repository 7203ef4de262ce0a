"""Reports on paper: heads repeated, groups told again, sums never alone, tones beside their words, rare characters."""

import pypdfium2
import pytest

from desktop.domain.fields import PercentField, QuantityField, TextField
from desktop.domain.policy_terms import Tone
from desktop.domain.report import Fact, Group, Paragraph, Report, Row, Table
from desktop.paper.printing import render
from desktop.paper.report_sheet import report_sheet
from tests.paper.sheets import NAMES, texts_of

COLUMNS = (
    TextField(key="name", label="项目", share=2),
    QuantityField(key="count", label="应交", share=0.6),
    PercentField(key="rate", label="提交率", share=0.6),
    TextField(key="work", label="上周进展", share=4, lines=True),
)
LONG = "完成桥架安装 120 米，接地测试合格。" * 12


def row(name: str, work: str = "完成联调。", tone: Tone | None = None) -> Row:
    return Row({"name": name, "count": "3", "rate": "66.7", "work": work}, {"work": tone} if tone else {})


def table(*groups: Group, **more: object) -> Table:
    return Table(key="t", title="各项目", columns=COLUMNS, groups=groups, **more)  # type: ignore[arg-type]


def report(*parts: Table | Paragraph, **more: object) -> Report:
    given = {
        "title": "简报",
        "subtitle": "第 47 周",
        "to": "总裁室",
        "parts": parts,
        "notes": ("数据截至今天。",),
        **more,
    }
    return Report(key="r", **given)  # type: ignore[arg-type]


def pages_of(made: Report) -> list[str]:
    return ["".join(text.split()) for text in texts_of(render(report_sheet(made, company="滨海公司")).pdf)]


def test_every_page_repeats_titles_and_the_group_that_goes_on() -> None:
    rows = tuple(row(f"项目{at:03}") for at in range(90))
    pages = pages_of(report(table(Group("软件部", rows[:60]), Group("集成部", rows[60:]))))
    assert len(pages) > 2
    for page in pages:
        assert "上周进展" in page
    assert "软件部（续）" in pages[1]
    assert "集成部" in pages[-1]
    assert "软件部（续）" not in pages[-1]
    assert "".join(pages).count("项目042") == 1


def test_a_sum_never_stands_alone_on_a_page() -> None:
    for count in range(24, 34):
        rows = tuple(row(f"项目{at:03}") for at in range(count))
        pages = pages_of(report(table(Group("", rows), total=row("合计"))))
        last = next(page for page in pages if "合计" in page)
        assert f"项目{count - 1:03}" in last


def test_long_texts_are_cut_on_paper_and_end_with_dots() -> None:
    (page,) = pages_of(report(table(Group("", (row("长", LONG),)), room={"work": 50})))
    assert page.count("接地测试合格") == 2
    assert "…" in page
    (whole,) = pages_of(report(table(Group("", (row("长", LONG),)))))
    assert whole.count("接地测试合格") == 12


def test_rare_names_are_printed_and_what_no_font_has_is_told() -> None:
    printed = render(report_sheet(report(table(Group("", tuple(map(row, NAMES))))), company="滨海公司"))
    assert printed.missing == frozenset()
    text = "".join("".join(texts_of(printed.pdf)).split())
    for name in NAMES:
        assert name in text
    unknown = render(report_sheet(report(Paragraph("附言", "\U0010ffff")), company="滨海公司"))
    assert unknown.missing == frozenset("\U0010ffff")


def test_a_tone_is_told_in_words_and_colours_its_cell() -> None:
    def shades(tone: Tone | None) -> set[tuple[int, int, int]]:
        made = report(table(Group("", (row("项", "严重", tone),))), facts=())
        document = pypdfium2.PdfDocument(render(report_sheet(made, company="滨海公司")).pdf)
        picture = document[0].render(scale=1).to_pil().convert("RGB")
        document.close()
        return {colour for _count, colour in picture.getcolors(1 << 20) if max(colour) - min(colour) > 20}

    assert (0xF9, 0xD9, 0xD5) in shades(Tone.BAD)
    assert shades(None) == set()
    (page,) = pages_of(report(table(Group("", (row("项", "严重", Tone.BAD),)))))
    assert "严重" in page


@pytest.mark.parametrize(
    ("paper", "wide", "size"), [("A4", True, (842, 595)), ("A3", True, (1191, 842)), ("A4", False, (595, 842))]
)
def test_the_paper_is_as_declared(paper: str, wide: bool, size: tuple[int, int]) -> None:
    made = report(table(Group("", (row("项"),))), paper=paper, wide=wide, facts=(Fact("应交", "3 份"),) * 14)
    document = pypdfium2.PdfDocument(render(report_sheet(made, company="滨海公司")).pdf)
    width, height = document.get_page_size(0)
    document.close()
    assert (round(width), round(height)) == size


def test_a_report_of_nothing_says_so() -> None:
    (page,) = pages_of(report(table(empty="没有在实施的项目")))
    assert "没有在实施的项目" in page
    assert "数据截至今天" in page
    assert "报送：总裁室" in page


def test_the_same_report_is_the_same_file() -> None:
    made = report(table(Group("", (row("项"),))))
    one, other = (render(report_sheet(made, company="滨海公司")).pdf for _ in range(2))
    assert one == other
