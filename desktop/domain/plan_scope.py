"""Where a change leaves the contract's scope: its money, its days, its equipment (CHG-6, ROLE-5).

Only what the change itself brings about counts: what was beyond the contract before has been approved before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts
from desktop.domain.form import day_of, lines_of
from desktop.domain.money import yuan_text
from desktop.domain.plan import Line, total
from desktop.domain.plan_changes import sums_of
from desktop.domain.plan_sheets import after, before
from desktop.domain.values import decimal_text


def beyond_scope(content: Content, facts: Facts) -> Iterator[tuple[str, str]]:
    """Each way in which the change leaves the contract: the section that it lies in, and words for it."""
    yield from _money(content, facts)
    yield from _days(content, facts)
    yield from _equipment(content, facts)


def _money(content: Content, facts: Facts) -> Iterator[tuple[str, str]]:
    limit = next((facts[name] for name in ("contract.amount", "project.amount") if facts.get(name) is not None), None)
    old, new = total(before(facts)["budget"]), total(lines_of(content, "budget"))
    if isinstance(limit, int) and new > max(limit, old):
        over = f"共 {yuan_text(new - limit)} 元"
        yield "budget", f"变更后费用预算 {yuan_text(new)} 元，超出合同金额 {yuan_text(limit)} 元{over}"


def _days(content: Content, facts: Facts) -> Iterator[tuple[str, str]]:
    for name, label in (("contract.final_on", "合同约定的终验日期"), ("project.planned_final_on", "计划终验日期")):
        limit = _day(facts.get(name))
        if limit is None:
            continue
        old, new = sums_of(before(facts)).last, sums_of(after(content)).last
        if new and new > max(limit, old or limit):
            yield "schedule", f"变更后最后里程碑 {new} 晚于{label} {limit}"
        final = day_of(content, "change", "new_planned_final_on")
        if final and final > limit:
            yield "change", f"变更后计划终验 {final} 晚于{label} {limit}"
        return


def _equipment(content: Content, facts: Facts) -> Iterator[tuple[str, str]]:
    listed = facts.get("contract.items")
    items = [line for line in listed if isinstance(line, dict)] if isinstance(listed, list | tuple) else []
    if not items:
        return
    old, new = before(facts)["procurement"], lines_of(content, "procurement")
    for name in dict.fromkeys(_folded(line.get("name")) for line in new):
        allowed, planned, was = (_count(lines, name) for lines in (items, new, old))
        if planned <= max(allowed, was):
            continue
        shown = next(str(line.get("name")) for line in new if _folded(line.get("name")) == name)
        if allowed:
            text = f"“{shown}”变更后 {decimal_text(planned)}，多于合同设备清单的 {decimal_text(allowed)}"
        else:
            text = f"“{shown}”不在合同设备清单里"
        yield "procurement", text


def _count(lines: Sequence[Line], name: str) -> Decimal:
    counts = (line.get("count") for line in lines if _folded(line.get("name")) == name)
    return sum((Decimal(count) for count in counts if isinstance(count, str)), Decimal(0))


def _folded(value: Json) -> str:
    return "".join(str(value or "").split()).casefold()


def _day(value: Json) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else None
