"""Taking turns: what must be judged and written by one seat at a time."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.store.sessions import WriteSession


def take_turn(session: WriteSession, key: str) -> None:
    """Let other writing sessions that ask for the same ``key`` wait until this transaction ends.

    What is read afterwards holds all that they had committed. On SQLite there is one writer at a time as it is.

    Raises:
        Refusal: (from the session's context) the wait was too long.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
