"""What a changed program tries under a person's own login: every transaction is sealed and chained as it should be."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from desktop.domain.approval import Decision
from desktop.domain.canonical import canonical_text
from desktop.domain.forms import bind
from desktop.domain.identity import mark_text
from desktop.services.approving import decide
from desktop.services.filing_content import write_revision
from desktop.services.office import Work
from desktop.store.ids import new_id
from desktop.store.numbers import next_number
from desktop.store.tables import (
    Absence,
    Assignment,
    ChainEdit,
    Contract,
    Delegation,
    Document,
    Expense,
    Filing,
    LineCheck,
    MonthBudget,
    PlanLine,
    PolicyVersion,
    Project,
    ReportLine,
    Section,
    SignOff,
    TrackedProblem,
    Urge,
    Waiver,
)
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    TECHNICAL,
)
from tests.store.attacked import Attacked

Forge = Callable[[Work, Attacked], object]
DAY = dt.timedelta(days=1)
YEAR = DAY * 365
HEAD_NOTED = "_head"
"""Where the recorder keeps the end of its chain."""
ONE_KEY = "a" * 64
"""What could be a key's fingerprint."""
SERIES, OTHERS = "filing:ZT-{year}-{n:04}:2026", "filing:HF-{year}-{n:04}:2026"
PROJECTS = "project:software:2026"


def _sign(paper: str = "filing", step: str = "technical", by: str = "", **changes: Any) -> Forge:
    """A signature as the program makes one, with ``changes`` in it; ``by`` is the signer where not the actor."""

    def forge(work: Work, attacked: Attacked) -> None:
        seen = attacked.papers[paper]
        signer = attacked.world.who(by) if by else work.actor
        given: dict[str, Any] = {
            "filing_id": seen.filing,
            "revision_id": seen.revision,
            "step_key": step,
            "decision": "approve",
            "signer_id": signer,
            "signer_name": by or attacked.name_of(work.actor),
            "recorded_by": work.actor,
            "signed_on": work.today,
            "at": work.now,
            "covers": canonical_text(seen.hashes),
            "policy_sha256": work.policy.sha256,
        }
        given |= {key: value(work, attacked) if callable(value) else value for key, value in changes.items()}
        work.session.add(SignOff(**given))
        work.session.flush()

    return forge


def _scan(work: Work, attacked: Attacked) -> str:
    """A scan listed on the filing, in the clerk's name."""
    blob = attacked.ids["blob"]
    work.session.add(
        Document(
            filing_id=attacked.papers["filing"].filing,
            project_id=UUID(attacked.ids["running"]),
            name="签字.pdf",
            blob_sha=blob,
            size=len(b"%PDF-1.4 scan"),
            media_type="application/pdf",
            kind="signed scan",
            added_by=work.actor,
            at=work.now,
        )
    )
    work.session.flush()
    return blob


def _someone(name: str) -> Callable[[Work, Attacked], UUID]:
    return lambda _work, attacked: attacked.world.who(name)


