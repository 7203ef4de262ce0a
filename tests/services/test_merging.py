"""Two records of one person, or of one department, become one without rewriting history (ROLE-11)."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import drafting, merging, merging_departments, people, projects
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.naming import People
from desktop.services.people_history import department_history, person_history
from desktop.services.projects import ProjectQuery, subject_of
from desktop.services.standing import holders
from desktop.store.tables import Delegation, Department, SignOff
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def run(world: World, use_case: Any, by: str = CLERK, **arguments: Any) -> Any:
    return world.office.run(world.who(by), partial(use_case, **arguments)).value


def row(world: World, person_id: UUID) -> people.PersonRow:
    found = world.office.read(partial(people.list_people, everyone=True))
    return next(item for item in found if item.id == person_id)


def merge(world: World, gone: UUID, counts: UUID, by: str = CLERK) -> Any:
    versions = {"gone_version": row(world, gone).version, "counts_version": row(world, counts).version}
    return run(world, merging.merge_people, by, gone_id=gone, counts_id=counts, **versions)


def second(world: World, name: str, **more: Any) -> UUID:
    made = run(world, people.add_person, name=name, **{"staff_no": "0777", **more})
    assert isinstance(made, UUID)
    return made


def test_ROLE_11_everything_open_of_a_merged_person_goes_to_the_one_that_counts(world: World) -> None:
    gone, counts = world.who(MANAGER), second(world, "吉镕堃", staff_no="0500")
    run(world, people.assign_role, person_id=gone, role_key="finance")
    run(world, people.assign_role, person_id=gone, role_key="business", since=D(2025, 1, 1), until=D(2025, 6, 1))
    paper = world.submitted("suspension")
    told = merge(world, gone, counts)
    kinds = {move.kind: move.names for move in told.moved}
    assert RUNNING in kinds["担任项目经理的项目"]
    assert len(kinds["填写的未结表单"]) == 1
    assert any("姓名不同" in text for text in told.warnings)
    assert world.project(RUNNING).manager is not None
    assert world.project(RUNNING).manager.id == counts  # type: ignore[union-attr]
    assert [role.role_key for role in row(world, counts).roles] == ["finance"]
    assert not row(world, gone).active
    assert row(world, gone).merged_into.startswith("吉镕堃")
    world.ids["吉镕堃"] = counts
    mine = partial(filing_ids, actor=counts, query=FilingQuery(author_id=counts))
    assert world.office.read(mine) == [paper]
    seen = world.office.read(partial(projects.project_ids, actor=counts, query=ProjectQuery()))
    assert world.project(RUNNING).id in seen
    assert all(ref.id != gone for ref in world.office.read(people.people_refs))
    assert world.office.read(partial(people.person_ref, person_id=gone)).id == counts
    history = [entry.text for entry in world.office.read(partial(person_history, person_id=counts))]
    assert any(text.startswith("并入吉镕堃") for text in history)
    assert verify_office(world.office) == []


def test_ROLE_11_what_was_signed_stays_under_the_record_that_signed(world: World) -> None:
    paper = world.submitted("suspension")
    world.sign(paper, TECHNICAL)
    gone = world.who(TECHNICAL)
    counts = second(world, TECHNICAL, staff_no="0501")
    told = merge(world, gone, counts)
    assert any("1 个字" in text for text in told.kept)
    with world.office.reading() as reading:
        (signed,) = reading.session.scalars(select(SignOff.signer_id).where(SignOff.filing_id == paper))
    assert signed == gone
    assert world.page(paper).row.state is FilingState.IN_APPROVAL
    with world.office.reading() as reading:
        subject = subject_of(world.project())
        found = holders(reading.session, reading.policy, "technical_head", subject, reading.today)
    assert [person.id for person in found] == [counts]


def test_a_merger_is_told_before_it_is_done(world: World) -> None:
    gone, counts = world.who(MANAGER), second(world, MANAGER)
    with world.unchanged():
        told = world.office.read(partial(merging.preview_person_merger, gone_id=gone, counts_id=counts))
    assert merge(world, gone, counts) == told
    assert "移过去" in told.text


def test_who_signed_a_filing_under_both_records_is_warned_of(world: World) -> None:
    paper = world.submitted("suspension")
    world.approve(paper, TECHNICAL, HEAD)
    look = partial(merging.preview_person_merger, gone_id=world.who(TECHNICAL), counts_id=world.who(HEAD))
    warnings = world.office.read(look).warnings
    assert any("暂停申请表" in text and "两步" in text for text in warnings)


def test_roles_and_stand_ins_that_both_had_become_one(world: World) -> None:
    counts, gone = world.who(HEAD), second(world, HEAD, staff_no="")
    run(world, people.assign_role, person_id=gone, role_key="pmo_head", since=D(2026, 1, 1), until=D(2026, 12, 31))
    with world.office.work(world.who(CLERK)) as work:
        days: dict[str, Any] = {"since": D(2026, 11, 1), "until": D(2026, 11, 30)}
        work.session.add(Delegation(person_id=gone, stand_in_id=world.who(CLERK), **days))
        work.session.add(Delegation(person_id=gone, stand_in_id=counts, **days))
    merge(world, gone, counts)
    assert [role.title for role in row(world, counts).roles] == ["项目管理部负责人"]
    assert row(world, gone).roles == ()
    with world.office.reading() as reading:
        links = {(item.person_id, item.stand_in_id, item.until) for item in reading.session.scalars(select(Delegation))}
    assert links == {(counts, world.who(CLERK), D(2026, 11, 30)), (gone, counts, D(2026, 11, 2))}


def test_particulars_that_the_one_that_counts_lacks_are_taken_over(world: World) -> None:
    place = world.department("一组")
    gone, counts = second(world, "张伟", phone="139", department_id=place), second(world, "张伟", staff_no="")
    merge(world, gone, counts)
    kept = row(world, counts)
    assert (kept.staff_no, kept.phone, kept.department) == ("0777", "139", "一组")
    run(world, people.change_person, person_id=counts, version=kept.version, name="张玮", staff_no="0777",
        department_id=place, phone="", active=True)  # fmt: skip


def test_mergers_that_cannot_be_are_refused(world: World) -> None:
    gone, counts, third = second(world, "甲", staff_no="1"), second(world, "乙", staff_no="2"), world.who(MANAGER)
    with world.unchanged():
        refusal(lambda: merge(world, gone, gone))
        refusal(lambda: merge(world, gone, counts, HEAD), NotAllowed)
        assert "坐在这里" in refusal(lambda: merge(world, world.who(CLERK), counts)).what
        stale = partial(run, world, merging.merge_people, gone_id=gone, counts_id=counts)
        refusal(lambda: stale(gone_version=99, counts_version=1), Stale)
    merge(world, gone, counts)
    with world.unchanged():
        assert "已经并入" in refusal(lambda: merge(world, third, gone)).what
        assert "已经并入" in refusal(lambda: merge(world, gone, third)).what
        edit = partial(run, world, people.change_person, person_id=gone, version=row(world, gone).version)
        refusal(lambda: edit(name="甲", staff_no="", department_id=None, phone="", active=True))
    merge(world, counts, third)
    assert world.office.read(partial(people.person_ref, person_id=gone)).id == third
    leave(world, third)
    with world.unchanged():
        refusal(lambda: merge(world, world.who(CLIENT_MANAGER), third))


def leave(world: World, person_id: UUID) -> None:
    item = row(world, person_id)
    kept = {key: getattr(item, key) for key in ("name", "staff_no", "department_id", "phone")}
    run(world, people.change_person, person_id=person_id, version=item.version, active=False, **kept)


def test_the_keepers_role_goes_with_the_person(world: World) -> None:
    counts = second(world, "李秀瑛")
    run(world, people.assign_role, person_id=world.who(HEAD), role_key="keeper")
    merge(world, world.who(CLERK), counts, HEAD)
    assert {role.role_key for role in row(world, counts).roles} == {"clerk"}


def test_a_merged_name_in_a_ledger_means_the_one_that_counts(world: World) -> None:
    gone, counts = second(world, "王 五"), second(world, "王武", staff_no="0502")
    merge(world, gone, counts)
    with world.office.work(world.who(CLERK)) as work:
        assert People(work).find({"id": "", "name": "王五"}, None) == counts
        assert People(work).find({"id": str(gone), "name": "王五"}, None) == counts


def department(world: World, name: str) -> people.DepartmentRow:
    return next(item for item in world.office.read(people.list_departments) if item.name == name)


def merge_departments(world: World, gone: str, counts: str, by: str = CLERK) -> Any:
    one, other = department(world, gone), department(world, counts)
    versions = {"gone_version": one.version, "counts_version": other.version}
    return run(world, merging_departments.merge_departments, by, gone_id=one.id, counts_id=other.id, **versions)


def test_ROLE_11_a_departments_second_record_is_retired_with_all_that_moves(world: World) -> None:
    gone = department(world, "软件开发部").id
    counts = run(world, people.add_department, name="软件部")
    run(world, people.add_department, name="测试组", parent_id=gone)
    told = merge_departments(world, "软件开发部", "软件部")
    assert {move.kind for move in told.moved} == {"人员", "下级部门", "项目", "角色"}
    assert world.project(SOFTWARE).department_id == counts
    assert department(world, "测试组").parent == "软件部"
    assert "软件开发部" not in {item.name for item in world.office.read(people.list_departments)}
    with world.office.work(world.who(CLERK)) as work:
        assert people.find_or_add_department(work.session, "软件开发部", None) == counts
        subject = subject_of(projects.find_project(work, SOFTWARE))
        found = holders(work.session, work.policy, "technical_head", subject, work.today)
    assert len(found) == 1
    with world.office.reading() as reading:
        version = reading.session.fetch(Department, gone).version
    rename = partial(run, world, people.change_department, department_id=gone, name="复活", active=True)
    with world.unchanged():
        assert "已经并入" in refusal(lambda: rename(version=version)).what
    told_in_history = [entry.text for entry in world.office.read(partial(department_history, department_id=gone))]
    assert told_in_history[0] == "并入软件部"
    assert verify_office(world.office) == []


def test_departments_that_cannot_be_merged_are_refused(world: World) -> None:
    other = run(world, people.add_department, name="系统集成一部")
    run(world, people.add_department, name="一组", parent_id=other)
    attempts: tuple[tuple[Callable[[], Any], str], ...] = (
        (lambda: merge_departments(world, "系统集成部", "系统集成部"), "同一个部门"),
        (lambda: merge_departments(world, "系统集成一部", "系统集成部"), "一组"),
        (lambda: merge_departments(world, "一组", "软件开发部"), "同一个上级"),
    )
    with world.unchanged():
        for attempt, word in attempts:
            assert word in refusal(attempt).what
        refusal(lambda: merge_departments(world, "系统集成一部", "软件开发部", HEAD), NotAllowed)


def test_a_department_is_no_part_of_itself(world: World) -> None:
    top, part = department(world, "系统集成部"), department(world, "一组")
    change = partial(run, world, people.change_department)
    with world.unchanged():
        for above in (top.id, part.id):
            attempt = partial(
                change, department_id=top.id, version=top.version, name=top.name, active=True, parent_id=above
            )
            assert "上级部门" in refusal(attempt).what
        assert (
            "不能停用"
            in refusal(lambda: change(department_id=top.id, version=top.version, name=top.name, active=False)).what
        )
    change(
        department_id=part.id,
        version=part.version,
        name="一组",
        active=True,
        parent_id=department(world, "软件开发部").id,
    )
    assert department(world, "一组").parent == "软件开发部"


def test_ROLE_11_a_correction_is_readable_afterwards(world: World) -> None:
    item = row(world, world.who(HEAD))
    run(world, people.change_person, person_id=item.id, version=item.version, name="张建囯", staff_no="0002",
        department_id=None, phone="", active=True)  # fmt: skip
    newest = world.office.read(partial(person_history, person_id=item.id))[0]
    assert (newest.text, newest.details) == ("更正", ("姓名：张建国 → 张建囯",))
    assert newest.author.startswith(CLERK)


def test_two_of_one_name_are_told_apart_or_not_taken(world: World) -> None:
    place = world.department("一组")
    run(world, people.add_person, name="阿卜杜拉·买买提", department_id=place)
    with world.unchanged():
        assert (
            "一组" in refusal(lambda: run(world, people.add_person, name="阿卜杜拉·买买提", department_id=place)).what
        )
        refusal(lambda: run(world, people.add_person, name="丙", staff_no="9" * 41))
        refusal(lambda: run(world, people.add_person, name="丙", phone="1\0"))
    run(world, people.add_person, name="阿卜杜拉·买买提", department_id=world.department("软件开发部"))


def test_ROLE_11_managers_of_one_name_are_told_apart_in_lists(world: World) -> None:
    assert world.project().manager.shown == MANAGER  # type: ignore[union-attr]
    second(world, MANAGER, staff_no="0503")
    assert world.project().manager.shown == f"{MANAGER}（一组）"  # type: ignore[union-attr]


def test_drafts_of_a_merged_record_are_the_survivors(world: World) -> None:
    draft = world.draft("suspension")
    gone, counts = world.who(MANAGER), second(world, "吉镕堃")
    merge(world, gone, counts)
    (mine,) = drafting.list_drafts(world.office, counts)
    assert (mine.id, mine.author_id) == (draft.id, counts)
    assert drafting.load_draft(world.office, draft.id).author_id == counts
    world.ids["吉镕堃"] = counts
    filing = world.submit(drafting.save_draft(world.office, counts, mine), "吉镕堃")
    assert world.page(filing).row.author == "吉镕堃"


def test_ROLE_11_a_step_that_names_a_merged_person_is_signed_by_the_one_that_counts(world: World) -> None:
    paper = world.submitted("handover")
    page = world.page(paper)
    gone = world.who(OTHER_MANAGER)
    while [person.id for person in page.signers] != [gone]:
        world.sign(paper, page.signers[0].name)
        page = world.page(paper)
    counts = second(world, "接替记录")
    merge(world, gone, counts)
    world.ids["接替记录"] = counts
    assert [person.id for person in world.page(paper).signers] == [counts]
    world.approve(paper, "接替记录")
    assert counts not in [person.id for person in world.page(paper).signers]
