"""Workbooks that come in (a ledger, a list of people): every row judged first, what a person mapped remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.field import Field
from desktop.domain.policy import Policy
from desktop.exchange.cells import place
from desktop.exchange.reading import CellFault, LineFaults, RowVerdict, read_lines
from desktop.exchange.refused_rows import write_refused
from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_finding import Choice, FoundTable, find_table
from desktop.exchange.workbook import Progress, Sheet, no_progress, open_workbook
from desktop.services.office import Reading, Work
from desktop.store.locks import take_turn
from desktop.store.tables import Setting


class Verdict(StrEnum):
    """What will become of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class PreviewRow:
    """A row of the workbook and what will become of it."""

    verdict: Verdict
    read: RowVerdict


class Judge(Protocol):
    """Compares rows, in their order, with what the office knows and with the rows before."""

    def row(self, read: RowVerdict) -> PreviewRow:
        """The verdict on one row; those that could not be read are refused as they come."""
        ...


@dataclass(frozen=True)
class BookKind:
    """A kind of workbook: its columns, how its rows are judged, and the key under which its mapping is remembered."""

    key: str
    columns: Callable[[Policy], tuple[Field, ...]]
    judge: Callable[[Reading, tuple[Field, ...]], Judge]
    unique: tuple[str, ...] = ()
    line_faults: LineFaults | None = None


@dataclass(frozen=True)
class BookPreview:
    """Everything that an import will do, before it does it; ``choice`` is what a person chose for it."""

    path: Path
    sha256: str
    table: FoundTable
    columns: tuple[Field, ...]
    rows: tuple[PreviewRow, ...]
    sheets: tuple[Sheet, ...]
    choice: Choice | None

    def count(self, verdict: Verdict) -> int:
        """How many rows share a verdict."""
        return sum(row.verdict is verdict for row in self.rows)


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in rows; ``filing_id`` is the filing that it made, if any."""

    filing_id: UUID | None
    opened: int
    same: int
    refused: int
    changed: int = 0
    told: tuple[str, ...] = field(default=())


def preview_book(
    reading: Reading, kind: BookKind, path: Path, *, choice: Choice | None = None, progress: Progress = no_progress
) -> BookPreview:
    """Read a workbook and judge every row against itself and against the office's records.

    ``choice`` is what a person chose in the mapping dialog; without it, what the office remembered.

    Raises:
        Refusal: it is no workbook that can be read, or no table was found in it.
    """
    workbook = open_workbook(path, progress)
    columns = kind.columns(reading.policy)
    table = find_table(workbook, columns, choice or remembered_choice(reading, kind))
    verdicts = read_lines(table, columns, unique=kind.unique, line_faults=kind.line_faults, progress=progress)
    judge = kind.judge(reading, columns)
    return BookPreview(
        path=path,
        sha256=workbook.sha256,
        table=table,
        columns=columns,
        rows=tuple(_placed(table, judge.row(verdict)) for verdict in verdicts),
        sheets=workbook.sheets,
        choice=choice,
    )


def _placed(table: FoundTable, row: PreviewRow) -> PreviewRow:
    """The row with the cells of what its judge found, where the sheet has such a column."""
    columns = {column.field_key: column for column in table.columns if column.field_key}

    def placed(fault: CellFault) -> CellFault:
        column = columns.get(fault.key)
        if fault.column or column is None:
            return fault
        return replace(fault, cell=place(row.read.row, column.index), column=column.index)

    return replace(row, read=replace(row.read, faults=tuple(map(placed, row.read.faults))))


_J = TypeVar("_J", bound=Judge)


def judge_again(
    work: Work, kind: BookKind, preview: BookPreview, make: Callable[[Reading, tuple[Field, ...]], _J]
) -> tuple[list[PreviewRow], _J]:
    """The rows of a preview judged anew inside the transaction that takes them in, and their judge.

    Others wait meanwhile: the judge is made only when it is this seat's turn, so that it knows what they brought in.

    Raises:
        Refusal: the records have moved on since the preview.
    """
    take_turn(work.session, kind.key)
    judge = make(work, preview.columns)
    rows = [judge.row(row.read) if row.read.accepted else row for row in preview.rows]
    if any(now.verdict is not before.verdict for now, before in zip(rows, preview.rows, strict=True)):
        raise Refusal("预览之后数据有了变动。", kept="没有导入任何行。", todo="请重新预览后再导入。")
    return rows, judge


def row_fault(read: RowVerdict, key: str, label: str, reason: str) -> CellFault:
    """A fault that no single cell is to blame for."""
    return CellFault(f"第 {read.row} 行", 0, key, label, reason)


def save_refused(preview: BookPreview, path: Path, progress: Progress = no_progress) -> Written:
    """Write the refused rows with their reasons as a workbook that can be mended and imported.

    Raises:
        Refusal: the file cannot be written.
    """
    return write_refused(path, preview.table, [row.read for row in preview.rows], progress)


def remembered_choice(reading: Reading, kind: BookKind) -> Choice:
    """The columns as the office mapped them last; headings that a workbook does not have do no harm."""
    setting = reading.session.scalar(select(Setting).where(Setting.key == _memory(kind)))
    data: Any = read_canonical(setting.text) if setting else {}
    return Choice(mapping=data.get("mapping", {}), units=data.get("units", {}))


def remember_choice(work: Work, kind: BookKind, choice: Choice | None) -> None:
    """Remember what a person decided beyond what the program recognised by itself."""
    if choice is None:
        return
    before = remembered_choice(work, kind)
    both: Mapping[str, Any] = {
        "mapping": {**before.mapping, **choice.mapping},
        "units": {**before.units, **choice.units},
    }
    text = canonical_text(dict(both))
    setting = work.session.scalar(select(Setting).where(Setting.key == _memory(kind)))
    if setting is None:
        work.session.add(Setting(key=_memory(kind), text=text))
    elif setting.text != text:
        setting.text = text


def _memory(kind: BookKind) -> str:
    return f"{kind.key} mapping"
