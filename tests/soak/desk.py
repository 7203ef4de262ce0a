"""A client at its desk: what its person finds to do, each time as the window would do it through the services."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.domain.weeks import shifted, week_of
from desktop.services import board, drafting, due, my_week, submitting
from desktop.services.approving import PaperSignature, decide, record_paper_signatures
from desktop.services.archive import add_document, archive_refusal, documents_of
from desktop.services.confirming import LineMark, confirm_lines
from desktop.services.departments import DepartmentRow, change_department, list_departments
from desktop.services.drafting import Draft
from desktop.services.filings import FilingPage, FilingQuery, current_content, filing_ids, filing_rows, open_filing
from desktop.services.history import project_history
from desktop.services.office import Office, Reading, Work
from desktop.services.people import PersonRow, change_person, list_people, person_ref
from desktop.services.projects import ProjectQuery, project_ids, project_rows, projects_where, within_reach
from desktop.services.standing import standing_of
from desktop.store.ids import new_id
from desktop.store.tables import Document, Filing, Project, SignOff
from tests.soak.ledger import Fact
from tests.soak.papers import FROM_STATES, PAPERS, Pen, merged, week_line

_SHARED_PEOPLE = 2
_WEEKS_BACK = 26
_NEAREST = 20


@dataclass(frozen=True)
class Deed:
    """Something to be saved: what it would leave, how it is done (returning what was left), whether it is there.

    ``look`` answers after a save whose answer was lost: what it left, or None. ``typing`` is for how many seconds the
    record stands open before it is saved.
    """

    act: str
    meant: tuple[Fact, ...]
    save: Callable[[], Sequence[Fact]]
    look: Callable[[], Sequence[Fact] | None]
    typing: float = 0.0


@dataclass
class Desk:
    """One person at work in an open office."""

    office: Office
    actor: UUID
    folder: Path
    rng: random.Random
    _turn: int = 0
    _fields: dict[str, list[UUID]] = field(default_factory=dict)

    def settle(self) -> None:
        """Find out what this person may do at all."""
        with self.office.reading() as reading:
            self.me = person_ref(reading, self.actor)
            held = standing_of(reading.session, self.actor, reading.today)
            self.keeps_people = may(reading.policy, held, Action.MANAGE_PEOPLE, OFFICE)
            self.records = may(reading.policy, held, Action.RECORD_PAPER, OFFICE)
            for form in PAPERS:
                reach = within_reach(reading, self.actor, Action.FILE, form)
                states = ("implementing", FROM_STATES[form]) if form in FROM_STATES else ("implementing",)
                found = projects_where(reading, reach & Project.state.in_(states))
                if found:
                    self._fields[form] = [project.id for project in found]
            own = within_reach(reading, self.actor, Action.FILE, "weekly_report")
            projects = [project.id for project in projects_where(reading, own & (Project.state == "implementing"))]
            self.weekly = [(key, back) for key in projects for back in range(1, _WEEKS_BACK)]
            self.rng.shuffle(self.weekly)
            seen = project_ids(reading, self.actor, ProjectQuery(states=("implementing",)))
            self.archives = [key for key in seen[:_NEAREST] if not archive_refusal(reading, self.actor, key)]
            self.seen = seen

    @property
    def pen(self) -> Pen:
        """A pen for the next text."""
        self._turn += 1
        mark = f"{self.me.staff_no}-{self._turn}-{new_id().hex[-8:]}"
        return Pen(self.rng, self.me, self.office.today(), mark)

    # ---- what there is to do

    def left_behind(self) -> Iterator[Deed]:
        """Drafts that are still here from before: the program was ended before they were sent or thrown away."""
        for draft in drafting.list_drafts(self.office, self.actor):
            yield self._sending("交表", draft)

    def next_deed(self) -> Deed | None:
        """Something to save, or None where this draw found nothing to do."""
        kinds = ((self.write, 30), (self.sign, 45), (self.rework, 12), (self.recall, 3), (self.report, 12))
        others = ((self.archive, 8), (self.edit, 24), (self.record, 8))
        drawn = [*kinds, *others]
        choose = self.rng.choices([kind for kind, _ in drawn], [weight for _, weight in drawn])[0]
        return choose()

    def write(self) -> Deed | None:
        """Fill in a form and send it."""
        if not self._fields:
            return None
        form = "numbering" if "numbering" in self._fields and self.rng.random() < 0.5 else ""
        form = form or self.rng.choice(sorted(self._fields))
        projects = self._fields[form]
        state = FROM_STATES.get(form)
        if state:
            with self.office.reading() as reading:
                within = Project.id.in_(projects) & (Project.state == state)
                within = within & Project.number.is_(None) if form == "numbering" else within
                projects = [project.id for project in projects_where(reading, within)]
        if not projects:
            return None
        draft = drafting.start_draft(self.office, self.actor, form, self.rng.choice(projects))
        content = merged(dict(draft.content), PAPERS[form](self.pen))
        draft = drafting.save_draft(self.office, self.actor, replace(draft, content=content))
        return self._sending("编号" if form == "numbering" else "交表", draft)

    def rework(self) -> Deed | None:
        """Mend what was returned or recalled and send it again."""
        states = (FilingState.RETURNED, FilingState.RECALLED)
        found = self._filings(FilingQuery(author_id=self.actor, states=states, form_keys=tuple(PAPERS)))
        if not found:
            return None
        draft = drafting.rework_filing(self.office, self.actor, self.rng.choice(found))
        content = merged(dict(draft.content), PAPERS[draft.form_key](self.pen))
        return self._sending("重交", drafting.save_draft(self.office, self.actor, replace(draft, content=content)))

    def _sending(self, act: str, draft: Draft) -> Deed:
        def save() -> list[Fact]:
            def send(work: Work) -> list[Fact]:
                return _filed(work, submitting.submit_draft(work, draft))

            facts = self.office.run(self.actor, send).value
            drafting.discard_draft(self.office, draft.id)
            return facts

        def look() -> list[Fact] | None:
            key = draft.filing_id or draft.id
            with self.office.reading() as reading:
                filing = reading.session.get(Filing, key)
                if filing is None or filing.revision_id == draft.base_revision_id:
                    return None
                facts = _filed(reading, key)
            drafting.discard_draft(self.office, draft.id)
            return facts

        return Deed(act, (Fact("filing", str(draft.filing_id or draft.id)),), save, look)

    def report(self) -> Deed | None:
        """Send the report of one week on one project (WEEK-1)."""
        if not self.weekly:
            return None
        pen = self.pen
        project, back = self.weekly.pop()
        week = shifted(week_of(self.office.today()), -back)
        lines = [week_line(pen, str(project))]
        with self.office.reading() as reading:
            draft = my_week.report_draft(reading, self.actor, week, project, lines)
        my_week.keep_week(self.office, self.actor, week, lines)

        def save() -> list[Fact]:
            def send(work: Work) -> list[Fact]:
                return [fact for key in my_week.send_week(work, week, lines) for fact in _filed(work, key)]

            facts = self.office.run(self.actor, send).value
            my_week.drop_week(self.office, self.actor, week)
            return facts

        return Deed("周报", (Fact("filing", str(draft.id)),), save, lambda: self._looked_up(draft.id))

    def _looked_up(self, key: UUID) -> list[Fact] | None:
        with self.office.reading() as reading:
            return _filed(reading, key) if reading.session.get(Filing, key) else None

    def sign(self) -> Deed | None:
        """Decide something that waits: mostly approve it."""
        page = self._page(FilingQuery(waiting_for=self.actor))
        if page is None or not page.may_decide:
            return None
        step, drawn = page.may_decide, self.rng.random()
        decision = Decision.APPROVE if drawn < 0.86 else Decision.RETURN if drawn < 0.97 else Decision.REJECT
        marks = [LineMark(line.section, line.line, right=True) for line in page.lines if not line.verdict]

        def put(work: Work) -> list[Fact]:
            if decision is Decision.APPROVE and marks:
                confirm_lines(work, page.row.id, step, marks, seen_sha256=page.sha256)
            opinion = "同意，按期办理。" if decision is Decision.APPROVE else "请补充说明后再报。"
            decide(work, page.row.id, step, decision, opinion=opinion, seen_sha256=page.sha256)
            return [_signature(page, step, self.actor)]

        act = {Decision.APPROVE: "签字", Decision.RETURN: "退回", Decision.REJECT: "否决"}[decision]
        return self._signing(act, page, step, put)

    def record(self) -> Deed | None:
        """Record a signature that was given on paper, with its scan (代录)."""
        if not self.records:
            return None
        page = self._page(FilingQuery(states=(FilingState.IN_APPROVAL,)))
        step = page.may_record if page else ""
        signers = page.signers_by_step.get(step, ()) if page else ()
        if page is None or not step or not signers:
            return None
        signature = PaperSignature(step, self.rng.choice(signers).id, "", self.office.today(), opinion="同意。")
        scan = self._file("签字扫描件.pdf")

        def put(work: Work) -> list[Fact]:
            record_paper_signatures(work, page.row.id, [signature], scan=scan, seen_sha256=page.sha256)
            return [_signature(page, step, self.actor), *_archived(work, scan.name)]

        return self._signing("代录", page, step, put, Fact("document", scan.name))

    def _signing(self, act: str, page: FilingPage, step: str, put: Callable[[Work], list[Fact]], *more: Fact) -> Deed:
        def look() -> list[Fact] | None:
            with self.office.reading() as reading:
                rows = reading.session.query(SignOff.revision_id).filter_by(
                    filing_id=page.row.id, step_key=step, recorded_by=self.actor, revision_id=page.revisions[-1].id
                )
                return [_signature(page, step, self.actor)] if rows.first() else None

        meant = (Fact("signature", str(page.row.id)), *more)
        return Deed(act, meant, lambda: self.office.run(self.actor, put).value, look)

    def recall(self) -> Deed | None:
        """Take back something of one's own that nobody has decided yet."""
        query = FilingQuery(author_id=self.actor, states=(FilingState.IN_APPROVAL,), form_keys=tuple(PAPERS))
        page = self._page(query)
        if page is None or not page.may_recall:
            return None
        facts = [Fact("state", str(page.row.id), {"state": "recalled"})]

        def put(work: Work) -> list[Fact]:
            submitting.recall_filing(work, page.row.id, page.sha256)
            return facts

        def look() -> list[Fact] | None:
            row = self.office.read(lambda reading: filing_rows(reading, [page.row.id]))[0]
            return facts if row.state is FilingState.RECALLED else None

        return Deed("撤回", tuple(facts), lambda: self.office.run(self.actor, put).value, look)

    def archive(self) -> Deed | None:
        """Put a file into a project's archive."""
        if not self.archives:
            return None
        project, path = self.rng.choice(self.archives), self._file("会议资料.pdf")

        def put(work: Work) -> list[Fact]:
            row = add_document(work, path, project)
            return [Fact("document", row.name, {"sha256": row.sha256})]

        def look() -> list[Fact] | None:
            with self.office.reading() as reading:
                return _archived(reading, path.name) or None

        return Deed("存档", (Fact("document", path.name),), lambda: self.office.run(self.actor, put).value, look)

    def edit(self) -> Deed | None:
        """Change a record that others change, too: a telephone number, a room's name."""
        if not self.keeps_people:
            return None
        if self.rng.random() < 0.3:
            rooms = [row for row in self.office.read(list_departments) if row.name.startswith("资料室")]
            room = self.rng.choice(rooms)
            return self._edited("改部门", "department", "name", room, f"资料室{room.name[3]} {self.pen.mark}")
        people = self.office.read(partial(list_people, everyone=False))
        return self._edited("改人员", "person", "phone", self.rng.choice(people[:_SHARED_PEOPLE]), self.pen.mark)

    def _edited(self, act: str, entity: str, name: str, row: PersonRow | DepartmentRow, value: str) -> Deed:
        fact = Fact("value", str(row.id), {"entity": entity, "field": name, "value": value})

        def put(work: Work) -> list[Fact]:
            if isinstance(row, PersonRow):
                change_person(
                    work, row.id, row.version, name=row.name, staff_no=row.staff_no,
                    department_id=row.department_id, phone=value, active=row.active,
                )  # fmt: skip
            else:
                change_department(work, row.id, row.version, name=value, active=row.active)
            return [fact]

        def look() -> list[Fact] | None:
            """Where it stands there still; where another has saved since, nobody can tell, and nothing is claimed."""
            with self.office.reading() as reading:
                rows: Sequence[PersonRow | DepartmentRow] = (*list_people(reading), *list_departments(reading))
            return [fact] if any(getattr(one, name, "") == value for one in rows if one.id == row.id) else None

        typing = self.rng.uniform(1.0, 4.0)
        return Deed(act, (fact,), lambda: self.office.run(self.actor, put).value, look, typing)

    # ---- what there is to look at

    def look_around(self) -> tuple[str, Callable[[], object]]:
        """One of the views that are open all day; returns its name and the query."""
        word = self.rng.choice(("网络", "机房", "王伟", "wlgc", "2026", "市一院"))
        views: dict[str, Callable[[Reading], object]] = {
            "看工作台": lambda reading: due.todo(reading, self.actor),
            "看待签": lambda reading: self._rows(reading, FilingQuery(waiting_for=self.actor)),
            "查项目": lambda reading: project_rows(
                reading, project_ids(reading, self.actor, ProjectQuery(text=word))[:100]
            ),
            "查审批": lambda reading: self._rows(reading, FilingQuery(text=word)),
            "看人员": lambda reading: list_people(reading, word[:1]),
            "看项目": self._project,
            "看首页": lambda reading: board.open_board(reading, self.actor),
        }
        name = self.rng.choice(sorted(views))
        return name, lambda: self.office.read(views[name])

    def _rows(self, reading: Reading, query: FilingQuery) -> object:
        return filing_rows(reading, filing_ids(reading, self.actor, query)[:100], self.actor)

    def _project(self, reading: Reading) -> object:
        if not self.seen:
            return None
        key = self.rng.choice(self.seen)
        return project_rows(reading, [key]), documents_of(reading, project_id=key), project_history(reading, key)

    # ---- shared

    def _filings(self, query: FilingQuery) -> list[UUID]:
        return self.office.read(lambda reading: filing_ids(reading, self.actor, query))[:_NEAREST]

    def _page(self, query: FilingQuery) -> FilingPage | None:
        found = self._filings(query)
        if not found:
            return None
        key = self.rng.choice(found)
        try:
            return self.office.read(lambda reading: open_filing(reading, self.actor, key))
        except Refusal:
            return None  # it went to where this person may not follow

    def _file(self, name: str) -> Path:
        path = self.folder / f"{self.pen.mark} {name}"
        path.write_bytes(b"%PDF-1.4\n" + self.rng.randbytes(self.rng.randint(2_000, 150_000)))
        return path


def _filed(reading: Reading, key: UUID) -> list[Fact]:
    """What stands in the database of a filing: its number, its newest revision."""
    filing = reading.session.fetch(Filing, key)
    stored = current_content(reading, key)
    return [
        Fact("filing", str(key), {"number": filing.number}),
        Fact("revision", str(key), {"n": stored.no, "sha256": stored.sha256}),
    ]


def _signature(page: FilingPage, step: str, by: UUID) -> Fact:
    revision = max(page.revisions, key=lambda row: row.no)
    return Fact("signature", str(page.row.id), {"step": step, "revision": str(revision.id), "by": str(by)})


def _archived(reading: Reading, name: str) -> list[Fact]:
    rows = reading.session.query(Document.name, Document.blob_sha).filter_by(name=name)
    return [Fact("document", name, {"sha256": sha}) for name, sha in rows]
