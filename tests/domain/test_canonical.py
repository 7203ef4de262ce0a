"""Canonical text: one spelling, read back unchanged, and nothing that an engine would refuse."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.canonical import Json, canonical_text, is_storable, read_canonical, sha256_text
from desktop.domain.errors import Refusal

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)
UNSPEAKABLE = st.sampled_from(["\0", "\ud840", "\udc00", "甲\0乙", "𠮷\udfff"]) | st.floats() | st.binary()


@given(VALUES)
def test_what_is_written_is_read_back(value: Json) -> None:
    text = canonical_text(value)
    assert read_canonical(text) == value
    assert canonical_text(read_canonical(text)) == text
    assert is_storable(text)
    text.encode("utf-8")


@settings(max_examples=40)  # large values; what they hold is tried above
@given(st.dictionaries(TEXTS, VALUES))
def test_the_order_of_keys_makes_no_difference(value: dict[str, Json]) -> None:
    assert canonical_text(value) == canonical_text(dict(reversed(value.items())))


@given(VALUES, UNSPEAKABLE, st.data())
def test_what_cannot_be_stored_is_refused_wherever_it_stands(value: Json, wrong: Any, data: st.DataObject) -> None:
    nested: Any = wrong
    for _ in range(data.draw(st.integers(0, 3))):
        nested = data.draw(st.sampled_from([[value, nested], {"a": value, "b": nested}, (nested,)]))
    with pytest.raises(Refusal):
        canonical_text(nested)


@pytest.mark.parametrize("key", ["\0", "\ud840"])
def test_a_key_that_cannot_be_stored_is_refused(key: str) -> None:
    with pytest.raises(Refusal, match="无法保存"):
        canonical_text({"a": {key: 1}})


def test_a_refusal_says_where() -> None:
    with pytest.raises(Refusal, match=r"“lines\[2\]/note”"):
        canonical_text({"lines": [{"note": ""}, {"note": "\0"}]})


@pytest.mark.parametrize("text", ["1.5", "[1e3]", '{"a":-0.0}', "NaN", "Infinity", "[-Infinity]"])
def test_fractions_are_refused_when_reading_too(text: str) -> None:
    with pytest.raises(Refusal, match="小数"):
        read_canonical(text)


def test_names_are_not_normalised() -> None:
    names = ["𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯", "e\u0301", "\u00e9", "Å"]
    assert canonical_text(names) == json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    assert len({sha256_text(canonical_text(name)) for name in ("e\u0301", "\u00e9")}) == 2


def test_the_hash_is_that_of_the_bytes() -> None:
    assert sha256_text("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert canonical_text({"b": True, "a": [1, None, "甲"]}) == '{"a":[1,null,"甲"],"b":true}'
