"""One table of a report on the screen: groups, sums and tones as on paper, texts whole over several lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPen, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.domain.field import Field
from desktop.domain.fields import PercentField, QuantityField, TextField
from desktop.domain.report import Row, Table
from desktop.exchange.clipboard import clipboard_text
from desktop.ui.colours import CHOSEN, HEAD, INK, LINE, PAPER, colour, shade
from desktop.ui.table_model import TONE_ROLE
from desktop.ui.theme import figures, sized

_SIDE = 8
_LINES = 3
"""So many lines of a long text are seen; its tool tip has the whole."""
_LOOKED_AT = 200
_NARROW, _WIDE = 3.2, 11.0
"""The least and the most that a column of short texts takes, in units of the font's height."""
_INDEX = QModelIndex | QPersistentModelIndex


class Kind(Enum):
    """What a line is."""

    ROW = auto()
    GROUP = auto()
    SUM = auto()


@dataclass(frozen=True)
class ReportLine:
    """A line as it is seen: of a group its title alone."""

    kind: Kind
    row: Row
    title: str = ""


def lines_of(table: Table) -> Iterator[ReportLine]:
    """The lines of a table from the top."""
    for group in table.groups:
        if group.title:
            yield ReportLine(Kind.GROUP, Row({}), group.title)
        yield from (ReportLine(Kind.ROW, row) for row in group.rows)
        if group.subtotal:
            yield ReportLine(Kind.SUM, group.subtotal)
    if table.total:
        yield ReportLine(Kind.SUM, table.total)


class ReportModel(QAbstractTableModel):
    """The lines of a table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[ReportLine] = []
        self.columns: tuple[Field, ...] = ()

    def set_table(self, table: Table) -> None:
        """Show another table."""
        self.beginResetModel()
        self.lines, self.columns = list(lines_of(table)), table.columns
        self.endResetModel()

    def rowCount(self, parent: _INDEX = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _INDEX = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def text(self, row: int, column: int) -> str:
        """What stands in a cell."""
        line, item = self.lines[row], self.columns[column]
        if line.kind is Kind.GROUP:
            return line.title if column == 0 else ""
        return item.text(line.row.values.get(item.key))

    def data(self, index: _INDEX, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.text(index.row(), index.column())
        if role == TONE_ROLE:
            tone = self.lines[index.row()].row.tones.get(self.columns[index.column()].key)
            return tone.value if tone else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].label
        return None


class _Painter(QStyledItemDelegate):
    """Draws a cell: wrapped where the table has long texts, on the ground of its tone."""

    def __init__(self, model: ReportModel, view: QTableView) -> None:
        super().__init__(view)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _INDEX) -> None:
        spot: Any = option  # Qt's stubs leave out what a style option holds
        painter.save()
        line, item = self._model.lines[index.row()], self._model.columns[index.column()]
        tone = index.data(TONE_ROLE)
        ground = PAPER if line.kind is Kind.ROW else HEAD
        if spot.state & QStyle.StateFlag.State_Selected:
            ground = CHOSEN
        elif tone:
            ground = shade(tone).fill
        painter.fillRect(spot.rect, colour(ground))
        strong = line.kind is not Kind.ROW or bool(tone)
        font = sized(spot.font, 1.0, bold=True) if strong else spot.font
        painter.setFont(font if isinstance(item, TextField) else figures(font))
        painter.setPen(colour(shade(tone).ink if tone else INK))
        figure = isinstance(item, QuantityField | PercentField)
        align = Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft
        space = QRectF(spot.rect).adjusted(_SIDE, 2, -_SIDE, -3)
        painter.setClipRect(space)
        wrap = Qt.TextFlag.TextWordWrap
        text = str(index.data() or "")
        high = painter.boundingRect(space, wrap, text).height() > space.height()
        if high:  # no line is cut through its middle
            leading = painter.fontMetrics().lineSpacing()
            space.setHeight(max(leading, space.height() // leading * leading))
            painter.setClipRect(space)
        place = Qt.AlignmentFlag.AlignTop if high else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(space, align | place | wrap, text)
        painter.setClipping(False)
        painter.setPen(QPen(colour(LINE, 160), 1))
        painter.drawLine(spot.rect.bottomLeft(), spot.rect.bottomRight())
        painter.restore()


class ReportTable(QTableView):
    """A table of a report. ``opened`` brings the project that the entered row is about."""

    opened = Signal(UUID)

    def __init__(self) -> None:
        super().__init__()
        self.lines = ReportModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(_Painter(self.lines, self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(36)
        self.setAccessibleName("报表")
        self._shares: dict[int, float] = {}
        self._needs: dict[int, int] = {}
        self.activated.connect(self._open)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy, context=Qt.ShortcutContext.WidgetShortcut)

    def show_table(self, table: Table) -> None:
        """Show a table from its top."""
        self.clearSpans()
        self.lines.set_table(table)
        for at, line in enumerate(self.lines.lines):
            if line.kind is Kind.GROUP and len(table.columns) > 1:
                self.setSpan(at, 0, 1, len(table.columns))
        self._measure(table)
        self._fit()
        self.scrollToTop()

    def copy(self) -> None:
        """Put the chosen lines with their headings on the clipboard, as Excel takes them."""
        numbers = sorted({index.row() for index in self.selectionModel().selectedRows()})
        columns = range(self.lines.columnCount())
        rows = [[self.lines.text(number, column) for column in columns] for number in numbers]
        QApplication.clipboard().setText(clipboard_text([[item.label for item in self.lines.columns], *rows]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        subject = self.lines.lines[index.row()].row.subject
        if subject is not None:
            self.opened.emit(subject)

    def _measure(self, table: Table) -> None:
        """What short columns need; the long ones share the rest by their shares."""
        metrics, unit = QFontMetrics(sized(self.font(), 1.0, bold=True)), self.fontMetrics().height()
        self._needs, self._shares = {}, {}
        looked_at = range(min(len(self.lines.lines), _LOOKED_AT))
        for place, item in enumerate(table.columns):
            if isinstance(item, TextField) and item.lines:
                self._shares[place] = item.share
                continue
            texts = [self.lines.text(at, place) for at in looked_at if self.lines.lines[at].kind is not Kind.GROUP]
            widest = max(map(metrics.horizontalAdvance, (item.label, *texts)), default=0)
            self._needs[place] = round(min(max(widest + 2 * _SIDE + 4, _NARROW * unit), _WIDE * unit))
        lines = _LINES if self._shares else 1
        self.verticalHeader().setDefaultSectionSize(round(unit * lines + 0.6 * unit))
        for at, line in enumerate(self.lines.lines):
            if self._shares and line.kind is not Kind.ROW:
                self.setRowHeight(at, round(unit * 1.6))

    def _fit(self) -> None:
        room = max(0, self.viewport().width() - sum(self._needs.values()))
        header, least = self.horizontalHeader(), round(_WIDE * self.fontMetrics().height())
        whole = sum(self._shares.values())
        spare = 0 if self._shares else room
        for place, need in self._needs.items():
            header.resizeSection(place, need + int(spare * need / sum(self._needs.values())))
        for place, share in self._shares.items():
            header.resizeSection(place, max(least, int(room * share / whole)))
