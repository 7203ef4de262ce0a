"""What happened to a person or a department, read from the journal: corrections, roles, mergers (ROLE-11)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.services.history import HistoryEntry
from desktop.services.office import Reading
from desktop.services.roles import role_history
from desktop.services.standing import department_names, records_of
from desktop.store.history import PastChange, changes_of
from desktop.store.tables import Person

_PERSON = {"name": "姓名", "staff_no": "工号", "department_id": "部门", "phone": "电话", "email": "邮箱"}
_DEPARTMENT = {"name": "名称", "parent_id": "上级部门"}
_ROLE = {"person_id": "担任人", "department_id": "部门", "since": "自", "until": "至"}


def person_history(reading: Reading, person_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to a person's records, those merged into it with them, the latest first."""
    names = _Names(reading)
    entries = []
    for record in records_of(reading.session, person_id) | {person_id}:
        entries += [_entry(names, change, _PERSON, "人员") for change in changes_of(reading.session, "person", record)]
        for role in role_history(reading, record):
            told = [_role_entry(names, change, role.text) for change in _past_of(reading, role.assignment_id)]
            entries += told
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def department_history(reading: Reading, department_id: UUID) -> list[HistoryEntry]:
    """Everything that happened to a department's record, the latest first."""
    names = _Names(reading)
    changes = changes_of(reading.session, "department", department_id)
    return [_entry(names, change, _DEPARTMENT, "部门") for change in reversed(changes)]


def _past_of(reading: Reading, assignment_id: UUID) -> list[PastChange]:
    return changes_of(reading.session, "assignment", assignment_id)


class _Names:
    """The names behind the ids that the journal holds."""

    def __init__(self, reading: Reading) -> None:
        people = reading.session.execute(select(Person.id, Person.name, Person.staff_no))
        self._people = {str(key): f"{name}（{number}）" if number else name for key, name, number in people}
        self._departments = {str(key): name for key, name in department_names(reading.session).items()}

    def person(self, key: UUID | None) -> str:
        return self._people.get(str(key), "") if key else ""

    def value(self, value: Json) -> str:
        if value is None or value == "":
            return "（空）"
        text = str(value)
        return self._people.get(text) or self._departments.get(text, text)


def _lines(names: _Names, change: PastChange, labels: Mapping[str, str]) -> tuple[str, ...]:
    shown = [(labels[key], *pair) for key, pair in change.fields.items() if key in labels]
    if change.op == "insert":
        return tuple(f"{label}：{names.value(new)}" for label, _old, new in shown if new not in {None, ""})
    return tuple(f"{label}：{names.value(old)} → {names.value(new)}" for label, old, new in shown)


def _entry(names: _Names, change: PastChange, labels: Mapping[str, str], noun: str) -> HistoryEntry:
    details = _lines(names, change, labels)
    text = "更正"
    if change.op == "insert":
        text = f"登记{noun}"
    elif change.fields.get("merged_into_id", (None, None))[1] is not None:
        text = f"并入{names.value(change.fields['merged_into_id'][1])}"
    elif "active" in change.fields:
        words = {"人员": ("恢复在职", "离职"), "部门": ("恢复使用", "停用")}[noun]
        text = words[0] if change.fields["active"][1] else words[1]
    return HistoryEntry(change.at, names.person(change.author_id), text, details)


def _role_entry(names: _Names, change: PastChange, role: str) -> HistoryEntry:
    text = {"insert": f"担任{role}", "delete": f"取消{role}"}.get(change.op, f"更改{role}")
    return HistoryEntry(change.at, names.person(change.author_id), text, _lines(names, change, _ROLE))
