"""The preview of an import: every row of the workbook with its verdict and how it was understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktop.domain.field import Field
from desktop.services.book_import import BookPreview, PreviewRow
from desktop.ui.colours import MUTED, shade
from desktop.ui.import_kinds import LEDGER_KIND, ImportKind
from desktop.ui.operations import Operations
from desktop.ui.pieces import Segments, row, words
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_TONES = {"new": "good", "changed": "info", "same": "neutral", "refused": "bad", "skipped": "neutral"}
_SKIPPED = "skipped"


@dataclass(frozen=True)
class PreviewLine:
    """A row of the workbook as the preview lists it: ``cells`` by field key, ``says`` in one line, ``told`` in full."""

    row: int
    kind: str
    verdict: str
    cells: dict[str, str]
    says: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


def lines_of_preview(preview: BookPreview, kind: ImportKind = LEDGER_KIND) -> list[PreviewLine]:
    """Every row of the sheet below the heading in its order, those that are no lines of the table included."""
    fields = {column.key: column for column in preview.columns}
    at = {column.field_key: column.index for column in preview.table.columns if column.field_key}
    lines = [_line(fields, at, item, kind) for item in preview.rows]
    lines += [
        PreviewLine(item.row, _SKIPPED, kind.no_thing, {"name": item.text}, item.reason)
        for item in preview.table.skipped
    ]
    return sorted(lines, key=lambda line: line.row)


def _line(fields: Mapping[str, Field], at: Mapping[str, int], item: PreviewRow, kind: ImportKind) -> PreviewLine:
    read = item.read

    def shown(key: str) -> str:
        text = fields[key].text(read.line.get(key))
        raw = read.raw[at[key] - 1] if key in at and at[key] <= len(read.raw) else None
        return text or ("" if raw is None else str(raw).strip())

    faults, notes = tuple(fault.text for fault in read.faults), tuple(note.text for note in read.notes)
    hidden = ("这一行在工作表中是隐藏的，同样计入",) if read.hidden else ()
    filled = ((field.label, shown(key)) for key, field in fields.items())
    return PreviewLine(
        row=read.row,
        kind=item.verdict.value,
        verdict=kind.labels[item.verdict],
        cells={column.key: shown(column.key) for column in kind.shown},
        says="；".join((*faults, *notes, *hidden)),
        faults=faults,
        notes=(*notes, *hidden),
        values=tuple((label, text) for label, text in filled if text),
    )


def _cell(key: str) -> Callable[[PreviewLine], str]:
    return lambda line: line.cells.get(key, "").replace("\n", " ")


def columns_of(kind: ImportKind) -> tuple[Column[PreviewLine], ...]:
    """The columns of the preview's table."""
    return (
        Column("行", lambda line: str(line.row), "right", sort="row", width=2.8, order=lambda line: line.row),
        Column(
            *("结果", lambda line: line.verdict), sort="kind", chip=True, tone=lambda line: _TONES[line.kind], width=6.3
        ),
        *(
            Column(item.title, _cell(item.key), item.align, sort=item.key, width=item.width, tip=_cell(item.key))
            for item in kind.shown
        ),
        Column(
            "说明",
            lambda line: line.says,
            tone=lambda line: "bad" if line.kind == "refused" else "neutral",
            tip=lambda line: "\n".join((*line.faults, *line.notes)),
            stretch=True,
        ),
    )


class PreviewView(QWidget):
    """Rows with filter by verdict and search; below, all that is to be said about the current one."""

    def __init__(self, operations: Operations, kind: ImportKind = LEDGER_KIND) -> None:
        super().__init__()
        columns = columns_of(kind)
        self._lines: list[PreviewLine] = []
        source = MemorySource(lambda: self._lines, columns, lambda line: line.row, _passes)
        self.table = Table(columns, source, operations, name="导入预览", ask=Ask(sort="row"), search=kind.search)
        options = [
            ("", "全部"),
            *((item.value, label) for item, label in kind.labels.items()),
            (_SKIPPED, kind.no_thing),
        ]
        self._titles = dict(options)
        self.kinds = Segments(options, self._narrow)
        self.table.bar.insertWidget(0, self.kinds)
        self.table.wants_first = lambda: True
        self.told = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setContentsMargins(4, 6, 4, 6)
        below = QScrollArea()
        below.setFrameShape(QFrame.Shape.NoFrame)
        below.setWidgetResizable(True)
        below.setWidget(self.told)
        below.viewport().setAutoFillBackground(False)
        self.told.setAutoFillBackground(False)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([440, 120])
        self._sum = words(role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self._sum))
        layout.addWidget(split, 1)
        self.table.chosen.connect(self._tell)

    def show_preview(self, preview: BookPreview, lines: list[PreviewLine]) -> None:
        """Show this preview, told in these lines."""
        self._lines = lines
        counts = {kind: sum(line.kind == kind for line in self._lines) for kind in self._titles}
        for kind, title in self._titles.items():
            self.kinds.set_text(kind, f"{title} {counts[kind] if kind else len(self._lines)}")
        self._sum.setText(sum_text(preview))
        self.table.reload()

    def _narrow(self, kind: str) -> None:
        self.table.model.reload(filters={"kind": frozenset({kind})} if kind else {})

    def _tell(self, line: PreviewLine | None) -> None:
        self.told.setText("".join(_html(line)) if line else "")


def _passes(line: PreviewLine, ask: Ask) -> bool:
    chosen = ask.chosen("kind")
    return not chosen or line.kind in chosen


def sum_text(preview: BookPreview) -> str:
    """Where the table was found and what of it is read."""
    table = preview.table
    first, last = table.header_rows
    at = f"第 {first} 行" if first == last else f"第 {first}–{last} 行"
    read = sum(column.field_key is not None for column in table.columns)
    parts = [f"工作表“{table.sheet.name}”，表头在{at}，认出 {read} 列"]
    if table.leftovers:
        parts.append(f"不导入的列：{'、'.join(table.leftovers)}")
    units = dict.fromkeys(f"{column.heading}：{column.unit_reason}" for column in table.columns if column.unit_reason)
    parts += units
    if table.also_in:
        parts.append(f"另有同样的工作表：{'、'.join(table.also_in)}")
    return "；".join(parts)


def _html(line: PreviewLine) -> Iterator[str]:
    bad = shade("bad").ink
    yield f"<b>第 {line.row} 行&nbsp;&nbsp;{escape(line.verdict)}</b>"
    for fault in line.faults:
        yield f"<br><span style='color:{bad}'>{escape(fault)}</span>"
    for note in line.notes or ((line.says,) if line.kind == _SKIPPED else ()):
        yield f"<br>{escape(note)}"
    if line.values:
        pairs = "&nbsp;&nbsp; ".join(
            f"<span style='color:{MUTED}'>{escape(label)}</span>&nbsp;{escape(text)}" for label, text in line.values
        )
        yield f"<p style='margin:6px 0 0 0'>{pairs}</p>"
