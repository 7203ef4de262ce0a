"""Stand-ins (代理): who signs for whom, from one day to another, in one role or in all (ROLE-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class StandIn:
    """``stand_in_id`` signs for ``person_id`` from ``since`` up to and with ``until``; ``role`` empty: in every role.

    It follows one level only: a stand-in does not pass on what they stand in for, because the person represented
    trusted them, and nobody else.
    """

    person_id: UUID
    stand_in_id: UUID
    role: str
    since: dt.date
    until: dt.date

    def covers(self, role: str, day: dt.date) -> bool:
        """Whether it holds on a day for a step of that role (empty: a step that names a person)."""
        return self.since <= day <= self.until and self.role in {"", role}


def ring(known: Iterable[StandIn], added: StandIn) -> tuple[UUID, ...]:
    """The ring of people that ``added`` would close, beginning and ending with who is represented; or nothing.

    Only such links make a ring as hold on one and the same day and in one and the same role.
    """
    links = tuple(known)

    def follow(path: tuple[UUID, ...], role: str, since: dt.date, until: dt.date) -> tuple[UUID, ...]:
        for link in links:
            first, last = max(since, link.since), min(until, link.until)
            if link.person_id != path[-1] or first > last or (role and link.role and role != link.role):
                continue
            if link.stand_in_id == path[0]:
                return (*path, link.stand_in_id)
            if link.stand_in_id not in path:
                found = follow((*path, link.stand_in_id), role or link.role, first, last)
                if found:
                    return found
        return ()

    if added.person_id == added.stand_in_id:
        return added.person_id, added.stand_in_id
    return follow((added.person_id, added.stand_in_id), added.role, added.since, added.until)
