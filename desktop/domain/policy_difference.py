"""Two versions of a policy compared, sentence by sentence, in the order of the newer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import Chapter, Statement
from desktop.domain.policy_told import tell_policy


@dataclass(frozen=True)
class Difference:
    """One sentence that is not as it was: ``before`` or ``after`` is empty where it was added or left out."""

    where: str
    label: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """What became of the sentence, in a word."""
        if not self.before:
            return "新增"
        return "修改" if self.after else "删去"


@dataclass(frozen=True)
class _Placed:
    where: str
    statement: Statement

    @property
    def told(self) -> str:
        """The sentence without its label: a step that only moved on in its chain says the same."""
        one = self.statement
        basis = f"（{one.basis}）" if one.basis else ""
        return f"{one.text}{basis}{'【须确认】' if one.assumed else ''}"


def compare_policies(older: Policy, newer: Policy) -> tuple[Difference, ...]:
    """Everything that a policy says otherwise than another; what only the files say otherwise (remarks) is not told."""
    before, after = _by_key(tell_policy(older)), _by_key(tell_policy(newer))
    found = [difference for key, placed in after.items() for difference in _between(before.get(key), placed)]
    gone = [item for key, item in before.items() if key not in after]
    named = _named(older, newer)
    return (*named, *found, *(Difference(item.where, item.statement.label, item.told, "") for item in gone))


def _by_key(chapters: Iterable[Chapter]) -> dict[str, _Placed]:
    return {
        one.key: _Placed(part.title, one) for chapter in chapters for part in chapter.parts for one in part.statements
    }


def _between(before: _Placed | None, after: _Placed) -> Iterable[Difference]:
    if before is None:
        return [Difference(after.where, after.statement.label, "", after.told)]
    old, new = before.told, after.told
    renamed = before.statement.label != after.statement.label and not after.statement.label.startswith("第 ")
    if renamed:
        old, new = f"{before.statement.label}：{old}", f"{after.statement.label}：{new}"
    return [Difference(after.where, after.statement.label, old, new)] if old != new else []


def _named(older: Policy, newer: Policy) -> Iterable[Difference]:
    pairs = (("名称", older.title, newer.title), ("版本", older.version, newer.version))
    return [Difference("制度", label, old, new) for label, old, new in pairs if old != new]
