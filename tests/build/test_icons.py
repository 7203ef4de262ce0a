"""The icons and the installer's pictures are what the program draws, in every size that systems ask for."""

import struct
from configparser import ConfigParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops
from PIL.IcoImagePlugin import IcoImageFile
from PySide6.QtWidgets import QApplication

import desktop
from desktop.store.schema import APPLICATION_ID
from desktop.ui.colours import ACCENT
from desktop.ui.emblem import SIZES

import icons

TOLERANCE = 24
"""Greatest difference of a channel: curves may be rounded otherwise by another version of Qt."""


@pytest.fixture(scope="module")
def drawn(qapp: QApplication) -> dict[Path, bytes]:
    assert qapp is not None
    return icons.pictures()


def frames(content: bytes) -> list[Image.Image]:
    """Every picture of a file, the smallest first."""
    image = Image.open(BytesIO(content))
    if isinstance(image, IcoImageFile):
        return [image.ico.getimage(size) for size in sorted(image.ico.sizes())]
    return [image]


def test_what_is_kept_is_what_is_drawn(drawn: dict[Path, bytes]) -> None:
    for path, content in drawn.items():
        kept, fresh = frames(path.read_bytes()), frames(content)
        assert [one.size for one in kept] == [one.size for one in fresh], path.name
        for one, other in zip(kept, fresh, strict=True):
            difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
            assert not any(difference.point(lambda value: value > TOLERANCE).tobytes()), (path.name, one.size)


def test_nothing_is_kept_that_is_not_drawn(drawn: dict[Path, bytes]) -> None:
    kept = {*icons.ICONS.glob("*.ico"), *icons.ICONS.glob("*.png"), *icons.ART.glob("*")}
    assert kept == drawn.keys()


@pytest.mark.parametrize("name", ["epm-desk.ico", "epm-file.ico"])
def test_an_icon_holds_every_size_and_a_png_for_the_largest_alone(name: str) -> None:
    content = (icons.ICONS / name).read_bytes()
    _, kind, count = struct.unpack_from("<HHH", content)
    assert (kind, count) == (1, len(SIZES))
    for place, side in enumerate(SIZES):
        wide, high, _, _, _, bits, length, at = struct.unpack_from("<BBBBHHII", content, 6 + 16 * place)
        assert (wide or 256, high or 256, bits) == (side, side, 32)
        assert content[at : at + length].startswith(b"\x89PNG") == (side == 256)
        assert (at + length == len(content)) == (side == 256)


def test_the_mask_of_a_small_icon_clears_its_corners_alone() -> None:
    content = (icons.ICONS / "epm-desk.ico").read_bytes()
    *_, length, at = struct.unpack_from("<BBBBHHII", content, 6)
    mask = content[at + length - 16 * 4 : at + length]
    assert mask[0] & 0x80
    assert mask[8 * 4 : 8 * 4 + 2] == b"\0\0"


@pytest.mark.parametrize(("name", "size"), [("header.bmp", (150, 57)), ("side.bmp", (164, 314))])
def test_the_installers_pictures_are_plain_bitmaps_of_24_bits(name: str, size: tuple[int, int]) -> None:
    content = (icons.ART / name).read_bytes()
    header, wide, high, planes, bits, compression = struct.unpack_from("<IiiHHI", content, 14)
    assert (header, wide, high, planes, bits, compression) == (40, *size, 1, 24, 0)
    colours = frames(content)[0].convert("RGB").getcolors(1 << 16)
    assert colours is not None
    assert len(colours) > 50, "the name is written with soft edges"
    assert tuple(bytes.fromhex(ACCENT[1:])) in {colour for _, colour in colours}


def test_the_desktop_entry_bears_the_programs_name_and_opens_its_files() -> None:
    entry = ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(icons.ROOT / "build" / "packaging" / f"{desktop.NAME}.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]
    assert told["Name[zh_CN]"] == desktop.TITLE
    assert {told["Name"], told["Icon"], told["StartupWMClass"], told["Exec"].split()[0]} == {desktop.NAME}
    assert told["Exec"].endswith(" --data=%f"), "without a file the option is empty and not incomplete"
    kinds = ET.parse(icons.ROOT / "build" / "packaging" / f"{desktop.NAME}.xml").getroot()
    (kind,) = kinds
    within = {"m": kinds.tag[1:].partition("}")[0]}
    assert told["MimeType"] == f"{kind.get('type')};"
    icon, magic = kind.find("m:icon", within), kind.find("m:magic/m:match/m:match", within)
    assert icon is not None
    assert icon.get("name") == icons.FILE_NAME
    assert magic is not None
    assert magic.get("value") == APPLICATION_ID.to_bytes(4, "big").decode()
    assert {glob.get("pattern") for glob in kind.findall("m:glob", within)} == {"*.epm"}
