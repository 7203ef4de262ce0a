"""A table with everything an office expects of one: search, sort, filters, copy to Excel, keyboard, empty state."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.exchange.clipboard import clipboard_text
from desktop.ui.icons import icon
from desktop.ui.operations import Operations
from desktop.ui.table_grid import TableView
from desktop.ui.table_model import TableModel
from desktop.ui.table_source import Ask, Column, Filter, Source

Row = TypeVar("Row")
_SEARCH_DELAY_MS = 180
_SLIM = 8
"""Columns wider than this (in units of the font's height) give way where room is short."""


class Table(QWidget, Generic[Row]):
    """A source shown as a table. ``chosen`` tells the current row (or ``None``), ``opened`` the one entered.

    Where no row is current and ``wants_first`` says so, the first one becomes it.
    """

    chosen = Signal(object)
    opened = Signal(object)
    counted = Signal(int)

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        source: Source[Row],
        operations: Operations,
        *,
        name: str,
        empty: str = "没有记录",
        ask: Ask | None = None,
        filters: Sequence[Filter] = (),
        search: str = "查找",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._memory: QSettings | None = None
        self._empty = empty
        self._filters = tuple(item.key for item in filters)
        self._keep: Hashable = None
        self._steady = self._sought = False
        self._sight: tuple[list[Hashable], Hashable] | None = None
        self._hides = self._fitting = False
        self.menu_for: Callable[[Row], Sequence[QAction]] = lambda _row: ()
        self.wants_first: Callable[[], bool] = lambda: False
        self.view = TableView("", self)
        self.view.setAccessibleName(name)
        self.model = TableModel(columns, source, operations, ask or Ask(), self)
        self.view.setModel(self.model)
        self.view.opening = frozenset(n for n, column in enumerate(self.model.columns) if column.opens)
        self.search = QLineEdit(placeholderText=search, clearButtonEnabled=True)
        self.search.setAccessibleName(search)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.bar = QHBoxLayout()
        self.bar.addWidget(self.search, 1)
        self.foot = QLabel()
        self.foot.setProperty("role", "muted")
        self.foot.hide()
        self._lay_out(filters)
        self._connect()
        self._size_columns()

    def remember_widths(self, memory: QSettings) -> None:
        """Take the columns' widths from ``memory``, and keep them there."""
        self._memory = memory
        self._size_columns()

    def fit_columns(self) -> None:
        """Never scroll sideways: the last columns wait until there is room for them. A copy holds them all the same."""
        self._hides = True
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_empty(self, words: str) -> None:
        """Say something else where there is nothing."""
        self._empty = words

    def reload(self) -> None:
        """Read anew; what is chosen stays chosen where it still is there, and the list does not move."""
        self._remember_current()
        self._steady = True
        self.model.reload()

    def current(self) -> Row | None:
        """The current row."""
        index = self.view.currentIndex()
        return self.model.row_at(index.row()) if index.isValid() else None

    def choose(self, key: Hashable) -> None:
        """Make the row of that id current as soon as it is there."""
        place = self.model.place_of(key)
        if place >= 0:
            self.view.selectRow(place)
            self.view.scrollTo(self.model.index(place, 0))
        else:
            self.unchoose()  # else the next answer would bring the old row back
            self._keep, self._sought = key, True

    def unchoose(self) -> None:
        """Let no row be chosen."""
        self.view.clearSelection()
        self.view.setCurrentIndex(QModelIndex())
        self._keep = None

    def copy(self) -> None:
        """Put the chosen rows with their headings on the clipboard, as Excel takes them."""
        numbers = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        self.model.with_rows(numbers, self._to_clipboard)

    def _lay_out(self, filters: Sequence[Filter]) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        if filters:
            self.bar.addWidget(self._filter_button(filters))
        layout.addLayout(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        self._delay = QTimer(self, singleShot=True, interval=_SEARCH_DELAY_MS)
        self._delay.timeout.connect(self._search_now)
        self.search.textChanged.connect(lambda _text: self._delay.start())
        self.search.returnPressed.connect(self._to_first)
        header = self.view.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(*self._first_order())
        header.sortIndicatorChanged.connect(self._sort_by)
        header.sectionResized.connect(self._remember_width)
        if any(column.stretch for column in self.model.columns):
            self.view.resized.connect(self._fit_columns)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.entered_row.connect(self._open)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self.model.modelAboutToBeReset.connect(self._remember_current)
        self.model.modelAboutToBeReset.connect(self._remember_sight)
        self.model.loaded.connect(self._after_load)
        self.model.filled.connect(self._tell)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence.StandardKey.Find, self, self._to_search, context=inside)
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self.copy, context=Qt.ShortcutContext.WidgetShortcut)
        QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, self._to_first, context=Qt.ShortcutContext.WidgetShortcut)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search, self.search.clear, context=inside)

    def _first_order(self) -> tuple[int, Qt.SortOrder]:
        ask = self.model.ask
        place = next((n for n, column in enumerate(self.model.columns) if column.sort and column.sort == ask.sort), -1)
        return place, Qt.SortOrder.DescendingOrder if ask.descending else Qt.SortOrder.AscendingOrder

    def _sort_by(self, column: int, order: Qt.SortOrder) -> None:
        if column >= 0 and not self.model.columns[column].sort:
            self.view.horizontalHeader().setSortIndicator(*self._first_order())
            return
        self._remember_current()
        self.model.sort(column, order)

    def _search_now(self) -> None:
        self._remember_current()
        self.model.reload(text=self.search.text())

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _to_first(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.selectRow(0)

    def _remember_current(self) -> None:
        number = self.view.currentIndex().row()
        if 0 <= number < len(self.model.ids):
            self._keep = self.model.ids[number]

    def _remember_sight(self) -> None:
        """Which rows are chosen, and which one stands at the top."""
        self._sight = None
        ids, top = self.model.ids, self.view.rowAt(0)
        if self._steady and not self._sought and 0 <= top < len(ids):
            chosen = {index.row() for index in self.view.selectionModel().selectedRows()}
            self._sight = [ids[number] for number in sorted(chosen)], ids[top]

    def _restore_sight(self, chosen: Sequence[Hashable], top: Hashable) -> None:
        add = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        places = {key: number for number, key in enumerate(self.model.ids)}
        for key in chosen:
            if key in places:
                self.view.selectionModel().select(self.model.index(places[key], 0), add)
        if top in places:
            self.view.scrollTo(self.model.index(places[top], 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def _after_load(self) -> None:
        count = self.model.rowCount()
        ask = self.model.ask
        narrowed = bool(ask.text) or any(ask.chosen(key) for key in self._filters)
        self.view.empty = "没有符合条件的记录" if narrowed else self._empty
        self.view.setAccessibleDescription("" if count else self.view.empty)
        self.view.viewport().update()
        self.counted.emit(count)
        keep, self._keep = self._keep, None
        sight, self._sight = self._sight, None
        self._steady = self._sought = False
        if not self.view.currentIndex().isValid():  # else a row was chosen since, and that one stays
            place = self.model.place_of(keep) if keep is not None else -1
            if place < 0 and count and self.wants_first():
                place = 0
            self._make_current(place, scroll=sight is None)
        if sight is not None:
            self._restore_sight(*sight)
        self._tell()

    def _make_current(self, place: int, *, scroll: bool = True) -> None:
        if place >= 0:
            choose = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().setCurrentIndex(self.model.index(place, 0), choose)
            if scroll:
                self.view.scrollTo(self.model.index(place, 0))

    def _tell(self) -> None:
        self.chosen.emit(self.current())

    def _open(self, number: int) -> None:
        row = self.model.row_at(number)
        if row is not None:
            self.opened.emit(row)

    def _to_clipboard(self, rows: list[Row]) -> None:
        lines = [[column.text(row) for column in self.model.columns] for row in rows]
        QGuiApplication.clipboard().setText(clipboard_text([[column.title for column in self.model.columns], *lines]))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self.current()
        if row is not None and self.view.indexAt(at).isValid():
            menu.addActions(list(self.menu_for(row)))
            menu.addSeparator()
        menu.addAction("复制所选行", QKeySequence(QKeySequence.StandardKey.Copy), self.copy)
        menu.addAction("全选", QKeySequence(QKeySequence.StandardKey.SelectAll), self.view.selectAll)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _filter_button(self, filters: Sequence[Filter]) -> QToolButton:
        button = QToolButton()
        button.setObjectName("filter")
        button.setText("筛选 ▾")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setProperty("role", "button")
        button.setAccessibleName("筛选")
        menu = QMenu(button)
        actions: dict[str, list[QAction]] = {}

        def apply() -> None:
            ours = {key: frozenset(str(a.data()) for a in known if a.isChecked()) for key, known in actions.items()}
            count = sum(map(len, ours.values()))
            button.setText(f"筛选 {count} ▾" if count else "筛选 ▾")
            others = {key: values for key, values in self.model.ask.filters.items() if key not in ours}
            self._remember_current()
            self.model.reload(filters={**others, **{key: values for key, values in ours.items() if values}})

        for item in filters:
            heading = menu.addAction(item.title)
            heading.setEnabled(False)
            actions[item.key] = [menu.addAction(f"　{words}") for _value, words in item.options]
            for action, (value, _words) in zip(actions[item.key], item.options, strict=True):
                action.setCheckable(True)
                action.setData(value)
                action.toggled.connect(apply)
        button.setMenu(menu)
        return button

    def _size_columns(self) -> None:
        header = self.view.horizontalHeader()
        for place, column in enumerate(self.model.columns):
            if column.stretch:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            else:
                header.resizeSection(place, self._wish(column))

    def _fit_columns(self) -> None:
        """Leave a stretching column its own width: wide ones give way, and (``fit_columns``) the last ones wait."""
        header, unit = self.view.horizontalHeader(), self.fontMetrics().height()
        room = self.view.viewport().width()
        wishes = [self._wish(column) for column in self.model.columns]
        spare = [
            0 if column.stretch else max(0, wish - round(_SLIM * unit))
            for column, wish in zip(self.model.columns, wishes, strict=True)
        ]
        lacking = min(max(0, sum(wishes) - room), sum(spare))
        scrolls = sum(wishes) - lacking > room and not self._hides
        modes = QHeaderView.ResizeMode
        self._fitting = True
        for place, column in enumerate(self.model.columns):
            if column.stretch:  # rather scroll than leave nothing of it
                header.setSectionResizeMode(place, modes.Interactive if scrolls else modes.Stretch)
            width = wishes[place] - (lacking * spare[place] // sum(spare) if lacking else 0)
            room -= width
            if scrolls or not column.stretch:
                header.resizeSection(place, width)
            if self._hides:
                header.setSectionHidden(place, room < 0 and place > 0 and not column.stretch)
        self._fitting = False

    def _wish(self, column: Column[Row]) -> int:
        known: Any = None
        if self._memory is not None and not column.stretch:
            known = self._memory.value(self._width_key(column))
        return int(known) if known is not None else round(column.width * self.fontMetrics().height())

    def _width_key(self, column: Column[Row]) -> str:
        return f"widths/{self.objectName()}/{column.title}"

    def _remember_width(self, place: int, _old: int, new: int) -> None:
        column = self.model.columns[place]
        if self._memory is not None and not column.stretch and new and not self._fitting:
            self._memory.setValue(self._width_key(column), new)
