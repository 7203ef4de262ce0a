"""Rebuild the fonts of ``resources/fonts`` from named Debian packages; a maintainer runs this, no program.

The PDF library embeds TrueType outlines only, while the good Chinese fonts come with CFF outlines; so
each source is cut to the characters that an office writes, its curves are converted, and the result is
renamed (some names of the sources are reserved or trademarks). The output is the same on every run.

    python build/fonts.py [song hei-bold hei rare marks]
"""

import hashlib
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph

TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"
SHARE = Path("/usr/share/fonts")
SERIF = SHARE / "opentype/noto/NotoSerifCJK-Regular.ttc"
SANS = SHARE / "opentype/noto/NotoSansCJK-Regular.ttc"
SANS_BOLD = SHARE / "opentype/noto/NotoSansCJK-Bold.ttc"
HANAZONO = SHARE / "truetype/hanazono/HanaMinB.ttf"
DEJAVU = SHARE / "truetype/dejavu/DejaVuSans.ttf"

SOURCES = {
    SERIF: (
        "fonts-noto-cjk 1:20220127+repack1-1",
        "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481",
    ),
    SANS: (
        "fonts-noto-cjk 1:20220127+repack1-1",
        "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a",
    ),
    SANS_BOLD: (
        "fonts-noto-cjk 1:20220127+repack1-1",
        "faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb",
    ),
    HANAZONO: (
        "fonts-hanazono 20170904-2.1",
        "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c",
    ),
    DEJAVU: ("fonts-dejavu-core 2.37-6", "abdc775b21b1bc470d50c97e790d276f2054b7504e56e5bd3e64f48d68582322"),
}
"""Each source file with its Debian package and version and its sha256."""

SIMPLIFIED_CHINESE = 2
"""Index of the SC face inside the Noto collections."""
MAX_CURVE_ERROR = 1.0
"""Greatest distance between a cubic curve and its quadratic replacement, in font units (1000 to the em)."""
TIMESTAMP = 3786912000
"""Creation and modification time written into every font: 2024-01-01 in seconds since 1904."""
VERSION = "1.0"

VARIATIONS = 14
"""The format of a cmap table that holds variation sequences instead of characters."""

HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xA960, 0xA980), range(0xAC00, 0xD800),
          range(0xFFA0, 0xFFE0))  # fmt: skip
SYMBOLS = (range(0x20, 0x500), range(0x2000, 0x2C00), range(0x3000, 0x3040), range(0x3200, 0x3400))
HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x33480))
LICENCES = {
    "ofl": "SIL Open Font License 1.1, see OFL.txt beside this file.",
    "hanazono": "Hanazono Font License, see HANAZONO.txt beside this file.",
    "dejavu": "Bitstream Vera licence, see DEJAVU.txt beside this file.",
}


@dataclass(frozen=True)
class Recipe:
    """One font to build: file, family and style, source, licence key, and how its characters are chosen."""

    file: str
    family: str
    style: str
    source: Path
    licence: str
    wanted: Callable[[set[int]], set[int]]
    narrow_digits: bool = False

    @property
    def postscript(self) -> str:
        """Name inside PDFs; unique, since two fonts of one name in one document are drawn with the first."""
        return f"{self.family.replace(' ', '')}-{self.style}"


def _within(code: int, blocks: Iterable[range]) -> bool:
    return any(code in block for block in blocks)


def _office(available: set[int]) -> set[int]:
    """Everything of a Chinese face but Hangul."""
    return {code for code in available if not _within(code, HANGUL)}


def _cmap(path: Path) -> set[int]:
    number = SIMPLIFIED_CHINESE if path.suffix == ".ttc" else -1
    with TTFont(path, fontNumber=number, lazy=True) as font:
        return set(font.getBestCmap())


def _han_not_in_song(available: set[int]) -> set[int]:
    return {code for code in available - _cmap(SERIF) if _within(code, HAN)}


def _symbols_not_in_song(available: set[int]) -> set[int]:
    return {code for code in available - _cmap(SERIF) if _within(code, SYMBOLS)}


RECIPES = {
    "song": Recipe("song.ttf", "EPM Desk Song", "Regular", SERIF, "ofl", _office, narrow_digits=True),
    "hei-bold": Recipe("hei-bold.ttf", "EPM Desk Hei", "Bold", SANS_BOLD, "ofl", _office),
    "hei": Recipe("hei.ttf", "EPM Desk Hei", "Regular", SANS, "ofl", _office),
    "rare": Recipe("rare.ttf", "EPM Desk Rare", "Regular", HANAZONO, "hanazono", _han_not_in_song),
    "marks": Recipe("marks.ttf", "EPM Desk Marks", "Regular", DEJAVU, "dejavu", _symbols_not_in_song),
}


