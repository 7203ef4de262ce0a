"""What weekly reporting asks of each seat, on the workbench."""

import datetime as dt
from functools import partial

import pytest

from desktop.domain.clocks import Urgency
from desktop.services.due import counts, todo
from desktop.services.roles import assign_role
from desktop.services.todos import Todo
from tests.services.test_weekly import FRIDAY, HELPER, line, send
from tests.services.world import CLERK, MANAGER, TECHNICAL, World


@pytest.fixture
def week(world: World) -> World:
    world.clock.now = FRIDAY.astimezone().replace(hour=16)
    give = partial(assign_role, person_id=world.who(HELPER), role_key="member", project_id=world.project().id)
    world.office.run(world.who(MANAGER), give)
    return world


def asked(world: World, by: str, word: str) -> list[Todo]:
    """The lines with that word, those of weeks before left out."""
    items = world.office.read(partial(todo, actor=world.who(by)))
    return [item for item in items if word in item.text and "第 44 周" not in item.text]


def at(world: World, day: int, hour: int) -> None:
    """An hour of a day of November 2026, as the office's wall has it."""
    world.clock.now = dt.datetime(2026, 11, day, hour).astimezone()


def test_WEEK_1_a_member_is_reminded_until_the_report_is_sent(week: World) -> None:
    (item,) = asked(week, HELPER, "员工周报")
    assert (item.urgency, item.page, item.on) == (Urgency.TODAY, ("weekly", "mine"), dt.date(2026, 11, 6))
    at(week, 6, 20)
    (item,) = asked(week, HELPER, "员工周报")
    assert item.urgency is Urgency.LATE
    send(week, HELPER, line(week))
    assert asked(week, HELPER, "员工周报") == []


def test_WEEK_4_reports_that_wait_are_one_line_of_the_workbench(week: World) -> None:
    send(week, HELPER, line(week))
    assert [item.page for item in asked(week, MANAGER, "周报等您审批")] == [("weekly", "queue")]
    assert not any(item.filing_id for item in asked(week, MANAGER, "员工周报"))
    figures = week.office.read(partial(counts, actor=week.who(MANAGER)))
    assert (figures.reports, figures.waiting) == (1, 1)
    send(week, MANAGER, line(week, "协调"))
    assert len(asked(week, TECHNICAL, "周报等您审批")) == 1


def test_WEEK_1_the_manager_answers_for_the_projects_report(week: World) -> None:
    at(week, 9, 15)  # Monday
    (item,) = asked(week, MANAGER, "项目周报")
    assert (item.opens, item.project_id) == ("project_report", week.project().id)
    assert item.urgency is Urgency.LATE


def test_WEEK_5_the_clerk_tells_who_is_missing_by_tuesday_noon(week: World) -> None:
    assert asked(week, CLERK, "周报提交情况通报") == []
    at(week, 10, 10)
    (item,) = asked(week, CLERK, "周报提交情况通报")
    assert (item.urgency, item.on, item.page) == (Urgency.TODAY, dt.date(2026, 11, 10), ("control", "status_report"))
    assert "还有 4 份员工周报未交" in item.text


def test_WEEK_3_the_assistant_is_reminded_of_reports_to_bring_in(week: World) -> None:
    place = week.department("系统集成部")
    give = partial(assign_role, person_id=week.who(TECHNICAL), role_key="assistant", department_id=place)
    week.office.run(week.who(CLERK), give)
    at(week, 9, 9)
    (item,) = asked(week, TECHNICAL, "无网络人员的周报")
    assert (item.urgency, item.page) == (Urgency.TODAY, ("weekly", "status"))
