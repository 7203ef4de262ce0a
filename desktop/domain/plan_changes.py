"""What changed between two states of a plan, by line id: the rows of the detail sheets and their sums (CHG-1…4).

The order of lines is no change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.calendar import WorkCalendar
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField, MoneyField, QuantityField
from desktop.domain.filing import DifferenceKind
from desktop.domain.plan import BUDGET, PROCUREMENT, REGISTERS, SCHEDULE, Line, Register, line_amount, total

Lines = Mapping[str, Sequence[Line]]
"""Register → its lines."""

_BLANK = "（空）"
_COUNT = QuantityField(key="count", label="数量")
_PRICE = MoneyField(key="price", label="单价")


@dataclass(frozen=True)
class LineChange:
    """A line of a register that was added, removed or changed; the side that does not exist is empty."""

    register: Register
    id: str
    kind: DifferenceKind
    before: Line
    after: Line

    @property
    def line(self) -> Line:
        """The line as it will be, or as it was if it goes."""
        return self.after or self.before

    @property
    def fields(self) -> list[Field]:
        """The columns that differ, computed ones left out."""
        return [
            item
            for item in self.register.columns
            if not isinstance(item, ComputedField)
            and not item.same(self.before.get(item.key), self.after.get(item.key))
        ]


def line_changes(register: Register, before: Sequence[Line], after: Sequence[Line]) -> list[LineChange]:
    """What differs, in the new order; lines that go come last."""
    old = {str(line["id"]): line for line in before}
    found = []
    for line in after:
        key = str(line["id"])
        was = old.pop(key, None)
        kind = DifferenceKind.ADDED if was is None else DifferenceKind.CHANGED
        change = LineChange(register, key, kind, was or {}, line)
        if was is None or change.fields:
            found.append(change)
    return found + [LineChange(register, key, DifferenceKind.REMOVED, line, {}) for key, line in old.items()]


def amount_of(line: Line) -> int | None:
    """What a line of procurement costs, in fen; nothing while quantity or price is missing."""
    amount = line_amount({}, line)
    return amount if isinstance(amount, int) else None


def procurement_rows(before: Sequence[Line], after: Sequence[Line]) -> Iterator[dict[str, Json]]:
    """项目采购计划变更细目表 (CHG-2)."""
    for change in line_changes(PROCUREMENT, before, after):
        old, new = amount_of(change.before), amount_of(change.after)
        line = change.line
        yield {
            "id": change.id,
            "kind": change.kind.value,
            "name": _with_others(
                " ".join(str(line[key]) for key in ("name", "model") if line.get(key)), change, {"count", "price"}
            ),
            "count": _moved(_COUNT, change, "count", unit=str(line.get("unit") or "")),
            "price": _moved(_PRICE, change, "price", mark=" →\n"),
            "before": old,
            "after": new,
            "difference": (new or 0) - (old or 0),
        }


def budget_rows(before: Sequence[Line], after: Sequence[Line]) -> Iterator[dict[str, Json]]:
    """费用预算变更细目表 (CHG-3).

    Money that moves to another 科目 or month leaves the one in a row of its own and enters the other.
    """
    for change in line_changes(BUDGET, before, after):
        old, new = _money(change.before), _money(change.after)
        places = {_place(line) for line in (change.before, change.after) if line}
        note = str(change.line.get("note") or "")
        if len(places) > 1:
            yield _budget_row(f"{change.id}.out", change, change.before, (old, None), "转出")
            yield _budget_row(change.id, change, change.after, (None, new), "转入" + (f"；{note}" if note else ""))
        else:
            yield _budget_row(change.id, change, change.line, (old, new), note)


def _budget_row(
    key: str, change: LineChange, line: Line, sides: tuple[int | None, int | None], note: str
) -> dict[str, Json]:
    old, new = sides
    return {
        "id": key,
        "kind": change.kind.value,
        "subject": line.get("subject"),
        "month": line.get("month"),
        "before": old,
        "after": new,
        "difference": (new or 0) - (old or 0),
        "note": note,
    }


def _place(line: Line) -> tuple[Json, Json]:
    return line.get("subject"), line.get("month")


def _money(line: Line) -> int | None:
    amount = line.get("amount")
    return amount if isinstance(amount, int) else None


def schedule_rows(before: Sequence[Line], after: Sequence[Line], calendar: WorkCalendar) -> Iterator[dict[str, Json]]:
    """进度计划变更表 (CHG-4): ``days`` and ``workdays`` are how far the end moves, negative for earlier."""
    for change in line_changes(SCHEDULE, before, after):
        old, new = _end(change.before), _end(change.after)
        moved = old is not None and new is not None and old != new
        yield {
            "id": change.id,
            "kind": change.kind.value,
            "name": _with_others(_name(change), change, {"period"}),
            "milestone": change.line.get("milestone"),
            "before": change.before.get("period"),
            "after": change.after.get("period"),
            "days": str((new - old).days) if moved and old and new else None,
            "workdays": str(calendar.workdays_until(old, new)) if moved and old and new else None,
        }


def other_rows(before: Lines, after: Lines) -> Iterator[dict[str, Json]]:
    """实施计划变更细目表: work products, organization and risks in words, only what differs."""
    for register in OTHERS:
        for change in line_changes(register, before.get(register.key, ()), after.get(register.key, ())):
            shown = change.fields if change.kind is DifferenceKind.CHANGED else change.register.columns[1:]
            yield {
                "id": f"{register.key}.{change.id}",
                "kind": change.kind.value,
                "part": register.title,
                "name": _name(change),
                "before": _told(shown, change.before),
                "after": _told(shown, change.after),
            }


OTHERS = tuple(register for register in REGISTERS.values() if register not in (PROCUREMENT, BUDGET, SCHEDULE))
"""The registers whose changes are told in words."""


def _name(change: LineChange) -> str:
    first = change.register.columns[0]
    return first.text(change.line.get(first.key))


def _told(fields: Sequence[Field], line: Line) -> str | None:
    """Columns of one side in words; nothing where the line is not there."""
    texts = [f"{item.label}：{item.text(line.get(item.key)).rstrip('。') or _BLANK}" for item in fields] if line else []
    return "；".join(texts) or None


def _moved(item: Field, change: LineChange, key: str, *, unit: str = "", mark: str = " → ") -> str:
    """A figure, or the old and the new one."""
    sides = [item.text(line.get(key)) or _BLANK for line in (change.before, change.after) if line]
    return mark.join(dict.fromkeys(sides)) + (f" {unit}" if unit else "")


def _with_others(name: str, change: LineChange, shown: set[str]) -> str:
    """What a changed line is called, and below it its further columns in words, old and new."""
    if change.kind is not DifferenceKind.CHANGED:
        return name
    others = "；".join(
        f"{item.label}：{item.text(change.before.get(item.key)) or _BLANK} →"
        f" {item.text(change.after.get(item.key)) or _BLANK}"
        for item in change.fields
        if item.key not in shown
    )
    return f"{name}\n{others}" if others else name


def _end(line: Line) -> dt.date | None:
    period = line.get("period")
    return dt.date.fromisoformat(str(period["end"])) if isinstance(period, Mapping) else None


@dataclass(frozen=True)
class Sums:
    """A plan in figures: fen of procurement and budget, and the day of its last milestone (its last task if none)."""

    procurement: int
    budget: int
    last: dt.date | None


def sums_of(plan: Lines) -> Sums:
    """A plan in figures."""
    lines = plan.get("schedule", ())
    marked = [line for line in lines if line.get("milestone") == "yes"] or lines
    ends = [day for line in marked if (day := _end(line))]
    bought = (amount_of(line) or 0 for line in plan.get("procurement", ()))
    return Sums(sum(bought), total(plan.get("budget", ())), max(ends, default=None))


def counted(before: Lines, after: Lines) -> dict[str, int]:
    """How many lines of each register differ; registers without a difference are left out."""
    counts = {
        key: len(line_changes(register, before.get(key, ()), after.get(key, ()))) for key, register in REGISTERS.items()
    }
    return {key: count for key, count in counts.items() if count}
