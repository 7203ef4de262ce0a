"""Checks over the registers of a plan: every problem at its own cell (INIT-1, INIT-2, ROLE-3, CHG-6)."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS
from desktop.domain.form import Problem
from desktop.domain.plan_checks import (
    beyond_contract,
    check_money,
    check_months,
    check_people,
    check_procurement,
    check_products,
    planned_cost,
)
from desktop.domain.schedule.checks import check_schedule
from tests.domain.samples import EPM, project

DAY = dt.date(2026, 11, 3)


def task(key: str, start: str, end: str, after: str = "", **more: Any) -> dict[str, Any]:
    days = {"start": start, "end": end}
    return {"id": key, "name": f"任务{key}", "period": days, "milestone": "no", "after": after, **more}


def places(problems: Iterable[Problem]) -> list[tuple[str, str, str, bool]]:
    return [(item.section, item.line, item.field, item.blocks) for item in problems]


def schedule(*lines: dict[str, Any], until: str | None = None, **facts: Any) -> list[tuple[str, str, str, bool]]:
    return places(check_schedule({"schedule": list(lines)}, facts, until))


A = task("1", "2026-01-01", "2026-01-10")


def test_INIT_1_a_schedule_in_order_has_no_problems() -> None:
    assert schedule(A, task("2", "2026-01-10", "2026-02-01", "任务1"), task("3", "2026-03-01", "2026-03-02")) == []


@pytest.mark.parametrize(
    ("line", "field", "blocks"),
    [
        (task("2", "2026-01-11", "2026-02-01", "没有这一项"), "after", True),
        (task("2", "2026-01-11", "2026-02-01", "任务1、任务2"), "after", True),
        (task("2", "2026-01-09", "2026-02-01", " 任务 1 "), "period", False),
        (task("2", "2026-01-11", "2026-02-01", name="任务1"), "name", True),
    ],
    ids=["a predecessor that is not there", "its own predecessor", "too early", "a name twice"],
)
def test_INIT_1_what_is_out_of_order_is_told_at_its_cell(line: dict[str, Any], field: str, blocks: bool) -> None:
    assert schedule(A, line) == [("schedule", "2", field, blocks)]


def test_INIT_1_a_circle_is_told_at_each_of_its_tasks_and_no_other() -> None:
    lines = [
        task("1", "2026-01-01", "2026-01-02", "任务3"),
        task("2", "2026-01-02", "2026-01-02", "任务1"),
        task("3", "2026-01-02", "2026-01-01", "任务2"),
        task("4", "2026-02-01", "2026-02-02", "任务3"),
        task("5", "2025-01-01", "2025-01-02"),
    ]
    assert {(line, field) for _section, line, field, _blocks in schedule(*lines)} == {
        ("1", "after"),
        ("2", "after"),
        ("3", "after"),
    }


def test_INIT_1_milestones_stay_within_the_project() -> None:
    late = task("1", "2027-01-01", "2027-07-01", milestone="yes")
    assert schedule(late, until="2027-06-30") == [("schedule", "1", "period", True)]
    assert schedule({**late, "milestone": "no"}, until="2027-06-30") == [("schedule", "1", "period", False)]
    assert schedule(late, **{"project.planned_final_on": "2027-06-30"}) == [("schedule", "1", "period", False)]
    assert schedule(late, until="2027-07-01") == []


NUMBERS = st.integers(min_value=0, max_value=9)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.sets(NUMBERS, max_size=3)), max_size=10))
def test_INIT_1_any_schedule_is_judged_by_its_order(made: list[tuple[int, int, set[int]]]) -> None:
    """Without problems the tasks can be done one after another; what each problem says is true."""
    lines = []
    for key, (start, length, needs) in enumerate(made):
        first = DAY + dt.timedelta(days=start)
        names = "、".join(f"任务{need}" for need in sorted(needs))
        lines.append(task(str(key), first.isoformat(), (first + dt.timedelta(days=length)).isoformat(), names))
    by_name = {line["name"]: line for line in lines}
    wrong = set()
    for line in lines:
        for name in predecessors(line):
            before = by_name.get(name)
            if before is None or before is line or reaches(by_name, name, line["name"]):
                wrong.add((line["id"], "after"))
            elif before["period"]["end"] > line["period"]["start"]:
                wrong.add((line["id"], "period"))
    found = schedule(*lines)
    assert {(line, field) for _section, line, field, _blocks in found} == wrong
    assert all(blocks == (field == "after") for _section, _line, field, blocks in found)


def predecessors(line: dict[str, Any]) -> list[str]:
    return [name for name in line["after"].split("、") if name]


def reaches(by_name: dict[str, Any], start: str, goal: str) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name in by_name and name not in seen:
            seen.add(name)
            waiting += predecessors(by_name[name])
    return False


def test_INIT_2_every_work_product_has_its_milestone() -> None:
    content: dict[str, Any] = {
        "schedule": [task("1", "2026-01-01", "2026-01-10", milestone="yes"), task("2", "2026-02-01", "2026-02-02")],
        "products": [
            {"id": "p1", "name": "图纸", "milestone": "任务 1", "due_on": "2026-01-10"},
            {"id": "p2", "name": "报告", "milestone": "任务2", "due_on": "2026-01-10"},
            {"id": "p3", "name": "手册", "milestone": "任务1", "due_on": "2026-01-11"},
        ],
    }
    assert places(check_products(content, {})) == [
        ("products", "p2", "milestone", True),
        ("products", "p3", "due_on", False),
    ]
    assert places(check_products(content, {}, fixed=True)) == [
        ("schedule", "", "", True),
        ("schedule", "1", "period", False),
    ]


def test_who_answers_for_a_task_is_a_colleague_of_the_team() -> None:
    known, stranger = {"id": "7", "name": "㛃喆"}, {"id": "", "name": "外聘"}
    content: dict[str, Any] = {
        "organization": [{"id": "o", "person": {"id": "8", "name": "𫖯"}}],
        "schedule": [task("1", "2026-01-01", "2026-01-02", owner=known)],
        "risks": [{"id": "r", "owner": stranger}],
    }
    assert places(check_people(content, {})) == [("schedule", "1", "owner", False), ("risks", "r", "owner", False)]
    assert places(check_people({**content, "organization": []}, {})) == [("risks", "r", "owner", False)]


def test_INIT_1_months_after_the_project_are_told() -> None:
    lines = [{"id": "1", "month": "2027-06"}, {"id": "2", "month": "2027-07"}]
    assert places(check_months({"budget": lines}, "2027-06-20")) == [("budget", "2", "month", False)]
    assert places(check_months({"budget": lines})) == []


def bought(key: str, name: str, count: str, price: int, model: str = "") -> dict[str, Any]:
    return {"id": key, "name": name, "model": model, "count": count, "price": price}


def spent(subject: str, amount: int) -> dict[str, Any]:
    return {"id": f"{subject}{amount}", "subject": subject, "month": "2026-12", "amount": amount}


COSTS: dict[str, Any] = {
    "procurement": [bought("1", "机柜", "2", 300)],
    "budget": [spent("travel", 100), spent("equipment", 500)],
}


def test_INIT_1_equipment_is_counted_once() -> None:
    assert planned_cost(COSTS) == 700
    assert planned_cost({**COSTS, "procurement": []}) == 600


@pytest.mark.parametrize(
    ("amount", "sections"),
    [(701, []), (700, []), (699, ["budget"]), (599, ["budget", "procurement"]), (None, [])],
)
def test_CHG_6_what_costs_more_than_the_contract_is_told(amount: int | None, sections: list[str]) -> None:
    found = list(check_money(COSTS, {"contract.amount": amount}))
    assert [item.section for item in found] == sections
    assert not any(item.blocks for item in found)


ITEMS = [bought("c1", "交换机", "2", 1000, "S12700"), bought("c2", "机柜", "4", 500), bought("c3", "空调", "1", 900)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([bought("1", "交换机", "2", 1000, "s12700"), bought("2", "机柜", "4", 500), bought("3", "空调", "1", 1)], []),
        ([bought("1", "交换机", "2", 1000), bought("2", "机柜", "4", 500), bought("3", "空调", "1", 1)], []),
        ([bought("1", "交换机", "3", 1001, "S12700"), *ITEMS[1:]], [("1", "count"), ("1", "price")]),
        ([*ITEMS, bought("9", "服务器", "1", 1)], [("9", "name")]),
        ([*ITEMS, bought("9", "机柜", "0.5", 1)], [("9", "count")]),
        (ITEMS[:2], [("", "")]),
        ([*ITEMS[:1], bought("2", "机柜", "3", 1), ITEMS[2]], [("", "")]),
    ],
    ids=["as agreed", "without model", "more and dearer", "extra", "more in two lines", "missing", "less"],
)
def test_ROLE_3_procurement_is_compared_line_by_line(lines: list[Any], expected: list[tuple[str, str]]) -> None:
    found = list(check_procurement({"procurement": lines}, {"contract.items": ITEMS}))
    assert [(item.line, item.field) for item in found] == expected
    assert all(item.rule == "ROLE-3" and not item.blocks for item in found)


def test_ROLE_3_nothing_is_compared_where_no_contract_is_registered() -> None:
    assert list(check_procurement({"procurement": ITEMS}, {})) == []


def holds(content: dict[str, Any], **facts: Any) -> bool:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return not CONDITIONS["beyond_contract"](Case(EPM, DAY, project(), content, named))


def test_CHG_6_a_condition_says_what_leaves_the_contract() -> None:
    inside = {"budget": [spent("travel", 100)], "procurement": ITEMS}
    assert not holds(inside, contract__amount=100_000, contract__items=ITEMS)
    assert holds(inside, contract__amount=99, contract__items=ITEMS)
    assert holds({**inside, "procurement": [*ITEMS, bought("9", "服务器", "1", 1)]}, contract__items=ITEMS)
    assert not holds({**inside, "procurement": ITEMS[:2]}, contract__items=ITEMS)
    late = {"schedule": [task("1", "2027-01-01", "2027-06-02")]}
    assert holds(late, project__planned_final_on="2027-06-01")
    assert not holds(late, project__planned_final_on="2027-06-02")


def test_CHG_6_a_register_that_a_form_leaves_out_counts_as_it_is_in_force() -> None:
    facts: Any = {"contract.amount": 1000, "plan.budget": [spent("travel", 800)]}
    assert beyond_contract({"procurement": [bought("1", "机柜", "1", 201)]}, facts)
    assert not beyond_contract({"procurement": [bought("1", "机柜", "1", 200)]}, facts)


def test_INIT_5_only_a_good_result_lets_the_project_go_on() -> None:
    feasible: Callable[[Case], str] = CONDITIONS["feasible"]
    told = {
        verdict: feasible(Case(EPM, DAY, project(), facts={"feasibility.conclusion": verdict}))
        for verdict in ("good", "limited", "bad", None)
    }
    assert told["good"] == ""
    assert all(told[verdict] for verdict in ("limited", "bad", None))
