"""A schedule as Microsoft Project XML, in the order of elements that its schema asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape

from desktop.domain.calendar import WorkCalendar
from desktop.domain.schedule.links import Link
from desktop.domain.schedule.project_file import FilePerson, FileTask, ProjectFile
from desktop.domain.schedule.workdays import Workdays
from desktop.exchange.atomic_file import replacing
from desktop.exchange.project_fields import (
    DAY_HOURS,
    LINE_ALIAS,
    LINE_FIELD,
    LINK_TYPES,
    MINUTES,
    NAMESPACE,
    PERSON_ALIAS,
    PERSON_FIELD,
    clean,
    work_text,
)

_TYPES: Mapping[Link, str] = {kind: code for code, kind in LINK_TYPES.items()}
_MORNING, _EVENING = "T08:00:00", "T17:00:00"
_TIMES = ("08:00:00", "12:00:00"), ("13:00:00", "17:00:00")
_START_NO_EARLIER = 4
_TENTHS = 10
_DEEP = 30
"""Below this level tasks are no longer numbered: the numbers grow with every level."""
_PAUSE = dt.timedelta(days=1)


def write_project_xml(path: Path, project: ProjectFile) -> None:
    """Write a schedule whole, or leave what stood there.

    Raises:
        Refusal: the file cannot be written.
    """
    with replacing(path) as stream:
        for part in project_xml(project):
            stream.write(part.encode())


def project_xml(project: ProjectFile) -> Iterator[str]:
    """The text of the file, part by part."""
    dated = [task for task in project.tasks if task.start and task.end]
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'<Project xmlns="{NAMESPACE}">\n'
    yield _all(("SaveVersion", "14"), ("Title", project.name), ("ScheduleFromStart", "1"))
    if dated:
        first = min(task.start for task in dated if task.start)
        last = max(task.end for task in dated if task.end)
        yield _all(("StartDate", f"{first}{_MORNING}"), ("FinishDate", f"{last}{_EVENING}"))
    yield _all(
        ("CurrencyDigits", "2"),
        ("CurrencySymbol", "¥"),
        ("CurrencyCode", "CNY"),
        ("CurrencySymbolPosition", "0"),
        ("CalendarUID", "1"),
        ("DefaultStartTime", "08:00:00"),
        ("DefaultFinishTime", "17:00:00"),
        ("MinutesPerDay", str(MINUTES)),
        ("MinutesPerWeek", str(MINUTES * 5)),
        ("DaysPerMonth", "20"),
        ("DurationFormat", "7"),
        ("WorkFormat", "3"),
        ("NewTasksAreManual", "0"),
    )
    yield "<ExtendedAttributes>\n"
    for number, alias in ((LINE_FIELD, LINE_ALIAS), (PERSON_FIELD, PERSON_ALIAS)):
        yield _wrapped("ExtendedAttribute", _all(("FieldID", number), ("FieldName", "Text30"), ("Alias", alias)))
    yield "</ExtendedAttributes>\n"
    yield from _calendars(project.calendar)
    yield from _tasks(project)
    yield from _people(project.tasks)
    yield "</Project>\n"


def _all(*pairs: tuple[str, str]) -> str:
    return "".join(f"<{name}>{_text(value)}</{name}>\n" for name, value in pairs)


def _text(value: str) -> str:
    return escape(clean(value), {"\r": "&#13;"})


def _wrapped(name: str, inside: str) -> str:
    return f"<{name}>\n{inside}</{name}>\n"


def _working_times() -> str:
    return _wrapped(
        "WorkingTimes",
        "".join(_wrapped("WorkingTime", _all(("FromTime", begin), ("ToTime", end))) for begin, end in _TIMES),
    )


def _calendars(calendar: WorkCalendar) -> Iterator[str]:
    yield "<Calendars>\n<Calendar>\n"
    yield _all(("UID", "1"), ("Name", "标准"), ("IsBaseCalendar", "1"), ("BaseCalendarUID", "-1"))
    yield "<WeekDays>\n"
    for number in range(1, 8):
        works = 2 <= number <= 6  # noqa: PLR2004 - MSPDI counts from Sunday = 1
        day = _all(("DayType", str(number)), ("DayWorking", str(int(works))))
        yield _wrapped("WeekDay", day + (_working_times() if works else ""))
    yield "</WeekDays>\n<Exceptions>\n"
    for first, last in _runs(calendar.holidays - calendar.workdays):
        yield _exception(first, last, "放假")
    for first, last in _runs(calendar.workdays):
        yield _exception(first, last, "补班", _working_times())
    yield "</Exceptions>\n</Calendar>\n</Calendars>\n"


def _runs(days: frozenset[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """Days that follow one another, as first and last."""
    run: list[dt.date] = []
    for day in sorted(days):
        if run and day - run[-1] > _PAUSE:
            yield run[0], run[-1]
            run = []
        run.append(day)
    if run:
        yield run[0], run[-1]


def _exception(first: dt.date, last: dt.date, name: str, times: str = "") -> str:
    period = _all(("FromDate", f"{first}T00:00:00"), ("ToDate", f"{last}T23:59:00"))
    return _wrapped(
        "Exception",
        _all(("EnteredByOccurrences", "0"))
        + _wrapped("TimePeriod", period)
        + _all(("Occurrences", str((last - first).days + 1)), ("Name", name), ("Type", "1"))
        + _all(("DayWorking", "1" if times else "0"))
        + times,
    )


def _tasks(project: ProjectFile) -> Iterator[str]:
    days = Workdays(project.calendar)
    summaries = {task.parent for task in project.tasks}
    levels, numbers = {0: 0}, {0: ""}
    counts: dict[int, int] = {}
    yield "<Tasks>\n"
    for place, task in enumerate(project.tasks, 1):
        counts[task.parent] = counts.get(task.parent, 0) + 1
        level = levels[task.number] = levels[task.parent] + 1
        above = numbers[task.parent]
        outline = (f"{above}.{counts[task.parent]}" if above else str(counts[task.parent])) if level <= _DEEP else ""
        numbers[task.number] = outline
        yield _task(task, place, (level, outline), days, summary=task.number in summaries)
    yield "</Tasks>\n"


def _task(task: FileTask, place: int, outline: tuple[int, str], days: Workdays, *, summary: bool) -> str:
    level, number = outline
    moment = task.milestone and task.start == task.end
    parts = [_all(("UID", str(task.number))), _guid(task.line)]
    parts.append(_all(("ID", str(place)), ("Name", task.name), ("Active", "1"), ("Manual", "0")))
    parts.append(_all(("Type", "0"), ("IsNull", "0")))
    if number:
        parts.append(_all(("WBS", number), ("OutlineNumber", number)))
    parts.append(_all(("OutlineLevel", str(level)), ("Priority", "500")))
    begin = _EVENING if moment else _MORNING
    if task.start and task.end:
        length = 0 if moment else days.between(task.start, task.end) * DAY_HOURS
        parts.append(_all(("Start", f"{task.start}{begin}"), ("Finish", f"{task.end}{_EVENING}")))
        parts.append(_all(("Duration", f"PT{length}H0M0S"), ("DurationFormat", "7")))
    if task.work is not None:
        parts.append(_all(("Work", work_text(task.work))))
    parts.append(_all(("Estimated", "0"), ("Milestone", str(int(task.milestone))), ("Summary", str(int(summary)))))
    if task.progress is not None:
        parts.append(_all(("PercentComplete", str(round(task.progress)))))
    if task.start and not summary:
        parts.append(_all(("ConstraintType", str(_START_NO_EARLIER)), ("ConstraintDate", f"{task.start}{begin}")))
    if task.note:
        parts.append(_all(("Notes", task.note)))
    parts += [_link(link.before, link.kind, link.lag) for link in task.links]
    if task.line:
        parts.append(_wrapped("ExtendedAttribute", _all(("FieldID", LINE_FIELD), ("Value", task.line))))
    parts += _baselines(task)
    return _wrapped("Task", "".join(parts))


def _guid(line: str) -> str:
    """The line's id once more where it is one that other programs know."""
    try:
        return _all(("GUID", str(UUID(line)).upper()))
    except ValueError:
        return ""


