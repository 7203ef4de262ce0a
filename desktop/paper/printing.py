"""Drawing a sheet: the pages with their head and foot, the form, the QR code, the draft mark."""

import threading
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby
from typing import Any

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.errors import Refusal
from desktop.paper import qr, report_blocks  # noqa: F401 (it teaches `lay` the blocks of reports)
from desktop.paper.blocks import rows_of
from desktop.paper.faces import HEI, SONG, face, missing
from desktop.paper.linebreak import is_word
from desktop.paper.pages import Room, paginate
from desktop.paper.rows import BODY, PAD, SMALL, Box, Foot, Page, Place, Row, Style, page_of
from desktop.paper.sheet import Printed, Sheet

_TITLE = Style(HEI, 22, 28)
_REPORT_TITLE = Style(HEI, 17, 22)
_LATER_TITLE = Style(HEI, 12, 16)
_COMPANY = Style(HEI, 10.5, 14)
_CODE = 17 * mm
"""Side of the QR code, which stands in the upper right corner of every page."""
_LOGO = (42 * mm, 11 * mm)
"""The most that the logo takes."""
_LOGO_PIXELS = (1000, 260)
"""What that is at 600 dots per inch; a larger picture is scaled down."""
_GROUNDS = {"good": "#dff1e6", "warning": "#fbeccb", "bad": "#f9d9d5", "info": "#e2ebfa", "neutral": "#ebeef2"}
"""The ground of a cell by its tone; what it means is always said in words, too."""
_THICK, _THIN = 1.3, 0.5
_SHADE = 0.93
_MIDDLE = 0.38
"""Height of the middle of a Chinese character above its base line, in ems."""
_MOST_SPREAD = 0.22
"""A justified line is spread by at most so much per loose character, in ems; else it keeps its ragged end."""

# the PDF library's fonts keep a reading position each, and so serve one document at a time
drawing = threading.Lock()


def render(sheet: Sheet) -> Printed:
    """The sheet as a PDF of A4 pages, the same bytes for the same sheet.

    Raises:
        Refusal: the logo is no readable picture.
    """
    with drawing:
        face(SONG)
        face(HEI)
        paper = page_of(sheet)
        room = paper.height - paper.bottom
        pages = paginate(rows_of(sheet), Room(room - paper.first_top, room - paper.later_top))
        buffer = BytesIO()
        # the stubs take the name of a font for a number
        font: Any = SONG
        canvas = Canvas(buffer, pagesize=(paper.width, paper.height), initialFontName=font, invariant=1)
        canvas.setTitle(" ".join(part for part in (sheet.title, sheet.number) if part))
        canvas.setAuthor(sheet.company)
        canvas.setSubject(sheet.form_code)
        logo = logo_picture(sheet.logo)
        for number, rows in enumerate(pages, start=1):
            _Page(canvas, sheet, paper, logo, number, len(pages)).draw(rows)
            canvas.showPage()
        canvas.save()
    return Printed(buffer.getvalue(), missing(sheet.texts()), len(pages))


