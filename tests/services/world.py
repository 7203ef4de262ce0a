"""A small office at work: its people, its projects, and short words for what they do."""

import datetime as dt
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.ledger import Project
from desktop.services import approving, drafting, filings, gate_view, people, projects, submitting
from desktop.services.archive import add_document, store_attachment
from desktop.services.confirming import LineMark, confirm_lines
from desktop.services.drafting import Draft
from desktop.services.filings import FilingPage
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import Founding, create_office, open_office
from desktop.services.policies import shipped_policies
from desktop.store.tables import Base
from tests.services.ending_fills import ATTACHED, ENDING
from tests.services.watching_fills import WATCHING

DATA = Path(__file__).parent.parent / "data"
NOON = dt.time(12, tzinfo=dt.UTC)
START = dt.date(2026, 8, 3)
EPM = shipped_policies()[0]

CLERK, HEAD, TECHNICAL, FINANCE, PRESIDENT, QUALITY = "李秀英", "张建国", "王强", "𬴂𪟝", "𫖯", "钱敏"
MANAGER, CLIENT_MANAGER, OTHER_MANAGER, OTHER_TECHNICAL = "𠮷镕堃", "㛃喆", "䶮𬭎", "赵明"

RUNNING, SOFTWARE, PAUSED, CLOSED = "JC-2026-901", "RJ-2026-902", "FW-2026-903", "JC-2025-904"
NUMBERLESS = "智慧ABC平台"


def line(number: str | None, name: str, state: str, **more: Any) -> dict[str, Any]:
    return {"id": f"line-{name}", "number": number, "name": name, "state": state, **more}


def person(name: str) -> dict[str, str]:
    return {"id": "", "name": name}


LINES = [
    line(
        RUNNING,
        "滨海线综合监控系统集成",
        "implementing",
        short_name="综合监控",
        kind="integration",
        contract_no="HT-2026-11",
        contract_kind="works",
        amount=2_562_000_000,
        budget=1_800_000_000,
        customer="滨海轨道交通",
        department="系统集成部",
        sub_department="一组",
        manager=person(MANAGER),
        client_manager=person(CLIENT_MANAGER),
        initiated_on="2026-03-01",
        planned_preliminary_on="2026-12-01",
        planned_final_on="2027-06-01",
    ),
    line(
        SOFTWARE,
        "票务清分软件",
        "implementing",
        kind="software",
        contract_kind="virtual",
        amount=420_000_000,
        customer="Metro公司",
        department="软件开发部",
        manager=person(OTHER_MANAGER),
        client_manager=person(CLIENT_MANAGER),
    ),
    line(
        PAUSED,
        "机房运维服务",
        "paused",
        kind="service",
        department="系统集成部",
        manager=person(MANAGER),
        paused_on="2026-08-10",
        resume_by="2026-11-10",
        budget=90_000_000,
    ),
    line(CLOSED, "老线改造", "closed", kind="integration", department="系统集成部", closed_on="2025-12-31", amount=1),
    line(None, NUMBERLESS, "starting", kind="software", department="软件开发部", manager=person(OTHER_MANAGER)),
]

FILLED: dict[str, dict[str, Any]] = {
    "suspension": {
        "reason": {"resume_by": "2027-01-15", "cause": "customer", "reason": "甲方机房未交付，防水返工。"},
        "progress": {"done_share": "62.5", "spent": 123_456_789, "done": "已完成管线", "open": "未完成调试"},
        "meanwhile": {"people": "转入其他项目", "equipment": "存库房", "claims": "十日内报清"},
        "resumption": {"conditions": "机房移交"},
    },
    "resumption": {
        "grounds": {"conditions": "机房已移交"},
        "plan": {"schedule_impact": "none", "budget_impact": "none", "people": "原班人员", "next": "开箱验货"},
    },
    "overdue_opinion": {
        "situation": {"cause": "甲方仍未移交"},
        "consulted": [
            {
                "id": "c1",
                "department": "系统集成部",
                "person": person(TECHNICAL),
                "on": "2026-11-01",
                "view": "同意延长",
            }
        ],
        "opinion": {"verdict": "extend", "until": "2027-02-10", "department": "系统集成部", "text": "延长三个月"},
    },
    "closing_start": {
        "acceptance": {"stage": "preliminary", "accepted_on": "2026-10-30", "confirmed_by": "陈主任"},
    },
    "closing": {
        "summary": {"done": "全部完成", "quality": "合格", "left": "无"},
        "results": [{"id": "r1", "name": "竣工图", "submitted": "yes"}],
        "money": {"spent": 100_000, "received": 100_000, "claims": "all", "purchase": "all"},
        "transfer": {"maintenance": "no", "documents": "yes", "report": "yes"},
    },
    "change": {
        "change": {"what": "调整", "cause": "customer", "reason": "甲方来函要求调整。"},
        "assessment": {"schedule": "无", "cost": "见细目表", "quality": "无"},
        "execution": {"verification": "监理验收", "told": "客户、监理"},
    },
    "manager_change": {"appointment": {"reason": "transfer"}},
    "handover": {
        "people": {"reason": "manager"},
        "documents": [{"id": "d1", "name": "施工图", "count": "2"}],
    },
    **ENDING,
    **WATCHING,
}
"""What people fill in so that a form can be submitted."""


