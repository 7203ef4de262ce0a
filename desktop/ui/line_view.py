"""The grid in which a form's lines are typed: Tab and Enter lead on, columns share the width."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.domain.choice_fields import ChoiceField
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    MonthField,
    PercentField,
    PeriodField,
    QuantityField,
)
from desktop.exchange.clipboard import clipboard_text
from desktop.ui.line_cells import LinePainter
from desktop.ui.line_model import LineModel

_LEAST_WIDTH = 4.2
_ROOMY_WIDTH = 6.4
_MANY_COLUMNS = 8
_MANY = 400
_SQUEEZABLE = 1.3
_MOST_SHOWN = 18
_ROUND = 1.2
_NARROW = 0.6


class LineView(QTableView):
    """A grid of lines, as high as they are; one that ``fills`` takes the height it is given and scrolls.

    ``pasting`` asks for what is on the clipboard to be looked at.
    """

    pasting = Signal(str)

    def __init__(self, lines: LineModel, parent: QWidget | None = None, *, fills: bool = False) -> None:
        super().__init__(parent)
        self._fills = fills
        self.lines = lines
        self.setModel(lines)
        self.setItemDelegate(LinePainter(self))
        self.setAccessibleName(lines.section.title)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        for change in (lines.modelReset, lines.rowsInserted, lines.rowsRemoved, lines.rowsMoved, lines.dataChanged):
            change.connect(self.fit)
        lines.modelReset.connect(self._share_width)
        self.fit()

    def fit(self) -> None:
        """Give rows the height of their text, and the grid the height of its rows."""
        if self.lines.rowCount() <= _MANY:
            self.resizeRowsToContents()
        if self._fills:
            return
        rows = sum(self.rowHeight(number) for number in range(min(self.lines.rowCount(), _MOST_SHOWN)))
        bar = self.horizontalScrollBar().sizeHint().height() if self.horizontalScrollBar().maximum() else 0
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + bar + 2)

    def go_to(self, number: int, column: int) -> None:
        """Make a cell current."""
        index = self.lines.index(number, column)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def chosen_rows(self) -> list[int]:
        """The rows in which something is chosen."""
        return sorted({index.row() for index in self.selectionModel().selectedIndexes()})

    def copy(self) -> None:
        """Put the chosen cells on the clipboard as Excel takes them; whole lines with their headings."""
        chosen = self.selectionModel().selectedIndexes()
        columns = sorted({index.column() for index in chosen})
        rows = [[self.lines.text_at(row, column) for column in columns] for row in self.chosen_rows()]
        if len(columns) == self.lines.columnCount() and rows:
            rows.insert(0, [self.lines.section.columns[column].label for column in columns])
        QGuiApplication.clipboard().setText(clipboard_text(rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self.fit()

    def _share_width(self) -> None:
        """Give each column its share, and figures and dates at least the room that they need."""
        fields = self.lines.section.columns
        least = self.fontMetrics().height() * (_ROOMY_WIDTH if len(fields) > _MANY_COLUMNS else _LEAST_WIDTH)
        space = self.viewport().width() - 1
        whole = sum(field.share for field in fields) or 1.0
        needs = [self._need(place) for place in range(len(fields))]
        widths = [
            max(need, least * _room(field.share), space * field.share / whole)
            for need, field in zip(needs, fields, strict=True)
        ]
        over = sum(widths) - space
        tight = [max(need, least * _room(field.share) / _SQUEEZABLE) for need, field in zip(needs, fields, strict=True)]
        slack = [width - narrow for width, narrow in zip(widths, tight, strict=True)]
        if 0 < over <= sum(slack):  # rather a little tighter than scrolling for a few dots
            widths = [width - over * room / sum(slack) for width, room in zip(widths, slack, strict=True)]
        for place, width in enumerate(widths):
            self.setColumnWidth(place, int(width))

    def _need(self, place: int) -> float:
        """How wide a column must be so that its heading, figures, dates and numbers of projects stay whole."""
        field = self.lines.section.columns[place]
        shown = field.shows if isinstance(field, ComputedField) else field
        words = [str(self.lines.headerData(place, Qt.Orientation.Horizontal) or "")]
        if isinstance(shown, MoneyField | QuantityField | PercentField | DateField | MonthField | ChoiceField):
            rows = range(min(self.lines.rowCount(), _MANY))
            words += [word for row in rows for word in self.lines.text_at(row, place).split()]
        if isinstance(shown, PeriodField):
            words += [self.lines.text_at(row, place) for row in range(min(self.lines.rowCount(), _MANY))]
        if isinstance(shown, ChoiceField):
            words = [words[0], *(word for word in words[1:] if word.isascii())]
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for word in words)
        return float(widest + metrics.height() * _ROUND)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = event.key()
        if event.matches(QKeySequence.StandardKey.Paste):
            if not self.lines.read_only:
                self.pasting.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif keys in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._edit_or_go_down()
        elif keys in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and not event.modifiers():
            self._clear()
        elif keys in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab} and self._at_edge(back=keys == Qt.Key.Key_Backtab):
            self._leave(forward=keys == Qt.Key.Key_Tab)
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After a cell: Enter goes down, Tab to the next, and past the last cell a new line begins."""
        hints = QAbstractItemDelegate.EndEditHint
        at = self.currentIndex()
        last = at.row() == self.lines.rowCount() - 1
        if hint == hints.EditNextItem and last and at.column() == self.lines.columnCount() - 1:
            super().closeEditor(editor, hints.NoHint)
            self.go_to(self.lines.insert(self.lines.rowCount()), 0)
            self.edit(self.currentIndex())
            return
        super().closeEditor(editor, hint)
        if hint == hints.SubmitModelCache:
            self._down()

    def _edit_or_go_down(self) -> None:
        at = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            return
        if at.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(at)
        else:
            self._down()

    def _leave(self, *, forward: bool) -> None:
        self.setTabKeyNavigation(False)  # else the way out leads back to this grid's own keys
        self.focusNextPrevChild(forward)
        self.setTabKeyNavigation(True)

    def _down(self) -> None:
        at = self.currentIndex()
        if at.row() + 1 < self.lines.rowCount():
            self.go_to(at.row() + 1, at.column())

    def _clear(self) -> None:
        for index in self.selectionModel().selectedIndexes():
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.lines.setData(index, "")

    def _at_edge(self, *, back: bool) -> bool:
        at = self.currentIndex()
        if not at.isValid():
            return True
        if back:
            return at.row() == 0 and at.column() == 0
        return at.row() == self.lines.rowCount() - 1 and at.column() == self.lines.columnCount() - 1


def _room(share: float) -> float:
    """How much of the usual least width a column of that share is given where there is little."""
    return max(share, _NARROW) if share < 1 else max(1.0, share * 0.7)
