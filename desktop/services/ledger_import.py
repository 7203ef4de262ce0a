"""期初建账: an office's ledger workbook comes in as one filing, every row judged first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.fields import Field
from desktop.domain.forms.opening import line_faults
from desktop.domain.policy import Action
from desktop.exchange.reading import CellFault, CellNote, RowVerdict, read_lines
from desktop.exchange.refused_rows import write_refused
from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_finding import Choice, FoundTable, find_table
from desktop.exchange.workbook import Progress, Sheet, no_progress, open_workbook
from desktop.services.drafting import Draft
from desktop.services.ledger_lines import ledger_columns, ledger_line
from desktop.services.office import Reading, Work
from desktop.services.projects import projects_where
from desktop.services.submitting import submit_draft
from desktop.store.ids import new_id
from desktop.store.locks import take_turn
from desktop.store.tables import Person, Project, Setting

_REMEMBERED = "ledger import mapping"


class Verdict(StrEnum):
    """What will become of a row."""

    NEW = "new"
    SAME = "same"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word in the preview."""
        return {"new": "将新建", "same": "已在账，无变化", "refused": "不通过"}[self.value]


@dataclass(frozen=True)
class PreviewRow:
    """A row of the workbook and what will become of it."""

    verdict: Verdict
    read: RowVerdict


@dataclass(frozen=True)
class LedgerPreview:
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
    """What an import did; ``filing_id`` is the 期初建账 filing, none when there was nothing new."""

    filing_id: UUID | None
    opened: int
    same: int
    refused: int


def preview_ledger(
    reading: Reading, path: Path, *, choice: Choice | None = None, progress: Progress = no_progress
) -> LedgerPreview:
    """Read a ledger workbook and judge every row against itself and against the ledger.

    ``choice`` is what a person chose in the mapping dialog; without it, what the office remembered.

    Raises:
        Refusal: it is no workbook that can be read, or no table was found in it.
    """
    workbook = open_workbook(path, progress)
    columns = ledger_columns(reading.policy)
    table = find_table(workbook, columns, choice or remembered_choice(reading))
    verdicts = read_lines(table, columns, unique=("number",), line_faults=line_faults, progress=progress)
    judge = _Judge(reading, columns)
    return LedgerPreview(
        path=path,
        sha256=workbook.sha256,
        table=table,
        columns=columns,
        rows=tuple(judge.row(verdict) for verdict in verdicts),
        sheets=workbook.sheets,
        choice=choice,
    )


class _Judge:
    """Compares rows with the ledger: new, the same, or in contradiction to what stands there."""

    def __init__(self, reading: Reading, columns: tuple[Field, ...]) -> None:
        self._columns = {item.key: item for item in columns}
        self._states = {state.key: state for state in reading.policy.states}
        self._by_number: dict[str, Mapping[str, Json]] = {}
        self._by_name: dict[str, Mapping[str, Json]] = {}
        for project in projects_where(reading, Project.id.is_not(None)):
            line = ledger_line(project)
            if project.number:
                self._by_number[project.number] = line
            else:
                self._by_name[project.name] = line
        names = reading.session.scalars(select(Person.name)).all()
        self._shared = {name for name in names if names.count(name) > 1}

    def row(self, read: RowVerdict) -> PreviewRow:
        if not read.accepted:
            return PreviewRow(Verdict.REFUSED, read)
        number, name = str(read.line.get("number") or ""), str(read.line.get("name") or "")
        known = self._by_number.get(number) if number else self._by_name.get(name)
        if known is None:
            notes = (*read.notes, *self._clock_notes(read), *self._people_notes(read))
            return PreviewRow(Verdict.NEW, replace(read, notes=notes))
        other = [key for key, item in self._columns.items() if not _same(item, known.get(key), read.line.get(key))]
        if not other:
            return PreviewRow(Verdict.SAME, read)
        labels = "、".join(self._columns[key].label for key in other)
        label = self._columns["number"].label
        cell = f"第 {read.row} 行"
        reason = f"台账中已有此项目，且{labels}与台账不同；建账不改动已有项目"
        return PreviewRow(Verdict.REFUSED, replace(read, faults=(CellFault(cell, 0, "number", label, reason),)))

    def _clock_notes(self, read: RowVerdict) -> list[CellNote]:
        state = self._states[str(read.line["state"])]
        if state.since not in self._columns or read.line.get(state.since):
            return []
        label = self._columns[state.since].label
        text = f"状态为“{state.title}”而没有“{label}”，有关的期限无从起算；知道的话请补上再导入"
        return [CellNote(f"第 {read.row} 行", state.since, label, text)]

    def _people_notes(self, read: RowVerdict) -> list[CellNote]:
        notes = []
        for key in ("manager", "client_manager"):
            person = read.line.get(key)
            if isinstance(person, Mapping) and person["name"] in self._shared:
                text = f"办公室里有多位“{person['name']}”，将优先取同部门的一位，请在建账后核对"
                notes.append(CellNote(f"第 {read.row} 行", key, self._columns[key].label, text))
        return notes


