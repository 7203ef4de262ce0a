"""The kinds of fields: how they read what people write, and when two values mean the same."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.canonical import canonical_text
from desktop.domain.choice_fields import ChoiceField, MultiChoiceField, Option
from desktop.domain.field import Field
from desktop.domain.fields import (
    AttachmentField,
    ComputedField,
    DateField,
    MoneyField,
    PercentField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
)
from desktop.domain.values import Unreadable

OPTIONS = (Option("yes", "是", ("对",)), Option("no", "否"), Option("part", "部分"))

SAME: list[tuple[Field, Any, Any, bool]] = [
    (TextField(key="t", label=""), None, "", True),
    (TextField(key="t", label=""), "甲", "乙", False),
    (MoneyField(key="m", label=""), 0, None, False),
    (MoneyField(key="m", label=""), 0, 0, True),
    (MoneyField(key="m", label=""), None, None, True),
    (AttachmentField(key="a", label=""), [], None, True),
    (PersonField(key="p", label=""), {"id": "1", "name": "甲"}, {"id": "2", "name": "甲"}, False),
]


@pytest.mark.parametrize(("item", "one", "other", "same"), SAME)
def test_when_two_values_mean_the_same(item: Field, one: Any, other: Any, same: bool) -> None:
    assert item.same(one, other) is same
    assert item.same(other, one) is same


READS: list[tuple[Field, object, Any]] = [
    (TextField(key="x", label=""), "  甲  ", "甲"),
    (MoneyField(key="x", label=""), "￥356.8万", 356_800_000),
    (MoneyField(key="x", label="", signed=True), "-1", -100),
    (DateField(key="x", label=""), "2026年3月1日", "2026-03-01"),
    (PeriodField(key="x", label=""), "2026-03-01 至 2026-05-31", {"start": "2026-03-01", "end": "2026-05-31"}),
    (
        PeriodField(key="x", label=""),
        {"start": "2026.3.1", "end": "2026.3.1"},
        {"start": "2026-03-01", "end": "2026-03-01"},
    ),
    (PeriodField(key="x", label=""), "", None),
    (QuantityField(key="x", label="", unit="台"), "12.50台", "12.5"),
    (QuantityField(key="x", label=""), 3, "3"),
    (PercentField(key="x", label=""), "62.5%", "62.5"),
    (PersonField(key="x", label=""), "𠮷 镕堃", {"id": "", "name": "𠮷镕堃"}),
    (PersonField(key="x", label=""), {"id": "7", "name": "㛃喆"}, {"id": "7", "name": "㛃喆"}),
    (ChoiceField(key="x", label="", options=OPTIONS), "对", "yes"),
    (ChoiceField(key="x", label="", options=OPTIONS), "部分", "part"),
    (ChoiceField(key="x", label="", options=OPTIONS), None, None),
    (MultiChoiceField(key="x", label="", options=OPTIONS), "部分、是", ["yes", "part"]),
    (MultiChoiceField(key="x", label="", options=OPTIONS), "", None),
    (
        AttachmentField(key="x", label=""),
        [{"sha256": "ab", "name": "函.pdf", "size": 3, "more": 1}],
        [{"sha256": "ab", "name": "函.pdf", "size": 3}],
    ),
]


@pytest.mark.parametrize(("item", "raw", "value"), READS)
def test_kinds_read_what_people_write(item: Field, raw: object, value: Any) -> None:
    read = item.read(raw)
    assert read.value == value
    canonical_text(read.value)
    if not isinstance(item, AttachmentField | PersonField):
        assert item.read(item.text(value)).value == value


SPELLINGS: tuple[Callable[[dt.date], str], ...] = (
    dt.date.isoformat,
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}/{day.month:02}/{day.day:02}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}\uff0e{day.month}\uff0e{day.day}",
)
SHORT: tuple[Callable[[dt.date], str], ...] = (
    lambda day: f"{day.month}.{day.day}",
    lambda day: f"{day.month:02}-{day.day:02}",
    lambda day: f"{day.month}月{day.day}日",
)
BETWEEN = ("-", " - ", "~", "\uff5e", "至", " 至 ", "到", "—", "——", "\u2013", "\uff0d", "→", "起至")
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2150, 12, 31))


@given(
    one=DAYS,
    other=DAYS,
    first=st.sampled_from(SPELLINGS),
    last=st.sampled_from(SPELLINGS),
    short=st.sampled_from((None, *SHORT)),
    between=st.sampled_from(BETWEEN),
    around=st.sampled_from((("", ""), ("自", "止"), ("从", ""), (" ", " "))),
)
def test_a_period_in_one_cell_is_read_as_people_write_it(
    one: dt.date, other: dt.date, first: Any, last: Any, short: Any, between: str, around: tuple[str, str]
) -> None:
    start, end = sorted((one, other))
    end_text = short(end) if short and start.year == end.year else last(end)
    written = f"{around[0]}{first(start)}{between}{end_text}{around[1]}"
    period = PeriodField(key="x", label="起止")
    read = period.read(written)
    assert read.value == {"start": start.isoformat(), "end": end.isoformat()}, written
    assert period.read(period.text(read.value)).note == ""


UNREADABLE: list[tuple[Field, object]] = [
    (MoneyField(key="x", label="金额"), "-1"),
    (MoneyField(key="x", label="金额"), "很多"),
    (DateField(key="x", label="日期"), "2026-02-30"),
    (PeriodField(key="x", label="起止"), "2026-05-31 至 2026-03-01"),
    (PeriodField(key="x", label="起止"), "2026-05-31 至"),
    (PeriodField(key="x", label="起止"), "三月"),
    (PeriodField(key="x", label="起止"), "2026.11.10"),
    (PeriodField(key="x", label="起止"), "2026-11-10-2026-13-10"),
    (PeriodField(key="x", label="起止"), "2026.12.10-11.10"),
    (QuantityField(key="x", label="数量"), "-2"),
    (PercentField(key="x", label="进度"), "120%"),
    (PercentField(key="x", label="进度"), "大约一半"),
    (ChoiceField(key="x", label="状态", options=OPTIONS), "停工"),
    (MultiChoiceField(key="x", label="状态", options=OPTIONS), "是、停工"),
    (AttachmentField(key="x", label="附件"), "函.pdf"),
    (ComputedField(key="x", label="算得", compute=lambda _f, _c: 1, shows=TextField(key="x", label="")), "1"),
    (TextField(key="x", label="文字", longest=3), "一二三四"),
    (TextField(key="x", label="文字"), "甲\0"),
    (TextField(key="x", label="文字"), "\ud840"),
]


@pytest.mark.parametrize(("item", "raw"), UNREADABLE)
def test_kinds_refuse_what_they_cannot_understand(item: Field, raw: object) -> None:
    with pytest.raises(Unreadable):
        item.read(raw)


@pytest.mark.parametrize(
    ("item", "sound", "wrong"),
    [
        (DateField(key="k", label="日期"), "2026-11-22", "下周三"),
        (DateField(key="k", label="日期"), "2026-11-22", 46027),
        (MoneyField(key="k", label="金额"), 123_450, "1234.5"),
        (MoneyField(key="k", label="金额"), 0, -1),
        (PercentField(key="k", label="进度"), "0.5", "120"),
        (QuantityField(key="k", label="数量", unit="台"), "12", "一打"),
        (ChoiceField(key="k", label="选项", options=(Option("a", "甲"),)), "a", "b"),
        (PersonField(key="k", label="人"), {"id": "", "name": "𠮷镕堃"}, {"id": "1"}),
        (PeriodField(key="k", label="起止"), {"start": "2026-01-01", "end": "2026-02-01"}, "2026-01-01"),
        (TextField(key="k", label="说明", longest=5), " 五个字 ", "超过了五个字的"),
        (AttachmentField(key="k", label="附件"), [{"sha256": "00", "name": "a.pdf", "size": 1}], ["a.pdf"]),
    ],
)
def test_a_stored_value_that_did_not_come_through_reading_is_told(item: Field, sound: Any, wrong: Any) -> None:
    assert item.fault(None) == ""
    assert item.fault(sound) == ""
    assert item.fault(wrong) != ""
