"""The office itself: its policy versions, departments, people, roles, calendar, settings and counters."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import Day, Fact, Flag, Key, Moment, Record, Whole, Words, link


class Office(Record, kw_only=True):
    """The office of record; one row per data file. ``code`` is a short prefix of numbers, or empty."""

    __tablename__ = "office"

    name: Mapped[Words]
    code: Mapped[Words] = mapped_column(default="")
    logo_sha: Mapped[Words | None] = mapped_column(link("blob.sha256"), default=None)
    policy_id: Mapped[Key | None] = mapped_column(link("policy_version.id"), default=None)
    created_at: Mapped[Moment]


class PolicyVersion(Fact, kw_only=True):
    """One text of a policy as it was loaded; ``sha256`` is the hash of ``text``."""

    __tablename__ = "policy_version"

    key: Mapped[Words]
    title: Mapped[Words]
    version_label: Mapped[Words]
    sha256: Mapped[Words]
    text: Mapped[Words]
    loaded_at: Mapped[Moment]


class Department(Record, kw_only=True):
    """A department (一级) or a part of one (二级, with ``parent_id``).

    ``merged_into_id`` names the one that took its place when two records turned out to mean one department.
    """

    __tablename__ = "department"
    __table_args__ = (Index(None, "parent_id"),)

    name: Mapped[Words]
    parent_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    code: Mapped[Words | None] = mapped_column(default=None)
    pinyin: Mapped[Words] = mapped_column(default="")
    active: Mapped[Flag] = mapped_column(default=True)
    merged_into_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)


class Person(Record, kw_only=True):
    """A person; two may bear one name and are told apart by department and ``staff_no`` (工号).

    ``merged_into_id`` names the one record that counts when two turned out to be one person; what was signed stays
    under the record that signed.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "name"), Index(None, "department_id"))

    name: Mapped[Words]
    staff_no: Mapped[Words] = mapped_column(default="")
    department_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    phone: Mapped[Words] = mapped_column(default="")
    email: Mapped[Words | None] = mapped_column(default=None)
    pinyin: Mapped[Words] = mapped_column(default="")
    active: Mapped[Flag] = mapped_column(default=True)
    merged_into_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)


class Assignment(Record, kw_only=True):
    """Who holds which role where: office-wide, in a department or on a project; ``until`` is the last day."""

    __tablename__ = "assignment"
    __table_args__ = (Index(None, "person_id"), Index(None, "role_key"), Index(None, "project_id"))

    role_key: Mapped[Words]
    person_id: Mapped[Key] = mapped_column(link("person.id"))
    department_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    project_id: Mapped[Key | None] = mapped_column(link("project.id"), default=None)
    since: Mapped[Day]
    until: Mapped[Day | None] = mapped_column(default=None)


class CalendarDay(Record, kw_only=True):
    """A day on which the office differs from plain weekdays; ``kind`` is ``holiday`` or ``workday`` (补班)."""

    __tablename__ = "calendar_day"

    day: Mapped[Day] = mapped_column(unique=True)
    kind: Mapped[Words]
    note: Mapped[Words] = mapped_column(default="")


class Setting(Record, kw_only=True):
    """Something the whole office remembers, as text under a key."""

    __tablename__ = "setting"

    key: Mapped[Words] = mapped_column(unique=True)
    text: Mapped[Words]


class Counter(Record, kw_only=True):
    """The next number of a series; see ``desktop.store.numbers``."""

    __tablename__ = "counter"

    key: Mapped[Words] = mapped_column(unique=True)
    next: Mapped[Whole] = mapped_column(default=1)
