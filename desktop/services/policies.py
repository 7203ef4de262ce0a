"""Policies: those that come with the program, and reading any policy's text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import PolicyError
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy import Policy
from desktop.domain.policy_file import load_policy
from desktop.domain.postings import POSTINGS
from desktop.services.resources import RESOURCES


@cache
def read_policy(text: str, file: str) -> Policy:
    """Read a policy, checked whole against the forms, postings and conditions that the program knows.

    Raises:
        PolicyError: naming file, key and reason.
    """
    return load_policy(text, file, known_forms=FORMS, postings=POSTINGS, conditions=CONDITIONS, dates=PROJECT_DATES)


def read_policy_file(path: Path) -> Policy:
    """Read a policy from a file.

    Raises:
        PolicyError: it cannot be read, is not UTF-8, or is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(path.name, "（全文）", "文件无法读取，或不是 UTF-8 文字") from error
    return read_policy(text, path.name)


_OFFERED = ("epm", "crm", "pmo")
"""The order in which the policies that come with the program are offered; others follow by name."""


def shipped_policies() -> tuple[Policy, ...]:
    """The policies that come with the program, the main one first."""
    order = {name: place for place, name in enumerate(_OFFERED)}
    files = sorted((RESOURCES / "policies").glob("*.toml"), key=lambda file: (order.get(file.stem, len(order)), file))
    return tuple(read_policy_file(path) for path in files)
