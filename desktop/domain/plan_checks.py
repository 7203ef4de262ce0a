"""Checks over the registers of a plan, each problem at its own cell; whoever edits a plan uses them (INIT, CHG)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts
from desktop.domain.form import Problem, lines_of
from desktop.domain.plan import Line, days_of, folded, line_amount, total

EQUIPMENT = "equipment"
"""The 科目 that pays for the procurement plan."""


def check_products(content: Content, _facts: Facts, *, fixed: bool = False) -> Iterator[Problem]:
    """INIT-2: every work product belongs to a milestone of the schedule and is handed in by then.

    With ``fixed`` the products cannot be changed here, so that the schedule is pointed at.
    """
    milestones = {
        folded(line.get("name")): line for line in lines_of(content, "schedule") if line.get("milestone") == "yes"
    }
    for number, line in enumerate(lines_of(content, "products"), 1):
        wanted = line.get("milestone")
        if not wanted:
            continue
        found = milestones.get(folded(wanted))
        if found is None:
            text = f"工作产品第 {number} 项“{_name(line)}”所属的里程碑“{wanted}”在进度计划中没有"
            if fixed:
                yield Problem("schedule", "", f"{text}，请在进度计划中补上这个里程碑", rule="INIT-2")
            else:
                yield _at("products", "milestone", line, text, "INIT-2")
            continue
        due, days = line.get("due_on"), days_of(found)
        if isinstance(due, str) and days and due > days[1]:
            text = f"工作产品第 {number} 项“{_name(line)}”{due} 才提交，晚于里程碑“{wanted}”（{days[1]}）"
            if fixed:
                yield _at("schedule", "period", found, text, "INIT-2", blocks=False)
            else:
                yield _at("products", "due_on", line, text, "INIT-2", blocks=False)


def check_people(content: Content, _facts: Facts) -> Iterator[Problem]:
    """Whoever answers for a task or a risk is a colleague, and one of the team where the plan names the team."""
    team = {_person(line.get("person")) for line in lines_of(content, "organization")} - {""}
    for section, title in (("schedule", "进度计划"), ("risks", "风险管理计划")):
        for number, line in enumerate(lines_of(content, section), 1):
            owner = line.get("owner")
            name = _person(owner)
            where = f"“{title}”第 {number} 行的责任人“{name}”"
            if name and isinstance(owner, Mapping) and not owner.get("id"):
                yield _at(section, "owner", line, f"{where}不在人员名册里，请核对姓名", blocks=False)
            elif name and team and name not in team:
                yield _at(section, "owner", line, f"{where}不在组织计划里", blocks=False)


def check_months(content: Content, until: str | None = None) -> Iterator[Problem]:
    """Money is planned for the months of the project."""
    for number, line in enumerate(lines_of(content, "budget"), 1):
        month = line.get("month")
        if isinstance(month, str) and until and month > until[:7]:
            text = f"“费用预算”第 {number} 行的月份 {month} 在计划终验 {until} 之后"
            yield _at("budget", "month", line, text, blocks=False)


def check_money(content: Content, facts: Facts) -> Iterator[Problem]:
    """The budget and the procurement plan against the contract's amount: beyond it needs 总裁室 (CHG-6, ROLE-5)."""
    amount = contract_amount(facts)
    if amount is None:
        return
    for section, title, sum_of in (
        ("budget", "费用预算", total(lines_of(content, "budget"))),
        ("procurement", "采购计划", procurement_total(content)),
    ):
        if sum_of > amount:
            text = f"“{title}”合计 {_yuan(sum_of)} 元，超出合同金额 {_yuan(amount)} 元共 {_yuan(sum_of - amount)} 元"
            yield Problem(section, "", f"{text}，须由总裁室批准", blocks=False, rule="ROLE-5")
    cost = planned_cost(content)
    if cost > amount >= max(total(lines_of(content, "budget")), procurement_total(content)):
        text = f"采购与费用合计 {_yuan(cost)} 元，超出合同金额 {_yuan(amount)} 元"
        yield Problem("budget", "", f"{text}，须由总裁室批准", blocks=False, rule="ROLE-5")


def contract_amount(facts: Facts) -> int | None:
    """The contract's amount in fen: of the registered contract, else of the ledger."""
    for name in ("contract.amount", "project.amount"):
        amount = facts.get(name)
        if isinstance(amount, int):
            return amount
    return None


def procurement_total(content: Content) -> int:
    """The sum of the procurement plan, in fen, worked out from quantity and price."""
    amounts = (line_amount({}, line) for line in lines_of(content, "procurement"))
    return sum(amount for amount in amounts if isinstance(amount, int))


def planned_cost(content: Content) -> int:
    """What the plan costs, in fen: what is bought and every expense, equipment counted once."""
    budget = lines_of(content, "budget")
    equipment = total(line for line in budget if line.get("subject") == EQUIPMENT)
    return total(budget) - equipment + max(equipment, procurement_total(content))


