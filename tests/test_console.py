"""What is said where there is no window and perhaps no console: a windowed program on Windows has neither."""

import ctypes
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pytest

from desktop import TITLE, __version__, console
from desktop import __main__ as program
from desktop.__main__ import with_file
from desktop.services.home import Home
from desktop.services.opening import create_office
from tests.services.world import founding

ROOT = Path(__file__).parents[1]
DEAF = ("sh", "-c", 'exec "$@" >&- 2>&- </dev/null', "sh")


class Windowed:
    """The program as a windowed one on Windows: no streams, and the system draws the boxes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.boxes: list[str] = []
        self._patch = patch

    def box(self, _owner: object, text: str, title: str, _icon: int) -> int:
        assert title == TITLE
        self.boxes.append(text)
        return 1

    @contextmanager
    def deaf(self, left: TextIO | None = None) -> Iterator[None]:
        """Without standard output, and without standard error unless one is ``left``."""
        windll = SimpleNamespace(user32=SimpleNamespace(MessageBoxW=self.box))
        import_module("desktop.commands")  # while the libraries may know where they are
        with self._patch.context() as patch:
            patch.setattr(ctypes, "windll", windll, raising=False)
            patch.setattr(sys, "platform", "win32")
            patch.setattr(sys, "stdout", None)
            patch.setattr(sys, "stderr", left)
            yield

    def main(self, *words: str) -> int:
        with self.deaf():
            try:
                return program.main(words)
            except SystemExit as end:
                return end.code if isinstance(end.code, int) else 0


@pytest.fixture
def windowed(monkeypatch: pytest.MonkeyPatch) -> Windowed:
    return Windowed(monkeypatch)


def run(*words: str, by: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.run(
        [*by, sys.executable, *words],
        cwd=ROOT,
        env={**environment, "QT_QPA_PLATFORM": "offscreen", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


# ---- without a console


def test_a_wrong_word_is_told_in_a_box(windowed: Windowed) -> None:
    assert windowed.main("weiter") == 2
    assert [text.splitlines()[0] for text in windowed.boxes] == ["命令行有误：没有“weiter”这个命令。"]


def test_version_and_help_are_told_in_a_box(windowed: Windowed) -> None:
    assert [windowed.main("--version"), windowed.main("--help")] == [0, 0]
    assert windowed.boxes[0] == __version__
    assert windowed.boxes[1].startswith("用法：")


def test_what_a_command_says_stands_in_one_box(windowed: Windowed, tmp_path: Path) -> None:
    home = ["--home", str(tmp_path / "home")]
    assert windowed.main(*home, "verify") == 1
    create_office(str(tmp_path / "home" / "office.epm"), founding(), Home(tmp_path / "home")).close()
    assert windowed.main(*home, "verify") == 0
    assert len(windowed.boxes) == 2
    assert "找不到数据文件" in windowed.boxes[0]
    assert "全部核对无误" in windowed.boxes[1]


def test_a_window_that_cannot_open_is_told_in_a_box(
    windowed: Windowed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "old_windows", lambda: "")  # no Windows here that could say how old it is
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert windowed.main("--home", str(tmp_path / "file" / "home")) == 1
    (told,) = windowed.boxes
    assert f"不能建立程序的数据文件夹“{tmp_path / 'file' / 'home'}”" in told
    assert "没有改动任何数据。" in told
    assert "请检查磁盘与权限" in told


def test_a_long_answer_is_cut(windowed: Windowed) -> None:
    with windowed.deaf(), console.gathered():
        print("项目\n" * 5000)  # noqa: T201 – as a command does
    (told,) = windowed.boxes
    assert told.endswith("……（以下从略）")
    assert len(told) < 2100


def test_with_one_stream_left_all_is_said_there(windowed: Windowed) -> None:
    left = io.StringIO()
    with windowed.deaf(left), console.gathered():
        print("一行")  # noqa: T201 – as a command does
        print("二行", file=sys.stderr)  # noqa: T201
    assert left.getvalue() == "一行\n二行\n"
    assert windowed.boxes == []


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_nothing_breaks_where_standard_output_and_error_are_closed(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    told = [
        run("-m", "desktop", "--home", home, *words, by=DEAF).returncode
        for words in (("sample", "--projects", "2"), ("list", "projects", "--as", "谁"), ("verify",), ("weiter",))
    ]
    assert told == [0, 1, 0, 2]


# ---- files of the program that are missing


@pytest.mark.parametrize(
    "name", ["sqlalchemy", "openpyxl", "PySide6.QtWidgets", "PySide6.QtNetwork", "desktop.ui.start"]
)
def test_a_missing_library_is_named_and_told_how_to_mend(name: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{name!r}] = None; from desktop.__main__ import main; sys.exit(main([]))"
    done = run("-c", code, EPM_DESK_HOME=str(tmp_path), PYTHONWARNDEFAULTENCODING="")
    assert done.returncode == console.INCOMPLETE
    assert done.stderr.startswith(f"程序文件不完整，缺少“{name}”，不能启动或继续运行。")
    assert "请重新安装" in done.stderr
    assert "您的数据不受影响。" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_library_that_does_not_load_and_a_missing_resource_are_told() -> None:
    damaged = console.incomplete(OSError("/x/libpdfium.so: file too short"))
    assert "有文件缺少或损坏" in damaged
    assert "libpdfium.so" in damaged
    assert "缺少“epm.toml”" in console.incomplete(FileNotFoundError(2, "No such file", "epm.toml"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the plugin of Linux")
def test_a_missing_screen_plugin_is_told_before_qt_gives_up(tmp_path: Path) -> None:
    code = (
        "import os, sys; del os.environ['QT_QPA_PLATFORM']; os.environ['DISPLAY'] = ':none'\n"
        "from PySide6.QtCore import QLibraryInfo\n"
        f"QLibraryInfo.path = lambda _what: {str(tmp_path)!r}\n"
        "from desktop import console, __main__; console._show = lambda *_args, **_words: None\n"
        "sys.exit(__main__.main([]))"
    )
    done = run("-c", code, EPM_DESK_HOME=str(tmp_path / "home"))
    assert done.returncode == console.INCOMPLETE
    assert "libqxcb.so" in done.stderr


# ---- an old Windows


@pytest.mark.parametrize(
    ("version", "real", "fits"),
    [
        ((6, 1, 7601), (6, 1, 7601), False),
        ((10, 0, 17134), (10, 0, 17134), False),
        ((10, 0, 17763), (10, 0, 17763), True),
        ((6, 2, 9200), (10, 0, 22631), True),  # what Windows tells a program that it does not know
    ],
)
def test_a_windows_too_old_is_told(
    version: tuple[int, int, int], real: tuple[int, int, int], fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Version(tuple[int, int, int]):
        __slots__ = ()
        platform_version = real

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "getwindowsversion", lambda: Version(version), raising=False)
    told = console.old_windows()
    assert bool(told) is not fits
    assert fits or ".".join(map(str, version)) in told


def test_elsewhere_no_windows_is_too_old() -> None:
    if sys.platform != "win32":
        assert console.old_windows() == ""


# ---- a data file as the only word

Words = list[str]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["E:\\项目 资料\\滨海.EPM"], ["--data", "E:\\项目 资料\\滨海.EPM"]),
        (["--home", "x.epm", "a.epm"], ["--home", "x.epm", "--data", "a.epm"]),
        (["a.epm", "--home", "h"], ["--data", "a.epm", "--home", "h"]),
        (["--data", "a.epm"], ["--data", "a.epm"]),
        (["verify"], ["verify"]),
        (["import-ledger", "a.epm"], ["import-ledger", "a.epm"]),
        (["--data", "a.epm", "list", "projects"], ["--data", "a.epm", "list", "projects"]),
        (["weiter"], ["weiter"]),
        ([], []),
    ],
)
def test_a_data_file_alone_is_opened(words: Words, meant: Words) -> None:
    assert with_file(words) == meant


def test_any_file_dropped_on_the_program_is_taken_for_data(tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_text("", encoding="utf-8")
    assert with_file([str(tmp_path / "台账.xlsx")])[0] == "--data"


def test_two_files_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        with_file(["a.epm", "b.epm"])
    assert ended.value.code == 2
    assert "一次只能打开一个数据文件" in capsys.readouterr().err
