"""What a project manager has to hand over, asked of everyone who keeps something of the project (CHG-5).

Each gatherer answers with lines of one section of the 工作交接单. Their ids follow from what they stand for, so that
gathering again brings them up to date and never doubles one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.clocks import due_items
from desktop.domain.field import Content
from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project
from desktop.domain.money import yuan_text
from desktop.domain.outcome import Line
from desktop.services.archive import documents_of
from desktop.services.filings import FilingQuery, filing_ids, filing_rows
from desktop.services.handovers import HANDOVER
from desktop.services.office import Reading
from desktop.services.plans import plan_lines
from desktop.services.problems import ProblemQuery, ProblemState, problem_ids, problem_rows
from desktop.services.projects import open_project
from desktop.services.reported import last_reports
from desktop.services.spending import project_balances

_OCCASIONS = (HANDOVER, "manager_change")
"""The papers by which the project passes on: nobody hands those over."""
MARK = "ledger:"
"""How the ids of gathered lines begin; what people add bears others."""


@dataclass(frozen=True)
class Asked:
    """What a gatherer is asked about: a project, by someone who may see it."""

    reading: Reading
    actor: UUID
    project: Project


Gather = Callable[[Asked], Iterable[Line]]


@dataclass(frozen=True)
class Gatherer:
    """Fills one section of the handover sheet; ``key`` begins its lines' ids and is unique."""

    key: str
    section: str
    gather: Gather


def _open_filings(asked: Asked) -> Iterable[Line]:
    states = (FilingState.IN_APPROVAL, FilingState.RETURNED, FilingState.RECALLED)
    query = FilingQuery(project_id=asked.project.id, states=states, sort="created_at", descending=False)
    for row in filing_rows(asked.reading, filing_ids(asked.reading, asked.actor, query)):
        if row.form_key in _OCCASIONS:
            continue
        step = f"{row.state.label}，等待：{row.waiting}" if row.waiting else f"{row.state.label}，须处理后重新提交"
        yield {"id": str(row.id), "name": f"《{row.title}》{row.number}", "next": step, "contact": row.author or None}


def _deadlines(asked: Asked) -> Iterable[Line]:
    """The deadlines of the policy that run for the project's manager."""
    policy = asked.reading.policy
    clocks = [clock for clock in policy.clocks if any(policy.role(role).held_as == "manager" for role in clock.tells)]
    for due in due_items([asked.project], clocks, asked.reading.calendar(), asked.reading.today):
        yield {"id": due.clock.key, "name": f"{due.clock.title}（{due.clock.rule}）", "due": due.on.isoformat()}


def _tasks(asked: Asked) -> Iterable[Line]:
    """Tasks of the plan in force that no report has called done, each with what its last report says.

    Of a project on which nobody has ever reported, only those that end today or later.
    """
    today = asked.reading.today.isoformat()
    told = last_reports(asked.reading, asked.project.id)
    for line in plan_lines(asked.reading, asked.project.id)["schedule"]:
        period, report = line.get("period"), told.get(str(line["id"]))
        if not isinstance(period, Mapping) or (report and report.finished):
            continue
        if not told and str(period["end"]) < today:
            continue
        owner = line.get("owner")
        yield {
            "id": str(line["id"]),
            "name": f"{'里程碑' if line.get('milestone') == 'yes' else '任务'}：{line['name']}",
            "done": report.done if report else None,
            "next": report.words if report else None,
            "due": period["end"],
            "contact": owner["name"] if isinstance(owner, Mapping) else None,
        }


def _problems(asked: Asked) -> Iterable[Line]:
    """Tracked problems that are still open (CTRL-7)."""
    states = (ProblemState.OPEN, ProblemState.OVERDUE)
    query = ProblemQuery(project_id=asked.project.id, states=states)
    for row in problem_rows(asked.reading, problem_ids(asked.reading, asked.actor, query)):
        who = "，".join(part for part in (row.owner, row.department) if part)
        late = "（已逾期）" if row.state is ProblemState.OVERDUE else ""
        yield {
            "id": row.number,
            "name": f"{row.number}　{row.title}",
            "impact": f"程度：{row.severity_label}" if row.severity else None,
            "next": f"责任：{who}{late}" if who else None,
            "due": row.due_on.isoformat() if row.due_on else None,
        }


def _balances(asked: Asked) -> Iterable[Line]:
    for row in project_balances(asked.reading, asked.reading.policy, asked.project.id):
        parts = [f"预算 {yuan_text(row.planned)}", f"已报销 {yuan_text(row.used)}"]
        if row.waiting:
            parts.append(f"报销审批中 {yuan_text(row.waiting)}")
        name = f"费用预算余额：{row.title}" if row.key else "费用预算余额"
        yield {
            "id": row.key or "all",
            "name": name,
            "amount": row.left,
            "state": "预算余额",
            "note": f"{'，'.join(parts)}（元）",
        }


def _documents(asked: Asked) -> Iterable[Line]:
    for row in documents_of(asked.reading, project_id=asked.project.id):
        yield {"id": str(row.id), "name": row.name, "media": "file", "count": "1", "place": "本系统的项目文件"}


def _equipment(asked: Asked) -> Iterable[Line]:
    for line in plan_lines(asked.reading, asked.project.id)["procurement"]:
        name = " ".join(str(line[key]) for key in ("name", "model") if line.get(key))
        yield {"id": str(line["id"]), "name": name, "count": line.get("count"), "unit": line.get("unit")}


GATHERERS: tuple[Gatherer, ...] = (
    Gatherer("document", "documents", _documents),
    Gatherer("filing", "tasks", _open_filings),
    Gatherer("clock", "tasks", _deadlines),
    Gatherer("task", "tasks", _tasks),
    Gatherer("equipment", "equipment", _equipment),
    Gatherer("balance", "money", _balances),
    Gatherer("problem", "problems", _problems),
)
"""Everyone who is asked; a room that keeps more of a project adds its own."""


def gathered(reading: Reading, actor: UUID, form_key: str, project_id: UUID | None) -> dict[str, list[dict[str, Json]]]:
    """All that is known of what there is to hand over, by section, each line with its stable id; else nothing.

    Raises:
        NotAllowed: the project is not the actor's to see.
    """
    if form_key != HANDOVER or project_id is None:
        return {}
    asked = Asked(reading, actor, open_project(reading, actor, project_id))
    found: dict[str, list[dict[str, Json]]] = {}
    for gatherer in GATHERERS:
        lines = found.setdefault(gatherer.section, [])
        lines += [{**line, "id": f"{MARK}{gatherer.key}:{line['id']}"} for line in gatherer.gather(asked)]
    return found


def with_gathered(content: Content, found: Mapping[str, Sequence[Line]]) -> dict[str, Any]:
    """A handover sheet brought up to date.

    Known lines take the new facts and keep what people wrote in other columns; what is settled meanwhile goes; what
    people added themselves stays.
    """
    made: dict[str, Any] = dict(content)
    for section, lines in found.items():
        standing = {str(line["id"]): line for line in content.get(section) or ()}
        own = [line for key, line in standing.items() if not key.startswith(MARK)]
        made[section] = [*({**standing.get(str(line["id"]), {}), **line} for line in lines), *own]
    return made
