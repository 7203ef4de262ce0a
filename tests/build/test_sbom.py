"""The machine-readable list is valid CycloneDX, complete, and the same for the same content."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.build.program_folders import windows_program, windows_site

from checksums import sha256
from components import Component, list_components
from sbom import make_sbom, write_sbom

MADE = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return windows_program(tmp_path_factory.mktemp("made") / "program")


@pytest.fixture(scope="module")
def components(program: Path) -> list[Component]:
    return list_components("windows", program, windows_site())


def entry(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in said["components"] if one["name"] == name)


def test_it_is_valid_and_names_everything(components: list[Component], program: Path, tmp_path: Path) -> None:
    text = write_sbom(components, program, tmp_path, version="1.2.3", made=MADE).read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    said = json.loads(text)
    assert len(said["components"]) == len(components)
    assert said["metadata"]["component"]["version"] == "1.2.3"
    assert said["metadata"]["timestamp"] == "2026-05-04T03:02:01+00:00"
    assert entry(said, "SQLAlchemy")["licenses"] == [{"license": {"id": "MIT", "acknowledgement": "concluded"}}]
    assert entry(said, "pypdfium2")["licenses"][0]["expression"] == "BSD-3-Clause AND Apache-2.0"
    assert entry(said, "SQLAlchemy")["purl"].startswith("pkg:pypi/sqlalchemy@")


def test_files_of_no_distribution_stand_with_their_sums(components: list[Component], program: Path) -> None:
    said = json.loads(make_sbom(components, program, version="1", made=MADE))
    (file,) = entry(said, "SQLite")["components"]
    assert file["name"] == "lib/sqlite3.dll"
    assert file["hashes"] == [{"alg": "SHA-256", "content": sha256(program / "lib" / "sqlite3.dll")}]


def test_the_same_content_gives_the_same_text_and_another_another_number(
    components: list[Component], program: Path
) -> None:
    first = make_sbom(components, program, version="1", made=MADE)
    assert make_sbom(components, program, version="1", made=MADE) == first
    other = make_sbom(components[1:], program, version="1", made=MADE)
    assert json.loads(other)["serialNumber"] != json.loads(first)["serialNumber"]


def test_what_is_inside_another_hangs_below_it(components: list[Component], program: Path) -> None:
    inner = Component("Expat", "2.5.0", "embedded", "MIT", (), "pkg:generic/expat@2.5.0", inside=("CPython",))
    said = json.loads(make_sbom([*components, inner], program, version="1", made=MADE))
    needs = {one["ref"]: one.get("dependsOn", []) for one in said["dependencies"]}
    home = entry(said, "CPython")["bom-ref"]
    assert needs[home] == ["embedded:pkg:generic/expat@2.5.0"]
    assert "embedded:pkg:generic/expat@2.5.0" not in needs["epm-desk@1"]
