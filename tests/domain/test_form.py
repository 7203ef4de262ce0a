"""Forms: what they begin with, what is computed, what keeps them from being submitted."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.canonical import canonical_text
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField, DateField, MoneyField, QuantityField, TextField
from desktop.domain.form import (
    Form,
    Grid,
    LineTable,
    Problem,
    begin,
    begin_line,
    day_of,
    fields_of,
    lines_of,
    problems_of,
    settle,
)
from desktop.domain.forms import FORMS, bind
from desktop.domain.ledger import project_facts
from tests.domain.samples import EPM, MANAGER, PROJECT, paused, project
from tests.policies import policy_of

TODAY = dt.date(2026, 11, 22)
FACTS: Facts = {
    **project_facts(PROJECT, EPM, TODAY),
    "actor": {"id": "7", "name": "䶮𬭎"},
    "next_month": "2026-12",
}

TRY = Form(
    key="try",
    title="试",
    subject="project",
    posts="keep",
    sections=(
        Grid(
            key="grid",
            title="格",
            fields=(
                TextField(key="text", label="文字", required=True),
                MoneyField(key="money", label="金额"),
                DateField(key="on", label="日期", initially="today"),
                ComputedField(
                    key="double",
                    label="两倍",
                    shows=MoneyField(key="double", label="两倍"),
                    compute=lambda _facts, content: 2 * (content["grid"]["money"] or 0),
                ),
            ),
        ),
        LineTable(
            key="lines",
            title="表",
            at_least=1,
            columns=(TextField(key="name", label="名称", required=True), QuantityField(key="count", label="数量")),
        ),
    ),
)


def filled(form_key: str, facts: Facts, **sections: Any) -> Content:
    form = bind(form_key, EPM)
    content = begin(form, facts)
    for key, value in sections.items():
        content[key] = {**content[key], **value} if isinstance(content[key], dict) else value
    return settle(form, content, facts)


def problems(form_key: str, facts: Facts, **sections: Any) -> list[Problem]:
    found = problems_of(bind(form_key, EPM), filled(form_key, facts, **sections), facts)
    return [item for item in found if not item.text.endswith("还没有填写")]


@pytest.mark.parametrize("key", FORMS)
def test_a_new_draft_begins_with_what_is_known(key: str) -> None:
    form = bind(key, policy_of(key))
    content = begin(form, FACTS)
    assert list(content) == [section.key for section in form.sections]
    for section in form.sections:
        if isinstance(section, LineTable):
            assert content[section.key] == []
            continue
        for item in fields_of(section):
            value = content[section.key][item.key]
            if item.initially:
                assert value == FACTS.get(item.initially)
            elif not isinstance(item, ComputedField):
                assert value == item.usual
    canonical_text(content)


def test_facts_of_the_project_are_copied() -> None:
    content = begin(bind("suspension", EPM), FACTS)
    assert content["project"]["name"] == PROJECT.name
    assert content["project"]["state"] == "实施"
    assert content["project"]["kind"] == "系统集成"
    assert content["project"]["department"] == "系统集成部 / 一组"
    assert content["project"]["manager"] == {"id": str(MANAGER.id), "name": MANAGER.name}
    assert content["reason"]["pause_from"] == "2026-11-22"
    assert content["meanwhile"]["contact"] == {"id": "7", "name": "䶮𬭎"}


def test_computed_values_follow_the_content_and_cannot_be_typed() -> None:
    settled = settle(TRY, {"grid": {"money": 150, "double": 7}}, FACTS)
    assert settled["grid"]["double"] == 300
    again = settle(TRY, {**settled, "grid": {**settled["grid"], "money": 1}}, FACTS)
    assert again["grid"]["double"] == 2


def test_what_the_form_does_not_know_is_left_out() -> None:
    settled = settle(TRY, {"grid": {"text": "甲", "alien": 1}, "alien": {}, "lines": [{"id": "1", "alien": 2}]}, FACTS)
    assert settled == {
        "grid": {"text": "甲", "money": None, "on": None, "double": 0},
        "lines": [{"id": "1", "name": None, "count": None}],
    }


def test_a_blank_has_one_spelling() -> None:
    """Signatures bind to the text: an emptied field must not differ from one that was never filled."""
    never = settle(TRY, {"grid": {}, "lines": [{"id": "1"}]}, FACTS)
    emptied = settle(TRY, {"grid": {"text": "", "on": None}, "lines": [{"id": "1", "name": "", "count": None}]}, FACTS)
    assert canonical_text(never) == canonical_text(emptied)


@given(st.dictionaries(st.sampled_from(["text", "money", "on"]), st.none() | st.just("") | st.integers(0, 9)))
def test_settling_twice_changes_nothing(grid: dict[str, Any]) -> None:
    once = settle(TRY, {"grid": grid}, FACTS)
    assert settle(TRY, once, FACTS) == once


def test_settling_leaves_what_it_was_given_alone() -> None:
    given_content = {"grid": {"money": 1}, "lines": [{"id": "1", "name": "甲"}]}
    settle(TRY, given_content, FACTS)
    assert given_content == {"grid": {"money": 1}, "lines": [{"id": "1", "name": "甲"}]}


def test_blanks_are_told_in_the_forms_order_with_their_place() -> None:
    content = settle(TRY, {"lines": [{"id": "a", "name": "甲"}, {"id": "b", "name": "", "count": "0"}]}, FACTS)
    found = problems_of(TRY, content, FACTS)
    assert [(item.section, item.field, item.line, item.text) for item in found] == [
        ("grid", "text", "", "“格”中的“文字”还没有填写"),
        ("lines", "name", "b", "“表”第 2 行的“名称”还没有填写"),
    ]
    assert all(item.blocks for item in found)


def test_a_table_that_must_not_be_empty() -> None:
    found = problems_of(TRY, settle(TRY, {"grid": {"text": "甲"}}, FACTS), FACTS)
    assert [item.text for item in found] == ["“表”至少要填 1 行"]


def test_what_blocks_comes_before_what_is_worth_a_look() -> None:
    form = replace(
        TRY,
        checks=(
            lambda _content, _facts: [Problem("grid", "on", "看一眼", blocks=False)],
            lambda _content, _facts: [Problem("lines", "", "不行")],
        ),
    )
    found = problems_of(
        form, settle(form, {"grid": {"text": "甲"}, "lines": [{"id": "1", "name": "甲"}]}, FACTS), FACTS
    )
    assert [item.text for item in found] == ["不行", "看一眼"]


def test_zero_is_an_answer() -> None:
    required = MoneyField(key="money", label="金额", required=True)
    form = replace(TRY, sections=(Grid(key="grid", title="格", fields=(required,)),))
    assert problems_of(form, {"grid": {"money": 0}}, FACTS) == []
    assert problems_of(form, {"grid": {"money": None}}, FACTS) != []


@pytest.mark.parametrize(
    "item", [field for section in TRY.sections for field in fields_of(section)], ids=lambda i: i.key
)
def test_nothing_reads_as_nothing(item: Field) -> None:
    assert item.text(None) == ""


def test_a_form_has_its_sections() -> None:
    assert TRY.has("grid")
    assert not TRY.has("x")
    with pytest.raises(KeyError):
        TRY.section("x")
    assert lines_of({}, "lines") == ()
    assert day_of({"grid": {"on": "2026-11-22"}}, "grid", "on") == TODAY
    assert day_of({}, "grid", "on") is None


# ---- the checks of the shipped forms


def test_PAUSE_5_a_pause_beyond_three_months_is_pointed_out_and_does_not_block() -> None:
    assert problems("suspension", FACTS, reason={"pause_from": "2026-11-30", "resume_by": "2027-02-28"}) == []
    (found,) = problems("suspension", FACTS, reason={"pause_from": "2026-11-30", "resume_by": "2027-03-01"})
    assert (found.rule, found.blocks) == ("PAUSE-5", False)


@pytest.mark.parametrize(("start", "end"), [("2026-12-01", "2026-12-01"), ("2026-12-02", "2026-12-01")])
def test_a_pause_ends_after_it_began(start: str, end: str) -> None:
    (found,) = problems("suspension", FACTS, reason={"pause_from": start, "resume_by": end})
    assert (found.field, found.blocks) == ("resume_by", True)


def test_a_resumption_in_the_past_is_refused() -> None:
    found = problems("suspension", FACTS, reason={"pause_from": "2026-10-01", "resume_by": "2026-11-22"})
    assert [item.blocks for item in found] == [True]


@pytest.mark.parametrize(
    ("budget", "spent", "share"),
    [(1000, 625, "62.5"), (1000, 1000, "100"), (3, 1, "33.3"), (None, 1, None), (0, 1, None)],
)
def test_the_share_of_the_budget_that_is_used(budget: int | None, spent: int, share: str | None) -> None:
    facts = project_facts(project(budget=budget), EPM, TODAY)
    assert filled("suspension", facts, progress={"spent": spent})["progress"]["used_share"] == share


def test_PAUSE_4_an_impact_is_described() -> None:
    facts = project_facts(paused(dt.date(2026, 8, 31)), EPM, TODAY)
    plan = {"schedule_impact": "change", "budget_impact": "none", "planned_preliminary_on": "2026-11-01"}
    assert [item.field for item in problems("resumption", facts, plan=plan)] == [
        "schedule_note",
        "planned_preliminary_on",
    ]
    mended = plan | {"schedule_note": "顺延三个月", "planned_preliminary_on": "2027-02-01"}
    assert problems("resumption", facts, plan=mended) == []


@pytest.mark.parametrize("verdict", ["extend", "close", "withdraw"])
def test_PAUSE_5_a_verdict_names_its_day(verdict: str) -> None:
    facts = project_facts(paused(dt.date(2026, 8, 10)), EPM, TODAY)
    consulted = [{"id": "1", "department": "商务部", "person": None, "on": None, "view": None}]
    assert [
        item.field for item in problems("overdue_opinion", facts, opinion={"verdict": verdict}, consulted=consulted)
    ] == ["until"]
    past = {"verdict": verdict, "until": "2026-11-22"}
    assert [item.field for item in problems("overdue_opinion", facts, opinion=past, consulted=consulted)] == ["until"]
    later = {"verdict": verdict, "until": "2027-02-22"}
    assert problems("overdue_opinion", facts, opinion=later, consulted=consulted) == []
    assert problems("overdue_opinion", facts, opinion={"verdict": "resume"}, consulted=consulted) == []


@pytest.mark.parametrize(
    ("project_paused", "days"),
    [
        (paused(dt.date(2026, 8, 10)), "12"),
        (paused(dt.date(2026, 8, 31)), "0"),
        (paused(dt.date(2026, 8, 10), pause_until=dt.date(2026, 11, 20)), "2"),
        (project(), None),
    ],
)
def test_PAUSE_5_days_beyond_the_limit(project_paused: Any, days: str | None) -> None:
    facts = project_facts(project_paused, EPM, TODAY)
    assert filled("overdue_opinion", facts)["project"]["overdue"] == days


def test_CLOSE_2_the_customer_has_accepted_before_the_closing_starts() -> None:
    assert problems("closing_start", FACTS, acceptance={"accepted_on": "2026-11-22"}) == []
    (found,) = problems("closing_start", FACTS, acceptance={"accepted_on": "2026-11-23"})
    assert found.rule == "CLOSE-2"


def test_CLOSE_4_what_was_not_delivered_is_explained() -> None:
    results = [{"id": "1", "name": "软件", "submitted": "part"}, {"id": "2", "name": "手册", "submitted": "yes"}]
    (found,) = problems("closing", FACTS, results=results)
    assert (found.rule, found.line) == ("CLOSE-4", "1")
    assert problems("closing", FACTS, results=[{**results[0], "note": "二期交付"}, results[1]]) == []


def test_claims_left_open_are_explained_and_the_balance_is_worked_out() -> None:
    done = [{"id": "1", "name": "手册", "submitted": "yes"}]
    (found,) = problems("closing", FACTS, results=done, money={"claims": "some"})
    assert found.field == "claims_note"
    assert filled("closing", FACTS, money={"spent": 2_000_000_000})["money"]["balance"] == -200_000_000
    assert filled("closing", FACTS)["money"]["balance"] is None


def test_CHG_5_three_people_hand_over() -> None:
    one, two = {"id": "1", "name": "甲"}, {"id": "", "name": "乙"}
    people = {"giver": one, "receiver": two, "witness": one, "note": "无"}
    assert [item.text for item in problems("handover", FACTS, people=people)] == ["监交人与移交人是同一个人"]
    assert problems("handover", FACTS, people=people | {"witness": {"id": "2", "name": "甲"}}) == []


def test_something_is_handed_over_or_the_sheet_says_that_there_is_nothing() -> None:
    assert [item.field for item in problems("handover", FACTS, people={"note": None})] == ["note"]
    assert problems("handover", FACTS, documents=[{"id": "1", "name": "图纸"}]) == []


def test_a_ledger_line_does_not_contradict_itself() -> None:
    lines = [
        {"id": "1", "number": "A", "planned_preliminary_on": "2026-06-01", "planned_final_on": "2026-05-01"},
        {"id": "2", "number": "B"},
        {"id": "3", "number": "A"},
        {"id": "4", "number": None, "preliminary_on": "2026-06-01", "final_on": "2026-06-01"},
        {"id": "5", "number": None, "paused_on": "2026-06-01", "resume_by": "2026-05-01"},
    ]
    found = problems("opening", FACTS, projects=lines)
    assert [(item.line, item.field) for item in found] == [
        ("1", "planned_final_on"),
        ("1", "number"),
        ("3", "number"),
        ("5", "resume_by"),
    ]


def test_what_nearly_all_take_stands_there_from_the_beginning_and_nothing_else_is_guessed() -> None:
    content = begin(bind("contract", EPM), {})["contract"]
    assert {key: value for key, value in content.items() if value is not None} == {"kind": "works", "outsourced": "no"}
    schedule = bind("initiation", EPM).section("schedule")
    assert isinstance(schedule, LineTable)
    assert begin_line(schedule) == {"milestone": "no"}


def test_a_usual_option_that_the_policy_has_not_is_left_blank() -> None:
    kinds = tuple(item for item in EPM.contract_kinds if item.key != "works")
    other = replace(EPM, contract_kinds=kinds)
    assert begin(bind("contract", other), {})["contract"]["kind"] is None
