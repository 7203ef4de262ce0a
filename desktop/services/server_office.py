"""Founding a shared office on a PostgreSQL server: database, office, guard and the first person's login, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from desktop.domain.errors import Refusal
from desktop.domain.server_place import ServerPlace, Trust, name_trouble, server_place
from desktop.services.clock import Clock, local_clock
from desktop.services.home import Home
from desktop.services.logins import password_trouble
from desktop.services.opening import Founding, check_founding, found
from desktop.store.server import (
    FirstLogin,
    Prepared,
    Remains,
    Unfinished,
    abandon_server,
    clear_remains,
    complete_server,
    is_encrypted,
    look_before,
    prepare_server,
    remains,
)

__all__ = [
    "FirstLogin",
    "OfficePlan",
    "Prepared",
    "Remains",
    "Unfinished",
    "abandon_server",
    "clear_remains",
    "complete_server",
    "found_on_server",
    "look_before",
    "office_zone",
    "prepare_server",
    "remains",
]

Tell = Callable[[int, int, str], None]
_UNTOUCHED = "服务器上没有作任何改动。"


@dataclass(frozen=True)
class OfficePlan:
    """Where a shared office is to be made, and by whom.

    ``admin`` is the server administrator's URL, its password included; it is used for this once and remembered nowhere.
    ``clear`` removes what an interrupted making has left.
    """

    admin: str = field(repr=False)
    database: str
    login: str
    password: str = field(repr=False)
    clear: bool = False

    @property
    def place(self) -> ServerPlace:
        """How the first person connects afterwards."""
        place = server_place(self.admin) or ServerPlace()
        return replace(place, database=self.database, login=self.login)

    def place_as_reached(self, *, encrypted: bool) -> ServerPlace:
        """The same; a server on this machine may have been reached without TLS where the address says nothing of it."""
        plain = self.place.trust is Trust.UNCHECKED and not encrypted
        return replace(self.place, trust=Trust.PLAIN) if plain else self.place


def found_on_server(
    plan: OfficePlan, founding: Founding, home: Home, clock: Clock = local_clock, tell: Tell | None = None
) -> str:
    """Make a shared office and return the URL, without a password, by which the first person opens it.

    Raises:
        Unfinished: an earlier making of this database was interrupted; ``clear`` would remove it.
        Refusal: a name does not do or is taken, the login is too weak, the server cannot be reached; nothing is left.
    """
    say = tell or (lambda _done, _total, _text: None)
    policy = check_founding(founding)
    trouble = name_trouble(plan.database, "数据库") or name_trouble(plan.login, "登录名")
    if trouble := trouble or password_trouble(plan.password, plan.login):
        raise Refusal(trouble, kept=_UNTOUCHED, todo="请更正后再建立。")
    if plan.clear and remains(plan.admin, plan.database) is Remains.UNFINISHED:
        say(0, 3, "正在清除上一次没有建完的数据库")
        clear_remains(plan.admin, plan.database)
    say(0, 3, "正在建立数据库")
    prepared = prepare_server(plan.admin, plan.database, clock())
    try:
        say(1, 3, "正在建立办公室")
        database = prepared.database()
        try:
            person = found(database, founding, policy, home, clock)
            place = plan.place_as_reached(encrypted=is_encrypted(database))
        finally:
            database.close()
        say(2, 3, "正在设置登录名和保护")
        complete_server(prepared, FirstLogin(plan.login, plan.password, person), zone=office_zone(clock))
    except BaseException:
        with suppress(Refusal):  # what cannot be undone now is told as unfinished the next time
            abandon_server(prepared)
        raise
    target = place.target()
    home.remember(target=target, person_id=str(person))
    return target


def office_zone(clock: Clock) -> str:
    """The office's time zone as PostgreSQL understands it: by its name, or by its distance from Greenwich."""
    zone = clock().astimezone().tzinfo
    named = getattr(zone, "key", "")
    if named:
        return str(named)
    away = clock().astimezone().utcoffset()
    minutes = int(away.total_seconds() // 60) if away is not None else 0
    sign = "-" if minutes > 0 else "+"  # POSIX counts westwards
    return f"<local>{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
