import datetime as dt
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.store.ids import Ids, ids_from, new_id
from desktop.store.tables.base import read_instant, spell_instant

MOMENTS = st.datetimes(min_value=dt.datetime(1000, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - zones are drawn


def test_ids_are_version_7_and_ascend() -> None:
    made = [new_id() for _ in range(10_000)]
    assert {(key.version, key.variant) for key in made} == {(7, RFC_4122)}
    assert made == sorted(set(made))
    assert [str(key) for key in made] == sorted(str(key) for key in made)


def test_ids_bear_their_moment() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= new_id().int >> 80 <= time.time_ns() // 1_000_000 + 1000


def test_ids_ascend_when_the_clock_runs_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1)
    made = [new_id() for _ in range(5_000)]
    assert [first, *made] == sorted({first, *made})


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(5_000)))
    assert len(set(made)) == len(made)


@given(MOMENTS, MOMENTS)
def test_moments_are_spelled_in_utc_in_the_order_of_time(one: dt.datetime, other: dt.datetime) -> None:
    assert read_instant(spell_instant(one)) == one.astimezone(dt.UTC)  # one hour twice a year equals no other zone's
    assert read_instant(spell_instant(one)).tzinfo is dt.UTC
    one, other = one.astimezone(dt.UTC), other.astimezone(dt.UTC)
    assert (spell_instant(one) < spell_instant(other)) == (one < other)


def repeatable() -> Ids:
    return Ids(lambda: 1_790_000_000_000_000_000, random.Random(7).randbytes)


def test_another_source_gives_the_same_ids_again_and_only_while_it_is_asked_for() -> None:
    before = new_id()
    with ids_from(repeatable()):
        first = [new_id() for _ in range(5_000)]
    with ids_from(repeatable()):
        again = [new_id() for _ in range(5_000)]
    assert again == first
    assert first == sorted(set(first))
    assert {(key.version, key.variant) for key in first} == {(7, RFC_4122)}
    assert before < new_id()
    assert new_id() not in first


def test_only_the_tour_draws_ids_from_another_source() -> None:
    desktop = Path(__file__).parents[2] / "desktop"
    users = {path.parent.name for path in desktop.rglob("*.py") if "ids_from" in path.read_text(encoding="utf-8")}
    assert users == {"store", "tour"}
