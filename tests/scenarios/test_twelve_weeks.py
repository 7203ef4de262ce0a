"""Twelve weeks of 30 projects and 40 people: every Tuesday's papers agree with plain sums over what was said."""

import datetime as dt
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from desktop.domain.report import Report
from desktop.domain.weeks import day_in, shifted
from desktop.services.monitoring import open_monitor
from desktop.services.week_papers import BULLETIN, STATUS, week_paper
from tests.scenarios.twelve_weeks import (
    ABSENT,
    FIRST,
    MANAGERS,
    PAUSED,
    PROJECTS,
    TASKS,
    WEEKS,
    Record,
    Story,
    Told,
    department_of,
    found,
    lines_until,
    manager_of,
    members_of,
    task_days,
)
from tests.services.world import CLERK, open_world

OFF = {dt.date(2026, 9, 25), *(dt.date(2026, 10, day) for day in range(1, 8))}
WORKED = {dt.date(2026, 9, 20), dt.date(2026, 10, 10)}
"""The holidays of these weeks and their 补班 days, as the State Council announced them."""
NOON_MONDAY = {"2026-W40": dt.datetime.combine(dt.date(2026, 10, 8), dt.time(12))}


def works(day: dt.date) -> bool:
    return day in WORKED or (day not in OFF and day.weekday() < 5)


def walked(start: dt.date, end: dt.date) -> int:
    """Working days after ``start`` up to ``end``, counted one by one; negative backwards."""
    if end < start:
        return -walked(end, start)
    return sum(works(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def due(week: str, *, brought_in: bool) -> dt.datetime:
    if brought_in:
        return NOON_MONDAY.get(week, dt.datetime.combine(day_in(week, 8), dt.time(12)))
    last = max(day for n in range(1, 6) if works(day := day_in(week, n)))
    return dt.datetime.combine(last, dt.time(18))


def submission(record: Record, week: str, place: int) -> dict[str, Counter[str]]:
    """How the members' reports of a week came in, by department."""
    sent = {(one.person, one.project): one for one in record.lines if one.week == week}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for project in PROJECTS:
        paused = project == PAUSED and place >= 6
        people = {manager_of(project), *members_of(project)}
        if paused:
            people = {person for person, owner in sent if owner == project}
            found[department_of(project)]["excused"] += not people
        for person in people:
            one = sent.get((person, project))
            if one is not None:
                how = "on_time" if one.at <= due(week, brought_in=one.brought_in) else "late"
            else:
                how = "excused" if (person, week) == ABSENT else "missing"
            found[department_of(project)][how] += 1
    return found


def latest(lines: list[Told]) -> list[Told]:
    return list({one.person: one for one in lines}.values())


def monitored(record: Record, project: str, week: str, today: dt.date) -> list[tuple[Any, ...]]:
    """Task by task: progress, finish, deviation and light, from the lines alone."""
    rows = []
    for place, (name, _first, _after, _days) in enumerate(TASKS):
        start, end = task_days(place)
        own = [one for one in lines_until(record, project, week) if one.task == name]
        last = latest(own)
        done = sum(one.done for one in last) / len(last) if last else 0
        if last and done == 100:
            final = max(last, key=lambda one: (one.week, one.forecast))
            finish = min(final.forecast, day_in(final.week, 5))
        else:
            finish = max([one.forecast for one in last if one.done != 100] or [end])
            finish = max(finish, today)
        moved = walked(end, finish)
        light = "none" if not own and start > today else "red" if moved >= 5 else "yellow" if moved >= 1 else "green"
        rows.append((name, round(done, 6), finish, moved, light))
    return rows


def earned(record: Record, project: str, week: str) -> tuple[float, float]:
    """Earned and spent person-days."""
    value = 0.0
    for name, _first, _after, days in TASKS:
        last = latest([one for one in lines_until(record, project, week) if one.task == name])
        value += days * (sum(one.done for one in last) / len(last) if last else 0) / 100
    return value, sum(one.hours for one in lines_until(record, project, week)) / 8


def counts(report: Report) -> dict[str, dict[str, int]]:
    keys = ("on_time", "late", "missing", "excused")
    table = report.tables[0]
    return {str(row.values["name"]): {key: int(str(row.values.get(key) or 0)) for key in keys} for row in table.rows}


def check_bulletin(story: Story, week: str, report: Report) -> None:
    told = {str(row.values["project"]): row.values for table in report.tables for row in table.rows}
    words = {number: text for (one, number), text in story.record.words.items() if one == week}
    for number in PROJECTS:
        row = next(values for label, values in told.items() if number in label)
        lines = [one for one in story.record.lines if (one.week, one.project) == (week, number)]
        if number in words:
            light, text = words[number]
            assert text in str(row["work"])
            assert {"green": "正常", "yellow": "预警", "red": "严重"}[light] in str(row["light"])
        elif number != PAUSED or week < shifted(FIRST, 6):
            for one in lines:
                assert f"{one.person}在{number}做了{one.task}" in str(row["work"])
            if not lines:
                assert "无周报" in str(row["work"])


def test_WEEK_5_WEEK_6_INFO_1_every_tuesday_agrees_with_plain_sums(tmp_path: Path) -> None:
    url = str(tmp_path / "office.epm")
    found(url)
    world = open_world(url, tmp_path)
    story = Story(world)
    clerk = world.who(CLERK)
    for place in range(WEEKS):
        week = story.play(place)
        paper = world.office.read(partial(week_paper, actor=clerk, key=STATUS, week=week))
        plain = submission(story.record, week, place)
        assert counts(paper) == {
            name: {key: how[key] for key in ("on_time", "late", "missing", "excused")} for name, how in plain.items()
        }, week
        check_bulletin(story, week, world.office.read(partial(week_paper, actor=clerk, key=BULLETIN, week=week)))
        today = world.clock.now.astimezone().date()
        for number in PROJECTS[place % 2 :: 2]:
            table = world.office.read(partial(open_monitor, actor=clerk, project_id=story.project(number))).table
            seen = [
                (one.task.name, round(float(one.done), 6), one.finish, one.deviation, one.light.value)
                for one in table.tasks
            ]
            assert seen == monitored(story.record, number, week, today), (week, number)
            assert table.value is not None
            value, spent = earned(story.record, number, week)
            assert abs(float(table.value.earned) - value) < 1e-6
            assert abs(float(table.value.spent) - spent) < 1e-6
    assert len(story.record.lines) > 350
    assert {one.person for one in story.record.lines} >= set(MANAGERS)
    assert any(one.brought_in for one in story.record.lines)
    world.office.close()
