"""Chasing with one click (WEEK-5): messages for each who owes a report, and letters for each manager or for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.chasing import (
    Chase,
    by_manager,
    by_person,
    common_message,
    manager_message,
    owed_of,
    personal_message,
    subject_of,
)
from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.exchange.mail import Letter, write_mail
from desktop.services.office import Reading
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT
from desktop.services.week_status import week_statuses
from desktop.store.tables import Person

Tell = Callable[[Chase, str, dt.datetime, WorkCalendar, str], str]
_PAPERS = {MEMBER_REPORT: "员工周报", PROJECT_REPORT: "项目周报"}


@dataclass(frozen=True)
class Message:
    """What one person is told, and where it can be sent; ``email`` is empty where the office knows none."""

    person: PersonRef
    text: str
    email: str
    count: int


@dataclass(frozen=True)
class Chasing:
    """A week's chasing: a message for each who owes, one for each manager, and one for all."""

    week: str
    people: tuple[Message, ...]
    managers: tuple[Message, ...]
    everyone: str

    @property
    def without_address(self) -> tuple[str, ...]:
        """The people whom no letter can reach."""
        found = (one for one in (*self.people, *self.managers) if not one.email)
        return tuple(dict.fromkeys(one.person.shown for one in found))


def chasing(reading: Reading, actor: UUID, week: str) -> Chasing:
    """Whom to chase for a week, of the projects that the actor may see.

    Raises:
        Refusal: nobody owes anything.
    """
    statuses = week_statuses(reading, actor, [week])
    owed = list(owed_of((_PAPERS[form], statuses[week, form]) for form in _PAPERS))
    if not owed:
        raise Refusal(f"{week} 的周报没有人要催：应交的都已经提交。", todo="可以直接发送通报。")
    now, calendar, sender = reading.now.astimezone().replace(tzinfo=None), reading.calendar(), reading.office.name
    people, managers = by_person(owed), by_manager(owed)
    addresses = addresses_of(reading, {one.person.id for one in (*people, *managers)})

    def messages(chases: Sequence[Chase], tell: Tell) -> tuple[Message, ...]:
        return tuple(
            Message(one.person, tell(one, week, now, calendar, sender), addresses.get(one.person.id, ""), len(one.owed))
            for one in chases
        )

    everyone = common_message(owed, week, now, calendar, sender)
    return Chasing(week, messages(people, personal_message), messages(managers, manager_message), everyone)


def addresses_of(reading: Reading, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """The mail addresses of people, where the office knows them."""
    query = select(Person.id, Person.email).where(Person.id.in_(set(ids)))
    return {key: email for key, email in reading.session.execute(query) if email}


def manager_letters(found: Chasing) -> list[Letter]:
    """A letter for each manager whose address is known."""
    return [
        Letter(subject_of(found.week), ((one.person.name, one.email),), one.text) for one in found.managers if one.email
    ]


def common_letter(found: Chasing) -> Letter:
    """One letter to everyone who owes, as far as their addresses are known.

    Raises:
        Refusal: none is.
    """
    to = tuple((one.person.name, one.email) for one in found.people if one.email)
    if not to:
        raise Refusal("要催的人都没有登记邮箱。", todo="请在“设置—人员”中填写邮箱，或复制催交文字发送。")
    return Letter(subject_of(found.week), to, found.everyone)


def write_chasing(found: Chasing, folder: Path, *, everyone: bool) -> list[Path]:
    """Write the letters into a folder, ready to be looked at and sent: one to everyone, or one for each manager.

    Raises:
        Refusal: no address is known, or a file cannot be written.
    """
    letters = [common_letter(found)] if everyone else manager_letters(found)
    if not letters:
        raise Refusal("要催的项目经理都没有登记邮箱。", todo="请在“设置—人员”中填写邮箱，或复制催交文字发送。")
    written: list[Path] = []
    for letter in letters:
        name = "全体" if everyone else letter.to[0][0]
        path = _free(folder, f"催交周报_{found.week}_{name}", written)
        write_mail(path, letter.subject, letter.to, letter.body)
        written.append(path)
    return written


def _free(folder: Path, stem: str, taken: Sequence[Path]) -> Path:
    """A file's name that no letter before has: two managers may bear one name."""
    path, number = folder / f"{stem}.eml", 2
    while path in taken:
        path, number = folder / f"{stem}_{number}.eml", number + 1
    return path
