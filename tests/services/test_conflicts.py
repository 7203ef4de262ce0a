"""Two people on one record: whoever saves second sees both values; nothing is overwritten in silence."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.conflicts import Conflict, Difference, Fate, Overtaken, Stale
from desktop.domain.errors import Refusal
from desktop.services import absences, mailing, people, roles, settings, stand_ins, submitting, work_calendar
from desktop.services.home import Home
from desktop.services.merging import merge_people
from desktop.services.office import Office, Work
from desktop.services.opening import open_office
from desktop.store.tables import Person
from tests.services.world import CLERK, CLIENT_MANAGER, HEAD, MANAGER, TECHNICAL, World, refusal

D = dt.date
DAY = D(2026, 10, 9)


@pytest.fixture
def other(world: World, tmp_path: Path) -> Iterator[Office]:
    """The same office at another desk, at which TECHNICAL sits, who is a clerk as well."""
    world.office.run(world.who(CLERK), partial(people.assign_role, person_id=world.who(TECHNICAL), role_key="clerk"))
    world.clock.pass_minutes()
    made = open_office(world.url, Home(tmp_path / "other"), world.clock)
    yield made
    made.close()


def theirs(world: World, other: Office, use_case: Callable[..., Any], **values: Any) -> None:
    other.run(world.who(TECHNICAL), partial(use_case, **values))
    world.clock.pass_minutes()


def mine(world: World, use_case: Callable[..., Any], **values: Any) -> Conflict:
    """My save came too late: what I am told."""
    stale = refusal(lambda: world.office.run(world.who(CLERK), partial(use_case, **values)), Stale)
    assert isinstance(stale, Stale)
    assert stale.conflict is not None
    assert TECHNICAL in stale.what
    return stale.conflict


def row(world: World, name: str) -> people.PersonRow:
    (found,) = (item for item in world.office.read(partial(people.list_people, everyone=True)) if item.name == name)
    return found


def person(item: people.PersonRow, **changes: Any) -> dict[str, Any]:
    kept = {"name": item.name, "staff_no": item.staff_no, "department_id": item.department_id, "phone": item.phone}
    return {"person_id": item.id, "version": item.version, **kept, "active": item.active, **changes}


def sides(conflict: Conflict) -> dict[str, tuple[str, str, str, bool]]:
    return {item.label: (item.before, item.theirs, item.mine, item.clash) for item in conflict.differences}


def test_the_second_sees_both_values_in_words_and_saves_what_was_decided(world: World, other: Office) -> None:
    seen = row(world, HEAD)
    software = world.department("软件开发部")
    changed = {"phone": "111", "department_id": software, "email": "head@example.com"}
    theirs(world, other, people.change_person, **person(seen, **changed))
    at = world.clock() - dt.timedelta(minutes=5)

    own = person(seen, phone="222", staff_no="9", email="")
    conflict = mine(world, people.change_person, **own)
    assert (conflict.what, conflict.fate, conflict.at) == (f"人员“{HEAD}”", Fate.CHANGED, at)
    assert conflict.who.startswith(TECHNICAL)
    assert sides(conflict) == {
        "工号": (seen.staff_no, seen.staff_no, "9", False),
        "部门": ("（空）", "软件开发部", "（空）", False),
        "电话": ("（空）", "111", "222", True),
        "邮箱": ("（空）", "head@example.com", "（空）", False),
    }
    assert row(world, HEAD).phone == "111"  # nothing was overwritten

    merged = {**own, **conflict.taken_over({"phone"}), "version": conflict.version}
    world.office.run(world.who(CLERK), partial(people.change_person, **merged))
    found = row(world, HEAD)
    assert (found.phone, found.staff_no, found.department_id, found.email) == ("111", "9", software, "head@example.com")


def test_mine_is_saved_where_i_decide_so_and_a_third_save_is_told_again(world: World, other: Office) -> None:
    seen = row(world, HEAD)
    theirs(world, other, people.change_person, **person(seen, phone="1"))
    own = person(seen, phone="2")
    conflict = mine(world, people.change_person, **own)
    theirs(world, other, people.change_person, **person(row(world, HEAD), phone="3"))
    again = {**own, **conflict.taken_over(set()), "version": conflict.version}
    conflict = mine(world, people.change_person, **again)
    assert sides(conflict)["电话"] == ("1", "3", "2", True)
    world.office.run(world.who(CLERK), partial(people.change_person, **{**again, "version": conflict.version}))
    assert row(world, HEAD).phone == "2"


def test_what_both_made_the_same_is_no_clash(world: World, other: Office) -> None:
    seen = row(world, HEAD)
    theirs(world, other, people.change_person, **person(seen, phone="1", staff_no="7"))
    conflict = mine(world, people.change_person, **person(seen, phone="1"))
    assert conflict.clashes == ()
    assert conflict.taken_over(set()) == {"phone": "1", "staff_no": "7"}


def test_a_department_that_was_renamed_and_moved_meanwhile(world: World, other: Office) -> None:
    seen = next(item for item in world.office.read(people.list_departments) if item.name == "一组")
    upper = world.department("软件开发部")
    change = partial(people.change_department, department_id=seen.id, version=seen.version, active=True)
    theirs(world, other, change, name="一组甲", parent_id=upper)
    conflict = mine(world, change, name="一组乙", parent_id=seen.parent_id)
    assert conflict.what == "部门“一组”"
    assert sides(conflict) == {
        "名称": ("一组", "一组甲", "一组乙", True),
        "上级部门": ("系统集成部", "软件开发部", "系统集成部", False),
    }


def test_the_office_itself(world: World, other: Office) -> None:
    version = world.office.version
    theirs(world, other, settings.change_office, name="新名", code="A", logo=None, version=version)
    conflict = mine(world, settings.change_office, name=world.office.name, code="B", logo=None, version=version)
    assert sides(conflict)["编号前缀"][1:] == ("A", "B", True)
    assert sides(conflict)["单位名称"][1] == "新名"


def test_a_day_of_the_calendar_that_another_set_or_took_back(world: World, other: Office) -> None:
    none = work_calendar.SeenDay()
    theirs(world, other, work_calendar.set_day, day=DAY, kind="holiday", note="厂庆", seen=none)
    conflict = mine(world, work_calendar.set_day, day=DAY, kind="workday", note="补班", seen=none)
    assert conflict.what == "日历中的“2026-10-09”"
    assert sides(conflict) == {"休/班": ("（空）", "休", "班", True), "说明": ("（空）", "厂庆", "补班", True)}
    onto = work_calendar.SeenDay(None, conflict.version)
    change = partial(work_calendar.set_day, day=DAY, kind="workday", note="补班", seen=onto)
    world.office.run(world.who(CLERK), change)
    (day,) = (item for item in world.office.read(partial(work_calendar.calendar_days, year=2026)) if item.day == DAY)
    assert day.note == "补班"

    seen = work_calendar.SeenDay(day.id, day.version)
    theirs(world, other, work_calendar.clear_day, day=DAY, seen=seen)
    conflict = mine(world, work_calendar.set_day, day=DAY, kind="holiday", note="", seen=seen)
    assert conflict.fate is Fate.DELETED
    conflict = mine(world, work_calendar.clear_day, day=DAY, seen=seen)
    assert conflict.fate is Fate.DELETED


def test_the_mail_server_field_by_field(world: World, other: Office) -> None:
    server = mailing.MailServer("smtp.a.cn", 465, mailing.Security.TLS, "pmo", "pmo@a.cn", "")
    world.office.run(world.who(CLERK), partial(mailing.change_mail_server, server=server))
    version = world.office.read(mailing.mail_server_version)
    changed = mailing.MailServer("smtp.b.cn", 587, mailing.Security.STARTTLS, "pmo", "pmo@a.cn", "")
    theirs(world, other, mailing.change_mail_server, server=changed, version=version)
    own = mailing.MailServer("smtp.c.cn", 465, mailing.Security.TLS, "pmo", "pmo@a.cn", "项目管理部")
    conflict = mine(world, mailing.change_mail_server, server=own, version=version)
    assert conflict.what == "设置“邮件服务器”"
    assert sides(conflict) == {
        "邮件服务器": ("smtp.a.cn", "smtp.b.cn", "smtp.c.cn", True),
        "端口": ("465", "587", "465", False),
        "加密方式": ("SSL/TLS", "STARTTLS", "SSL/TLS", False),
        "发件人名称": ("（空）", "（空）", "项目管理部", False),
    }
    assert conflict.taken_over(set()) == {"port": 587, "security": "starttls"}


def test_a_role_whose_days_another_corrected_is_not_ended_unseen(world: World, other: Office) -> None:
    held = next(role for role in row(world, TECHNICAL).roles if role.role_key == "clerk")
    until = D(2026, 12, 31)
    theirs(world, other, roles.change_role_days, assignment_id=held.assignment_id, since=held.since, until=until,
           version=held.version)  # fmt: skip
    conflict = mine(world, roles.end_role, assignment_id=held.assignment_id, version=held.version)
    assert sides(conflict) == {"止": ("不限", "2026-12-31", "2026-12-31", False)}
    conflict = mine(world, roles.change_role_days, assignment_id=held.assignment_id, since=held.since,
                    until=D(2026, 11, 30), version=held.version)  # fmt: skip
    assert sides(conflict)["止"] == ("不限", "2026-12-31", "2026-11-30", True)


def test_a_stand_in_that_was_ended_and_an_absence_that_was_taken_back_meanwhile(world: World, other: Office) -> None:
    days: dict[str, Any] = {"since": D(2026, 11, 2), "until": D(2026, 11, 20)}
    pair: dict[str, Any] = {"person_id": world.who(HEAD), "stand_in_id": world.who(MANAGER)}
    made = world.office.run(world.who(CLERK), partial(stand_ins.set_stand_in, **pair, **days)).value
    (seen,) = world.office.read(stand_ins.list_stand_ins)
    theirs(world, other, stand_ins.end_stand_in, delegation_id=made, version=seen.version)
    conflict = mine(world, stand_ins.end_stand_in, delegation_id=made, version=seen.version)
    assert sides(conflict)["到"][:2] == ("2026-11-20", "2026-11-02")

    note = partial(absences.note_absence, person_id=world.who(TECHNICAL), starts_on=DAY, ends_on=DAY, reason="")
    away = world.office.run(world.who(TECHNICAL), note).value
    theirs(world, other, absences.cancel_absence, absence_id=away, version=1)
    told = mine(world, absences.cancel_absence, absence_id=away, version=1)
    assert told.fate is Fate.DELETED
    assert TECHNICAL in told.what


def test_a_record_that_was_merged_meanwhile_is_told_apart(world: World, other: Office) -> None:
    counts = world.who(CLIENT_MANAGER)
    add = partial(people.add_person, name=CLIENT_MANAGER, staff_no="77")
    double = world.office.run(world.who(CLERK), add).value
    seen = next(item for item in world.office.read(people.list_people) if item.id == double)
    kept = next(item for item in world.office.read(people.list_people) if item.id == counts)
    theirs(world, other, merge_people, gone_id=double, counts_id=counts, gone_version=1, counts_version=kept.version)
    conflict = mine(world, people.change_person, **person(seen, phone="1"))
    assert (conflict.fate, conflict.into) == (Fate.MERGED, f"{CLIENT_MANAGER}（77）")
    assert (
        "重新添加"
        not in refusal(
            lambda: world.office.run(world.who(CLERK), partial(people.change_person, **person(seen, phone="1"))), Stale
        ).todo
    )


def test_a_record_that_never_was_is_no_conflict(world: World) -> None:
    seen = person(row(world, HEAD), person_id=UUID(int=7))
    told = refusal(lambda: world.office.run(world.who(CLERK), partial(people.change_person, **seen)))
    assert not isinstance(told, Stale)


def test_what_another_overtakes_between_reading_and_writing_is_done_anew(world: World) -> None:
    key, began = world.who(HEAD), []

    def raise_number(work: Work) -> None:
        began.append(work.session.fetch(Person, key).version)
        if len(began) == 1:
            raise Overtaken
        work.session.fetch(Person, key).phone += "1"

    world.office.run(world.who(CLERK), raise_number)
    assert (len(began), row(world, HEAD).phone) == (2, "1")


def test_unknown_values_count_as_changed_by_both() -> None:
    field = Difference("phone", "电话", "（不详）", "1", "2", by_them=True, by_me=True, theirs_value="1")
    conflict = Conflict("人员", Fate.CHANGED, 3, "他人", None, (field,))
    assert conflict.clashes == (field,)
    assert (conflict.taken_over({"phone"}), conflict.taken_over(set())) == ({"phone": "1"}, {})


def test_two_who_wait_for_each_other_are_both_served(world: World, other: Office) -> None:
    """A deadlock does not reach a person: the one that the server chose begins anew."""
    pair = (world.who(HEAD), world.who(MANAGER))
    meeting = threading.Barrier(2)

    def change_both(work: Work, order: tuple[UUID, UUID]) -> None:
        for number, key in enumerate(order):
            work.session.fetch(Person, key).phone += "1"
            work.session.flush()
            if not number:
                with suppress(threading.BrokenBarrierError):
                    meeting.wait(1)

    if world.office.database.file is not None:
        meeting.abort()  # one after the other by the file's lock
    with ThreadPoolExecutor(2) as pool:
        works = [
            pool.submit(office.run, world.who(by), partial(change_both, order=order))
            for office, by, order in ((world.office, CLERK, pair), (other, TECHNICAL, pair[::-1]))
        ]
        for work in works:
            work.result()
    assert {row(world, name).phone for name in (HEAD, MANAGER)} == {"11"}


def both_at_once(world: World, other: Office, mine: Callable[[Work], object], theirs: Callable[[Work], object]) -> int:
    """Two desks do something at the same time; how many of them could."""
    meeting = threading.Barrier(2)

    def do(office: Office, by: str, use_case: Callable[[Work], object]) -> bool:
        actor = world.who(by)

        def met(work: Work) -> object:
            if world.office.database.file is None:  # a file's writers come one after the other
                meeting.wait(20)
            return use_case(work)

        try:
            office.run(actor, met)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        works = [pool.submit(do, world.office, CLERK, mine), pool.submit(do, other, TECHNICAL, theirs)]
        return [work.result() for work in works].count(True)


def test_what_may_be_there_once_is_there_once_though_two_add_it_at_once(world: World, other: Office) -> None:
    head, department = world.who(HEAD), world.department("软件开发部")
    once: dict[str, Callable[[Work], object]] = {
        "staff number": partial(people.add_person, name="新来的", staff_no="700"),
        "department": partial(people.add_department, name="新部门"),
        "role": partial(people.assign_role, person_id=head, role_key="technical_head", department_id=department),
    }
    for use_case in once.values():
        assert both_at_once(world, other, use_case, use_case) == 1
    none = work_calendar.SeenDay()
    day = partial(work_calendar.set_day, day=DAY, kind="holiday", seen=none)
    assert both_at_once(world, other, partial(day, note="甲"), partial(day, note="乙")) == 1


def test_one_draft_handed_in_at_two_desks_at_once_is_one_filing(world: World, other: Office) -> None:
    draft = world.draft("suspension")
    submit = partial(submitting.submit_draft, draft=draft)
    manager = world.who(MANAGER)
    with ThreadPoolExecutor(2) as pool:
        works = [pool.submit(office.run, manager, submit) for office in (world.office, other)]
        assert {work.result().value for work in works} == {draft.id}
    assert world.page(draft.id).row.revision_no == 1
