"""What is inside a package is told from its files, and nothing is let in that was not accounted for."""

import shutil
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.build.program_folders import SITE, WINDOWS_PROGRAM, linux_program, windows_program, windows_site

import components
import environment
from components import Component, list_components, may_be_shipped
from parts import DISTRIBUTION_TEXTS, DISTRIBUTIONS, EMBEDDED, INSTALLER, PARTS

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux programs are made on Linux")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return linux_program(tmp_path / "程序")


def named(found: list[Component], name: str) -> Component:
    return next(one for one in found if one.name == name)


@on_linux
def test_files_are_found_with_their_works_and_versions(program: Path) -> None:
    found = list_components("linux", program, SITE)
    zstd, icu, markup = named(found, "Zstandard"), named(found, "ICU"), named(found, "MarkupSafe")
    assert zstd.version.count(".") == 2
    assert zstd.files[0].startswith("lib/pillow.libs/libzstd-")
    assert (icu.version, icu.files) == ("73", ("lib/PySide6/Qt/lib/libicuuc.so.73",))
    assert len(markup.files) == 1
    assert named(found, "psycopg").files == ("lib/psycopg/__init__.py",)
    assert named(found, "PyInstaller bootloader").files == ("epm-desk",)
    assert named(found, "DejaVu Sans").files == ("lib/resources/fonts/marks.ttf",)
    assert {one.kind for one in found} == {"distribution", "part"}


@on_linux
def test_every_pin_of_the_program_is_listed_with_its_licence_and_its_text(program: Path) -> None:
    found = list_components("linux", program, SITE)
    pins = [line for line in components.RUNTIME.read_text(encoding="utf-8").splitlines() if "==" in line]
    here = [pin for pin in map(Requirement, pins) if pin.marker is None or pin.marker.evaluate()]
    wanted = {(pin.name, str(pin.specifier).removeprefix("==")) for pin in here}
    assert {(one.name, one.version) for one in found if one.kind == "distribution"} == wanted
    assert [text for one in found for text in one.texts if not text.read_bytes().strip()] == []


def test_windows_files_tell_their_version(tmp_path: Path) -> None:
    found = list_components("windows", windows_program(tmp_path / "program"), windows_site())
    assert named(found, "SQLite").version == "1.1.0.14"
    assert named(found, "CPython").files == ("lib/_ssl.pyd", "lib/python311.dll")
    assert named(found, "NSIS").files == ()
    # the program's own number is not that of what starts it
    assert named(found, "PyInstaller bootloader").version != "1.1.0.14"


@on_linux
def test_two_builds_of_one_work_are_two_components(tmp_path: Path, program: Path) -> None:
    program = windows_program(tmp_path / "program")
    libcrypto = next(SITE.glob("psycopg_binary.libs/libcrypto-*"))
    (program / "lib" / "psycopg_binary.libs").mkdir()
    shutil.copy(libcrypto, program / "lib" / "psycopg_binary.libs")
    shutil.copy(WINDOWS_PROGRAM, program / "lib" / "libcrypto-3.dll")
    found = [one for one in list_components("windows", program, windows_site()) if one.name == "OpenSSL"]
    assert len({one.version for one in found}) == 2
    assert sorted(len(one.files) for one in found) == [1, 1]


@on_linux
def test_a_work_linked_into_another_is_found_by_what_it_says(program: Path) -> None:
    library = program / "lib" / "python3.11" / "lib-dynload"
    library.mkdir(parents=True)
    content = next(SITE.glob("markupsafe/_speedups*.so")).read_bytes() + b"\0expat_2.5.0\0"
    (library / "pyexpat.cpython-311-x86_64-linux-gnu.so").write_bytes(content)
    expat = named(list_components("linux", program, SITE), "Expat")
    assert (expat.version, expat.inside, expat.files) == ("2.5.0", ("CPython",), ())


@on_linux
def test_a_file_of_unknown_origin_stops_the_package(program: Path) -> None:
    shutil.copy(program / "epm-desk", program / "lib" / "stranger.so")
    with pytest.raises(environment.SetupFailure, match=r"来历不明(.|\n)*stranger\.so"):
        list_components("linux", program, SITE)


@on_linux
@pytest.mark.skipif(not Path("/usr/share/doc/zlib1g/copyright").exists(), reason="not a Debian with its documents")
def test_a_system_library_is_that_of_its_debian_package_only_if_it_is_the_same(program: Path) -> None:
    source = next(folder / "libz.so.1" for folder in components.SYSTEM if (folder / "libz.so.1").exists())
    shutil.copy(source, program / "lib")
    zlib = named(list_components("linux", program, SITE), "zlib1g")
    assert (zlib.kind, zlib.files) == ("system", ("lib/libz.so.1",))
    assert zlib.purl.startswith("pkg:deb/debian/zlib1g@")

    with (program / "lib" / "libz.so.1").open("ab") as stream:
        stream.write(b"altered")
    with pytest.raises(environment.SetupFailure, match="来历不明"):
        list_components("linux", program, SITE)


def test_an_environment_that_is_not_as_pinned_stops_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = tmp_path / "runtime.txt"
    pins.write_text("openpyxl==0.1\n", encoding="utf-8")
    monkeypatch.setattr(components, "RUNTIME", pins)
    with pytest.raises(environment.SetupFailure, match="openpyxl"):
        list_components("windows", windows_program(tmp_path / "program"), windows_site())


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("BSD-3-Clause OR GPL-2.0-only", True),
        ("BSD-3-Clause AND GPL-2.0-only", False),
        ("LicenseRef-Hanazono", True),
    ],
)
def test_only_licences_that_go_together_with_the_programs_own_are_let_in(licence: str, allowed: bool) -> None:
    assert may_be_shipped(licence) is allowed


def test_the_tables_name_texts_that_exist_and_are_all_needed() -> None:
    tables = [text for one in (*PARTS, *EMBEDDED, INSTALLER) for text in one.texts]
    tables += [text for texts in DISTRIBUTION_TEXTS.values() for text in texts]
    wanted = {(components.TEXTS / text).resolve() for text in tables if not text.endswith(":")}
    assert [text.name for text in wanted if not text.is_file()] == []
    assert {text for text in components.TEXTS.iterdir() if text not in wanted} <= {components.TEXTS / "GPL-2.0.txt"}


def test_the_notices_say_the_same_licences() -> None:
    notices = (environment.ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    rows = [line for line in notices.splitlines() if line.startswith("| ")]
    for name, licence in DISTRIBUTIONS.items():
        row = next(row for row in rows if name in row)
        assert licence.split(" AND ")[0] in row
