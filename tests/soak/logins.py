"""A shared office as the program makes it: founded on a server, everybody invited, passwords of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from desktop.services.clock import local_clock
from desktop.services.home import Home
from desktop.services.logins import change_own_password, invite_person
from desktop.services.opening import open_office
from desktop.services.server_office import FirstLogin, complete_server, prepare_server
from tests.soak.office import Desks, prepare_office
from tests.soak.server import Server

ZONE = "Asia/Shanghai"
Login = tuple[str, str]
"""A name and its password."""


@dataclass(frozen=True)
class Shared:
    """A shared office: who sits where, and their logins in the same order; the first is its administrator."""

    desks: Desks
    logins: tuple[Login, ...]


def share_office(server: Server, database: str, folder: Path, count: int) -> Shared:
    """Make a shared office on a server, and a login for each of its first ``count`` people."""
    prepared = prepare_server(server.url("postgres"), database, local_clock())
    desks = prepare_office(server.url(database), folder / "founder")
    people = desks.people[:count]
    first = (f"{database}_00", secrets.token_urlsafe(12))
    complete_server(prepared, FirstLogin(*first, people[0]), zone=ZONE)
    logins = [first]
    administration = open_office(server.url(database, *first), Home(folder / "administrator"))
    try:
        for n, person in enumerate(people[1:], 1):
            name = f"{database}_{n:02}"
            invitation = invite_person(administration, person, name)
            logins.append((name, _made_own(server.url(database, name, invitation.password), folder)))
    finally:
        administration.close()
    return Shared(desks, tuple(logins))


def _made_own(url: str, folder: Path) -> str:
    """Open the office by a one-time password and choose one's own, which is returned."""
    own = secrets.token_urlsafe(12)
    office = open_office(url, Home(folder / "first-time"))
    try:
        change_own_password(office, own)
    finally:
        office.close()
    return own
