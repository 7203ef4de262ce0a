"""The grid of a table: whole rows, what opens them, and a few words where there is nothing."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.ui.cells import ROW_HEIGHT, CellPainter
from desktop.ui.colours import FAINT, colour

_GATHERING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""Held down, a click gathers rows and opens nothing."""


class TableView(QTableView):
    """The grid itself: whole rows, Enter and double click open, a few words where there is nothing.

    In the columns of ``opening`` one click opens.
    """

    entered_row = Signal(int)
    resized = Signal()

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = empty
        self.opening: frozenset[int] = frozenset()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(CellPainter(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setFixedHeight(round(self.fontMetrics().height() * 1.6))
        self.doubleClicked.connect(self._after_double_click)
        self.clicked.connect(self._after_click)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.entered_row.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self.indexAt(event.position().toPoint())
        shape = Qt.CursorShape.PointingHandCursor if self._opens(over) else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _opens(self, index: QModelIndex) -> bool:
        return index.column() in self.opening and bool(index.data(Qt.ItemDataRole.DisplayRole))

    def _after_click(self, index: QModelIndex) -> None:
        if self._opens(index) and not QGuiApplication.keyboardModifiers() & _GATHERING:
            self.entered_row.emit(index.row())

    def _after_double_click(self, index: QModelIndex) -> None:
        if not self._opens(index):  # else its first click has opened it
            self.entered_row.emit(index.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model() is not None and self.model().rowCount() == 0 and self.empty:
            painter = QPainter(self.viewport())
            painter.setPen(colour(FAINT))
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty
            )