SIGNATURES: dict[str, tuple[str, Forge]] = {
    "the head's step in one's own name": (MANAGER, _sign()),
    "in the head's name": (MANAGER, _sign(by=TECHNICAL)),
    "in the head's name and hand": (MANAGER, _sign(by=TECHNICAL, recorded_by=_someone(TECHNICAL))),
    "as if on paper": (MANAGER, _sign(by=TECHNICAL, on_paper=True)),
    "by another department's head": (OTHER_TECHNICAL, _sign()),
    "by finance": (FINANCE, _sign()),
    "out of turn": (HEAD, _sign(step="pmo")),
    "at a step that there is not": (TECHNICAL, _sign(step="president")),
    "of other content": (TECHNICAL, _sign(covers=canonical_text({"reason": "0" * 64}))),
    "of no content": (TECHNICAL, _sign(covers="{}")),
    "under another policy": (TECHNICAL, _sign(policy_sha256="0" * 64)),
    "dated last year": (TECHNICAL, _sign(signed_on=dt.date(2025, 11, 3))),
    "of yesterday": (TECHNICAL, _sign(at=lambda work, _attacked: work.now - DAY)),
    "of another revision": (TECHNICAL, _sign(revision_id=lambda _work, attacked: attacked.papers["half"].revision)),
    "on what is approved": (HEAD, _sign("approved", "pmo")),
    "a rejection without reason": (TECHNICAL, _sign(decision="reject")),
    "a return to a step that nobody signed": (TECHNICAL, _sign(decision="return", opinion="改", back_to="pmo")),
    "neither yes nor no": (TECHNICAL, _sign(decision="perhaps", opinion="？")),
    "for the head without standing in": (TECHNICAL, _sign("half", "pmo", for_id=_someone(HEAD))),
    "under another name": (TECHNICAL, _sign(signer_name=HEAD)),
    "on paper without a scan": (CLERK, _sign(by=TECHNICAL, on_paper=True)),
    "on paper before the print": (
        CLERK, _sign(by=TECHNICAL, on_paper=True, scan_sha=_scan, signed_on=dt.date(2026, 10, 1)),
    ),
    "on paper tomorrow": (CLERK, _sign(by=TECHNICAL, on_paper=True, scan_sha=_scan, signed_on=dt.date(2026, 11, 9))),
    "on paper by no signer": (CLERK, _sign(by=MANAGER, on_paper=True, scan_sha=_scan)),
    "on paper by a name alone": (CLERK, _sign(by=TECHNICAL, on_paper=True, scan_sha=_scan, signer_id=None)),
    "on paper by a scan of another's": (CLERK, _sign(by=TECHNICAL, on_paper=True, scan_sha="0" * 64)),
}  # fmt: skip


def _state(paper: str, **values: Any) -> Forge:
    def forge(work: Work, attacked: Attacked) -> None:
        filing = work.session.fetch(Filing, attacked.papers[paper].filing)
        for key, value in values.items():
            setattr(filing, key, value(work, attacked) if callable(value) else value)

    return forge


def _now(work: Work, _attacked: Attacked) -> dt.datetime:
    return work.now


def _today(work: Work, _attacked: Attacked) -> dt.date:
    return work.today


def _skipped(work: Work, attacked: Attacked) -> None:
    """Sign the first of two steps, and approve."""
    _sign()(work, attacked)
    _state("filing", state="approved", decided_at=_now, effective_on=_today)(work, attacked)


def _new(work: Work, attacked: Attacked, *, author: UUID | None = None, taken: str = SERIES, **values: Any) -> Filing:
    """A suspension submitted as the program does it, with ``values`` in it."""
    seen = attacked.papers["filing"]
    place = next_number(work.session, taken) if taken else 77
    filing = Filing(
        id=new_id(),
        form_key="suspension",
        subject_kind="project",
        subject_id=attacked.ids["software"],
        project_id=UUID(attacked.ids["software"]),
        number=f"ZT-2026-{place:04}",
        title="项目暂停审批表",
        state="in approval",
        author_id=author or work.actor,
        policy_id=work.office.policy_id,
        created_at=work.now,
        submitted_at=work.now,
    )
    write_revision(work, filing, bind("suspension", work.policy), seen.content, frozenset())
    for key, value in values.items():
        setattr(filing, key, value)
    work.session.add(filing)
    work.session.flush()
    return filing


def _two_numbers(work: Work, attacked: Attacked) -> None:
    next_number(work.session, SERIES)
    _new(work, attacked)


def _revise(paper: str = "filing", note: str = "", **values: Any) -> Forge:
    """A new revision of somebody's filing, with ``values`` in it."""

    def forge(work: Work, attacked: Attacked) -> None:
        filing = work.session.fetch(Filing, attacked.papers[paper].filing)
        form = bind("suspension", work.policy)
        revision = write_revision(work, filing, form, attacked.papers[paper].content, frozenset(), note=note)
        filing.submitted_at = work.now
        for key, value in values.items():
            setattr(revision, key, value)

    return forge


def _reworked(work: Work, attacked: Attacked) -> None:
    """One's own filing, recalled and submitted again with a section that is not what its hash says."""
    filing = work.session.fetch(Filing, attacked.papers["filing"].filing)
    filing.state = "recalled"
    work.session.flush()
    filing.state = "in approval"
    _revise()(work, attacked)
    next(item for item in work.session.new if isinstance(item, Section)).sha256 = "0" * 64


