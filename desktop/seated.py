"""The office that a command works at, and the person for whom it does."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from desktop.credentials import known_way
from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.services.home import Home, target_of
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import people_refs
from desktop.services.sitting import Login


def complain(text: str) -> None:
    """Say what went wrong, beside the command's answer."""
    print(text, file=sys.stderr)


@contextmanager
def opened(arguments: Namespace, home: Home) -> Iterator[Office]:
    """The office that a command works at, closed afterwards.

    Raises:
        Refusal: it cannot be opened.
    """
    office = open_office(known_way(target_of(arguments.data, home)), home)
    try:
        yield office
    finally:
        office.close()


def actor_of(office: Office, named: str, home: Home) -> UUID:
    """Who acts: the person named by name or staff number, else who sat here last.

    Raises:
        Refusal: nobody or several people are meant.
    """
    people = office.read(people_refs)
    if office.login is not None:
        return _login_person(office.login, named, people)
    if not named:
        known = [person for person in people if str(person.id) == home.remembered().person_id]
        if not known:
            raise Refusal("不知道由谁来办理：本机没有记住这个办公室里的人。", todo="请用 --as 写明姓名或工号。")
        return known[0].id
    word = named.strip()
    found = [person for person in people if word in {person.name, person.staff_no, person.full}]
    if not found:
        raise Refusal(f"办公室里没有叫“{named}”或工号为“{named}”的人。", todo="请核对 --as 后面的姓名或工号。")
    if len(found) > 1:
        raise Refusal(f"有 {len(found)} 位“{named}”：{_people(found)}。", todo="请在 --as 后面改写工号。")
    return found[0].id


def _login_person(login: Login, named: str, people: Sequence[PersonRef]) -> UUID:
    """On a guarded server whoever's login is connected acts, and nobody else."""
    known = next((person for person in people if person.id == login.person_id), None)
    if known is None:
        raise Refusal(f"登录名“{login.name}”在办公室里不是任何人。", todo="请换用您自己的登录名。")
    if named.strip() not in {"", known.name, known.staff_no, known.full}:
        raise Refusal(
            f"您是以{known.full}的登录名连接的，不能由“{named}”办理。", todo="请去掉 --as，或用那个人的登录名连接。"
        )
    return known.id


def _people(people: Iterable[PersonRef]) -> str:
    return "、".join(person.full for person in people)
