"""Missing and changed files of the program are found by the list that was packed with it."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from desktop.services import diagnosis_files
from desktop.services.diagnosis import Scene, make_report
from desktop.services.diagnosis_files import FilesCheck, check_files, check_fonts, check_program, packed_versions
from desktop.services.home import Home
from desktop.services.licences import list_licences
from desktop.services.resources import RESOURCES
from tests.services.test_diagnosis import NOW, lines

CONTENTS = {"epm-desk.exe": b"MZ", "lib/resources/policies/epm.toml": b"x = 1", "lib/中文 名.dll": b"\0" * 70_000}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packaged program with its list, as the packager lays it out."""
    folder = tmp_path / "epm-desk"
    listed = []
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        listed.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    (folder / "lib" / "files.sha256").write_text("".join(listed), encoding="utf-8")
    monkeypatch.setattr(diagnosis_files, "RESOURCES", folder / "lib" / "resources")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    return folder


def test_a_whole_program_is_whole_and_progress_is_told(program: Path) -> None:
    told: list[tuple[int, int]] = []
    assert check_program(lambda done, total: told.append((done, total))) == FilesCheck(3)
    assert told == [(0, 3), (1, 3), (2, 3)]
    assert diagnosis_files.program_folder() == program


def test_what_is_missing_and_changed_is_named_and_more_files_are_no_fault(program: Path) -> None:
    (program / "lib" / "中文 名.dll").unlink()
    (program / "epm-desk.exe").write_bytes(b"MZ virus")
    (program / "portable.txt").write_text("", encoding="utf-8")
    check = check_program()
    assert check == FilesCheck(3, missing=("lib/中文 名.dll",), changed=("epm-desk.exe",))
    assert not check.whole


def test_a_file_that_is_kept_from_being_read_is_told_apart(program: Path) -> None:
    (program / "epm-desk.exe").unlink()
    (program / "epm-desk.exe").mkdir()
    assert check_program() == FilesCheck(3, unreadable=("epm-desk.exe",))


def test_it_stands_in_the_report(program: Path, tmp_path: Path) -> None:
    (program / "epm-desk.exe").unlink()
    told = lines(make_report(Scene(Home(tmp_path / "home"), "", NOW)))
    assert told["程序文件缺少"] == "epm-desk.exe，共 1 个"
    assert told["程序文件"] == "清单上有 3 个"
    assert told["运行方式"] == "安装版或解压版"
    assert lines(make_report(Scene(Home(tmp_path / "data", portable=True), "", NOW)))["运行方式"].startswith("便携版")


def test_the_versions_of_a_packaged_program_are_those_of_its_bill(program: Path, tmp_path: Path) -> None:
    bill = {
        "components": [{"name": "Alembic", "version": "9.9"}, {"name": "OpenSSL", "version": "3.5.9"}, {"name": "x"}]
    }
    (program / "lib" / "sbom.cdx.json").write_text(json.dumps(bill), encoding="utf-8")
    told = lines(make_report(Scene(Home(tmp_path / "home"), "", NOW)))
    assert (told["alembic"], told["OpenSSL"]) == ("9.9", "3.5.9")
    (program / "lib" / "sbom.cdx.json").write_text('{"components": [1]}', encoding="utf-8")
    assert packed_versions() == {}


def test_a_source_tree_has_no_list_and_says_so(tmp_path: Path) -> None:
    assert check_program() is None
    told = lines(make_report(Scene(Home(tmp_path / "home"), "", NOW)))
    assert told["程序文件"] == "没有清单：不是打包的程序，无需核对"
    assert told["运行方式"] == "源代码"


@pytest.mark.parametrize(
    "text", ["", "garbage", f"{'0' * 64}  ../../etc/passwd", f"{'0' * 64}  /etc/passwd", "abc  epm-desk.exe"]
)
def test_a_list_that_is_damaged_is_told_and_leads_nowhere_else(program: Path, text: str) -> None:
    (program / "lib" / "files.sha256").write_text(text, encoding="utf-8")
    check = check_program()
    assert check is not None
    assert not check.list_whole
    assert check.missing == check.changed == ()


def test_a_list_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"\xff\xfe\x00")
    assert check_files(tmp_path / "list", tmp_path) == FilesCheck(0, list_whole=False)


def test_the_bundled_fonts_are_those_of_their_list() -> None:
    check = check_fonts()
    assert check is not None
    assert check.whole
    assert check.listed == len(list((RESOURCES / "fonts").glob("*.ttf")))


def test_the_licences_of_the_tree_and_of_a_package_are_found(tmp_path: Path) -> None:
    assert [item.title for item in list_licences()][:2] == ["本程序", "第三方组件一览"]
    assert all(len(item.text()) > 500 for item in list_licences())
    (tmp_path / "licences" / "PySide6").mkdir(parents=True)
    (tmp_path / "LICENSE").write_text("MIT", encoding="utf-8")
    (tmp_path / "licences" / "PySide6" / "LICENSE").write_text("LGPL", encoding="utf-8")
    (tmp_path / "licences" / "logo.png").write_bytes(b"\x89PNG")
    found = list_licences(tmp_path)
    assert [(item.title, item.text()) for item in found] == [("本程序", "MIT"), ("PySide6/LICENSE", "LGPL")]
    found[1].file.unlink()
    assert "读不出来" in found[1].text()
