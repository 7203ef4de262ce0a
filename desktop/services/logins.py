"""People's logins on a shared office's server: inviting, one-time passwords, closing, and one's own password."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, text

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.server_place import Invitation, ServerPlace, Trust, is_this_machine, name_trouble, server_place
from desktop.services.office import Office, Reading
from desktop.services.sorting import sort_key
from desktop.services.standing import people_by_id
from desktop.store import logins as stored
from desktop.store.guard import guard_names
from desktop.store.server_certificate import fingerprint_at
from desktop.store.tables import Person

SHORTEST = 8
"""Characters of a password that somebody chooses."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_UNCHANGED = "没有作任何改动。"
_LONGEST_LOGIN = 40


@dataclass(frozen=True)
class LoginRow:
    """A login as the list shows it; moments are aware, ``person`` is empty for one that is nobody's."""

    name: str
    person_id: UUID | None
    person: str
    here: bool
    administrator: bool
    one_time: bool
    made_at: dt.datetime
    made_by: str
    seen_at: dt.datetime | None
    closed_at: dt.datetime | None
    shut: bool

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if self.closed_at is not None:
            return "已关闭" if self.shut else "已停用"
        if not self.here:
            return "人已离职"
        return "未改密码" if self.one_time else "在用"


def list_logins(office: Office) -> list[LoginRow]:
    """All logins of the office, by name.

    Raises:
        NotAllowed: the connected login is no administrator's.
    """
    with office.database.connecting() as connection:
        _need_administrator(connection)
        found = stored.list_logins(connection)
    people = office.read(lambda reading: _people(reading, {login.person_id for login in found if login.person_id}))
    rows = []
    for login in found:
        name, here = people.get(login.person_id, ("", True)) if login.person_id else ("", True)
        rows.append(
            LoginRow(
                login.name,
                login.person_id,
                name,
                here,
                login.administrator,
                login.one_time,
                login.made_at,
                login.made_by,
                login.seen_at,
                login.closed_at,
                not login.open,
            )
        )
    return rows


def suggest_login(name: str, staff_no: str = "") -> str:
    """A login for a person: the name in pinyin and the staff number, in what a server takes without quotation marks."""
    letters = re.sub(r"[^a-z]", "", sort_key(name).removesuffix(name))
    number = re.sub(r"[^a-z0-9]", "", staff_no.lower())
    login = f"{letters or 'u'}{number}"[:_LONGEST_LOGIN]
    return login if not name_trouble(login, "") else f"u_{login}"[:_LONGEST_LOGIN]


def invitation_place(office: Office, host: str = "") -> ServerPlace:
    """The way to the office as others go it; ``host`` is what they call the server, where that is another name."""
    place = server_place(office.database.url.render_as_string(hide_password=True)) or ServerPlace()
    place = replace(place, host=host or place.host)
    if place.trust.only_here and not is_this_machine(place.host):
        place = replace(place, trust=Trust.SYSTEM)
    return place


def invite_person(
    office: Office, person_id: UUID, login: str, *, administrator: bool = False, host: str = ""
) -> Invitation:
    """Make a login for a person, with a one-time password that is nowhere else than in the invitation.

    Raises:
        NotAllowed: the connected login is no administrator's.
        Refusal: the name does not do or is taken, the person has left.
    """
    password = one_time_password()
    with office.database.administering() as connection:
        _need_administrator(connection)
        stored.make_login(connection, guard_names(connection), login, password, administrator=administrator)
        stored.belong_to(connection, login, person_id, administrator=administrator)
        stored.hand_out(connection, login)
    return _invitation(office, login, password, person_id, host)


