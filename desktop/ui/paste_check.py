"""Lines pasted from Excel are looked at before anything is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from desktop.domain.field import Field
from desktop.domain.fields import ComputedField, PeriodField
from desktop.domain.form import LineTable
from desktop.domain.values import Unreadable
from desktop.exchange.cells import cell_text
from desktop.exchange.paste import find_pasted
from desktop.exchange.period_columns import two_columns
from desktop.ui.line_cells import LinePainter
from desktop.ui.line_model import Line, LineModel
from desktop.ui.line_view import LineView
from desktop.ui.pieces import take_size


@dataclass(frozen=True)
class Pasted:
    """What was on the clipboard, as cells under the columns that they are for; ``dropped`` cells found no column."""

    columns: tuple[Field | None, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def dropped(self) -> int:
        """How many cells with something in them stand under no column."""
        return sum(
            1
            for row in self.rows
            for place, text in enumerate(row)
            if text.strip() and (place >= len(self.columns) or self.columns[place] is None)
        )


def read_pasted(text: str, section: LineTable, first: int = 0) -> Pasted:
    """Take tabulated text apart. A row of headings decides the columns; else they count from ``first``."""
    typed = {item.key: item for item in section.columns if not isinstance(item, ComputedField)}
    order = [item.key for item in section.columns[first:]]
    table = find_pasted(text.replace("\0", ""), tuple(typed.values()), order)
    meant = {column.index: typed.get(column.field_key or "") for column in table.columns}
    units = {column.index: column.unit for column in table.columns}
    places = range(1, max((len(row.cells) for row in table.rows), default=0) + 1)
    rows = [
        [_in_yuan(cell_text(row.value(place)), meant.get(place), units.get(place, 1)) for place in places]
        for row in table.rows
    ]
    period = next((item for item in typed.values() if isinstance(item, PeriodField)), None)
    days = two_columns(table.columns) if period and period not in meant.values() else None
    if days:
        meant[days[0]] = period
        _join_days(rows, *days)
    return Pasted(tuple(meant.get(place) for place in places), tuple(map(tuple, rows)))


def _join_days(rows: Sequence[list[str]], start: int, end: int) -> None:
    """Write both days into the cell of the first, as the field of a period reads them."""
    for row in rows:
        first, last = row[start - 1], row[end - 1]
        row[start - 1] = f"{first} 至 {last}" if first or last else ""
        row[end - 1] = ""


def _in_yuan(text: str, field: Field | None, unit: int) -> str:
    """An amount as it would be typed, where its heading gave it another unit; what cannot be read stays as it is."""
    if field is None or unit == 1:
        return text
    try:
        return field.text(field.read(text, unit=unit).value)
    except Unreadable:
        return text


def fill(model: LineModel, pasted: Pasted) -> None:
    """Write what was pasted into a model as new lines."""
    places = {item.key: number for number, item in enumerate(model.section.columns)}
    for row in pasted.rows:
        at = model.insert(model.rowCount())
        for field, text in zip(pasted.columns, row, strict=False):
            if field is not None and not isinstance(field, ComputedField):
                model.write(at, places[field.key], text)


class PasteCheck(QDialog):
    """Shows how the pasted lines would be understood; cells that cannot be read are red and can be mended here."""

    def __init__(self, pasted: Pasted, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"粘贴到“{model.section.title}”")
        take_size(self, 860, 440)
        self.model = LineModel(model.section, model.people, parent=self)
        fill(self.model, pasted)
        self._dropped = pasted.dropped
        self._view = LineView(self.model, fills=True)
        self._view.setItemDelegate(LinePainter(self._view))
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self._verdict = QLabel()
        self._verdict.setWordWrap(True)
        self._buttons = QDialogButtonBox()
        self._accept = self._buttons.addButton("加入表中", QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setProperty("role", "primary")
        self._buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._verdict)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._buttons)
        self.model.edited.connect(self._judge)
        self._judge()

    def lines(self) -> Sequence[Line]:
        """The lines as they were understood."""
        return self.model.lines()

    def written(self) -> Mapping[tuple[int, str], str]:
        """What still cannot be read, by place and column."""
        return {(self.model.place_of(line), field.key): text for line, field, text, _why in self.model.unread()}

    def _judge(self) -> None:
        unread = self.model.unread()
        text = f"读到 {self.model.rowCount()} {self.model.section.noun}。"
        if unread:
            _line, field, _text, why = unread[0]
            text += f"有 {len(unread)} 处看不懂（红色），可在此更正，也可以先加入再改。例如“{field.label}”：{why}。"
        if self._dropped:
            text += f"有 {self._dropped} 个单元格超出本表的列，不会加入。"
        self._verdict.setText(text)
        self._accept.setEnabled(self.model.rowCount() > 0)
