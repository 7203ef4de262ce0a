"""The window in which a print is looked at, saved and sent to the printer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QKeySequence, QPageLayout, QPageSize, QPainter, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.ui.error_dialog import show_error
from desktop.ui.files import ask_where_to_save
from desktop.ui.pdf_view import PdfDocument, PdfView
from desktop.ui.pieces import take_size

_FINEST_DPI = 300.0
_A4_WIDTH = 600.0
"""In points, rounded up."""


class PdfPanel(QWidget):
    """A PDF with its buttons; ``set_pdf`` shows another one."""

    def __init__(self) -> None:
        super().__init__()
        self.view = PdfView()
        self._name = "打印件.pdf"
        self._notice = QLabel()
        self._notice.setWordWrap(True)
        self._notice.setProperty("role", "problem")
        self._notice.hide()
        self._state = QLabel()
        self._state.setProperty("role", "muted")
        self._state.setProperty("passing", True)  # the zoom goes by the room there is
        self._state.setMinimumWidth(self._state.fontMetrics().horizontalAdvance("第 100 页，共 100 页　100%"))
        self.save = QPushButton("另存为 PDF…")
        self.print = QPushButton("打印…")
        self.print.setProperty("role", "primary")
        self._lay_out()
        self.view.moved.connect(self._tell)
        self.save.clicked.connect(self._save)
        self.print.clicked.connect(self._print)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence.StandardKey.Print, self, self._print, context=inside)
        QShortcut(QKeySequence.StandardKey.Save, self, self._save, context=inside)

    def set_pdf(self, content: bytes, name: str, notice: str = "") -> None:
        """Show a PDF that would be saved under ``name``; ``notice`` says what is not right with it."""
        self._name = name
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self.view.show_pdf(content)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for words, tip, act in (
            ("－", "缩小（Ctrl+滚轮）", lambda: self.view.zoom_by(1 / 1.15)),
            ("＋", "放大（Ctrl+滚轮）", lambda: self.view.zoom_by(1.15)),
            ("适合宽度", "适合宽度（0）", self.view.fit_width),
        ):
            button = QPushButton(words)
            button.setToolTip(tip)
            button.clicked.connect(act)
            bar.addWidget(button)
        bar.addWidget(self._state)
        bar.addStretch(1)
        bar.addWidget(self.save)
        bar.addWidget(self.print)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(self._notice)
        layout.addWidget(self.view, 1)

    def _tell(self, page: int, zoom: float) -> None:
        self._state.setText(f"第 {page + 1} 页，共 {self.view.pages} 页　{zoom:.0%}")

    def _save(self) -> None:
        path = ask_where_to_save(self, "另存为 PDF", self._name, "PDF 文件 (*.pdf)")
        if path is None:
            return
        try:
            self.view.save(path)
        except OSError as error:
            refusal = Refusal(
                f"不能写入“{path}”。", kept="原有的文件没有改动。", todo="请换一个位置再存。", details=str(error)
            )
            show_error(self, refusal)

    def _print(self) -> None:
        if self.view.document is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._name)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.view.pages)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            print_document(self.view.document, printer)


def print_document(document: PdfDocument, printer: QPrinter) -> None:
    """Send the pages to a printer at its own fineness, each on its own sheet, in true size.

    Raises:
        Refusal: the printer does not take them.
    """
    first, last = printer.fromPage() or 1, printer.toPage() or len(document.sizes)
    painter = QPainter()
    printer.setFullPage(True)
    _turn(document, first - 1, printer)
    if not painter.begin(printer):
        raise Refusal("打印机没有接受打印任务。", todo="请检查打印机是否接通，或先另存为 PDF。")
    for number in range(first - 1, last):
        if number >= first:
            _turn(document, number, printer)
            printer.newPage()
        size = document.sizes[number]
        dots = printer.resolution() / 72.0
        picture = document.draw(number, min(_FINEST_DPI, float(printer.resolution())))
        painter.drawImage(QRectF(0, 0, size.width() * dots, size.height() * dots), picture)
    painter.end()


def _turn(document: PdfDocument, number: int, printer: QPrinter) -> None:
    size = document.sizes[number]
    wide = size.width() > size.height()
    sides = sorted((size.width(), size.height()))
    if sides[0] > _A4_WIDTH:  # a larger sheet asks for larger paper; the others go on whatever was chosen
        printer.setPageSize(QPageSize(QSizeF(*sides), QPageSize.Unit.Point))
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait)


class PdfDialog(QDialog):
    """A print in a window of its own."""

    def __init__(self, content: bytes, name: str, notice: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(name)
        take_size(self, 900, 820)
        self.panel = PdfPanel()
        layout = QVBoxLayout(self)
        layout.addWidget(self.panel)
        self.panel.set_pdf(content, name, notice)
        self.panel.view.setFocus()
