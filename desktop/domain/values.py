"""Reading what people write: dates, amounts, percentages, names, as they stand in forms and in office workbooks.

A reader takes anything a cell or an input line can hold and answers with a :class:`Read`: the value as it is stored
and, where the writing was not plain, a note saying how it was understood. What cannot be understood is `Unreadable`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain import money, weeks
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
_YEARS = range(1900, 2200)
_DATE = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?"
)
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
_WEEK = re.compile(r"(\d{4})\s*(?:-?W|年?\s*第)\s*(\d{1,2})\s*周?(?:\s*\(.*\))?")
_SPAN = re.compile(r"\s*(?:至|到|~|—+|–)\s*")
_EFFORTS = re.compile(r"[、;；,，\n]|(?<=时)\s+|(?<=[hH日天])\s+")
_EFFORT = re.compile(r"(.*?)[\s::]*(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)\s*(小时|工时|时|h|H|hours?|人日|人天|工日|天)?")
_DAY_WORDS = frozenset({"人日", "人天", "工日", "天"})
_HOURS_A_DAY = 8
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMOUNT = re.compile(r"([-+]?)(\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})(亿|千万|百万|万|千)?元?")
_GROUPED = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\d,.])\d{1,4}(?:,\d{4})+(?![\d,])")
_NUMBER = re.compile(r"[-+]?(?:\d{1,25}(?:\.\d{0,12})?|\.\d{1,12})")
_PLAIN_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLACES = Decimal("1e-12")
_FRACTION = re.compile(r"(?:0|1|0?\.\d{1,12})(?:\.0+)?")
_LONGEST_CITED = 60
_EXACT_IN_EXCEL = 10**15
_LARGEST_NUMBER = 10**12
_WHOLE = 100
_UNITS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_EDGES = re.compile(r"\A[\s\ufeff\u200b\u2060]+|[\s\ufeff\u200b\u2060]+\Z")
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_INNER_SPACE = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def plain(raw: object) -> str:
    """The writing in ``raw`` for reading figures: half-width and trimmed. Never use it on names or prose."""
    return trim(unicodedata.normalize("NFKC", str(raw)))


def trim(text: str) -> str:
    """The text without blanks and invisible marks at its ends."""
    return _EDGES.sub("", text)


def read_text(raw: object, *, longest: int = 500, lines: bool = False) -> Read:
    """Text with outer blanks removed; without ``lines``, line breaks become spaces."""
    if raw is None:
        return NOTHING
    text = trim(_written(raw))
    _refuse_excel_error(text)
    if not is_storable(text):
        raise Unreadable("含有无法保存的字符（空字符或残缺字符），请删除后重填")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = re.sub(r"\s*\n\s*", " ", text)
    if len(text) > longest:
        raise Unreadable(f"文字共 {len(text):,} 个字，超过了 {longest:,} 个字的上限")
    if isinstance(raw, float) and abs(raw) >= _EXACT_IN_EXCEL:
        return Read(text, f"“{text}”超过 15 位，Excel 已把末尾的数字变成 0，请核对")
    return Read(text or None)


def _written(raw: object) -> str:
    """What a person sees of a value that stands where text is wanted."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and math.isfinite(raw) and type(raw) is float:
        return f"{Decimal(f'{raw:.15g}'):f}"
    if isinstance(raw, dt.datetime) and raw.time() == dt.time():
        return raw.date().isoformat()
    return str(raw)


def _shown(raw: object) -> str:
    """The writing as a message cites it."""
    text = str(raw)
    return text if len(text) <= _LONGEST_CITED else f"{text[:_LONGEST_CITED]}…"


def read_name(raw: object) -> Read:
    """A person's name: blanks between Han characters do not belong to it."""
    text = read_text(raw, longest=60).value
    if not isinstance(text, str):
        return NOTHING
    if text in _VAGUE:
        return Read(None, f"“{text}”按空白处理")
    name = re.sub(r"\s+", " ", _INNER_SPACE.sub("", text))
    return Read(name, f"姓名“{_shown(raw)}”读作“{name}”" if name != str(raw) else "")


