"""Projects as a person names them in a form: by number, by number and name as offered, or by a name that is one's own.

The fact ``ledger.projects`` tells what there is: called number → ``name``, ``short_name``, ``department``, ``manager``,
``state``, ``program``, ``contract`` (its registered number) and ``amount`` in fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.domain.canonical import Json
from desktop.domain.field import Facts
from desktop.domain.fields import TextField

OFFERED = "offers.projects"
"""The fact that lists projects as they are offered while a person types, each with its pinyin initials."""


def project_field(key: str, label: str, *, required: bool = False, share: float = 2.0, hint: str = "") -> TextField:
    """A field in which a person names a project that is there."""
    return TextField(key=key, label=label, required=required, share=share, hint=hint, longest=300, offers=OFFERED)


def offered(number: str, name: str) -> str:
    """A project as it is offered; `find_known` takes it back."""
    return f"{number} {name}"


def known(facts: Facts, number: str) -> Mapping[str, Any]:
    """What the ledger says of the project of that number; nothing where there is none."""
    projects = facts.get("ledger.projects")
    found = projects.get(number) if isinstance(projects, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def find_known(facts: Facts, named: Json) -> tuple[str, str]:
    """The number of the project that a person names, and why none is meant (empty where one is)."""
    text = str(named or "").strip()
    if not text:
        return "", "没有写明项目"
    for number in (text, text.split(maxsplit=1)[0]):
        if known(facts, number):
            return number, ""
    projects = facts.get("ledger.projects")
    rows: Mapping[str, Any] = projects if isinstance(projects, Mapping) else {}
    called = [number for number, row in rows.items() if text in {row["name"], row["short_name"]}]
    if len(called) == 1:
        return called[0], ""
    return "", f"有 {len(called)} 个项目叫“{text}”，请写编号" if called else f"台账中没有“{text}”这个项目"
