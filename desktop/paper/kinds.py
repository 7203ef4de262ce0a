"""How each kind of field stands on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, MultiChoiceField, Option
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField, MoneyField
from desktop.paper.linebreak import JOINER
from desktop.paper.sheet import BLANK_DATE, Align

_ORDINALS = "一二三四五六七八九"
_TEN = 10


@dataclass(frozen=True)
class Kind:
    """The text of a field in a labelled box, its text in a table, and its alignment there."""

    box: Callable[[Field, Json], str]
    cell: Callable[[Field, Json], str]
    align: Align = Align.TEXT


def box_text(item: Field, value: Json) -> str:
    """What stands in the labelled box of a field; blanks to fill in by hand where there is no value."""
    return kind_of(item).box(shown_by(item), value)


def cell_text(item: Field, value: Json) -> str:
    """What stands in a field's column of a table."""
    return kind_of(item).cell(shown_by(item), value)


def shown_by(item: Field) -> Field:
    """The field whose kind decides how ``item`` is shown: a computed one stands for another."""
    return shown_by(item.shows) if isinstance(item, ComputedField) else item


def kind_of(item: Field) -> Kind:
    """The entry of :data:`KINDS` for a field.

    Raises:
        KeyError: paper does not know the kind.
    """
    return KINDS[shown_by(item).kind]


def ordinals() -> Iterator[str]:
    """一, 二 … 十, 十一 and on, before headings."""
    for number in count(1):
        tens, ones = divmod(number, _TEN)
        lead = _ORDINALS[tens - 1] if tens > 1 else ""
        yield f"{lead}{'十' if tens else ''}{_ORDINALS[ones - 1] if ones else ''}"


def chinese_date(day: dt.date) -> str:
    """A day as forms write it: ``2026年11月22日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def money_text(fen: int) -> str:
    """An amount as forms write it: ``¥1,234.50 元``; the space does not break."""
    return f"¥{money.yuan_text(fen)}\u00a0元"


def _plain(item: Field, value: Json) -> str:
    return item.text(value)


def _money(item: Field, value: Json) -> str:
    if not isinstance(value, int):
        return ""
    capital = isinstance(item, MoneyField) and item.capital
    return money_text(value) + (f"（大写：{money.capital_text(value)}）" if capital else "")


def _day(value: Json) -> str:
    return chinese_date(dt.date.fromisoformat(value)) if isinstance(value, str) else ""


def _date(_item: Field, value: Json) -> str:
    return _day(value) or BLANK_DATE


def _date_cell(_item: Field, value: Json) -> str:
    return _day(value)


def _period(_item: Field, value: Json) -> str:
    start, end = (value.get("start"), value.get("end")) if isinstance(value, Mapping) else (None, None)
    return f"{JOINER.join(_day(start)) or BLANK_DATE} 至\u00a0{JOINER.join(_day(end)) or BLANK_DATE}"


def _period_cell(_item: Field, value: Json) -> str:
    return f"{_day(value['start'])}\n至{_day(value['end'])}" if isinstance(value, Mapping) else ""


def _ticks(options: Sequence[Option], chosen: Sequence[Json]) -> str:
    """Every option with its box, the chosen ticked; an option stays on one line with its box."""
    return "  ".join(f"{'☑' if one.key in chosen else '☐'}\u00a0{JOINER.join(one.label)}" for one in options)


def _choice(item: Field, value: Json) -> str:
    if not isinstance(item, ChoiceField) or value not in {None, *(one.key for one in item.options)}:
        return item.text(value)
    return _ticks(item.options, [value])


def _choices(item: Field, value: Json) -> str:
    chosen = value if isinstance(value, list | tuple) else ()
    return _ticks(item.options, chosen) if isinstance(item, MultiChoiceField) else item.text(value)


def _files(_item: Field, value: Json) -> str:
    files = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
    names = [str(one["name"]) for one in files]
    if len(names) <= 1:
        return "".join(names)
    return "\n".join(f"{at}．{name}" for at, name in enumerate(names, start=1))


KINDS: dict[str, Kind] = {
    "text": Kind(_plain, _plain),
    "money": Kind(_money, _plain, Align.FIGURE),
    "date": Kind(_date, _date_cell, Align.CENTRE),
    "month": Kind(_plain, _plain, Align.CENTRE),
    "week": Kind(_plain, _plain, Align.CENTRE),
    "effort": Kind(_plain, _plain),
    "period": Kind(_period, _period_cell, Align.CENTRE),
    "quantity": Kind(_plain, _plain, Align.FIGURE),
    "percent": Kind(_plain, _plain, Align.FIGURE),
    "person": Kind(_plain, _plain),
    "choice": Kind(_choice, _plain),
    "multi-choice": Kind(_choices, _plain),
    "attachment": Kind(_files, _files),
}
"""Every kind of field but the computed, which stands as the field it shows."""
