"""Make the icons and the installer's pictures from what the program draws; a maintainer runs this, no program.

    .venv/bin/python -m build.icons

Results: ``resources/icons/epm-*.{ico,png}`` and ``build/packaging/art/*.bmp``. All are kept in the repository; run
it again when `desktop.ui.emblem` or the program's name has changed (a test tells).
"""

import struct
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QImage, QPainter, QPen, QPolygonF

from desktop import NAME, TITLE
from desktop.ui.colours import ACCENT, FAINT, INK, LINE, PAPER, TONES
from desktop.ui.emblem import SIZES, draw_file_sign, draw_sign

ROOT = Path(__file__).resolve().parent.parent
ICONS = ROOT / "resources" / "icons"
ART = ROOT / "build" / "packaging" / "art"
FILE_NAME = "epm-file"
"""The icon of data files; the MIME type names it too."""
LINUX_SIZES = (16, 24, 32, 48, 64, 128, 256)
COMPRESSED = 256
"""From this side on an entry of an .ico is a PNG; smaller ones are plain, as installers and old shells read them."""
HALF = 128
HEADER, SIDE = (150, 57), (164, 314)
"""What NSIS Modern UI 2 shows at the head of a page, and beside the first and the last one."""


def pictures() -> dict[Path, bytes]:
    """Every file that this script makes, with its content. Needs a QGuiApplication."""
    made: dict[Path, bytes] = {}
    for name, draw in ((NAME, draw_sign), (FILE_NAME, draw_file_sign)):
        made[ICONS / f"{name}.ico"] = ico([_pillow(draw(side)) for side in SIZES])
        for side in LINUX_SIZES:
            made[ICONS / f"{name}-{side}.png"] = _saved(_pillow(draw(side)), "PNG")
    made[ART / "header.bmp"] = _saved(_pillow(draw_header()).convert("RGB"), "BMP")
    made[ART / "side.bmp"] = _saved(_pillow(draw_side()).convert("RGB"), "BMP")
    return made


def ico(images: list[Image.Image]) -> bytes:
    """An icon file of these square RGBA images: 32-bit bitmaps, and a PNG for 256 pixels."""
    entries = [_saved(image, "PNG") if image.width >= COMPRESSED else _bitmap(image) for image in images]
    head = struct.pack("<HHH", 0, 1, len(entries))
    at = len(head) + 16 * len(entries)
    for image, entry in zip(images, entries, strict=True):
        side = image.width % 256  # 256 is written as 0
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(entry), at)
        at += len(entry)
    return head + b"".join(entries)


def _bitmap(image: Image.Image) -> bytes:
    """A bitmap as it stands in an icon: header of twice the height, pixels from below, and a mask of what is clear."""
    side = image.width
    header = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, 32, 0, 0, 0, 0, 0, 0)
    flipped = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    clear = flipped.getchannel("A").point(lambda alpha: 255 * (alpha < HALF)).convert("1", dither=Image.Dither.NONE)
    row = (side + 7) // 8
    bits = clear.tobytes()
    mask = b"".join(bits[row * y : row * (y + 1)] + bytes(-row % 4) for y in range(side))
    return header + flipped.tobytes("raw", "BGRA") + mask


def draw_header() -> QImage:
    """Sign and name, for the white head of the installer's pages."""
    image, painter = _canvas(HEADER, PAPER)
    sign = draw_sign(32)
    painter.drawImage(4, (HEADER[1] - 32) // 2, sign)
    painter.setFont(_font(14))
    painter.setPen(QColor(INK))
    painter.drawText(QRectF(43, 0, HEADER[0] - 43, HEADER[1]), Qt.AlignmentFlag.AlignVCenter, TITLE)
    painter.end()
    return image


def draw_side() -> QImage:
    """The panel beside the installer's first and last page: a form, its tick, and the name."""
    image, painter = _canvas(SIDE, ACCENT)
    sheet = QRectF(34, 58, 96, 128)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(PAPER))
    painter.drawRoundedRect(sheet, 5, 5)
    painter.setBrush(QColor(FAINT))
    painter.drawRoundedRect(QRectF(60, 74, 44, 6), 3, 3)
    for top in (94, 106, 118):
        painter.fillRect(QRectF(48, top, 68, 2), QColor(LINE))
    for left in (48, 84):
        painter.fillRect(QRectF(left, 168, 32, 2), QColor(LINE))
    ink = QColor(TONES["good"].ink)
    painter.setPen(QPen(ink, 6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(66, 144), QPointF(77, 155), QPointF(98, 132)]))
    painter.setPen(QColor(PAPER))
    painter.setFont(_font(19))
    painter.drawText(QRectF(0, 206, SIDE[0], 28), Qt.AlignmentFlag.AlignCenter, TITLE)
    painter.end()
    return image


def _canvas(size: tuple[int, int], ground: str) -> tuple[QImage, QPainter]:
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return image, painter


def _font(pixels: int) -> QFont:
    """Our own bold face, in pixels."""
    number = QFontDatabase.addApplicationFont(str(ROOT / "resources" / "fonts" / "hei-bold.ttf"))
    font = QFont(QFontDatabase.applicationFontFamilies(number))
    font.setBold(True)
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _pillow(image: QImage) -> Image.Image:
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (plain.width(), plain.height()), bytes(plain.constBits()))


def _saved(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def main() -> None:
    """Write every file and tell its size."""
    _application = QGuiApplication(["icons", "-platform", "offscreen"])
    for path, content in pictures().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sys.stdout.write(f"{path.relative_to(ROOT)}  {len(content)}\n")


if __name__ == "__main__":
    main()