@dataclass
class Clock:
    """A clock that stands until a test moves it."""

    now: dt.datetime = field(default_factory=lambda: dt.datetime.combine(START, NOON))

    def __call__(self) -> dt.datetime:
        return self.now

    def set(self, day: dt.date) -> None:
        self.now = dt.datetime.combine(day, NOON)

    def pass_minutes(self, minutes: int = 5) -> None:
        self.now += dt.timedelta(minutes=minutes)


@dataclass
class World:
    """An open office with its clock and a folder for files."""

    office: Office
    clock: Clock
    folder: Path
    url: str
    ids: dict[str, UUID] = field(default_factory=dict)

    def who(self, name: str) -> UUID:
        """The id of the one person of that name."""
        if name not in self.ids:
            rows = self.office.read(partial(people.list_people, everyone=True))
            known = Counter(row.name for row in rows)
            assert known[name] == 1
            self.ids |= {row.name: row.id for row in rows if known[row.name] == 1}
        return self.ids[name]

    def department(self, name: str) -> UUID:
        (found,) = (row.id for row in self.office.read(people.list_departments) if row.name == name)
        return found

    def project(self, number: str = RUNNING) -> Project:
        return self.office.read(lambda reading: projects.find_project(reading, number))

    def file(self, name: str = "扫描.pdf", content: bytes = b"%PDF-1.4 scan") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def draft(self, form: str, number: str = RUNNING, by: str = MANAGER, **changes: Any) -> Draft:
        """A draft that could be submitted, with ``changes`` (section → values) over it."""
        actor = self.who(by)
        if form == "closing" and self.project(number).state == "closing":
            self.ready_to_close(number)
        begun = drafting.start_draft(self.office, actor, form, self.project(number).id)
        filled = merge(merge(begun.content, self._filled(form, actor)), changes)
        return drafting.save_draft(self.office, actor, replace(begun, content=filled))

    def _filled(self, form: str, actor: UUID) -> dict[str, Any]:
        if form in ATTACHED:
            section, key = ATTACHED[form]
            report = self.file("验收报告.pdf", b"%PDF-1.4 report")
            attached = self.office.run(actor, lambda work: store_attachment(work, report)).value
            return merge(FILLED[form], {section: {key: [attached]}})
        if form in {"equipment_receipt", "maintenance_transfer"}:
            receiver = {"id": str(self.who(OTHER_MANAGER)), "name": OTHER_MANAGER}
            section = "receipt" if form == "equipment_receipt" else "transfer"
            return merge(FILLED[form], {section: {"receiver": receiver}})
        if form == "handover":
            receiver, witness = ({"id": str(self.who(name)), "name": name} for name in (OTHER_MANAGER, TECHNICAL))
            return merge(FILLED[form], {"people": {"receiver": receiver, "witness": witness}})
        if form == "manager_change":
            new, head = ({"id": str(self.who(name)), "name": name} for name in (OTHER_MANAGER, TECHNICAL))
            return merge(FILLED[form], {"appointment": {"manager": new}, "notice": {"person": head}})
        return FILLED.get(form, {})

    def ready_to_close(self, number: str = RUNNING) -> None:
        """Bring in what the closing asks for (CLOSE-3, CLOSE-4), unless it is there."""
        project = self.project(number).id
        lists = self.office.read(partial(gate_view.checklists, project_id=project))
        missing = {item.condition: item for one in lists if one.form_key == "closing" for item in one.unmet}
        if "conformity_approved" in missing:
            self.approved("conformity", QUALITY, TECHNICAL, number=number, by=QUALITY)
        if "summary_approved" in missing:
            self.approved("summary_report", TECHNICAL, HEAD, number=number)
        papers = [item.document for item in missing.values() if item.document and item.stops]
        if papers:
            file = self.file("竣工资料.pdf")
            add = [partial(add_document, path=file, project_id=project, kind=kind) for kind in papers]
            self.office.run(self.who(CLERK), lambda work: [one(work) for one in add])

    def submit(self, draft: Draft, by: str = MANAGER) -> UUID:
        filing = self.office.run(self.who(by), lambda work: submitting.submit_draft(work, draft)).value
        drafting.discard_draft(self.office, draft.id)
        return filing

    def submitted(self, form: str, number: str = RUNNING, by: str = MANAGER, **changes: Any) -> UUID:
        return self.submit(self.draft(form, number, by, **changes), by)

    def page(self, filing: UUID, by: str = CLERK) -> FilingPage:
        return self.office.read(lambda reading: filings.open_filing(reading, self.who(by), filing))

    def sign(
        self, filing: UUID, by: str, decision: Decision = Decision.APPROVE, opinion: str = "", seen: str | None = None
    ) -> None:
        """The step whose turn it is, signed on the screen a few minutes later."""
        self._sign(self._seen(filing, by), by, decision, opinion, seen)

    def _sign(self, page: FilingPage, by: str, decision: Decision, opinion: str, seen: str | None) -> None:
        self.clock.pass_minutes()
        filing, step = page.row.id, page.may_decide or next((due.key for due in page.progress.due), "")
        self.office.run(
            self.who(by),
            lambda work: approving.decide(
                work, filing, step, decision, opinion=opinion, seen_sha256=seen or page.sha256
            ),
        )

    def _seen(self, filing: UUID, by: str) -> FilingPage:
        """The filing as a person sees it; who may not see it has the clerk's page, and no step of their own."""
        try:
            return self.page(filing, by)
        except NotAllowed:
            return replace(self.page(filing), may_decide="", lines=())

    def confirm_all(self, filing: UUID, by: str) -> None:
        """Find right, one by one, every line that the person's step asks to be confirmed."""
        self._confirm(self.page(filing, by), by)

    def _confirm(self, page: FilingPage, by: str) -> None:
        marks = [LineMark(line.section, line.line, right=True) for line in page.lines if not line.verdict]
        if marks:
            self.office.run(
                self.who(by),
                lambda work: confirm_lines(work, page.row.id, page.may_decide, marks, seen_sha256=page.sha256),
            )

    def own_step(self, filing: UUID, by: str) -> str:
        """The step that a person may sign now, where they can see the filing at all."""
        return self._seen(filing, by).may_decide

    def approve(self, filing: UUID, *signers: str) -> None:
        """Signed by one after the other, each having confirmed line by line what they must."""
        for signer in signers:
            page = self._seen(filing, signer)
            self._confirm(page, signer)
            self._sign(page, signer, Decision.APPROVE, "", None)

    def approved(self, form: str, *signers: str, number: str = RUNNING, by: str = MANAGER, **changes: Any) -> UUID:
        filing = self.submitted(form, number, by, **changes)
        self.approve(filing, *signers)
        return filing

    def rework(self, filing: UUID, by: str = MANAGER, **changes: Any) -> Draft:
        actor = self.who(by)
        draft = drafting.rework_filing(self.office, actor, filing)
        return drafting.save_draft(self.office, actor, replace(draft, content=merge(draft.content, changes)))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Hold that what is refused inside leaves the whole database as it was."""
        before = contents(self.office)
        yield
        assert contents(self.office) == before


def merge(content: Any, changes: Any) -> dict[str, Any]:
    """Sections of ``changes`` over those of ``content``: values over values, lines instead of lines."""
    merged = dict(content)
    for key, value in changes.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
    return merged


def contents(office: Office) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table but the list of installations, which each joins with its first transaction."""
    with office.database.connecting() as connection:
        return {
            table.name: {tuple(map(repr, row)) for row in connection.execute(table.select())}
            for table in Base.metadata.tables.values()
            if table.name != "device"
        }


