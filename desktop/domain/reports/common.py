"""What the declarations of reports share: shares, moments, names of projects and groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from desktop.domain.canonical import Json
from desktop.domain.ledger import Project

Item = TypeVar("Item")

NOWHERE, NOBODY = "（未分部门）", "（没有项目经理）"
_TENTH, _WHOLE = Decimal("0.1"), Decimal(100)
_ALMOST = Decimal("99.9")


def share_text(part: int, whole: int) -> Json:
    """A share in points, to a tenth; 100 only for all, nothing of nothing."""
    if not whole:
        return None
    points = (Decimal(part) * _WHOLE / whole).quantize(_TENTH, ROUND_HALF_UP)
    return f"{min(points, _ALMOST) if part < whole else _WHOLE:.1f}"


def percent_text(value: Json) -> str:
    """A share with its sign; a dash for none."""
    return f"{value}%" if isinstance(value, str) else "—"


def label_of(project: Project) -> str:
    """A project as lists of names call it: number and short name."""
    return " ".join(part for part in (project.marked, project.short_name or project.name) if part)


def grouped(items: Iterable[Item], name: Callable[[Item], str]) -> list[tuple[str, list[Item]]]:
    """Items by a name of theirs, in order of names; each group in its own order."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(name(item), []).append(item)
    return sorted(found.items())


def minute_text(at: dt.datetime) -> str:
    """A moment as `MomentField` keeps it."""
    return at.isoformat(timespec="minutes")
