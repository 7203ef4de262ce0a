"""What is done in the example office: each filing of a career turned into acts of people on days."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.calendar import WorkCalendar
from desktop.domain.form import lines_of
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_papers import BY_FIELD, Step
from desktop.sample import papers, phrases
from desktop.sample.careers import Career, Course, End
from desktop.sample.company import Cast
from desktop.sample.ledger import Line
from desktop.sample.papers import Content, Writer
from desktop.sample.pictures import Hand, letter, signed_scan
from desktop.services.approving import PaperSignature, decide, record_paper_signatures
from desktop.services.archive import store_attachment
from desktop.services.confirming import LineMark, confirm_lines
from desktop.services.drafting import Draft
from desktop.services.filings import current_content
from desktop.services.gate_view import checklists, waive
from desktop.services.office import Work
from desktop.services.printing import print_filing
from desktop.services.submitting import recall_filing, submit_draft
from desktop.store.ids import new_id

Deed = Callable[[Work], None]
_GROUNDWORK = 3
"""So many days before a closing are taken by what it asks for."""


@dataclass(frozen=True)
class Act:
    """Something that one person does on one day."""

    day: dt.date
    actor: UUID
    deed: Deed


def working_days(calendar: WorkCalendar, today: dt.date, count: int) -> list[dt.date]:
    """The last so many working days before today, the latest first: the first of them is 1 working day ago."""
    days: list[dt.date] = []
    day = today
    while len(days) < count:
        day -= dt.timedelta(days=1)
        if calendar.is_workday(day):
            days.append(day)
    return days


@dataclass
class Story:
    """One filing being told: what its acts need of each other."""

    course: Course
    line: Line
    project_id: UUID
    manager: PersonRef
    successor: PersonRef
    author: PersonRef
    filing_id: UUID | None = None

    @property
    def filing(self) -> UUID:
        """The filing, once it was submitted."""
        if self.filing_id is None:
            raise LookupError(self.course.form)
        return self.filing_id


class Director:
    """Turns careers into acts on days."""

    def __init__(self, cast: Cast, days: Sequence[dt.date], rng: random.Random, folder: Path) -> None:
        self._cast = cast
        self._days = days
        self._rng = rng
        self._folder = folder

    def acts(self, career: Career, line: Line, project_id: UUID, steps: dict[str, tuple[Step, ...]]) -> list[Act]:
        """Everything that is done on a project, each filing's acts on days of their own."""
        team = self._cast.managers[line.values["sub_department"]]
        manager = next(person for person in team if person.name == line.values["manager"]["name"])
        successor = next((person for person in team if person.id != manager.id), self._cast.assistants[line.department])
        found: list[Act] = []
        earliest = len(self._days) - 1
        for course in career:
            author = self._cast.clerk if course.form == "overdue_opinion" else manager
            story = Story(course, line, project_id, manager, successor, author)
            if course.form == "closing":
                found += self._groundwork(story, steps, earliest)
                earliest -= _GROUNDWORK
            deeds = self._deeds(story, steps[course.form])
            places = self._places(course, len(deeds), earliest)
            earliest = course.ago - 1
            found += [Act(self._days[at], actor.id, deed) for at, (actor, deed) in zip(places, deeds, strict=True)]
        return found

    def _groundwork(self, story: Story, steps: dict[str, tuple[Step, ...]], earliest: int) -> list[Act]:
        """What a closing asks for, in the days before it (CLOSE-3, CLOSE-4); papers on file are waived."""
        signer = self._cast.signer
        quality = signer("quality", story.line.department)
        found: list[Act] = []
        for form, author, days in (("conformity", quality, (0, 0, 1)), ("summary_report", story.manager, (0, 1, 2))):
            paper = replace(story, course=Course(form, End.APPROVED, 0), author=author)
            deeds = self._deeds(paper, steps[form])
            for day, (actor, deed) in zip(days, deeds, strict=True):
                found.append(Act(self._days[earliest - 1 - day], actor.id, deed))
        head = signer("pmo_head", story.line.department)
        found.append(
            Act(self._days[earliest - _GROUNDWORK], head.id, lambda work: _waive_papers(work, story.project_id))
        )
        return found

    def _places(self, course: Course, count: int, earliest: int) -> list[int]:
        """Where in the days each of ``count`` acts lies: the last at ``course.ago``, all later than ``earliest``."""
        places = [course.ago - 1]
        for left in range(count - 1, 0, -1):
            room = earliest - places[0] - left - 1
            places.insert(0, places[0] + 1 + self._rng.randint(0, min(course.pace, room)))
        return places

    def _deeds(self, story: Story, steps: tuple[Step, ...]) -> list[tuple[PersonRef, Deed]]:
        course = story.course
        signers = [self._signer(story, step) for step in steps]
        deeds: list[tuple[PersonRef, Deed]] = [(story.author, lambda work: self._submit(work, story))]
        if course.paper:
            return [*deeds, (self._cast.clerk, lambda work: self._record(work, story, steps, signers))]
        if course.again:
            deeds += self._signed(story, steps, signers, course.signed)
            deeds.append(self._sent_back(story, steps[course.signed], signers[course.signed], Decision.RETURN))
            deeds.append((story.author, lambda work: self._resubmit(work, story)))
            return deeds
        signed = len(steps) if course.end is End.APPROVED else course.signed
        deeds += self._signed(story, steps, signers, signed)
        if course.end in {End.RETURNED, End.REJECTED}:
            decision = Decision.RETURN if course.end is End.RETURNED else Decision.REJECT
            deeds.append(self._sent_back(story, steps[signed], signers[signed], decision))
        if course.end is End.RECALLED:
            deeds.append((story.author, lambda work: _recall(work, story)))
        return deeds

    def _signer(self, story: Story, step: Step) -> PersonRef:
        if step.signer.startswith(BY_FIELD):
            head = self._cast.heads[story.line.department]
            people = {"giver": story.manager, "receiver": story.successor, "witness": head}
            return people[step.key]
        return self._cast.signer(step.signer, story.line.department)

    def _signed(
        self, story: Story, steps: Sequence[Step], signers: Sequence[PersonRef], count: int
    ) -> Iterable[tuple[PersonRef, Deed]]:
        for step, signer in list(zip(steps, signers, strict=True))[:count]:
            opinion = self._rng.choice(phrases.APPROVALS)
            yield signer, _decision(story, step, Decision.APPROVE, opinion)

    def _sent_back(self, story: Story, step: Step, signer: PersonRef, decision: Decision) -> tuple[PersonRef, Deed]:
        opinion = self._rng.choice(phrases.RETURNS if decision is Decision.RETURN else phrases.REJECTIONS)
        return signer, _decision(story, step, decision, opinion)

    def _submit(self, work: Work, story: Story) -> None:
        writer = Writer(self._rng, self._cast, story.line, story.manager, story.successor, work.today)
        content = self._content(work, story, writer)
        story.filing_id = submit_draft(work, _draft(work, story, content))

    def _content(self, work: Work, story: Story, writer: Writer) -> Content:
        form = story.course.form
        if form == "closing_start":
            return papers.closing_start(writer, self._acceptance_report(work, story))
        if form == "overdue_opinion":
            return papers.overdue_opinion(writer, story.course.verdict)
        if form == "handover":
            return papers.handover(writer, story.course.lines)
        plain: dict[str, Callable[[Writer], Content]] = {
            "suspension": papers.suspension,
            "resumption": papers.resumption,
            "closing": papers.closing,
            "conformity": papers.conformity,
            "summary_report": papers.summary_report,
        }
        return plain[form](writer)

    def _acceptance_report(self, work: Work, story: Story) -> dict[str, str | int]:
        values = story.line.values
        file = self._folder / f"验收报告 {story.line.number}.pdf"
        lines = (
            f"项目名称：{values['name']}",
            f"合同编号：{values['contract_no']}",
            f"承建单位：{work.office.name}",
            "验收组逐项核对了设备清单、功能与性能测试记录和培训记录，资料齐全，运行稳定，达到合同约定的验收条件。",
            "验收结论：合格，同意通过验收。",
        )
        file.write_bytes(letter("项目验收报告", lines, values["customer"], work.today - dt.timedelta(days=2)))
        return store_attachment(work, file)

    def _resubmit(self, work: Work, story: Story) -> None:
        stored = current_content(work, story.filing)
        content = papers.mended(story.course.form, dict(stored.content))
        draft = _draft(work, story, content)
        submit_draft(work, replace(draft, filing_id=story.filing, base_revision_id=stored.revision_id))

    def _record(self, work: Work, story: Story, steps: Sequence[Step], signers: Sequence[PersonRef]) -> None:
        """Print it, have it signed and scanned, record what was signed (代录)."""
        seen = current_content(work, story.filing).sha256
        printed = print_filing(work, work.actor, story.filing)
        hands = [Hand(signer.name, work.today, step.seal) for step, signer in zip(steps, signers, strict=True)]
        scan = self._folder / f"签字扫描件 {story.line.number}.pdf"
        scan.write_bytes(signed_scan(printed.pdf, hands, work.office.name, self._rng))
        signatures = [
            PaperSignature(step.key, signer.id, "", work.today, opinion=self._rng.choice(phrases.APPROVALS))
            for step, signer in zip(steps, signers, strict=True)
        ]
        record_paper_signatures(work, story.filing, signatures, scan=scan, seen_sha256=seen)


