"""Colours by meaning; every colour on the screen comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

INK = "#1b2733"
MUTED = "#5a6775"
FAINT = "#98a3af"
LINE = "#dce2e9"
GROUND = "#f4f6f9"
PAPER = "#ffffff"
HEAD = "#eef2f6"
STRIPE = "#fafbfd"
ACCENT = "#1d5cbf"
CHOSEN = "#dce8fb"
OFF = "#eef1f5"
"""Days on which nobody works."""
TODAY = "#0f7f86"
BAR, BAR_DONE = "#a9c4ec", ACCENT
CRITICAL, CRITICAL_DONE = "#f0b3ad", "#b0261e"
BASE = "#8f9aa7"


@dataclass(frozen=True)
class Shade:
    """The colours of a meaning: text, and the soft ground under it."""

    ink: str
    fill: str


TONES = {
    "neutral": Shade(MUTED, "#ebeef2"),
    "info": Shade("#1a53ad", "#e2ebfa"),
    "good": Shade("#1c7346", "#e2f3e9"),
    "warning": Shade("#8d5300", "#fbefd9"),
    "bad": Shade("#b0261e", "#fbe5e3"),
}
"""Every tone that the policy and the pages may name."""


def shade(tone: str) -> Shade:
    """The colours of a tone; an unknown one is neutral."""
    return TONES.get(tone, TONES["neutral"])


def colour(name: str, alpha: int = 255) -> QColor:
    """A colour by its hexadecimal name."""
    made = QColor(name)
    made.setAlpha(alpha)
    return made
