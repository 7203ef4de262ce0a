"""An office of 30 projects and 40 people over twelve weeks of reports: what happens, and a plain record of it."""

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.approval import Decision
from desktop.domain.canonical import canonical_text
from desktop.domain.fields import TextField
from desktop.domain.forms.weekly_report import COLUMNS
from desktop.domain.weeks import day_in, shifted
from desktop.exchange.table_writing import write_table
from desktop.services import drafting
from desktop.services.absences import note_absence
from desktop.services.book_import import preview_book
from desktop.services.home import Home
from desktop.services.my_week import send_week
from desktop.services.office import Work
from desktop.services.opening import create_office
from desktop.services.people import add_person, list_departments
from desktop.services.projects import find_project
from desktop.services.report_import import Writer, import_report, open_report, report_kind
from desktop.services.roles import assign_role
from desktop.services.week_queue import Verdict, decide_reports, waiting_reports
from desktop.store.ids import new_id
from desktop.store.tables import Baseline, Person, PlanLine, Project
from tests.services.world import CLERK, START, Clock, World, founding, line, person

FIRST, WEEKS = "2026-W34", 12
PROJECTS = [f"JC-2026-{number:03}" for number in range(1, 31)]
MANAGERS = [f"经理{number:02}" for number in range(1, 11)]
MEMBERS = [f"成员{number:02}" for number in range(1, 31)]
AWAY_FROM_NETWORK = ("成员05", "成员06")
ASSISTANT, HEADS = "助理", {"系统集成部": "集成主管", "软件开发部": "软件主管"}
PAUSED, ABSENT = PROJECTS[8], ("成员12", shifted(FIRST, 3))
TASKS = (("需求与设计", 0, 4, 20), ("设备安装", 4, 9, 60), ("系统联调", 9, 13, 40), ("初验", 13, 14, 0))
"""Name, first week, week after the last, planned person-days; the last one is a milestone."""


@dataclass(frozen=True)
class Told:
    """One line that somebody reported."""

    week: str
    person: str
    project: str
    task: str
    done: int
    forecast: dt.date
    hours: int
    at: dt.datetime
    brought_in: bool


@dataclass
class Record:
    """Everything that was reported, in order, and the managers' words by week and project."""

    lines: list[Told] = field(default_factory=list)
    words: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def members_of(project: str) -> list[str]:
    """The members of a project: one each, and a second one on the first five."""
    at = PROJECTS.index(project)
    return [MEMBERS[at], *([MEMBERS[-1 - at]] if at < 5 else [])]


