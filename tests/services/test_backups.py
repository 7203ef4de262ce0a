"""Backups by themselves, on demand and by rotation; a backup taken back after a rehearsal."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.domain.canonical import read_canonical
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.rotation import Keeping
from desktop.services.backups import (
    BackupRules,
    back_up_if_due,
    back_up_now,
    backup_rules,
    office_backups,
    rotate,
    set_backup_rules,
)
from desktop.services.home import Home
from desktop.services.integrity import RESTORED
from desktop.services.opening import open_office
from desktop.services.restoring import Rehearsal, rehearse, rehearsing, restore
from desktop.store.backups import AUTOMATIC, BEFORE_RESTORE, BY_HAND
from desktop.store.copying import fingerprints
from desktop.store.engine import open_database
from desktop.store.tables import Relocation, Setting, table_of
from desktop.store.verify import verify
from tests.disks import SMALL, needs_mounts, within
from tests.old_offices import OFFICE
from tests.services.world import CLERK, MANAGER, START, World, found_world, open_world
from tests.store.offices import behind


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[World]:
    """The world as a data file."""
    file = tmp_path / "data" / "世界.epm"
    file.parent.mkdir()
    found_world(f"sqlite:///{file}")
    made = open_world(f"sqlite:///{file}", tmp_path / "home")
    yield made
    made.office.close()


def save(world: World, key: str) -> None:
    with world.office.work(world.who(CLERK)) as work:
        work.session.add(Setting(key=key, text="x"))


def kinds(world: World) -> list[tuple[str, str]]:
    return [(one.kind, one.day.isoformat()) for one in office_backups(world.office)]


def test_once_a_day_and_only_if_something_changed(lite: World) -> None:
    assert back_up_if_due(lite.office) is not None
    save(lite, "same day")
    assert back_up_if_due(lite.office) is None
    lite.clock.set(START + dt.timedelta(days=100))
    assert back_up_if_due(lite.office) is not None
    lite.clock.set(START + dt.timedelta(days=101))
    assert back_up_if_due(lite.office) is None
    save(lite, "next day")
    made = back_up_if_due(lite.office)
    assert made is not None
    copy = open_database(made)
    assert (verify(copy), fingerprints(copy, silent)) == ([], fingerprints(lite.office.database, silent))
    copy.close()
    assert [kind for kind, _day in kinds(lite)] == [AUTOMATIC] * 3


def test_a_machine_may_do_without(lite: World) -> None:
    set_backup_rules(lite.office.home, BackupRules(automatic=False))
    assert back_up_if_due(lite.office) is None
    assert kinds(lite) == []


def test_old_ones_go_by_rotation_and_never_those_made_by_hand(lite: World) -> None:
    set_backup_rules(lite.office.home, BackupRules(keeping=Keeping(days=2, weeks=0, months=0)))
    day = START + dt.timedelta(days=100)
    lite.clock.set(day)
    by_hand = back_up_now(lite.office, lite.who(MANAGER), silent)
    for number in range(4):
        lite.clock.set(day + dt.timedelta(days=number))
        save(lite, str(number))
        assert back_up_if_due(lite.office) is not None
    (by_hand.parent / "世界-自动备份-2020-01-01-0005.epm").write_text("cannot be read", encoding="utf-8")
    (by_hand.parent / "别的-自动备份-2020-01-01-0005.epm").write_bytes(OFFICE.read_bytes())
    assert rotate(lite.office) == []
    last = [(day + dt.timedelta(days=number)).isoformat() for number in (3, 2)]
    assert kinds(lite) == [
        (AUTOMATIC, last[0]),
        (AUTOMATIC, last[1]),
        (BY_HAND, day.isoformat()),
        (AUTOMATIC, "2020-01-01"),
    ]
    assert (by_hand.parent / "别的-自动备份-2020-01-01-0005.epm").exists()


def test_one_that_rotates_counts_as_automatic(world: World) -> None:
    """On servers, too, of which no window makes backups by itself."""
    set_backup_rules(world.office.home, BackupRules(keeping=Keeping(days=2, weeks=0, months=0)))
    days = [dt.date(2026, 11, day) for day in (3, 4, 5)]
    world.clock.set(days[0])
    back_up_now(world.office, world.who(CLERK), silent)
    for day in days:
        world.clock.set(day)
        back_up_now(world.office, world.who(CLERK), silent, rotating=True)
    assert kinds(world) == [
        (AUTOMATIC, "2026-11-05"),
        (AUTOMATIC, "2026-11-04"),
        (BY_HAND, "2026-11-03"),
    ]


def test_folder_and_numbers_can_be_set(lite: World, tmp_path: Path) -> None:
    home = lite.office.home
    assert backup_rules(home) == BackupRules()
    elsewhere = BackupRules(str(tmp_path / "移动硬盘" / "备份"), keeping=Keeping(3, 2, 1))
    set_backup_rules(home, elsewhere)
    assert backup_rules(home) == elsewhere
    made = back_up_now(lite.office, lite.who(CLERK), silent)
    assert made.parent == tmp_path / "移动硬盘" / "备份"
    (tmp_path / "file").write_bytes(b"")
    wrong = (
        replace(elsewhere, folder=str(tmp_path / "file" / "below")),
        replace(elsewhere, keeping=Keeping(0, 1, 1)),
        replace(elsewhere, keeping=Keeping(1, -1, 1)),
        replace(elsewhere, keeping=Keeping(1, 1, 400)),
    )
    for rules in wrong:
        with pytest.raises(Refusal, match="原来的设置没有改动"):
            set_backup_rules(home, rules)
    assert backup_rules(home) == elsewhere
    (home.folder / "backups.json").write_text("nonsense", encoding="utf-8")
    assert backup_rules(home) == BackupRules()


def test_a_servers_data_is_backed_up_by_whoever_sees_everything(world: World) -> None:
    if world.office.database.file is not None:
        pytest.skip("whoever has the file has it all")
    with pytest.raises(NotAllowed):
        back_up_now(world.office, world.who(MANAGER), silent)
    assert back_up_if_due(world.office) is None
    made = back_up_now(world.office, world.who(CLERK), silent)
    assert [one.file for one in office_backups(world.office)] == [made]
    copy = open_database(made)
    assert fingerprints(copy, silent) == fingerprints(world.office.database, silent)
    copy.close()


BACKING_UP = """
import sys
from pathlib import Path
from desktop.store.backups import back_up
from desktop.domain.errors import Refusal
from tests.store.conftest import NOW
try:
    back_up(Path(sys.argv[1]), Path(sys.argv[2]), "0005", NOW, kind="备份")
