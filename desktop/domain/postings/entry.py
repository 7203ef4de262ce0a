"""Postings of contracts, appointments, numbers and programs (APPT, PROG)."""

from __future__ import annotations

from desktop.domain.outcome import Posting

POSTINGS: dict[str, Posting] = {}

MOVES: dict[str, str] = {}
