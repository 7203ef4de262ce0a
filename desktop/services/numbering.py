"""The numbers of projects (APPT-3): official ones gap-free per year and kind, provisional ones before that."""

from __future__ import annotations

from sqlalchemy import select

from desktop.domain.errors import Refusal
from desktop.services.office import Reading, Work
from desktop.store.locks import take_turn
from desktop.store.numbers import coming_number, next_number
from desktop.store.tables import Project


def provisional_number(work: Work) -> str:
    """The next provisional number of the year, by which a project is called until it is numbered."""
    rule, year = work.policy.numbering, work.today.year
    n = next_number(work.session, f"project:provisional:{year}")
    return rule.provisional.format(year=year, n=n, code=work.office.code, kind="")


def official_number(work: Work, kind: str) -> str:
    """The next official number of the year and kind; one that an imported ledger already uses is passed over."""
    while True:
        number = _spelt(work, kind, next_number(work.session, _series(work, kind)))
        if _free(work, number):
            return number


def expected_number(reading: Reading, kind: str) -> str:
    """The official number that a project of this kind would be given now; nothing is taken."""
    n = coming_number(reading.session, _series(reading, kind))
    while not _free(reading, number := _spelt(reading, kind, n)):
        n += 1
    return number


def _series(reading: Reading, kind: str) -> str:
    return f"project:{kind}:{reading.today.year}"


def _spelt(reading: Reading, kind: str, n: int) -> str:
    rule = reading.policy.numbering
    return rule.pattern.format(year=reading.today.year, n=n, code=reading.office.code, kind=rule.kinds.get(kind, ""))


def _free(reading: Reading, number: str) -> bool:
    return reading.session.scalar(select(Project.id).where(Project.number == number)) is None


def give_number(work: Work, record: Project) -> None:
    """Give a project its official number.

    Raises:
        Refusal: it has one.
    """
    if record.number:
        raise Refusal(f"项目“{record.name}”已有编号 {record.number}。", kept="编号没有改动。", todo="请刷新后查看。")
    record.number = official_number(work, record.kind)


def need_free_short_name(work: Work, record: Project, short_name: str) -> None:
    """Go on only where no other project bears this short name (APPT-3); one of two at once is told.

    Raises:
        Refusal: another does.
    """
    take_turn(work.session, "short names")
    other = work.session.scalar(select(Project).where(Project.short_name == short_name, Project.id != record.id))
    if other is not None:
        called = other.number or other.provisional or other.name
        raise Refusal(f"简称“{short_name}”已经是项目 {called} 的。", kept="没有作任何改动。", todo="请另取一个简称。")
