"""The numbers of projects (APPT-3): official ones gap-free per year and kind, provisional ones before that."""

from __future__ import annotations

from sqlalchemy import select

from desktop.services.office import Work
from desktop.store.numbers import next_number
from desktop.store.tables import Project


def provisional_number(work: Work) -> str:
    """The next provisional number of the year, by which a project is called until it is numbered."""
    rule, year = work.policy.numbering, work.today.year
    n = next_number(work.session, f"project:provisional:{year}")
    return rule.provisional.format(year=year, n=n, code=work.office.code, kind="")


def official_number(work: Work, kind: str) -> str:
    """The next official number of the year and kind; one that an imported ledger already uses is passed over."""
    rule, year = work.policy.numbering, work.today.year
    while True:
        n = next_number(work.session, f"project:{kind}:{year}")
        number = rule.pattern.format(year=year, n=n, code=work.office.code, kind=rule.kinds.get(kind, ""))
        if work.session.scalar(select(Project.id).where(Project.number == number)) is None:
            return number