def read_date(raw: object) -> Read:
    """A date as ISO text; understands 2026.5.30, 2026年3月1日, 20260301, full width, Excel dates and serials."""
    if isinstance(raw, dt.date):
        return Read((raw.date() if isinstance(raw, dt.datetime) else raw).isoformat())
    text = "" if raw is None else plain(_written(raw))
    if not text or text in _VAGUE:
        return Read(None, f"“{text}”按空白处理" if text else "")
    _refuse_excel_error(text)
    serial = re.fullmatch(r"(\d{5})(\.\d*)?", text)
    if serial and int(serial[1]) in _SERIALS:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(serial[1]))
        return Read(day.isoformat(), f"日期序号 {raw} 读作 {day.isoformat()}")
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        raise Unreadable(f"“{_shown(raw)}”不是日期，请写成 2026-03-01 的样子")
    try:
        day = dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Unreadable(f"“{_shown(raw)}”不是有效日期，日历上没有这一天") from None
    if day.year not in _YEARS:
        raise Unreadable(f"“{_shown(raw)}”的年份不对，请核对")
    return Read(day.isoformat(), "" if day.isoformat() == raw else f"“{_shown(raw)}”读作 {day.isoformat()}")


def read_month(raw: object) -> Read:
    """A month as ``2026-03``; understands 2026.3, 2026年3月, 202603 and any day of the month."""
    text = "" if raw is None else plain(_written(raw))
    match = _MONTH.fullmatch(text)
    if match is None:
        day = read_date(raw).value
        return Read(day[:7], f"“{_shown(raw)}”读作 {day[:7]}") if isinstance(day, str) else NOTHING
    year, month = int(match[1] or match[3]), int(match[2] or match[4])
    if year not in _YEARS or month not in range(1, 13):
        raise Unreadable(f"“{_shown(raw)}”不是月份，请写成 2026-03 的样子")
    found = f"{year}-{month:02}"
    return Read(found, "" if found == raw else f"“{_shown(raw)}”读作 {found}")


def read_week(raw: object) -> Read:
    """A week as ``2026-W47``; understands 2026年第47周, any day of the week, and a span such as 11-16 with its year."""
    text = "" if raw is None else plain(_written(raw))
    match = _WEEK.fullmatch(text)
    if match is None:
        day = read_date(_SPAN.split(text)[0] if isinstance(raw, str) else raw).value
        if not isinstance(day, str):
            return NOTHING
        found = weeks.week_of(dt.date.fromisoformat(day))
    else:
        found = f"{match[1]}-W{int(match[2]):02}"
    if not weeks.is_week(found) or int(found[:4]) not in _YEARS:
        raise Unreadable(f"“{_shown(raw)}”不是一周，请写成 2026-W47 或这一周中的任一天")
    return Read(found, "" if found == raw else f"“{_shown(raw)}”读作 {weeks.week_text(found)}")


def read_effort(raw: object) -> Read:
    """People and their hours, ``[{"name", "hours"}]``; understands 张伟 24小时、李娜 8h, 24 and 3人日 (of 8 hours)."""
    text = _figures(raw) if isinstance(raw, int | float) else "" if raw is None else plain(raw)
    if not text or text in _VAGUE:
        return Read(None, f"“{text}”按空白处理" if text else "")
    found: list[Json] = []
    for part in filter(None, (trim(part) for part in _EFFORTS.split(text))):
        match = _EFFORT.fullmatch(part)
        if match is None:
            raise Unreadable(f"“{_shown(part)}”不是人员及工时，请写成 张伟 24小时、李娜 8小时 的样子")
        name, figure, unit = trim(match[1]), Decimal(match[2]), match[3] or ""
        hours = figure * _HOURS_A_DAY if unit in _DAY_WORDS else figure
        found.append({"name": _INNER_SPACE.sub("", name), "hours": decimal_text(hours)})
    return Read(found)


