"""A week of reports: written in one grid, sent project by project, decided together, and told by the clock."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.submission import StatusRow
from desktop.domain.weekly_clock import Timing
from desktop.services import my_week, week_queue
from desktop.services.my_week import MyWeek
from desktop.services.roles import assign_role
from desktop.services.submitting import Incomplete
from desktop.services.week_status import week_status
from desktop.store.ids import new_id
from desktop.store.tables import Absence, ReportLine
from tests.services.world import CLERK, MANAGER, RUNNING, SOFTWARE, TECHNICAL, World, refusal

WEEK, NEXT = "2026-W45", "2026-W46"
FRIDAY = dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC)
HELPER = "赵明"


@pytest.fixture
def week(world: World) -> World:
    """Friday of the week; a colleague is a member of the running project."""
    world.clock.now = FRIDAY.astimezone().replace(hour=16)
    give = partial(assign_role, person_id=world.who(HELPER), role_key="member", project_id=world.project().id)
    world.office.run(world.who(MANAGER), give)
    return world


def page(world: World, by: str, which: str = WEEK) -> MyWeek:
    return world.office.read(partial(my_week.my_week, actor=world.who(by), week=which))


def line(world: World, task: str = "机柜安装", number: str = RUNNING, **more: Any) -> dict[str, Any]:
    usual = {"status": "doing", "done": "40", "forecast": "2026-11-20", "work": "装好六台", "next": "装其余四台"}
    effort = [{"name": "", "hours": "24"}]
    project = str(world.project(number).id)
    return {"id": str(new_id()), "project": project, "task": task, "effort": effort, **usual, **more}


def send(world: World, by: str, *lines: dict[str, Any], which: str = WEEK) -> list[UUID]:
    return world.office.run(world.who(by), partial(my_week.send_week, week=which, lines=lines)).value


def row(world: World, person: str, which: str = WEEK, number: str = RUNNING) -> StatusRow:
    status = world.office.read(partial(week_status, actor=None, week=which))
    found = [item for item in status.rows if item.project.number == number and item.person]
    return next(item for item in found if item.person and item.person.name == person)


def test_WEEK_1_a_member_sends_one_grid_and_each_project_gets_its_report(week: World) -> None:
    give = partial(assign_role, person_id=week.who(HELPER), role_key="member", project_id=week.project(SOFTWARE).id)
    week.office.run(week.who(CLERK), give)
    begun = page(week, HELPER)
    assert {str(week.project(RUNNING).id), str(week.project(SOFTWARE).id)} == {item["project"] for item in begun.lines}
    first, second = send(week, HELPER, line(week), line(week, "联调", SOFTWARE))
    assert first != second
    assert len(page(week, HELPER).sent) == 2
    week.approve(first, MANAGER)
    kept = week.office.read(lambda reading: reading.session.scalars(select(ReportLine)).all())
    assert [(one.task, one.week, one.done, one.hours) for one in kept] == [("机柜安装", WEEK, 4000, 2400)]


def test_WEEK_1_next_week_begins_with_what_was_planned(week: World) -> None:
    send(week, HELPER, line(week), line(week, "布线", status="done", done="100"))
    week.clock.now += dt.timedelta(days=7)
    begun = page(week, HELPER, NEXT)
    assert [(one["task"], one["done"], one["work"]) for one in begun.lines] == [("机柜安装", "40", "装其余四台")]


def test_WEEK_1_what_was_written_is_kept_until_it_is_sent(week: World) -> None:
    me = week.who(HELPER)
    my_week.keep_week(week.office, me, WEEK, [line(week, "半截")])
    assert [one["task"] for one in page(week, HELPER).lines] == ["半截"]
    my_week.drop_week(week.office, me, WEEK)
    assert not page(week, HELPER).kept


def test_WEEK_2_progress_goes_back_only_with_a_word(week: World) -> None:
    send(week, HELPER, line(week, done="60"))
    week.clock.now += dt.timedelta(days=7)
    back = line(week, done="30")
    with pytest.raises(Incomplete, match="已完成 60%"):
        send(week, HELPER, back, which=NEXT)
    assert send(week, HELPER, {**back, "problems": "返工：桥架移位"}, which=NEXT)


def test_WEEK_1_a_week_sent_twice_is_refused_and_a_second_click_answers_the_same(week: World) -> None:
    one = line(week)
    assert send(week, HELPER, one) == send(week, HELPER, one)
    told = refusal(lambda: send(week, HELPER, line(week, "另一项")))
    assert "已经交过" in told.what


def test_WEEK_4_the_manager_returns_one_with_a_reason_and_approves_the_rest(week: World) -> None:
    send(week, HELPER, line(week))
    give = partial(assign_role, person_id=week.who(TECHNICAL), role_key="member", project_id=week.project().id)
    week.office.run(week.who(MANAGER), give)
    send(week, TECHNICAL, line(week, "图纸会审"))
    waiting = week.office.read(partial(week_queue.waiting_reports, actor=week.who(MANAGER)))
    assert {item.person.name for item in waiting if item.person} == {HELPER, TECHNICAL}
    verdicts = [
        week_queue.Verdict(item, Decision.APPROVE)
        if item.person and item.person.name == HELPER
        else week_queue.Verdict(item, Decision.RETURN, "请写明会审结论")
        for item in waiting
    ]
    assert week.office.run(week.who(MANAGER), partial(week_queue.decide_reports, verdicts=verdicts)).value == 2
    states = {item.person.name: week.page(item.filing_id).row.state for item in waiting if item.person}
    assert states == {HELPER: FilingState.APPROVED, TECHNICAL: FilingState.RETURNED}
    assert row(week, TECHNICAL).timing is Timing.WAITING


def test_WEEK_4_the_department_head_approves_the_managers_report(week: World) -> None:
    (filing,) = send(week, MANAGER, line(week))
    assert week.own_step(filing, TECHNICAL)
    assert not week.own_step(filing, MANAGER)


def test_WEEK_5_on_time_late_missing_and_excused(week: World) -> None:
    send(week, HELPER, line(week))
    assert row(week, HELPER).timing is Timing.ON_TIME
    assert row(week, MANAGER).timing is Timing.WAITING
    week.clock.now += dt.timedelta(hours=4)
    assert row(week, MANAGER).timing is Timing.MISSING
    send(week, MANAGER, line(week, "协调"))
    assert row(week, MANAGER).timing is Timing.LATE
    away = Absence(
        person_id=week.who(HELPER), starts_on=dt.date(2026, 11, 9), ends_on=dt.date(2026, 11, 15), reason="年假"
    )
    week.office.run(week.who(CLERK), lambda work: work.session.add(away))
    week.clock.now += dt.timedelta(days=7)
    assert (row(week, HELPER, NEXT).timing, row(week, HELPER, NEXT).reason) == (Timing.EXCUSED, "年假")


def test_WEEK_8_a_paused_project_is_excused_and_its_report_refused(week: World) -> None:
    status = week.office.read(partial(week_status, actor=None, week=WEEK))
    paused = [item for item in status.rows if item.project.state == "paused"]
    assert {item.timing for item in paused} == {Timing.EXCUSED}
    with pytest.raises(Refusal, match="不提交周报"):
        send(week, MANAGER, line(week, number="FW-2026-903"))


def test_ROLE_12_who_is_not_of_the_project_sends_nothing(week: World) -> None:
    with pytest.raises(NotAllowed):
        send(week, CLERK, line(week))


def test_WEEK_7_hours_beyond_the_week_are_told(week: World) -> None:
    begun = page(week, HELPER)
    lines = [line(week, effort=[{"name": "", "hours": "70"}])]
    found = week.office.read(partial(my_week.week_problems, actor=week.who(HELPER), page=begun, lines=lines))
    assert [(item.blocks, item.rule) for item in found] == [(False, "WEEK-7")]
