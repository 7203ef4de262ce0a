"""Deadlines go out as a calendar file, read back with a calendar's own eyes."""

import datetime as dt
from functools import partial

from icalendar import Calendar

from desktop.services.due import todo
from desktop.services.due_calendar import export_deadlines
from desktop.services.todos import Todo
from tests.services.world import CLERK, World


def dated(world: World, by: str) -> list[Todo]:
    return [item for item in world.office.read(partial(todo, actor=world.who(by), everyone=True)) if item.on]


def test_every_dated_item_is_an_event_and_keeps_its_identity(world: World) -> None:
    world.clock.set(dt.date(2026, 11, 12))
    path = world.folder / "期限.ics"
    count = world.office.read(partial(export_deadlines, actor=world.who(CLERK), path=path, everyone=True))
    events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert count == len(events) == len(dated(world, CLERK)) > 0
    assert {event.decoded("dtstart") for event in events} == {item.on for item in dated(world, CLERK)}
    assert any("暂停期限" in str(event["summary"]) for event in events)
    again = world.folder / "again.ics"
    world.office.read(partial(export_deadlines, actor=world.who(CLERK), path=again, everyone=True))
    uids = [str(event["uid"]) for event in Calendar.from_ical(again.read_bytes()).walk("VEVENT")]
    assert uids == [str(event["uid"]) for event in events]
    assert len(set(uids)) == len(uids)
