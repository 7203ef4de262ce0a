"""What others save while an office is open, told as one's own changes are, so that views reload by the same path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import select

from desktop.services.changes import Changes
from desktop.services.office import Office, Reading
from desktop.services.record_words import moment_text
from desktop.services.standing import AnySession
from desktop.store.history import changes_of
from desktop.store.shapes import journaled_shapes
from desktop.store.tables import Person
from desktop.store.watching import Commotion, Watcher

_REST_PER_DESK = 0.1


@dataclass(frozen=True)
class News:
    """What others saved; ``who`` are their names."""

    changes: Changes
    who: tuple[str, ...] = ()


@cache
def everything() -> Changes:
    """For when it is unknown what was saved meanwhile: every kind of record."""
    return Changes(frozenset(journaled_shapes()))


def rest_after_news(desks: int, actor: UUID) -> float:
    """Seconds for which a desk leaves the data alone after news, so that more can gather.

    Every desk hears of every save: the more there are, the longer each rests, and not all to the same moment.
    """
    apart = 0.7 + actor.int % 61 / 100
    return _REST_PER_DESK * desks * apart


class Watch:
    """Waits for news of an open office; for a thread of its own, but for ``wake``."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._watcher = Watcher(office.database, office.seen)

    def wait(self, seconds: float) -> News | None:
        """News as soon as there is some; None after so many seconds without, or when it was woken.

        Raises:
            Refusal: the data is out of reach. Nothing is lost: once it is back, the next call tells what was missed.
        """
        return self.look() if self.hark(seconds) else None

    def hark(self, seconds: float) -> bool:
        """Whether there may be news within these seconds, or it was woken; `look` tells.

        Raises:
            Refusal: as `wait`.
        """
        return self._watcher.wait(seconds)

    def look(self) -> News | None:
        """What is new at this moment.

        Raises:
            Refusal: the data is out of reach.
        """
        found = self._watcher.commotion()
        return None if found is None else self._office.read(lambda reading: _news(reading.session, found))

    def settle(self) -> list[bool]:
        """What became of the saves during which the connection broke, as far as it is known now: each is told once."""
        doubts = self._office.database.doubts
        return doubts.settle() if doubts else []

    def wake(self) -> None:
        """End the waiting that goes on now; may be called from anywhere."""
        self._watcher.wake()

    def close(self) -> None:
        """Let go of the connection."""
        self._watcher.close()


def _news(session: AnySession, found: Commotion) -> News:
    authors = {author for author, _at in found.records.values() if author is not None}
    names = session.scalars(select(Person.name).where(Person.id.in_(authors)).order_by(Person.pinyin)).all()
    return News(Changes(found.entities, frozenset(key for _entity, key in found.records)), tuple(names))


def last_change(reading: Reading, entity: str, key: object) -> str:
    """Who changed a record last, and when: ``张伟（2026-11-26 10:32）``; nothing where nobody is known."""
    past = changes_of(reading.session, entity, str(key))
    if not past:
        return ""
    author = reading.session.get(Person, past[-1].author_id) if past[-1].author_id else None
    return f"{author.name if author else '他人'}（{moment_text(past[-1].at)}）"