def _waive_papers(work: Work, project_id: UUID) -> None:
    """Set aside the documents that lie in the office on paper (CLOSE-3: 一般情况)."""
    for line in checklists(work, project_id):
        for item in line.unmet if line.form_key == "closing" else ():
            if item.waivable:
                waive(work, project_id, item.gate, item.condition, "纸质原件已由项目管理部存档。")


def _draft(work: Work, story: Story, content: dict[str, Any]) -> Draft:
    return Draft(new_id(), work.actor, story.course.form, story.project_id, None, None, content, work.now)


def _decision(story: Story, step: Step, decision: Decision, opinion: str) -> Deed:
    return lambda work: sign(work, story.filing, step, decision, opinion)


def sign(work: Work, filing: UUID, step: Step, decision: Decision, opinion: str) -> None:
    """Decide a step as whoever works; where its lines are confirmed one by one, each of them is right."""
    stored = current_content(work, filing)
    if step.confirms and decision is Decision.APPROVE:
        marks = [
            LineMark(key, str(line["id"]), right=True)
            for key in step.confirms
            for line in lines_of(stored.content, key)
        ]
        confirm_lines(work, filing, step.key, marks, seen_sha256=stored.sha256)
    decide(work, filing, step.key, decision, opinion=opinion, seen_sha256=stored.sha256)


def _recall(work: Work, story: Story) -> None:
    recall_filing(work, story.filing, current_content(work, story.filing).sha256)


def by_day_and_person(acts: Iterable[Act]) -> list[tuple[dt.date, list[tuple[UUID, list[Deed]]]]]:
    """The acts in the order of their days, what one person does on a day together."""
    days: dict[dt.date, dict[UUID, list[Deed]]] = defaultdict(dict)
    for act in acts:
        days[act.day].setdefault(act.actor, []).append(act.deed)
    return [(day, list(days[day].items())) for day in sorted(days)]
