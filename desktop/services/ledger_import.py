"""期初建账: an office's ledger workbook comes in as one filing, every row judged first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.forms.opening import line_faults
from desktop.domain.policy_terms import Action
from desktop.exchange.reading import CellNote, RowVerdict
from desktop.exchange.table_finding import Choice
from desktop.exchange.workbook import Progress, no_progress
from desktop.services.book_import import (
    BookKind,
    BookPreview,
    ImportResult,
    PreviewRow,
    Verdict,
    judge_again,
    preview_book,
    remember_choice,
    row_fault,
    save_refused,
)
from desktop.services.book_import import remembered_choice as remembered_for
from desktop.services.drafting import Draft
from desktop.services.ledger_lines import ledger_columns, ledger_line
from desktop.services.office import Reading, Work
from desktop.services.projects import projects_where
from desktop.services.submitting import submit_draft
from desktop.store.ids import new_id
from desktop.store.tables import Person, Project

__all__ = [
    "LEDGER",
    "ImportResult",
    "LedgerPreview",
    "PreviewRow",
    "Verdict",
    "import_ledger",
    "preview_ledger",
    "remembered_choice",
    "save_refused",
]

LedgerPreview = BookPreview


def preview_ledger(
    reading: Reading, path: Path, *, choice: Choice | None = None, progress: Progress = no_progress
) -> LedgerPreview:
    """Read a ledger workbook and judge every row against itself and against the ledger.

    ``choice`` is what a person chose in the mapping dialog; without it, what the office remembered.

    Raises:
        Refusal: it is no workbook that can be read, or no table was found in it.
    """
    return preview_book(reading, LEDGER, path, choice=choice, progress=progress)


def remembered_choice(reading: Reading) -> Choice:
    """The ledger's columns as the office mapped them last."""
    return remembered_for(reading, LEDGER)


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
        names = reading.session.scalars(select(Person.name).where(Person.merged_into_id.is_(None))).all()
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
        reason = f"台账中已有此项目，且{labels}与台账不同；建账不改动已有项目"
        fault = row_fault(read, "number", self._columns["number"].label, reason)
        return PreviewRow(Verdict.REFUSED, replace(read, faults=(fault,)))

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
    rows, _judge = judge_again(work, LEDGER, preview, _Judge)
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
    remember_choice(work, LEDGER, preview.choice)
    return ImportResult(filing_id, len(new), same, refused)


LEDGER = BookKind("ledger import", ledger_columns, _Judge, unique=("number",), line_faults=line_faults)
"""The ledger of projects."""