def _half_width_digits(font: TTFont) -> dict[str, str]:
    """Proportional digit glyph → half-width digit glyph, by the font's ``hwid`` feature."""
    digits = {font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)}
    gsub = font["GSUB"].table
    record = next(each for each in gsub.FeatureList.FeatureRecord if each.FeatureTag == "hwid")
    found: dict[str, str] = {}
    for index in record.Feature.LookupListIndex:
        for table in gsub.LookupList.Lookup[index].SubTable:
            mapping = getattr(table, "ExtSubTable", table).mapping
            found.update({glyph: mapping[glyph] for glyph in digits if glyph in mapping})
    if set(found) != digits:
        raise SystemExit("The source has no half-width form for every digit.")
    return found


def _use_half_width_digits(font: TTFont) -> None:
    """Serif digits are of different widths; figures under each other line up with the half-width ones."""
    narrow = _half_width_digits(font)
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != VARIATIONS:
            # two tables may share one mapping, so a digit may be narrow already
            digits = {code: table.cmap[code] for code in range(ord("0"), ord("9") + 1)}
            table.cmap.update({code: narrow.get(glyph, glyph) for code, glyph in digits.items()})


def _cut(font: TTFont, codes: set[int]) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = []
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "FFTM", "prop", "gasp"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)


def _to_true_type(font: TTFont) -> None:
    """Replace CFF outlines by quadratic ones."""
    order = font.getGlyphOrder()
    glyph_set = font.getGlyphSet()
    glyphs: dict[str, Glyph] = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyph_set[name].draw(Cu2QuPen(pen, MAX_CURVE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder = order
    glyf.glyphs = glyphs
    metrics = font["hmtx"].metrics
    for name, glyph in glyphs.items():
        glyph.recalcBounds(glyf)
        metrics[name] = (metrics[name][0], getattr(glyph, "xMin", 0))
    del font["CFF "]
    maxp = font["maxp"] = newTable("maxp")
    maxp.tableVersion = 0x00010000
    for key in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                "maxStackElements", "maxSizeOfInstructions"):  # fmt: skip
        setattr(maxp, key, 0)
    maxp.maxZones = 1
    maxp.numGlyphs = len(order)
    font.sfntVersion = "\000\001\000\000"


def _rename(font: TTFont, recipe: Recipe, copyright_notice: str) -> None:
    names = font["name"] = newTable("name")
    names.names = []
    full = recipe.family if recipe.style == "Regular" else f"{recipe.family} {recipe.style}"
    texts = {
        0: copyright_notice,
        1: recipe.family,
        2: recipe.style,
        3: f"{VERSION};{recipe.postscript}",
        4: full,
        5: f"Version {VERSION}",
        6: recipe.postscript,
        13: LICENCES[recipe.licence],
    }
    for key, text in texts.items():
        names.setName(text, key, 3, 1, 0x409)
        names.setName(text, key, 1, 0, 0)
    font["head"].created = font["head"].modified = TIMESTAMP
    font["post"].formatType = 3.0


def _check_source(path: Path) -> None:
    package, digest = SOURCES[path]
    if not path.exists():
        raise SystemExit(f"{path} is missing: install the Debian package {package}.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{path} is not the file of {package}.")


def build(key: str) -> Path:
    """Build one font and return its path; takes up to a minute and 500 MB."""
    recipe = RECIPES[key]
    _check_source(recipe.source)
    number = SIMPLIFIED_CHINESE if recipe.source.suffix == ".ttc" else -1
    font = TTFont(recipe.source, fontNumber=number, recalcTimestamp=False)
    notice = str(font["name"].getDebugName(0)).encode("mac_roman", "replace").decode("mac_roman")
    if recipe.narrow_digits:
        _use_half_width_digits(font)
    _cut(font, recipe.wanted(set(font.getBestCmap())))
    if "CFF " in font:
        _to_true_type(font)
    _rename(font, recipe, notice)
    font.recalcBBoxes = True
    path = TARGET / recipe.file
    font.save(path, reorderTables=True)
    return path


def main(keys: list[str]) -> None:
    """Build the named fonts, or all, two at a time."""
    unknown = set(keys) - set(RECIPES)
    if unknown:
        raise SystemExit(f"Unknown: {', '.join(sorted(unknown))}; known: {', '.join(RECIPES)}.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=2) as pool:
        for path in pool.map(build, keys or list(RECIPES)):
            sys.stdout.write(f"{path.name}  {path.stat().st_size / 1e6:.1f} MB\n")
    write_list(TARGET)


def write_list(folder: Path) -> None:
    """Write the checksums beside the fonts, by which the program's diagnostic report checks them."""
    fonts = sorted(folder.glob("*.ttf"))
    lines = [f"{hashlib.sha256(font.read_bytes()).hexdigest()}  {font.name}\n" for font in fonts]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
