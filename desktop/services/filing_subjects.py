"""What filings are about that belong to no project yet: the contract, the program, the project applied for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import read_canonical
from desktop.domain.form import value_of
from desktop.domain.forms import FORMS
from desktop.services.office import Reading
from desktop.services.sorting import initials
from desktop.store.tables import Filing, Section

_ABOUT = {form.key: tuple(place.split(".") for place in form.about) for form in FORMS.values() if form.about}
_SECTIONS = {section for places in _ABOUT.values() for section, _field in places}


def named_subjects(reading: Reading, ids: Sequence[UUID] | None = None) -> dict[UUID, str]:
    """By filing (of all, without ``ids``) what its content names as its subject, as far as it is filled in."""
    query = (
        select(Filing.id, Filing.form_key, Section.key, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(Filing.form_key.in_(_ABOUT), Section.key.in_(_SECTIONS))
    )
    if ids is not None:
        query = query.where(Filing.id.in_(ids))
    contents: dict[UUID, tuple[str, dict[str, Any]]] = {}
    for key, form, section, text in reading.session.execute(query):
        contents.setdefault(key, (form, {}))[1][section] = read_canonical(text)
    return {key: _told(form, content) for key, (form, content) in contents.items()}


def filings_about(reading: Reading, word: str) -> list[UUID]:
    """The filings whose subject holds this word, or begins so by pinyin initials."""
    wanted = word.casefold()
    subjects = named_subjects(reading)
    return [key for key, text in subjects.items() if wanted in text.casefold() or wanted in initials(text)]


def _told(form: str, content: dict[str, Any]) -> str:
    values = (value_of(content, section, field) for section, field in _ABOUT[form])
    return " ".join(str(value) for value in values if value)
