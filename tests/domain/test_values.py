"""How office writing is read: dates, amounts, numbers, percentages, names."""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain import money, values
from desktop.domain.canonical import canonical_text
from desktop.domain.values import Unreadable

READERS = (
    values.read_text,
    values.read_name,
    values.read_date,
    values.read_money,
    values.read_decimal,
    values.read_percent,
)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters()),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@pytest.mark.parametrize("reader", READERS)
@given(raw=CELLS)
@example(raw="1" * 50)
@example(raw="1e-999999999")
@example(raw=math.inf)
@example(raw=1e300)
def test_any_cell_is_understood_or_refused_in_words(reader: Any, raw: Any) -> None:
    message = "understood"
    try:
        canonical_text(reader(raw).value)
    except Unreadable as error:
        message = str(error)
    assert 0 < len(message) < 200


@given(day=DAYS)
def test_every_way_to_write_a_date_means_the_same_day(day: dt.date) -> None:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    for text in (
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        day.isoformat().translate(wide),
        f" {day.isoformat()} 00:00:00",
        f"{day.isoformat()}（周{'一二三四五六日'[day.weekday()]}）",
    ):
        assert values.read_date(text).value == day.isoformat()
    assert values.read_date(dt.datetime.combine(day, dt.time(9, 30))).value == day.isoformat()


@given(serial=st.integers(18_264, 79_999))
def test_a_serial_is_the_day_excel_shows(serial: int) -> None:
    day = (dt.date(1899, 12, 30) + dt.timedelta(days=serial)).isoformat()
    assert values.read_date(serial) == values.Read(day, f"日期序号 {serial} 读作 {day}")
    assert values.read_date(str(serial)).value == day


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "2026.5", "26.5.30", "下周三", "0026-03-01", "#REF!"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        values.read_date(text)


@pytest.mark.parametrize("text", ["待定", " 未定 ", "/", "——", "TBD"])
def test_a_vague_answer_is_left_empty_with_a_note(text: str) -> None:
    for reader in (values.read_date, values.read_money, values.read_decimal, values.read_name):
        read = reader(text)
        assert read.value is None
        assert "按空白处理" in read.note


@given(fen=st.integers(-money.LARGEST, money.LARGEST))
def test_an_amount_survives_its_own_text(fen: int) -> None:
    assert values.read_money(money.yuan_text(fen)).value == fen
    assert values.read_money(f"￥{money.yuan_text(fen)}元").value == fen


@given(fen=st.integers(-(10**13), 10**13))
def test_a_number_cell_is_exact_to_the_fen(fen: int) -> None:
    assert values.read_money(fen / 100).value == fen
    assert values.read_money(fen / 1_000_000, unit=10_000).value == fen


@pytest.mark.parametrize(
    ("raw", "unit", "fen"),
    [
        ("1,280.50", 10_000, 1_280_500_000),
        ("￥356.8万", 10_000, 356_800_000),
        ("￥356.8万", 1, 356_800_000),
        ("４２０", 10_000, 420_000_000),
        ("356.8万元", 1, 356_800_000),
        ("1.2亿", 1, 12_000_000_000),
        ("3百万", 1, 300_000_000),
        ("350元", 10_000, 35_000),
        ("350元整", 10_000, 35_000),
        ("人民币 1 280.50 元", 1, 128_050),
        ("（1,000）", 1, -100_000),
        ("−35", 1, -3_500),
        ("1,2345", 1, 1_234_500),
        (0.1 + 0.2, 1, 30),
        (1603.24, 10_000, 1_603_240_000),
        (0, 1, 0),
    ],
)
def test_amounts_as_offices_write_them(raw: Any, unit: int, fen: int) -> None:
    assert values.read_money(raw, unit=unit).value == fen


@pytest.mark.parametrize("raw", ["1280,50", "12 50", "1,28", ",5", "三百", "约5万", "1e5", True, "#DIV/0!", "5.5.5"])
def test_what_may_mean_two_amounts_is_refused(raw: Any) -> None:
    with pytest.raises(Unreadable):
        values.read_money(raw)


def test_a_rounded_amount_says_so() -> None:
    assert values.read_money("0.005").note == "“0.005”读作 0.01 元，不足一分的部分已四舍五入"
    assert values.read_money(1603.2400000000001).note == ""
    assert values.read_money("1603.24").note == ""


@given(number=st.decimals(-(10**11), 10**11, places=6))
def test_a_number_survives_its_text(number: Decimal) -> None:
    text = values.decimal_text(number)
    assert values.read_decimal(text).value == text
    assert Decimal(text) == number


@given(points=st.integers(0, 10_000))
def test_a_percentage_is_the_same_as_text_and_as_the_fraction_of_a_cell(points: int) -> None:
    text = values.decimal_text(Decimal(points) / 100)
    assert values.read_percent(f"{text}%").value == text
    assert values.read_percent(points / 10_000).value == text


@pytest.mark.parametrize(("raw", "value"), [("0.6", "60"), ("60", "60"), (1, "100"), ("1", "1"), ("６０％", "60")])
def test_percentages_without_their_sign(raw: Any, value: str) -> None:
    assert values.read_percent(raw).value == value


@pytest.mark.parametrize("raw", ["120%", "大约一半", "-5%", True])
def test_what_is_no_percentage_is_refused(raw: Any) -> None:
    with pytest.raises(Unreadable):
        values.read_percent(raw)


@pytest.mark.parametrize("name", ["𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯", "葛󠄀城"])
def test_rare_names_are_never_altered(name: str) -> None:
    assert values.read_name(name) == values.Read(name)


@pytest.mark.parametrize(("raw", "name"), [(" 张　伟", "张伟"), ("司马 晓", "司马晓"), ("John  Smith", "John Smith")])
def test_blanks_in_names(raw: str, name: str) -> None:
    read = values.read_name(raw)
    assert read.value == name
    assert name in read.note


@given(text=st.text())
def test_text_read_once_is_not_changed_by_reading_it_again(text: str) -> None:
    try:
        first = values.read_text(text, lines=True)
    except Unreadable:
        return
    assert values.read_text(first.value, lines=True) == values.Read(first.value)


@pytest.mark.parametrize(
    ("raw", "text"),
    [(20260001.0, "20260001"), (0.1 + 0.2, "0.3"), (dt.datetime(2026, 3, 1), "2026-03-01"), (True, "TRUE")],  # noqa: DTZ001
)
def test_a_figure_where_text_is_wanted_is_what_the_person_saw(raw: Any, text: str) -> None:
    assert values.read_text(raw).value == text


@pytest.mark.parametrize("raw", ["甲\0乙", "甲\ud800乙"])
def test_unstorable_characters_are_named(raw: str) -> None:
    with pytest.raises(Unreadable, match="无法保存的字符"):
        values.read_text(raw)


def test_a_text_that_is_too_long_says_how_long_it_is() -> None:
    with pytest.raises(Unreadable, match="10,000 个字"):
        values.read_text("长" * 10_000)


def test_digits_that_excel_lost_are_pointed_out() -> None:
    assert "超过 15 位" in values.read_text(1.2345678901234568e17).note
