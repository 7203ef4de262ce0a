"""What an approved paper leads on to: the forms by which a decision is carried out (PAUSE-5, WDR-1, INFO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.ledger import Project as LedgerProject
from desktop.services.filed import decided_verdict, latest_approved
from desktop.services.office import Reading
from desktop.services.opinions import open_opinions
from desktop.services.projects import get_project
from desktop.store.tables import Project


@dataclass(frozen=True)
class NextStep:
    """Something that was decided and is still to be done: in words, with its rule and the forms that do it."""

    text: str
    rule: str
    opens: tuple[str, ...]


_DECIDED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "withdraw": ("处理意见已定为“办理撤项”", ("withdrawal_notice", "withdrawal")),
    "close": ("处理意见已定为“转入结项”", ("closing_start",)),
}


def next_steps(reading: Reading, project_id: UUID) -> list[NextStep]:
    """What is decided about a project and not yet carried out, in the order in which it is to be done."""
    project = get_project(reading, project_id)
    found: list[NextStep] = []
    opinion = latest_approved(reading, project_id).get("overdue_opinion")
    decided = _DECIDED.get(decided_verdict(reading, project, opinion)) if project.state == "paused" else None
    if decided is not None and opinion is not None:
        until = f"，期限 {project.pause_until}" if project.pause_until else ""
        text = f"{decided[0]}（{opinion.number}{until}）"
        found.append(NextStep(text, "PAUSE-5", _still_to_do(project, decided[1])))
    elif project.withdrawing_on and not reading.policy.state(project.state).ends:
        text = f"项目管理部已于 {project.withdrawing_on} 告知客户经理启动撤项"
        found.append(NextStep(text, "WDR-1", ("withdrawal",)))
    raises = reading.policy.tracking.raise_with
    for one in open_opinions(reading, Project.id == project_id):
        text = f"《{one.filing.title}》{one.number} 已有处理意见，请落实责任部门和期限"
        found.append(NextStep(text, "INFO-3", (raises,)))
    known = reading.policy.has_form
    return [NextStep(item.text, item.rule, tuple(filter(known, item.opens))) for item in found]


def _still_to_do(project: LedgerProject, forms: tuple[str, ...]) -> tuple[str, ...]:
    """The client manager who was told already need not be told again (WDR-1)."""
    done: Json = "withdrawal_notice" if project.withdrawing_on else None
    return tuple(key for key in forms if key != done)
