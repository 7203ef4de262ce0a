"""The kinds of fields that forms ask for: each knows its label, reads what a person wrote and tells it again.

Every room maps a field's ``kind`` to its own widget, box or cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain import money, values, weeks
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, MultiChoiceField
from desktop.domain.field import Content, Facts, Field
from desktop.domain.values import Read, Unreadable


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    """One line of text, or several with ``lines``; ``offers`` names a fact whose entries are offered while typing."""

    kind = "text"
    lines: bool = False
    longest: int = 500
    offers: str = ""

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_text(raw, longest=self.longest, lines=self.lines)

    def same(self, one: Json, other: Json) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            return one.strip() == other.strip()
        return super().same(one, other)


def long_text(key: str, label: str, *, required: bool = False, hint: str = "", initially: str = "") -> TextField:
    """A field for paragraphs."""
    return TextField(
        key=key, label=label, required=required, hint=hint, lines=True, longest=20_000, share=3, initially=initially
    )


@dataclass(frozen=True, kw_only=True)
class MoneyField(Field):
    """An amount in fen; ``capital`` asks for capitals beside it on paper."""

    kind = "money"
    capital: bool = False
    signed: bool = False

    def read(self, raw: object, *, unit: int = 1) -> Read:
        amount = values.read_money(raw, unit=unit)
        if isinstance(amount.value, int) and amount.value < 0 and not self.signed:
            raise Unreadable(f"{self.label}“{raw}”不能是负数")
        return amount

    def text(self, value: Json) -> str:
        return money.yuan_text(value) if isinstance(value, int) else ""

    def written(self, value: Json) -> object:
        return money.yuan_text(value) if isinstance(value, int) else value


@dataclass(frozen=True, kw_only=True)
class DateField(Field):
    """A calendar day as ISO text."""

    kind = "date"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_date(raw)


@dataclass(frozen=True, kw_only=True)
class MonthField(Field):
    """A calendar month as text (``2026-03``)."""

    kind = "month"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_month(raw)


@dataclass(frozen=True, kw_only=True)
class WeekField(Field):
    """A week of reporting as text (``2026-W47``)."""

    kind = "week"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_week(raw)

    def text(self, value: Json) -> str:
        return weeks.week_text(value) if isinstance(value, str) and weeks.is_week(value) else super().text(value)


@dataclass(frozen=True, kw_only=True)
class EffortField(Field):
    """People and the hours they put in, ``[{"name": …, "hours": decimal text}]``; whoever writes needs no name."""

    kind = "effort"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_effort(self.text(raw) if isinstance(raw, list | tuple) else raw)

    def text(self, value: Json) -> str:
        parts = value if isinstance(value, list | tuple) else ()
        return "、".join(f"{part['name']} {part['hours']}小时".strip() for part in parts if isinstance(part, Mapping))

    def written(self, value: Json) -> object:
        return self.text(value)


def effort_hours(value: Json) -> Decimal:
    """All the hours of an effort; none for a blank."""
    parts = value if isinstance(value, list | tuple) else ()
    return sum((Decimal(str(part["hours"])) for part in parts if isinstance(part, Mapping)), Decimal(0))


@dataclass(frozen=True, kw_only=True)
class PeriodField(Field):
    """Two days, ``{"start": …, "end": …}``, the end not before the start."""

    kind = "period"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        if raw is None or raw == "":
            return values.NOTHING
        start_raw, end_raw = _two_days(raw)
        start, end = values.read_date(start_raw).value, values.read_date(end_raw).value
        if start is None and end is None:
            return values.NOTHING
        if not isinstance(start, str) or not isinstance(end, str):
            raise Unreadable("起止日期要填齐")
        if end < start:
            raise Unreadable(f"结束日期 {end} 早于开始日期 {start}")
        value: Json = {"start": start, "end": end}
        plainly = isinstance(raw, Mapping) or raw == self.text(value)
        return Read(value, "" if plainly else f"“{raw}”读作 {self.text(value)}")

    def text(self, value: Json) -> str:
        return f"{value['start']} 至 {value['end']}" if isinstance(value, Mapping) else ""


_BETWEEN = re.compile(r"至|到|~|→|[-—–]+")
_JOINS = frozenset("至到~→")
"""What stands between two days and in none of them; a dash may be a part of either."""
_SHORT_END = re.compile(r"(?:(\d{1,2})\s*[-./月]\s*)?(\d{1,2})\s*[日号]?")


def _two_days(raw: object) -> tuple[object, object]:
    """The first and the last day of a writing (2026.11.10-2026.12.10, 2026年11月10日至12月10日)."""
    if isinstance(raw, Mapping):
        return raw.get("start"), raw.get("end")
    text = re.sub(r"^[自从由]|为?止$", "", values.plain(raw))
    places = sorted(_BETWEEN.finditer(text), key=lambda place: place[0] not in _JOINS)
    pairs = [(text[: place.start()].rstrip().removesuffix("起"), text[place.end() :].strip()) for place in places]
    for first, last in pairs:
        if (start := _day(first)) and _day(end := _whole_end(start, last)):
            return start, end
    if pairs and places[0][0] in _JOINS:
        return pairs[0]
    raise Unreadable(f"“{raw}”不是起止日期，请写成 2026-03-01 至 2026-05-31 的样子")


def _day(text: str) -> str:
    """The day that a text is, or nothing."""
    try:
        return str(values.read_date(text).value or "")
    except Unreadable:
        return ""


def _whole_end(start: str, last: str) -> str:
    """A last day written without its year, or its month, has those of the first."""
    short = _SHORT_END.fullmatch(last)
    return f"{start[:4]}-{short[1] or start[5:7]}-{short[2]}" if short else last


@dataclass(frozen=True, kw_only=True)
class QuantityField(Field):
    """A count or measure with its unit, exact decimal text."""

    kind = "quantity"
    unit: str = ""

    def read(self, raw: object, *, unit: int = 1) -> Read:
        text = raw.strip().removesuffix(self.unit) if isinstance(raw, str) and self.unit else raw
        number = values.read_decimal(text)
        if isinstance(number.value, str) and Decimal(number.value) < 0:
            raise Unreadable(f"{self.label}“{raw}”不能是负数")
        return number

    def text(self, value: Json) -> str:
        return f"{value} {self.unit}".rstrip() if isinstance(value, str) else ""


@dataclass(frozen=True, kw_only=True)
class PercentField(Field):
    """A percentage between 0 and 100, decimal text in points."""

    kind = "percent"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        return values.read_percent(raw)

    def text(self, value: Json) -> str:
        return f"{value}%" if isinstance(value, str) else ""

    def written(self, value: Json) -> object:
        return self.text(value) or value


@dataclass(frozen=True, kw_only=True)
class PersonField(Field):
    """A colleague, ``{"id": person id or "", "name": …}``; the name is kept as it was when written."""

    kind = "person"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        if isinstance(raw, Mapping):
            return Read({"id": str(raw.get("id") or ""), "name": str(raw["name"])})
        name = values.read_name(raw)
        return Read({"id": "", "name": name.value}, name.note) if name.value else values.NOTHING

    def text(self, value: Json) -> str:
        return str(value["name"]) if isinstance(value, Mapping) else ""


@dataclass(frozen=True, kw_only=True)
class AttachmentField(Field):
    """Archived files, a list of ``{"sha256": …, "name": …, "size": bytes}``; the hash binds their content."""

    kind = "attachment"

    def read(self, raw: object, *, unit: int = 1) -> Read:
        if not raw:
            return values.NOTHING
        if not isinstance(raw, list | tuple):
            raise Unreadable("附件请用“添加文件”选取")
        return Read([{"sha256": item["sha256"], "name": item["name"], "size": item["size"]} for item in raw])

    def text(self, value: Json) -> str:
        files = value if isinstance(value, list | tuple) else ()
        return "、".join(str(item["name"]) for item in files if isinstance(item, Mapping))


@dataclass(frozen=True, kw_only=True)
class ComputedField(Field):
    """A value nobody types: derived from facts and the rest of the content, frozen when the filing is submitted.

    As a column of a line table it is derived from facts and its line.
    """

    kind = "computed"
    compute: Callable[[Facts, Content], Json]
    shows: Field

    def read(self, raw: object, *, unit: int = 1) -> Read:
        raise Unreadable(f"{self.label}由程序得出，不用填写")

    def fault(self, value: Json) -> str:
        return ""

    def text(self, value: Json) -> str:
        return self.shows.text(value)


def fact(key: str, label: str, name: str, shows: type[Field] = TextField, *, capital: bool = False) -> ComputedField:
    """A computed field that copies the ledger's fact ``name``; ``capital`` as of `MoneyField`."""
    shown = MoneyField(key=key, label=label, capital=True) if capital else shows(key=key, label=label)
    return ComputedField(key=key, label=label, compute=lambda facts, _content: facts.get(name), shows=shown)


FIELD_KINDS: tuple[type[Field], ...] = (
    TextField,
    MoneyField,
    DateField,
    MonthField,
    WeekField,
    EffortField,
    PeriodField,
    QuantityField,
    PercentField,
    PersonField,
    ChoiceField,
    MultiChoiceField,
    AttachmentField,
    ComputedField,
)
"""Every kind there is; each room must have a widget, box or cell for each."""
