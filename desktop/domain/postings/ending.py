"""Postings of withdrawal and acceptance (WDR, CLOSE, FAT)."""

from __future__ import annotations

from desktop.domain.outcome import Posting

POSTINGS: dict[str, Posting] = {}

MOVES: dict[str, str] = {}
