"""What papers a project has: which forms are approved or under way, which documents are archived, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.canonical import Json
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.forms.acceptance import PASSED
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.contracts import contract_facts
from desktop.services.filing_content import current_revision
from desktop.services.office import Reading
from desktop.services.plans import plan_lines
from desktop.store.tables import Document, Expense, Filing

_PICKS = {
    "conformity": ("conformity.verdict", "conclusion", "verdict"),
    "purchase_closing": ("purchase.verdict", "conclusion", "verdict"),
}
"""Form → the fact that tells what its latest approved filing concludes, and where that stands."""

_ACCEPTANCES = (("final_acceptance", "final"), ("preliminary_acceptance", "preliminary"))


def filed_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """Facts of a project's papers.

    ``filed.<form>`` is the day from which the latest approved filing counts, ``open.<form>`` how many are in approval,
    ``documents.kinds`` what is archived; further what the latest acceptance, opinion and reviews say.
    """
    approved = latest_approved(reading, project.id)
    facts: dict[str, Json] = {
        f"filed.{key}": filing.effective_on.isoformat()
        for key, filing in approved.items()
        if filing.effective_on is not None
    }
    facts |= _open(reading, project.id)
    facts["documents.kinds"] = sorted(archived_kinds(reading, project.id))
    for form, (name, section, field) in _PICKS.items():
        if form in approved:
            facts[name] = value_of(current_revision(reading.session, approved[form]).content, section, field)
    facts |= _acceptance(reading, approved)
    facts["opinion.verdict"] = decided_verdict(reading, project, approved.get("overdue_opinion"))
    return facts


def latest_approved(reading: Reading, project_id: UUID) -> dict[str, Filing]:
    """The latest approved filing of each form on a project."""
    query = (
        select(Filing)
        .where(Filing.project_id == project_id, Filing.state == FilingState.APPROVED.value)
        .order_by(Filing.decided_at, Filing.id)
    )
    return {filing.form_key: filing for filing in reading.session.scalars(query)}


def archived_kinds(reading: Reading, project_id: UUID) -> set[str]:
    """The kinds of documents that are archived on a project."""
    query = select(Document.kind).where(Document.project_id == project_id, Document.kind != "").distinct()
    return set(reading.session.scalars(query))


def decided_verdict(reading: Reading, project: LedgerProject, opinion: Filing | None) -> str:
    """What 总裁室 decided on the present pause (PAUSE-5); nothing where it decided nothing, or on an earlier one."""
    if opinion is None or project.paused_on is None or opinion.effective_on is None:
        return ""
    if opinion.effective_on < project.paused_on:
        return ""
    return str(value_of(current_revision(reading.session, opinion).content, "opinion", "verdict") or "")


def _open(reading: Reading, project_id: UUID) -> dict[str, Json]:
    query = (
        select(Filing.form_key, func.count())
        .where(Filing.project_id == project_id, Filing.state == FilingState.IN_APPROVAL.value)
        .group_by(Filing.form_key)
    )
    return {f"open.{key}": count for key, count in reading.session.execute(query)}


def _acceptance(reading: Reading, approved: Mapping[str, Filing]) -> dict[str, Json]:
    """The customer's latest acceptance, which the start of the closing takes over (CLOSE-2)."""
    for form, stage in _ACCEPTANCES:
        if form not in approved:
            continue
        content = current_revision(reading.session, approved[form]).content
        if value_of(content, "acceptance", "conclusion") in PASSED:
            keys = ("accepted_on", "confirmed_by", "report_no", "report")
            taken = {f"acceptance.{key}": value_of(content, "acceptance", key) for key in keys}
            return {"acceptance.stage": stage, **taken}
    return {}


def delivery_facts(reading: Reading, policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """What the contract and the plan in force ask to be delivered, as lines that papers begin with (CLOSE-4).

    ``delivery.products`` are work products, ``delivery.equipment`` and ``delivery.purchases`` what is bought,
    ``delivery.items`` all of it as an acceptance goes through it; ``expense.total`` what was claimed, fen.
    """
    contract, plan = contract_facts(reading, policy, project), plan_lines(reading, project.id)
    products = _products(_lines(contract.get("contract.products")), plan["products"])
    equipment = [_equipment(line) for line in plan["procurement"]] or [
        _equipment(line) for line in _lines(contract.get("contract.items"))
    ]
    total = select(func.coalesce(func.sum(Expense.amount), 0)).where(Expense.project_id == project.id)
    return {
        "delivery.products": products,
        "delivery.equipment": equipment,
        "delivery.purchases": [_purchase(line) for line in plan["procurement"]],
        "delivery.items": [*map(_product_item, products), *map(_equipment_item, equipment)],
        "expense.total": int(reading.session.scalar(total) or 0),
    }


def _lines(value: Json) -> list[Mapping[str, Any]]:
    return list(value) if isinstance(value, list | tuple) else []


def _products(asked: list[Mapping[str, Any]], planned: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """The contract's products, then those of the plan; one that both name stands once."""
    found = {str(line.get("name")): _product(line, "合同") for line in asked}
    for line in planned:
        name = str(line.get("name"))
        if name in found:
            found[name] |= {"source": "合同、计划", "count": found[name]["count"] or line.get("count")}
        else:
            found[name] = _product(line, "计划")
    return list(found.values())


def _product(line: Mapping[str, Any], source: str) -> dict[str, Json]:
    return {
        "id": f"{'contract' if source == '合同' else 'plan'}-{line['id']}",
        "name": line.get("name"),
        "source": source,
        "basis": line.get("basis") or line.get("requirement"),
        "count": line.get("count"),
    }


def _equipment(line: Mapping[str, Any]) -> dict[str, Json]:
    keys = ("id", "name", "model", "unit", "count")
    return {key: line.get(key) for key in keys}


def _purchase(line: Mapping[str, Any]) -> dict[str, Json]:
    keys = ("id", "name", "supplier")
    return {**{key: line.get(key) for key in keys}, "planned": line.get("amount")}


def _product_item(line: Mapping[str, Any]) -> dict[str, Json]:
    return {"id": line["id"], "name": line.get("name"), "criterion": line.get("basis"), "count": line.get("count")}


def _equipment_item(line: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "id": f"equipment-{line['id']}",
        "name": line.get("name"),
        "category": "equipment",
        "criterion": line.get("model"),
        "count": line.get("count"),
    }
