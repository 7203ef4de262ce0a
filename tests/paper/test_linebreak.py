"""Lines of Chinese text: 避头尾, whole numbers and words, nothing lost."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from desktop.paper.linebreak import NO_END, NO_START, break_text, clusters

SPACES = " \t\u3000\u2002\u2003\u2009"
HAN = "项目暂停申请城市地下综合管廊运维监测平台建设𠮷镕堃㛃喆䶮𬭎"
MARKS = "，。、；：？！）》」』】〕”’…—％℃·～（《〈「『【〔“‘￥①②→"
WORDS = (
    "ACME",
    "Technology",
    "Co., Ltd.",
    "12,345,678.90",
    "62.5%",
    "HT/2023-118",
    "don’t",
    "2026",
    " ",
    "\u00a0",
)


def em(text: str) -> float:
    """A plain measure: wide characters 1, all others one half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def squeezed(text: str) -> str:
    return "".join(char for char in text if char not in SPACES and char != "\n")


office_text = st.lists(
    st.one_of(st.sampled_from(HAN), st.sampled_from(MARKS), st.sampled_from(WORDS), st.just("\n")),
    max_size=120,
).map("".join)


def fits(text: str, width: float) -> bool:
    """Whether every part that may not be divided is narrower than the column."""
    return all(em(part) <= width for paragraph in text.split("\n") for part in clusters(paragraph.strip(SPACES)))


@given(office_text, st.integers(2, 40), st.sampled_from([0.0, 2.0]))
@example("（" * 30, 4, 0.0)
@example("。" * 30, 4, 2.0)
def test_nothing_is_lost_or_added(text: str, width: int, indent: float) -> None:
    lines = break_text(text, max(width, 4), em, indent)
    assert squeezed("".join(line.text for line in lines)) == squeezed(text)
    assert sum(line.last for line in lines) == text.count("\n") + 1


@given(st.text(max_size=200), st.integers(4, 30))
def test_any_text_survives(text: str, width: int) -> None:
    assert squeezed("".join(line.text for line in break_text(text, width, em))) == squeezed(text)


@given(office_text, st.integers(3, 40), st.sampled_from([0.0, 2.0]))
def test_lines_stay_inside_the_column(text: str, width: int, indent: float) -> None:
    start = True
    for line in break_text(text, width, em, indent):
        room = width - (indent if start else 0)
        assert em(line.text) <= room or len(line.text) == 1
        start = line.last


@given(office_text, st.integers(14, 40), st.sampled_from([0.0, 2.0]))
def test_no_line_begins_or_ends_with_a_forbidden_mark(text: str, width: int, indent: float) -> None:
    for paragraph in text.split("\n"):
        if not fits(paragraph, width - indent):
            continue
        lines = [line.text for line in break_text(paragraph, width, em, indent)]
        assert not [line for line in lines[1:] if line[0] in NO_START]
        assert not [line for line in lines[:-1] if line[-1] in NO_END]


@given(st.lists(st.sampled_from(WORDS[:-2]), min_size=1, max_size=30), st.integers(8, 40))
def test_numbers_and_words_are_not_cut(words: list[str], width: int) -> None:
    text = "，其中".join(words)
    lines = [line.text for line in break_text(text, width, em)]
    pieces = {piece for word in words for piece in word.split(" ")}
    for piece in pieces:
        assert sum(line.count(piece) for line in lines) == text.count(piece)


def test_a_run_wider_than_the_column_is_cut_behind_a_joint() -> None:
    lines = [line.text for line in break_text("编号ZT-2026-0017-TECHNOLOGY", 6, em)]
    assert lines == ["编号", "ZT-2026-", "0017-", "TECHNOLOGY"]


def test_marks_draw_their_neighbour_down_to_the_next_line() -> None:
    assert [line.text for line in break_text("甲乙丙丁，戊", 4, em)] == ["甲乙丙", "丁，戊"]
    assert [line.text for line in break_text("甲乙丙（丁戊）", 4, em)] == ["甲乙丙", "（丁戊）"]


def test_the_first_line_of_each_paragraph_keeps_its_indent_free() -> None:
    assert [line.text for line in break_text("甲乙丙丁\n戊己", 4, em, 2)] == ["甲乙", "丙丁", "戊己"]