def read_money(raw: object, *, unit: int = 1) -> Read:
    """An amount in fen; ``unit`` is what one unit of a bare figure means, in yuan (10 000 in a column of 万元)."""
    if isinstance(raw, bool | dt.date | dt.time):
        raise Unreadable(f"“{_shown(raw)}”不是金额")
    text = _figures(raw)
    if not text or text in _VAGUE:
        return Read(None, f"“{text}”按空白处理" if text else "")
    bare = _ungrouped(re.sub(r"[¥$]|人民币|RMB|CNY", "", text.removesuffix("整")))
    accounting = re.fullmatch(r"\((.+)\)", bare)
    match = _AMOUNT.fullmatch(f"-{accounting[1]}" if accounting else bare)
    if match is None:
        raise Unreadable(f"“{_shown(raw)}”不是金额，请写成 1,280.50 的样子")
    sign, figure, suffix = match.groups()
    own_unit = bool(suffix) or bare.endswith("元")
    exact = Decimal(figure) * (_UNITS[suffix or ""] if own_unit else unit) * money.YUAN
    fen = int(exact.quantize(Decimal(1), ROUND_HALF_UP)) * (-1 if sign == "-" else 1)
    if abs(fen) > money.LARGEST:
        raise Unreadable(f"“{_shown(raw)}”超出了能记录的金额")
    plainly = isinstance(raw, int | float | Decimal) or _PLAIN_FIGURE.fullmatch(str(raw)) is not None
    notes = [] if plainly and exact == exact.to_integral_value() else [f"“{_shown(raw)}”读作 {money.yuan_text(fen)} 元"]
    if exact != exact.to_integral_value():
        notes.append("不足一分的部分已四舍五入")
    return Read(fen, "，".join(notes))


def read_decimal(raw: object, *, noun: str = "数量") -> Read:
    """A number as exact decimal text without spare zeros (``12.5``)."""
    text = _figures(raw)
    if not text or text in _VAGUE:
        return Read(None, f"“{text}”按空白处理" if text else "")
    bare = _ungrouped(text)
    if isinstance(raw, bool) or not _NUMBER.fullmatch(bare) or abs(Decimal(bare)) >= _LARGEST_NUMBER:
        raise Unreadable(f"“{_shown(raw)}”不是{noun}，请只填数字")
    return Read(decimal_text(Decimal(bare)))


def read_percent(raw: object) -> Read:
    """A percentage as decimal text in points (``62.5``); a cell holding the fraction 0.6 means 60 %."""
    text = plain(raw) if isinstance(raw, str) else _figures(raw)
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if _FRACTION.fullmatch(text) and (is_number or text.startswith(("0.", "."))):
        share = decimal_text(Decimal(text) * 100)
        return Read(share, "" if is_number or share == "0" else f"“{_shown(raw)}”读作 {share}%")
    points = read_decimal(
        text.removesuffix("%").strip() if not is_number else str(raw).removesuffix("%"), noun="百分数"
    )
    if isinstance(points.value, str) and not 0 <= Decimal(points.value) <= _WHOLE:
        raise Unreadable(f"“{_shown(raw)}”不在 0% 到 100% 之间")
    return points


def _figures(raw: object) -> str:
    """The writing of a figure, without the noise that binary fractions carry behind the 15th digit."""
    if isinstance(raw, float) and math.isfinite(raw):
        number = Decimal(f"{raw:.15g}")
        return decimal_text(number.quantize(_PLACES, ROUND_HALF_UP) if abs(number) < _EXACT_IN_EXCEL else number)
    text = "" if raw is None else plain(raw).replace("−", "-")
    _refuse_excel_error(text)
    return text


def _ungrouped(text: str) -> str:
    """The figure without the commas or blanks between thousands; one that stands elsewhere is left to be refused."""
    text = re.sub(r"\s*,\s*|(?<=\d)\s+(?=\d)", ",", text)
    return re.sub(r"\s", "", _GROUPED.sub(lambda group: group[0].replace(",", ""), text))


def decimal_text(number: Decimal) -> str:
    """Exact plain spelling without exponent or trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


def _refuse_excel_error(text: str) -> None:
    if text in _EXCEL_ERRORS:
        raise Unreadable(f"单元格里是出错的公式（{text}）")