def _late_section(work: Work, attacked: Attacked) -> None:
    revision = attacked.papers["filing"].revision
    work.session.add(Section(revision_id=revision, key="more", text="{}", sha256="0" * 64))


FILINGS: dict[str, tuple[str, Forge]] = {
    "approved by its author": (MANAGER, _state("filing", state="approved", decided_at=_now, effective_on=_today)),
    "approved with a step skipped": (TECHNICAL, _skipped),
    "rejected without a signature": (TECHNICAL, _state("filing", state="rejected", decided_at=_now)),
    "returned without a signature": (TECHNICAL, _state("filing", state="returned")),
    "recalled by another": (HEAD, _state("half", state="recalled")),
    "opened again": (MANAGER, _state("approved", state="in approval", decided_at=None, effective_on=None)),
    "renumbered": (MANAGER, _state("filing", number="ZT-2026-0999")),
    "made one's own": (CLERK, _state("filing", author_id=_someone(CLERK))),
    "moved to another project": (MANAGER, _state("filing", project_id=lambda _w, a: UUID(a.ids["software"]))),
    "submitted in another's name": (OTHER_MANAGER, lambda work, a: _new(work, a, author=a.world.who(HEAD))),
    "submitted without the right": (FINANCE, _new),
    "born approved": (OTHER_MANAGER, lambda w, a: _new(w, a, state="approved", decided_at=w.now, effective_on=w.today)),
    "born last year": (OTHER_MANAGER, lambda w, a: _new(w, a, created_at=w.now - YEAR, submitted_at=w.now - YEAR)),
    "without a number": (OTHER_MANAGER, lambda work, a: _new(work, a, number=None)),
    "with a number that was not taken": (OTHER_MANAGER, lambda work, a: _new(work, a, taken="")),
    "with a number of another series": (OTHER_MANAGER, lambda w, a: _new(w, a, taken=OTHERS, number="HF-2026-0099")),
    "with another number than the one taken": (OTHER_MANAGER, lambda work, a: _new(work, a, number="ZT-2026-8888")),
    "with two numbers taken": (OTHER_MANAGER, _two_numbers),
    "a number taken for nothing": (OTHER_MANAGER, lambda work, _a: next_number(work.session, SERIES)),
    "a project's number taken for nothing": (CLERK, lambda work, _a: next_number(work.session, PROJECTS)),
    "a series of one's own": (CLERK, lambda work, _a: next_number(work.session, "mine")),
    "rewritten by another": (TECHNICAL, _revise()),
    "rewritten while it is signed": (OTHER_TECHNICAL, _revise("half")),
    "its content not what its hash says": (MANAGER, _reworked),
    "a section put in later": (MANAGER, _late_section),
}  # fmt: skip


def _set(record: str, **values: Any) -> Forge:
    def forge(work: Work, attacked: Attacked) -> None:
        project = work.session.fetch(Project, UUID(attacked.ids[record]))
        for key, value in values.items():
            setattr(project, key, value)

    return forge


def _add(record: type[Any], /, **values: Any) -> Forge:
    def forge(work: Work, attacked: Attacked) -> None:
        given = {key: value(work, attacked) if callable(value) else value for key, value in values.items()}
        work.session.add(record(**given))

    return forge


def _running(_work: Work, attacked: Attacked) -> UUID:
    return UUID(attacked.ids["running"])


def _own(work: Work, _attacked: Attacked) -> UUID:
    return work.actor


def _of(paper: str) -> Callable[[Work, Attacked], UUID]:
    return lambda _work, attacked: attacked.papers[paper].filing


def _last_signature(more: Forge) -> Forge:
    """The honest last signature of a filing, and something more that is none of its business."""

    def forge(work: Work, attacked: Attacked) -> None:
        seen = attacked.papers["half"]
        decide(work, seen.filing, "pmo", Decision.APPROVE, seen_sha256=seen.sha256)
        more(work, attacked)

    return forge


