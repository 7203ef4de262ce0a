"""The ledger of contracts, programs, plans and money: what approved filings have posted.

Nothing but a posting writes here. Lines keep their form's own columns as canonical text in ``content``; what lists and
sums ask for stands beside it in columns of its own.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import Day, Fact, Fen, Flag, Key, Moment, Record, Whole, Words, link


class Contract(Record, kw_only=True):
    """A contract as registered (APPT-1); ``kind`` is an option of the policy, ``amount`` fen.

    ``content`` is the canonical text of the filing's sections: modules with prices, equipment, work products.
    """

    __tablename__ = "contract"
    __table_args__ = (Index(None, "number"), Index(None, "pinyin"))

    number: Mapped[Words]
    name: Mapped[Words]
    kind: Mapped[Words] = mapped_column(default="")
    customer: Mapped[Words] = mapped_column(default="")
    amount: Mapped[Fen | None] = mapped_column(default=None)
    signed_on: Mapped[Day | None] = mapped_column(default=None)
    in_force_on: Mapped[Day | None] = mapped_column(default=None)
    outsourced: Mapped[Flag] = mapped_column(default=False)
    outsourcing: Mapped[Words] = mapped_column(default="")
    client_manager_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    content: Mapped[Words]
    pinyin: Mapped[Words] = mapped_column(default="")
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id", closes_ring=True), default=None)


class Program(Record, kw_only=True):
    """A 大项目 (PROG-1): several projects under one 大项目经理."""

    __tablename__ = "program"
    __table_args__ = (Index(None, "manager_id"),)

    name: Mapped[Words] = mapped_column(unique=True)
    manager_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    across: Mapped[Words] = mapped_column(default="")
    note: Mapped[Words] = mapped_column(default="")
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id", closes_ring=True), default=None)


class Baseline(Fact, kw_only=True):
    """One state of a project's plan, numbered from 1, as a filing's approval put it in force (INIT-3, CHG-1)."""

    __tablename__ = "baseline"
    __table_args__ = (UniqueConstraint("project_id", "n"),)

    project_id: Mapped[Key] = mapped_column(link("project.id"))
    n: Mapped[Whole]
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)
    effective_on: Mapped[Day]
    at: Mapped[Moment]
    note: Mapped[Words] = mapped_column(default="")


class PlanLine(Record, kw_only=True):
    """A line of a plan's register, in force from one baseline up to, not including, another.

    ``line`` is the stable id that the line bears in every form and baseline; ``place`` its order in the register.
    ``amount`` (fen), ``month`` (``2026-03``), ``person_id``, ``starts_on`` and ``ends_on`` mirror ``content`` for sums
    and clocks.
    """

    __tablename__ = "plan_line"
    __table_args__ = (
        Index(None, "project_id", "register", "to_baseline"),
        Index(None, "register", "month"),
        Index(None, "person_id", "register"),
    )

    project_id: Mapped[Key] = mapped_column(link("project.id"))
    register: Mapped[Words]
    line: Mapped[Words]
    place: Mapped[Whole]
    from_baseline: Mapped[Whole]
    to_baseline: Mapped[Whole | None] = mapped_column(default=None)
    content: Mapped[Words]
    amount: Mapped[Fen | None] = mapped_column(default=None)
    subject: Mapped[Words] = mapped_column(default="")
    month: Mapped[Words] = mapped_column(default="")
    starts_on: Mapped[Day | None] = mapped_column(default=None)
    ends_on: Mapped[Day | None] = mapped_column(default=None)
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)


class MonthBudget(Record, kw_only=True):
    """What an approved monthly budget (BUD-1) sets for a project: fen per 科目 in ``month`` (``2026-03``)."""

    __tablename__ = "month_budget"
    __table_args__ = (Index(None, "project_id", "month"), Index(None, "month"))

    project_id: Mapped[Key] = mapped_column(link("project.id"))
    month: Mapped[Words]
    subject: Mapped[Words]
    amount: Mapped[Fen]
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)


class Expense(Fact, kw_only=True):
    """Money that an approved claim (BUD-3) took from a project's budget, fen, by 科目 and month of spending."""

    __tablename__ = "expense"
    __table_args__ = (Index(None, "project_id", "month"), Index(None, "filing_id"))

    project_id: Mapped[Key] = mapped_column(link("project.id"))
    subject: Mapped[Words]
    month: Mapped[Words]
    amount: Mapped[Fen]
    spent_on: Mapped[Day]
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    text: Mapped[Words] = mapped_column(default="")
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)


class Waiver(Fact, kw_only=True):
    """What the policy asks in principle, set aside for a project by a named person with a reason, on record."""

    __tablename__ = "waiver"
    __table_args__ = (Index(None, "project_id"),)

    project_id: Mapped[Key] = mapped_column(link("project.id"))
    gate: Mapped[Words]
    condition: Mapped[Words]
    reason: Mapped[Words]
    by_id: Mapped[Key] = mapped_column(link("person.id"))
    at: Mapped[Moment]
