"""Pointing out the table in a workbook: sheet, heading rows, which column means what, and in which unit."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QSpinBox,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import Refusal
from desktop.services.book_layout import (
    UNITS,
    Choice,
    FoundColumn,
    FoundTable,
    ImportBook,
    Sheet,
    examples,
    first_rows,
    lay_out,
)
from desktop.ui.colours import ACCENT, CHOSEN, MUTED
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.operations import Operations
from desktop.ui.pieces import named, row, take_size, words

_LETTER, _HEADING, _EXAMPLE, _FIELD, _UNIT, _REASON = range(6)
_SHOWN_ROWS = 30


class MappingDialog(QDialog):
    """``choice`` is what the person decided, once the dialog was accepted."""

    def __init__(
        self, book: ImportBook, table: FoundTable | None, operations: Operations, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mapping")
        self.setWindowTitle("列的对应")
        take_size(self, 1000, 680)
        self._book, self._operations = book, operations
        self._columns: tuple[FoundColumn, ...] = ()
        self._recognised: dict[str, FoundColumn] = {}
        self.sheet = named(QComboBox(), "工作表")
        self.first, self.last = named(QSpinBox(), "表头首行"), named(QSpinBox(), "表头末行")
        self.rows = _grid("工作表的前几行", [])
        self.columns = _grid("列的对应", ["列", "列名", "内容举例", "认作", "金额单位", "依据"])
        self.problem = words(role="problem")
        self._lay_out()
        for sheet in book.sheets:
            self.sheet.addItem(sheet.name + ("（隐藏）" if sheet.hidden else ""), sheet.name)
        shown = table.sheet.name if table else book.sheets[0].name
        self.sheet.setCurrentIndex(self.sheet.findData(shown))
        self._show_sheet()
        self._connect()
        if table is None:
            self._find()
        else:
            self._show_table(table)
            self._recognise(*table.header_rows)

    @property
    def choice(self) -> Choice:
        """Sheet, heading rows, and what was decided otherwise than the program recognises by itself.

        Only that is remembered: a unit that a workbook states for itself must not follow into the next workbook.
        """
        mapping: dict[str, str] = {}
        units: dict[str, int] = {}
        for place, column in enumerate(self._columns):
            known = self._recognised[column.heading]
            key, unit = self._field(place), self._box(place, _UNIT).currentData()
            if key != (known.field_key or ""):
                mapping[column.heading] = key
            if self._book.is_money(key) and (unit != known.unit or not self._book.is_money(known.field_key)):
                units[column.heading] = unit
        last = max(self.first.value(), self.last.value())
        return Choice(str(self.sheet.currentData()), self.first.value(), last, mapping, units)

    def field_box(self, heading: str) -> QComboBox:
        """The box that says what the column under that heading means."""
        return self._box(self._place(heading), _FIELD)

    def unit_box(self, heading: str) -> QComboBox:
        """The box that says in which unit that column's amounts stand."""
        return self._box(self._place(heading), _UNIT)

    def _place(self, heading: str) -> int:
        return next(n for n, column in enumerate(self._columns) if column.heading == heading)

    def _lay_out(self) -> None:
        for box in (self.first, self.last):
            box.setRange(1, 999)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        head = row(QLabel("工作表"), self.sheet, QLabel("表头在第"), self.first, QLabel("行到第"), self.last)
        head.addWidget(QLabel("行"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.rows, 1)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(words("每一列认作哪一项？没有对应的列不导入。", "muted"))
        column.addWidget(self.columns, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(above)
        split.addWidget(below)
        split.setSizes([210, 420])
        self._buttons = QDialogButtonBox()
        self.go_on = self._buttons.addButton("按此对应读取", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on.setProperty("role", "primary")
        self._buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self._buttons)

    def _connect(self) -> None:
        self.sheet.currentIndexChanged.connect(self._other_sheet)
        self.first.valueChanged.connect(self._other_heading)
        self.last.valueChanged.connect(self._other_heading)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.rows.cellDoubleClicked.connect(self.point_out)

    def _other_sheet(self) -> None:
        self._show_sheet()
        self._set_heading(0, 0)
        self._find()

    def point_out(self, place: int, _column: int) -> None:
        """A double click on a row makes it the heading."""
        number = first_rows(self._sheet, _SHOWN_ROWS)[place][0]
        self._set_heading(number, number)
        self._find(Choice(header_first=number, header_last=number))

    def _other_heading(self) -> None:
        if self.last.value() < self.first.value():
            self._set_heading(self.first.value(), self.first.value())
        self._find(Choice(header_first=self.first.value(), header_last=self.last.value()))

    def _set_heading(self, first: int, last: int) -> None:
        for box, value in ((self.first, first), (self.last, last)):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

    @property
    def _sheet(self) -> Sheet:
        return self._book.workbook.sheet(str(self.sheet.currentData()))

    def _find(self, choice: Choice | None = None) -> None:
        wish = replace(choice or Choice(), sheet=str(self.sheet.currentData()))
        book = self._book
        self._operations.start(self, lambda _ticket: lay_out(book, wish), self._take, failed=self._not_found, key="lay")

    def _not_found(self, error: Exception) -> None:
        self._columns = ()
        self.columns.setRowCount(0)
        text = "没有认出表头。请在上面双击表头所在的那一行。"
        self.problem.setText(text if isinstance(error, Refusal) else str(error))
        self.go_on.setEnabled(False)

    def _recognise(self, first: int, last: int) -> None:
        """What the program makes of the heading shown without anybody's word."""
        book, wish = self._book, Choice(str(self.sheet.currentData()), first, last)
        self._operations.start(self, lambda _ticket: lay_out(book, wish), self._take_recognised, key="lay")

    def _take_recognised(self, table: FoundTable) -> None:
        self._recognised = {column.heading: column for column in table.columns}
        self._check()

    def _take(self, table: FoundTable) -> None:
        self._show_table(table)
        self._take_recognised(table)

    def _show_table(self, table: FoundTable) -> None:
        self._recognised = {}
        self._set_heading(*table.header_rows)
        self._mark_heading(*table.header_rows)
        self._columns = table.columns
        self.columns.setRowCount(len(table.columns))
        for place, column in enumerate(table.columns):
            self._show_column(place, column, table)
        self._check()

    def _show_column(self, place: int, column: FoundColumn, table: FoundTable) -> None:
        reason = column.reason
        if column.guess and not column.field_key:
            label = next(item.label for item in self._book.columns if item.key == column.guess)
            reason = f"可能是“{label}”，请核对"
        if column.unit_reason and column.field_key:
            reason = f"{reason}；{column.unit_reason}" if reason else column.unit_reason
        texts = {_LETTER: column.letter, _HEADING: column.heading, _EXAMPLE: "　".join(examples(table, column))}
        for spot, text in (texts | {_REASON: reason}).items():
            cell = QTableWidgetItem(text)
            cell.setToolTip(text)
            if spot in {_LETTER, _EXAMPLE, _REASON}:
                cell.setForeground(QColor(MUTED))
            self.columns.setItem(place, spot, cell)
        fields = named(QuietCombo(), f"{column.heading}认作")
        fields.addItem("（不导入）", "")
        for field in self._book.columns:
            fields.addItem(field.label + (" *" if field.required else ""), field.key)
        fields.setCurrentIndex(max(0, fields.findData(column.field_key or "")))
        units = named(QuietCombo(), f"{column.heading}单位")
        for size, name in UNITS:
            units.addItem(name, size)
        units.setProperty("role", "cell")
        units.setCurrentIndex(units.findData(column.unit))
        self.columns.setCellWidget(place, _FIELD, fields)
        self.columns.setCellWidget(place, _UNIT, units)
        fields.currentIndexChanged.connect(lambda _index, place=place: self._chosen(place))

    def _chosen(self, place: int) -> None:
        """A field is one column's alone: whichever had it before has it no more."""
        key = self._field(place)
        for other in range(len(self._columns)):
            if key and other != place and self._field(other) == key:
                self._box(other, _FIELD).setCurrentIndex(0)
        self._check()

    def _check(self) -> None:
        keys = {self._field(place) for place in range(len(self._columns))}
        for place in range(len(self._columns)):
            self._offer_units(place, offered=self._book.is_money(self._field(place)))
        missing = self._book.missing(keys)
        self.problem.setText(f"还要指定哪一列是：{'、'.join(missing)}。" if missing else "")
        self.go_on.setEnabled(not missing and bool(self._recognised))

    def _offer_units(self, place: int, *, offered: bool) -> None:
        """Only amounts have a unit; the box of another column stands empty."""
        box = self._box(place, _UNIT)
        box.setEnabled(offered)
        if not offered:
            box.setCurrentIndex(-1)
        elif box.currentIndex() < 0:
            box.setCurrentIndex(max(0, box.findData(self._columns[place].unit)))

    def _field(self, place: int) -> str:
        return str(self._box(place, _FIELD).currentData() or "")

    def _box(self, place: int, spot: int) -> QComboBox:
        box = self.columns.cellWidget(place, spot)
        if not isinstance(box, QComboBox):
            raise TypeError(box)
        return box

    def _show_sheet(self) -> None:
        rows = first_rows(self._sheet, _SHOWN_ROWS)
        width = min(max((len(cells) for _number, cells in rows), default=0), 60)
        self.rows.setColumnCount(width)
        self.rows.setRowCount(len(rows))
        self.rows.setVerticalHeaderLabels([str(number) for number, _cells in rows])
        for place, (_number, cells) in enumerate(rows):
            for spot in range(width):
                text = cells[spot] if spot < len(cells) else ""
                self.rows.setItem(place, spot, QTableWidgetItem(text.replace("\n", " ")))
        self.rows.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def _mark_heading(self, first: int, last: int) -> None:
        for place, (number, _cells) in enumerate(first_rows(self._sheet, _SHOWN_ROWS)):
            inside = first <= number <= last
            for spot in range(self.rows.columnCount()):
                item = self.rows.item(place, spot)
                if item is not None:
                    item.setBackground(QColor(CHOSEN) if inside else QColor(Qt.GlobalColor.transparent))
                    item.setForeground(QColor(ACCENT) if inside else self.palette().text().color())


def _grid(name: str, titles: list[str]) -> QTableWidget:
    grid = named(QTableWidget(0, len(titles)), name)
    grid.setHorizontalHeaderLabels(titles)
    grid.horizontalHeader().setVisible(bool(titles))
    grid.verticalHeader().setVisible(not titles)
    grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    grid.setWordWrap(False)
    line = grid.fontMetrics().height()
    grid.verticalHeader().setDefaultSectionSize(round(line * (1.95 if titles else 1.6)))
    for place, width in enumerate((2.2, 10.0, 15.0, 8.5, 5.0)[: len(titles)]):
        grid.setColumnWidth(place, round(line * width))
    grid.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    if titles:
        grid.horizontalHeader().setStretchLastSection(True)
    return grid
