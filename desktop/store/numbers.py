"""Gap-free numbers: allotted in the transaction that uses them, so that a number is never lost."""

from __future__ import annotations

from sqlalchemy import select

from desktop.store.locks import take_turn
from desktop.store.sessions import OfficeSession, WriteSession
from desktop.store.tables import Counter


def next_number(session: WriteSession, key: str) -> int:
    """The next number of the series ``key``, beginning with 1; others wait until this transaction ends."""
    take_turn(session, key)
    query = select(Counter).where(Counter.key == key).execution_options(populate_existing=True)
    counter = session.scalars(query).one_or_none()
    if counter is None:
        counter = Counter(key=key, next=1)
        session.add(counter)
    number = counter.next
    counter.next = number + 1
    session.flush()
    return number


def coming_number(session: OfficeSession, key: str) -> int:
    """The number of the series ``key`` that comes next, without taking it: another may take it first."""
    return session.scalar(select(Counter.next).where(Counter.key == key)) or 1
