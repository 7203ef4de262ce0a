"""Postings: what an approved filing changes in the ledger. Nothing else changes it."""

from __future__ import annotations

from desktop.domain.outcome import Posting
from desktop.domain.postings import changing, ending, entry, monitoring, pausing, planning, reporting, spending

_ROOMS = (entry, planning, changing, pausing, ending, spending, reporting, monitoring)

POSTINGS: dict[str, Posting] = {key: posting for room in _ROOMS for key, posting in room.POSTINGS.items()}
"""The closed list of postings that forms and transitions may name."""


MOVES: dict[str, tuple[str, ...]] = {
    **{key: (move,) for room in _ROOMS for key, move in room.MOVES.items()},
    **ending.SEVERAL_MOVES,
}
"""The transitions that a posting may make; the policy says from where to where each leads."""
