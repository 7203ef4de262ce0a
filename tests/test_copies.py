"""One running copy for each data file: real processes, killed, stopped and started at once."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.copies import OPEN, READY, ROOT, Copy, wait_until
from tests.ui.offices import new_office

FORWARD = "came forward: ['Window']"
Start = Callable[..., Copy]


@pytest.fixture(scope="module")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    new_office(folder).office.close()
    return folder / "office.epm"


@pytest.fixture
def office(_office: Path, tmp_path: Path) -> Path:
    """An office of one person, who therefore sits down without being asked."""
    return Path(shutil.copy(_office, tmp_path / "滨海 办公室.epm"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    copies = []

    def begin(*words: str | Path, home: str = "home", **options: Any) -> Copy:
        copies.append(Copy(tmp_path / home, *words, **options))
        return copies[-1]

    yield begin
    for copy in copies:
        copy.end()


def open_first(start: Start, office: Path) -> Copy:
    first = start("--data", office)
    first.wait_for(OPEN)
    return first


def test_however_the_file_is_named_the_first_window_comes_forward(start: Start, office: Path, tmp_path: Path) -> None:
    first = open_first(start, office)
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "other.epm").symlink_to(office)
    ways = [
        start(),  # what the home remembers
        start(office),
        start("--data", office.name, cwd=tmp_path, home="second"),
        start("--data", f"sqlite:///{tmp_path}/link/{office.name}", home="third"),
        start(tmp_path / "other.epm", home="fourth"),
    ]
    assert [copy.ended() for copy in ways] == [0] * len(ways)
    assert first.said().count(FORWARD) == len(ways)
    assert first.said().count(OPEN) == 1
    assert [OPEN in copy.since() for copy in ways[2:]] == [False] * 3
    assert first.process.poll() is None


def test_another_file_is_opened_beside_it_and_commands_stay_free(start: Start, office: Path, tmp_path: Path) -> None:
    first = open_first(start, office)
    second = start(shutil.copy(office, tmp_path / "二号.epm"), home="second")
    second.wait_for(OPEN)
    command = [sys.executable, "-m", "desktop", "--home", str(tmp_path / "home"), "--data", str(office), "verify"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert FORWARD not in first.said()
    assert [first.process.poll(), second.process.poll()] == [None, None]


def test_the_start_pages_are_shown_once_for_each_home(start: Start) -> None:
    first = start()
    first.wait_for(READY)
    assert start().ended() == 0
    assert "came forward: ['StartDialog']" in first.said()
    start(home="second").wait_for(READY)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_what_a_killed_copy_left_behind_holds_nobody_up(start: Start, office: Path) -> None:
    first = open_first(start, office)
    first.process.kill()
    first.process.wait()
    again = start("--data", office)
    again.wait_for(OPEN)
    assert start("--data", office).ended() == 0
    assert FORWARD in again.since()


@pytest.mark.slow
def test_of_five_started_at_once_one_opens(start: Start, office: Path) -> None:
    copies = [start("--data", office, home=f"home{number}") for number in range(5)]
    wait_until(lambda: sum(copy.process.poll() is None for copy in copies) == 1, lambda: "four to give way")
    (left,) = (copy for copy in copies if copy.process.poll() is None)
    left.wait_for(OPEN)
    others = [copy for copy in copies if copy is not left]
    assert [copy.process.returncode for copy in others] == [0] * 4
    assert not any(OPEN in copy.said() for copy in others)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGSTOP")
def test_a_copy_that_hangs_is_told_and_nothing_is_opened_twice(start: Start, office: Path) -> None:
    first = open_first(start, office)
    first.process.send_signal(signal.SIGSTOP)
    second = start("--data", office, home="second")
    second.wait_for("已经在运行但没有回应")
    assert f"进程号 {first.process.pid}" in second.said()
    assert OPEN not in second.said()
    first.process.send_signal(signal.SIGCONT)
    assert start("--data", office, home="third").ended() == 0


@pytest.mark.skipif(
    os.name == "nt" or os.getuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else"
)
def test_another_user_is_neither_raised_nor_kept_out(start: Start, office: Path) -> None:
    first = open_first(start, office)
    # somebody else who may do as much: what keeps the two apart is who they are
    nobody = ("setpriv", "--reuid=65534", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    other = start("--data", office, home="theirs", by=nobody)
    other.wait_for(OPEN)
    assert "came forward" not in first.said() + other.said()
    assert first.process.poll() is None
