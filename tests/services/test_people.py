"""People, departments and roles."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed
from desktop.services import people
from desktop.services.changes import Done
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_TECHNICAL,
    PRESIDENT,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def run(world: World, use_case: Any, by: str = CLERK, **arguments: Any) -> Done[Any]:
    return world.office.run(world.who(by), partial(use_case, **arguments))


def row(world: World, name: str) -> people.PersonRow:
    (found,) = (item for item in world.office.read(partial(people.list_people, everyone=True)) if item.name == name)
    return found


def change(world: World, who: str, by: str = CLERK, version: int | None = None, **changes: Any) -> None:
    before = row(world, who)
    values = {
        "name": before.name,
        "staff_no": before.staff_no,
        "department_id": before.department_id,
        "phone": before.phone,
        "active": before.active,
    }
    version = before.version if version is None else version
    run(world, people.change_person, by, person_id=before.id, version=version, **(values | changes))


def assignment(world: World, name: str) -> UUID:
    (held,) = row(world, name).roles
    return held.assignment_id


def test_people_come_by_pinyin_and_are_found_by_name_number_and_initials(world: World) -> None:
    names = [item.name for item in world.office.read(people.list_people)]
    assert names.index(CLERK) < names.index(TECHNICAL) < names.index(HEAD)

    def found(text: str) -> list[str]:
        return [item.name for item in world.office.read(partial(people.list_people, text=text))]

    assert found("秀") == [CLERK]
    assert found("lxy") == [CLERK]
    assert found("0002") == [HEAD]
    assert found("𠮷") == [MANAGER]
    assert found("%") == found("_") == []


def test_a_person_is_added_and_told(world: World) -> None:
    done = run(world, people.add_person, name=" 𫖯 镕 ", staff_no=" 0100 ", phone="139")
    assert done.changes.touches("person")
    made = row(world, "𫖯镕")
    assert (made.id, made.staff_no, made.phone, made.active, made.roles) == (done.value, "0100", "139", True, ())


def test_a_name_that_cannot_be_is_refused(world: World) -> None:
    with world.unchanged():
        for name in ("", "  ", "甲\0", "\ud840", "甲" * 61):
            refusal(partial(run, world, people.add_person, name=name))


def test_ROLE_11_two_people_bear_one_name_but_not_one_staff_number(world: World) -> None:
    one = run(world, people.add_person, name="张伟", staff_no="0101").value
    two = run(world, people.add_person, name="张伟", staff_no="0102").value
    with world.unchanged():
        assert "0101" in refusal(lambda: run(world, people.add_person, name="李雷", staff_no="0101")).what
    shown = {ref.id: ref.full for ref in world.office.read(people.people_refs)}
    assert shown[one] != shown[two]
    assert world.office.read(partial(people.person_ref, person_id=one)).staff_no == "0101"


def test_only_those_who_may_manage_people_do(world: World) -> None:
    with world.unchanged():
        for by in (HEAD, MANAGER, PRESIDENT):
            for attempt in (
                partial(run, world, people.add_person, by, name="甲"),
                partial(run, world, people.add_department, by, name="新部"),
                partial(change, world, CLERK, by, phone="1"),
                partial(run, world, people.assign_role, by, person_id=world.who(by), role_key="clerk"),
                partial(run, world, people.end_role, by, assignment_id=assignment(world, HEAD)),
            ):
                refusal(attempt, NotAllowed)


def test_a_change_over_anothers_newer_change_is_refused(world: World) -> None:
    seen = row(world, HEAD).version
    change(world, HEAD, phone="111")
    with world.unchanged():
        refusal(lambda: change(world, HEAD, version=seen, phone="222"), Stale)
    assert row(world, HEAD).phone == "111"


def test_who_left_is_kept_out_of_lists(world: World) -> None:
    change(world, CLIENT_MANAGER, active=False)
    assert CLIENT_MANAGER not in [item.name for item in world.office.read(people.list_people)]
    assert CLIENT_MANAGER not in [ref.name for ref in world.office.read(people.people_refs)]
    assert not row(world, CLIENT_MANAGER).active
    change(world, CLIENT_MANAGER, active=True, name="㛃 喆二")
    assert row(world, "㛃喆二").active


def test_roles_hold_from_their_first_to_their_last_day(world: World) -> None:
    person = world.who(MANAGER)
    give = partial(run, world, people.assign_role, person_id=person, role_key="finance")
    give(since=D(2026, 11, 10), until=D(2026, 11, 20))
    for day, held in ((9, False), (10, True), (20, True), (21, False)):
        world.clock.set(D(2026, 11, day))
        roles = {item.role for item in world.office.read(partial(people.standing, person_id=person)).holdings}
        assert ("finance" in roles) is held
    with world.unchanged():
        refusal(lambda: give(since=D(2026, 11, 10), until=D(2026, 11, 9)))


def test_a_role_is_given_within_its_scope(world: World) -> None:
    person = world.who(MANAGER)
    with world.unchanged():
        for role in ("technical_head", "manager"):
            refusal(partial(run, world, people.assign_role, person_id=person, role_key=role))
    run(world, people.assign_role, person_id=person, role_key="quality", department_id=world.department("系统集成部"))
    (held,) = row(world, MANAGER).roles
    assert (held.title, held.where) == ("质量管理部门", "系统集成部")
    assert row(world, HEAD).roles[0].where == "全办公室"
    assert world.office.read(partial(people.role_line, person_id=person)) == "质量管理部门、项目经理"


def test_a_departments_role_reaches_into_its_parts(world: World) -> None:
    holdings = world.office.read(partial(people.standing, person_id=world.who(TECHNICAL))).holdings
    assert {item.department_id for item in holdings} == {world.department("系统集成部"), world.department("一组")}
    holdings = world.office.read(partial(people.standing, person_id=world.who(OTHER_TECHNICAL))).holdings
    assert {item.department_id for item in holdings} == {world.department("软件开发部")}


def test_a_role_ends(world: World) -> None:
    run(world, people.end_role, assignment_id=assignment(world, HEAD))
    assert row(world, HEAD).roles == ()


def test_the_last_who_may_manage_people_stays(world: World) -> None:
    with world.unchanged():
        assert "最后一个" in refusal(lambda: run(world, people.end_role, assignment_id=assignment(world, CLERK))).what
        assert "最后一个" in refusal(lambda: change(world, CLERK, active=False)).what
    run(world, people.assign_role, person_id=world.who(HEAD), role_key="keeper")
    change(world, CLERK, active=False)
    (keeper,) = (held for held in row(world, HEAD).roles if held.role_key == "keeper")
    with world.unchanged():
        refusal(lambda: run(world, people.end_role, HEAD, assignment_id=keeper.assignment_id))


def test_departments_stand_above_their_parts(world: World) -> None:
    names = [(item.name, item.parent) for item in world.office.read(people.list_departments)]
    assert names.index(("一组", "系统集成部")) == names.index(("系统集成部", "")) + 1
    made = run(world, people.add_department, name=" 二组 ", parent_id=world.department("系统集成部")).value
    assert made == world.department("二组")
    with world.unchanged():
        refusal(lambda: run(world, people.add_department, name="二组", parent_id=world.department("系统集成部")))
        refusal(lambda: run(world, people.add_department, name="  "))
        refusal(lambda: run(world, people.add_department, name="甲\0"))
    run(world, people.add_department, name="二组", parent_id=world.department("软件开发部"))


def test_a_department_is_renamed_once_by_one(world: World) -> None:
    (before,) = (item for item in world.office.read(people.list_departments) if item.name == "软件开发部")
    rename = partial(run, world, people.change_department, department_id=before.id, active=True)
    rename(version=before.version, name="软件事业部")
    with world.unchanged():
        refusal(lambda: rename(version=before.version, name="别的"), Stale)
    assert world.project("RJ-2026-902").department == "软件事业部"
