"""Money in integer fen, as Chinese offices write it."""

from __future__ import annotations

YUAN = 100
WAN = 10_000 * YUAN

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_FULL_GROUP = 1_000
_GROUPS = ("", "万", "亿", "万亿")
LARGEST = 10**16 * YUAN - 1
"""The largest amount that can be written in capitals (fen)."""


def yuan_text(fen: int) -> str:
    """``123450`` fen as ``1,234.50``."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), YUAN)
    return f"{sign}{whole:,}.{rest:02d}"


def wan_text(fen: int) -> str:
    """``2562000000`` fen as ``2,562.00`` (万元), rounded half up to two places."""
    sign = "-" if fen < 0 else ""
    hundredths = (abs(fen) * 100 + WAN // 2) // WAN
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"


def capital_text(fen: int) -> str:
    """The amount in capitals as the payment rules for bills prescribe (``壹仟贰佰叁拾肆元伍角整``).

    Raises:
        ValueError: the amount is beyond 9999 万亿元.
    """
    if abs(fen) > LARGEST:
        raise ValueError(fen)
    whole, rest = divmod(abs(fen), YUAN)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole_capitals(whole)}元" if whole else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif cents and whole:
        text += "零"
    if cents:
        text += f"{_DIGITS[cents]}分"
    elif text:
        text += "整"
    else:
        text = "零元整"
    return f"负{text}" if fen < 0 else text


def _whole_capitals(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < _FULL_GROUP):
            text += "零"
        text += _group_capitals(group) + _GROUPS[index]
        gap = False
    return text


def _group_capitals(group: int) -> str:
    text = ""
    gap = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text