_SPENT: dict[str, Any] = {"subject": "travel", "month": "2026-11", "amount": 100, "spent_on": _today}
_EXPENSE = {"project_id": _running, "filing_id": _of("approved"), **_SPENT}
_REPORT = {"project_id": _running, "week": "2026-W45", "place": 1, "line": "x", "task": "x", "content": "{}"}
_PLAN = {"project_id": _running, "register": "budget", "line": "x", "place": 1, "from_baseline": 1, "content": "{}"}
_PROBLEM = {"line": "x", "source": "x", "title": "x", "content": "{}", "raised_on": _today}
LEDGER: dict[str, tuple[str, Forge]] = {
    "a budget": (MANAGER, _set("running", budget=1)),
    "a budget by the clerk": (CLERK, _set("running", budget=1)),
    "a project's manager": (HEAD, _set("running", manager_id=None)),
    "a project's state": (CLERK, _set("running", state="closed")),
    "a project's number": (CLERK, _set("running", number="JC-2026-500")),
    "a project": (CLERK, _add(Project, name="X", state="starting", number="JC-2026-501")),
    "a contract": (CLERK, _add(Contract, number="X", name="X", content="{}")),
    "an expense": (FINANCE, _add(Expense, **_EXPENSE)),
    "a report": (MANAGER, _add(ReportLine, **_REPORT)),
    "a plan": (MANAGER, _add(PlanLine, **_PLAN)),
    "a month's budget": (FINANCE, _add(MonthBudget, project_id=_running, month="2026-12", subject="x", amount=1)),
    "a problem": (MANAGER, _add(TrackedProblem, project_id=_running, **_PROBLEM)),
    "another project with the last signature": (HEAD, _last_signature(_set("running", budget=1))),
    "another's money with the last signature": (HEAD, _last_signature(_add(Expense, **_EXPENSE))),
    "a number with the last signature": (HEAD, _last_signature(_set("software", number="RJ-2026-999"))),
    "an exception": (
        MANAGER, _add(Waiver, project_id=_running, gate="x", condition="x", reason="x", by_id=_own, at=_now)),
    "a role": (MANAGER, _add(Assignment, role_key="pmo_head", person_id=_own, since=_today)),
    "a role on a project": (
        TECHNICAL, _add(Assignment, role_key="quality", person_id=_own, project_id=_running, since=_today)),
    "a stand-in for the head": (
        MANAGER, _add(Delegation, person_id=_someone(HEAD), stand_in_id=_own, since=_today, until=_today)),
    "a policy": (MANAGER, _add(
        PolicyVersion, key="epm", title="x", version_label="9", sha256="0" * 64, text="x", loaded_at=_now)),
    "a step handed on by no signer": (MANAGER, _add(
        ChainEdit, filing_id=_of("filing"), kind="hand on", step_key="technical", person_id=_someone(CLERK), by_id=_own,
        at=_now, reason="忙")),
    "a step handed on to oneself": (TECHNICAL, _add(
        ChainEdit, filing_id=_of("filing"), kind="hand on", step_key="technical", person_id=_own, by_id=_own, at=_now,
        reason="忙")),
    "a step handed on in another's name": (MANAGER, _add(
        ChainEdit, filing_id=_of("filing"), kind="hand on", step_key="technical", person_id=_own,
        by_id=_someone(TECHNICAL), at=_now, reason="忙")),
    "a signer added under a step's key": (TECHNICAL, _add(
        ChainEdit, filing_id=_of("filing"), kind="add after", step_key="technical", new_key="pmo",
        person_id=_someone(CLERK), by_id=_own, at=_now, reason="请看")),
    "a line confirmed by no signer": (MANAGER, _add(
        LineCheck, filing_id=_of("filing"), section="reason", line="x", sha256="x", verdict="yes", by_id=_own,
        at=_now)),
    "a reminder by a stranger": (
        OTHER_TECHNICAL, _add(Urge, filing_id=_of("filing"), step_key="technical", by_id=_own, at=_now)),
    "a reminder in another's name": (MANAGER, _add(
        Urge, filing_id=_of("filing"), step_key="technical", by_id=_someone(CLERK), at=_now)),
}  # fmt: skip


