"""Conditions of withdrawal and acceptance (WDR, CLOSE, FAT)."""

from __future__ import annotations

from desktop.domain.case import Condition

CONDITIONS: dict[str, Condition] = {}