except Refusal as refusal:
    print(refusal, [one.name for one in Path(sys.argv[2]).iterdir()])
"""


@needs_mounts
def test_a_full_disk_is_told_and_nothing_half_written_stays(lite: World, tmp_path: Path) -> None:
    file = lite.office.database.file
    assert file is not None
    disk = tmp_path / "盘"
    disk.mkdir()
    done = within(SMALL.format(disk, "100k"), "-c", BACKING_UP, file, disk)
    assert "没有备份。数据未作改动。所在的磁盘已满。" in done.stdout, done
    assert done.stdout.strip().endswith("[]")


# ---- restoring

Rehearse = Callable[[Path], Rehearsal]


def taken_back(world: World, backup: Path) -> Rehearsal:
    """Rehearse and restore, with the office closed meanwhile as the window does it, and open it again."""
    file, home, actor = world.office.database.file, world.office.home, world.who(CLERK)
    assert file is not None
    with rehearsing(backup, file, home, world.clock, silent) as rehearsal:
        world.office.close()
        restore(rehearsal, actor, home, world.clock)
    world.office = open_office(file, home, world.clock)
    return rehearsal


def test_a_backup_is_taken_back_and_what_was_there_is_kept(lite: World) -> None:
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    lite.clock.set(START + dt.timedelta(days=101))
    for number in range(3):
        save(lite, str(number))
    before = fingerprints(lite.office.database, silent)
    rehearsal = taken_back(lite, backup)
    assert (rehearsal.sound, rehearsal.upgraded, rehearsal.lost_count) == (True, False, 3)
    assert {(entry.person, entry.at) for entry in rehearsal.lost} == {(CLERK, lite.clock())}
    assert {entry.text for entry in rehearsal.lost} == {f"新增设置“{number}”" for number in range(3)}
    assert rehearsal.now is not None
    assert rehearsal.now.counts["changeset"] == rehearsal.then.counts["changeset"] + 3
    with lite.office.reading() as reading:
        keys = set(reading.session.scalars(select(Setting.key)))
        note = read_canonical(reading.session.scalars(select(Setting.text).where(Setting.key == RESTORED)).one())
    assert "0" not in keys
    assert isinstance(note, dict)
    assert (note["backup"], note["lost"]) == (backup.name, 3)
    assert verify(lite.office.database) == []
    (kept,) = [one for one in office_backups(lite.office) if one.kind == BEFORE_RESTORE]
    safety = open_database(kept.file)
    assert fingerprints(safety, silent) == before
    safety.close()


def test_there_and_back_again(lite: World) -> None:
    """The safety copy brings everything back, and what was done since is told as lost."""
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    save(lite, "first")
    taken_back(lite, backup)
    save(lite, "second")
    (kept,) = [one for one in office_backups(lite.office) if one.kind == BEFORE_RESTORE]
    rehearsal = taken_back(lite, kept.file)
    assert rehearsal.lost_count == 2
    with lite.office.reading() as reading:
        keys = set(reading.session.scalars(select(Setting.key)))
    assert ("first" in keys, "second" in keys) == (True, False)
    assert verify(lite.office.database) == []


def test_a_rehearsal_changes_nothing(lite: World) -> None:
    file = lite.office.database.file
    assert file is not None
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    save(lite, "later")
    before, names = file.read_bytes(), sorted(one.name for one in file.parent.iterdir())
    with rehearsing(backup, file, lite.office.home, lite.clock, silent):
        pass
    assert (file.read_bytes(), sorted(one.name for one in file.parent.iterdir())) == (before, names)


def test_a_backup_in_which_something_is_wrong_is_not_taken_back(lite: World) -> None:
    file = lite.office.database.file
    assert file is not None
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    tampered = open_database(backup)
    behind(tampered, "UPDATE project SET amount = 1 WHERE amount IS NOT NULL")
    tampered.close()
    with rehearsing(backup, file, lite.office.home, lite.clock, silent) as rehearsal:
        assert rehearsal.findings
        with pytest.raises(Refusal, match="没有通过核对"):
            restore(rehearsal, None, lite.office.home, lite.clock)


def test_what_would_be_lost_of_broken_data_is_counted_though_not_told_in_words(lite: World) -> None:
    file = lite.office.database.file
    assert file is not None
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    save(lite, "later")
    behind(lite.office.database, "UPDATE change SET body = '{' WHERE entity = 'setting'")
    rehearsal = rehearse(backup, file, lite.office.home, lite.clock, silent)
    assert [(entry.person, entry.text) for entry in rehearsal.lost] == [(CLERK, "")]


def test_an_older_backup_is_upgraded_in_the_rehearsal(tmp_path: Path) -> None:
    home, file = Home(tmp_path / "home"), tmp_path / "office.epm"
    backup = Path(shutil.copy(OFFICE, tmp_path / "old.epm"))
    before = backup.read_bytes()
    clock = lambda: dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)  # noqa: E731 - a clock that stands
    with rehearsing(backup, file, home, clock, silent) as rehearsal:
        assert (rehearsal.upgraded, rehearsal.sound, rehearsal.now) == (True, True, None)
        assert restore(rehearsal, None, home, clock) is None
    assert backup.read_bytes() == before
    again = open_database(file)
    assert verify(again) == []
    again.close()


def test_another_offices_backup_and_no_backup_are_refused(lite: World, tmp_path: Path) -> None:
    file = lite.office.database.file
    assert file is not None
    nonsense = tmp_path / "nonsense.epm"
    nonsense.write_text("nonsense", encoding="utf-8")
    for backup, words in ((OFFICE, "不是这个办公室的"), (nonsense, "不是本程序的数据文件")):
        with pytest.raises(Refusal, match=words), rehearsing(backup, file, lite.office.home, lite.clock, silent):
            pass


def test_data_that_moved_away_comes_back_from_a_backup_only(lite: World) -> None:
    backup = back_up_now(lite.office, lite.who(CLERK), silent)
    with lite.office.database.holding() as connection:
        row = {"id": lite.who(CLERK), "place": "server/office", "at": lite.clock()}
        connection.execute(table_of(Relocation).insert(), row)
    with pytest.raises(Refusal, match="已于"):
        save(lite, "never")
    taken_back(lite, backup)
    save(lite, "again")
