"""The ledger of reporting: what members reported week by week, tracked problems, and absences."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import Day, Fact, Key, Record, Whole, Words, link


class ReportLine(Fact, kw_only=True):
    """One line of an approved weekly report (WEEK-1): what a member did on a task of a project in a week.

    ``line`` is the line's id in its filing, ``plan_line`` the stable id of the schedule's task that it names, or empty.
    ``done`` is in hundredths of a percent, ``needed`` in hundredths of a person-day, ``hours`` in hundredths of an
    hour; ``content`` is the canonical text of the whole line.
    """

    __tablename__ = "report_line"
    __table_args__ = (
        Index(None, "project_id", "week"),
        Index(None, "person_id", "week"),
        Index(None, "week"),
        Index(None, "filing_id"),
    )

    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)
    project_id: Mapped[Key] = mapped_column(link("project.id"))
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    week: Mapped[Words]
    place: Mapped[Whole]
    line: Mapped[Words]
    task: Mapped[Words]
    plan_line: Mapped[Words] = mapped_column(default="")
    status: Mapped[Words] = mapped_column(default="")
    done: Mapped[Whole | None] = mapped_column(default=None)
    forecast_on: Mapped[Day | None] = mapped_column(default=None)
    needed: Mapped[Whole | None] = mapped_column(default=None)
    hours: Mapped[Whole | None] = mapped_column(default=None)
    content: Mapped[Words]


class TrackedProblem(Record, kw_only=True):
    """A problem that is tracked until it is closed (CTRL-7, INFO-3).

    ``number`` is that of the filing that raised it, with the line's place where that has several. ``source`` says where
    it came from (the form's key), ``content`` is the canonical text of the line that raised it; ``level`` who settles
    it (`desktop.domain.problems.LEVELS`); ``evidence`` tells by what it was closed.
    """

    __tablename__ = "problem"
    __table_args__ = (
        Index(None, "project_id", "closed_on"),
        Index(None, "closed_on", "due_on"),
        Index(None, "owner_id"),
        Index(None, "department_id"),
        Index(None, "number"),
    )

    project_id: Mapped[Key | None] = mapped_column(link("project.id"), default=None)
    number: Mapped[Words] = mapped_column(default="")
    line: Mapped[Words]
    source: Mapped[Words]
    title: Mapped[Words]
    content: Mapped[Words]
    raised_on: Mapped[Day]
    raised_by_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    department_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    owner_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    due_on: Mapped[Day | None] = mapped_column(default=None)
    severity: Mapped[Words] = mapped_column(default="")
    level: Mapped[Words] = mapped_column(default="")
    closed_on: Mapped[Day | None] = mapped_column(default=None)
    evidence: Mapped[Words] = mapped_column(default="")
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)
    closing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)


class Absence(Record, kw_only=True):
    """Days on which a person is away (leave, illness), both included: reports of whole weeks are excused (WEEK-5)."""

    __tablename__ = "absence"
    __table_args__ = (Index(None, "person_id", "starts_on"),)

    person_id: Mapped[Key] = mapped_column(link("person.id"))
    starts_on: Mapped[Day]
    ends_on: Mapped[Day]
    reason: Mapped[Words] = mapped_column(default="")
