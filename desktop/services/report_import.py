"""Weekly reports kept in Excel come in (WEEK-3): by the assistant for people without network, or one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.case import Case
from desktop.domain.field import Field
from desktop.domain.fields import TextField
from desktop.domain.filing import FilingState
from desktop.domain.form import LineTable
from desktop.domain.forms import bind
from desktop.domain.forms.weekly_report import DONE
from desktop.domain.gates import unmet
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.domain.values import plain
from desktop.domain.weeks import week_text
from desktop.exchange.reading import CellNote, RowVerdict
from desktop.exchange.report_heading import ReportHeading, report_heading
from desktop.exchange.workbook import Progress, no_progress
from desktop.services.book_import import (
    BookKind,
    BookPreview,
    ImportResult,
    Judge,
    PreviewRow,
    Verdict,
    judge_again,
    preview_book,
    remember_choice,
    row_fault,
)
from desktop.services.drafting import Draft
from desktop.services.filing_content import current_revision
from desktop.services.my_week import keep_week, kept_lines, report_draft
from desktop.services.office import Office, Reading, Work
from desktop.services.projects import get_project, projects_where
from desktop.services.reported import MEMBER_REPORT
from desktop.services.reporters import GATE
from desktop.services.standing import people_by_id, records_of
from desktop.services.submitting import submit_draft, submit_for
from desktop.store.ids import new_id
from desktop.store.tables import Filing, Person, Project

_PROJECT = TextField(
    key="project", label="项目编号", required=True, synonyms=("项目", "项目名称", "所属项目", "编号", "项目代码")
)


def report_columns(policy: Policy) -> tuple[Field, ...]:
    """The columns of a report in Excel: the project, then those of the policy's own paper."""
    table = bind(MEMBER_REPORT, policy).section("lines")
    if not isinstance(table, LineTable):
        raise TypeError(table)
    return (_PROJECT, *table.columns)


@dataclass(frozen=True)
class Writer:
    """Whose report it is and of which week."""

    person: UUID
    week: str


class ReportJudge:
    """Compares rows with the projects that there are, and with what was sent of the week before."""

    def __init__(self, reading: Reading, columns: tuple[Field, ...], writer: Writer) -> None:
        self._reading = reading
        self._columns = columns
        self._writer = writer
        self._known: dict[str, list[LedgerProject]] | None = None
        self._sent: dict[UUID, tuple[FilingState, list[Mapping[str, Json]]]] = {}
        self.projects: dict[int, UUID] = {}

    def row(self, read: RowVerdict) -> PreviewRow:
        """The verdict on one row."""
        if not read.accepted:
            return PreviewRow(Verdict.REFUSED, read)
        named = str(read.line.get("project") or "")
        found = self._find(named)
        if len(found) != 1:
            reason = f"“{named}”有 {len(found)} 个项目同名，请写编号" if found else f"台账中没有“{named}”这个项目"
            return self._refused(read, "project", reason)
        project = found[0]
        if excuse := self._excuse(project):
            return self._refused(read, "project", excuse)
        state, lines = self._before(project.id)
        if any(_same(line, read.line) for line in lines):
            return PreviewRow(Verdict.SAME, read)
        if state is FilingState.APPROVED:
            return self._refused(read, "project", "这一周此项目的周报已经批准，不能再加")
        self.projects[read.row] = project.id
        return PreviewRow(Verdict.NEW, replace(read, notes=(*read.notes, *self._looks(read))))

    def _refused(self, read: RowVerdict, key: str, reason: str) -> PreviewRow:
        label = next(item.label for item in self._columns if item.key == key)
        return PreviewRow(Verdict.REFUSED, replace(read, faults=(row_fault(read, key, label, reason),)))

    def _looks(self, read: RowVerdict) -> Iterator[CellNote]:
        """What comes in and is worth a look."""
        needed = read.line.get("needed")
        if read.line.get("status") == DONE and isinstance(needed, str) and needed != "0":
            yield CellNote(f"第 {read.row} 行", "needed", "还需人日", f"任务已完成，却还需 {needed} 人日")

    def _find(self, named: str) -> list[LedgerProject]:
        if self._known is None:
            self._known = {}
            for project in projects_where(self._reading, Project.id.is_not(None)):
                for name in {project.number, project.provisional, project.short_name, project.name} - {""}:
                    self._known.setdefault(_folded(name), []).append(project)
        folded = _folded(named)
        return self._known.get(folded) or self._known.get(folded.split(" ")[0], [])

    def _excuse(self, project: LedgerProject) -> str:
        policy = self._reading.policy
        found = unmet(policy.gate(GATE), Case(policy, self._reading.today, project))
        return "；".join(f"{item.text}（{item.rule}）" for item in found)

    def _before(self, project_id: UUID) -> tuple[FilingState, list[Mapping[str, Json]]]:
        if project_id not in self._sent:
            filing = standing_report(self._reading, self._writer, project_id)
            if filing is None:
                self._sent[project_id] = FilingState.DRAFT, []
            else:
                content = current_revision(self._reading.session, filing).content
                self._sent[project_id] = FilingState(filing.state), list(content["lines"])
        return self._sent[project_id]


def _folded(name: str) -> str:
    return plain(name).casefold()


