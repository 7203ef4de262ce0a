"""Two baselines of a project's plan side by side: lines, money, days (CHG-1)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from desktop.domain.calendar import calendar_facts
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.form import Form, settle
from desktop.domain.forms import fit
from desktop.domain.plan import REGISTERS
from desktop.domain.plan_sheets import COMPARISON
from desktop.paper.form_sheet import section_blocks
from desktop.paper.printing import render
from desktop.paper.sheet import Cell, Grid, Printed, Sheet
from desktop.services.office import Reading
from desktop.services.plans import BaselineRow, baselines, plan_lines
from desktop.services.projects import open_project


@dataclass(frozen=True)
class BaselineChanges:
    """What differs from one baseline to another; ``content`` holds the detail sheets and figures by section."""

    project: str
    older: BaselineRow
    newer: BaselineRow
    form: Form
    content: Content


def project_baselines(reading: Reading, actor: UUID, project_id: UUID) -> list[BaselineRow]:
    """Every baseline of a project that the actor may see.

    Raises:
        NotAllowed: the project is not the actor's to see.
    """
    open_project(reading, actor, project_id)
    return baselines(reading, project_id)


def baseline_changes(reading: Reading, actor: UUID, project_id: UUID, older: int, newer: int) -> BaselineChanges:
    """Compare baseline ``older`` with ``newer`` as the detail sheets of a change do.

    Raises:
        NotAllowed: the project is not the actor's to see.
        Refusal: the project has no baseline of that number.
    """
    project = open_project(reading, actor, project_id)
    rows = {row.no: row for row in baselines(reading, project_id)}
    missing = next((no for no in (older, newer) if no not in rows), None)
    if missing is not None:
        raise Refusal(f"这个项目没有第 {missing} 版基线。", kept="没有作任何改动。", todo="请刷新后重新选择。")
    old, new = (plan_lines(reading, project_id, no) for no in (older, newer))
    facts = {
        **calendar_facts(reading.calendar()),
        **{register.fact: old[register.key] for register in REGISTERS.values()},
    }
    form = fit(COMPARISON, reading.policy)
    name = f"{project.called} {project.name}"
    return BaselineChanges(name, rows[older], rows[newer], form, settle(form, new, facts))


def print_baseline_changes(reading: Reading, actor: UUID, project_id: UUID, older: int, newer: int) -> Printed:
    """The comparison as a sheet.

    Raises:
        NotAllowed: the project is not the actor's to see.
        Refusal: the project has no baseline of that number.
    """
    found = baseline_changes(reading, actor, project_id, older, newer)
    head = Grid(
        tuple(
            chain(
                [Cell("项目", found.project, wide=True)],
                (
                    Cell(label, _told(row), wide=True)
                    for label, row in (("原基线", found.older), ("新基线", found.newer))
                ),
            )
        )
    )
    return render(
        Sheet(
            title=found.form.title,
            company=reading.office.name,
            blocks=(head, *section_blocks(found.form, found.content)),
            logo=reading.office.logo,
            dated=f"打印日期：{reading.today.isoformat()}",
        )
    )


def _told(row: BaselineRow) -> str:
    parts = (f"第 {row.no} 版", f"自 {row.effective_on.isoformat()} 起生效", row.filing_number, row.note)
    return "，".join(part for part in parts if part)
