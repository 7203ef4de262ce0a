"""What is due as a calendar file, from the same clocks as the workbench."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from uuid import UUID

from desktop.exchange.deadline_calendar import DeadlineEvent, write_deadlines
from desktop.services.due import todo
from desktop.services.office import Reading
from desktop.services.people import person_ref
from desktop.services.todos import Todo


def export_deadlines(reading: Reading, actor: UUID, path: Path, *, everyone: bool = False) -> int:
    """Write every dated thing that is due for the actor (or that they see of the whole office). Returns how many.

    Raises:
        Refusal: the file cannot be written.
    """
    items = [item for item in todo(reading, actor, everyone=everyone) if item.on]
    whose = "全办公室" if everyone else person_ref(reading, actor).name
    name = f"{reading.office.name} {whose}的期限"
    return write_deadlines(path, name, [_event(item) for item in items], now=reading.now)


def _event(item: Todo) -> DeadlineEvent:
    assert item.on is not None  # noqa: S101 - only dated ones are written
    what = f"{item.project}　{item.text}".strip()
    estimated = "节假日数据不足，按周一至周五推算" if item.estimated else ""
    told = [item.rule, f"下一步：{item.action}" if item.action else "", estimated]
    which = item.page[1] if item.page and item.page[0] == "problem" else item.filing_id
    key = f"{item.project_id}|{which}|{item.rule}|{item.on}"
    return DeadlineEvent(sha256(key.encode()).hexdigest()[:32], item.on, what, "\n".join(filter(None, told)))
