"""The list of what is inside a package, in the CycloneDX format that machines read (version 1.6, JSON)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component as Entry
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from desktop import NAME, TITLE

from checksums import sha256
from components import Component

SBOM = "sbom.cdx.json"
_SERIALS = uuid.UUID(
    "6b0f1f0e-6a5c-5c0e-9a0e-2f4d0c6b7a11"
)  # ours: under it a content always has the same serial number


def make_sbom(components: Sequence[Component], program: Path, *, version: str, made: datetime) -> str:
    """Describe a program folder of ``version`` made at ``made`` (UTC; the commit's moment makes it repeatable).

    Every component stands with its licence and package URL, files that are of no Python distribution with their
    SHA-256. The same content gives the same text, serial number included.
    """
    top = Entry(
        type=ComponentType.APPLICATION,
        name=NAME,
        version=version,
        description=TITLE,
        bom_ref=f"{NAME}@{version}",
        licenses=[LicenseFactory().make_from_string("MIT")],
    )
    entries = {f"{one.kind}:{one.purl}": _entry(one, program) for one in components}
    bom = Bom(components=entries.values())
    bom.metadata.component = top
    bom.metadata.timestamp = made
    linked = [entry for one, entry in zip(components, entries.values(), strict=True) if not one.inside]
    bom.register_dependency(top, linked)
    for home in components:
        inner = [entries[f"{one.kind}:{one.purl}"] for one in components if home.name in one.inside]
        if inner:
            bom.register_dependency(entries[f"{home.kind}:{home.purl}"], inner)
    bom.serial_number = uuid.UUID(int=0)
    bom.serial_number = uuid.uuid5(_SERIALS, _text(bom))
    return _text(bom)


def write_sbom(components: Sequence[Component], program: Path, folder: Path, *, version: str, made: datetime) -> Path:
    """Write ``make_sbom``'s text to ``sbom.cdx.json`` in ``folder``; returns the file."""
    file = folder / SBOM
    file.write_text(make_sbom(components, program, version=version, made=made), encoding="utf-8", newline="\n")
    return file


def _entry(component: Component, program: Path) -> Entry:
    files = () if component.kind == "distribution" else component.files
    return Entry(
        type=ComponentType.LIBRARY,
        name=component.name,
        version=component.version or None,
        bom_ref=f"{component.kind}:{component.purl}",
        purl=PackageURL.from_string(component.purl),
        licenses=[_licence(component.licence)],
        components=[_file(component, name, program) for name in files],
        properties=[Property(name=f"{NAME}:inside", value=home) for home in component.inside],
    )


def _licence(said: str) -> License:
    """One known id as an id, several as an expression; a name of our own (``LicenseRef-…``) as an expression too."""
    return LicenseFactory().make_from_string(said, license_acknowledgement=LicenseAcknowledgement.CONCLUDED)


def _file(component: Component, name: str, program: Path) -> Entry:
    return Entry(
        type=ComponentType.FILE,
        name=name,
        bom_ref=BomRef(f"{component.kind}:{component.purl}#{name}"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(program / name))],
    )


def _text(bom: Bom) -> str:
    said = json.loads(JsonV1Dot6(bom).output_as_string())
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
