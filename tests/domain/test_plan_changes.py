"""Detail sheets of changes: what they hold makes the new plan of the old one, and their totals agree (CHG-1…6)."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar, calendar_facts, calendar_of
from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import PolicyError
from desktop.domain.field import Content, Facts
from desktop.domain.filing import DifferenceKind
from desktop.domain.form import OnPaper, begin, is_printed, problems_of, settle
from desktop.domain.forms import bind
from desktop.domain.forms.change import FORM
from desktop.domain.gates import holding
from desktop.domain.plan import REGISTERS, Line, Register, total
from desktop.domain.plan_changes import budget_rows, line_changes, procurement_rows, schedule_rows, sums_of
from desktop.domain.plan_rebase import rebase_plan, same_line
from tests.domain.samples import EPM, EPM_TEXT, load, project

PLAIN = WorkCalendar(frozenset(), frozenset(), dt.date(2030, 1, 1))
DAY = dt.date(2026, 11, 3)
IDS = [f"l{number}" for number in range(6)]
AMOUNTS = st.integers(0, 10**9)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


def lines_with(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lines of some ids, each once, in any order."""
    made = st.fixed_dictionaries({"id": st.sampled_from(IDS), **columns})
    return st.lists(made, unique_by=lambda line: line["id"], max_size=len(IDS))


PERIODS = st.tuples(DAYS, DAYS).map(lambda days: {"start": min(days).isoformat(), "end": max(days).isoformat()})
BUDGETS = lines_with(
    subject=st.sampled_from(["travel", "labour"]),
    month=st.sampled_from(["2026-11", "2026-12"]),
    amount=AMOUNTS,
    note=st.sampled_from([None, "出差"]),
)
PROCUREMENTS = lines_with(
    name=st.sampled_from(["交换机", "服务器"]),
    count=st.sampled_from(["1", "2.5"]),
    price=AMOUNTS,
    needed_on=st.just("2026-12-01"),
)
SCHEDULES = lines_with(name=st.sampled_from(["安装", "联调"]), period=PERIODS, milestone=st.sampled_from(["yes", "no"]))


def apply(register: Register, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, Line]:
    """The old lines with every difference carried out, by id."""
    made: dict[str, Line] = {str(line["id"]): line for line in old}
    for item in line_changes(register, old, new):
        if item.kind is DifferenceKind.REMOVED:
            del made[item.id]
        else:
            made[item.id] = item.after
    return made


@given(old=BUDGETS, new=BUDGETS)
def test_CHG_1_the_differences_make_the_new_plan_of_the_old_one(old: list[Any], new: list[Any]) -> None:
    assert apply(REGISTERS["budget"], old, new) == {line["id"]: line for line in new}
    assert line_changes(REGISTERS["budget"], old, list(reversed(old))) == []


@given(old=BUDGETS, new=BUDGETS)
def test_CHG_3_the_budget_sheet_leads_from_one_sum_to_the_other_by_subject_and_month(
    old: list[Any], new: list[Any]
) -> None:
    def by_place(lines: list[Any]) -> dict[Any, int]:
        sums: dict[Any, int] = {}
        for line in lines:
            place = line["subject"], line["month"]
            sums[place] = sums.get(place, 0) + line["amount"]
        return sums

    rows: list[Any] = list(budget_rows(old, new))
    assert len({row["id"] for row in rows}) == len(rows)
    assert sum(row["difference"] for row in rows) == total(new) - total(old)
    made = by_place(old)
    for row in rows:
        place = row["subject"], row["month"]
        made[place] = made.get(place, 0) + row["difference"]
        assert row["difference"] == (row["after"] or 0) - (row["before"] or 0)
    assert {key: value for key, value in made.items() if value} == {
        key: value for key, value in by_place(new).items() if value
    }


