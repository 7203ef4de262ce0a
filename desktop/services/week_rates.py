"""How many reports of many weeks came in how, counted without a row for each (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from sqlalchemy import String, select, type_coerce

from desktop.domain.calendar import WorkCalendar
from desktop.domain.submission import Tally
from desktop.domain.weekly_clock import Timing, timing, week_deadline
from desktop.services.office import Reading
from desktop.services.reported import STANDING
from desktop.services.reporters import Duty, away_in
from desktop.services.standing import counting_all
from desktop.services.week_status import asked_people
from desktop.store.tables import Filing, Revision

_WHOLE = "合计"
_Came = tuple[dt.datetime, bool]


@dataclass(frozen=True)
class _Dues:
    """Until when reports of a week are in time, at the desk and brought in, as aware moments; and now."""

    due: dt.datetime
    due_away: dt.datetime
    now: dt.datetime

    def judge(self, came: _Came | None) -> Timing:
        """How a report came, or where it stays."""
        if came is None:
            return timing(None, self.due, self.now)
        return timing(came[0], self.due_away if came[1] else self.due, self.now)


def week_tallies(
    reading: Reading, found: Mapping[str, Sequence[Duty]], forms: Sequence[str]
) -> dict[tuple[str, str], Tally]:
    """All reports of each week and form counted, as `statuses_of` would count them; none in a week without work."""
    weeks, calendar = list(found), reading.calendar()
    gone, came = away_in(reading, weeks), _came(reading, weeks, forms)
    tallies: dict[tuple[str, str], Tally] = {}
    for week, form in product(weeks, forms):
        dues = _dues(reading, week, form, calendar)
        counts: Counter[Timing] = Counter()
        for duty in found[week] if dues else ():
            reports = came.get((week, form), {}).get(duty.project.id, {})
            people = asked_people(duty, form, reports)
            counts[Timing.EXCUSED] += not people
            for person in people:
                report = reports.get(person)
                excused = report is None and person in gone[week]
                counts[Timing.EXCUSED if excused or dues is None else dues.judge(report)] += 1
        tallies[week, form] = Tally(_WHOLE, dict(+counts))
    return tallies


def _dues(reading: Reading, week: str, form: str, calendar: WorkCalendar) -> _Dues | None:
    policy = reading.policy
    rule, away_rule = policy.weekly_rule(form), policy.weekly_rule(form, away=True)
    due = week_deadline(rule, week, calendar) if rule else None
    due_away = (week_deadline(away_rule, week, calendar) if away_rule else None) or due
    if due is None or due_away is None:
        return None
    return _Dues(due.astimezone(), due_away.astimezone(), reading.now)


def _came(
    reading: Reading, weeks: Sequence[str], forms: Sequence[str]
) -> dict[tuple[str, str], dict[UUID, dict[UUID, _Came]]]:
    """When each report came and whether somebody else brought it in, by week and form, project and author."""
    query = (
        select(
            Filing.period,
            Filing.form_key,
            type_coerce(Filing.project_id, String),
            type_coerce(Filing.author_id, String),
            Filing.created_at,
            Revision.author_id != Filing.author_id,
        )
        .join(Revision, Filing.revision_id == Revision.id)
        .where(Filing.form_key.in_(forms), Filing.period.in_(weeks), Filing.state.in_(STANDING))
        .where(Filing.project_id.is_not(None), Filing.author_id.is_not(None))
    )
    counts = counting_all(reading.session)
    known: dict[object, UUID] = {}  # the same few ids come in thousands of rows, and to make one takes time
    found: dict[tuple[str, str], dict[UUID, dict[UUID, _Came]]] = {}
    for week, form, owner, author, at, brought_in in reading.session.execute(query):
        project = known.get(owner) or known.setdefault(owner, _key(owner))
        person = known.get(author) or known.setdefault(author, _key(author))
        reports = found.setdefault((str(week), form), {}).setdefault(project, {})
        reports[counts.get(person, person)] = (at, bool(brought_in))
    return found


def _key(raw: object) -> UUID:
    """An id as the engine gives it: PostgreSQL's as such, SQLite's as text."""
    return raw if isinstance(raw, UUID) else UUID(str(raw))
