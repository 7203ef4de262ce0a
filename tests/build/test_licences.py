"""Whoever receives the program finds every licence text, and how the LGPL's libraries are replaced."""

from pathlib import Path

import pytest

from tests.build.program_folders import windows_program, windows_site

from components import Component, list_components
from licences import INDEX, gather_licences


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> list[Component]:
    return list_components("windows", windows_program(tmp_path_factory.mktemp("made") / "program"), windows_site())


def test_every_component_has_its_texts_beside_an_index(components: list[Component], tmp_path: Path) -> None:
    folder = gather_licences(components, tmp_path / "licences")
    index = (folder / INDEX).read_bytes()
    assert index.startswith(b"\xef\xbb\xbf")  # for Windows' Notepad
    lines = index.decode("utf-8-sig").split("\r\n")
    for one in components:
        place = lines.index(next(line for line in lines if line.startswith(f"{one.name}　{one.version or '版'}")))
        texts = folder / lines[place + 1].removeprefix("    文本：")
        assert one.licence in lines[place]
        assert {text.read_bytes() for text in one.texts} == {text.read_bytes() for text in texts.iterdir()}


def test_the_general_texts_of_the_gpl_and_lgpl_are_there(components: list[Component], tmp_path: Path) -> None:
    folder = gather_licences(components, tmp_path / "licences")
    lesser = (folder / "common" / "LGPL-3.0.txt").read_text(encoding="utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in lesser
    assert "GNU GENERAL PUBLIC LICENSE" in (folder / "pyside6-essentials" / "GPL-3.0.txt").read_text(encoding="utf-8")
    assert (folder / "psycopg" / "GPL-3.0.txt").exists()


def test_the_index_says_where_the_lgpl_libraries_lie_and_that_they_can_be_replaced(tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("words", encoding="utf-8")
    files = tuple(
        f"lib/PySide6/Qt6{name}.dll" for name in ("Core", "DBus", "Gui", "Network", "PrintSupport", "Svg", "Widgets")
    )
    qt = Component("Qt", "6.8.3", "part", "LGPL-3.0-only", (text,), "pkg:generic/qt@6.8.3", files)
    pure = Component("psycopg", "3.3.9", "distribution", "LGPL-3.0-only", (text,), "pkg:pypi/psycopg@3.3.9")
    folder = gather_licences([qt, pure], tmp_path / "licences")
    index = (folder / INDEX).read_text(encoding="utf-8-sig")
    assert "  Qt：lib/PySide6/\n" in index
    assert "  psycopg：在主程序里\n" in index
    assert "替换" in index


def test_the_folder_is_made_anew(components: list[Component], tmp_path: Path) -> None:
    folder = tmp_path / "licences"
    folder.mkdir()
    (folder / "of an older package.txt").touch()
    gather_licences(components, folder)
    assert not (folder / "of an older package.txt").exists()