def logo_picture(data: bytes | None) -> ImageReader | None:
    """The company's logo, scaled for paper; nothing where there is none.

    Raises:
        Refusal: it is no readable picture.
    """
    if not data:
        return None
    try:
        picture = Image.open(BytesIO(data)).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal(
            "公司标志图片无法读取，表单没有打印。",
            todo="请在设置中换一张 PNG 或 JPEG 图片。",
            details=str(error),
        ) from error
    picture.thumbnail(_LOGO_PIXELS)
    return ImageReader(picture)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page being drawn."""

    canvas: Canvas
    sheet: Sheet
    paper: Page
    logo: ImageReader | None
    number: int
    count: int

    def draw(self, rows: list[Row]) -> None:
        self._head()
        if self.number == 1:
            self._title()
        else:
            title = f"{self.sheet.title}（续）"
            self._centred(
                title, self.paper.height - self.paper.later_title, _LATER_TITLE, self.paper.form - 2 * _CODE - 8 * mm
            )
        top = self.paper.height - (self.paper.first_top if self.number == 1 else self.paper.later_top)
        framed = [row for row in rows if row.framed]
        below = top - sum(row.height for row in framed)
        self._form(framed, top, below)
        self._unframed([row for row in rows if not row.framed], below - 1.5 * mm)
        self._foot()
        if self.sheet.draft:
            self._draft()

    def _head(self) -> None:
        base = self.paper.height - self.paper.company
        left = self.paper.left
        if self.logo is not None:
            width, height = self.logo.getSize()
            scale = min(_LOGO[0] / width, _LOGO[1] / height)
            bottom = base + 1.3 * mm - scale * height / 2
            self.canvas.drawImage(self.logo, left, bottom, width * scale, height * scale, mask="auto")
            left += width * scale + 3 * mm
        style = shrunk(_COMPANY, self.sheet.company, self.paper.right - _CODE - 5 * mm - left)
        self._text(self.sheet.company, left, base, style)
        if self.sheet.qr:
            qr.draw(self.canvas, self.sheet.qr, self.paper.right - _CODE, self.paper.height - 10 * mm - _CODE, _CODE)

    def _title(self) -> None:
        sheet = self.sheet
        self._centred(
            sheet.title,
            self.paper.height - self.paper.title,
            _REPORT_TITLE if sheet.report else _TITLE,
            self.paper.form - 2 * _CODE,
        )
        if sheet.subtitle:
            self._centred(
                sheet.subtitle,
                self.paper.height - self.paper.subtitle,
                replace(SMALL, size=9.5),
                self.paper.form - 2 * _CODE,
            )
        line = self.paper.height - self.paper.first_top + 2 * mm
        if sheet.number:
            self._text(f"{sheet.number_label}：{sheet.number}", self.paper.left + 1, line, replace(BODY, size=9.5))
        if sheet.to:
            self._text(f"报送：{sheet.to}", self.paper.left + 1, line, replace(BODY, size=9.5))
        if sheet.dated:
            self._text(sheet.dated, self.paper.right - 1, line, replace(BODY, size=9.5), Place.RIGHT)

    def _foot(self) -> None:
        sheet, base = self.sheet, 11.5 * mm
        self.canvas.setLineWidth(_THIN)
        self.canvas.line(self.paper.left, base + 4.5 * mm, self.paper.right, base + 4.5 * mm)
        number = f"{sheet.number_label} {sheet.number}" if sheet.number else ""
        left = "\u3000".join(part for part in (sheet.form_code, number) if part)
        revision = f"第 {sheet.revision} 版" if sheet.revision else ""
        digest = f"校验 {sheet.digest}" if sheet.digest else ""
        right = "\u3000".join(part for part in (revision, digest) if part)
        self._text(left, self.paper.left, base, SMALL)
        self._text(f"第 {self.number} 页\u3000共 {self.count} 页", self.paper.width / 2, base, SMALL, Place.CENTRE)
        self._text(right, self.paper.right, base, SMALL, Place.RIGHT)

    def _draft(self) -> None:
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillGray(0, 0.06)
        canvas.translate(self.paper.width / 2, self.paper.height / 2)
        canvas.rotate(52)
        self._text("草\u2002稿", 0, -50, Style(HEI, 140, 140), Place.CENTRE)
        canvas.restoreState()

    def _form(self, rows: list[Row], top: float, below: float) -> None:
        if not rows:
            return
        y = top
        for row in rows:
            for box in row.boxes:
                if box.shaded or box.tone:
                    self._ground(box)
                    self.canvas.rect(
                        self.paper.left + box.left, y - row.height, box.width, row.height, stroke=0, fill=1
                    )
            y -= row.height
        self.canvas.setFillGray(0)
        self.canvas.setLineWidth(_THIN)
        y = top
        for row in rows:
            if y != top:
                self.canvas.line(self.paper.left, y, self.paper.right, y)
            for box in row.boxes:
                if box.left:
                    self.canvas.line(self.paper.left + box.left, y, self.paper.left + box.left, y - row.height)
                self._box(box, y, row.height)
            y -= row.height
        self.canvas.setLineWidth(_THICK)
        self.canvas.rect(self.paper.left, below, self.paper.form, top - below)

    def _ground(self, box: Box) -> None:
        if box.tone in _GROUNDS:
            self.canvas.setFillColor(HexColor(_GROUNDS[box.tone]))
        else:
            self.canvas.setFillGray(_SHADE)

    def _unframed(self, rows: list[Row], top: float) -> None:
        y = top
        for row in rows:
            for box in row.boxes:
                self._box(box, y + PAD, row.height)
            y -= row.height - 1.5 * PAD

    def _box(self, box: Box, top: float, height: float) -> None:
        style = box.style
        used = len(box.lines) * style.leading
        y = top - box.pad if box.top else top - (height - used) / 2
        for line in box.lines:
            base = y - style.leading / 2 - _MIDDLE * style.size
            left = self.paper.left + box.left + (box.indent if line.first else 0)
            width = box.width - 2 * box.side - (box.indent if line.first else 0)
            if box.place is Place.CENTRE:
                self._text(line.text, left + box.width / 2, base, style, Place.CENTRE)
            elif box.place is Place.RIGHT:
                self._text(line.text, left + box.width - box.side, base, style, Place.RIGHT)
            else:
                spread = 0.0 if line.last or not box.justified else _spread(line.text, width, style)
                self._text(line.text, left + box.side, base, style, spread=spread)
            y -= style.leading
        self._feet(box, top - height + PAD)

    def _feet(self, box: Box, bottom: float) -> None:
        y = bottom + box.foot_height
        for line in box.foot:
            y -= line[0].style.leading
            for foot in line:
                self._foot_text(foot, box, y)

    def _foot_text(self, foot: Foot, box: Box, bottom: float) -> None:
        base = bottom + foot.style.leading / 2 - _MIDDLE * foot.style.size
        if foot.from_right:
            self._text(foot.text, self.paper.left + box.left + box.width - foot.at, base, foot.style, Place.RIGHT)
        else:
            self._text(foot.text, self.paper.left + box.left + foot.at, base, foot.style)

    def _centred(self, text: str, base: float, style: Style, width: float) -> None:
        self._text(text, self.paper.width / 2, base, shrunk(style, text, width), Place.CENTRE)

    def _text(
        self, text: str, x: float, base: float, style: Style, place: Place = Place.LEFT, spread: float = 0.0
    ) -> None:
        if not text:
            return
        self.canvas.setFont(style.face, style.size)
        if place is Place.CENTRE:
            x -= style.measure(text) / 2
        elif place is Place.RIGHT:
            x -= style.measure(text)
        if not spread:
            self.canvas.drawString(x, base, text)
            return
        line = self.canvas.beginText(x, base)
        for loose, chars in groupby(text, key=_is_loose):
            line.setCharSpace(spread if loose else 0)
            line.textOut("".join(chars))
        line.setCharSpace(0)
        self.canvas.drawText(line)


def shrunk(style: Style, text: str, width: float) -> Style:
    """The style, smaller if the text would be wider than ``width``."""
    needed = style.measure(text)
    return style if needed <= width else replace(style, size=style.size * width / needed)


def _is_loose(char: str) -> bool:
    """Whether space may be added behind the character: not inside words and numbers."""
    return not is_word(char)


def _spread(text: str, width: float, style: Style) -> float:
    """Space to add behind each loose character so that the line ends at the margin; none where it would gape."""
    gaps = sum(_is_loose(char) for char in text[:-1])
    if not gaps:
        return 0.0
    spread = (width - style.measure(text)) / gaps
    return spread if 0 < spread <= _MOST_SPREAD * style.size else 0.0
