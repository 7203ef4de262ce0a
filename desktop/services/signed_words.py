"""What signatures stand for, in words: the parts of a form that they cover, and the key that made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from desktop.domain.canonical import read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.forms import FORMS
from desktop.domain.identity import read_mark, spoken

_PART = "其中一部分"


@cache
def section_titles() -> Mapping[str, str]:
    """The titles of forms' sections by their keys, of those that are called alike in every form."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for form in FORMS.values():
        for section in form.sections:
            titles[section.key].add(section.title)
    return {key: min(found, key=len) if len(found) == 1 else _PART for key, found in titles.items()}


def covered_text(text: str) -> str | None:
    """The parts of a form that a sign-off covers, by their titles."""
    try:
        told = read_canonical(text)
    except (ValueError, Refusal, RecursionError):  # changed past the program
        return None
    if not isinstance(told, dict):
        return None
    titles = [section_titles().get(key, key) for key in told]
    alike = [title for title in titles if title != _PART]
    more = "" if len(alike) == len(titles) else "等" if alike else _PART
    return "、".join(alike) + more


def signing_key(text: str) -> str | None:
    """Which key signed; nothing where that cannot be read."""
    mark = read_mark(text)
    return f"密钥 {spoken(mark[0])}" if mark is not None else None
