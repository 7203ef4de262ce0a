"""What is inside a program folder: every distribution and every other work, with version, licence and files.

Nothing is left out silently: a native file that belongs to no known work, a work without a licence text, and a
licence under which the program may not be handed out stop the making of a package.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Literal

from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from environment import ROOT, SetupFailure
from executables import is_native, product_version
from parts import (
    DEBIAN,
    DISTRIBUTION_TEXTS,
    DISTRIBUTIONS,
    EMBEDDED,
    INSTALLER,
    NOT_IN_PILLOW,
    PARTS,
    PILLOW_NAMES,
    Part,
)
from windows_python import MARKERS

TEXTS = Path(__file__).parent / "licence-texts"
RUNTIME = ROOT / "requirements" / "runtime.txt"
LIBRARY = "lib"
# beside native files: the standard library, the fonts, and what is under the LGPL and written in Python
_OTHERS = re.compile(r"base_library\.zip|resources/fonts/.*\.ttf|(psycopg|PySide6|shiboken6)/.*\.py")
SYSTEM = tuple(Path(folder) for folder in ("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib", "/lib"))
_TEXT_NAME = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors?)[^/]*$|/(BUILD_)?LICENSES/", re.IGNORECASE)
_STRICT = re.compile(r"A?GPL-[\d.]+(-only|-or-later)?$")

Target = Literal["windows", "linux"]
Kind = Literal["distribution", "part", "embedded", "system"]


@dataclass(frozen=True)
class Component:
    """A work inside a package.

    ``version`` is empty where its files do not tell; ``licence`` is an SPDX expression; ``files`` are paths relative
    to the program folder; ``inside`` names the works into whose files it was linked.
    """

    name: str
    version: str
    kind: Kind
    licence: str
    texts: tuple[Path, ...]
    purl: str
    files: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A program folder as PyInstaller made it, and the environment it was made from (its ``site-packages``)."""

    target: Target
    program: Path
    site: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """The works' files by their place: inside the library folder, with Qt's files as on Windows."""
        found = {}
        for path in sorted(self.program.rglob("*")):
            place = path.relative_to(self.program).as_posix().removeprefix(f"{LIBRARY}/")
            place = place.replace("PySide6/Qt/", "PySide6/")
            if path.is_file() and not path.is_symlink() and (_OTHERS.fullmatch(place) or is_native(path)):
                found[place] = path
        return found

    @cached_property
    def installed(self) -> dict[str, Distribution]:
        """The environment's distributions by their canonical name."""
        return {canonicalize_name(one.name): one for one in distributions(path=[str(self.site)])}

    def distribution(self, name: str) -> Distribution:
        """One of the environment's distributions.

        Raises:
            SetupFailure: it is not installed there.
        """
        found = self.installed.get(canonicalize_name(name))
        if found is None:
            raise SetupFailure(f"{self.site} 里没有 {name}，无法列出它的版本和许可。")
        return found

    def relative(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Paths as a list of components names them."""
        return tuple(sorted(path.relative_to(self.program).as_posix() for path in paths))


def list_components(target: Target, program: Path, site: Path) -> list[Component]:
    """Everything in a program folder that others made, by kind and name.

    Raises:
        SetupFailure: a file of unknown origin, a pin that is not what is installed, or a licence that will not do.
    """
    bundle = Bundle(target, program, site)
    owners = dict(_owners(bundle))
    found = [*_distributions(bundle, owners), *_parts(bundle, owners), *_embedded(bundle, owners)]
    left = [place for place in bundle.files if place not in owners]
    found += _system(bundle, left) if target == "linux" else []
    known = {file for one in found for file in one.files}
    strangers = [place for place in left if bundle.relative([bundle.files[place]])[0] not in known]
    if strangers:
        raise SetupFailure(
            "程序目录里有来历不明的文件，请在 build/packaging 的 trims.py 或 parts.py 里交代：\n" + "\n".join(strangers)
        )
    refused = [f"{one.name}（{one.licence}）" for one in found if not may_be_shipped(one.licence)]
    if refused:
        raise SetupFailure("下列组件的许可不允许随本程序分发，请在 trims.py 里去掉：" + "、".join(refused))
    if unlicensed := [one.name for one in found if not one.texts]:
        raise SetupFailure("下列组件没有许可文本：" + "、".join(unlicensed))
    return sorted(found, key=lambda one: (one.kind, one.name.lower(), one.version))


def may_be_shipped(licence: str) -> bool:
    """Whether one of the alternatives of an SPDX expression goes together with a program under the MIT licence."""
    alternatives = (alternative.split(" AND ") for alternative in licence.split(" OR "))
    return any(not any(_STRICT.match(term.strip("() ")) for term in terms) for terms in alternatives)


def runtime_requirements(target: Target) -> list[Requirement]:
    """The pins of ``runtime.txt`` that hold on a target, whatever system this is."""
    lines = [line.partition("#")[0].strip() for line in RUNTIME.read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line]
    world = (
        dict(MARKERS)
        if target == "windows"
        else {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    )
    return [one for one in found if one.marker is None or one.marker.evaluate(world)]


def _owners(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Give place and owner of each file that a part or a distribution of the program owns."""
    names = [one.name for one in runtime_requirements(bundle.target)]
    recorded = {
        str(file).replace("PySide6/Qt/", "PySide6/"): name
        for name in names
        for file in bundle.distribution(name).files or []
    }
    for place in bundle.files:
        part = next(
            (part for part in PARTS if any(re.fullmatch(one, place, re.IGNORECASE) for one in part.places)), None
        )
        if part is not None:
            yield place, part.name
        elif place in recorded:
            yield place, recorded[place]


def _texts(bundle: Bundle, names: Iterable[str]) -> tuple[Path, ...]:
    found: list[Path] = []
    for name in names:
        if not name.endswith(":"):
            found.append((TEXTS / name).resolve())
            continue
        files = bundle.distribution(name[:-1]).files or []
        found += [Path(str(file.locate())) for file in files if ".dist-info/" in str(file) and _is_text(str(file))]
    return tuple(sorted(found))


def _is_text(name: str) -> bool:
    # Qt and its Python binding are used under the LGPL, not under their other offer
    return _TEXT_NAME.search(name) is not None and "/sboms/" not in name and "Qt-Commercial" not in name


def _distributions(bundle: Bundle, owners: dict[str, str]) -> Iterator[Component]:
    for pin in runtime_requirements(bundle.target):
        one = bundle.distribution(pin.name)
        if not pin.specifier.contains(one.version, prereleases=True):
            raise SetupFailure(
                f"{bundle.site} 里的 {pin.name} 是 {one.version}，与 requirements 里写定的 {pin.specifier} 不同。"
            )
        stated: list[str] = one.metadata.get_all("License-Expression") or [""]
        licence = DISTRIBUTIONS.get(pin.name, stated[0])
        if not licence:
            raise SetupFailure(f"{pin.name} {one.version} 没有写明许可，请核对后记入 build/packaging/parts.py。")
        files = [bundle.files[place] for place, owner in owners.items() if owner == pin.name]
        texts = _texts(bundle, (f"{pin.name}:", *DISTRIBUTION_TEXTS.get(pin.name, ())))
        purl = PackageURL("pypi", name=canonicalize_name(pin.name), version=one.version).to_string()
        yield Component(pin.name, one.version, "distribution", licence, texts, purl, bundle.relative(files))


def _parts(bundle: Bundle, owners: dict[str, str]) -> Iterator[Component]:
    for part in PARTS:
        folders: dict[str, list[Path]] = defaultdict(list)
        for place in (place for place, owner in owners.items() if owner == part.name):
            folders[place.partition("/")[0] if "/" in place else ""].append(bundle.files[place])
        # two builds of one work lie in two folders: OpenSSL as Python brings it, and as PostgreSQL's library does
        versions: dict[str, list[Path]] = defaultdict(list)
        for paths in folders.values():
            versions[_version(bundle, part, paths)] += paths
        for version, paths in versions.items():
            yield _part(bundle, part, version, paths)
    if bundle.target == "windows":
        yield _part(bundle, INSTALLER, "", [])


def _part(bundle: Bundle, part: Part, version: str, paths: list[Path]) -> Component:
    texts = _texts(bundle, part.texts)
    return Component(part.name, version, "part", part.licence, texts, _purl(part.name, version), bundle.relative(paths))


def _purl(name: str, version: str) -> str:
    return PackageURL("generic", name=re.sub(r"\W+", "-", name.lower()).strip("-"), version=version or None).to_string()


def _version(bundle: Bundle, part: Part, paths: list[Path]) -> str:
    """What tells the version of a part, in the order of trust; empty if nothing does."""
    tellers = (_built_by, _in_content, _of_wheel, _in_resource, _in_name)
    return next(filter(None, (tell(bundle, part, paths) for tell in tellers)), "")


def _built_by(bundle: Bundle, part: Part, _: list[Path]) -> str:
    # a Linux program is made by the Python that it carries, whose own files do not say
    return platform.python_version() if part.name == "CPython" and bundle.target == "linux" else ""


def _in_content(_: Bundle, part: Part, paths: list[Path]) -> str:
    matches = (re.search(part.version, path.read_bytes()) for path in paths if part.version)
    return next((match[1].decode() for match in matches if match), "")


def _of_wheel(bundle: Bundle, part: Part, _: list[Path]) -> str:
    if part.name == "PDFium":
        said = json.loads((bundle.site / "pypdfium2_raw" / "version.json").read_text(encoding="utf-8"))
        return ".".join(str(said[name]) for name in ("major", "minor", "build", "patch"))
    return bundle.distribution(part.of).version if part.of else ""


def _in_resource(_: Bundle, __: Part, paths: list[Path]) -> str:
    return next(filter(None, map(product_version, paths)), "")


def _in_name(_: Bundle, part: Part, paths: list[Path]) -> str:
    matches = (re.search(part.named, path.name) for path in paths if part.named)
    return next((match[1] for match in matches if match), "")


def _embedded(bundle: Bundle, owners: dict[str, str]) -> Iterator[Component]:
    """Give the works that are linked into files of others, each version once."""
    homes: dict[tuple[str, str, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for place, owner in owners.items():
        content = bundle.files[place].read_bytes() if is_native(bundle.files[place]) else b""
        for one in EMBEDDED:
            if owner == one.name or not any(re.fullmatch(pattern, place) for pattern in one.places):
                continue
            for version in {match[1].decode() for match in re.finditer(one.version, content)}:
                homes[one.name, version if version[0].isdigit() else "", one.licence, one.texts].add(owner)
    for name, version, licence in _in_pillow(bundle):
        if name not in owners.values():
            homes[name, version, licence, ("pillow:",)].add("pillow")
    pillows = {name: version for name, version, _, texts in homes if texts == ("pillow:",)}
    for (name, version, licence, texts), inside in homes.items():
        if texts != ("pillow:",) and inside == {"pillow"} and name in pillows:
            continue
        purl = _purl(name, version)
        yield Component(name, version, "embedded", licence, _texts(bundle, texts), purl, inside=tuple(sorted(inside)))


def _in_pillow(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Give name, version and licence of what is linked into those of Pillow's modules that are shipped."""
    lists = [
        file for file in bundle.distribution("pillow").files or [] if re.search(r"/sboms/pillow-.*\.json$", str(file))
    ]
    if not lists:
        raise SetupFailure("pillow 没有附带它的组件清单（sboms），请核对后改 build/packaging/components.py。")
    said = json.loads(Path(str(lists[0].locate())).read_text(encoding="utf-8"))
    works = {one["bom-ref"]: one for one in said["components"]}
    needs = {one["ref"]: one["dependsOn"] for one in said["dependencies"]}
    shipped = {place.split("/")[1].split(".")[0] for place in bundle.files if place.startswith("PIL/")}
    waiting = [ref for ref in works if ref.partition("#c-ext/PIL.")[2] in shipped]
    seen: set[str] = set()
    while waiting:
        for ref in needs.get(waiting.pop(), []):
            work = works[ref]
            if ref in seen or work["name"] in NOT_IN_PILLOW:
                continue
            seen.add(ref)
            waiting.append(ref)
            licence = " AND ".join(one["license"]["id"] for one in work["licenses"])
            yield PILLOW_NAMES.get(work["name"], work["name"]), work.get("version", ""), licence


def _system(bundle: Bundle, places: Iterable[str]) -> list[Component]:
    """The Debian packages from which PyInstaller took libraries."""
    packages: dict[str, list[Path]] = defaultdict(list)
    for place in places:
        if package := "" if "/" in place else _debian_package(bundle.files[place]):
            packages[package].append(bundle.files[place])
    return [_debian(bundle, package, paths) for package, paths in packages.items()]


def _debian_package(file: Path) -> str:
    """The package whose library was copied, byte for byte, to ``file``; empty if there is none."""
    for folder in SYSTEM:
        source = folder / file.name
        if source.is_file() and source.read_bytes() == file.read_bytes():
            said = _ask(["dpkg-query", "-S", str(source)])
            if said:
                return said.partition(": ")[0].split(",")[0]
    return ""


def _debian(bundle: Bundle, package: str, paths: list[Path]) -> Component:
    asked = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}"
    name, version, architecture, source = _ask(["dpkg-query", "-W", "-f", asked, package]).split("\t")
    release = platform.freedesktop_os_release()
    qualifiers = {"arch": architecture, "distro": f"debian-{release.get('VERSION_ID', 'sid')}"}
    purl = PackageURL("deb", "debian", name, version, qualifiers).to_string()
    licence = DEBIAN.get(source, f"LicenseRef-debian-{source}")
    text = Path("/usr/share/doc") / name / "copyright"
    if not text.exists():
        raise SetupFailure(
            f"系统软件包 {name} 的许可文本 {text} 不在这台机器上（精简安装的系统会删掉它），无法随程序分发。"
        )
    return Component(name, version, "system", licence, (text,), purl, bundle.relative(paths))


def _ask(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
