"""QR codes drawn as plain rectangles, so that no font or picture comes with them."""

from functools import lru_cache
from itertools import groupby
from typing import Any

from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel
from reportlab.pdfgen.canvas import Canvas


@lru_cache(maxsize=4)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of the code for ``text`` by row, with error correction level M (15 %).

    Every page of a print bears the same code, and working one out takes longer than all else on the page.
    """
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    code.make()
    size = code.getModuleCount()
    return tuple(tuple(bool(code.isDark(row, column)) for column in range(size)) for row in range(size))


def draw(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draw the code for ``text`` into a square; the caller leaves a margin of four modules free around it."""
    rows = modules(text)
    step = side / len(rows)
    canvas.setFillGray(0)
    for number, row in enumerate(rows):
        column = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                top = bottom + side - (number + 1) * step
                canvas.rect(left + column * step, top, length * step, step, stroke=0, fill=1)
            column += length
