"""Compare what the tour left from two copies of the program: the packaged one does what its source does.

    .venv/bin/python build/packaging/tour_comparison.py FOLDER_OF_THE_SOURCE FOLDER_OF_THE_PACKAGE

Both tours must be of one day. The prints must say the same on pages of the same size, with every font inside; the
windows must say the same words. The pictures themselves differ with the system's fonts: they must only not be blank.
The seal of the journal differs, too: what is sealed holds a picture, which other systems pack into other bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

KINDS = (".pdf", ".png", ".txt")
MOST_LINES = 12
"""So many lines of a difference are told."""
LEAST_COLOURS, MOST_OF_ONE = 60, 0.995
"""A window with something on it has hundreds of colours, and at most 0.9 of it is ground."""
LEAST_SIDE, MOST_RATIO = 80, 1.6
"""A picture in pixels; other fonts make a window larger or smaller, but not by more than that."""
_POINT = 0.5
_SEAL = re.compile(r"(流水校验：\d+:)[0-9a-f]{16}")


def compare(a: Path, b: Path) -> list[str]:
    """What is different or wrong in the tour's folder ``b`` beside that of ``a``, in plain sentences; nothing if none.

    The fonts and the pictures of both are looked at.
    """
    return list(_differences(a, b))


def _differences(a: Path, b: Path) -> Iterator[str]:
    one, other = _files(a), _files(b)
    yield from (f"“{b}”中缺少“{name}”。" for name in sorted(one.keys() - other.keys()))
    yield from (f"“{b}”中多出“{name}”。" for name in sorted(other.keys() - one.keys()))
    if not one or not other:
        yield f"“{b if one else a}”中没有走查的结果。"
    for name in sorted(one.keys() & other.keys()):
        match Path(name).suffix:
            case ".pdf":
                yield from _compare_prints(name, one[name], other[name])
            case ".png":
                yield from _compare_pictures(name, one[name], other[name])
            case _:
                texts = [path.read_text(encoding="utf-8").splitlines() for path in (one[name], other[name])]
                yield from _compare_words(f"“{name}”的文字不同", *texts)
                if not texts[0]:
                    yield f"“{name}”中没有文字。"


def _files(folder: Path) -> dict[str, Path]:
    """The tour's results by their names; what lies deeper is its data."""
    found = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path for path in found if path.suffix in KINDS}


def _compare_words(heading: str, one: list[str], other: list[str]) -> Iterator[str]:
    one, other = ([_SEAL.sub(r"\1…", line) for line in lines] for lines in (one, other))
    if one == other:
        return
    told = list(unified_diff(one, other, lineterm="", n=1))[2:]  # without the names of files
    more = f"\n  ……还有 {len(told) - MOST_LINES} 行" if len(told) > MOST_LINES else ""
    yield f"{heading}：\n" + "\n".join(f"  {line}" for line in islice(told, MOST_LINES)) + more


def _compare_prints(name: str, one: Path, other: Path) -> Iterator[str]:
    readers = []
    for path in (one, other):
        try:
            readers.append(PdfReader(path))
            yield from _loose_fonts(path, readers[-1])
        except (PyPdfError, OSError, ValueError) as error:
            yield f"“{path}”不能读：{error}。"
            return
    first, second = (reader.pages for reader in readers)
    if len(first) != len(second):
        yield f"“{name}”的页数不同：{len(first)} 页，{len(second)} 页。"
    for number, (left, right) in enumerate(zip(first, second, strict=False), 1):
        place = f"“{name}”第 {number} 页"
        sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in (left, right)]
        if any(abs(mine - yours) > _POINT for mine, yours in zip(*sizes, strict=True)):
            yield f"{place}的大小不同：{' 和 '.join(f'{wide:.0f}×{high:.0f} 点' for wide, high in sizes)}。"
        yield from _compare_words(f"{place}的文字不同", *(page.extract_text().splitlines() for page in (left, right)))


def _loose_fonts(path: Path, reader: PdfReader) -> Iterator[str]:
    """Fonts that a print only names: another machine would show others."""
    loose = {font for page in reader.pages for font in _fonts_outside(page)}
    if loose:
        yield f"“{path}”没有嵌入字体：{'、'.join(sorted(loose))}。"


def _fonts_outside(page: PageObject) -> Iterator[str]:
    resources: Any = page.get("/Resources", {})
    for reference in resources.get("/Font", {}).values():
        font = reference.get_object()
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner["/FontDescriptor"].get_object() if "/FontDescriptor" in inner else {}
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
            yield str(font.get("/BaseFont", "?"))


def _compare_pictures(name: str, one: Path, other: Path) -> Iterator[str]:
    sizes = []
    for path in (one, other):
        try:
            with Image.open(path) as image:
                plain = image.convert("RGB")
        except OSError as error:
            yield f"“{path}”不是完好的图片：{error}。"
            return
        sizes.append(plain.size)
        yield from _blank(path, plain)
    ratios = [max(mine, yours) / min(mine, yours) for mine, yours in zip(*sizes, strict=True)]
    if max(ratios) > MOST_RATIO:
        yield f"“{name}”的大小相差太多：{' 和 '.join(f'{wide}×{high}' for wide, high in sizes)}。"


def _blank(path: Path, image: Image.Image) -> Iterator[str]:
    counts = [count for count, _ in image.getcolors(image.width * image.height) or ()]
    share = max(counts) / (image.width * image.height)
    if min(image.size) < LEAST_SIDE:
        yield f"“{path}”太小：{image.width}×{image.height}。"
    if len(counts) < LEAST_COLOURS or share > MOST_OF_ONE:
        yield f"“{path}”几乎是空白：{len(counts)} 种颜色，最多的一种占 {share:.1%}。"


def main(arguments: list[str]) -> int:
    """Print every difference; 0 if there is none, 1 if there is, 2 for a wrong command line."""
    if len(arguments) != 2:  # noqa: PLR2004 - two folders
        print(__doc__, file=sys.stderr)
        return 2
    found = compare(Path(arguments[0]), Path(arguments[1]))
    print("\n".join(found) or "两次走查的结果相同。")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
