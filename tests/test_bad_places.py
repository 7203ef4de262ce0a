"""Folders and disks on which nothing can be written, made for real in a name space of mounts of the test's own."""

import json
import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from desktop.services.home import Home
from desktop.services.opening import inspect_target
from desktop.services.people import add_person
from desktop.store.writable import is_too_long
from tests.disks import READ_ONLY, needs_mounts, within
from tests.ui.offices import new_office

FULL = (
    'cp -a "{0}" "{0}.kept" && mount -t tmpfs -o size=2m tmpfs "{0}" && cp -a "{0}.kept/." "{0}"'
    ' && {{ dd if=/dev/zero of="{0}/filling" bs=4k status=none 2>/dev/null || true; }}'
)


pytestmark = needs_mounts


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A data file and a home in folders of their own, the person known."""
    new_office(tmp_path / "made").office.close()
    (tmp_path / "数据 资料").mkdir()
    shutil.move(tmp_path / "made" / "office.epm", tmp_path / "数据 资料" / "滨海.epm")
    shutil.move(tmp_path / "made" / "home", tmp_path / "home")
    Home(tmp_path / "home").remember(target="")
    return tmp_path / "数据 资料" / "滨海.epm"


def desk_at(mounts: str, home: Path, data: Path) -> dict[str, str]:
    picture = os.environ.get("EPM_TEST_PICTURES")
    words = [str(Path(picture) / f"{len(list(Path(picture).iterdir()))}.png")] if picture else []
    done = within(mounts, "-m", "tests.desk_at", home, data, *words)
    assert done.returncode == 0, done.stderr
    said: dict[str, str] = json.loads(done.stdout)
    return said


# ---- the home


def test_a_home_that_exists_and_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    home = tmp_path / "家 目录"
    home.mkdir()
    done = within(READ_ONLY.format(home), "-m", "desktop", "--home", home)
    assert done.returncode == 1
    assert done.stderr.startswith(f"程序不能在它的数据文件夹“{home}”中保存草稿和日志：所在的磁盘是只读的。")
    assert "用 --home 另指定" in done.stderr


def test_commands_that_only_read_go_on_with_such_a_home(office: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = within(READ_ONLY.format(home), "-m", "desktop", "--home", home, "--data", office, "verify")
    assert (done.returncode, "全部核对无误" in done.stdout) == (0, True)


@pytest.mark.parametrize("began", [False, True], ids=["never used", "used before"])
def test_a_stick_that_is_write_protected_is_told(tmp_path: Path, began: bool) -> None:
    program = tmp_path / "工程项目管理台"
    program.mkdir()
    (program / "portable.txt").touch()
    if began:
        (program / "data").mkdir()
    code = (
        f"import sys; sys.frozen = True; sys.executable = {str(program / 'epm-desk')!r}\n"
        "from desktop.__main__ import main; sys.exit(main([]))"
    )
    done = within(READ_ONLY.format(program), "-c", code)
    assert done.returncode == 1
    assert f"“{program / 'data'}”" in done.stderr
    assert "所在的磁盘是只读的" in done.stderr
    assert "请取消 U 盘的写保护，或把整个程序文件夹复制到电脑的硬盘上" in done.stderr


def test_a_full_disk_under_the_home_is_told_in_the_status_line_and_the_work_goes_on(
    office: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    said = desk_at(FULL.format(home), home, office)
    assert said["notice"].startswith(f"填写中的草稿保存不了：“{home}”所在的磁盘已满。")
    assert "drafts.sqlite”所在磁盘已满，未能保存" in said["draft"]
    assert said["saving"] == ""
    assert not [name for name in said["left"].split() if name.startswith(("remembered.json.", ".epm-desk"))]


def test_the_program_starts_with_a_full_disk_under_its_home(office: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code = (
        "import sys; from PySide6.QtCore import Qt, QCoreApplication; from desktop.ui.application import Application\n"
        "begin = Application.begin\n"
        "def begin_and_end(self, target):\n"
        "    self.ready.connect(QCoreApplication.quit, Qt.ConnectionType.QueuedConnection)\n"
        "    begin(self, target)\n"
        "Application.begin = begin_and_end\n"
        "from desktop.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    done = within(FULL.format(home), "-c", code, "--home", home, "--data", office)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "日志" in done.stderr
    assert "Traceback" not in done.stderr


# ---- the data file


def test_a_read_only_data_file_says_so_when_it_opens(office: Path, tmp_path: Path) -> None:
    said = desk_at(READ_ONLY.format(office.parent), tmp_path / "home", office)
    assert said["notice"].startswith("数据文件“滨海.epm”是只读的，可以查看和打印，不能保存。")
    assert "是只读的，不能保存" in said["saving"]
    assert said["draft"] == ""


def test_a_file_that_alone_is_read_only_says_so_too(office: Path, tmp_path: Path) -> None:
    said = desk_at(READ_ONLY.format(office), tmp_path / "home", office)
    assert said["notice"].startswith("数据文件“滨海.epm”是只读的")


def test_a_full_disk_under_the_data_is_told_when_it_opens_and_on_saving(office: Path, tmp_path: Path) -> None:
    said = desk_at(FULL.format(office.parent), tmp_path / "home", office)
    assert said["notice"].startswith("数据文件“滨海.epm”所在的磁盘已满，可以查看和打印，不能保存。")
    assert "所在磁盘已满，未能保存" in said["saving"]
    assert "没有写入任何内容" in said["saving"]
    assert said["draft"] == ""


def test_a_data_file_on_a_stick_that_is_gone_is_told_on_the_start_page(tmp_path: Path) -> None:
    said = desk_at("true", tmp_path / "home", tmp_path / "U 盘" / "没有.epm")
    assert "没有.epm" in said["start"]
    assert "U 盘是否插好" in said["start"]


# ---- a place for a new data file

LOOK = "import sys; from desktop.services.opening import inspect_target; print(inspect_target(sys.argv[1]).unfit)"


def test_a_place_that_cannot_be_written_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    place = tmp_path / "只读"
    place.mkdir()
    for file in (place / "office.epm", place / "新" / "文件夹" / "office.epm"):
        done = within(READ_ONLY.format(place), "-c", LOOK, file)
        assert done.stdout.startswith(f"不能在“{place}”中新建文件：所在的磁盘是只读的。"), done.stderr


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path) -> None:
    place = tmp_path / "小盘"
    place.mkdir()
    done = within(f'mount -t tmpfs -o size=1m tmpfs "{place}"', "-c", LOOK, place / "office.epm")
    assert "快满了，放不下新的数据文件" in done.stdout


def test_an_office_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "小盘"
    place.mkdir()
    code = (
        "import sys; from pathlib import Path; from desktop.domain.errors import Refusal\n"
        "from desktop.services.home import Home; from desktop.services.opening import create_office\n"
        "from tests.services.world import founding\n"
        "try: create_office(sys.argv[1], founding(), Home(Path(sys.argv[2])))\n"
        "except Refusal as refusal: print(refusal, [item.name for item in Path(sys.argv[1]).parent.iterdir()])"
    )
    mount = f'mount -t tmpfs -o size=200k tmpfs "{place}"'
    done = within(mount, "-c", code, place / "office.epm", tmp_path / "home")
    assert "所在磁盘已满" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("[]")


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "文件").touch()
    assert "不是文件夹" in inspect_target(tmp_path / "文件" / "office.epm").unfit


def test_a_good_place_is_left_as_it_was(tmp_path: Path) -> None:
    assert inspect_target(tmp_path / "新 文件夹" / "office.epm").unfit == ""
    assert list(tmp_path.iterdir()) == []


# ---- long paths


def test_a_path_of_200_characters_with_chinese_and_blanks_works(tmp_path: Path) -> None:
    room = 200 - len(str(tmp_path / "office.epm")) - 1
    folder = tmp_path / ("工程 a" * 50)[:room]
    made = new_office(folder)
    assert len(made.office.target) == 200
    made.office.run(made.actor, partial(add_person, name="㛃喆"))
    made.office.close()
    assert inspect_target(folder / "office.epm").unfit == ""


def test_a_path_too_long_for_the_database_is_told(tmp_path: Path) -> None:
    folder = tmp_path / ("长" * 80) / ("长" * 80)
    file = folder / "office.epm"
    assert is_too_long(file)
    assert "路径太长" in inspect_target(file).unfit
    folder.mkdir(parents=True)
    file.touch()
    said = desk_at("true", tmp_path / "home", file)
    assert "的路径太长，打不开" in said["start"]
