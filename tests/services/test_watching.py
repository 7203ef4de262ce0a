"""Lists refresh when others save: two desks at one office, on both engines."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from desktop.domain.errors import Refusal, Unreachable, Unsettled
from desktop.services import people
from desktop.services.home import Home
from desktop.services.office import Office, Work
from desktop.services.opening import open_office
from desktop.services.presence import Attendance
from desktop.services.watching import News, Watch, everything, last_change, rest_after_news
from desktop.store import watching
from tests.guarded import reading_as
from tests.proxy import Cable
from tests.services.world import CLERK, HEAD, MANAGER, World

PATIENCE = 20


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)


@pytest.fixture
def other(world: World, tmp_path: Path) -> Iterator[Office]:
    """The same office at another desk."""
    made = open_office(world.url, Home(tmp_path / "other"), world.clock)
    yield made
    made.close()


@pytest.fixture
def watch(world: World) -> Iterator[Watch]:
    made = Watch(world.office)
    yield made
    made.close()


def add(world: World, office: Office, name: str) -> None:
    office.run(world.who(CLERK), partial(people.add_person, name=name, staff_no=name))


def next_news(watch: Watch) -> News | None:
    """The next news, whatever may be in front of them."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (news := watch.wait(1)) is not None:
            return news
    return None


def test_what_another_desk_saves_is_told_once_and_ones_own_never(world: World, other: Office, watch: Watch) -> None:
    assert watch.wait(0.1) is None
    add(world, world.office, "自己")
    add(world, other, "别人")
    news = next_news(watch)
    assert news is not None
    assert news.changes.entities - {"device"} == {"person"}
    assert news.who == (CLERK,)
    found = {item.name: str(item.id) for item in world.office.read(people.list_people)}
    assert news.changes.ids - {str(other.home.installation.id)} == {found["别人"]}
    add(world, world.office, "又是自己")
    assert watch.wait(0.3) is None
    assert watch.wait(0.3) is None


def test_what_was_saved_between_opening_and_watching_is_not_missed(world: World, other: Office) -> None:
    add(world, other, "早来的")
    watch = Watch(world.office)
    news = next_news(watch)
    assert news is not None
    assert news.changes.touches("person")
    watch.close()


def test_a_waiting_desk_hears_at_once_and_can_be_woken(world: World, other: Office, watch: Watch) -> None:
    assert watch.wait(0.1) is None
    heard: list[News | None] = []
    thread = threading.Thread(target=lambda: heard.append(watch.wait(PATIENCE)))
    thread.start()
    add(world, other, "别人")
    thread.join(PATIENCE)
    assert heard[0] is not None
    thread = threading.Thread(target=lambda: heard.append(watch.wait(3600)))
    thread.start()
    watch.wake()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_many_changesets_are_one_piece_of_news(world: World, other: Office, watch: Watch) -> None:
    for number in range(20):
        add(world, other, f"第{number}位")
    told: list[News | None] = []
    while (news := watch.wait(0.5)) is not None or not told:
        told.append(news)
    assert len([item for item in told if item is not None]) <= 2
    assert watch.look() is None


