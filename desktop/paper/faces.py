"""The faces that sheets are set in: bundled fonts, with a fallback for rare characters, embedded in subsets.

The PDF library draws a character that its font lacks as nothing at all. Here each run goes to the first
font of a chain that has it; what no font has is drawn as 〓 and can be asked for beforehand
(:func:`missing`), so that nobody signs a form with a hole in a name.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).resolve().parent.parent.parent / "resources" / "fonts"
SONG = "EPMDeskSong"
"""Serif face of all running text; its digits are of one width."""
HEI = "EPMDeskHeiBold"
"""Bold sans face of titles and headings."""
GETA = "〓"
"""Printed in place of a character that no font has."""

_SUBSETS = 1 << 16
"""A link's subset numbers are packed below its place in the chain, so that one number names both."""
_PER_EM = 1000
_MAPPINGS = 100
"""The most mappings that one block of a ToUnicode map may hold (Adobe technical note 5014)."""


class Link(TTFont):
    """One TrueType font of a chain: embedded in subsets, with its text readable beyond the BMP."""

    def __init__(self, name: str, file: str) -> None:
        super().__init__(name, str(FONTS / file), asciiReadable=False, shapable=False)

    def has(self, char: str) -> bool:
        """Whether the font draws this character."""
        return ord(char) in self.face.charToGlyph

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 (the library's name)
        """Embed the subsets used in ``doc``, each with a ToUnicode map of UTF-16 pairs."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        prefix = doc.fontMapping[self.fontName][1:]
        objects: dict[str, Any] = doc.idToObject
        fonts = objects["BasicFonts"].dict
        for number, subset in enumerate(subsets):
            reference = fonts[f"{prefix}+{number}"].ToUnicode
            objects[reference.name].content = to_unicode(subset)


class Face:
    """A font as the PDF library sees one, which hands each run of text to the link that has it."""

    _dynamicFont = 1  # noqa: N815
    _multiByte = 1  # noqa: N815
    shapable = False

    def __init__(self, name: str, links: Iterable[str]) -> None:
        self.fontName = name
        self._names = tuple(links)
        self._widths: dict[str, int] = {}
        self._places: dict[str, int | None] = {}
        self.face = link(self._names[0]).face

    def has(self, char: str) -> bool:
        """Whether some link draws this character."""
        return self._place(char) is not None

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002, N802
        """Width of ``text`` in points at ``size`` points."""
        known = self._widths
        for char in text:
            if char not in known:
                known[char] = self._width(char)
        return sum(known[char] for char in text) * size / _PER_EM

    def splitString(self, text: str, doc: PDFDocument, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        """Cut ``text`` into (subset, bytes) runs, over all links."""
        runs: list[tuple[int, bytes]] = []
        for place, chars in groupby(_drawn(text), key=self._place):
            shown = "".join(chars)
            if place is None:
                place, shown = 0, GETA * len(shown)  # noqa: PLW2901 (one name for one thing)
            for subset, codes in link(self._names[place]).splitString(shown, doc, encoding):
                runs.append((place * _SUBSETS + subset, codes))
        return runs

    def getSubsetInternalName(self, subset: int, doc: PDFDocument) -> str:  # noqa: N802
        """Name of a run's font inside the page's content."""
        place, number = divmod(subset, _SUBSETS)
        name: str = link(self._names[place]).getSubsetInternalName(number, doc)
        return name

    def _place(self, char: str) -> int | None:
        """The place in the chain of the first link that has the character."""
        if char not in self._places:
            found = (place for place, name in enumerate(self._names) if link(name).has(char))
            self._places[char] = next(found, None)
        return self._places[char]

    def _width(self, char: str) -> int:
        drawn = _drawn(char)
        if not drawn:
            return 0
        place = self._place(drawn)
        if place is None:
            place, drawn = 0, GETA
        metrics: Any = link(self._names[place]).face
        return int(metrics.getCharWidth(ord(drawn)))


_FILES = {SONG: "song.ttf", HEI: "hei-bold.ttf", "EPMDeskMarks": "marks.ttf", "EPMDeskRare": "rare.ttf"}
_CHAINS = {
    SONG: (SONG, "EPMDeskMarks", "EPMDeskRare"),
    HEI: (HEI, SONG, "EPMDeskMarks", "EPMDeskRare"),
}


@cache
def link(name: str) -> Link:
    """A bundled font, read when first asked for and shared ever after: the rare one takes 30 MB of memory."""
    return Link(name, _FILES[name])


@cache
def face(name: str) -> Face:
    """The face ``SONG`` or ``HEI``, made known to the PDF library."""
    made = Face(name, _CHAINS[name])
    pdfmetrics.registerFont(made)
    return made


def missing(texts: Iterable[str]) -> frozenset[str]:
    """The characters among ``texts`` that would be printed as 〓."""
    chars = frozenset(char for text in texts for char in _drawn(text))
    return frozenset(char for char in chars if not face(SONG).has(char))


def to_unicode(subset: list[int]) -> str:
    """A ToUnicode map (PDF 32000-1, 9.10.3) from the codes of a subset to its characters, as UTF-16."""
    pairs = [f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for code, char in enumerate(subset)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for start in range(0, len(pairs), _MAPPINGS):
        block = pairs[start : start + _MAPPINGS]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


def _drawn(text: str) -> str:
    """``text`` without what has no shape of its own: controls, joiners, variation selectors."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if not _shapeless(char))


@cache
def _shapeless(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or unicodedata.category(char) in {"Cc", "Cf"}
