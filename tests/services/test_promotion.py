"""An office moves from its data file to a server: whole, once, one way; and copies of it come back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.errors import NotAllowed, Refusal
from desktop.services import promotion
from desktop.services.opening import data_notice
from desktop.services.promotion import promote, report_text, save_report, take_copy
from desktop.store import copying
from desktop.store.copying import fingerprints, is_unfinished
from desktop.store.engine import Database, open_database
from desktop.store.schema import SchemaState, create_schema, schema_state
from desktop.store.tables import Setting
from desktop.store.verify import verify
from tests.nursery import kill_children
from tests.services.world import CLERK, MANAGER, RUNNING, Clock, World, found_world, open_world
from tests.store.offices import behind

ROUNDS = 8


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[World]:
    """The world as a data file."""
    file = tmp_path / "世界.epm"
    found_world(f"sqlite:///{file}")
    made = open_world(f"sqlite:///{file}", tmp_path / "home")
    yield made
    made.office.close()


@pytest.fixture
def server(postgres_url: str) -> Iterator[Database]:
    made = open_database(postgres_url)
    yield made
    made.close()


def rename(world: World, name: str) -> None:
    """Save something."""
    with world.office.work(world.who(CLERK)) as work:
        work.session.add(Setting(key=name, text="x"))


def test_an_office_moves_to_a_server_whole(lite: World, server: Database, tmp_path: Path) -> None:
    before = fingerprints(lite.office.database, silent)
    done = promote(lite.office.database, server, lite.clock, silent)
    assert done.copied == before == fingerprints(server, silent)
    assert verify(server) == []
    moved = open_world(server.url.render_as_string(hide_password=False), tmp_path / "other")
    rename(moved, "on the server")
    assert moved.project(RUNNING).name == lite.project(RUNNING).name
    moved.office.close()
    text = report_text(done)
    assert f"{before.rows:,} 行；逐行核对一致" in text
    assert all(part.sha256 in text for part in before.tables)
    save_report(done, tmp_path / "报告.txt")
    assert (tmp_path / "报告.txt").read_text(encoding="utf-8") == text


def test_the_file_can_only_be_read_from_then_on(lite: World, server: Database) -> None:
    promote(lite.office.database, server, lite.clock, silent)
    with pytest.raises(Refusal, match=r"已于 .* 迁到“127.0.0.1:\d+/.*请连接服务器"):
        rename(lite, "never")
    assert lite.project(RUNNING).name
    assert f"迁到“{server.place}”" in data_notice(lite.office), "with the port, where it is not the usual one"
    assert verify(lite.office.database) == []
    with pytest.raises(Refusal, match="不能再迁一次"):
        promote(lite.office.database, server, lite.clock, silent)


def test_a_move_that_is_given_up_leaves_both_as_they_were_and_can_be_tried_again(lite: World, server: Database) -> None:
    class GivenUp(Exception):
        pass

    def give_up() -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        promote(lite.office.database, server, lite.clock, silent, prepare=give_up)
    assert is_unfinished(server)
    with pytest.raises(Refusal), server.reading():
        pass
    rename(lite, "meanwhile")
    done = promote(lite.office.database, server, lite.clock, silent)
    assert done.copied == fingerprints(server, silent)
    assert not is_unfinished(server)


def test_a_move_that_was_cut_off_at_its_last_step_is_finished(
    lite: World, server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = copying.finish_copy
    monkeypatch.setattr(promotion, "finish_copy", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        promote(lite.office.database, server, lite.clock, silent)
    assert is_unfinished(server)
    monkeypatch.setattr(promotion, "finish_copy", honest)
    done = promote(lite.office.database, server, lite.clock, silent)
    assert done.copied == fingerprints(server, silent)
    assert verify(server) == []


def test_a_prepared_empty_database_takes_the_office(lite: World, server: Database) -> None:
    create_schema(server, lite.clock())
    promote(lite.office.database, server, lite.clock, silent)
    assert verify(server) == []


def test_a_database_with_an_office_in_it_is_left_alone(lite: World, world_url: str) -> None:
    if world_url.startswith("sqlite"):
        pytest.skip("nobody moves into a file")
    taken = open_database(world_url)
    before = fingerprints(taken, silent)
    with pytest.raises(Refusal, match="已有数据"):
        promote(lite.office.database, taken, lite.clock, silent)
    assert fingerprints(taken, silent) == before
    rename(lite, "goes on")
    taken.close()


def test_an_office_in_which_something_is_wrong_does_not_move_unasked(lite: World, server: Database) -> None:
    behind(lite.office.database, "UPDATE project SET amount = amount + 1 WHERE amount IS NOT NULL")
    with pytest.raises(Refusal, match="全面检查发现"):
        promote(lite.office.database, server, lite.clock, silent)
    assert schema_state(server) is SchemaState.MISSING
    promote(lite.office.database, server, lite.clock, silent, despite=True)
    assert len(verify(server)) == len(verify(lite.office.database)) > 0


def test_only_a_file_moves_and_only_to_a_server(lite: World, tmp_path: Path) -> None:
    other = open_database(tmp_path / "other.epm")
    with pytest.raises(Refusal, match="只能从数据文件迁到服务器"):
        promote(lite.office.database, other, lite.clock, silent)
    assert not (tmp_path / "other.epm").exists()


def test_a_copy_of_everything_is_for_whoever_sees_everything(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        take_copy(world.office, world.who(MANAGER), tmp_path / "copy.epm", silent)
    assert not (tmp_path / "copy.epm").exists()
    done = take_copy(world.office, world.who(CLERK), tmp_path / "copy.epm", silent)
    copy = open_database(tmp_path / "copy.epm")
    assert (verify(copy), fingerprints(copy, silent)) == ([], done.copied)
    assert done.copied == fingerprints(world.office.database, silent)
    copy.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_move_leaves_one_office_that_counts(on_disk: Path, postgres_url: str) -> None:
    file = on_disk / "世界.epm"
    found_world(f"sqlite:///{file}")
    heard = kill_children(
        "tests.services.killed_promotion", str(file), postgres_url, rounds=ROUNDS, seed=11, longest=0.4
    )
    source, target = open_database(file), open_database(postgres_url)
    for _lines in heard:
        with source.connecting() as connection:
            moved = source.relocation(connection)
        counts = schema_state(target) is SchemaState.CURRENT
        assert not counts or moved is not None, "two offices count"
        assert counts or moved is None or is_unfinished(target)
        if moved is not None:
            break
    clock = Clock()
    if schema_state(target) is not SchemaState.CURRENT:
        promote(source, target, clock, silent)
    assert fingerprints(source, silent) == fingerprints(target, silent)
    assert verify(target) == []
    source.close()
    target.close()
