"""What the window is furnished with once an office is open: finders, figures, who sits here, what must be known."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from desktop.services.due import counts
from desktop.services.office import Office, Reading
from desktop.services.opening import data_notice
from desktop.services.people import person_ref, role_line
from desktop.services.work_calendar import calendar_notice
from desktop.ui.desk import Desk
from desktop.ui.finders import finders_for
from desktop.ui.tabs import TABS
from desktop.ui.who import Lock
from desktop.ui.window import Window


def furnish(window: Window, desk: Desk) -> Lock:
    """Give the window its office, and show the page that was chosen meanwhile; returns what locks it."""
    window.furnish(desk, finders_for(desk, TABS), badges, sitter)
    lock = Lock(desk, window)
    window.switch_wanted.connect(lock.switch)
    window.lock_wanted.connect(lock.lock)
    desk.read(window, lambda reading: notices(reading, desk.office), window.set_notice)
    return lock


def badges(reading: Reading, actor: UUID) -> Mapping[str, int]:
    """The figures on the tabs."""
    found = counts(reading, actor)
    return {"workbench": found.late, "approvals": found.waiting}


def sitter(reading: Reading, actor: UUID) -> str:
    """Who sits here, with their roles."""
    roles = role_line(reading, actor)
    name = person_ref(reading, actor).name
    return f"{name} · {roles}" if roles else name


def notices(reading: Reading, office: Office) -> str:
    """What the status line keeps saying: the data lies where it may be harmed, the calendar nears its end."""
    return "　".join(part for part in (data_notice(office), calendar_notice(reading)) if part)
