"""The table of the policy's rules: every rule of these groups is there, lives where it says, and has its test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "resources" / "manual" / "rules.md"
COUNTS = {
    "ROLE": 12,
    "APPT": 3,
    "PROG": 4,
    "INIT": 5,
    "CHG": 7,
    "PAUSE": 5,
    "WDR": 3,
    "CLOSE": 5,
    "FAT": 2,
    "BUD": 4,
}
"""How many rules each group has."""
_ROW = re.compile(r"\| ([A-Z]+-\d+) \| ([^|]+) \| `([^`]+)` \| `([^`]+)::(\w+)` \|")
ROWS = _ROW.findall(TABLE.read_text(encoding="utf-8"))


def test_every_rule_stands_in_the_table_once() -> None:
    expected = [f"{group}-{number}" for group, count in COUNTS.items() for number in range(1, count + 1)]
    assert [row[0] for row in ROWS] == expected
    assert TABLE.read_text(encoding="utf-8").count("\n| ") == len(expected) + 2, "a row that cannot be read"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_rule_lives_where_the_table_says_and_its_test_bears_its_number(row: tuple[str, ...]) -> None:
    rule, _what, place, test_file, test = row
    assert (ROOT / place).is_file()
    assert rule.replace("-", "_") in test
    assert re.search(rf"^def {test}\(", (ROOT / test_file).read_text(encoding="utf-8"), re.MULTILINE)
