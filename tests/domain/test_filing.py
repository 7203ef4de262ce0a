"""Filings: sealed sections, and what changed between two revisions, line by line."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.canonical import canonical_text, sha256_text
from desktop.domain.fields import MoneyField, TextField
from desktop.domain.filing import DifferenceKind, FilingState, differences, revision_hash, seal, short_hash
from desktop.domain.form import Grid, LineTable, settle
from tests.domain.test_form import FACTS, TRY

ONE: dict[str, Any] = settle(
    TRY, {"grid": {"text": "甲", "money": 100}, "lines": [{"id": "a", "name": "图纸", "count": "1"}]}, FACTS
)


def test_a_sealed_section_is_its_canonical_text() -> None:
    sealed = seal(TRY, ONE, subject="project:1", policy_sha256="p")
    assert [item.key for item in sealed.sections] == ["grid", "lines"]
    for item in sealed.sections:
        assert item.text == canonical_text(ONE[item.key])
        assert item.sha256 == sha256_text(item.text)
    assert sealed.sha256 == revision_hash("try", "project:1", "p", sealed.hashes)


def test_the_revisions_hash_binds_form_subject_policy_and_content() -> None:
    sealed = {
        seal(form, content, subject=subject, policy_sha256=policy).sha256
        for form in (TRY, replace(TRY, key="other"))
        for content in (ONE, {**ONE, "lines": []})
        for subject in ("project:1", "project:2")
        for policy in ("p", "q")
    }
    assert len(sealed) == 16


def test_only_the_changed_section_has_another_hash() -> None:
    before = seal(TRY, ONE, subject="s", policy_sha256="p").hashes
    after = seal(TRY, {**ONE, "lines": []}, subject="s", policy_sha256="p").hashes
    assert before["grid"] == after["grid"]
    assert before["lines"] != after["lines"]


def test_the_short_hash_is_printed_in_two_groups() -> None:
    assert short_hash("0123456789abcdef") == "0123 4567"


def test_nothing_changed() -> None:
    assert differences(TRY, ONE, ONE) == []


def test_what_changed_is_told_field_by_field() -> None:
    after = {**ONE, "grid": {"text": "乙", "money": None, "on": "2026-11-22", "double": 0}}
    assert [(item.place, item.kind, item.before, item.after) for item in differences(TRY, ONE, after)] == [
        ("文字", DifferenceKind.CHANGED, "甲", "乙"),
        ("金额", DifferenceKind.REMOVED, "1.00", ""),
        ("日期", DifferenceKind.ADDED, "", "2026-11-22"),
        ("两倍", DifferenceKind.CHANGED, "2.00", "0.00"),
    ]


def test_what_changed_is_told_line_by_line() -> None:
    lines = [{"id": "b", "name": "手册", "count": "2"}, {"id": "a", "name": "图纸", "count": "3"}]
    after = {**ONE, "lines": lines}
    assert [(item.place, item.kind, item.before, item.after) for item in differences(TRY, ONE, after)] == [
        ("第 1 行", DifferenceKind.ADDED, "", "手册；2"),
        ("第 2 行 数量", DifferenceKind.CHANGED, "1", "3"),
    ]
    (removed,) = differences(TRY, after, {**after, "lines": lines[1:]})
    assert (removed.place, removed.kind, removed.before) == ("原第 1 行", DifferenceKind.REMOVED, "手册；2")


def test_a_zero_put_where_nothing_was_is_told() -> None:
    form = replace(TRY, sections=(Grid(key="g", title="格", fields=(MoneyField(key="m", label="金额"),)),))
    (found,) = differences(form, {"g": {"m": None}}, {"g": {"m": 0}})
    assert (found.kind, found.after) == (DifferenceKind.ADDED, "0.00")


CELLS = st.none() | st.sampled_from(["", "甲", "乙"])
GRIDS = st.fixed_dictionaries({}, optional={"text": CELLS, "money": st.none() | st.integers(0, 3)})
LINES = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcd")}, optional={"name": CELLS}),
    max_size=4,
    unique_by=lambda line: line["id"],
)


@given(GRIDS, LINES, GRIDS, LINES)
def test_content_that_hashes_differently_has_differences_to_show(
    grid: dict[str, Any], lines: list[Any], other_grid: dict[str, Any], other_lines: list[Any]
) -> None:
    """Whatever voids a signature is shown to the next signer, and nothing else."""
    before = settle(TRY, {"grid": grid, "lines": lines}, FACTS)
    after = settle(TRY, {"grid": other_grid, "lines": other_lines}, FACTS)
    hashes = [seal(TRY, content, subject="s", policy_sha256="p").hashes for content in (before, after)]
    changed = {key for key in hashes[0] if hashes[0][key] != hashes[1][key]}
    there = [item for item in differences(TRY, before, after) if item.place != "行的次序"]
    back = [item for item in differences(TRY, after, before) if item.place != "行的次序"]
    assert {item.section for item in differences(TRY, before, after)} == changed
    assert {(item.section, item.before, item.after) for item in there} == {
        (item.section, item.after, item.before) for item in back
    }


def test_lines_that_only_changed_places_are_told_too() -> None:
    table = LineTable(key="lines", title="表", columns=(TextField(key="name", label="名称"),))
    form = replace(TRY, sections=(table,))
    lines = [{"id": "a", "name": "甲"}, {"id": "b", "name": "乙"}, {"id": "c", "name": "丙"}]
    (found,) = differences(form, {"lines": lines}, {"lines": [lines[0], lines[2], lines[1]]})
    assert (found.place, found.before, found.after) == ("行的次序", "1、2、3", "1、3、2")
    assert differences(form, {"lines": lines}, {"lines": lines[1:]})[0].kind is DifferenceKind.REMOVED
    assert len(differences(form, {"lines": lines}, {"lines": lines[1:]})) == 1, "the rest kept their order"


def test_filing_states_have_words() -> None:
    assert len({state.label for state in FilingState}) == len(FilingState)
    assert [state for state in FilingState if state.reworkable] == [FilingState.RETURNED, FilingState.RECALLED]
