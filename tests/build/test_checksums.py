"""Sums that sha256sum understands, and the list by which a program folder is found to be whole."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from checksums import FILE_LIST, differences, write_file_list, write_sums


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "工程 项目"
    (folder / "lib" / "PySide6").mkdir(parents=True)
    (folder / "epm-desk.exe").write_bytes(b"program")
    (folder / "lib" / "PySide6" / "Qt6Core.dll").write_bytes(b"qt")
    (folder / "lib" / "说明 1.txt").write_bytes(b"")
    write_file_list(program=folder)
    return folder


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not here")
def test_sha256sum_agrees(tmp_path: Path) -> None:
    artefacts = [tmp_path / "b.zip", tmp_path / "a 安装.exe"]
    for file in artefacts:
        file.write_bytes(file.name.encode())
    sums = write_sums(artefacts, tmp_path)
    assert subprocess.run(["sha256sum", "-c", "--strict", sums.name], cwd=tmp_path, check=False).returncode == 0
    artefacts[0].write_bytes(b"altered")
    assert subprocess.run(["sha256sum", "-c", "--quiet", sums.name], cwd=tmp_path, check=False).returncode == 1


def test_the_list_holds_every_file_but_itself_sorted_with_slashes(program: Path) -> None:
    lines = (program / FILE_LIST).read_bytes().decode().splitlines(keepends=True)
    assert lines == [
        f"{hashlib.sha256(b'program').hexdigest()}  epm-desk.exe\n",
        f"{hashlib.sha256(b'qt').hexdigest()}  lib/PySide6/Qt6Core.dll\n",
        f"{hashlib.sha256(b'').hexdigest()}  lib/说明 1.txt\n",
    ]
    assert differences(program) == []
    write_file_list(program)
    assert (program / FILE_LIST).read_bytes().decode() == "".join(lines)


def test_what_is_missing_altered_or_added_is_told(program: Path) -> None:
    (program / "epm-desk.exe").write_bytes(b"altered")
    (program / "lib" / "PySide6" / "Qt6Core.dll").unlink()
    (program / "lib" / "stray.dll").write_bytes(b"")
    assert differences(program) == ["epm-desk.exe", "lib/PySide6/Qt6Core.dll", "lib/stray.dll"]
