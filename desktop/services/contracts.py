"""Contracts as registered (APPT-1): the record, and what projects and forms ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.outcome import Line
from desktop.domain.policy import Policy
from desktop.services.naming import People, named_project
from desktop.services.office import Reading, Work
from desktop.services.sorting import initials
from desktop.store.ids import new_id
from desktop.store.tables import Contract, Filing

TABLES = ("modules", "items", "products")
"""The line tables of a contract: modules with prices, equipment, work products."""


def contract_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """What forms copy of the project's contract; nothing where none is registered."""
    row = reading.session.get(Contract, project.contract_id) if project.contract_id else None
    if row is None:
        return {f"contract.{key}": [] for key in TABLES}
    content: Any = read_canonical(row.content)
    return {
        "contract.number": row.number,
        "contract.name": row.name,
        "contract.kind": row.kind,
        "contract.amount": row.amount,
        "contract.customer": row.customer,
        "contract.in_force_on": row.in_force_on.isoformat() if row.in_force_on else None,
        "contract.outsourcing": row.outsourcing,
        **{f"contract.{key}": list(lines_of(content, key)) for key in TABLES},
    }


def register_contract(work: Work, filing: Filing, content: Content, people: People) -> UUID:
    """Put a contract on record from the approved content of its form. Returns its id."""
    name = str(value_of(content, "contract", "name"))
    number = str(value_of(content, "contract", "number"))
    amount = value_of(content, "contract", "amount")
    contract = Contract(
        id=new_id(),
        number=number,
        name=name,
        kind=str(value_of(content, "contract", "kind") or ""),
        customer=str(value_of(content, "contract", "customer") or ""),
        amount=amount if isinstance(amount, int) else None,
        signed_on=day_of(content, "contract", "signed_on"),
        in_force_on=day_of(content, "contract", "in_force_on"),
        outsourced=value_of(content, "contract", "outsourced") == "yes",
        outsourcing=str(value_of(content, "outsourcing", "number") or ""),
        client_manager_id=people.find(value_of(content, "contract", "client_manager"), None),
        content=canonical_text(dict(content)),
        pinyin=initials(name),
        filing_id=filing.id,
    )
    work.session.add(contract)
    return contract.id


def attach_projects(work: Work, contract_id: UUID, lines: Sequence[Line]) -> None:
    """Let projects that the ledger has become part of a contract; what they lack they take from it.

    Raises:
        Refusal: a project is gone, or became part of another contract meanwhile.
    """
    work.session.flush()
    contract = work.session.fetch(Contract, contract_id)
    content: Any = read_canonical(contract.content)
    for line in lines:
        record = named_project(work, line.get("existing"))
        if record is None or record.contract_id is not None:
            why = "台账中已没有它" if record is None else "它已登记在别的合同名下"
            raise Refusal(
                f"项目 {line.get('existing')} 不能列入合同 {contract.number}：{why}。",
                kept="合同与项目都没有改动。",
                todo="请退回给填表人，核对“开立的项目”后重新提交。",
            )
        amount = line.get("amount")
        record.contract_id = contract_id
        record.contract_no, record.contract_kind = contract.number, contract.kind
        record.customer = record.customer or contract.customer
        record.client_manager_id = record.client_manager_id or contract.client_manager_id
        record.amount = amount if isinstance(amount, int) else record.amount
        record.planned_preliminary_on = record.planned_preliminary_on or day_of(content, "contract", "preliminary_on")
        record.planned_final_on = record.planned_final_on or day_of(content, "contract", "final_on")
