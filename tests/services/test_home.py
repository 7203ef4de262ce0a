"""The program's own folder: where it is, and what is carried with it from machine to machine."""

import json
import shutil
import sys
from pathlib import Path

import platformdirs
import pytest

from desktop.services.home import Home, default_data_file, default_home
from desktop.store.writable import write_whole


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The folder of a program that is carried about."""
    folder = tmp_path / "盘 E" / "工程项目管理台"
    folder.mkdir(parents=True)
    (folder / "portable.txt").touch()
    return folder


def test_a_portable_program_keeps_its_data_beside_itself(stick: Path) -> None:
    home = default_home(stick)
    assert home.portable
    assert home.folder == stick / "data"
    assert home.folder.is_dir()
    assert default_data_file(home) == stick / "data" / "office.epm"
    assert {home.log_file, home.backups} == {stick / "data" / "log" / "epm-desk.log", stick / "data" / "backups"}


def test_a_packaged_program_looks_beside_its_executable(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(stick / "epm-desk.exe"))
    assert default_home().folder == stick / "data"


def test_an_installed_program_uses_the_users_folder(stick: Path) -> None:
    (stick / "portable.txt").unlink()
    home = default_home(stick)
    assert not home.portable
    assert home.folder == platformdirs.user_data_path("epm-desk", appauthor=False)
    assert not (stick / "data").exists()


def test_a_folder_named_wins_over_the_stick(stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPM_DESK_HOME", str(tmp_path / "trial"))
    home = default_home(stick)
    assert (home.folder, home.portable) == (tmp_path / "trial", False)


@pytest.mark.parametrize("beside", ["data/office.epm", "../数据/滨海.epm"])
def test_what_lies_on_the_stick_is_found_under_another_letter(stick: Path, tmp_path: Path, beside: str) -> None:
    file = (stick / beside).resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    home = default_home(stick)
    home.remember(target=str(file), person_id="p")
    assert home.remembered().target == str(file)
    other = tmp_path / "盘 F"
    shutil.move(stick.parent, other)
    again = default_home(other / stick.name)
    assert again.remembered().target == str(other / file.relative_to(stick.parent))
    assert Path(again.remembered().target).exists()
    assert again.remembered().person_id == "p"
    kept = json.loads((again.folder / "remembered.json").read_text(encoding="utf-8"))["target"]
    assert "\\" not in kept
    assert not Path(kept).is_absolute()


@pytest.mark.parametrize(
    "target", ["postgresql://clerk@host/office", "C:\\Users\\office.epm", "\\\\server\\a\\o.epm", ""]
)
def test_what_lies_elsewhere_keeps_its_name(stick: Path, target: str) -> None:
    home = default_home(stick)
    home.remember(target=target)
    assert home.remembered().target == target


def test_the_offices_opened_before_are_remembered_the_latest_first(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for place in ("a.epm", "postgresql://clerk@db/office", "a.epm", "b.epm", "b.epm"):
        home.remember(target=place, person_id="p")
    assert home.remembered().before == ("a.epm", "postgresql://clerk@db/office")
    home.remember(person_id="q", locked=True)
    assert home.remembered().before == ("a.epm", "postgresql://clerk@db/office")
    for number in range(9):
        home.remember(target=f"{number}.epm")
    assert home.remembered().before == ("7.epm", "6.epm", "5.epm", "4.epm")
    (home.folder / "remembered.json").write_text('{"target": "a", "person_id": "", "locked": false}', encoding="utf-8")
    assert home.remembered().before == ()  # an earlier program wrote it


def test_an_office_opened_before_is_found_on_the_stick_under_another_letter(stick: Path, tmp_path: Path) -> None:
    home = default_home(stick)
    (home.folder / "office.epm").touch()
    home.remember(target=str(home.folder / "office.epm"))
    home.remember(target="postgresql://clerk@db/office")
    shutil.move(stick.parent, tmp_path / "盘 F")
    again = default_home(tmp_path / "盘 F" / stick.name)
    assert again.remembered().before == (str(again.folder / "office.epm"),)


def test_an_installed_program_remembers_whole_paths(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (home.folder / "office.epm").touch()
    home.remember(target=str(home.folder / "office.epm"))
    kept = json.loads((home.folder / "remembered.json").read_text(encoding="utf-8"))
    assert kept["target"] == str(home.folder / "office.epm")


def test_a_stick_is_one_seat_on_every_machine_and_is_not_named_after_one(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.node", lambda: "一号机")
    first = default_home(stick).installation
    monkeypatch.setattr("platform.node", lambda: "二号机")
    assert default_home(stick).installation == first
    assert first.name == "便携版（首次用于 一号机）"


def test_a_small_file_that_cannot_be_written_leaves_no_part(tmp_path: Path) -> None:
    (tmp_path / "remembered.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "remembered.json", "{}")
    assert [file.name for file in tmp_path.iterdir()] == ["remembered.json"]
