"""Where the files that come with the program lie, in the source tree and in the packaged program alike."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
"""Policies, fonts, icons and manual."""
