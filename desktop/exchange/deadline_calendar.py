"""Deadlines as a calendar file (.ics) that Outlook, phones and other calendars take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from desktop.exchange.atomic_file import replacing

_MORNING = dt.timedelta(hours=9)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class DeadlineEvent:
    """One deadline, a whole day; by its ``key`` a calendar brings it up to date and never doubles it."""

    key: str
    on: dt.date
    title: str
    details: str = ""


def write_deadlines(path: Path, name: str, events: Iterable[DeadlineEvent], *, now: dt.datetime) -> int:
    """Write deadlines as a calendar called ``name``, each with a reminder on its morning. Returns how many.

    ``now`` is an aware moment.

    Raises:
        Refusal: the file cannot be written.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//epm-desk//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    count = 0
    for one in events:
        calendar.add_component(_event(one, now))
        count += 1
    with replacing(path) as stream:
        stream.write(calendar.to_ical())
    return count


def _event(one: DeadlineEvent, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{one.key}@epm-desk")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", one.on)
    event.add("dtend", one.on + _DAY)
    event.add("summary", one.title)
    if one.details:
        event.add("description", one.details)
    event.add("transp", "TRANSPARENT")
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", one.title)
    reminder.add("trigger", _MORNING)
    event.add_component(reminder)
    return event
