"""A project's history in words, read from the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.approval import Decision
from desktop.domain.canonical import Json
from desktop.domain.chain_edits import ChainEdit
from desktop.domain.filing import FilingState
from desktop.domain.forms.opening import LEDGER_COLUMNS
from desktop.domain.money import yuan_text
from desktop.services.chains import edits_of, step_titles
from desktop.services.office import Reading
from desktop.services.signatures import SignatureState, signature_states
from desktop.services.standing import namesakes
from desktop.store.history import PastChange, changes_of
from desktop.store.tables import Department, Filing, Person, SignOff


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that happened: when, by whom, what, with the values before and after."""

    at: dt.datetime
    author: str
    text: str
    details: tuple[str, ...]
    filing_id: UUID | None = None


LEDGER_LABELS = {column.key: column.label for column in LEDGER_COLUMNS} | {
    "department_id": "一级部门",
    "sub_department_id": "二级部门",
    "manager_id": "项目经理",
    "client_manager_id": "客户经理",
    "pause_until": "暂停延长至",
    "resumed_on": "恢复日期",
    "closing_started_on": "结项启动日期",
    "provisional": "暂用编号",
    "registered_on": "登记日期",
    "appointed_on": "任命批准",
}
"""What people call the fields of a project."""


def project_history(reading: Reading, project_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to a project, the latest first."""
    names = _Names(reading)
    entries = [_ledger_entry(names, change) for change in changes_of(reading.session, "project", project_id)]
    filings = reading.session.scalars(select(Filing).where(Filing.project_id == project_id)).all()
    states = signature_states(reading, filings)
    for filing in filings:
        entries += [
            entry
            for change in changes_of(reading.session, "filing", filing.id)
            if (entry := _filing_entry(names, filing, change))
        ]
        edits = edits_of(reading.session, [filing.id]).get(filing.id, [])
        titles = step_titles(reading, filing, edits)
        signed = select(SignOff).where(SignOff.filing_id == filing.id)
        entries += [
            _signed_entry(names, filing, titles, row, states[row.id]) for row in reading.session.scalars(signed)
        ]
        entries += [_edit_entry(filing, titles, edit) for edit in edits]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


class _Names:
    """The names behind the ids that the journal holds."""

    def __init__(self, reading: Reading) -> None:
        self._names: dict[str, str] = {}
        for table in (Person, Department):
            rows = reading.session.execute(select(table.id, table.name))
            self._names |= {str(key): name for key, name in rows}
        self._names |= {str(key): person.full for key, person in namesakes(reading.session).items()}
        self._states = {state.key: state.title for state in reading.policy.states}
        self._options = {
            "kind": {item.key: item.label for item in reading.policy.kinds},
            "contract_kind": {item.key: item.label for item in reading.policy.contract_kinds},
            "state": self._states,
        }

    def person(self, key: UUID | None) -> str:
        return self._names.get(str(key), "") if key else ""

    def value(self, field: str, value: Json) -> str:
        if value is None or value == "":
            return "（空）"
        if field in {"amount", "budget"} and isinstance(value, int):
            return f"{yuan_text(value)} 元"
        text = str(value)
        return self._options.get(field, {}).get(text) or self._names.get(text, text)


def _ledger_entry(names: _Names, change: PastChange) -> HistoryEntry:
    shown: Mapping[str, tuple[Json, Json]] = {key: pair for key, pair in change.fields.items() if key in LEDGER_LABELS}
    details = tuple(
        f"{LEDGER_LABELS[key]}：{names.value(key, old)} → {names.value(key, new)}" for key, (old, new) in shown.items()
    )
    if change.op == "insert":
        order = [key for key in LEDGER_LABELS if key in shown and shown[key][1] != ""]
        first = tuple(f"{LEDGER_LABELS[key]}：{names.value(key, shown[key][1])}" for key in order)
        return HistoryEntry(change.at, names.person(change.author_id), "建账", first)
    text = "台账变动"
    if "state" in change.fields:
        old, new = change.fields["state"]
        text = f"项目状态：{names.value('state', old)} → {names.value('state', new)}"
    return HistoryEntry(change.at, names.person(change.author_id), text, details)


def _filing_entry(names: _Names, filing: Filing, change: PastChange) -> HistoryEntry | None:
    if "state" not in change.fields:
        return None
    state = FilingState(str(change.fields["state"][1]))
    verb = "提交" if state is FilingState.IN_APPROVAL else state.label
    text = f"{filing.title} {filing.number or ''} {verb}"
    return HistoryEntry(change.at, names.person(change.author_id), text, (), filing.id)


def _signed_entry(
    names: _Names, filing: Filing, titles: Mapping[str, str], row: SignOff, state: SignatureState
) -> HistoryEntry:
    step = titles.get(row.step_key, row.step_key)
    paper = f"（纸面 {row.signed_on.isoformat()} 签，代录）" if row.on_paper else ""
    signer = f"{row.signer_name}（代 {names.person(row.for_id)}）" if row.for_id else row.signer_name
    back = f"给“{titles.get(row.back_to, row.back_to)}”" if row.back_to else ""
    text = f"{filing.title} {filing.number or ''} {step}：{signer} {Decision(row.decision).label}{back}{paper}"
    details = (row.opinion, state.words if state.label else "")
    return HistoryEntry(row.at, names.person(row.recorded_by), text, tuple(filter(None, details)), filing.id)


def _edit_entry(filing: Filing, titles: Mapping[str, str], edit: ChainEdit) -> HistoryEntry:
    step = titles.get(edit.step, edit.step)
    text = f"{filing.title} {filing.number or ''} {step}：{edit.kind.label}{edit.person_name}"
    return HistoryEntry(edit.at, edit.by_name, text, (edit.reason,) if edit.reason else (), filing.id)
