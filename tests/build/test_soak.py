"""The soak's own judge finds what it is there to find."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from desktop.services.departments import change_department, list_departments
from desktop.services.filings import current_content
from desktop.store.engine import open_database
from tests.services.world import CLERK, TECHNICAL, World, found_world, open_world
from tests.soak import figures
from tests.soak.judge import Change, Snapshot, judge, number_faults, take_snapshot
from tests.soak.ledger import Entry, Fact, Ledger, read_ledgers


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("soak")
    url = f"sqlite:///{folder / 'office.epm'}"
    found_world(url)
    world = open_world(url, folder)
    yield world
    world.office.close()


@pytest.fixture(scope="module")
def soaked(office: World) -> tuple[Snapshot, tuple[Entry, ...]]:
    """An office after some work, and the ledger of a client that was told of all of it."""
    before = _snapshot(office)
    filing = office.submitted("suspension")
    revision = office.page(filing).revisions[-1]
    office.sign(filing, TECHNICAL)
    stored = office.office.read(partial(current_content, filing_id=filing))
    room = next(row for row in office.office.read(list_departments) if row.name == "系统集成部")
    rename = partial(change_department, department_id=room.id, version=room.version, active=True)
    office.office.run(office.who(CLERK), partial(rename, name="系统集成一部"))
    signed = {"step": "technical", "revision": str(revision.id), "by": str(office.who(TECHNICAL))}
    named = {"entity": "department", "field": "name", "value": "系统集成一部"}
    facts = (
        Fact("filing", str(filing), {"number": office.page(filing).row.number}),
        Fact("revision", str(filing), {"n": stored.no, "sha256": stored.sha256}),
        Fact("signature", str(filing), signed),
        Fact("value", str(room.id), named),
    )
    entries = [Entry("01", "交表", answer, facts, 0.1) for answer in ("meant", "saved")]
    _BEFORE.append(max(change.lamport for change in before.changes))
    return _snapshot(office), tuple(entries)


_BEFORE: list[int] = []


def _snapshot(office: World) -> Snapshot:
    database = open_database(office.url)
    try:
        with database.connecting() as connection:
            return take_snapshot(connection)
    finally:
        database.close()


Soaked = tuple[Snapshot, tuple[Entry, ...]]


def test_what_is_right_is_found_right(soaked: Soaked) -> None:
    snapshot, entries = soaked
    assert judge(snapshot, entries, _BEFORE[0]) == []


@pytest.mark.parametrize("kind", ["filing", "revision", "signature", "value"])
def test_an_acknowledged_write_that_is_not_there_is_lost(soaked: Soaked, kind: str) -> None:
    snapshot, entries = soaked
    other = {"number": "ZT-9", "sha256": "0", "step": "pmo", "value": "别的"}
    facts = [
        replace(fact, what={name: other.get(name, value) for name, value in fact.what.items()})
        for fact in entries[1].facts
        if fact.kind == kind
    ]
    found = judge(snapshot, [*entries, replace(entries[1], facts=tuple(facts))], _BEFORE[0])
    assert [finding[:3] for finding in found] == ["丢失："]


def test_an_update_over_another_one_is_found(soaked: Soaked) -> None:
    snapshot, entries = soaked
    (renamed,) = (one for one in snapshot.changes if (one.entity, one.op) == ("department", "update"))
    over = replace(renamed, lamport=renamed.lamport + 1, fields={"name": ["系统集成部", "系统集成二部"]})
    key = (renamed.entity, renamed.id)
    lost = replace(
        snapshot, changes=(*snapshot.changes, over), versions={**snapshot.versions, key: snapshot.versions[key] + 1}
    )
    (found,) = judge(lost, entries, _BEFORE[0])
    assert found.startswith("更新丢失")
    assert "系统集成一部" in found


def test_a_change_that_left_no_version_is_found(soaked: Soaked) -> None:
    snapshot, entries = soaked
    key = next(iter(snapshot.versions))
    (found,) = judge(replace(snapshot, versions={**snapshot.versions, key: 9}), entries, _BEFORE[0])
    assert "第 9 版" in found


def test_gaps_and_doubles_in_numbers_are_found(soaked: Soaked) -> None:
    snapshot, _ = soaked
    keys = list(snapshot.filings)
    numbers = dict.fromkeys(keys, "ZT-2026-0003") | {keys[0]: "ZT-2026-0001"}
    again = {**numbers, "more": "ZT-2026-0003"}
    found = judge(replace(snapshot, filings=again, counters={"filing:ZT-{year}-{n:04}:2026": 6}), (), 10**9)
    assert [finding for finding in found if "0002" in finding or "ZT-2026-2" in finding]
    assert [finding for finding in found if finding.startswith("重号")]
    assert [finding for finding in found if "下一个号是 6" in finding]


def test_a_project_number_that_was_taken_and_not_used_is_found(soaked: Soaked) -> None:
    snapshot, entries = soaked
    given = [
        Change(9, "project", str(n), "update", {"number": [None, f"BHJC-2026-{n:03}"]}) for n in (1, 2, 4)
    ]  # fmt: skip
    found = list(number_faults(replace(snapshot, changes=tuple(given), counters={"project:integration:2026": 5})))
    assert [finding[:8] for finding in found] == ["跳号：BHJC-", "跳号：项目编号给"]
    assert judge(snapshot, entries, _BEFORE[0]) == []


def test_what_nobody_meant_and_what_stands_twice_is_found(soaked: Soaked) -> None:
    snapshot, entries = soaked
    found = judge(snapshot, (), _BEFORE[0])
    assert {finding[:4] for finding in found} == {"来历不明"}
    twice = replace(snapshot, signatures=Counter(dict.fromkeys(snapshot.signatures, 2)))
    (again,) = judge(twice, entries, _BEFORE[0])
    assert again.startswith("重复")


def test_a_failed_save_is_found_and_a_refusal_is_not(soaked: Soaked) -> None:
    snapshot, entries = soaked
    more = (Entry("02", "签字", "stale"), Entry("02", "签字", "refused"), Entry("02", "签字", "failed", text="死锁"))
    assert judge(snapshot, (*entries, *more), _BEFORE[0]) == ["保存失败：02 号机 签字：死锁"]


def test_a_ledger_outlives_its_client(tmp_path: Path) -> None:
    fact = Fact("filing", "1", {"number": "ZT-1"})
    for answer in ("meant", "saved"):
        Ledger(tmp_path / "01.jsonl", "01").note("交表", answer, [fact], seconds=0.5)
    with (tmp_path / "01.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"client": "01", "act": "签')
    told = list(read_ledgers(tmp_path))
    assert [(entry.answer, entry.facts) for entry in told] == [("meant", (fact,)), ("saved", (fact,))]
    assert dt.datetime.fromtimestamp(told[0].at, dt.UTC).year >= 2026


def test_waits_are_told_by_act() -> None:
    waits = [Entry("01", "签字", "saved", seconds=n / 100) for n in range(1, 101)]
    told = [*waits, Entry("01", "签字", "stale", seconds=9.0)]
    assert figures.table(told)[1].split() == ["签字", "100", "0", "1", "0", "0", "0", "0.505", "0.960", "1.000"]
