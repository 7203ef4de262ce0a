"""Conditions of monthly budgets and claims (BUD)."""

from __future__ import annotations

from desktop.domain.case import Condition

CONDITIONS: dict[str, Condition] = {}
