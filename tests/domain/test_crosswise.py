"""Lines read crosswise: every fen stands in one cell, in the order of months and of the policy's 科目."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.crosswise import crosswise
from desktop.domain.form import LineTable
from desktop.domain.forms import bind_plan
from desktop.domain.plan import total
from tests.domain.samples import EPM


def section(key: str = "budget") -> LineTable:
    found = bind_plan(EPM).section(key)
    assert isinstance(found, LineTable)
    return found


def line(month: str | None, subject: str | None, amount: int | None) -> dict[str, Any]:
    return {"id": f"{month}{subject}{amount}", "month": month, "subject": subject, "amount": amount}


def test_months_go_down_and_subjects_across_in_the_policy_s_order() -> None:
    lines = [
        line("2027-01", "other", 5),
        line("2026-12", "travel", 1),
        line("2027-01", "travel", 2),
        line(None, None, 9),
    ]
    found = crosswise(section(), [*lines, line("2027-01", "travel", 3)])
    assert found.corner == "月份＼科目"
    assert found.down == ("2026-12", "2027-01", "未填")
    assert found.across == ("差旅费", "其他费用", "未填")
    assert found.cells == ((1, None, None), (5, 5, None), (None, None, 9))
    assert (found.row_sums, found.column_sums, found.total) == ((1, 10, 9), (6, 5, 9), 20)


def test_what_has_no_pivot_is_not_read_crosswise() -> None:
    with pytest.raises(ValueError, match="schedule"):
        crosswise(section("schedule"), [])


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from([None, "2026-12", "2027-01", "2027-02"]),
        st.sampled_from([None, "travel", "labour", "gone"]),
        st.none() | st.integers(0, 10**12),
    ),
    max_size=30,
)


@given(LINES)
def test_nothing_is_lost_or_counted_twice(lines: list[dict[str, Any]]) -> None:
    found = crosswise(section(), lines)
    assert found.total == sum(found.column_sums) == sum(found.row_sums) == total(lines)