def founding(**changes: Any) -> Founding:
    made = Founding("滨海系统集成有限公司", EPM.text, "epm.toml", CLERK, ("clerk",), code="BH", staff_no="0001")
    return replace(made, **changes)


def found_world(url: str) -> None:
    """Make the office, once per engine."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        office = create_office(url, founding(), Home(Path(folder)), clock)
        world = World(office, clock, Path(folder), url)
        clerk = world.who(CLERK)
        content = {"source": {"file": "台账.xlsx", "on": START.isoformat()}, "projects": LINES}
        begun = drafting.start_draft(office, clerk, "opening", None)
        world.submit(replace(begun, content=content), CLERK)
        staff = itertools.count(2)
        for name, role, place in (
            (HEAD, "pmo_head", ""),
            (FINANCE, "finance", ""),
            (PRESIDENT, "president", ""),
            (TECHNICAL, "technical_head", "系统集成部"),
            (QUALITY, "quality", "系统集成部"),
            (OTHER_TECHNICAL, "technical_head", "软件开发部"),
        ):
            department = world.department(place) if place else None
            add = partial(people.add_person, name=name, staff_no=f"{next(staff):04}", department_id=department)
            made = office.run(clerk, add).value
            give = partial(people.assign_role, person_id=made, role_key=role, department_id=department)
            office.run(clerk, give)
        office.close()


def open_world(url: str, folder: Path) -> World:
    clock = Clock()
    clock.set(dt.date(2026, 11, 3))
    return World(open_office(url, Home(folder / "home"), clock), clock, folder, url)


def refusal(attempt: Callable[[], object], kind: type[Refusal] = Refusal) -> Refusal:
    """The refusal that an attempt meets; a clear one says what happened and what was kept or what to do."""
    with pytest.raises(kind) as refused:
        attempt()
    assert refused.value.what
    assert refused.value.kept or refused.value.todo
    return refused.value
