"""Loading a policy file (TOML), checked whole: an error names the file, the key and the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping

from desktop.domain.canonical import sha256_text
from desktop.domain.choice_fields import Option
from desktop.domain.errors import PolicyError
from desktop.domain.form import Form
from desktop.domain.policy import Department, Policy, Right, Role, State, Transition
from desktop.domain.policy_check import Known, check_names
from desktop.domain.policy_file_deadlines import (
    read_clock,
    read_milestones,
    read_monitoring,
    read_pausing,
    read_rhythm,
    read_tracking,
    read_weekly,
    read_window,
)
from desktop.domain.policy_file_papers import read_document, read_form, read_gate, read_numbering
from desktop.domain.policy_table import Table, is_assumed
from desktop.domain.policy_terms import Action, Scope, Tone


def load_policy(
    text: str,
    file: str,
    *,
    known_forms: Mapping[str, Form],
    postings: Collection[str],
    conditions: Collection[str],
    dates: Collection[str],
) -> Policy:
    """Read a policy from the text of its file.

    ``known_forms``, ``postings``, ``conditions`` and ``dates`` (a project's dates that clocks may start on) are the
    closed lists that the file may name.

    Raises:
        PolicyError: something is missing, misspelt, of a wrong kind or names what does not exist.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(file, "（全文）", f"不是合格的 TOML：{error}") from error
    top = Table(file, "", data)
    policy = Policy(
        key=top.text("key"),
        title=top.text("title"),
        version=top.text("version"),
        text=text,
        sha256=sha256_text(text),
        departments=tuple(_department(row) for row in top.tables("department", needed=True)),
        roles=tuple(_role(row) for row in top.tables("role", needed=True)),
        rights=tuple(_right(row) for row in top.tables("right", needed=True)),
        kinds=tuple(_option(row) for row in top.tables("kind", needed=True)),
        contract_kinds=tuple(_option(row) for row in top.tables("contract_kind", needed=True)),
        states=tuple(_state(row) for row in top.tables("state", needed=True)),
        transitions=tuple(_transition(row) for row in top.tables("transition", needed=True)),
        forms=tuple(read_form(row) for row in top.tables("form", needed=True)),
        clocks=tuple(read_clock(row) for row in top.tables("clock")),
        gates=tuple(read_gate(row) for row in top.tables("gate")),
        numbering=read_numbering(top.table("numbering")),
        subjects=tuple(_option(row) for row in top.tables("subject")),
        windows=tuple(read_window(row) for row in top.tables("window")),
        weekly=tuple(read_weekly(row) for row in top.tables("weekly")),
        documents=tuple(read_document(row) for row in top.tables("document")),
        pausing=read_pausing(top.table("pausing")),
        rhythms=tuple(read_rhythm(row) for row in top.tables("rhythm")),
        milestones=read_milestones(top.table("milestones")),
        tracking=read_tracking(top.table("tracking")),
        monitoring=read_monitoring(top.table("monitoring")),
    )
    top.done()
    check_names(policy, Known(file, known_forms, postings, conditions, dates))
    return policy


def _department(row: Table) -> Department:
    item = Department(row.text("key"), row.text("title"), row.texts("names", ()))
    row.done()
    return item


def _role(row: Table) -> Role:
    item = Role(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        scope=row.word("scope", Scope),
        department=row.text("department", ""),
        held_as=row.text("held_as", ""),
        rule=row.text("rule", ""),
        place=row.text("place", Role.place),
        by_plan=row.flag("by_plan"),
    )
    row.done()
    return item


def _right(row: Table) -> Right:
    item = Right(row.text("role"), row.word("scope", Scope), row.word("action", Action), row.text("on", "*"))
    row.done()
    return item


def _option(row: Table) -> Option:
    item = Option(row.text("key"), row.text("title"), row.texts("synonyms", ()), assumed=is_assumed(row))
    row.done()
    return item


def _state(row: Table) -> State:
    item = State(
        key=row.text("key"),
        title=row.text("title"),
        tone=row.word("tone", Tone),
        synonyms=row.texts("synonyms", ()),
        reports=row.flag("reports"),
        claims=row.flag("claims"),
        ends=row.flag("ends"),
        since=row.text("since", ""),
        tells=row.texts("tells", ()),
        next=row.names("next"),
    )
    row.done()
    return item


def _transition(row: Table) -> Transition:
    item = Transition(row.text("key"), row.texts("from"), row.text("to"), row.text("rule", ""), assumed=is_assumed(row))
    row.done()
    return item