@given(old=PROCUREMENTS, new=PROCUREMENTS)
def test_CHG_2_the_procurement_sheet_adds_up_to_both_plans(old: list[Any], new: list[Any]) -> None:
    rows: list[Any] = list(procurement_rows(old, new))
    before, after = (sums_of({"procurement": lines}).procurement for lines in (old, new))
    assert sum(row["difference"] for row in rows) == after - before
    unchanged = {line["id"] for line in new} - {row["id"] for row in rows}
    kept = sum(sums_of({"procurement": [line]}).procurement for line in new if line["id"] in unchanged)
    assert kept + sum(row["after"] or 0 for row in rows) == after


@given(old=SCHEDULES, new=SCHEDULES)
def test_CHG_4_the_days_moved_lead_from_the_old_end_to_the_new(old: list[Any], new: list[Any]) -> None:
    for row in schedule_rows(old, new, PLAIN):
        before: Any = row["before"]
        after: Any = row["after"]
        if row["days"] is None:
            assert before is None or after is None or before["end"] == after["end"]
            continue
        end = dt.date.fromisoformat(before["end"]) + dt.timedelta(days=int(str(row["days"])))
        assert end.isoformat() == after["end"]
        assert abs(int(str(row["workdays"]))) <= abs(int(str(row["days"])))


@given(base=BUDGETS, mine=BUDGETS, theirs=BUDGETS)
def test_CHG_1_edits_replayed_on_a_newer_plan_lose_nothing_silently(
    base: list[Any], mine: list[Any], theirs: list[Any]
) -> None:
    register = REGISTERS["budget"]
    found = rebase_plan({"budget": base}, {"budget": mine}, {"budget": theirs})
    made = {line["id"]: line for line in found.lines["budget"]}
    assert len(made) == len(found.lines["budget"])
    was, own, now = ({line["id"]: line for line in lines} for lines in (base, mine, theirs))
    for key in own.keys() | now.keys():
        if key in was and key in own and same_line(register, own[key], was[key]):
            assert made.get(key) == now.get(key)
        if key in was and key in now and key in own and same_line(register, now[key], was[key]):
            assert same_line(register, made[key], own[key])
        if key not in was:
            assert key in made
    assert rebase_plan({"budget": base}, {"budget": mine}, {"budget": base}).conflicts == ()
    assert rebase_plan({"budget": base}, {"budget": base}, {"budget": theirs}).lines["budget"] == theirs


def test_a_calendar_goes_through_the_facts_unharmed() -> None:
    made = WorkCalendar(frozenset({dt.date(2026, 10, 1)}), frozenset({dt.date(2026, 10, 10)}), dt.date(2026, 12, 31))
    assert calendar_of(calendar_facts(made)) == made
    assert calendar_of({}).is_workday(dt.date(2026, 11, 3))
    assert not calendar_of({}).covers(dt.date(2026, 11, 3))


BUDGET: list[Any] = [{"id": "b1", "subject": "travel", "month": "2026-11", "amount": 500, "note": None}]
SCHEDULE: list[Any] = [
    {"id": "s1", "name": "联调", "period": {"start": "2026-11-01", "end": "2026-12-01"}, "milestone": "yes"}
]
PROCUREMENT: list[Any] = [{"id": "p1", "name": "交换机", "count": "2", "price": 100, "needed_on": "2026-12-01"}]
THREE: list[Any] = [{**PROCUREMENT[0], "count": "3"}]
FACTS: Facts = {
    "plan.baseline": 1,
    "plan.budget": BUDGET,
    "plan.schedule": SCHEDULE,
    "plan.procurement": PROCUREMENT,
    "project.amount": 1000,
    "project.planned_final_on": "2026-12-31",
}


def changed(facts: Facts = FACTS, **sections: Any) -> Content:
    form = bind("change", EPM)
    content = begin(form, facts)
    for key, value in sections.items():
        content[key] = {**content[key], **value} if isinstance(value, dict) else value
    return settle(form, content, facts)


def test_CHG_1_a_new_draft_is_the_plan_in_force_and_has_no_detail_sheet() -> None:
    content = changed()
    assert [line["amount"] for line in content["budget"]] == [500]
    printed = {section.key for section in FORM.sections if is_printed(section, content)}
    assert not printed & {"budget_change", "procurement_change", "schedule_change", "plan_change", *REGISTERS}
    assert all(FORM.section(key).on_paper is OnPaper.NEVER for key in REGISTERS)


