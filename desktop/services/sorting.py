"""Pinyin for sorting and for searching by initials; the same on every engine because it is made here.

pypinyin and its dictionary are imported with the first word to be transcribed (see `desktop.ui.loading`).
"""

from __future__ import annotations

from functools import lru_cache


def _letter_by_letter(part: str) -> list[str]:
    return list(part)


@lru_cache(maxsize=65_536)
def initials(text: str) -> str:
    """The first letters of a name's pinyin, lower case; letters and digits stand for themselves."""
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(text, style=Style.FIRST_LETTER, errors=_letter_by_letter)  # type: ignore[arg-type] # it takes lists
    return "".join(letter for letter in letters if letter.isalnum()).lower()


@lru_cache(maxsize=65_536)
def sort_key(text: str) -> str:
    """A name's pinyin followed by the name itself, so that like-sounding names keep an order."""
    from pypinyin import Style, lazy_pinyin

    return f"{' '.join(lazy_pinyin(text, style=Style.TONE3)).lower()} {text}"
