"""A PDF on the screen: crisp at any zoom, page by page, to be saved and printed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pypdfium2 as pdfium
from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

from desktop.domain.errors import Damaged
from desktop.ui.colours import LINE, colour

_GAP = 12
_POINTS_PER_INCH = 72.0
_PAPER_DPI = 96.0
_LEAST, _MOST = 0.25, 5.0
_KEPT_PAGES = 12


class PdfDocument:
    """A PDF; opened anew for each page that is drawn, which takes a millisecond and leaves nothing open.

    Raises:
        Damaged: it is none, or broken.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        try:
            with closing(pdfium.PdfDocument(content)) as document:
                self.sizes = [QSizeF(*document.get_page_size(number)) for number in range(len(document))]
        except pdfium.PdfiumError as error:
            raise Damaged(
                "这个 PDF 文件已损坏或加了密，无法显示。", todo="请用原件重新扫描或导出。", details=str(error)
            ) from error

    def draw(self, number: int, dpi: float) -> QImage:
        """The page as a picture."""
        with closing(pdfium.PdfDocument(self.content)) as document:
            bitmap = document[number].render(scale=dpi / _POINTS_PER_INCH, prefer_bgrx=True, maybe_alpha=False)
            lines = bytes(bitmap.buffer)
            return QImage(lines, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32).copy()


class PdfView(QAbstractScrollArea):
    """Shows the pages of a PDF below one another. ``moved`` tells the page looked at and the zoom."""

    moved = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: PdfDocument | None = None
        self._zoom = 1.0
        self._fits = True
        self._pictures: dict[tuple[int, int], QImage] = {}
        self.setAccessibleName("打印件预览")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStyleSheet("PdfView { background: #e3e7ec; border: none; }")
        self.viewport().setStyleSheet("background: #e3e7ec")
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._tell())

    def show_pdf(self, content: bytes) -> None:
        """Show another PDF, at its first page.

        Raises:
            Damaged: it cannot be shown; the one before stays.
        """
        opened = PdfDocument(content)
        self.document = opened
        self._pictures.clear()
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._tell()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self.document.sizes) if self.document else 0

    @property
    def page(self) -> int:
        """The page that is looked at, from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 3
        places = [number for number, rect in enumerate(self._places()) if rect.top() <= middle]
        return places[-1] if places else 0

    def go_to(self, number: int) -> None:
        """Bring a page to the top."""
        places = self._places()
        if 0 <= number < len(places):
            self.verticalScrollBar().setValue(int(places[number].top()) - _GAP)

    def set_zoom(self, zoom: float) -> None:
        """Show at this size; 1 is the size of the paper."""
        self._fits = False
        self._zoom = min(_MOST, max(_LEAST, zoom))
        self._arrange()

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller."""
        self.set_zoom(self._zoom * factor)

    def fit_width(self) -> None:
        """As wide as there is room."""
        self._fits = True
        self._arrange()

    def save(self, path: Path) -> None:
        """Write the PDF into a file.

        Raises:
            OSError: it cannot be written.
        """
        if self.document is not None:
            path.write_bytes(self.document.content)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.1 if event.angleDelta().y() > 0 else 1 / 1.1)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_PageDown: lambda: self.go_to(self.page + 1),
            Qt.Key.Key_PageUp: lambda: self.go_to(self.page - 1),
            Qt.Key.Key_Plus: lambda: self.zoom_by(1.15),
            Qt.Key.Key_Minus: lambda: self.zoom_by(1 / 1.15),
            Qt.Key.Key_0: self.fit_width,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.document is None:
            return
        painter = QPainter(self.viewport())
        left, top = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        seen = QRectF(self.viewport().rect()).translated(left, top)
        for number, place in enumerate(self._places()):
            if place.intersects(seen):
                target = place.translated(-left, -top)
                painter.drawImage(target.topLeft(), self._picture(number))
                painter.setPen(colour(LINE))
                painter.drawRect(target)
        painter.end()

    def _picture(self, number: int) -> QImage:
        ratio = self.viewport().devicePixelRatioF()
        dpi = _PAPER_DPI * self._zoom * ratio
        key = (number, round(dpi * 10))
        if key not in self._pictures and self.document is not None:
            while len(self._pictures) >= _KEPT_PAGES:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = self.document.draw(number, dpi)
        picture = self._pictures[key]
        picture.setDevicePixelRatio(ratio)
        return picture

    def _places(self) -> list[QRectF]:
        if self.document is None:
            return []
        scale = self._zoom * _PAPER_DPI / _POINTS_PER_INCH
        places, top = [], float(_GAP)
        for size in self.document.sizes:
            width, height = size.width() * scale, size.height() * scale
            left = max(_GAP, (self.viewport().width() - width) / 2)
            places.append(QRectF(round(left), round(top), round(width), round(height)))
            top += height + _GAP
        return places

    def _arrange(self) -> None:
        if self.document is None:
            return
        number = self.page
        if self._fits:
            widest = max(size.width() for size in self.document.sizes)
            room = self.viewport().width() - 2 * _GAP
            self._zoom = min(2.0, max(_LEAST, room * _POINTS_PER_INCH / _PAPER_DPI / widest))
        places = self._places()
        _set_range(self.verticalScrollBar(), places[-1].bottom() + _GAP, self.viewport().height())
        _set_range(self.horizontalScrollBar(), max(p.right() for p in places) + _GAP, self.viewport().width())
        self.go_to(number)
        self.viewport().update()
        self._tell()

    def _tell(self) -> None:
        if self.document is not None:
            self.moved.emit(self.page, self._zoom)


def _set_range(bar: QScrollBar, whole: float, seen: int) -> None:
    bar.setRange(0, max(0, round(whole) - seen))
    bar.setPageStep(seen)
    bar.setSingleStep(40)
