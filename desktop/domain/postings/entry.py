"""Postings of contracts, appointments, numbers and programs (APPT, PROG)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from desktop.domain.canonical import Json
from desktop.domain.field import Content
from desktop.domain.form import lines_of, value_of
from desktop.domain.forms.contract import project_name
from desktop.domain.outcome import Line, Outcome, Posting


def _register_contract(content: Content, on: dt.date) -> Outcome:
    """APPT-1: the contract is on record; its projects stand before the appointment, numbered provisionally."""
    lines = lines_of(content, "projects")
    return Outcome(
        contract=content,
        opens=[_opened(content, line, on, alone=len(lines) == 1) for line in lines if not line.get("existing")],
        attaches=[line for line in lines if line.get("existing")],
    )


def _opened(content: Content, line: Mapping[str, Json], on: dt.date, *, alone: bool) -> Line:
    amount = line.get("amount")
    if amount is None and alone:
        amount = value_of(content, "contract", "amount")
    return {
        **{key: line.get(key) for key in ("id", "kind", "department", "sub_department")},
        "name": project_name(content, line),
        "amount": amount,
        "contract_no": value_of(content, "contract", "number"),
        "contract_kind": value_of(content, "contract", "kind"),
        "customer": value_of(content, "contract", "customer"),
        "client_manager": value_of(content, "contract", "client_manager"),
        "planned_preliminary_on": value_of(content, "contract", "preliminary_on"),
        "planned_final_on": value_of(content, "contract", "final_on"),
        "unnumbered": True,
        "registered_on": on.isoformat(),
    }


def _appoint(content: Content, on: dt.date) -> Outcome:
    """APPT-2: the project has its manager and is in 启动."""
    manager = value_of(content, "nomination", "manager")
    return Outcome("appoint", {"appointed_on": on}, {"manager": manager})


def _number_project(content: Content, _on: dt.date) -> Outcome:
    """APPT-3: the official number, and the short name."""
    sets: dict[str, Json] = {"short_name": value_of(content, "numbering", "short_name")}
    if kind := value_of(content, "numbering", "kind"):
        sets["kind"] = kind
    return Outcome(sets=sets, numbers=True)


def _form_program(content: Content, _on: dt.date) -> Outcome:
    """PROG-1: the program with its manager and its projects."""
    return Outcome(program=content)


def _set_targets(_content: Content, _on: dt.date) -> Outcome:
    """PROG-4: the approved filing is the record of what was set."""
    return Outcome()


POSTINGS: dict[str, Posting] = {
    "register_contract": _register_contract,
    "appoint": _appoint,
    "number_project": _number_project,
    "form_program": _form_program,
    "set_targets": _set_targets,
}

MOVES: dict[str, str] = {"appoint": "appoint"}
