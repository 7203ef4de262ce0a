"""What people write on each paper of a project's life, so that it can be submitted: shared by the long stories.

`FILLS` holds the sections by form; `filled` adds whoever is picked from the list and what is attached.
"""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project
from desktop.services import drafting
from desktop.services.approving import chain_progress, decide
from desktop.services.archive import add_document, store_attachment
from desktop.services.confirming import LineMark, confirm_lines
from desktop.services.filings import current_content, filing_rows
from desktop.services.line_checks import checked_lines
from desktop.services.office import Work
from desktop.services.printing import print_filing
from desktop.services.projects import get_project
from desktop.services.waiting import own_step
from desktop.store.tables import Filing
from tests.services.entry import CONTRACT, chosen
from tests.services.planning import BUDGET, PACKAGE, PLAN, PROCUREMENT, RISKS, SCHEDULE
from tests.services.test_office import text_of
from tests.services.world import CLERK, CLIENT_MANAGER, FILLED, MANAGER, OTHER_MANAGER, TECHNICAL, World, merge

Content = dict[str, Any]

_FEASIBLE: Content = {"verdict": "good", "findings": "方案成熟，人员和设备齐备"}

FILLS: dict[str, Content] = {
    **FILLED,
    "contract": CONTRACT,
    "appointment": {"nomination": {"reason": "做过同类项目"}},
    "numbering": {"numbering": {"short_name": "信号改造"}},
    "task_targets": {"notes": {"note": "按合同模块价格核算"}},
    "implementation_plan": PLAN,
    "initiation": PACKAGE,
    "month_budget": {
        "month": {"month": "2026-12"},
        "lines": [{"id": "m1", "subject": "travel", "amount": 300_000, "use": "现场差旅"}],
    },
    "claim": {
        "claim": {"reason": "深化设计调研"},
        "lines": [{"id": "c1", "spent_on": "2026-11-02", "subject": "travel", "text": "往返车票", "amount": 120_000}],
    },
    "summary_report": {**FILLED["summary_report"], "cost": {"real": 120_000}},
    "proposal": {
        "basics": {"name": "园区一卡通", "kind": "integration", "department": "信息部", "customer": "后勤部"},
        "goals": {"goals": "统一门禁与消费", "need": "设备老化"},
        "plan": {"starts_on": "2026-12-01", "ends_on": "2027-09-20", "plan": "设计、安装、验收"},
        "budget": {"amount": 9_000_000},
    },
    "feasibility": {
        "technical": _FEASIBLE,
        "economic": _FEASIBLE,
        "market": _FEASIBLE,
        "conclusion": {"verdict": "good", "text": "同意立项"},
    },
    "initiation_notice": {
        "goals": {"goals": "统一门禁与消费"},
        "scope": {"scope": "三个园区"},
        "resources": {"budget": 40_000_000, "people": "信息部三人"},
    },
    "project_plan": {
        "goals": {"goals": "按期开通", "scope": "三个园区", "planned_final_on": "2027-09-20"},
        "schedule": SCHEDULE,
        "organization": PLAN["organization"],
        "procurement": PROCUREMENT,
        "budget": BUDGET,
        "risks": RISKS,
    },
}
"""By form."""

PICKED: dict[str, dict[tuple[str, str], str]] = {
    "contract": {("contract", "client_manager"): CLIENT_MANAGER},
    "appointment": {("nomination", "manager"): MANAGER},
    "initiation_notice": {("resources", "manager"): MANAGER},
    "manager_change": {("appointment", "manager"): OTHER_MANAGER, ("notice", "person"): TECHNICAL},
    "handover": {("people", "receiver"): OTHER_MANAGER, ("people", "witness"): TECHNICAL},
    "equipment_receipt": {("receipt", "receiver"): OTHER_MANAGER},
    "maintenance_transfer": {("transfer", "receiver"): OTHER_MANAGER},
}
"""Who stands in which field, by form: people have ids of their own in every office."""

_ACCEPTANCES = ("closing_start", "preliminary_acceptance", "final_acceptance")
ATTACHED: dict[str, tuple[str, str]] = dict.fromkeys(_ACCEPTANCES, ("acceptance", "report"))
"""The forms that come with a file, and where it stands."""


