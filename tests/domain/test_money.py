"""Money as offices write it, in figures and in capitals."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain.money import LARGEST, capital_text, wan_text, yuan_text

AMOUNTS = (
    st.integers(-LARGEST, LARGEST)
    | st.integers(-100_000, 100_000)
    | st.sampled_from(
        [digit * 10**power + rest for digit in (1, 5, 9) for power in range(18) for rest in (0, 1, 10, 100, 500)]
    )
)
DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_group(text: str) -> int:
    """Read a number below ten thousand."""
    total = digit = 0
    for character in text:
        if character in PLACES:
            assert digit, "a place without a digit"
            total += digit * PLACES[character]
            digit = 0
        else:
            assert digit == 0, "two digits in a row"
            digit = DIGITS[character]
    return total + digit


def read_capitals(text: str) -> int:
    """Read an amount in capitals, in fen; knows nothing of how it was written."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    whole, found, rest = text.rpartition("元")
    if not found:
        whole, rest = "", text
    yuan = 0
    for unit, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        group, found, tail = whole.partition(unit)
        if found:
            yuan += read_group(group) * size
            whole = tail
    fen = (yuan + read_group(whole)) * 100
    for unit, size in (("角", 10), ("分", 1)):
        digit, found, tail = rest.partition(unit)
        if found:
            fen += DIGITS[digit.removeprefix("零") or "零"] * size
            rest = tail
    assert rest == ""
    return sign * fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (1_000, "壹拾元整"),
        (1_600, "壹拾陆元整"),
        (10_100, "壹佰零壹元整"),
        (100_000, "壹仟元整"),
        (100_100, "壹仟零壹元整"),
        (101_000, "壹仟零壹拾元整"),
        (110_010, "壹仟壹佰元壹角整"),
        (1_000_500, "壹万零伍元整"),
        (1_010_000, "壹万零壹佰元整"),
        (10_050_000, "壹拾万零伍佰元整"),
        (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (100_000_000, "壹佰万元整"),
        (101_010_101, "壹佰零壹万零壹佰零壹元零壹分"),
        (10_000_000_001, "壹亿元零壹分"),
        (1_000_000_050_000, "壹佰亿零伍佰元整"),
        (2_562_000_000, "贰仟伍佰陆拾贰万元整"),
        (10_101_010_100, "壹亿零壹佰零壹万零壹佰零壹元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (-128_050, "负壹仟贰佰捌拾元伍角整"),
    ],
)  # fmt: skip
def test_known_amounts_in_capitals(fen: int, text: str) -> None:
    assert capital_text(fen) == text
    assert read_capitals(text) == fen


@given(AMOUNTS)
@example(LARGEST)
@example(-1)
def test_capitals_read_back_as_the_amount(fen: int) -> None:
    text = capital_text(fen)
    assert read_capitals(text) == fen
    assert "零零" not in text
    assert text.endswith("整") or (fen % 10 and text.endswith("分"))


def test_an_amount_beyond_words_is_refused() -> None:
    with pytest.raises(ValueError, match=str(LARGEST + 1)):
        capital_text(LARGEST + 1)


@given(st.integers())
def test_figures_read_back_as_the_amount(fen: int) -> None:
    text = yuan_text(fen)
    assert int(text.replace(",", "").replace(".", "")) == fen
    assert all(len(group) == 3 for group in text.lstrip("-").split(".")[0].split(",")[1:])


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (2_562_000_000, "2,562.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (-5_000, "-0.01"),
        (1_234_567, "1.23"),
    ],
)
def test_amounts_in_wan(fen: int, text: str) -> None:
    assert wan_text(fen) == text
