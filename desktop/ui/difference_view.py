"""What changed, line by line, coloured by what happened: the first thing a signer sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.domain.filing import Difference, DifferenceKind
from desktop.exchange.clipboard import clipboard_text
from desktop.ui.colours import INK, shade
from desktop.ui.line_cells import LinePainter
from desktop.ui.table_model import TONE_ROLE

Index = QModelIndex | QPersistentModelIndex
_HEADINGS = ("", "部分", "位置", "变更前", "变更后")
_SHARES = (0.0, 1.3, 1.6, 3.4, 3.4)
_TONES = {DifferenceKind.ADDED: "good", DifferenceKind.REMOVED: "bad", DifferenceKind.CHANGED: "warning"}


def summary(differences: Sequence[Difference]) -> str:
    """How much changed, in a few words."""
    if not differences:
        return "内容没有变动"
    counts = Counter(item.kind for item in differences)
    told = "、".join(f"{kind.value} {counts[kind]} 处" for kind in DifferenceKind if counts[kind])
    return f"共 {len(differences)} 处变动：{told}"


class DifferenceModel(QAbstractTableModel):
    """The differences as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Difference, ...] = ()

    def show(self, differences: Sequence[Difference]) -> None:
        """Show other differences."""
        self.beginResetModel()
        self.rows = tuple(differences)
        self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """What stands in a cell."""
        item = self.rows[row]
        first = row == 0 or self.rows[row - 1].section != item.section
        words = (item.kind.value, item.section_title if first else "", item.place, item.before, item.after)
        return words[column] or ("—" if column > 2 else "")  # noqa: PLR2004 – the two texts

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _HEADINGS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if index.column() == 0 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return _TONES[self.rows[index.row()].kind] if role == TONE_ROLE else None


class _Painter(LinePainter):
    """The whole row bears the colour; only the kind is written in it."""

    frames_focus = False

    def colours(self, index: Index, *, chosen: bool) -> tuple[str, str]:
        tone = shade(index.data(TONE_ROLE))
        return tone.fill, tone.ink if index.column() == 0 else INK


class DifferenceView(QTableView):
    """Shows differences between two revisions."""

    def __init__(self) -> None:
        super().__init__()
        self.differences = DifferenceModel(self)
        self.setModel(self.differences)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName("变动")
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy, context=Qt.ShortcutContext.WidgetShortcut)

    def show_differences(self, differences: Sequence[Difference]) -> None:
        """Show other differences."""
        self.differences.show(differences)
        self._fit()

    def copy(self) -> None:
        """Put the chosen rows on the clipboard as Excel takes them."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        lines = [[self.differences.text(row, column) for column in range(len(_HEADINGS))] for row in rows]
        QGuiApplication.clipboard().setText(clipboard_text([["变动", *_HEADINGS[1:]], *lines]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = round(self.fontMetrics().height() * 2)
        space = self.viewport().width() - narrow
        self.setColumnWidth(0, narrow)
        for column, share in enumerate(_SHARES[1:], 1):
            self.setColumnWidth(column, int(space * share / sum(_SHARES)))
        self.resizeRowsToContents()
