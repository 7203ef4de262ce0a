"""What the forms of 启动 ask of the whole ledger: projects, contracts, departments, short names, who manages how many.

These facts are gathered for those forms alone (`desktop.services.form_facts`): every project's other forms do without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.known_projects import OFFERED, offered
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.numbering import expected_number
from desktop.services.office import Reading
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, report_facts
from desktop.services.watching_facts import WATCHING_FACTS
from desktop.store.ids import new_id
from desktop.store.tables import Contract, Department, Filing, Person, Project, Section

FormFacts = Callable[[Reading, Policy, LedgerProject | None], Mapping[str, Json]]
"""What one form asks for beside the facts about its project."""

_Sub = aliased(Department)


def _contract(reading: Reading, policy: Policy, _project: LedgerProject | None) -> Mapping[str, Json]:
    return {
        **_projects(reading, policy),
        "offers.departments": _departments(reading),
        "ledger.contracts": _contracts(reading),
        "contract.first_project": [{"id": str(new_id())}],
    }


def _program(reading: Reading, policy: Policy, _project: LedgerProject | None) -> Mapping[str, Json]:
    return _projects(reading, policy)


def _numbering(reading: Reading, policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    query = select(Project.short_name, func.coalesce(Project.number, Project.provisional, Project.name)).where(
        Project.short_name != "", Project.id != (project.id if project else None)
    )
    return {
        "project.official": project.number or None if project else None,
        "project.kind_key": project.kind or None if project else None,
        "numbering.expected": {kind.key: expected_number(reading, kind.key) for kind in policy.kinds},
        "ledger.short_names": {row[0]: row[1] for row in reading.session.execute(query)},
    }


def _appointment(reading: Reading, policy: Policy, _project: LedgerProject | None) -> Mapping[str, Json]:
    going = [state.key for state in policy.states if not state.ends]
    query = select(Project.manager_id, func.count()).where(Project.manager_id.is_not(None), Project.state.in_(going))
    counted = reading.session.execute(query.group_by(Project.manager_id))
    return {"ledger.managing": {str(person): count for person, count in counted}}


def _task_targets(reading: Reading, _policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    kind = project.kind or None if project else None
    return {"project.kind_key": kind, "offers.departments": _departments(reading)}


FORM_SOURCES: dict[str, FormFacts] = {
    "contract": _contract,
    "program": _program,
    "numbering": _numbering,
    "appointment": _appointment,
    "task_targets": _task_targets,
    MEMBER_REPORT: report_facts,
    PROJECT_REPORT: report_facts,
    **WATCHING_FACTS,
}
"""By the key of the form."""


def _projects(reading: Reading, policy: Policy) -> dict[str, Json]:
    """Every project as `desktop.domain.known_projects` understands it, and as it is offered while one is named."""
    query = (
        select(Project, Department.name, _Sub.name, Person.name, Contract.number)
        .outerjoin(Department, Project.department_id == Department.id)
        .outerjoin(_Sub, Project.sub_department_id == _Sub.id)
        .outerjoin(Person, Project.manager_id == Person.id)
        .outerjoin(Contract, Project.contract_id == Contract.id)
        .order_by(Project.sort_key, Project.id)
    )
    rows: dict[str, Json] = {}
    offers: list[Json] = []
    for row, department, part, manager, contract in reading.session.execute(query):
        number = row.number or row.provisional
        if not number:
            continue
        rows[number] = {
            "name": row.name,
            "short_name": row.short_name,
            "department": " / ".join(name for name in (department, part) if name),
            "manager": manager,
            "state": policy.state_title(row.state),
            "program": row.program,
            "contract": contract,
            "contract_no": row.contract_no,
            "amount": row.amount,
        }
        offers.append([offered(number, row.name), row.pinyin])
    return {"ledger.projects": rows, OFFERED: offers}


def _departments(reading: Reading) -> Json:
    query = select(Department.name).where(Department.active.is_(True), Department.parent_id.is_(None))
    return list(reading.session.scalars(query.order_by(Department.pinyin, Department.name)))


def _contracts(reading: Reading) -> Json:
    """Contract numbers that are on record or in approval, each with where it was used."""
    used: dict[str, Json] = {
        number: f"合同“{name}”"
        for number, name in reading.session.execute(select(Contract.number, Contract.name).order_by(Contract.id))
    }
    under_way = (
        select(Section.text, Filing.number)
        .join(Filing, Filing.revision_id == Section.revision_id)
        .where(
            Filing.form_key == "contract",
            Filing.state == FilingState.IN_APPROVAL.value,
            Section.key == "contract",
        )
    )
    for text, filing in reading.session.execute(under_way):
        values: Any = read_canonical(text)
        number = value_of({"contract": values}, "contract", "number")
        used.setdefault(str(number), f"正在审批的登记表 {filing}")
    return used