def filled(world: World, form: str, by: str, **changes: Any) -> Content:
    """The sections of a form with everybody and every file in place, and ``changes`` (section → values) over them."""
    content = merge({}, FILLS.get(form, {}))
    for (section, key), name in PICKED.get(form, {}).items():
        content = merge(content, {section: {key: chosen(world, name)}})
    if form in ATTACHED:
        section, key = ATTACHED[form]
        path = world.file("验收报告.pdf", b"%PDF-1.4 report")
        file = dict(world.office.run(world.who(by), lambda work: store_attachment(work, path)).value)
        content = merge(content, {section: {key: [file]}})
    return merge(content, changes)


@dataclass
class Life:
    """A project on its way through the papers: each is filled in, submitted, signed and remembered."""

    world: World
    project: UUID | None = None
    papers: dict[str, list[UUID]] = field(default_factory=dict)

    def file(self, form: str, by: str, *signers: str, **changes: Any) -> UUID:
        """A form filled in by somebody, submitted and signed by everybody in turn; the filing's id."""
        actor = self.world.who(by)
        subject = None if FORMS[form].subject == "office" else self.project
        begun = drafting.start_draft(self.world.office, actor, form, subject)
        content = merge(begun.content, filled(self.world, form, by, **changes))
        if form == "conformity":
            content["products"] = [judged(line) for line in begun.content["products"]]
        filing = self.world.submit(drafting.save_draft(self.world.office, actor, replace(begun, content=content)), by)
        for signer in signers:
            self._sign(filing, signer)
        (row,) = self.world.office.read(partial(filing_rows, ids=[filing]))
        assert row.state is FilingState.APPROVED, f"{form}: {row.waiting}"
        self.papers.setdefault(form, []).append(filing)
        return filing

    def _sign(self, filing: UUID, by: str) -> None:
        """The step that is this person's now, its lines confirmed one by one where it asks for that."""
        self.world.clock.pass_minutes()
        actor = self.world.who(by)

        def sign(work: Work) -> None:
            paper, stored = work.session.fetch(Filing, filing), current_content(work, filing)
            own = own_step(work, actor, paper, stored.content, chain_progress(work, paper, stored))
            assert own, f"{FORMS[paper.form_key].title}: nothing is to be signed by {by}"
            lines = checked_lines(work.session, filing, stored.content, own.step, actor)
            marks = [LineMark(line.section, line.line, right=True) for line in lines]
            if marks:
                confirm_lines(work, filing, own.step.key, marks, seen_sha256=stored.sha256)
            opinion = f"{own.step.asks}：同意所报，限期办结。" if own.step.asks else ""
            decide(work, filing, own.step.key, Decision.APPROVE, opinion=opinion, seen_sha256=stored.sha256)

        self.world.office.run(actor, sign)

    def archive(self, stage: str, by: str) -> None:
        """Put every document on record that the policy asks for at a stage and that no paper brings."""
        found = self.ledger
        for item in self.world.office.policy.documents:
            if item.stage == stage and not item.form and item.asked_of(found.kind):
                path = self.world.file(f"{item.title}.pdf", f"%PDF-1.4 {item.key}".encode())
                add = partial(add_document, path=path, project_id=found.id, kind=item.key)
                self.world.office.run(self.world.who(by), add)

    @property
    def ledger(self) -> Project:
        """The project as the ledger has it now."""
        assert self.project is not None
        return self.world.office.read(partial(get_project, project_id=self.project))

    def prints(self) -> dict[str, str]:
        """The text of one print of every form, by form."""
        by = self.world.who(CLERK)
        printed = {
            form: self.world.office.read(partial(print_filing, actor=by, filing_id=filings[-1]))
            for form, filings in self.papers.items()
        }
        return {form: text_of(paper.pdf) for form, paper in printed.items()}


def judged(line: Any) -> Content:
    """A work product that was delivered as it was asked for (CLOSE-4)."""
    return {**line, "delivered": line.get("count") or "1", "verdict": "yes"}
