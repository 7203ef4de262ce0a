"""The table of the policy's rules: every rule of these groups is there, lives where it says, and has its test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "resources" / "manual" / "rules.md"
GROUPS = {
    "ROLE": range(1, 13),
    "APPT": range(1, 4),
    "PROG": range(1, 5),
    "INIT": range(1, 6),
    "CHG": range(1, 8),
    "PAUSE": range(1, 6),
    "WDR": range(1, 4),
    "CLOSE": range(1, 6),
    "FAT": range(1, 3),
    "BUD": range(1, 5),
    "MON": range(1, 4),
    "WEEK": range(1, 9),
    "INFO": range(1, 4),
    "CTRL": (3, 6, 7),
}
"""The rules of each group that are carried out; of CTRL those of schedule, people and problems."""
_ROW = re.compile(r"\| ([A-Z]+-\d+) \| ([^|]+) \| `([^`]+)` \| `([^`]+)::(\w+)` \|")
ROWS = _ROW.findall(TABLE.read_text(encoding="utf-8"))


def test_every_rule_stands_in_the_table_once() -> None:
    expected = [f"{group}-{number}" for group, numbers in GROUPS.items() for number in numbers]
    assert [row[0] for row in ROWS] == expected
    assert TABLE.read_text(encoding="utf-8").count("\n| ") == len(expected) + 2, "a row that cannot be read"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_rule_lives_where_the_table_says_and_its_test_bears_its_number(row: tuple[str, ...]) -> None:
    rule, _what, place, test_file, test = row
    assert (ROOT / place).is_file()
    assert rule.replace("-", "_") in test
    assert re.search(rf"^def {test}\(", (ROOT / test_file).read_text(encoding="utf-8"), re.MULTILINE)
