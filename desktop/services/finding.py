"""Finding words in columns, the same on every engine."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def holds(column: InstrumentedAttribute[Any], word: str) -> ColumnElement[bool]:
    """Whether a column holds a word; of capitals only A to Z make no difference, for engines agree on no more."""
    return func.lower(column).contains(word.translate(_LOWER), autoescape=True)