def _same(item: Field, one: Json, other: Json) -> bool:
    if item.kind == "person":
        return item.text(one) == item.text(other)
    return item.same(one, other)


def import_ledger(work: Work, preview: LedgerPreview) -> ImportResult:
    """Take the new rows over as one 期初建账 filing, in one transaction; importing the same twice changes nothing.

    Raises:
        NotAllowed: the actor may not import ledgers.
        Refusal: somebody added one of these projects since the preview.
    """
    work.need(Action.IMPORT_LEDGER, what="导入项目台账")
    take_turn(work.session, "ledger import")
    judge = _Judge(work, preview.columns)
    rows = [judge.row(row.read) if row.read.accepted else row for row in preview.rows]
    if any(now.verdict is not before.verdict for now, before in zip(rows, preview.rows, strict=True)):
        raise Refusal("预览之后台账有了变动。", kept="没有导入任何行。", todo="请重新预览后再导入。")
    new = [row.read for row in rows if row.verdict is Verdict.NEW]
    same, refused = preview.count(Verdict.SAME), preview.count(Verdict.REFUSED)
    if not new:
        return ImportResult(None, 0, same, refused)
    lines = [{"id": str(new_id()), **read.line} for read in new]
    source = {"file": preview.path.name, "sheet": preview.table.sheet.name, "sha256": preview.sha256}
    left = [f"{count} 行{what}" for count, what in ((same, "已在账"), (refused, "未通过")) if count]
    skipped = f"另有 {'，'.join(left)}。" if left else None
    content: dict[str, Any] = {
        "source": {**source, "on": work.today.isoformat(), "note": skipped},
        "projects": lines,
    }
    draft = Draft(new_id(), work.actor, "opening", None, None, None, content, work.now)
    filing_id = submit_draft(work, draft)
    if preview.choice:
        _remember(work, preview.choice)
    return ImportResult(filing_id, len(new), same, refused)


def save_refused(preview: LedgerPreview, path: Path, progress: Progress = no_progress) -> Written:
    """Write the refused rows with their reasons as a workbook that can be mended and imported.

    Raises:
        Refusal: the file cannot be written.
    """
    return write_refused(path, preview.table, [row.read for row in preview.rows], progress)


def remembered_choice(reading: Reading) -> Choice:
    """The columns as the office mapped them last; headings that a workbook does not have do no harm."""
    setting = reading.session.scalar(select(Setting).where(Setting.key == _REMEMBERED))
    data: Any = read_canonical(setting.text) if setting else {}
    return Choice(mapping=data.get("mapping", {}), units=data.get("units", {}))


def _remember(work: Work, choice: Choice) -> None:
    """Remember what a person decided beyond what the program recognised by itself."""
    before = remembered_choice(work)
    text = canonical_text({"mapping": {**before.mapping, **choice.mapping}, "units": {**before.units, **choice.units}})
    setting = work.session.scalar(select(Setting).where(Setting.key == _REMEMBERED))
    if setting is None:
        work.session.add(Setting(key=_REMEMBERED, text=text))
    elif setting.text != text:
        setting.text = text
