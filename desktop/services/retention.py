"""How long personal data stays: of people who left, of those who are named nowhere, and in this machine's logs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.services.changes import Changes, Done
from desktop.services.home import Home
from desktop.services.office import Office, Reading, Work
from desktop.services.standing import people_by_id
from desktop.store.erasure import is_named, told_particulars, withhold_bodies
from desktop.store.history import changes_of
from desktop.store.tables import Assignment, Person, Setting
from desktop.store.writable import write_whole

KEY = "retention"
GONE = "（已离职，资料已清除）"
_FILE = "retention.json"
_DEED = "清除个人信息"
_MOST, _DAY = 1200, 86_400
_CONTACT = ("phone", "email")
_ALL = (*_CONTACT, "staff_no", "name")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RetentionRules:
    """After how many months since somebody left what is erased; 0: never.

    ``contact_months`` is for phone and address of whoever left; ``unnamed_months`` for all particulars of people who
    left and are named nowhere: in no filing, signature, role or entry of the journal.
    """

    contact_months: int = 12
    unnamed_months: int = 36


class Extent(StrEnum):
    """What of a person is due to be erased."""

    CONTACT = "contact"
    ALL = "all"

    @property
    def words(self) -> str:
        """As people are told."""
        return {"contact": "电话、邮箱", "all": "姓名、工号、电话、邮箱"}[self.value]


@dataclass(frozen=True)
class DuePerson:
    """Somebody who left on ``left_on``, and what of them has stayed long enough."""

    id: UUID
    name: str
    left_on: dt.date
    extent: Extent


def retention_rules(reading: Reading) -> RetentionRules:
    """The office's rules; the usual ones where it has set none."""
    kept = reading.session.scalar(select(Setting.text).where(Setting.key == KEY))
    match read_canonical(kept) if kept else None:
        case {"contact_months": int(contact), "unnamed_months": int(unnamed)}:
            return RetentionRules(contact, unnamed)
    return RetentionRules()


def set_retention_rules(work: Work, rules: RetentionRules) -> None:
    """Keep other rules for the office.

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: a number makes no sense.
    """
    work.need(Action.MANAGE_PEOPLE, what="修改个人信息保存期限")
    if not all(0 <= months <= _MOST for months in (rules.contact_months, rules.unnamed_months)):
        raise Refusal("月数应在 0（不清除）到 1200 之间。", kept="原来的期限没有改动。", todo="请更正。")
    told = canonical_text(asdict(rules))
    kept = work.session.scalars(select(Setting).where(Setting.key == KEY)).one_or_none()
    if kept is None:
        work.session.add(Setting(key=KEY, text=told))
    else:
        kept.text = told


def due_people(reading: Reading) -> list[DuePerson]:
    """Whose data has stayed long enough by the office's rules, by name."""
    rules, found = retention_rules(reading), []
    for person in reading.session.scalars(select(Person).where(Person.active.is_(False)).order_by(Person.name)):
        left_on = _left_on(reading, person)
        extent = _extent(reading, person, left_on, rules)
        if extent is not None:
            ref = people_by_id(reading.session, {person.id})[person.id]
            found.append(DuePerson(person.id, ref.full, left_on, extent))
    return found


def _extent(reading: Reading, person: Person, left_on: dt.date, rules: RetentionRules) -> Extent | None:
    gone = person.name == GONE
    long_gone = not gone and _is_past(left_on, rules.unnamed_months, reading.today)
    if long_gone and not is_named(reading.session, person.id):
        return Extent.ALL
    if not _is_past(left_on, rules.contact_months, reading.today):
        return None
    if person.phone or person.email or told_particulars(reading.session, person.id, _ALL if gone else _CONTACT):
        return Extent.ALL if gone else Extent.CONTACT
    return None


def _is_past(left_on: dt.date, months: int, today: dt.date) -> bool:
    if not months:
        return False
    count = left_on.year * 12 + left_on.month - 1 + months
    return (count // 12, count % 12 + 1, left_on.day) <= (today.year, today.month, today.day)


def _left_on(reading: Reading, person: Person) -> dt.date:
    """The day on which somebody left: as the journal tells it, else the last that is known of them."""
    days = []
    for change in changes_of(reading.session, "person", person.id):
        if change.fields.get("active", (None, None))[1] is False:
            return change.at.astimezone().date()
        days.append(change.at.astimezone().date())
    last = reading.session.scalar(select(func.max(Assignment.until)).where(Assignment.person_id == person.id))
    return max([*days, *([last] if last else [])], default=reading.today)


def erase(office: Office, actor: UUID, people: Iterable[UUID]) -> Done[int]:
    """Clear what is due of these people, and take it out of the journal; returns of how many something was erased.

    First the columns are cleared by a save like any other, then what the journal tells of before is withheld; what is
    cut off in between is due again. People who are not due are left alone.

    Raises:
        NotAllowed: the actor may not manage people.
    """
    wanted = set(people)
    due = {one.id: one for one in office.read(due_people) if one.id in wanted}
    first = office.run(actor, lambda work: _clear(work, due))
    second = office.run(actor, lambda work: _withhold(work, due))
    parts = (first.changes, second.changes)
    changes = Changes(
        frozenset[str]().union(*(part.entities for part in parts)),
        frozenset[str]().union(*(part.ids for part in parts)),
    )
    return Done(second.value, changes)


def _clear(work: Work, due: dict[UUID, DuePerson]) -> None:
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    for one in due.values():
        person = work.session.fetch(Person, one.id)
        person.phone, person.email = "", None
        if one.extent is Extent.ALL:
            person.name, person.pinyin, person.staff_no = GONE, "", ""


def _withhold(work: Work, due: dict[UUID, DuePerson]) -> int:
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    bodies = [withhold_bodies(work.session, one.id, f"{KEY}: {one.extent.value}") for one in due.values()]
    return sum(1 for count in bodies if count)


# ---- this machine


def log_days(home: Home) -> int:
    """For how many days this machine keeps older logs and what was noted of crashes."""
    try:
        days = json.loads((home.folder / _FILE).read_text(encoding="utf-8"))["log_days"]
    except (OSError, ValueError, KeyError, TypeError):
        return 90
    return days if type(days) is int and days > 0 else 90


def set_log_days(home: Home, days: int) -> None:
    """Keep them so long from now on.

    Raises:
        Refusal: the number makes no sense or cannot be kept.
    """
    if not 1 <= days <= _MOST:
        raise Refusal("天数应在 1 到 1200 之间。", kept="原来的期限没有改动。", todo="请更正。")
    try:
        write_whole(home.folder / _FILE, json.dumps({"log_days": days}))
    except OSError as error:
        raise Refusal("保存期限的设置保存不了。", kept="原来的期限没有改动。", details=str(error)) from error


def prune_logs(home: Home) -> int:
    """Remove files beside the log that nobody has written for too long; returns how many. The log itself stays."""
    limit, gone = time.time() - log_days(home) * _DAY, 0
    with suppress(OSError):
        for file in home.log_file.parent.iterdir():
            with suppress(OSError):
                if file != home.log_file and file.is_file() and file.stat().st_mtime < limit:
                    file.unlink()
                    gone += 1
    return gone
