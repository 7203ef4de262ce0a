"""A run that dies of a fault is found at the next start, and told of once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import __version__
from desktop.services.diagnosis_crash import FILE, collect, crash_of, read_crashes, take_untold_crash

ROOT = Path(__file__).parents[2]
RUN = """
import os, sys, time, faulthandler, threading
from pathlib import Path
from desktop.services import diagnosis_crash, diagnosis_watch
watch = diagnosis_watch.CrashWatch(Path(sys.argv[1]))
diagnosis_crash.look_back(Path(sys.argv[1])); watch.begin()
print("begun", flush=True)
def die_of_it():
    {deed}
die_of_it()
watch.end()
"""


def run(folder: Path, deed: str) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", RUN.format(deed=deed), str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    assert started.stdout is not None
    assert started.stdout.readline() == "begun\n"
    return started


def ended(started: subprocess.Popen[str]) -> int:
    started.communicate(timeout=30)
    return started.returncode


def test_a_run_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    assert ended(run(tmp_path, "pass")) == 0
    assert list(tmp_path.iterdir()) == []


FAULTS = {
    "faulthandler._sigsegv()": "Segmentation fault",
    "os.abort()": "Aborted",
    "faulthandler._sigfpe()": "Floating point exception",
}


@pytest.mark.skipif(sys.platform == "win32", reason="faults have other names there")
@pytest.mark.parametrize("deed", FAULTS)
def test_a_hard_crash_is_found_with_its_place_and_told_once(tmp_path: Path, deed: str) -> None:
    assert ended(run(tmp_path, deed)) != 0
    assert len(list(tmp_path.glob("run-*.txt"))) == 1
    assert ended(run(tmp_path, "pass")) == 0  # the next start takes it up
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    (crash,) = read_crashes(tmp_path)
    assert FAULTS[deed] in crash.fault
    assert crash.version == __version__
    assert [frame.line for frame in crash.frames] == [9, 10]
    told = take_untold_crash(tmp_path)
    assert told == crash
    assert take_untold_crash(tmp_path) is None
    assert len(read_crashes(tmp_path)) == 1  # the report goes on telling


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_being_ended_from_outside_is_noted_and_no_crash(tmp_path: Path) -> None:
    started = run(tmp_path, "time.sleep(60)")
    os.kill(started.pid, signal.SIGKILL)
    ended(started)
    collect(tmp_path)
    (crash,) = read_crashes(tmp_path)
    assert crash.fault == ""
    assert take_untold_crash(tmp_path) is None


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    started = run(tmp_path, "time.sleep(60)")
    collect(tmp_path)
    assert len(list(tmp_path.glob("run-*.txt"))) == 1
    assert read_crashes(tmp_path) == []
    started.kill()
    ended(started)
    collect(tmp_path)
    assert len(read_crashes(tmp_path)) == 1


def test_a_folder_that_cannot_be_written_means_no_watch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert ended(run(tmp_path / "file" / "log", "pass")) == 0
    assert take_untold_crash(tmp_path / "file" / "log") is None


WINDOWS = f"""{__version__}
Windows fatal exception: access violation

Thread 0x00001a2c (most recent call first):
  File "C:\\Users\\张三\\AppData\\Local\\Programs\\epm-desk\\lib\\threading.py", line 10 in wait

Current thread 0x00000f3c (most recent call first):
  File "desktop\\ui\\pdf_view.py", line 88 in paint_张三
  File "C:\\Users\\张三\\lib\\site-packages\\sqlalchemy\\orm\\session.py", line 12 in execute
  File "D:\\滨海\\own.py", line 3 in secret
  File "<frozen importlib._bootstrap>", line 241 in _call
"""


def test_what_is_kept_of_a_dump_holds_no_names() -> None:
    crash = crash_of(WINDOWS, "2026-11-22T09:30:00+00:00")
    assert crash.fault == "access violation"
    assert [(frame.file, frame.line, frame.function) for frame in crash.frames] == [
        ("desktop/ui/pdf_view.py", 88, "‹其他›"),
        ("sqlalchemy/orm/session.py", 12, "execute"),
        ("‹其他›", 3, "‹其他›"),
        ("<frozen importlib._bootstrap>", 241, "_call"),
    ]


@pytest.mark.parametrize("text", ["", "\n", "0.1.0", "张三\nFatal Python error: 张三 was here", "0.1.0\n\0\0\0"])
def test_a_torn_file_makes_sense_or_none(text: str) -> None:
    crash = crash_of(text, "")
    assert "张三" not in crash.fault + crash.version


@pytest.mark.parametrize("text", ["", "{", '{"crashes": 1}', '{"crashes": [1]}', '{"crashes": [{"at": 1}]}'])
def test_a_damaged_list_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert read_crashes(tmp_path) == []
    (tmp_path / "run-1.txt").write_text("0.1.0\nFatal Python error: Aborted\n", encoding="utf-8")
    collect(tmp_path)
    assert [crash.fault for crash in read_crashes(tmp_path)] == ["Aborted"]
