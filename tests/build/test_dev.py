"""The door, opened as a person opens it: on a small project whose pins name nothing, with real environments."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import commands
import environment
import qt_libraries
import versions

BUILD = environment.ROOT / "build"
PROGRAM = """
import os, pathlib, sys
print("程序收到", sys.argv[1:])
if sys.argv[1:2] == ["tour"]:
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    for name in ("01.png", "02.png", "暂停申请表.pdf"):
        (folder / name).touch()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("build", "desktop", "requirements"):
        (root / folder).mkdir()
    for script in BUILD.glob("*.py"):
        shutil.copy(script, root / "build")
    (root / "desktop" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for file in ("runtime.txt", "package.txt", "dev.txt"):
        (root / "requirements" / file).write_text("# nothing\n", encoding="utf-8")
    return root


def door(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "build" / "dev.py"), *arguments]
    screenless = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    world = {**screenless, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=world, check=False)


def stamp(root: Path) -> Path:
    return root / environment.STAMP.relative_to(environment.ROOT)


@pytest.mark.parametrize("script", ["dev.py", "versions.py"])
def test_the_door_can_be_read_by_a_python_that_is_too_old(script: str) -> None:
    ast.parse((BUILD / script).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_door_and_the_project_agree_on_versions_of_python() -> None:
    project = tomllib.loads((environment.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest, (major, minor) = versions.OLDEST, versions.NEWEST
    assert project["requires-python"] == f">={oldest[0]}.{oldest[1]},<{major}.{minor + 1}"


def test_help_names_every_command(project: Path) -> None:
    said = door(project, "--help")
    assert said.returncode == 0
    assert [name for name in commands.COMMANDS if f"\n  {name} " not in said.stdout] == []


@pytest.mark.parametrize(("arguments", "complaint"), [(["frob"], "没有“frob”这个命令"), ([], "")])
def test_an_unknown_or_missing_command_is_told(project: Path, arguments: list[str], complaint: str) -> None:
    said = door(project, *arguments)
    assert said.returncode == 2
    assert complaint in said.stderr
    assert "用法" in said.stdout + said.stderr


def test_missing_system_libraries_are_found_by_loading_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_libraries, "OFFSCREEN", {"libnowhere.so.9": "libnowhere9"})
    assert qt_libraries.missing_libraries(screen=False) == {"libnowhere.so.9": "libnowhere9"}


@pytest.mark.slow
def test_the_environment_is_made_once_and_anew_after_an_interruption(project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    first = door(project, "run", "list", "项目")
    assert first.returncode == 0, first.stderr
    assert "正在建立运行环境" in first.stdout
    assert "程序收到 ['list', '项目']" in first.stdout

    stray = project / ".venv" / "stray"
    stray.touch()
    again = door(project, "run", "list")
    assert again.stdout == "程序收到 ['list']\n"
    assert stray.exists()

    stamp(project).write_text(environment.UNFINISHED, encoding="utf-8")
    assert "正在建立运行环境" in door(project, "run", "list").stdout
    assert not stray.exists()
    assert door(project, "run", "list").stdout == "程序收到 ['list']\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_the_tour_is_made_and_its_place_told(project: Path) -> None:
    said = door(project, "run")
    assert said.returncode == 0, said.stderr
    assert "没有屏幕" in said.stdout
    assert f"2 张画面（PNG）和 1 份表单（PDF）在 {project / 'out' / 'tour'}" in said.stdout


@pytest.mark.slow
def test_components_that_cannot_be_had_are_told_and_leave_the_set_up_unfinished(project: Path) -> None:
    pins = project / "requirements" / "dev.txt"
    pins.write_text("./nowhere-1.0-py3-none-any.whl\n", encoding="utf-8")
    try:
        said = door(project, "run", "list")
    finally:
        pins.write_text("# nothing\n", encoding="utf-8")
    assert said.returncode == 1
    assert "nowhere-1.0" in said.stderr
    assert "组件没有装全" in said.stderr
    assert "程序收到" not in said.stdout
    assert stamp(project).read_text(encoding="utf-8") == environment.UNFINISHED
