"""Postings of changes of the plan and of the project manager (CHG)."""

from __future__ import annotations

from desktop.domain.outcome import Posting

POSTINGS: dict[str, Posting] = {}

MOVES: dict[str, str] = {}
