"""Postings of initiation and the first baseline (INIT)."""

from __future__ import annotations

from desktop.domain.outcome import Posting

POSTINGS: dict[str, Posting] = {}

MOVES: dict[str, str] = {}
