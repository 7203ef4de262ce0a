"""Conditions of initiation and the first baseline (INIT)."""

from __future__ import annotations

from desktop.domain.case import Condition

CONDITIONS: dict[str, Condition] = {}