def _link(before: int, kind: Link, lag: int) -> str:
    return _wrapped(
        "PredecessorLink",
        _all(
            ("PredecessorUID", str(before)),
            ("Type", _TYPES[kind]),
            ("CrossProject", "0"),
            ("LinkLag", str(lag * MINUTES * _TENTHS)),
            ("LagFormat", "7"),
        ),
    )


def _baselines(task: FileTask) -> Iterator[str]:
    for number, baseline in sorted(task.baselines.items()):
        pairs = [("Number", str(number))]
        if baseline.start:
            moment = task.milestone and baseline.start == baseline.finish
            pairs.append(("Start", f"{baseline.start}{_EVENING if moment else _MORNING}"))
        if baseline.finish:
            pairs.append(("Finish", f"{baseline.finish}{_EVENING}"))
        if baseline.work is not None:
            pairs.append(("Work", work_text(baseline.work)))
        if baseline.cost is not None:
            pairs.append(("Cost", str(baseline.cost)))
        yield _wrapped("Baseline", _all(*pairs))


def _people(tasks: Sequence[FileTask]) -> Iterator[str]:
    numbers: dict[FilePerson, int] = {}
    for task in tasks:
        for person in task.people:
            numbers.setdefault(person, len(numbers) + 1)
    yield "<Resources>\n"
    for person, number in numbers.items():
        about = _all(("UID", str(number)), ("ID", str(number)), ("Name", person.name), ("Type", "1"), ("IsNull", "0"))
        about += _all(("MaxUnits", "1"))
        if person.id:
            about += _wrapped("ExtendedAttribute", _all(("FieldID", PERSON_FIELD), ("Value", person.id)))
        yield _wrapped("Resource", about)
    yield "</Resources>\n<Assignments>\n"
    count = 0
    for task in tasks:
        for place, person in enumerate(task.people):
            count += 1
            pairs = [("UID", str(count)), ("TaskUID", str(task.number)), ("ResourceUID", str(numbers[person]))]
            if task.start and task.end:
                pairs.append(("Finish", f"{task.end}{_EVENING}"))
                pairs.append(("Start", f"{task.start}{_MORNING}"))
            pairs.append(("Units", "1"))
            if task.work is not None:
                pairs.append(("Work", work_text(task.work if place == 0 else Decimal(0))))
            yield _wrapped("Assignment", _all(*pairs))
    yield "</Assignments>\n"
