"""Contracts as screens read them: found and sorted, and one with its modules, projects and task targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.errors import NotAllowed
from desktop.domain.form import lines_of, value_of
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Action
from desktop.domain.rights import reach
from desktop.services.finding import holds
from desktop.services.office import Reading
from desktop.services.projects import projects_where, visible
from desktop.services.standing import people_by_id, standing_of
from desktop.services.task_targets import Targets, targets_of
from desktop.store.tables import Contract, Project


@dataclass(frozen=True)
class ContractQuery:
    """What a list of contracts shows."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    sort: str = "in_force_on"
    descending: bool = True


@dataclass(frozen=True)
class ContractRow:
    """A contract as lists show it; ``kind`` in words, ``projects`` how many it has, ``amount`` fen."""

    id: UUID
    number: str
    name: str
    kind: str
    customer: str
    amount: int | None
    signed_on: dt.date | None
    in_force_on: dt.date | None
    client_manager: PersonRef | None
    projects: int
    outsourced: bool
    outsourcing: str
    filing_id: UUID | None


@dataclass(frozen=True)
class ContractPage:
    """A contract with its tables, the projects that the reader may see, and what its departments have to earn."""

    row: ContractRow
    modules: tuple[Mapping[str, Json], ...]
    items: tuple[Mapping[str, Json], ...]
    products: tuple[Mapping[str, Json], ...]
    projects: tuple[LedgerProject, ...]
    targets: Targets
    note: str


SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "number": Contract.number,
    "name": Contract.pinyin,
    "kind": Contract.kind,
    "customer": Contract.customer,
    "amount": Contract.amount,
    "signed_on": Contract.signed_on,
    "in_force_on": Contract.in_force_on,
}
"""What lists of contracts may be sorted by."""


def contract_ids(reading: Reading, actor: UUID, query: ContractQuery) -> list[UUID]:
    """The ids of the contracts that the actor may see and the query asks for, in its order."""
    column = SORTS[query.sort]
    order = column.desc().nulls_last() if query.descending else column.asc().nulls_last()
    wanted = [_seen(reading, actor), *(_matches(word) for word in query.text.split())]
    if query.kinds:
        wanted.append(Contract.kind.in_(query.kinds))
    return list(reading.session.scalars(select(Contract.id).where(*wanted).order_by(order, Contract.id)))


def _matches(word: str) -> ColumnElement[bool]:
    columns = (Contract.number, Contract.name, Contract.customer, Contract.outsourcing, Contract.pinyin)
    return or_(*(holds(column, word) for column in columns))


def _seen(reading: Reading, actor: UUID) -> ColumnElement[bool]:
    if reach(reading.policy, standing_of(reading.session, actor, reading.today), Action.SEE).office:
        return true()
    of_projects = select(Project.contract_id).where(and_(visible(reading, actor), Project.contract_id.is_not(None)))
    return or_(Contract.client_manager_id == actor, Contract.id.in_(of_projects))


def contract_rows(reading: Reading, ids: Sequence[UUID]) -> list[ContractRow]:
    """The contracts with these ids, in this order; those that are gone are left out."""
    counts = select(Project.contract_id, func.count()).where(Project.contract_id.in_(ids)).group_by(Project.contract_id)
    counted = {row[0]: row[1] for row in reading.session.execute(counts)}
    found = {row.id: row for row in reading.session.scalars(select(Contract).where(Contract.id.in_(ids)))}
    people = people_by_id(reading.session, {row.client_manager_id for row in found.values() if row.client_manager_id})
    kinds = {option.key: option.label for option in reading.policy.contract_kinds}
    return [
        ContractRow(
            id=row.id,
            number=row.number,
            name=row.name,
            kind=kinds.get(row.kind, row.kind),
            customer=row.customer,
            amount=row.amount,
            signed_on=row.signed_on,
            in_force_on=row.in_force_on,
            client_manager=people.get(row.client_manager_id) if row.client_manager_id else None,
            projects=counted.get(row.id, 0),
            outsourced=row.outsourced,
            outsourcing=row.outsourcing,
            filing_id=row.filing_id,
        )
        for row in (found[key] for key in ids if key in found)
    ]


def open_contract(reading: Reading, actor: UUID, contract_id: UUID) -> ContractPage:
    """One contract as the actor may see it.

    Raises:
        NotAllowed: it is not the actor's to see.
    """
    seen = select(Contract).where(Contract.id == contract_id, _seen(reading, actor))
    record = reading.session.scalar(seen)
    if record is None:
        raise NotAllowed("您没有查看这份合同的权限。", todo="请与项目管理员联系。")
    content: Any = read_canonical(record.content)
    modules, items, products = (
        [dict(line) for line in lines_of(content, key)] for key in ("modules", "items", "products")
    )
    return ContractPage(
        row=contract_rows(reading, [contract_id])[0],
        modules=tuple(modules),
        items=tuple(items),
        products=tuple(products),
        projects=tuple(projects_where(reading, and_(Project.contract_id == contract_id, visible(reading, actor)))),
        targets=targets_of(reading, contract_id, modules),
        note=str(value_of(content, "contract", "note") or ""),
    )
