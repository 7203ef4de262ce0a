"""The log rotates, survives what the disk does, and everything that nobody caught comes into it."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.services import diagnosis_log
from desktop.services.diagnosis_errors import read_errors
from desktop.services.diagnosis_keeper import FILE
from desktop.services.diagnosis_log import Log

ROOT = Path(__file__).parents[2]


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[logging.Logger]:
    made = logging.Logger("test")  # noqa: LOG001 – one of its own, that no other test hears
    made.addHandler(Log(tmp_path / "log" / "epm-desk.log"))
    yield made
    made.handlers[0].close()


def written(tmp_path: Path) -> str:
    return (tmp_path / "log" / "epm-desk.log").read_text(encoding="utf-8")


def fail(logger: logging.Logger, times: int) -> None:
    for _ in range(times):
        try:
            json.loads("{")
        except ValueError:
            logger.exception("failed: %s", "张三")


def test_an_error_over_and_over_does_not_drive_the_rest_out(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("before")
    fail(logger, 1000)
    logger.info("after")
    text = written(tmp_path)
    assert text.count("Traceback") == 3
    assert "failed: 张三 (the same error, now 512 times)" in text
    assert "before" in text
    assert "after" in text
    assert len(text) < 8_000


def test_it_is_rotated_and_three_older_ones_are_kept(
    logger: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis_log, "BYTES", 500)
    for number in range(60):
        logger.info("entry %03d %s", number, "x" * 40)
    files = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert files == ["epm-desk.log", "epm-desk.log.1", "epm-desk.log.2", "epm-desk.log.3"]
    assert "entry 059" in written(tmp_path)


def test_where_it_cannot_be_renamed_it_goes_on(
    logger: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_names: str) -> None:  # on Windows another program has it open
        raise PermissionError(13, "held")

    monkeypatch.setattr(diagnosis_log, "BYTES", 200)
    monkeypatch.setattr(Path, "replace", held)
    for number in range(20):
        logger.info("entry %03d %s", number, "x" * 40)
    assert [f"entry {number:03d}" in written(tmp_path) for number in range(20)] == [True] * 20


def test_a_log_that_cannot_be_written_is_told_once_and_the_work_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    logger = logging.Logger("test")  # noqa: LOG001 – one of its own, that no other test hears
    logger.addHandler(Log(tmp_path / "file" / "epm-desk.log"))
    logger.error("one")
    logger.error("two")
    said = capsys.readouterr().err
    assert said.count("无法写入") == 1
    assert "Traceback" not in said


def test_without_an_error_stream_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "stderr", None)  # as in a packaged program with windows
    logger = logging.Logger("test")  # noqa: LOG001 – one of its own, that no other test hears
    logger.addHandler(Log(tmp_path / "file" / "epm-desk.log"))
    logger.error("one")


EVERYWHERE = """
import gc, logging, sys, threading, time
from pathlib import Path
from PySide6.QtCore import QThreadPool, QTimer, Qt, QAbstractListModel
from PySide6.QtWidgets import QApplication, QListView, QPushButton, QWidget
from desktop.services.diagnosis_log import keep_log, watch_errors
from desktop.ui.operations import Operations

keep_log(Path(sys.argv[1]) / "epm-desk.log")
told = []
watch_errors(told.append)
app = QApplication([])

class Painted(QWidget):
    def paintEvent(self, event):
        raise ArithmeticError

class Model(QAbstractListModel):
    def rowCount(self, parent=None):
        return 1
    def data(self, index, role=0):
        raise LookupError

class Dying:
    def __del__(self):
        raise BufferError

def fail(error):
    raise error

painted, view, button = Painted(), QListView(), QPushButton()
view.setModel(Model())
painted.resize(40, 40)
painted.show()
view.show()
button.clicked.connect(lambda: fail(KeyError()))
operations = Operations(app)
QTimer.singleShot(0, lambda: fail(ValueError()))
QTimer.singleShot(0, button.click)
operations.start(app, lambda ticket: fail(EOFError()), print, failed=lambda error: None)
operations.start(app, lambda ticket: 1, lambda answer: fail(ReferenceError()))
thread = threading.Thread(target=lambda: fail(ConnectionError()))
thread.start()
thread.join()
Dying()
gc.collect()
QTimer.singleShot(600, app.quit)
app.exec()
begun = threading.Event()
operations.start(app, lambda ticket: (begun.set(), time.sleep(0.2), fail(TimeoutError())), print)
begun.wait()
operations.finish()  # nobody is there any more to hear of it
print(sorted({type(error).__name__ for error in told}))
"""


def test_errors_of_slots_painting_models_threads_and_operations_all_reach_the_log(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERYWHERE, str(tmp_path)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    kinds = {item.links[0].kind for item in read_errors(tmp_path / FILE)}
    caught = {"ArithmeticError", "LookupError", "ValueError", "KeyError", "ConnectionError", "ReferenceError"}
    assert kinds == caught | {"BufferError", "EOFError", "TimeoutError"}
    assert done.stdout.strip() == str(sorted(caught))
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    log = (tmp_path / "epm-desk.log").read_text(encoding="utf-8")
    assert [kind for kind in kinds if kind not in log] == []
    background = {item.links[0].kind for item in read_errors(tmp_path / FILE) if item.background}
    assert background == {"ConnectionError", "EOFError", "TimeoutError"}


def test_an_interruption_is_no_error(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[type[BaseException]] = []
    hooks = ("excepthook", "unraisablehook", "__excepthook__")
    for name in hooks:
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_rest: seen.append(kind))
    diagnosis_log.watch_errors(lambda error: pytest.fail(str(error)))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]
    assert caplog.records == []
