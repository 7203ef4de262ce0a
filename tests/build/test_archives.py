"""What is handed out as one file: the stick's ZIP, the Linux tar and its registering script."""

import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import longest_folder, make_portable, make_tar

from desktop.store.places import PORTABLE

MADE = datetime(2026, 11, 22, 10, 0, 30, tzinfo=UTC)
PACKAGING = Path(__file__).resolve().parents[2] / "build" / "packaging"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "made" / "epm-desk"
    (folder / "lib" / "resources" / "icons").mkdir(parents=True)
    (folder / "epm-desk").write_bytes(b"program")
    (folder / "epm-desk").chmod(0o755)
    (folder / "lib" / "名称𠮷.txt").write_text("内容", encoding="utf-8")
    return folder


def test_the_stick_holds_the_program_its_marker_and_notes(program: Path, tmp_path: Path) -> None:
    archive = make_portable(program, tmp_path, "1.2.3", MADE)
    assert archive.name == "epm-desk-1.2.3-portable.zip"
    with zipfile.ZipFile(archive) as stick:
        assert stick.testzip() is None
        assert sorted(stick.namelist()) == sorted(
            f"epm-desk/{name}" for name in ("epm-desk", "lib/名称𠮷.txt", PORTABLE, "说明.txt")
        )
        assert stick.read("epm-desk/lib/名称𠮷.txt").decode() == "内容"
        notes = stick.read("epm-desk/说明.txt")
    assert notes.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in notes
    assert "1.2.3" in notes.decode("utf-8-sig")
    assert f"不要超过 {longest_folder(program)} 个字符" in notes.decode("utf-8-sig")


def test_the_longest_folder_leaves_room_for_the_innermost_file(program: Path) -> None:
    (program / "lib" / ("x" * 60)).write_bytes(b"")
    assert longest_folder(program) + 1 + len("lib/") + 60 == 259


def test_the_tar_holds_programs_as_programs_and_links_as_links(program: Path, tmp_path: Path) -> None:
    (program / "lib" / "link").symlink_to("名称𠮷.txt")
    archive = make_tar(program, tmp_path, "1.2.3", MADE)
    with tarfile.open(archive) as tar:
        entries = {entry.name: entry for entry in tar.getmembers()}
    assert entries["epm-desk/epm-desk"].mode & 0o111
    assert entries["epm-desk/lib/link"].issym()
    assert "epm-desk/说明.txt" in entries
    assert {(entry.uname, entry.mtime) for entry in entries.values()} == {("root", MADE.timestamp())}


@pytest.mark.parametrize("make", [make_portable, make_tar])
def test_the_same_program_gives_the_same_content(
    program: Path, tmp_path: Path, make: Callable[[Path, Path, str, datetime], Path]
) -> None:
    contents = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.unpack_archive(make(program, folder, "1", MADE), folder / "out")
        paths = (path for path in sorted(folder.rglob("out/**/*")) if path.is_file())
        contents.append([(path.name, path.read_bytes()) for path in paths])
    assert contents[0] == contents[1] != []


@pytest.mark.skipif(shutil.which("sh") is None, reason="a shell script")
def test_registering_names_the_program_where_it_lies_and_takes_it_back(program: Path, tmp_path: Path) -> None:
    program = program.rename(tmp_path / "我的 程序 & $more% \\")
    (program / "share").mkdir()
    for name in ("epm-desk.desktop", "epm-desk.xml"):
        shutil.copy(PACKAGING / name, program / "share" / name)
    for size in (16, 24, 32, 48, 64, 128, 256):
        for name in ("epm-desk", "epm-file"):
            (program / "lib" / "resources" / "icons" / f"{name}-{size}.png").write_bytes(b"icon")
    script = shutil.copy(PACKAGING / "register.sh", program / "register.sh")
    share = tmp_path / "share"

    def register(*words: str) -> str:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(share), "LANG": "C.UTF-8"}
        done = subprocess.run(["sh", script, *words], env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    assert "已登记" in register()
    entry = (share / "applications" / "epm-desk.desktop").read_text(encoding="utf-8")
    wanted = str(program / "epm-desk").replace("\\", "\\" * 4).replace("$", "\\\\$").replace("%", "%%")
    assert f'Exec="{wanted}" %f\n' in entry
    assert (share / "mime" / "packages" / "epm-desk.xml").exists()
    assert (share / "icons" / "hicolor" / "48x48" / "apps" / "epm-desk.png").exists()
    assert "已取消登记" in register("--remove")
    assert [path for path in share.rglob("*epm*") if path.is_file() and path.suffix != ".xml"] == []
    assert not (share / "mime" / "packages" / "epm-desk.xml").exists()
