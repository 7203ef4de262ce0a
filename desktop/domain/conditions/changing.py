"""Conditions of changes of the plan and of the project manager (CHG)."""

from __future__ import annotations

from desktop.domain.case import Condition

CONDITIONS: dict[str, Condition] = {}