def test_beyond_many_changes_only_their_kinds_are_told(
    world: World, other: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_NAMED", 3)
    for number in range(5):
        add(world, other, f"第{number}位")
    other.run(world.who(CLERK), partial(people.add_department, name="新部门"))
    news = watch.look()
    assert news is not None
    assert news.changes.entities - {"device"} == {"person", "department"}
    assert len(news.changes.ids) == 3


def test_a_rolled_back_save_is_no_news(world: World, other: Office, watch: Watch) -> None:
    def fail(work: Work) -> None:
        people.add_person(work, "不算")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        other.run(world.who(CLERK), fail)
    assert watch.wait(0.2) is None
    assert watch.look() is None


def test_who_changed_a_record_last(world: World) -> None:
    person = world.who(HEAD)
    told = world.office.read(lambda reading: last_change(reading, "person", person))
    assert told.startswith(CLERK)
    assert everything().touches("filing", "person", "project")


@dataclass
class Apart:
    """Two desks at one server, one of them at the end of a cable."""

    near: World
    far: Office
    cable: Cable


@pytest.fixture
def apart(world: World, tmp_path: Path) -> Iterator[Apart]:
    if world.office.database.file is not None:
        pytest.skip("of a server")
    with Cable(world.url) as cable:
        far = open_office(cable.url, Home(tmp_path / "far"), world.clock)
        yield Apart(world, far, cable)
        far.close()


def test_after_a_cut_cable_what_was_missed_is_told(apart: Apart) -> None:
    watch = Watch(apart.far)
    assert watch.wait(0.1) is None
    apart.cable.cut()
    for _again in range(2):
        with pytest.raises(Unreachable):
            watch.wait(PATIENCE)
    add(apart.near, apart.near.office, "断线时")
    apart.cable.mend()
    news = next_news(watch)
    assert news is not None
    assert news.changes.touches("person")
    watch.close()


def test_a_save_in_doubt_is_settled_once_the_cable_is_mended(apart: Apart) -> None:
    apart.far.database.doubts.patience = 0.5
    watch = Watch(apart.far)
    clerk = apart.near.who(CLERK)
    apart.far.run(clerk, partial(people.add_person, name="断线前"))
    apart.cable.cut_after = b"COMMIT\0"
    with pytest.raises(Unsettled):
        apart.far.run(clerk, partial(people.add_person, name="断线时"))
    assert watch.settle() == []
    apart.cable.mend()
    assert watch.settle() == [True]
    assert watch.settle() == []
    assert watch.look() is None  # it was one's own
    assert "断线时" in {item.name for item in apart.near.office.read(people.list_people)}
    watch.close()


def test_a_save_in_doubt_is_told_to_the_person_and_not_to_what_the_program_writes_by_itself(apart: Apart) -> None:
    """Who sits here is written down as soon as the cable is mended: that must not hear what the person waits for."""
    apart.far.database.doubts.patience = 0.5
    clerk = apart.near.who(CLERK)
    apart.far.run(clerk, partial(people.add_person, name="断线前"))
    apart.cable.cut_after = b"COMMIT\0"
    with pytest.raises(Unsettled):
        apart.far.run(clerk, partial(people.add_person, name="断线时"))
    apart.cable.mend()
    Attendance(apart.far).appear(clerk)
    with pytest.raises(Refusal, match="已经保存成功"):
        apart.far.run(clerk, partial(people.add_person, name="断线时"))
    apart.far.run(clerk, partial(people.add_person, name="断线后"))
    assert [item.name for item in apart.near.office.read(people.list_people)].count("断线时") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file where it is")
def test_a_data_file_that_goes_away_is_noticed_and_its_return_too(world: World, watch: Watch, other: Office) -> None:
    file = world.office.database.file
    if file is None:
        pytest.skip("of a file")
    assert watch.wait(0.1) is None
    away = file.with_suffix(".away")
    file.rename(away)
    with pytest.raises(Unreachable):
        watch.wait(PATIENCE)
    away.rename(file)
    add(world, other, "回来了")
    assert next_news(watch) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file where it is")
def test_a_restored_file_is_news_of_everything(world: World, watch: Watch, other: Office) -> None:
    file = world.office.database.file
    if file is None:
        pytest.skip("of a file")
    older = shutil.copyfile(file, file.with_suffix(".older"))
    add(world, other, "后来的")
    assert next_news(watch) is not None
    Path(older).replace(file)
    for office in (world.office, other):
        office.database.close()  # which opens the file anew
    news = next_news(watch)
    assert news is not None
    assert news.changes.entities == everything().entities
    add(world, other, "更后来的")
    assert next_news(watch) is not None


def test_whoever_may_read_little_hears_what_others_save(world: World, other: Office, watch: Watch) -> None:
    """On a guarded server the watching is done under the person's own login."""
    with reading_as(world.who(MANAGER), world.clock()):
        assert watch.wait(0.1) is None
        add(world, other, "别人")
        news = next_news(watch)
    assert news is not None
    assert news.changes.touches("person")
    assert news.who == (CLERK,)


def test_the_more_desks_there_are_the_longer_each_rests_and_not_all_alike() -> None:
    one, other = UUID(int=7), UUID(int=37)
    assert rest_after_news(50, one) > 5 * rest_after_news(5, one) > 0
    assert rest_after_news(50, one) != rest_after_news(50, other)
    assert all(0 < rest_after_news(50, UUID(int=n)) < 10 for n in range(200))