def reset_password(office: Office, login: str, *, host: str = "") -> Invitation:
    """Give a login another one-time password; a closed one is opened again.

    Raises:
        NotAllowed: the connected login is no administrator's, or that one is another administrator's.
        Refusal: there is no such login, or its person has left.
    """
    password = one_time_password()
    with office.database.administering() as connection:
        _need_administrator(connection)
        found = _found(connection, login)
        stored.set_password(connection, login, password)
        if found.closed_at is not None or not found.open:
            stored.let_in(connection, login)
            stored.belong_to(connection, login, found.person_id, administrator=found.administrator)
        stored.hand_out(connection, login)
    return _invitation(office, login, password, found.person_id, host)


def close_login(office: Office, login: str) -> bool:
    """Let nobody work by a login any more; what was done by it stays.

    The guard refuses it at once, also in sessions that stand. Whether the server refuses it as well: only its maker and
    the server's administrator can have that for an administrator's login.

    Raises:
        NotAllowed: the connected login is no administrator's.
        Refusal: there is no such login, or it is one's own.
    """
    with office.database.administering() as connection:
        _need_administrator(connection)
        if login == office.database.url.username:
            raise Refusal("不能关闭您自己正在用的登录名。", kept=_UNCHANGED, todo="请另一位管理员来办。")
        if _found(connection, login).closed_at is None:
            connection.execute(text("SELECT guard.close(:login)"), {"login": login})
        return stored.shut(connection, login)


def open_logins(office: Office, person_id: UUID) -> list[str]:
    """The logins of a person that still let in; none where there are no logins, or the asker may not know."""
    if not office.database.guarded:
        return []
    with office.database.connecting() as connection:
        return stored.open_logins(connection, person_id)


def change_own_password(office: Office, password: str) -> None:
    """Choose a password of one's own; the office stays open and connects with the new one from now on.

    Raises:
        Refusal: it is too easy, or the server refuses it.
    """
    database = office.database
    if trouble := password_trouble(password, database.url.username or "", str(database.url.password or "")):
        raise Refusal(trouble, kept="密码没有改。", todo="请另想一个密码。")
    with database.administering() as connection:
        stored.set_password(connection, database.url.username or "", password)
        stored.make_own(connection)
    database.change_password(password)


def password_trouble(password: str, login: str, older: str = "") -> str:
    """Why a password is too easy, or nothing."""
    if len(password) < SHORTEST:
        return f"密码至少要 {SHORTEST} 个字符。"
    if password == older:
        return "新密码不能与原来的相同。"
    if len(set(password)) < SHORTEST // 2 or (login and login in password.lower()):
        return "这个密码太容易被猜到，不要用登录名或重复的字符。"
    return ""


def one_time_password() -> str:
    """A password that is read from paper and typed once."""
    letters = "".join(secrets.choice(_LETTERS) for _place in range(16))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def _invitation(office: Office, login: str, password: str, person_id: UUID | None, host: str) -> Invitation:
    place = replace(invitation_place(office, host), login=login)
    people = office.read(lambda reading: _people(reading, {person_id} if person_id else set()))
    name = people[person_id][0] if person_id in people else ""
    return Invitation(place, password, office.name, name, fingerprint_at(invitation_place(office)))


def _people(reading: Reading, ids: set[UUID]) -> dict[UUID, tuple[str, bool]]:
    """Names as lists show them, and whether the person is here."""
    refs = people_by_id(reading.session, ids)
    return {key: (ref.full, reading.session.fetch(Person, key).active) for key, ref in refs.items()}


def _need_administrator(connection: Connection) -> None:
    known = stored.whoami(connection)
    if (known is None or known.closed or not known.administrator) and not stored.is_powerful(connection):
        raise NotAllowed(
            "只有管理员能管理登录名。",
            kept=_UNCHANGED,
            todo="请建立这个共享办公室的管理员来办，或请他把您也设为管理员。",
        )


def _found(connection: Connection, login: str) -> stored.LoginRecord:
    found = next((one for one in stored.list_logins(connection) if one.name == login), None)
    if found is None:
        raise Refusal(f"办公室里没有登录名“{login}”。", kept=_UNCHANGED, todo="请核对登录名。")
    return found
