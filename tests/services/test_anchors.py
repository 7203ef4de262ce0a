"""A machine remembers how far it has seen the journal, and paper does too."""

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text
from desktop.domain.errors import NotAllowed, Refusal
from desktop.services.checking import Finding, verify_office
from desktop.services.home import Home
from desktop.services.integrity import accept_heads, heads_notice, read_printed, seal_words
from desktop.services.office import Office, Work
from desktop.services.opening import data_notice, open_office
from desktop.services.people import add_person
from desktop.services.week_papers import STATUS, week_paper
from desktop.store.heads import Printed
from desktop.store.tables import Device, Setting
from tests.services.world import CLERK, MANAGER, World, refusal
from tests.store.offices import behind


def someone(office: Office, world: World, name: str) -> None:
    office.run(world.who(CLERK), partial(add_person, name=name, staff_no=name, department_id=None))


def lines(home: Home) -> list[str]:
    (file,) = (home.folder / "anchors").iterdir()
    return file.read_text(encoding="utf-8").splitlines()


def again(world: World) -> Office:
    return open_office(world.url, world.office.home, world.clock)


def checked_again(world: World) -> list[Finding]:
    with closing(again(world)) as office:
        return verify_office(office)


def cut_last(office: Office) -> None:
    """Undo the last save of this installation with everything that tells of it, as only the file's owner could."""
    device = office.home.installation.id
    with office.database.reading() as session:
        seq = session.scalar(select(Device.seq).where(Device.id == device)) or 0
    mine = f"device_id = '{device if office.database.file is None else device.hex}'"
    last = f"(SELECT id FROM changeset WHERE {mine} AND seq = {seq})"
    before = f"(SELECT {{}} FROM changeset WHERE {mine} AND seq = {seq - 1})"
    behind(
        office.database,
        "DELETE FROM person WHERE staff_no = '末一位'",
        f"DELETE FROM change WHERE changeset_id = {last}",
        f"UPDATE device SET seq = seq - 1, head_hash = {before.format('hash')}, lamport = {before.format('lamport')} "
        f"WHERE id = '{device if office.database.file is None else device.hex}'",
        f"DELETE FROM changeset WHERE {mine} AND seq = {seq}",
    )


def test_a_tail_that_was_cut_off_is_told_at_opening_and_named_by_the_check(world: World) -> None:
    someone(world.office, world, "前一位")
    someone(world.office, world, "末一位")
    assert verify_office(world.office) == []
    cut_last(world.office)
    (finding,) = verify_office(world.office)
    assert world.office.home.installation.name in finding.where
    assert "第 2 条" in finding.where
    assert f"本机于 {world.clock().astimezone().date()}" in finding.what
    assert "只到第 1 条" in finding.what

    office = again(world)
    assert "第 2 条" in data_notice(office)
    assert "管理" in heads_notice(office.missing_heads)
    someone(office, world, "又一位")  # the chain goes on from the cut: another second entry than the one seen
    (finding,) = verify_office(office)
    assert "换过" in finding.what
    office.close()


def test_who_manages_the_office_finds_an_older_backup_right(world: World) -> None:
    someone(world.office, world, "前一位")
    someone(world.office, world, "末一位")
    cut_last(world.office)
    office = again(world)
    clerk, manager = world.who(CLERK), world.who(MANAGER)
    refusal(lambda: office.run(manager, accept_heads), NotAllowed)
    assert office.missing_heads
    office.run(clerk, accept_heads)
    assert data_notice(office) == ""
    assert verify_office(office) == []
    office.close()
    office = again(world)
    assert office.missing_heads == []
    office.close()


def test_a_restoring_explains_itself(world: World) -> None:
    someone(world.office, world, "前一位")
    with world.office.database.reading() as session:
        heads = {row.id: row.seq for row in session.execute(select(Device.id, Device.seq))}
    someone(world.office, world, "末一位")
    cut_last(world.office)
    world.clock.pass_minutes()
    told: dict[str, Json] = {
        "backup": "b",
        "at": world.clock().isoformat(),
        "lost": 1,
        "heads": {k.hex: v for k, v in heads.items()},
    }

    def note(work: Work) -> None:
        work.session.add(Setting(key="restored", text=canonical_text(told)))

    office = again(world)
    office.run(world.who(CLERK), note)
    office.close()
    office = again(world)
    assert office.missing_heads == []
    assert verify_office(office) == []
    world.clock.pass_minutes()
    someone(office, world, "末一位")  # what comes after it is explained by nothing
    cut_last(office)
    assert len(verify_office(office)) == 1
    office.close()


def test_a_copy_elsewhere_is_held_against_what_was_seen_at_home(world: World, tmp_path: Path) -> None:
    if world.office.database.file is None:
        return
    copy = Path(shutil.copy(world.office.database.file, tmp_path / "copy.epm"))
    someone(world.office, world, "末一位")
    world.office.close()
    older = open_office(copy, world.office.home, world.clock)
    assert str(world.office.database.file) in verify_office(older)[0].what
    older.run(world.who(CLERK), accept_heads)
    assert verify_office(older) == []
    older.close()
    assert checked_again(world) == []


def test_heads_are_kept_once_and_a_torn_line_is_passed_over(world: World) -> None:
    someone(world.office, world, "前一位")
    count = len(lines(world.office.home))
    again(world).close()
    assert len(lines(world.office.home)) <= count + 2
    (file,) = (world.office.home.folder / "anchors").iterdir()
    with file.open("a", encoding="utf-8") as stream:
        stream.write('{"device": "x", "se')
    assert checked_again(world) == []


def test_where_nothing_can_be_kept_work_goes_on(world: World) -> None:
    folder = world.office.home.folder / "anchors"
    shutil.rmtree(folder)
    folder.write_text("in the way", encoding="utf-8")
    someone(world.office, world, "前一位")
    assert verify_office(world.office) == []


def test_WEEK_5_the_weekly_list_bears_the_newest_seal(world: World) -> None:
    someone(world.office, world, "前一位")
    words = world.office.read(seal_words)
    report = world.office.read(lambda reading: week_paper(reading, world.who(CLERK), STATUS, "2026-W44"))
    assert words in report.notes
    printed = read_printed(words.removeprefix("流水校验：").partition("（")[0])
    assert verify_office(world.office, [printed]) == []
    wrong = Printed(printed.number, "0" * 16)
    (finding,) = verify_office(world.office, [wrong])
    assert finding.where == f"流水校验 {printed.number}:{'0' * 16}"


@pytest.mark.parametrize("text", ["358:3f9a1c2b7d4e88aa", " 358：3F9A 1C2B 7D4E 88AA ", "358 3f9a1c2b7d4e88aa"])
def test_a_seal_is_read_as_people_copy_it(text: str) -> None:
    assert read_printed(text) == Printed(358, "3f9a1c2b7d4e88aa")


@pytest.mark.parametrize("text", ["", "358", "358:3f9a", "abc:3f9a1c2b7d4e88aa", "358:3f9a1c2b7d4e88zz"])
def test_what_is_no_seal_is_refused(text: str) -> None:
    assert isinstance(refusal(lambda: read_printed(text)), Refusal)
