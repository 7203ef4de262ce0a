"""What happens to the projects of the example office: which forms were filed on them, and how far each came.

Days are counted in working days before today: 1 is the last working day before it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class End(StrEnum):
    """How far a filing came."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    RECALLED = "recalled"


@dataclass(frozen=True)
class Course:
    """One filing of a career: its form, how it ended, how many working days ago its last act was.

    ``signed`` counts the steps that approved before the end (of ``APPROVED``: all). ``again`` is set where it was
    returned once by the step after ``signed``, mended and submitted anew. ``paper`` tells that it was signed on
    a print and recorded with its scan. ``lines`` is the length of a handover's tables, ``verdict`` an opinion's,
    ``pace`` the most idle days between two acts.
    """

    form: str
    end: End
    ago: int
    signed: int = 0
    again: bool = False
    paper: bool = False
    lines: int = 5
    verdict: str = "extend"
    pace: int = 2


Career = tuple[Course, ...]


def _waiting(form: str, ago: int, signed: int, *, again: bool = False, lines: int = 5) -> Course:
    return Course(form, End.WAITING, ago, signed, again, lines=lines)


def _approved(form: str, ago: int, *, paper: bool = False, verdict: str = "extend", lines: int = 5) -> Course:
    return Course(form, End.APPROVED, ago, paper=paper, verdict=verdict, lines=lines)


def _ended(form: str, end: End, ago: int, signed: int = 0) -> Course:
    return Course(form, end, ago, signed)


_OVERDUE, _NEARLY, _WITHIN = 78, 57, 24
"""Working days since a pause: beyond three months, in the last fortnight of them, well within them."""


SHOWN: tuple[Career, ...] = (
    (_waiting("suspension", 2, 0),),
    (_approved("suspension", _OVERDUE),),
    (_approved("closing_start", 7, paper=True),),
    (_approved("suspension", _WITHIN, paper=True),),
    (_waiting("handover", 1, 1, lines=24),),
    (_approved("suspension", 86), _waiting("overdue_opinion", 3, 1)),
    (_approved("closing_start", 12), _waiting("closing", 1, 2)),
    (_approved("suspension", 40), _waiting("resumption", 1, 1)),
    (_approved("closing_start", 31), _approved("closing", 22, paper=True)),
    (_ended("suspension", End.RETURNED, 3),),
    (_waiting("closing_start", 1, 0),),
    (_waiting("suspension", 1, 1),),
    (_approved("handover", 12, paper=True, lines=9),),
    (_approved("suspension", 92, paper=True), _approved("overdue_opinion", 10, paper=True)),
    (_approved("closing_start", 9), _waiting("closing", 1, 0)),
    (_approved("suspension", 66), _approved("resumption", 20)),
    (_approved("closing_start", 13),),
    (_waiting("suspension", 1, 0, again=True),),
    (_approved("suspension", _NEARLY),),
    (_approved("closing_start", 12), _waiting("closing", 2, 2, again=True)),
    (_ended("suspension", End.REJECTED, 52), _waiting("handover", 2, 0, lines=7)),
    (_approved("suspension", 50), _waiting("resumption", 2, 0)),
    (_approved("closing_start", 11), _waiting("closing", 2, 3)),
    (_approved("closing_start", 10), _waiting("closing", 1, 1)),
    (_approved("suspension", 80), _ended("overdue_opinion", End.RETURNED, 4)),
    (_ended("suspension", End.RECALLED, 45), _waiting("handover", 1, 2, lines=12)),
    (_approved("closing_start", 10), _ended("closing", End.RETURNED, 1, 1)),
    (_approved("suspension", 84), _ended("overdue_opinion", End.REJECTED, 22, 1), _waiting("overdue_opinion", 2, 0)),
    (_approved("suspension", 55), _ended("resumption", End.RETURNED, 5)),
    (_ended("closing_start", End.RETURNED, 11), _ended("handover", End.RETURNED, 4, 1)),
    (_approved("suspension", 95), _approved("overdue_opinion", 30, verdict="resume")),
    (_ended("closing_start", End.REJECTED, 50), _ended("handover", End.REJECTED, 9, 1)),
    (_approved("suspension", 48), _ended("resumption", End.REJECTED, 8, 1)),
    (_approved("closing_start", 14), _ended("closing", End.REJECTED, 3, 3)),
    (_ended("closing_start", End.RECALLED, 20), _ended("handover", End.RECALLED, 5)),
    (_approved("suspension", 81), _ended("overdue_opinion", End.RECALLED, 6)),
    (_approved("suspension", 44), _ended("resumption", End.RECALLED, 7)),
    (_approved("closing_start", 12), _ended("closing", End.RECALLED, 2)),
    (_approved("suspension", 120, paper=True), _approved("resumption", 75, paper=True), _approved("closing_start", 3)),
    (_approved("suspension", 90), _approved("overdue_opinion", 18, verdict="withdraw")),
)
"""The careers that an example shows, the most telling first: every form in every state that it can be in."""

_COMMON: tuple[tuple[Career, int], ...] = (
    ((_approved("suspension", 130), _approved("resumption", 95)), 18),
    ((_approved("suspension", 30),), 12),
    ((_approved("suspension", 72),), 3),
    ((_approved("closing_start", 60), _approved("closing", 52)), 26),
    ((_approved("closing_start", 6),), 4),
    ((_approved("handover", 70, lines=4),), 14),
    ((_waiting("suspension", 2, 0),), 4),
    ((_waiting("suspension", 2, 1),), 3),
    ((_waiting("handover", 2, 1),), 3),
    ((_approved("closing_start", 8), _waiting("closing", 2, 1)), 4),
    ((_approved("suspension", 60), _waiting("resumption", 2, 0)), 3),
    ((_ended("suspension", End.REJECTED, 40),), 3),
    ((_ended("handover", End.RETURNED, 6, 1),), 3),
)
"""The careers of a large office's many projects, with their weights."""

SHARE_SHOWN = 0.7
"""How many of a small office's projects have a career."""
SHARE_COMMON = 0.12
"""How many of a large office's further projects have one."""


def careers(projects: int, rng: random.Random) -> list[Career]:
    """The careers of so many projects; the others just stand in the ledger."""
    shown = list(SHOWN[: max(1, round(projects * SHARE_SHOWN))])
    more = round(max(0, projects - len(SHOWN) / SHARE_SHOWN) * SHARE_COMMON)
    kinds, weights = zip(*_COMMON, strict=True)
    return shown + [_shifted(career, rng) for career in rng.choices(kinds, weights, k=more)]


def _shifted(career: Sequence[Course], rng: random.Random) -> Career:
    """The same some weeks earlier, without idle days: what fills a large office may come in bundles."""
    waits = career[-1].end is End.WAITING
    days = 0 if waits else rng.randrange(0, career[0].ago // 3 + 1, 5)
    return tuple(replace(course, ago=course.ago + days, pace=0) for course in career)
