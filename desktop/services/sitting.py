"""Who sits at a guarded server: whoever's login is connected, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from desktop.domain.errors import NotAdmitted
from desktop.store import logins as stored
from desktop.store.engine import Database


@dataclass(frozen=True)
class Login:
    """Who is connected to a guarded server. ``person_id`` is None for a login that is nobody's in the office."""

    name: str
    person_id: UUID | None
    person: str
    administrator: bool
    one_time: bool


def connected_login(database: Database) -> Login | None:
    """Who is connected to a guarded server; None where there is no guard, and for a superuser whom nobody invited.

    Raises:
        NotAdmitted: the login is closed, its person has left, or it belongs to nobody.
    """
    if not database.guarded:
        return None
    with database.connecting() as connection:
        known = stored.whoami(connection)
        powerful = stored.is_powerful(connection)
    name = database.url.username or ""
    if known is None:
        if powerful:
            return None
        raise NotAdmitted(
            f"登录名“{name}”没有对应这个办公室里的任何人。",
            kept="数据未作改动。",
            todo="请换用您自己的登录名，或请管理员邀请您。",
        )
    if known.closed:
        raise NotAdmitted(
            f"登录名“{name}”已被关闭，或者您已登记为离职。",
            kept="数据未作改动。",
            todo="如果您仍在这个单位工作，请与管理员联系。",
        )
    return Login(name, known.person_id, known.person, known.administrator, known.one_time)


def note_arrival(database: Database) -> None:
    """Write down on a guarded server that the connected login was used now."""
    if database.guarded:
        with database.administering() as connection:
            stored.arrive(connection)
