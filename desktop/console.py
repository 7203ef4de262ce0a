"""What is said where there is no window: on the console, or in a box of the system's where a person has none.

A windowed program on Windows has neither standard output nor standard error. This module needs the standard library
alone, so that it can still speak when the program's own files are missing.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from desktop import TITLE

INCOMPLETE: Final = 3
"""The exit code of a program that lacks files of its own: it failed."""
OLDEST_WINDOWS = (10, 0, 17763)
_LONGEST = 2000
_ICON_WARNING, _ICON_INFORMATION, _IN_FRONT = 0x30, 0x40, 0x10000


def tell(text: str) -> None:
    """Tell a person why the window does not open, wherever they can see it."""
    if sys.stderr is not None:
        print(text, file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            return
    _show(text, wrong=True)


@contextmanager
def gathered() -> Iterator[None]:
    """Show at the end, in one box, what was printed meanwhile, if there is nowhere to print to."""
    if sys.stdout is not None and sys.stderr is not None:
        yield
        return
    out, err = sys.stdout, sys.stderr
    said = sys.stdout = sys.stderr = io.StringIO()
    wrong = True
    try:
        yield
        wrong = False
    except SystemExit as end:
        wrong = bool(end.code)
        raise
    finally:
        sys.stdout, sys.stderr = out, err
        text = said.getvalue().strip()
        if text and (out or err):
            print(text, file=out or err, flush=True)
        elif text:
            _show(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n……（以下从略）", wrong=wrong)


@contextmanager
def program_files() -> Iterator[None]:
    """Load parts of the program; tell a person which file is missing, and end, if one cannot be loaded."""
    try:
        yield
    except (ImportError, OSError) as error:
        tell(incomplete(error))
        sys.exit(INCOMPLETE)


def incomplete(error: ImportError | OSError) -> str:
    """What is said of a file of the program that is missing or cannot be loaded."""
    name = error.name if isinstance(error, ImportError) else error.filename
    missing = f"缺少“{name}”" if name else "有文件缺少或损坏"
    return (
        f"程序文件不完整，{missing}，不能启动或继续运行。\n您的数据不受影响。\n"
        "请重新安装；便携版请把压缩包完整地重新解压（不要只取出其中的 .exe 文件）。"
        "如果杀毒软件隔离了文件，请在其中恢复并信任本程序。\n\n"
        f"详细信息：{type(error).__name__}: {error}"
    )


def old_windows() -> str:
    """What is said on a Windows on which the screen's library would not start; nothing elsewhere."""
    version = OLDEST_WINDOWS
    if sys.platform == "win32":
        found = sys.getwindowsversion()
        version = max(found[:3], found.platform_version)  # the first may be what an old program is made to believe
    if version >= OLDEST_WINDOWS:
        return ""
    told, oldest = (".".join(map(str, one)) for one in (version, OLDEST_WINDOWS))
    return (
        f"这台电脑的 Windows 版本（{told}）太旧，本程序需要 Windows 10 1809 版（{oldest}）或更新的版本。\n"
        "没有改动任何数据。\n请先更新 Windows，或在别的电脑上打开；数据文件可以照常带过去使用。"
    )


def _show(text: str, *, wrong: bool) -> None:
    if sys.platform == "win32":
        if sys.stderr is None:  # else there is a console, or whoever started this reads it
            import ctypes

            icon = _ICON_WARNING if wrong else _ICON_INFORMATION
            ctypes.windll.user32.MessageBoxW(None, text, TITLE, icon | _IN_FRONT)
    elif any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        _show_with_qt(text, wrong=wrong)


def _show_with_qt(text: str, *, wrong: bool) -> None:
    """Started from a menu on Linux: what stands on standard error is seen by nobody."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return
    try:
        from PySide6.QtWidgets import QApplication, QMessageBox

        from desktop.ui import theme

        app = QApplication.instance() or QApplication([TITLE, *theme.STYLE])
        if isinstance(app, QApplication):
            theme.install(app)  # also where the system has no Chinese font
    except (ImportError, OSError):
        return  # that is perhaps the very thing that was told
    icon = QMessageBox.Icon.Warning if wrong else QMessageBox.Icon.Information
    box = QMessageBox(icon, TITLE, text)
    box.addButton("知道了", QMessageBox.ButtonRole.AcceptRole)
    box.exec()
    del box, app
