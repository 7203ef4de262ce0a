"""Edits to a plan replayed onto a newer one: three states compared by line id and field (CHG-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField
from desktop.domain.plan import REGISTERS, Line, Register
from desktop.domain.plan_changes import Lines


@dataclass(frozen=True)
class Conflict:
    """A place that both sides changed; ``kept`` says in words what stands now."""

    part: str
    place: str
    mine: str
    theirs: str
    kept: str


@dataclass(frozen=True)
class Rebased:
    """The edited plan on the newer one, and where people must decide."""

    lines: dict[str, list[dict[str, Json]]]
    conflicts: tuple[Conflict, ...]


_GONE = "（已删除）"
_BLANK = "（空）"
_MINE, _THEIRS = "保留了您的改动", "保留了现行计划"


def rebase_plan(base: Lines, mine: Lines, theirs: Lines, registers: Mapping[str, Register] = REGISTERS) -> Rebased:
    """What a person changed from ``base`` to ``mine``, done to ``theirs``; ``registers`` word the conflicts.

    Where both changed one field, the person's value stands; a line that one side removed and the other changed stays.
    Either is told as a conflict.
    """
    conflicts: list[Conflict] = []
    lines = {
        key: _register(register, base.get(key, ()), mine.get(key, ()), theirs.get(key, ()), conflicts)
        for key, register in registers.items()
    }
    return Rebased(lines, tuple(conflicts))


def _register(
    register: Register, base: Sequence[Line], mine: Sequence[Line], theirs: Sequence[Line], conflicts: list[Conflict]
) -> list[dict[str, Json]]:
    was, own = _by_id(base), _by_id(mine)
    made: list[dict[str, Json]] = []
    for line in theirs:
        key = str(line["id"])
        if key in own:
            made.append(_merged(register, was.get(key), own[key], line, conflicts))
        elif key not in was:
            made.append(dict(line))
        elif not same_line(register, was[key], line):
            conflicts.append(_conflict(register, line, _GONE, "有改动", _THEIRS))
            made.append(dict(line))
    standing = _by_id(theirs)
    for line in mine:
        key = str(line["id"])
        if key in standing:
            continue
        if key in was and same_line(register, was[key], line):
            continue
        if key in was:
            conflicts.append(_conflict(register, line, "有改动", _GONE, _MINE))
        made.append(dict(line))
    return made


def _merged(register: Register, was: Line | None, own: Line, line: Line, conflicts: list[Conflict]) -> dict[str, Json]:
    made = dict(line)
    for item in _typed(register):
        old, mine, theirs = ((side or {}).get(item.key) for side in (was, own, line))
        if item.same(mine, old) or item.same(mine, theirs):
            continue
        made[item.key] = mine
        if not item.same(theirs, old):
            texts = (item.text(mine) or _BLANK, item.text(theirs) or _BLANK)
            conflicts.append(_conflict(register, line, *texts, _MINE, item.label))
    return made


def same_line(register: Register, one: Line, other: Line) -> bool:
    """Whether two states of a line mean the same."""
    return all(item.same(one.get(item.key), other.get(item.key)) for item in _typed(register))


def _typed(register: Register) -> list[Field]:
    return [item for item in register.columns if not isinstance(item, ComputedField)]


def _by_id(lines: Sequence[Line]) -> dict[str, Line]:
    return {str(line["id"]): line for line in lines}


def _conflict(register: Register, line: Line, mine: str, theirs: str, kept: str, label: str = "") -> Conflict:
    first = register.columns[0]
    month = f" {line.get(register.month)}" if register.month else ""
    place = f"“{first.text(line.get(first.key))}{month}”" + (f"的{label}" if label else "")
    return Conflict(register.title, place, mine, theirs, kept)
