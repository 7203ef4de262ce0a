"""What happened to a person or a department, read from the journal: corrections, roles, mergers (ROLE-11)."""

from __future__ import annotations

from uuid import UUID

from desktop.services.history import HistoryEntry
from desktop.services.office import Reading
from desktop.services.record_words import BLANK, KINDS, RecordWords
from desktop.services.roles import role_history
from desktop.services.standing import records_of
from desktop.store.history import PastChange, changes_of

_SHOWN = {
    "person": ("name", "staff_no", "department_id", "phone", "email"),
    "department": ("name", "parent_id"),
    "assignment": ("person_id", "department_id", "since", "until"),
}


def person_history(reading: Reading, person_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to a person's records, those merged into it with them, the latest first."""
    names = RecordWords(reading.session, reading.policy)
    entries = []
    for record in records_of(reading.session, person_id) | {person_id}:
        entries += [_entry(names, change) for change in changes_of(reading.session, "person", record)]
        for role in role_history(reading, record):
            told = [_role_entry(names, change, role.text) for change in _past_of(reading, role.assignment_id)]
            entries += told
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def department_history(reading: Reading, department_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to a department's record, the latest first."""
    names = RecordWords(reading.session, reading.policy)
    changes = changes_of(reading.session, "department", department_id)
    return [_entry(names, change) for change in reversed(changes)]


def _past_of(reading: Reading, assignment_id: UUID) -> list[PastChange]:
    return changes_of(reading.session, "assignment", assignment_id)


def _lines(names: RecordWords, change: PastChange) -> tuple[str, ...]:
    labels = KINDS[change.entity].labels
    shown = [(key, *pair) for key, pair in change.fields.items() if key in _SHOWN[change.entity]]
    told = [(labels[key], *(names.value(change.entity, key, value) for value in (old, new))) for key, old, new in shown]
    if change.op == "insert":
        return tuple(f"{label}：{new}" for label, _old, new in told if new != BLANK)
    return tuple(f"{label}：{old} → {new}" for label, old, new in told)


def _entry(names: RecordWords, change: PastChange) -> HistoryEntry:
    details = _lines(names, change)
    text = "更正"
    if change.withheld:
        text = "变动（内容已按保存期限清除）"
    elif change.op == "insert":
        text = f"登记{KINDS[change.entity].noun}"
    elif change.fields.get("merged_into_id", (None, None))[1] is not None:
        text = f"并入{names.value(change.entity, 'merged_into_id', change.fields['merged_into_id'][1])}"
    elif "active" in change.fields:
        words = {"person": ("恢复在职", "离职"), "department": ("恢复使用", "停用")}[change.entity]
        text = words[0] if change.fields["active"][1] else words[1]
    return HistoryEntry(change.at, names.author(change.author_id), text, details)


def _role_entry(names: RecordWords, change: PastChange, role: str) -> HistoryEntry:
    text = {"insert": f"担任{role}", "delete": f"取消{role}"}.get(change.op, f"更改{role}")
    return HistoryEntry(change.at, names.author(change.author_id), text, _lines(names, change))
