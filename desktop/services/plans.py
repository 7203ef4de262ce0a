"""A project's plan as the ledger has it: the lines in force, and every baseline that ever was (INIT-3, CHG-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.outcome import PlanChange
from desktop.domain.plan import REGISTERS, Register, total
from desktop.domain.policy import Policy
from desktop.services.office import Reading, Work
from desktop.store.tables import Baseline, Filing, PlanLine

Lines = dict[str, list[dict[str, Json]]]
"""Register → its lines in order, each with its stable ``id``."""


@dataclass(frozen=True)
class BaselineRow:
    """A baseline in a project's list of them, and the filing that put it in force."""

    no: int
    effective_on: dt.date
    note: str
    filing_id: UUID | None
    filing_number: str


def baselines(reading: Reading, project_id: UUID) -> list[BaselineRow]:
    """Every baseline of a project, the first one first."""
    query = (
        select(Baseline, Filing.number)
        .outerjoin(Filing, Baseline.filing_id == Filing.id)
        .where(Baseline.project_id == project_id)
        .order_by(Baseline.n)
    )
    return [
        BaselineRow(row.n, row.effective_on, row.note, row.filing_id, number or "")
        for row, number in reading.session.execute(query)
    ]


def baseline_no(reading: Reading, project_id: UUID) -> int:
    """The number of the baseline in force; 0 before the first."""
    query = select(Baseline.n).where(Baseline.project_id == project_id).order_by(Baseline.n.desc()).limit(1)
    return reading.session.scalar(query) or 0


def plan_lines(reading: Reading, project_id: UUID, no: int | None = None) -> Lines:
    """The whole plan as it is in force, or as it was under baseline ``no``."""
    query = select(PlanLine).where(PlanLine.project_id == project_id)
    if no is None:
        query = query.where(PlanLine.to_baseline.is_(None))
    else:
        query = query.where(
            PlanLine.from_baseline <= no, or_(PlanLine.to_baseline.is_(None), PlanLine.to_baseline > no)
        )
    found: Lines = {key: [] for key in REGISTERS}
    for row in reading.session.scalars(query.order_by(PlanLine.register, PlanLine.place, PlanLine.id)):
        found.setdefault(row.register, []).append({**_content(row), "id": row.line})
    return found


def _content(row: PlanLine) -> dict[str, Json]:
    content: Any = read_canonical(row.content)
    return dict(content)


def plan_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """What forms copy of the plan in force: its lines by register, its number, the sum of its budget."""
    lines = plan_lines(reading, project.id)
    return {
        "plan.baseline": baseline_no(reading, project.id),
        "plan.budget_total": total(lines["budget"]),
        "plan.procurement_total": total(lines["procurement"]),
        **{register.fact: lines[register.key] for register in REGISTERS.values()},
    }


def set_baseline(work: Work, filing: Filing, change: PlanChange, on: dt.date) -> int:
    """Put a new baseline in force; lines that did not change go on under it. Returns its number.

    Raises:
        Refusal: the plan has moved on since the filing's lines were copied from it.
    """
    project_id = filing.project_id
    if project_id is None:
        raise Refusal("计划只能属于一个项目。", kept="没有作任何改动。")
    now = baseline_no(work, project_id)
    if change.base != now:
        raise Refusal(
            f"{filing.number} 是按第 {change.base} 版基线编制的，现在已是第 {now} 版。",
            kept="审批记录与基线都没有改动。",
            todo="请退回给填表人，在现行计划上重新核对后提交。",
        )
    work.session.add(
        Baseline(project_id=project_id, n=now + 1, filing_id=filing.id, effective_on=on, at=work.now, note=change.note)
    )
    for key, lines in change.registers.items():
        _replace(work, project_id, REGISTERS[key], lines, now + 1)
    work.session.flush()
    return now + 1


def _replace(work: Work, project_id: UUID, register: Register, lines: Any, no: int) -> None:  # noqa: ANN401
    query = select(PlanLine).where(
        PlanLine.project_id == project_id, PlanLine.register == register.key, PlanLine.to_baseline.is_(None)
    )
    standing = {row.line: row for row in work.session.scalars(query)}
    for place, line in enumerate(lines, 1):
        text = canonical_text({key: value for key, value in line.items() if key != "id"})
        old = standing.pop(str(line["id"]), None)
        if old is not None and old.place == place and _same(old.content, text):
            continue
        if old is not None:
            old.to_baseline = no
        work.session.add(_new_line(project_id, register, place, line, text, no))
    for gone in standing.values():
        gone.to_baseline = no


def _same(one: str, other: str) -> bool:
    """Whether two stored lines say the same; a column that one of them did not have yet is blank."""
    return one == other or _filled(one) == _filled(other)


def _filled(text: str) -> Mapping[str, Json]:
    content: Any = read_canonical(text)
    return {key: value for key, value in content.items() if value is not None}


def _new_line(
    project_id: UUID, register: Register, place: int, line: Mapping[str, Any], text: str, no: int
) -> PlanLine:
    start, end = _days(line.get(register.days) if register.days else None)
    amount = line.get(register.amount) if register.amount else None
    person = line.get(register.person) if register.person else None
    return PlanLine(
        project_id=project_id,
        register=register.key,
        line=str(line["id"]),
        place=place,
        from_baseline=no,
        content=text,
        amount=amount if isinstance(amount, int) else None,
        subject=str(line.get(register.subject) or "") if register.subject else "",
        month=str(line.get(register.month) or "") if register.month else "",
        starts_on=start,
        ends_on=end,
        person_id=UUID(person["id"]) if isinstance(person, Mapping) and person.get("id") else None,
    )


def _days(value: Json) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day of a date or a period."""
    if isinstance(value, Mapping):
        return dt.date.fromisoformat(str(value["start"])), dt.date.fromisoformat(str(value["end"]))
    if isinstance(value, str):
        return dt.date.fromisoformat(value), dt.date.fromisoformat(value)
    return None, None
