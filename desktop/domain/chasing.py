"""Chasing (WEEK-5): who still owes which weekly reports, and the message that says so, for each person or manager."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.calendar import WorkCalendar
from desktop.domain.lateness import late_text
from desktop.domain.ledger import PersonRef
from desktop.domain.reports.common import label_of
from desktop.domain.submission import StatusRow, WeekStatus
from desktop.domain.weekly_clock import Timing
from desktop.domain.weeks import week_text

OWING = frozenset({Timing.MISSING, Timing.WAITING})


@dataclass(frozen=True)
class Owed:
    """One report that has not come: whose, of which project, and until when it was due in local time."""

    row: StatusRow
    paper: str
    due: dt.datetime

    @property
    def person(self) -> PersonRef | None:
        """Who owes it."""
        return self.row.person


@dataclass(frozen=True)
class Chase:
    """Everything that one person is to be asked about."""

    person: PersonRef
    owed: tuple[Owed, ...]


def owed_of(statuses: Iterable[tuple[str, WeekStatus]]) -> Iterator[Owed]:
    """Every report that has not come, of the papers (title and status) of one week."""
    for paper, status in statuses:
        if status.due is not None:
            yield from (Owed(row, paper, status.due) for row in status.rows if row.timing in OWING and row.person)


def by_person(owed: Iterable[Owed]) -> list[Chase]:
    """What each person owes, by name."""
    return _chases((item.person, item) for item in owed)


def by_manager(owed: Iterable[Owed]) -> list[Chase]:
    """What is still owed on each manager's projects, by the manager's name; projects without one are left out."""
    return _chases((item.row.project.manager, item) for item in owed)


def _chases(pairs: Iterable[tuple[PersonRef | None, Owed]]) -> list[Chase]:
    people: dict[object, PersonRef] = {}
    found: dict[object, list[Owed]] = {}
    for person, item in pairs:
        if person is not None:
            people.setdefault(person.id, person)
            found.setdefault(person.id, []).append(item)
    chases = [Chase(people[key], tuple(items)) for key, items in found.items()]
    return sorted(chases, key=lambda one: (one.person.name, str(one.person.id)))


def subject_of(week: str) -> str:
    """What a chasing letter is about."""
    return f"【催交周报】{week_text(week)}"


def personal_message(chase: Chase, week: str, now: dt.datetime, calendar: WorkCalendar, sender: str) -> str:
    """What one person is told of what they owe themselves."""
    lines = [
        f"{at}．{label_of(item.row.project)}：{item.paper}，{_until(item, now, calendar)}"
        for at, item in enumerate(chase.owed, 1)
    ]
    return _letter(chase.person.name, f"{week_text(week)}您还有以下周报没有提交：", lines, sender, now)


def manager_message(chase: Chase, week: str, now: dt.datetime, calendar: WorkCalendar, sender: str) -> str:
    """What a manager is told of the projects that they answer for: who owes what."""
    return _letter(
        chase.person.name,
        f"{week_text(week)}您负责的项目还有以下周报没有提交，请督促：",
        _people_lines(chase.owed, now, calendar),
        sender,
        now,
    )


def common_message(owed: Sequence[Owed], week: str, now: dt.datetime, calendar: WorkCalendar, sender: str) -> str:
    """One message to everyone: who owes what."""
    lines = _people_lines(owed, now, calendar)
    return _letter("各位", f"{week_text(week)}还有以下周报没有提交：", lines, sender, now)


def _people_lines(owed: Sequence[Owed], now: dt.datetime, calendar: WorkCalendar) -> list[str]:
    return [
        f"{at}．{label_of(item.row.project)}：{item.person.shown if item.person else ''}的{item.paper}，"
        f"{_until(item, now, calendar)}"
        for at, item in enumerate(owed, 1)
    ]


def _until(item: Owed, now: dt.datetime, calendar: WorkCalendar) -> str:
    over = late_text(item.due, now, calendar)
    return f"应于 {item.due:%m-%d %H:%M} 前提交" + (f"，已过 {over}" if over else "")


def _letter(name: str, what: str, lines: Sequence[str], sender: str, now: dt.datetime) -> str:
    ask = "请尽快提交；不在办公室、不能上网的，请把电子版周报交项目助理代录。项目暂停或您请假的，请告知项目管理部门。"
    return "\n".join((f"{name}：", what, *lines, ask, f"{sender}　{now:%Y-%m-%d %H:%M}"))
