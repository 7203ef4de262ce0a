"""The ledger's lists: found, filtered, sorted, seen by those who may."""

from functools import partial
from typing import Any

from desktop.services import form_offers, projects
from desktop.services.gate_view import gate_view
from desktop.services.projects import ProjectQuery
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    CLOSED,
    FINANCE,
    HEAD,
    MANAGER,
    NUMBERLESS,
    OTHER_TECHNICAL,
    PAUSED,
    PRESIDENT,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)


def names(world: World, by: str = CLERK, **query: Any) -> list[str]:
    wanted = ProjectQuery(**query)
    ids = world.office.read(lambda reading: projects.project_ids(reading, world.who(by), wanted))
    return [row.number or row.name for row in world.office.read(lambda reading: projects.project_rows(reading, ids))]


FOUND: dict[str, list[str]] = {
    "综合监控": [RUNNING],
    "监控系统": [RUNNING],
    "jc-2026": [RUNNING],
    "BHXZHJK": [RUNNING],
    "zhjk": [RUNNING],
    "HT-2026-11": [RUNNING],
    "ht-2026": [RUNNING],
    "滨海轨道": [RUNNING],
    "metro": [SOFTWARE],
    "𠮷镕堃": [PAUSED, RUNNING],
    "abc": [NUMBERLESS],
    "ABC": [NUMBERLESS],
    "zhabcpt": [NUMBERLESS],
    "滨海　监控": [RUNNING],
    "监控 票务": [],
    "100%": [],
    "_": [],
    "\\": [],
    "'; DROP TABLE project; --": [],
}


def test_projects_are_found_by_name_number_customer_person_and_initials(world: World) -> None:
    assert {text: names(world, text=text) for text in FOUND} == FOUND


def test_projects_are_filtered(world: World) -> None:
    assert names(world, states=("implementing", "paused")) == [PAUSED, RUNNING, SOFTWARE]
    assert names(world, kinds=("software",)) == [SOFTWARE, NUMBERLESS]
    assert names(world, department_id=world.department("系统集成部")) == [PAUSED, CLOSED, RUNNING]
    assert names(world, department_id=world.department("一组")) == [RUNNING]
    assert names(world, MANAGER, mine=True) == [PAUSED, RUNNING]
    assert names(world, CLIENT_MANAGER, mine=True) == [RUNNING, SOFTWARE]
    assert names(world, text="监控", states=("paused",)) == []


ORDERS = {
    "number": [PAUSED, CLOSED, RUNNING, SOFTWARE],
    "name": [RUNNING, PAUSED, CLOSED, SOFTWARE, NUMBERLESS],
    "amount": [CLOSED, SOFTWARE, RUNNING],
}


def test_every_sort_orders_and_leaves_blanks_last(world: World) -> None:
    every = sorted(names(world))
    for sort in projects.SORTS:
        known = ORDERS.get(sort, [])
        for descending, expected in ((False, known), (True, known[::-1])):
            order = names(world, sort=sort, descending=descending)
            assert sorted(order) == every, sort
            assert order[: len(expected)] == expected, sort


SEEN = {
    CLERK: [PAUSED, CLOSED, RUNNING, SOFTWARE, NUMBERLESS],
    PRESIDENT: [PAUSED, CLOSED, RUNNING, SOFTWARE, NUMBERLESS],
    FINANCE: [PAUSED, CLOSED, RUNNING, SOFTWARE, NUMBERLESS],
    TECHNICAL: [PAUSED, CLOSED, RUNNING],
    OTHER_TECHNICAL: [SOFTWARE, NUMBERLESS],
    MANAGER: [PAUSED, RUNNING],
    CLIENT_MANAGER: [RUNNING, SOFTWARE],
}


def test_everybody_sees_what_the_policy_lets_them(world: World) -> None:
    assert {by: names(world, by) for by in SEEN} == SEEN
    for by, seen in SEEN.items():
        total = partial(projects.project_totals, actor=world.who(by), query=ProjectQuery())
        assert world.office.read(total).count == len(seen)
        for number in (RUNNING, SOFTWARE, PAUSED):
            may = partial(projects.may_see, actor=world.who(by), project_id=world.project(number).id)
            assert world.office.read(may) is (number in seen)


def test_totals_sum_what_is_shown(world: World) -> None:
    def total(**query: Any) -> tuple[int, int]:
        wanted = ProjectQuery(**query)
        found = world.office.read(lambda reading: projects.project_totals(reading, world.who(CLERK), wanted))
        return found.count, found.amount

    assert total() == (5, 2_982_000_001)
    assert total(text="票务") == (1, 420_000_000)
    assert total(text="没有") == (0, 0)


def test_one_project_by_number_and_id(world: World) -> None:
    project = world.project()
    assert project.manager is not None
    assert (project.manager.name, project.department, project.sub_department) == (MANAGER, "系统集成部", "一组")
    assert world.office.read(partial(projects.get_project, project_id=project.id)) == project
    refusal(lambda: world.project("JC-9999"))
    refusal(lambda: world.office.read(partial(projects.get_project, project_id=world.who(CLERK))))
    assert world.office.read(partial(projects.project_rows, ids=[world.who(CLERK), project.id])) == [project]


def test_the_forms_that_may_be_started_say_who_and_why_not(world: World) -> None:
    def offers(by: str, number: str) -> dict[str, form_offers.FormOffer]:
        project = world.project(number).id
        found = world.office.read(lambda reading: form_offers.allowed_forms(reading, world.who(by), project))
        return {item.form_key: item for item in found if item.form_key in looked_at}

    looked_at = {"suspension", "resumption", "overdue_opinion", "closing_start", "closing", "handover"}
    assert {key for key, item in offers(MANAGER, RUNNING).items() if item.allowed} == {
        "suspension",
        "closing_start",
        "handover",
    }
    of_the_clerk = {key for key, item in offers(CLERK, PAUSED).items() if item.allowed}
    assert of_the_clerk == {"handover", "overdue_opinion"}
    (reason,) = offers(CLERK, PAUSED)["closing_start"].unmet
    assert (reason.rule, "暂停中" in reason.text) == ("PAUSE-5", True), "barred, and the menu says why"
    assert {key for key, item in offers(HEAD, PAUSED).items() if item.allowed} == {"overdue_opinion"}
    assert not [key for key, item in offers(CLERK, CLOSED).items() if item.allowed]
    refused = offers(TECHNICAL, PAUSED)["suspension"]
    assert (refused.permitted, refused.who) == (False, "项目经理")
    assert "暂停" in refused.unmet[0].text
    looked_at.add("opening")
    assert "opening" not in offers(CLERK, RUNNING)


def test_the_gates_as_a_project_stands(world: World) -> None:
    view = partial(gate_view, project_id=world.project(PAUSED).id)
    assert [(gate.key, len(gate.unmet)) for gate in world.office.read(view)] == [("weekly_report", 1), ("claim", 1)]
    running = partial(gate_view, project_id=world.project().id)
    assert [gate.unmet for gate in world.office.read(running)] == [(), ()]