def _honest(work: Work) -> None:
    """What everybody may write."""
    work.session.add(Absence(person_id=work.actor, starts_on=work.today, ends_on=work.today))
    work.session.flush()


def _invented(work: Work, attacked: Attacked) -> None:
    """The journal tells of what never was."""
    _honest(work)
    work.session.recorder.record("project", attacked.ids["running"], "update", {"budget": [1, 2]})
    work.session.recorder.write(work.session)


def _untold(work: Work, _attacked: Attacked) -> None:
    """The journal does not tell of what is written."""
    _honest(work)
    away = text("UPDATE absence SET reason = 'x', version = version + 1 WHERE person_id = :me")
    work.session.connection().execute(away, {"me": work.actor})


def _lied(work: Work, _attacked: Attacked) -> None:
    """The journal tells another value than the one that is written."""
    work.session.add(Absence(person_id=work.actor, starts_on=work.today, ends_on=work.today, reason="病假"))
    work.session.autoflush = False
    recorder, record = work.session.recorder, work.session.recorder.record

    def told(entity: str, key: Any, op: Any, fields: dict[str, Any]) -> None:
        record(entity, key, op, {**fields, "reason": "年假"})

    recorder.record = told  # type: ignore[method-assign]
    work.session.flush()


def _author(work: Work, attacked: Attacked) -> None:
    _honest(work)
    work.session.recorder.author = attacked.world.who(HEAD)


def _nobody(work: Work, _attacked: Attacked) -> None:
    _honest(work)
    work.session.recorder.author = None


def _head(**changes: Any) -> Forge:
    def forge(work: Work, _attacked: Attacked) -> None:
        _honest(work)
        recorder: Any = work.session.recorder
        setattr(recorder, HEAD_NOTED, replace(getattr(recorder, HEAD_NOTED), **changes))

    return forge


def _dated(by: dt.timedelta) -> Forge:
    def forge(work: Work, _attacked: Attacked) -> None:
        _honest(work)
        work.session.recorder.now = work.now + by

    return forge


@dataclass(frozen=True)
class _FalseSigner:
    """It names one key in the header and leaves another signature beside it."""

    key: str
    signature: str

    def mark(self, _text: str) -> str:
        """What stands in the column."""
        return self.signature


def _signed(key: str, signature: str) -> Forge:
    def forge(work: Work, _attacked: Attacked) -> None:
        _honest(work)
        work.session.recorder.signer = _FalseSigner(key, signature)

    return forge


JOURNAL: dict[str, tuple[str, Forge]] = {
    "history invented": (MANAGER, _invented),
    "a change left out": (MANAGER, _untold),
    "another value told": (MANAGER, _lied),
    "another author": (MANAGER, _author),
    "no author": (MANAGER, _nobody),
    "a gap in the chain": (MANAGER, _head(seq=900)),
    "another predecessor": (MANAGER, _head(hash="0" * 64)),
    "a year back": (MANAGER, _dated(-YEAR)),
    "a key named and no signature": (MANAGER, _signed(ONE_KEY, "")),
    "a signature and no key named": (MANAGER, _signed("", mark_text(ONE_KEY, "0" * 128))),
    "another key's signature": (MANAGER, _signed(ONE_KEY, mark_text("b" * 64, "0" * 128))),
    "words for a signature": (MANAGER, _signed(ONE_KEY, canonical_text({"key": ONE_KEY, "sig": "ja"}))),
    "ten minutes ahead": (MANAGER, _dated(dt.timedelta(minutes=10))),
}


def every_forgery() -> Iterator[tuple[str, str, Forge, tuple[str, ...]]]:
    """What is forged, by whom, how, and how the codes begin under which it may be refused.

    Signatures and journal are seen through by what they say, not because the person may write nothing there.
    """
    for family, forgeries in (("sign", SIGNATURES), ("file", FILINGS), ("post", LEDGER), ("journal", JOURNAL)):
        codes = ("EP",) if family in {"sign", "journal"} else ("EP", "42501")
        for what, (who, forge) in forgeries.items():
            yield f"{family}: {what} by {who}", who, forge, codes
