"""Who has the office open now."""

import datetime as dt
from pathlib import Path

import pytest

from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.presence import SEEN_WITHIN, Attendance, is_shared, who_is_here
from desktop.store.verify import verify
from desktop.store.verify.light import check_lightly
from tests.services.world import CLERK, HEAD, World


def names(world: World) -> list[str]:
    return [item.person.partition("（")[0] for item in world.office.read(who_is_here)]


def test_whoever_has_the_office_open_is_here_until_they_leave(world: World, tmp_path: Path) -> None:
    other = open_office(world.url, Home(tmp_path / "other"), world.clock)
    here, there = Attendance(world.office), Attendance(other)
    here.appear(world.who(CLERK))
    world.clock.pass_minutes(1)
    there.appear(world.who(HEAD))
    assert names(world) == [CLERK, HEAD]
    (first, second) = world.office.read(who_is_here)
    assert (first.host, first.seen_at) == (world.office.home.installation.name, world.clock() - dt.timedelta(minutes=1))
    assert second.seen_at == world.clock()
    there.leave(world.who(HEAD))
    assert names(world) == [CLERK]
    assert verify(world.office.database) == []
    assert check_lightly(world.office.database) == []
    other.close()


def test_whoever_is_not_heard_of_any_more_is_gone(world: World) -> None:
    attendance = Attendance(world.office)
    attendance.appear(world.who(CLERK))
    world.clock.pass_minutes(7)
    attendance.appear(world.who(CLERK))
    world.clock.pass_minutes(7)
    assert names(world) == [CLERK]
    world.clock.pass_minutes(round(SEEN_WITHIN.total_seconds() / 60))
    assert names(world) == []


def test_another_sitter_and_a_program_that_was_killed_leave_no_second_row(world: World) -> None:
    Attendance(world.office).appear(world.who(CLERK))  # killed
    attendance = Attendance(world.office)
    attendance.appear(world.who(CLERK))
    attendance.appear(world.who(HEAD))
    assert names(world) == [HEAD]


def test_a_server_is_shared_and_a_file_of_this_machine_is_not(world: World) -> None:
    if world.office.database.file is not None and is_shared(world.office):
        pytest.skip("the tests' folder lies on another machine")
    assert is_shared(world.office) == (world.office.database.file is None)
