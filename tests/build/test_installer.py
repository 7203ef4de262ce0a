"""What the installer's script is told, and what it must never do; the installer itself is tried by the smoke run."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.build.program_folders import WINDOWS_PROGRAM

import installer
import signing
from checksums import FILE_LIST, write_file_list
from environment import ROOT, SetupFailure
from installer import FILE_ICON, Contents, Places, definitions, make_installer, survey

HERE = ROOT / "build" / "packaging"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.ns[ih]"))}
WHOLE = "\n".join(SCRIPTS.values())
# what NSIS itself and its own headers define
NSIS = re.compile(
    r"(NSIS|MUI|LANG|WM|BM|CLSID|IID|VT|PKEY|SYSSTRUCT|STGM|WinVer)_?.*|NSISDIR|DEFINES|un|part|line|name"
)
PLACES = Places("/project", "/program", "/made")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "程序"
    icon = folder / FILE_ICON
    icon.parent.mkdir(parents=True)
    icon.write_bytes(b"icon")
    shutil.copy(WINDOWS_PROGRAM, folder / "epm-desk.exe")
    write_file_list(folder)
    return folder


def staged(program: Path, file: str) -> str:
    """Add a file; its path while it is staged in a program folder whose own path is as long as it may be."""
    (program / file).parent.mkdir(parents=True)
    (program / file).write_text("", encoding="utf-8")
    return "\\".join(["x" * survey(program).longest_folder, installer.STAGED, *file.split("/")])


def test_the_program_folder_is_measured(program: Path) -> None:
    contents = survey(program)
    files = [path for path in program.rglob("*") if path.is_file()]
    assert contents.parts == ("epm-desk.exe", "lib", "uninstall.exe")
    assert (contents.files, contents.size) == (3, sum(path.stat().st_size for path in files))
    assert contents.room > contents.size + 3 * 2048


def test_the_longest_path_inside_fits_while_it_is_staged(program: Path) -> None:
    assert len(staged(program, f"lib/psycopg/a-library-with-its-checksum-{'0123456789abcdef' * 3}.dll")) == 259


def test_paths_of_folders_have_less_room_than_those_of_files(program: Path) -> None:
    assert len(staged(program, f"lib/{'deep/' * 12}a").removesuffix("\\a")) == 247


def test_names_that_the_list_of_files_cannot_hold_are_refused(program: Path) -> None:
    (program / "lib" / "说明.txt").write_text("", encoding="utf-8")
    with pytest.raises(SetupFailure, match=r"lib/说明\.txt"):
        survey(program)


def test_the_icon_of_data_files_must_be_there(program: Path) -> None:
    (program / FILE_ICON).unlink()
    with pytest.raises(SetupFailure, match="图标"):
        survey(program)


def test_a_program_folder_that_is_not_as_its_list_says_is_refused(program: Path, tmp_path: Path) -> None:
    (program / "lib" / "late.txt").write_text("", encoding="utf-8")
    with pytest.raises(SetupFailure, match=r"lib/late\.txt"):
        make_installer(program, tmp_path, "0.1.0")
    (program / FILE_LIST).unlink()
    with pytest.raises(SetupFailure, match=FILE_LIST):
        make_installer(program, tmp_path, "0.1.0")


CONTENTS = Contents(("epm-desk.exe", "lib", "uninstall.exe"), 7, 2048, 9_000_000, 177)


def defined(text: str) -> dict[str, str]:
    return dict(re.findall(r'^!define (\w+) "(.*)"$', text, re.MULTILINE))


def test_the_script_is_told_names_version_and_sizes() -> None:
    text = definitions(CONTENTS, PLACES, "1.2.3", ["!uninstfinalize x"])
    values = defined(text)
    assert values["TITLE"] == "工程项目管理台"
    assert values["VERSION_IN_FOUR"] == "1.2.3.0"
    assert values["OUTPUT"] == "/made/epm-desk-1.2.3-setup.exe"
    assert values["SETUP_FILE"] == "epm-desk-1.2.3-setup.exe"
    assert values["FILE_ICON"] == "lib\\resources\\icons\\epm-file.ico"
    assert (values["TOTAL_FILES"], values["TOTAL_BYTES"], values["TOTAL_KILOBYTES"]) == ("7", "2048", "2")
    assert values["LONGEST_FOLDER"] == "177"
    assert values["OLDEST_BUILD"] == "17763"
    assert [line for line in text.splitlines() if "${do}" in line] == [
        f'  !insertmacro ${{do}} "{part}"' for part in CONTENTS.parts
    ]
    assert text.endswith("!uninstfinalize x\n")


def test_on_windows_the_same_script_is_told_windows_paths() -> None:
    values = defined(definitions(CONTENTS, Places("C:\\p", "D:\\a b", "D:\\made", separator="\\"), "1.2.3", []))
    assert values["ICON"] == "C:\\p\\resources\\icons\\epm-desk.ico"
    assert values["LIST_SOURCE"] == "D:\\a b\\lib\\files.sha256"
    assert values["OUTPUT"] == "D:\\made\\epm-desk-1.2.3-setup.exe"
    assert "/" not in "".join(values.values()).replace("epm-desk/", "")


def test_what_the_script_uses_is_defined_and_what_it_is_told_is_used() -> None:
    used = set(re.findall(r"\$\{([A-Z][A-Z_]+)\}", WHOLE))
    own = set(re.findall(r"!define (?:/redef )?(\w+)", WHOLE))
    told = set(defined(definitions(CONTENTS, PLACES, "1.2.3", [])))
    assert {name for name in used - own - told if not NSIS.fullmatch(name)} == set()
    assert told - used == set()


def test_the_files_that_the_script_names_are_there() -> None:
    values = defined(definitions(CONTENTS, PLACES, "1.2.3", []))
    named = [values[name] for name in ("ICON", "HEADER_PICTURE", "SIDE_PICTURE")]
    included = [name for name in re.findall(r'!include "([\w-]+\.nsh)"', WHOLE) if name in SCRIPTS]
    assert all((ROOT / Path(name).relative_to("/project")).is_file() for name in named)
    assert sorted([*included, "installer.nsi"]) == sorted(SCRIPTS)


def test_no_administrator_is_needed_and_nothing_of_other_people_is_touched() -> None:
    assert "RequestExecutionLevel user" in WHOLE
    assert re.findall(r"HKLM|HKCR|HKEY_|SHCTX|SetShellVarContext|\$PROGRAMFILES|\$COMMON", WHOLE) == []
    assert set(re.findall(r"(?:Write|Delete)Reg\w+ (?:/\w+ )*(\w+)", WHOLE)) == {"HKCU"}


def test_no_box_ever_stands_in_the_way_of_a_silent_run() -> None:
    pages = {"LeavePlace", "un.LeaveQuestion"}  # there are no pages then
    boxes = {}
    for function, body in re.findall(
        r"^(?:Function|Section) (\S+)(.*?)^(?:Function|Section)End", WHOLE, re.MULTILINE | re.DOTALL
    ):
        joined = re.sub(r"\\\n\s*", "", body)
        boxes[function] = [line for line in joined.splitlines() if "MessageBox" in line]
    assert sum(map(len, boxes.values())) == WHOLE.count("MessageBox ")
    assert [line for name, lines in boxes.items() if name not in pages for line in lines if "/SD" not in line] == []


def test_whole_folders_are_deleted_only_where_they_are_the_installers_own() -> None:
    deleted = set(re.findall(r'RMDir /r "?([^"\n]+)"?', WHOLE))
    assert deleted == {"$INSTDIR\\${STAGED}", "$INSTDIR\\${RETIRED}", "${DOOMED}"}


def test_the_uninstaller_is_signed_before_it_goes_into_the_installer(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def make(defines: str, _program: Path, work: Path) -> None:
        done.append("give" if re.search(r"!uninstfinalize '.*uninstall\.exe\" \"%1\"'", defines) else "take")
        (work / "epm-desk-0.1.0-setup.exe").write_bytes(b"setup")

    monkeypatch.setenv(signing.VARIABLE, "sign {file}")
    monkeypatch.setattr(installer, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(installer, "_make", make)
    monkeypatch.setattr(installer, "sign", lambda file: done.append(file.name))
    assert make_installer(program, tmp_path, "0.1.0") == tmp_path / "epm-desk-0.1.0-setup.exe"
    assert done == ["take", "uninstall.exe", "give", "epm-desk-0.1.0-setup.exe"]


def test_nsis_is_found_on_the_path_or_where_it_installs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PATH", "ProgramFiles", "ProgramFiles(x86)"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    with pytest.raises(SetupFailure, match="NSIS"):
        installer.find_makensis()
    usual = tmp_path / "ProgramFiles(x86)" / "NSIS" / "makensis.exe"
    usual.parent.mkdir(parents=True)
    shutil.copy(WINDOWS_PROGRAM, usual)
    assert installer.find_makensis() == str(usual)
    first = tmp_path / "PATH" / ("makensis.exe" if os.name == "nt" else "makensis")
    first.parent.mkdir()
    shutil.copy(WINDOWS_PROGRAM, first)
    first.chmod(0o755)
    assert installer.find_makensis() == str(first)