def _same(line: Mapping[str, Json], read: Mapping[str, Json]) -> bool:
    return all((line.get(key) or None) == (value or None) for key, value in read.items() if key != "project")


def standing_report(reading: Reading, writer: Writer, project_id: UUID) -> Filing | None:
    """A person's report of a week on a project that is in approval, approved or back for rework."""
    states = (FilingState.IN_APPROVAL, FilingState.APPROVED, FilingState.RETURNED, FilingState.RECALLED)
    query = select(Filing).where(
        Filing.form_key == MEMBER_REPORT,
        Filing.project_id == project_id,
        Filing.period == writer.week,
        Filing.author_id.in_(records_of(reading.session, writer.person)),
        Filing.state.in_([state.value for state in states]),
    )
    return reading.session.scalars(query.order_by(Filing.created_at.desc())).first()


def report_kind(writer: Writer) -> BookKind:
    """The kind of workbook that a person's report of a week is."""

    def judge(reading: Reading, columns: tuple[Field, ...]) -> Judge:
        return ReportJudge(reading, columns, writer)

    return BookKind("report import", report_columns, judge)


@dataclass(frozen=True)
class ReportBook:
    """A report's workbook before it is judged: what it says of its writer and week, and who may be meant."""

    path: Path
    heading: ReportHeading
    people: tuple[UUID, ...]


def open_report(reading: Reading, path: Path, progress: Progress = no_progress) -> ReportBook:
    """See whose report a workbook is and of which week; people of one name are all offered.

    Raises:
        Refusal: it is no workbook that can be read, or holds no table of tasks.
    """
    looks = BookKind("report import", report_columns, lambda _reading, _columns: _Unjudged())
    preview = preview_book(reading, looks, path, progress=progress)
    heading = report_heading(preview.table.sheet, preview.table.header_rows[0], path.name)
    query = select(Person.id).where(Person.name == heading.writer, Person.merged_into_id.is_(None))
    people = reading.session.scalars(query.where(Person.active.is_(True)).order_by(Person.staff_no, Person.id))
    return ReportBook(path, heading, tuple(people) if heading.writer else ())


class _Unjudged:
    def row(self, read: RowVerdict) -> PreviewRow:
        return PreviewRow(Verdict.NEW if read.accepted else Verdict.REFUSED, read)


def import_report(work: Work, preview: BookPreview, writer: Writer) -> ImportResult:
    """Send a report that was written in Excel, project by project; what was refused stays out and may follow later.

    Lines that follow join the report that is there, which goes to its signers again. Importing twice changes nothing.

    Raises:
        NotAllowed: it is somebody else's, and the actor may not record for others.
        Refusal: the records have moved on since the preview, or a project's report cannot be sent.
    """
    rows, judge = judge_again(work, report_kind(writer), preview, partial(ReportJudge, writer=writer))
    lines: dict[UUID, list[dict[str, Json]]] = {}
    for row in rows:
        if row.verdict is Verdict.NEW:
            rest = {key: value for key, value in row.read.line.items() if key != "project"}
            lines.setdefault(judge.projects[row.read.row], []).append({"id": str(new_id()), **rest})
    send = submit_draft if writer.person == work.actor else submit_for
    for project_id, own in lines.items():
        send(work, _draft(work, writer, project_id, own))
    remember_choice(work, report_kind(writer), preview.choice)
    told = [f"{get_project(work, key).marked}：{len(own)} 项任务" for key, own in lines.items()]
    return ImportResult(
        None,
        opened=preview.count(Verdict.NEW),
        same=preview.count(Verdict.SAME),
        refused=preview.count(Verdict.REFUSED),
        told=tuple(told),
    )


def _draft(work: Work, writer: Writer, project_id: UUID, lines: list[dict[str, Json]]) -> Draft:
    """The report with its new lines: a new one, or the one that is there with these added."""
    fresh = report_draft(work, writer.person, writer.week, project_id, lines)
    filing = standing_report(work, writer, project_id)
    if filing is None:
        return fresh
    if filing.state == FilingState.IN_APPROVAL.value:
        filing.state = FilingState.RECALLED.value
    stored = current_revision(work.session, filing)
    content: dict[str, Any] = {**stored.content, "lines": [*stored.content["lines"], *lines]}
    return replace(fresh, filing_id=filing.id, base_revision_id=stored.revision_id, content=content)


def keep_imported(office: Office, reading: Reading, actor: UUID, preview: BookPreview, week: str) -> int:
    """Put the accepted rows of one's own workbook into one's week, to be looked over and sent. Returns how many."""
    judge = ReportJudge(reading, preview.columns, Writer(actor, week))
    found = []
    for row in preview.rows:
        if judge.row(row.read).verdict is Verdict.NEW:
            line = {**row.read.line, "project": str(judge.projects[row.read.row])}
            found.append({"id": str(new_id()), **line})
    standing = [line for line in kept_lines(office, actor, week) or () if line.get("task")]
    keep_week(office, actor, week, [*standing, *found])
    return len(found)


def writer_text(reading: Reading, writer: Writer) -> str:
    """Whose report of which week, for people."""
    person = people_by_id(reading.session, {writer.person})[writer.person]
    return f"{person.shown} {week_text(writer.week)}"
