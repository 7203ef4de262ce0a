"""Reading what people write: dates, amounts, percentages, names, as they stand in forms and in office workbooks.

A reader takes anything a cell or an input line can hold and answers with a :class:`Read`: the value as it is stored
and, where the writing was not plain, a note saying how it was understood. What cannot be understood is `Unreadable`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from desktop.domain import money
from desktop.domain.canonical import Json, is_storable


class Unreadable(ValueError):
    """The writing cannot be understood as what is expected; the message is for the person who wrote it."""


@dataclass(frozen=True)
class Read:
    """A value as it is stored, and how it was understood if that is worth saying."""

    value: Json
    note: str = ""


NOTHING = Read(None)
_VAGUE = frozenset({"待定", "未定", "暂无", "无", "不详", "/", "-", "--", "—", "——", "N/A", "n/a", "NA", "TBD", "暂缺"})
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(18_264, 80_000)
_EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_DATE = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMOUNT = re.compile(r"([-+]?)(\d+(?:\.\d*)?|\.\d+)(亿|万|千)?元?")
_WHOLE = 100
_UNITS = {"": 1, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_INNER_SPACE = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def plain(raw: object) -> str:
    """The writing in ``raw`` for reading figures: half-width and trimmed. Never use it on names or prose."""
    return unicodedata.normalize("NFKC", str(raw)).strip()


def read_text(raw: object, *, longest: int = 500, lines: bool = False) -> Read:
    """Text with outer blanks removed; without ``lines``, line breaks become spaces."""
    if raw is None:
        return NOTHING
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).strip()
    _refuse_excel_error(text)
    if not is_storable(text):
        raise Unreadable("含有无法保存的字符（空字符或残缺字符），请删除后重填")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = re.sub(r"\s*\n\s*", " ", text)
    if len(text) > longest:
        raise Unreadable(f"文字共 {len(text):,} 个字，超过了 {longest:,} 个字的上限")
    return Read(text or None)


def read_name(raw: object) -> Read:
    """A person's name: blanks between Han characters do not belong to it."""
    text = read_text(raw, longest=60).value
    if not isinstance(text, str):
        return NOTHING
    name = re.sub(r"\s+", " ", _INNER_SPACE.sub("", text))
    return Read(name, f"姓名“{raw}”读作“{name}”" if name != str(raw) else "")


def read_date(raw: object) -> Read:
    """A date as ISO text; understands 2026.5.30, 2026年3月1日, 20260301, full width, Excel dates and serials."""
    if isinstance(raw, dt.date):
        return Read((raw.date() if isinstance(raw, dt.datetime) else raw).isoformat())
    text = "" if raw is None else plain(raw)
    if not text or text in _VAGUE:
        return Read(None, f"“{text}”按空白处理" if text else "")
    _refuse_excel_error(text)
    serial = re.fullmatch(r"(\d{5})(\.\d*)?", text)
    if serial and int(serial[1]) in _SERIALS:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(serial[1]))
        return Read(day.isoformat(), f"日期序号 {raw} 读作 {day.isoformat()}")
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        raise Unreadable(f"“{raw}”不是日期，请写成 2026-03-01 的样子")
    try:
        day = dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Unreadable(f"“{raw}”不是有效日期，日历上没有这一天") from None
    return Read(day.isoformat(), "" if day.isoformat() == raw else f"“{raw}”读作 {day.isoformat()}")


def read_money(raw: object, *, unit: int = 1) -> Read:
    """An amount in fen; ``unit`` is what one unit of a bare figure means, in yuan (10 000 in a column of 万元)."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return NOTHING
    if isinstance(raw, bool | dt.date):
        raise Unreadable(f"“{raw}”不是金额")
    text = plain(raw if not isinstance(raw, float) else repr(raw))
    _refuse_excel_error(text)
    if text in _VAGUE:
        return Read(None, f"“{text}”按空白处理")
    bare = re.sub(r"[\s,，¥$]|人民币|RMB|CNY", "", text)
    accounting = re.fullmatch(r"\((.+)\)", bare)
    match = _AMOUNT.fullmatch(f"-{accounting[1]}" if accounting else bare)
    if match is None and isinstance(raw, float):
        match = _AMOUNT.fullmatch(f"{Decimal(repr(raw)):f}")
    if match is None:
        raise Unreadable(f"“{raw}”不是金额，请写成 1,280.50 的样子")
    sign, figure, suffix = match.groups()
    own_unit = bool(suffix) or bare.endswith("元")
    exact = Decimal(figure) * (_UNITS[suffix or ""] if own_unit else unit) * money.YUAN
    fen = int(exact.quantize(Decimal(1), ROUND_HALF_UP)) * (-1 if sign == "-" else 1)
    if abs(fen) > money.LARGEST:
        raise Unreadable(f"“{raw}”超出了能记录的金额")
    plainly = isinstance(raw, int | float | Decimal)
    notes = [] if plainly and exact == exact.to_integral_value() else [f"“{raw}”读作 {money.yuan_text(fen)} 元"]
    if exact != exact.to_integral_value():
        notes.append("不足一分的部分已四舍五入")
    return Read(fen, "，".join(notes))


def read_decimal(raw: object, *, noun: str = "数量") -> Read:
    """A number as exact decimal text without spare zeros (``12.5``)."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return NOTHING
    text = plain(raw if not isinstance(raw, float) else repr(raw)).replace(",", "")
    _refuse_excel_error(text)
    if text in _VAGUE:
        return Read(None, f"“{text}”按空白处理")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"“{raw}”不是{noun}，请只填数字") from None
    if not number.is_finite() or abs(number) >= 10**12:
        raise Unreadable(f"“{raw}”不是{noun}，请只填数字")
    return Read(decimal_text(number))


def read_percent(raw: object) -> Read:
    """A percentage as decimal text in points (``62.5``); a cell holding the fraction 0.6 means 60 %."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= 1:
        return Read(decimal_text(Decimal(repr(raw)) * 100))
    text = plain(raw).removesuffix("%").strip() if raw is not None else ""
    points = read_decimal(text, noun="百分数")
    if isinstance(points.value, str) and not 0 <= Decimal(points.value) <= _WHOLE:
        raise Unreadable(f"“{raw}”不在 0% 到 100% 之间")
    return points


def decimal_text(number: Decimal) -> str:
    """Exact plain spelling without exponent or trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


def _refuse_excel_error(text: str) -> None:
    if text in _EXCEL_ERRORS:
        raise Unreadable(f"单元格里是出错的公式（{text}）")