def manager_of(project: str) -> str:
    return MANAGERS[PROJECTS.index(project) // 3]


def department_of(project: str) -> str:
    return "系统集成部" if PROJECTS.index(project) < 18 else "软件开发部"


def task_days(place: int) -> tuple[dt.date, dt.date]:
    """First and last day of a task of the plan."""
    _name, first, after, _work = TASKS[place]
    start = day_in(shifted(FIRST, first), 1)
    return (start, start) if place == len(TASKS) - 1 else (start, day_in(shifted(FIRST, after - 1), 5))


def found(url: str) -> None:
    """Make the office: its ledger, people, roles and plans."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        office = create_office(url, founding(), Home(Path(folder)), clock)
        world = World(office, clock, Path(folder), url)
        clerk = world.who(CLERK)
        lines = [
            line(
                number,
                f"项目{number}",
                "implementing",
                kind="integration",
                manager=person(manager_of(number)),
                department=department_of(number),
            )
            for number in PROJECTS
        ]
        content = {"source": {"file": "台账.xlsx", "on": START.isoformat()}, "projects": lines}
        begun = drafting.start_draft(office, clerk, "opening", None)
        world.submit(replace(begun, content=content), CLERK)
        office.run(clerk, _staff)
        office.run(clerk, _plans)
        office.close()


def _staff(work: Work) -> None:
    for number, name in enumerate((*MEMBERS, ASSISTANT, *HEADS.values()), 100):
        add_person(work, name, staff_no=f"{number}")
    people = {row.name: row.id for row in work.session.scalars(select(Person))}
    places = {row.name: row.id for row in list_departments(work)}
    for project in PROJECTS:
        for name in members_of(project):
            assign_role(work, people[name], "member", project_id=find_project(work, project).id, since=START)
    for place, head in HEADS.items():
        assign_role(work, people[head], "technical_head", department_id=places[place], since=START)
        assign_role(work, people[ASSISTANT], "assistant", department_id=places[place], since=START)


def _plans(work: Work) -> None:
    """A baseline for each project, as an approved 立项 leaves it."""
    at = dt.datetime.combine(START, dt.time(9), dt.UTC)
    for number in PROJECTS:
        project = find_project(work, number).id
        work.session.add(Baseline(project_id=project, n=1, effective_on=START, at=at))
        for place, (name, _first, _after, days) in enumerate(TASKS):
            start, end = task_days(place)
            period = {"start": start.isoformat(), "end": end.isoformat()}
            milestone = "yes" if place == len(TASKS) - 1 else "no"
            content = {"name": name, "period": period, "milestone": milestone, "work": str(days) if days else None}
            work.session.add(
                PlanLine(
                    project_id=project,
                    register="schedule",
                    line=f"{number}-{place}",
                    place=place + 1,
                    from_baseline=1,
                    content=canonical_text(content),
                    starts_on=start,
                    ends_on=end,
                )
            )


@dataclass
class Story:
    """Plays the weeks; `record` holds what was said, kept apart from the program."""

    world: World
    record: Record = field(default_factory=Record)
    rng: random.Random = field(default_factory=lambda: random.Random(20261125))
    ids: dict[str, UUID] = field(default_factory=dict)
    done: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def project(self, number: str) -> UUID:
        if number not in self.ids:
            self.ids[number] = self.world.office.read(partial(find_project, number=number)).id
        return self.ids[number]

    def at(self, week: str, weekday: int, hour: int) -> dt.datetime:
        """Set the office's clock to an hour of a day of a week (8 and more: of the next)."""
        local = dt.datetime.combine(day_in(week, weekday), dt.time(hour))
        self.world.clock.now = local.astimezone()
        return local

    def play(self, place: int) -> str:
        """One week: members report, colleagues bring in, managers and heads decide; ends on Tuesday at ten."""
        week = shifted(FIRST, place)
        if place == 2:
            self.at(week, 1, 9)
            name, away = ABSENT
            self.world.office.run(
                self.world.who(name),
                partial(
                    note_absence,
                    person_id=self.world.who(name),
                    starts_on=day_in(away, 1),
                    ends_on=day_in(away, 7),
                    reason="年假",
                ),
            )
        if place == 6:
            self.at(week, 1, 9)
            self.world.office.run(self.world.who(CLERK), partial(_pause, project_id=self.project(PAUSED)))
        for name in (*MEMBERS, *(MANAGERS if place in {4, 9} else ())):
            self._report(name, week, place)
        self._decide(week)
        self._words(week, place)
        self.at(week, 9, 10)
        return week

    def _mine(self, name: str, place: int) -> list[str]:
        if name in MANAGERS:
            mine = [number for number in PROJECTS if manager_of(number) == name]
        else:
            mine = [number for number in PROJECTS if name in members_of(number)]
        return [number for number in mine if place < 6 or number != PAUSED]

    def _report(self, name: str, week: str, place: int) -> None:
        mine = self._mine(name, place)
        luck = self.rng.random()
        if not mine or luck < 0.07 or (name, week) == ABSENT:
            return
        late = luck < 0.16
        brought_in = name in AWAY_FROM_NETWORK
        moment = (
            self.at(week, 8, 15 if late else 10) if brought_in else self.at(week, 6 if late else _last_day(week), 11)
        )
        lines = [self._line(name, number, week, place) for number in mine]
        if brought_in:
            self._bring_in(name, week, lines)
        else:
            self._send(name, week, lines)
        for number, one in zip(mine, lines, strict=True):
            self.record.lines.append(
                Told(
                    week,
                    name,
                    number,
                    one["task"],
                    int(one["done"]),
                    dt.date.fromisoformat(one["forecast"]),
                    int(one["effort"][0]["hours"]),
                    moment,
                    brought_in,
                )
            )

    def _line(self, name: str, number: str, week: str, place: int) -> dict[str, Any]:
        task = next(at for at in range(3) if place < TASKS[at][2])
        key = (name, number, task)
        self.done[key] = min(100, self.done.get(key, 0) + self.rng.randrange(5, 36, 5))
        _start, end = task_days(task)
        done = self.done[key]
        forecast = (
            min(day_in(week, 5), end) if done == 100 else end + dt.timedelta(days=self.rng.choice((0, 0, 1, 3, 9)))
        )
        return {
            "id": str(new_id()),
            "task": TASKS[task][0],
            "status": "done" if done == 100 else "doing",
            "done": str(done),
            "forecast": forecast.isoformat(),
            "work": f"{name}在{number}做了{TASKS[task][0]}",
            "next": "继续推进",
            "effort": [{"name": "", "hours": str(self.rng.randrange(8, 41, 4))}],
            "problems": "等待甲方图纸" if self.rng.random() < 0.2 else None,
        }

    def _send(self, name: str, week: str, lines: list[dict[str, Any]]) -> None:
        mine = self._mine(name, (day_in(week, 1) - day_in(FIRST, 1)).days // 7)
        sent = [{**one, "project": str(self.project(number))} for number, one in zip(mine, lines, strict=True)]
        self.world.office.run(self.world.who(name), partial(send_week, week=week, lines=sent))

    def _bring_in(self, name: str, week: str, lines: list[dict[str, Any]]) -> None:
        mine = self._mine(name, (day_in(week, 1) - day_in(FIRST, 1)).days // 7)
        columns = (TextField(key="project", label="项目编号"), *COLUMNS)
        path = self.world.folder / f"{name}_{day_in(week, 5):%Y%m%d}.xlsx"
        rows = [{**one, "project": number} for number, one in zip(mine, lines, strict=True)]
        write_table(path, f"姓名：{name}", columns, rows)
        book = self.world.office.read(partial(open_report, path=path))
        writer = Writer(book.people[0], book.heading.week)
        preview = self.world.office.read(partial(preview_book, kind=report_kind(writer), path=path))
        taken = self.world.office.run(
            self.world.who(ASSISTANT), partial(import_report, preview=preview, writer=writer)
        ).value
        assert (taken.opened, taken.refused) == (len(lines), 0)

    def _decide(self, week: str) -> None:
        self.at(week, 8, 17)
        for name in (*MANAGERS, *HEADS.values()):
            waiting = self.world.office.read(partial(waiting_reports, actor=self.world.who(name)))
            verdicts = [Verdict(item, Decision.APPROVE) for item in waiting]
            if verdicts:
                self.world.office.run(self.world.who(name), partial(decide_reports, verdicts=verdicts))

    def _words(self, week: str, place: int) -> None:
        """Some managers write the project's report on Tuesday morning."""
        self.at(week, 9, 9)
        for number in PROJECTS[place % 3 :: 5]:
            if place >= 6 and number == PAUSED:
                continue
            light = self.rng.choice(("green", "yellow", "red"))
            text = f"{number}第{place + 1}周进展"
            report = {"week": {"week": week, "light": light}, "told": {"work": text, "problems": "无", "next": "继续"}}
            self.world.submitted("project_report", number, manager_of(number), **report)
            self.record.words[week, number] = (light, text)


def _last_day(week: str) -> int:
    """The ISO weekday by whose end members report: Friday, or the last working day before 中秋 and 国庆."""
    return {"2026-W39": 4, "2026-W40": 3}.get(week, 5)


def _pause(work: Work, project_id: UUID) -> None:
    record = work.session.fetch(Project, project_id)
    record.state, record.paused_on = "paused", work.today


def lines_until(record: Record, project: str, week: str) -> Iterator[Told]:
    """What was said of a project up to a week."""
    return (one for one in record.lines if one.project == project and one.week <= week)
