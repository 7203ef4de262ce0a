"""The program itself dies of a fault; at the next start it says so once, calmly, and offers a report."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.services.diagnosis_crash import collect, read_crashes
from desktop.services.home import Home
from desktop.ui.application import Application
from desktop.ui.notice_bar import NoticeBar
from tests.ui.hands import shown
from tests.ui.offices import Clock, new_office

ROOT = Path(__file__).parents[2]
DYING = """
import sys
from PySide6.QtCore import QTimer
from desktop import __main__ as program
from desktop.ui import application

def die():
    {deed}

shown = application.Application._show
def show_and_die(self, office, actor):
    shown(self, office, actor)
    QTimer.singleShot(0, die)

application.Application._show = show_and_die
sys.stderr = sys.stdout = None  # as in a packaged program with windows
sys.exit(program.main(["--home", sys.argv[1], "--data", sys.argv[2]]))
"""


def run(folder: Path, deed: str) -> int:
    command = [sys.executable, "-c", DYING.format(deed=deed), str(folder / "home"), str(folder / "office.epm")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=60, capture_output=True).returncode


def start(qtbot: QtBot, folder: Path) -> Application:
    made = Application(Home(folder / "home"), clock=Clock())
    made.begin(str(folder / "office.epm"))
    qtbot.waitUntil(lambda: made.window is not None and made.operations.idle, timeout=20_000)
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="faults have other names there")
@pytest.mark.parametrize("deed", ["__import__('faulthandler')._sigsegv()", "__import__('os').abort()"])
def test_a_crash_is_told_of_once_with_a_report_at_hand(
    qtbot: QtBot, tmp_path: Path, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_office(tmp_path).office.close()
    assert run(tmp_path, deed) < 0
    log = tmp_path / "home" / "log"
    collect(log)  # as the start of the program does
    (crash,) = read_crashes(log)
    assert crash.fault in {"Segmentation fault", "Aborted"}
    assert "desktop/ui/running.py" in {frame.file for frame in crash.frames}

    application = start(qtbot, tmp_path)
    assert application.window is not None
    (bar,) = shown(application.window, NoticeBar)
    assert any("意外中断" in label.text() for label in shown(bar, QLabel) if bar.isAncestorOf(label))
    assert application.window.isActiveWindow()  # nothing stands before it
    path = tmp_path / "报告.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_rest: (str(path), ""))
    press = {button.text(): button for button in shown(bar, QPushButton) if bar.isAncestorOf(button)}
    press["保存诊断报告…"].click()
    qtbot.waitUntil(lambda: path.exists() and application.operations.idle, timeout=20_000)
    assert f"崩溃：{crash.fault}" in path.read_text(encoding="utf-8-sig")
    press["知道了"].click()
    assert not bar.isVisible()
    application.close()

    again = start(qtbot, tmp_path)
    assert again.window is not None
    assert again.window.findChildren(NoticeBar) == []
    again.close()


def test_a_run_that_ended_well_or_by_an_error_is_no_crash(qtbot: QtBot, tmp_path: Path) -> None:
    new_office(tmp_path).office.close()
    assert run(tmp_path, "from PySide6.QtWidgets import QApplication; QApplication.closeAllWindows()") == 0
    log = tmp_path / "home" / "log"
    collect(log)
    assert read_crashes(log) == []
    assert list(log.glob("run-*.txt")) == []
    application = start(qtbot, tmp_path)
    assert application.window is not None
    assert application.window.findChildren(NoticeBar) == []
    application.close()
