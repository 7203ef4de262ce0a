"""Two people changed one record: what both had before them, what each made of it, and what is saved in the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal


class Fate(StrEnum):
    """What became of the record meanwhile."""

    CHANGED = "changed"
    MERGED = "merged"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class SavedSince:
    """What others made of a record since somebody read it, as the journal spells it.

    ``version`` is the record's now (0 where it is gone), ``before`` its fields as they were read (None where the
    journal's bodies were taken out), ``now`` as they are, ``mine`` as they were to be saved; ``values`` are those of
    ``now`` as a use-case takes them. ``authors`` changed it, the latest last, the last time ``at``.
    """

    entity: str
    version: int
    before: Mapping[str, Json] | None
    now: Mapping[str, Json]
    mine: Mapping[str, Json]
    values: Mapping[str, object] = field(repr=False)
    authors: tuple[UUID | None, ...] = ()
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that somebody changed, in words; ``theirs_value`` is what a use-case takes for theirs.

    ``by_them`` and ``by_me`` say who changed it; both to different values is a ``clash``, for a person to decide.
    """

    key: str
    label: str
    before: str
    theirs: str
    mine: str
    by_them: bool
    by_me: bool
    theirs_value: object = None

    @property
    def clash(self) -> bool:
        """Whether a person has to decide."""
        return self.by_them and self.by_me


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that was saved by others since it was read; ``version`` is the one to save onto.

    ``what`` names it (人员“王强”), ``who`` those who saved it, ``into`` what it was merged into.
    """

    what: str
    fate: Fate
    version: int
    who: str
    at: dt.datetime | None
    differences: tuple[Difference, ...] = ()
    into: str = ""

    @property
    def clashes(self) -> tuple[Difference, ...]:
        """What has to be decided."""
        return tuple(item for item in self.differences if item.clash)

    def taken_over(self, theirs: Collection[str]) -> dict[str, object]:
        """What is to be saved as they have it: where they alone changed something, and the clashes in ``theirs``."""
        return {
            item.key: item.theirs_value
            for item in self.differences
            if item.by_them and (not item.by_me or item.key in theirs)
        }


class Stale(Refusal):
    """Somebody else changed the record since it was read.

    ``conflict`` shows both sides in words; ``since`` is what it is made of, while nobody has put it into words.
    """

    def __init__(
        self,
        what: str,
        *,
        kept: str = "您填写的内容仍在，未被覆盖。",
        todo: str = "请核对两边的内容后再保存。",
        conflict: Conflict | None = None,
        since: SavedSince | None = None,
    ) -> None:
        super().__init__(what, kept=kept, todo=todo)
        self.conflict = conflict
        self.since = since


class Overtaken(Stale):
    """Another transaction came in between reading and writing of this one: done anew from its start it may succeed."""

    def __init__(self, what: str = "保存时发现这条记录刚刚被他人修改。", todo: str = "请刷新后核对，再保存。") -> None:
        super().__init__(what, todo=todo)


def compare(since: SavedSince) -> dict[str, tuple[bool, bool]]:
    """By field: whether they changed it, and whether I do; only fields that somebody did.

    Where it is unknown what was read, each difference between the two counts as changed by both.
    """
    found: dict[str, tuple[bool, bool]] = {}
    for key in dict.fromkeys((*since.mine, *since.now, *(since.before or ()))):
        theirs = since.now.get(key)
        mine = since.mine.get(key, theirs)
        if since.before is None:
            if mine != theirs:
                found[key] = (True, True)
            continue
        before = since.before.get(key)
        by_them, by_me = theirs != before, key in since.mine and mine != before
        if by_them or by_me:
            found[key] = (by_them, by_me and (not by_them or mine != theirs))
    return found
