"""Contracts as registered (APPT-1): the record, and what projects and forms ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.fields import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.naming import People
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
        outsourcing=str(value_of(content, "contract", "outsourcing") or ""),
        client_manager_id=people.find(value_of(content, "contract", "client_manager"), None),
        content=canonical_text(dict(content)),
        pinyin=initials(name),
        filing_id=filing.id,
    )
    work.session.add(contract)
    return contract.id
