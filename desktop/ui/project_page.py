"""What the page of a project shows: read whole behind the screen, and its facts in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from desktop.domain import money
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.archive import DocumentRow, archive_refusal, documents_of
from desktop.services.contract_list import ContractRow, contract_rows
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.form_offers import FormOffer, allowed_forms
from desktop.services.gate_view import Checklist, GateLine, checklists, gate_view
from desktop.services.history import HistoryEntry, project_history
from desktop.services.next_steps import NextStep, next_steps
from desktop.services.office import Reading
from desktop.services.programs import ProgramRow, program_rows
from desktop.services.projects import open_project, subject_of
from desktop.services.standing import standing_of


@dataclass(frozen=True)
class ProjectPage:
    """A project with everything that its page shows."""

    project: Project
    policy: Policy
    offers: tuple[FormOffer, ...]
    gates: tuple[GateLine, ...]
    filings: tuple[FilingRow, ...]
    documents: tuple[DocumentRow, ...]
    history: tuple[HistoryEntry, ...]
    checklists: tuple[Checklist, ...]
    steps: tuple[NextStep, ...]
    may_not_archive: str = ""
    may_waive: bool = False
    contract: ContractRow | None = None
    program: ProgramRow | None = None


def read_project(reading: Reading, actor: UUID, project_id: UUID) -> ProjectPage:
    """Read a project for its page, as far as the actor may see it."""
    filings = filing_rows(reading, filing_ids(reading, actor, FilingQuery(project_id=project_id)))
    project, policy = open_project(reading, actor, project_id), reading.policy
    standing, subject = standing_of(reading.session, actor, reading.today), subject_of(project)
    return ProjectPage(
        project,
        policy,
        tuple(allowed_forms(reading, actor, project_id)),
        tuple(gate_view(reading, project_id)),
        tuple(filings),
        tuple(documents_of(reading, project_id=project_id)),
        tuple(project_history(reading, project_id)),
        tuple(checklists(reading, project_id)),
        tuple(next_steps(reading, project_id)),
        archive_refusal(reading, actor, project_id),
        may(policy, standing, Action.WAIVE, subject),
        *(contract_rows(reading, [project.contract_id]) if project.contract_id else (None,)),
        *(program_rows(reading, actor, [project.program_id]) if project.program_id else (None,)),
    )


def facts_of(project: Project, policy: Policy) -> list[tuple[str, str]]:
    """The facts at the head of a project's page."""

    def option(name: str, key: str) -> str:
        return next((item.label for item in policy.options(name) if item.key == key), key)

    def amount(fen: int | None) -> str:
        return f"{money.wan_text(fen)} 万元" if fen is not None else ""

    def acceptance(planned: dt.date | None, real: dt.date | None) -> str:
        if real:
            return f"{real}（计划 {planned}）" if planned else f"{real}"
        return f"计划 {planned}" if planned else ""

    contract = " ".join(part for part in (project.contract_no, option("contract_kinds", project.contract_kind)) if part)
    return [
        ("客户单位", project.customer),
        ("合同", contract),
        ("合同金额", amount(project.amount)),
        ("项目经理", project.manager.shown if project.manager else ""),
        ("客户经理", project.client_manager.shown if project.client_manager else ""),
        ("费用预算", amount(project.budget)),
        ("所属部门", " / ".join(part for part in (project.department, project.sub_department) if part)),
        ("类型", option("kinds", project.kind)),
        ("大项目", project.program),
        ("立项", str(project.initiated_on or "")),
        ("初验", acceptance(project.planned_preliminary_on, project.preliminary_on)),
        ("终验", acceptance(project.planned_final_on, project.final_on)),
        *([("备注", project.note)] if project.note else []),
    ]
