"""Who has the office open now, on servers and shares: each running program says so every few minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, or_, select

from desktop import __version__
from desktop.services.office import Office, Reading
from desktop.services.standing import people_by_id
from desktop.store.ids import new_id
from desktop.store.shares import share_of
from desktop.store.tables import Presence

EVERY = dt.timedelta(minutes=3)
"""How often a running program says that it is there."""
SEEN_WITHIN = dt.timedelta(minutes=8)
"""Whoever was not heard of for longer is gone."""
_FORGOTTEN = dt.timedelta(days=1)


@dataclass(frozen=True)
class Present:
    """A running program: who sits at it, on which machine, since when and when it was last heard of (UTC)."""

    id: UUID
    person: str
    host: str
    program: str
    since: dt.datetime
    seen_at: dt.datetime


class Attendance:
    """What one running program says of itself; for the thread that watches."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.id = new_id()
        self._since = office.now()

    def appear(self, actor: UUID) -> None:
        """Say that somebody sits here, and forget what this installation left behind when it was killed.

        Raises:
            Refusal: it cannot be written.
        """
        now, home = self._office.now(), self._office.home
        with self._office.database.writing(actor, home.installation, now) as session:
            row = session.get(Presence, self.id)
            if row is not None and row.person_id == actor:
                row.seen_at = now
                return
            if row is not None:
                session.delete(row)
                session.flush()
            left = or_(Presence.device_id == home.installation.id, Presence.seen_at < now - _FORGOTTEN)
            session.execute(delete(Presence).where(left))
            session.add(
                Presence(
                    id=self.id,
                    person_id=actor,
                    device_id=home.installation.id,
                    host=home.installation.name,
                    program=__version__,
                    since=self._since,
                    seen_at=now,
                )
            )

    def leave(self, actor: UUID) -> None:
        """Say that nobody sits here any more.

        Raises:
            Refusal: it cannot be written.
        """
        with self._office.database.writing(actor, self._office.home.installation, self._office.now()) as session:
            session.execute(delete(Presence).where(Presence.id == self.id))


def is_shared(office: Office) -> bool:
    """Whether several people may have the office open: it lies on a server or a share."""
    file = office.database.file
    return file is None or share_of(file) is not None


def who_is_here(reading: Reading, within: dt.timedelta = SEEN_WITHIN) -> list[Present]:
    """The programs that have the office open, by person; one person may have several."""
    rows = reading.session.scalars(
        select(Presence).where(Presence.seen_at >= reading.now - within).order_by(Presence.since, Presence.id)
    ).all()
    people = people_by_id(reading.session, {row.person_id for row in rows if row.person_id})
    return [
        Present(
            row.id,
            people[row.person_id].full if row.person_id in people else "",
            row.host,
            row.program,
            row.since,
            row.seen_at,
        )
        for row in rows
    ]