def test_CHG_1_the_baseline_that_was_edited_keeps_its_first_number() -> None:
    content = changed()
    again = settle(bind("change", EPM), content, {**FACTS, "plan.baseline": 2})
    assert content["change"]["base"] == again["change"]["base"] == 1


@pytest.mark.parametrize(
    ("facts", "sections", "beyond"),
    [
        ({}, {"budget": [{**BUDGET[0], "amount": 1000}]}, False),
        ({}, {"budget": [{**BUDGET[0], "amount": 1001}]}, True),
        ({"contract.amount": 2000}, {"budget": [{**BUDGET[0], "amount": 1001}]}, False),
        ({"plan.budget": [{**BUDGET[0], "amount": 3000}]}, {"budget": [{**BUDGET[0], "amount": 2000}]}, False),
        ({}, {"schedule": [{**SCHEDULE[0], "period": {"start": "2026-11-01", "end": "2026-12-31"}}]}, False),
        ({}, {"schedule": [{**SCHEDULE[0], "period": {"start": "2026-11-01", "end": "2027-01-01"}}]}, True),
        ({}, {"change": {"new_planned_final_on": "2026-12-31"}}, False),
        ({}, {"change": {"new_planned_final_on": "2027-01-01"}}, True),
        ({}, {"procurement": [{**PROCUREMENT[0], "count": "9"}]}, False),
        ({"contract.items": [{"name": "交换机", "count": "2"}]}, {"procurement": THREE}, True),
        ({"contract.items": [{"name": "交换机", "count": "3"}]}, {"procurement": THREE}, False),
        ({"contract.items": [{"name": "服务器", "count": "3"}]}, {"procurement": THREE}, True),
        ({"contract.items": [{"name": "服务器", "count": "3"}]}, {"budget": [{**BUDGET[0], "amount": 1}]}, False),
    ],
)  # fmt: skip
def test_CHG_6_only_what_the_change_takes_beyond_the_contract_asks_the_president(
    facts: dict[str, Any], sections: dict[str, Any], beyond: bool
) -> None:
    known = {**FACTS, **facts}
    content = changed(known, **sections)
    assert ("change_beyond_contract" in holding(Case(EPM, DAY, project(), content, known))) is beyond


def test_CHG_4_a_change_leaves_no_task_that_waits_for_nothing_and_no_milestone_beyond_the_end() -> None:
    late = {**SCHEDULE[0], "period": {"start": "2026-11-01", "end": "2027-02-01"}, "after": "安装"}
    found = [
        item.text
        for item in problems_of(bind("change", EPM), changed(schedule=[late]), FACTS)
        if item.section == "schedule" and item.blocks
    ]
    assert any("前置任务“安装”在进度计划中没有" in text for text in found)
    assert any("晚于计划终验 2026-12-31" in text for text in found)


def test_CHG_2_conditions_follow_from_what_changed() -> None:
    mine = {"changes_procurement", "changes_budget", "changes_schedule", "changes_plan"}
    assert mine <= CONDITIONS.keys()

    def held(contract: str, **sections: Any) -> set[str]:
        case = Case(EPM, DAY, project(contract_kind=contract), changed(**sections), FACTS)
        return mine & holding(case)

    assert held("works") == set()
    assert held("works", procurement=[]) == {"changes_procurement"}
    assert held("virtual", procurement=[]) == {"changes_procurement"}
    assert held("virtual", budget=[]) == {"changes_budget"}
    assert held("works", schedule=[]) == {"changes_schedule"}
    assert held("works", risks=[{"id": "r1", "name": "工期"}]) == {"changes_plan"}
    assert holding(Case(EPM, DAY)) & mine == set()


def test_CHG_5_what_a_step_needs_is_one_of_the_known_conditions() -> None:
    needs = 'needs = ["handed_over"]'
    assert needs in EPM_TEXT
    with pytest.raises(PolicyError, match=r"form\.manager_change\.step\.pmo\.needs"):
        load(EPM_TEXT.replace(needs, 'needs = ["confirmed"]'))
