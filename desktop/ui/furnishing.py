"""What the window is furnished with once an office is open: search, figures, who sits here, what must be known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject
from shiboken6 import isValid

from desktop.services.changes import Changes
from desktop.services.due import counts
from desktop.services.office import Office, Reading
from desktop.services.opening import data_notice, moved_notice
from desktop.services.people import person_ref, role_line
from desktop.services.root_key import root_notice
from desktop.services.work_calendar import calendar_notice
from desktop.ui.caretaker import Caretaker
from desktop.ui.command_bar import CommandBar
from desktop.ui.desk import Desk
from desktop.ui.finders import finders_for
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.stand_in_dialog import StandInDialog
from desktop.ui.status_line import StatusLine
from desktop.ui.tabs import TABS
from desktop.ui.who import Lock
from desktop.ui.who_button import WhoButton
from desktop.ui.window import Window


def furnish(window: Window, desk: Desk) -> Lock:
    """Give the window its office; returns what locks it."""
    line = StatusLine(desk.office)
    window.furnish(desk, CommandBar(finders_for(desk, TABS), desk.operations, window), WhoButton(window), line)
    Seat(window, desk)
    lock = Lock(desk, window)
    window.switch_wanted.connect(lock.switch)
    lock.login_wanted.connect(window.login_wanted)
    window.who.password.setVisible(desk.office.login is not None)
    window.lock_wanted.connect(lock.lock)
    window.stand_ins_wanted.connect(lambda: StandInDialog(desk, window).open())
    desk.read(window, lambda reading: notices(reading, desk.office), line.set_notice)
    if desk.office.database.file is not None:
        desk.read(window, lambda _reading: moved_notice(desk.office), partial(_tell_moved, window), key="moved")
    RootWatch(window, desk)
    Caretaker(window, desk)
    return lock


def _tell_moved(window: Window, notice: str) -> None:
    """Say before anybody fills in a form that nothing is saved here any more, and lead on to the server."""
    if notice:
        how = "没有邀请函的，请向管理员索取。"
        window.show_bar(NoticeBar(f"{notice}{how}", [("连接服务器…", window.login_wanted.emit)]))


class Seat(QObject):
    """Keeps the window saying who sits here and how much waits for them."""

    def __init__(self, window: Window, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        desk.operations.changed.connect(self._on_changed)
        desk.seat_changed.connect(self._refresh)
        self._refresh()

    def _on_changed(self, changes: Changes) -> None:
        if changes.touches("person", "assignment", "department", "office"):
            self._refresh()
        else:
            self._refresh_badges()

    def _refresh(self) -> None:
        actor = self._desk.actor
        self._desk.read(self, lambda reading: sitter(reading, actor), self._window.who.show_sitter, key="seat")
        self._refresh_badges()

    def _refresh_badges(self) -> None:
        actor = self._desk.actor
        self._desk.read(self, lambda reading: badges(reading, actor), self._window.show_badges, key="badges")


class RootWatch(QObject):
    """Tells loudly, on whatever page, that the root key is not the one that was confirmed on this machine."""

    def __init__(self, window: Window, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._bar: NoticeBar | None = None
        desk.operations.changed.connect(self._on_changed)
        self._read()

    def _on_changed(self, changes: Changes) -> None:
        if changes.touches("identity_record"):
            self._read()

    def _read(self) -> None:
        self._desk.read(self, root_notice, self._tell, key="root")

    def _tell(self, notice: str) -> None:
        bar, self._bar = self._bar, None
        if bar is not None and isValid(bar):
            bar.dismiss()
        if notice:
            look = ("查看…", lambda: self._desk.wanted.emit("settings", "keys"))
            self._bar = NoticeBar(notice, [look])
            self._window.show_bar(self._bar)


def badges(reading: Reading, actor: UUID) -> Mapping[str, int]:
    """The figures on the tabs."""
    found = counts(reading, actor)
    return {"workbench": found.late, "weekly": found.reports, "approvals": found.waiting - found.reports}


def sitter(reading: Reading, actor: UUID) -> str:
    """Who sits here, with their roles."""
    roles = role_line(reading, actor)
    name = person_ref(reading, actor).name
    return f"{name} · {roles}" if roles else name


def notices(reading: Reading, office: Office) -> str:
    """What the status line keeps saying: the data lies where it may be harmed, the calendar nears its end."""
    return "　".join(part for part in (data_notice(office), calendar_notice(reading)) if part)
