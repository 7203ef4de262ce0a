"""What happens around a chain beside signatures: stand-ins, added signers, hand-ons, reminders, checked lines."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.ids import new_id
from desktop.store.tables.base import Base, Day, Fact, Key, Moment, Record, Whole, Words, link


class Turn(Base, kw_only=True):
    """A signature that a filing in approval waits for: a step's role or person, since when, and due by when.

    Worked out anew whenever a filing moves, so that lists find what waits for somebody in one query; it is not
    journaled, because it follows from the filing, its policy and its sign-offs. ``role`` alone asks one of its holders
    (或签), ``person_id`` alone one person by name; both together one holder of those who must all sign (会签).
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index(None, "filing_id"),
        Index(None, "role"),
        Index(None, "person_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    place: Mapped[Whole]
    step_key: Mapped[Words]
    role: Mapped[Words] = mapped_column(default="")
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    since: Mapped[Moment]
    due_on: Mapped[Day | None] = mapped_column(default=None)


class Delegation(Record, kw_only=True):
    """A stand-in (代理人): who signs for a person from one day to another, in one role or (empty) in all of them."""

    __tablename__ = "delegation"
    __table_args__ = (Index(None, "person_id"), Index(None, "stand_in_id"))

    person_id: Mapped[Key] = mapped_column(link("person.id"))
    stand_in_id: Mapped[Key] = mapped_column(link("person.id"))
    role_key: Mapped[Words] = mapped_column(default="")
    since: Mapped[Day]
    until: Mapped[Day]
    reason: Mapped[Words] = mapped_column(default="")


class ChainEdit(Fact, kw_only=True):
    """What a signer did to a filing's own chain: handed a step on (转办), or added a signer before or after (加签).

    ``kind`` is ``hand on``, ``add before`` or ``add after``; ``step_key`` the step it was done at; ``new_key`` the key
    of an added step; ``person_id`` whose turn it then is; ``for_id`` whose signature was handed on where a stand-in
    did it.
    """

    __tablename__ = "chain_edit"
    __table_args__ = (Index(None, "filing_id", "at"),)

    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    kind: Mapped[Words]
    step_key: Mapped[Words]
    new_key: Mapped[Words] = mapped_column(default="")
    person_id: Mapped[Key] = mapped_column(link("person.id"))
    by_id: Mapped[Key] = mapped_column(link("person.id"))
    for_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    at: Mapped[Moment]
    reason: Mapped[Words] = mapped_column(default="")


class Urge(Fact, kw_only=True):
    """A reminder (催办) sent to those whose signature a filing waits for."""

    __tablename__ = "urge"
    __table_args__ = (Index(None, "filing_id", "at"),)

    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    step_key: Mapped[Words]
    by_id: Mapped[Key] = mapped_column(link("person.id"))
    at: Mapped[Moment]
    note: Mapped[Words] = mapped_column(default="")


class LineCheck(Fact, kw_only=True):
    """One line of a filing confirmed (or not) item by item by a signer; the newest of a line counts.

    ``sha256`` is the hash of the line's canonical text as it was seen, ``verdict`` ``yes`` or ``no``.
    """

    __tablename__ = "line_check"
    __table_args__ = (Index(None, "filing_id", "at"),)

    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    section: Mapped[Words]
    line: Mapped[Words]
    sha256: Mapped[Words]
    verdict: Mapped[Words]
    remark: Mapped[Words] = mapped_column(default="")
    by_id: Mapped[Key] = mapped_column(link("person.id"))
    at: Mapped[Moment]
