"""Budgets by 科目 and month, and what the forms of BUD say about them."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.budget import Balance, MonthWindow, next_month
from desktop.domain.field import Facts
from desktop.domain.form import Problem, begin, problems_of, settle
from desktop.domain.forms import bind
from tests.domain.samples import EPM

D = dt.date
FACTS: Facts = {
    "today": "2026-11-26",
    "next_month": "2026-12",
    "project.initiated_on": "2026-11-03",
    "money.planned": 100_000_00,
    "money.used": 20_000_00,
    "money.waiting": 5_000_00,
    "money.left": 75_000_00,
    "money.lines": [
        {"id": "travel", "title": "差旅费", "planned": 30_000_00, "used": 20_000_00, "waiting": 5_000_00},
        {"id": "equipment", "title": "设备采购费", "planned": 70_000_00, "used": 0, "waiting": 0},
    ],
    "money.months": [{"month": "2026-12", "amount": 1}],
}


def problems(form_key: str, facts: Facts = FACTS, **sections: Any) -> list[Problem]:
    form = bind(form_key, EPM)
    content = settle(form, {**begin(form, facts), **sections}, facts)
    return [item for item in problems_of(form, content, facts) if not item.text.endswith("还没有填写")]


def line(amount: int, subject: str = "travel", spent_on: str = "2026-11-20") -> dict[str, Any]:
    return {"id": f"{subject}-{amount}", "subject": subject, "amount": amount, "spent_on": spent_on, "text": "机票"}


@pytest.mark.parametrize(("day", "told"), [(24, True), (25, False), (27, False), (28, True)])
def test_BUD_1_the_window_is_told_and_stops_nobody(day: int, told: bool) -> None:
    window = MonthWindow(25, 27).missed(D(2026, 11, day))
    assert bool(window) is told
    found = problems("month_budget", {**FACTS, "window.month_budget": window})
    assert [item.rule for item in found if "25 日至 27 日" in item.text] == (["BUD-1"] if told else [])
    assert not any(item.blocks for item in found if item.rule == "BUD-1")


def test_BUD_1_a_month_that_is_over_is_not_budgeted() -> None:
    found = problems("month_budget", month={"month": "2026-10"})
    assert [item.text for item in found if item.blocks and item.rule == "BUD-1"] == ["2026-10 已经过去，不能再编制预算"]


def test_BUD_1_a_draft_begins_with_the_next_month() -> None:
    assert begin(bind("month_budget", EPM), FACTS)["month"]["month"] == "2026-12"
    assert (next_month(D(2026, 12, 31)), next_month(D(2027, 1, 31))) == ("2027-01", "2027-02")


@given(st.dates(D(2024, 1, 1), D(2032, 12, 31)), st.integers(1, 31), st.integers(1, 31))
def test_BUD_1_a_window_lies_in_its_month(day: D, one: int, other: int) -> None:
    start, end = MonthWindow(min(one, other, 28), max(one, other)).days(day)
    assert start.replace(day=1) == end.replace(day=1) == day.replace(day=1)
    assert start <= end


def test_BUD_2_a_first_month_needs_no_budget_of_its_own() -> None:
    within = problems("claim", lines=[line(1, spent_on="2026-11-20")])
    later = problems("claim", lines=[line(1, spent_on="2026-10-20")])
    assert [item.rule for item in within if "月费用预算" in item.text] == []
    (told,) = [item for item in later if "月费用预算" in item.text]
    assert (told.rule, told.blocks, told.line) == ("BUD-1", False, "travel-1")


def test_BUD_3_the_last_fen_may_be_claimed_and_not_one_more() -> None:
    left = 5_000_00
    assert not [item for item in problems("claim", lines=[line(left)]) if item.rule == "BUD-3"]
    (over,) = [item for item in problems("claim", lines=[line(left + 1)]) if item.rule == "BUD-3"]
    assert over.blocks
    assert over.line == f"travel-{left + 1}"
    for part in ("“差旅费”", "5,000.01 元", "可用余额 5,000.00 元 0.01 元", "费用预算变更（CHG-3）"):
        assert part in over.text


def test_BUD_3_lines_of_one_subject_count_together_and_another_has_its_own() -> None:
    lines = [line(3_000_00), line(2_500_00), line(70_000_00, "equipment")]
    over = [item for item in problems("claim", lines=lines) if item.rule == "BUD-3"]
    assert ["“差旅费”" in item.text for item in over] == [False, True]
    assert "合计" in over[0].text
    unplanned = problems("claim", lines=[line(1, "labour")])
    assert [item.blocks for item in unplanned if item.rule == "BUD-3"] == [True]


def test_BUD_3_a_budget_of_one_sum_is_asked_as_a_whole() -> None:
    facts: Facts = {**FACTS, "money.lines": []}
    assert not [item for item in problems("claim", facts, lines=[line(75_000_00, "labour")]) if item.rule == "BUD-3"]
    assert [item.blocks for item in problems("claim", facts, lines=[line(75_000_01)]) if item.rule == "BUD-3"] == [True]
    none: Facts = {"today": "2026-11-26"}
    assert "还没有费用预算" in problems("claim", none, lines=[line(1)])[0].text


def test_BUD_3_a_forecast_beyond_the_budget_calls_for_a_change() -> None:
    lines = [{"id": "a", "subject": "equipment", "amount": 75_000_01, "use": "服务器"}]
    over = [item for item in problems("month_budget", lines=lines) if item.rule == "BUD-3"]
    assert [item.blocks for item in over] == [True, False], "in all it stops, within one 科目 it warns"
    assert "费用预算变更" in over[0].text


def test_a_claim_shows_how_each_subject_stands_after_it() -> None:
    form = bind("claim", EPM)
    content = settle(form, {"lines": [line(1_000_00), line(500_00, "labour")]}, FACTS)
    travel, labour = content["standing"]
    assert (travel["claimed"], travel["left"]) == (1_000_00, 4_000_00)
    assert (labour["planned"], labour["claimed"], labour["left"]) == (None, 500_00, None)
    assert content["claim"]["total"] == 1_500_00


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_is_left_is_what_is_neither_used_nor_waiting(planned: int, used: int, waiting: int) -> None:
    balance = Balance("a", "甲", planned, used, waiting)
    assert balance.left + used + waiting == planned


def test_money_is_claimed_after_it_was_spent() -> None:
    found = problems("claim", lines=[line(1, spent_on="2026-11-27")])
    assert [item.text for item in found if "还没有到" in item.text] == ["发生日期 2026-11-27 还没有到"]
