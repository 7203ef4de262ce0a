"""Roles per department and per project, with several holders and their days (ROLE-11), and who may give them."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.errors import NotAllowed
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services import people, role_overview, roles
from desktop.services.people_history import person_history
from desktop.services.projects import ProjectQuery, project_ids, subject_of
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PRESIDENT,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def give(world: World, name: str, role: str, by: str = CLERK, **place: Any) -> UUID:
    use_case = partial(people.assign_role, person_id=world.who(name), role_key=role, **place)
    return world.office.run(world.who(by), use_case).value


def run(world: World, use_case: Any, by: str = CLERK, **arguments: Any) -> Any:
    return world.office.run(world.who(by), partial(use_case, **arguments)).value


def history(world: World, name: str) -> list[tuple[str, str]]:
    found = world.office.read(partial(roles.role_history, person_id=world.who(name)))
    return [(role.text, role.time(world.office.today())) for role in found]


def test_ROLE_11_a_projects_roles_are_given_by_the_pmo_and_by_its_manager(world: World) -> None:
    project, other = world.project(RUNNING).id, world.project(SOFTWARE).id
    give(world, QUALITY, "member", HEAD, project_id=project)
    give(world, QUALITY, "team_leader", MANAGER, project_id=project)
    with world.unchanged():
        told = refusal(lambda: give(world, QUALITY, "member", MANAGER, project_id=other), NotAllowed)
        refusal(lambda: give(world, QUALITY, "member", PRESIDENT, project_id=project), NotAllowed)
    assert "项目经理" in told.todo or "查看这个项目" in told.what
    held = world.office.read(partial(people.standing, person_id=world.who(QUALITY)))
    policy = world.office.policy
    assert may(policy, held, Action.SEE, subject_of(world.project(RUNNING)))


def test_ROLE_11_who_manages_a_project_gives_no_role_that_reaches_beyond_it(world: World) -> None:
    project = world.project(RUNNING).id
    with world.unchanged():
        for role in ("finance", "clerk", "technical_head", "keeper"):
            refusal(partial(give, world, MANAGER, role, MANAGER, project_id=project))
            refusal(partial(give, world, MANAGER, role, CLERK, project_id=project))
        refusal(lambda: give(world, OTHER_MANAGER, "manager", CLERK, project_id=project))
        refusal(lambda: give(world, OTHER_MANAGER, "finance", CLERK, department_id=world.department("一组")))


def test_ROLE_11_a_members_projects_are_seen_until_the_role_ends(world: World) -> None:
    name = OTHER_MANAGER
    mine = partial(project_ids, actor=world.who(name), query=ProjectQuery())
    before = set(world.office.read(mine))
    project = world.project(RUNNING).id
    assert project not in before
    held = give(world, name, "member", MANAGER, project_id=project, until=D(2026, 11, 20))
    assert set(world.office.read(mine)) == before | {project}
    world.clock.set(D(2026, 11, 21))
    assert set(world.office.read(mine)) == before
    run(world, roles.change_role_days, MANAGER, assignment_id=held, since=D(2026, 11, 3), until=None)
    assert project in world.office.read(mine)
    run(world, roles.end_role, MANAGER, assignment_id=held)
    assert set(world.office.read(mine)) == before


def test_ROLE_11_several_hold_one_role_and_past_and_future_ones_are_told(world: World) -> None:
    first = give(world, MANAGER, "finance", since=D(2026, 1, 1), until=D(2026, 6, 30))
    give(world, MANAGER, "finance", since=D(2026, 12, 1))
    give(world, MANAGER, "business")
    assert history(world, MANAGER) == [("财务部", "future"), ("商务部", "now"), ("财务部", "past")]
    with world.unchanged():
        assert "2026-01-01" in refusal(lambda: give(world, MANAGER, "finance", since=D(2026, 6, 30))).what
        change = partial(run, world, roles.change_role_days, assignment_id=first)
        refusal(lambda: change(since=D(2026, 6, 1), until=D(2026, 5, 1)))
        refusal(lambda: change(since=D(2026, 6, 1), until=None))
    world.clock.pass_minutes()
    change(since=D(2026, 2, 1), until=D(2026, 11, 30))
    assert history(world, MANAGER)[-1] == ("财务部", "now")
    told = [entry.text for entry in world.office.read(partial(person_history, person_id=world.who(MANAGER)))]
    assert told[0] == "更改财务部"
    assert "担任商务部" in told


def test_a_role_that_has_not_begun_is_taken_back(world: World) -> None:
    later = give(world, MANAGER, "finance", since=D(2026, 12, 1))
    run(world, roles.end_role, assignment_id=later)
    assert history(world, MANAGER) == []


def test_the_last_keepers_role_gets_no_last_day(world: World) -> None:
    (clerk,) = (
        role
        for role in world.office.read(partial(roles.role_history, person_id=world.who(CLERK)))
        if role.role_key == "clerk"
    )
    change = partial(run, world, roles.change_role_days, assignment_id=clerk.assignment_id, since=clerk.since)
    with world.unchanged():
        refusal(lambda: change(until=D(2026, 12, 31)))
    give(world, HEAD, "keeper")
    change(until=D(2026, 12, 31))


def test_who_left_and_a_retired_department_get_no_role(world: World) -> None:
    place = run(world, people.add_department, name="撤并部")
    rows = {row.name: row for row in world.office.read(people.list_departments)}
    retire = partial(run, world, people.change_department, name="撤并部", active=False, department_id=place)
    retire(version=rows["撤并部"].version)
    gone = run(world, people.add_person, name="离去", staff_no="0900")
    person = next(row for row in world.office.read(people.list_people) if row.id == gone)
    leave = partial(run, world, people.change_person, name="离去", staff_no="0900", phone="", department_id=None)
    leave(person_id=gone, version=person.version, active=False)
    with world.unchanged():
        assert "停用" in refusal(lambda: give(world, MANAGER, "technical_head", department_id=place)).what
        assert "不在职" in refusal(lambda: run(world, people.assign_role, person_id=gone, role_key="finance")).what
        refusal(lambda: run(world, people.add_person, name="新来", department_id=place))


def places(world: World, role: str) -> list[role_overview.RolePlace]:
    found = world.office.read(role_overview.role_places)
    return [place for place in found if place.role_key == role]


def holes(world: World) -> set[tuple[str, str, int]]:
    return {(place.title, place.where, place.waits) for place in world.office.read(role_overview.vacancies)}


def test_ROLE_11_roles_that_chains_need_and_nobody_holds_are_shown_per_department(world: World) -> None:
    assert [(place.where, place.names.partition("（")[0]) for place in places(world, "technical_head")] == [
        ("系统集成部", TECHNICAL),
        ("软件开发部", OTHER_TECHNICAL),
    ]
    assert ("质量管理部门", "软件开发部", 2) in holes(world)
    assert ("技术部门负责人", "软件开发部", 2) not in holes(world)
    assert ("项目管理部负责人", "全办公室", 0) not in holes(world)
    (held,) = (role for role in world.office.read(partial(roles.role_history, person_id=world.who(OTHER_TECHNICAL))))
    run(world, roles.end_role, assignment_id=held.assignment_id)
    assert ("技术部门负责人", "软件开发部", 2) in holes(world)
    (head,) = (role for role in world.office.read(partial(roles.role_history, person_id=world.who(HEAD))))
    run(world, roles.end_role, assignment_id=head.assignment_id)
    assert ("项目管理部负责人", "全办公室", 0) in holes(world)


def test_a_head_of_a_part_answers_for_the_parts_projects_alone(world: World) -> None:
    give(world, QUALITY, "technical_head", department_id=world.department("一组"))
    (held,) = (role for role in world.office.read(partial(roles.role_history, person_id=world.who(TECHNICAL))))
    run(world, roles.end_role, assignment_id=held.assignment_id)
    found = {place.where: (place.waits, place.vacant) for place in places(world, "technical_head")}
    assert found["一组"] == (0, False)
    assert found["系统集成部"] == (1, True)