@dataclass(frozen=True)
class _Item:
    """What the contract says of one thing: how many, at which price at most (fen)."""

    name: str
    model: str
    count: Decimal
    price: int | None


def check_procurement(content: Content, facts: Facts) -> Iterator[Problem]:
    """ROLE-3: the procurement plan line by line against the contract's list: missing, extra, more than, dearer."""
    items = _contract_items(facts)
    if not items:
        return
    bought: dict[str, Decimal] = {}
    for number, line in enumerate(lines_of(content, "procurement"), 1):
        item = _match(line, items)
        if item is None:
            if line.get("name"):
                yield _warn("name", line, f"“采购计划”第 {number} 行“{_called(line)}”不在合同的设备清单里")
            continue
        key = _key(item.name, item.model)
        bought[key] = bought.get(key, Decimal(0)) + _count(line)
        yield from _compare(number, line, item, bought[key])
    for key, item in items.items():
        called = f"{item.name} {item.model}".strip()
        if key not in bought:
            text = f"合同设备清单中的“{called}”没有列入采购计划"
            yield Problem("procurement", "", text, blocks=False, rule="ROLE-3")
        elif bought[key] < item.count:
            short = _plain(item.count - bought[key])
            text = f"“{called}”采购 {_plain(bought[key])}，比合同的 {_plain(item.count)} 少 {short}"
            yield Problem("procurement", "", text, blocks=False, rule="ROLE-3")


def _compare(number: int, line: Line, item: _Item, so_far: Decimal) -> Iterator[Problem]:
    where = f"“采购计划”第 {number} 行“{_called(line)}”"
    if item.count and so_far > item.count:
        text = f"{where}数量累计 {_plain(so_far)}，多于合同的 {_plain(item.count)}"
        yield _warn("count", line, text)
    price = line.get("price")
    if isinstance(price, int) and item.price is not None and price > item.price:
        yield _warn("price", line, f"{where}单价 {_yuan(price)} 元，高于合同单价 {_yuan(item.price)} 元")


def _contract_items(facts: Facts) -> dict[str, _Item]:
    found: dict[str, _Item] = {}
    lines: Any = facts.get("contract.items")
    for line in lines if isinstance(lines, list | tuple) else ():
        key = _key(line.get("name"), line.get("model"))
        price = line.get("price")
        before = found.get(key)
        found[key] = _Item(
            str(line.get("name") or ""),
            str(line.get("model") or ""),
            _count(line) + (before.count if before else 0),
            price if isinstance(price, int) else None,
        )
    return found


def _match(line: Line, items: Mapping[str, _Item]) -> _Item | None:
    """The contract's item of that name and model; of that name alone where either side gives no model."""
    exact = items.get(_key(line.get("name"), line.get("model")))
    if exact is not None:
        return exact
    alike = [item for item in items.values() if folded(item.name) == folded(line.get("name"))]
    return alike[0] if len(alike) == 1 and not (alike[0].model and line.get("model")) else None


def _key(name: Json, model: Json) -> str:
    return f"{folded(name)}\n{folded(model)}"


def _count(line: Line) -> Decimal:
    count = line.get("count")
    return Decimal(count) if isinstance(count, str) and count else Decimal(0)


def beyond_contract(content: Content, facts: Facts) -> list[str]:
    """How what a form plans leaves the contract's scope, in words; nothing while it stays inside (CHG-6, ROLE-5).

    A register that the form does not hold counts as it is in force.
    """
    whole = {key: lines_of(content, key) if key in content else facts.get(f"plan.{key}") or () for key in _MEASURED}
    found = [problem.text for problem in check_money(whole, facts)]
    if "procurement" in content:
        found += [problem.text for problem in check_procurement(content, facts) if problem.field in {"name", "count"}]
    if "schedule" in content:
        found += list(_late(lines_of(content, "schedule"), facts))
    return found


_MEASURED = ("procurement", "budget")


def _late(lines: Iterable[Line], facts: Facts) -> Iterator[str]:
    end = _text(facts.get("project.planned_final_on"))
    last = max((days[1] for line in lines if (days := days_of(line))), default="")
    if end and last > end:
        yield f"进度计划到 {last} 才完成，晚于计划终验 {end}"


def _at(section: str, field: str, line: Line, text: str, rule: str = "INIT-1", *, blocks: bool = True) -> Problem:
    return Problem(section, field, text, line=str(line["id"]), blocks=blocks, rule=rule)


def _warn(field: str, line: Line, text: str) -> Problem:
    return _at("procurement", field, line, text, "ROLE-3", blocks=False)


def _name(line: Line) -> str:
    return str(line.get("name") or "")


def _called(line: Line) -> str:
    return " ".join(str(line[key]) for key in ("name", "model") if line.get(key))


def _person(value: Json) -> str:
    return str(value["name"]) if isinstance(value, Mapping) else ""


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _yuan(fen: int) -> str:
    return money.yuan_text(fen)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
