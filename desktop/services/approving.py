"""Deciding: approve, return, reject, on the screen or as recorded from paper (代录)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.domain.approval import Decision, Progress, covered, progress
from desktop.domain.approval import SignOff as SignOffValue
from desktop.domain.canonical import canonical_text
from desktop.domain.case import Case
from desktop.domain.errors import NotAllowed, Refusal, Stale
from desktop.domain.fields import Content
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.gates import holding
from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Action, Step
from desktop.domain.rights import Subject, plays
from desktop.services.archive import archive_file
from desktop.services.filing_content import Stored, current_revision, sign_offs_of
from desktop.services.office import Reading, Work
from desktop.services.people import clean_name
from desktop.services.posting import post_filing
from desktop.services.projects import get_project, subject_of
from desktop.services.standing import holders, people_by_id, standing_of
from desktop.services.step_needs import need_conditions
from desktop.store.tables import Filing, Person, Revision, SignOff

SCAN = "signed scan"
"""The kind of document that a scan with signatures is archived as."""


@dataclass(frozen=True)
class PaperSignature:
    """A signature found on a signed print: who decided what at which step, on which day."""

    step_key: str
    signer_id: UUID | None
    signer_name: str
    on: dt.date
    decision: Decision = Decision.APPROVE
    opinion: str = ""


def chain_progress(reading: Reading, filing: Filing, stored: Stored) -> Progress:
    """How far a filing has come along the chain of the policy that it began with."""
    steps = reading.policy_version(filing.policy_id).form(filing.form_key).steps
    sign_offs = sign_offs_of(reading.session, filing.id)
    conditional = any(step.when for step in steps)
    conditions = stored.conditions
    if conditions is None:
        conditions = _unsealed(reading, filing, steps, sign_offs, stored.no) if conditional else frozenset()
    return progress(steps, sign_offs, stored.hashes, conditions)


def _unsealed(
    reading: Reading, filing: Filing, steps: Sequence[Step], sign_offs: Sequence[SignOffValue], revision_no: int
) -> frozenset[str]:
    """The conditions of a revision that an older program wrote without sealing them at submission.

    As the project stands, and those by which somebody was asked and answered. Once a filing is decided only its
    signatures say what its chain was; the project goes on changing.
    """
    decided = FilingState(filing.state) in {FilingState.APPROVED, FilingState.REJECTED}
    answered = {item.step for item in sign_offs if decided or item.revision_no == revision_no}
    asked = frozenset(step.when for step in steps if step.when and step.key in answered)
    if decided:
        return asked
    project = get_project(reading, filing.project_id) if filing.project_id else None
    return asked | holding(Case(reading.policy, reading.today, project))


def filing_subject(reading: Reading, filing: Filing) -> Subject:
    """What a filing is about, as rights see it."""
    return subject_of(get_project(reading, filing.project_id) if filing.project_id else None)


def signers_of_step(
    reading: Reading, filing: Filing, content: Content, step: Step, on: dt.date | None = None
) -> list[PersonRef]:
    """Who may sign a step: the person whom the form names, or the role's holders today.

    Of a signature on paper, given ``on`` a day, also those who held the role then, whether or not they are still here.
    """
    if step.signer.startswith("field:"):
        named = named_signer(step, content).get("id")
        return list(people_by_id(reading.session, {UUID(named)}).values()) if named else []
    policy = reading.policy_version(filing.policy_id)
    subject = filing_subject(reading, filing)
    people = holders(reading.session, policy, step.signer, subject, reading.today)
    then = holders(reading.session, policy, step.signer, subject, on, left=True) if on else []
    return list({person.id: person for person in (*people, *then)}.values())


def named_signer(step: Step, content: Content) -> dict[str, str]:
    """The person whom the form names for a step, as ``{"id", "name"}``; blanks where it names nobody."""
    section, _, field = step.signer.removeprefix("field:").partition(".")
    value = value_of(content, section, field)
    return {"id": str(value.get("id") or ""), "name": str(value["name"])} if isinstance(value, dict) else {}


def may_sign(reading: Reading, actor: UUID, filing: Filing, content: Content, step: Step) -> bool:
    """Whether it is the actor whose signature a step asks for."""
    if step.signer.startswith("field:"):
        return named_signer(step, content).get("id") == str(actor)
    standing = standing_of(reading.session, actor, reading.today)
    policy = reading.policy_version(filing.policy_id)
    return plays(policy, standing, step.signer, filing_subject(reading, filing))


def decide(
    work: Work, filing_id: UUID, step_key: str, decision: Decision, *, opinion: str = "", seen_sha256: str
) -> None:
    """Sign a step on the screen. ``seen_sha256`` is the hash of the revision that the signer had before them.

    Raises:
        NotAllowed: the step is another's.
        Stale: the content has changed since it was read; nothing was signed.
        Refusal: the filing is not in approval, it is another step's turn, or a return says no reason.
    """
    filing, stored, step = _turn(work, filing_id, step_key, seen_sha256)
    policy = work.policy_version(filing.policy_id)
    if not may_sign(work, work.actor, filing, stored.content, step):
        raise NotAllowed(
            f"“{step.title}”这一步不由您签字。",
            kept="没有作任何改动。",
            todo="如已在纸上签字，请项目管理员代录。",
        )
    sign_off = SignOff(
        filing_id=filing.id,
        revision_id=stored.revision_id,
        step_key=step.key,
        decision=decision.value,
        signer_id=work.actor,
        signer_name=work.actor_name,
        recorded_by=work.actor,
        signed_on=work.today,
        at=work.now,
        opinion=_opinion(decision, opinion),
        covers=canonical_text(covered(step, stored.hashes)),
        policy_sha256=policy.sha256,
    )
    _sign(work, filing, stored, sign_off, work.today)


def record_paper_signatures(
    work: Work, filing_id: UUID, signatures: Sequence[PaperSignature], *, scan: Path, seen_sha256: str
) -> None:
    """Record what was signed on a print (代录): every signature on the sheet, with the scan as evidence.

    Raises:
        NotAllowed: the actor may not record for others.
        Stale: the content has changed since it was printed.
        Refusal: a date lies in the future or before the print, a signer is not the step's, or the scan is unreadable.
    """
    filing = work.session.fetch(Filing, filing_id)
    work.need(Action.RECORD_PAPER, filing_subject(work, filing), what="代录纸面签字")
    if not signatures:
        raise Refusal("没有选择要代录的签字。", kept="没有作任何改动。", todo="请至少填写一个签字。")
    document = archive_file(work, scan, project_id=filing.project_id, filing_id=filing.id, kind=SCAN)
    for signature in signatures:
        filing, stored, step = _turn(work, filing_id, signature.step_key, seen_sha256)
        _check_paper_date(work, stored, step, signature.on)
        signer = _paper_signer(work, filing, stored.content, step, signature)
        sign_off = SignOff(
            filing_id=filing.id,
            revision_id=stored.revision_id,
            step_key=step.key,
            decision=signature.decision.value,
            signer_id=signer[0],
            signer_name=signer[1],
            recorded_by=work.actor,
            signed_on=signature.on,
            at=work.now,
            opinion=_opinion(signature.decision, signature.opinion),
            covers=canonical_text(covered(step, stored.hashes)),
            policy_sha256=work.policy_version(filing.policy_id).sha256,
            on_paper=True,
            scan_sha=document.sha256,
        )
        _sign(work, filing, stored, sign_off, signature.on)


def _turn(work: Work, filing_id: UUID, step_key: str, seen_sha256: str) -> tuple[Filing, Stored, Step]:
    filing = work.session.fetch(Filing, filing_id)
    state = FilingState(filing.state)
    if state is not FilingState.IN_APPROVAL:
        raise Refusal(
            f"{filing.number} 现为“{state.label}”，不在审批中。", kept="没有作任何改动。", todo="请刷新后查看。"
        )
    stored = current_revision(work.session, filing)
    if stored.sha256 != seen_sha256:
        raise Stale(f"{filing.number} 的内容已经更新为第 {stored.no} 版，您看到的不是最新内容，签字没有生效。")
    due = chain_progress(work, filing, stored).due
    if due is None or due.key != step_key:
        raise Refusal(
            f"现在不是这一步签字：{filing.number} 正等待“{due.title if due else '入账'}”。",
            kept="没有作任何改动。",
            todo="请刷新后查看。",
        )
    return filing, stored, due


def _opinion(decision: Decision, opinion: str) -> str:
    text = opinion.strip()
    if not text and decision is not Decision.APPROVE:
        raise Refusal(f"{decision.label}时须写明理由。", kept="没有作任何改动。", todo="请填写意见后再试。")
    return text


def _check_paper_date(work: Work, stored: Stored, step: Step, on: dt.date) -> None:
    submitted = work.session.fetch(Revision, stored.revision_id).at.astimezone().date()
    if on > work.today:
        raise Refusal(f"“{step.title}”的签字日期 {on} 还没有到。", kept="没有作任何改动。", todo="请核对日期。")
    if on < submitted:
        raise Refusal(
            f"“{step.title}”的签字日期 {on} 早于本版提交的日期 {submitted}，所签的不会是这一版。",
            kept="没有作任何改动。",
            todo="请核对日期和纸上的版次。",
        )


def _paper_signer(
    work: Work, filing: Filing, content: Content, step: Step, signature: PaperSignature
) -> tuple[UUID | None, str]:
    """Who signed: one of the step's people; a bare name only where the office has registered nobody for it."""
    people = signers_of_step(work, filing, content, step)
    then = signers_of_step(work, filing, content, step, signature.on)
    if signature.signer_id is not None:
        person = work.session.fetch(Person, signature.signer_id)
        if people and person.id not in {item.id for item in then}:
            raise _not_the_signer(step, person.name, people)
        return person.id, person.name
    name = clean_name(signature.signer_name)
    expected = named_signer(step, content).get("name") if step.signer.startswith("field:") else None
    match = [item for item in then if item.name == name]
    if len(match) == 1:
        return match[0].id, match[0].name
    if people or (expected and expected != name):
        raise _not_the_signer(step, name, people)
    return None, name


def _not_the_signer(step: Step, name: str, people: Sequence[PersonRef]) -> Refusal:
    known = "、".join(person.full for person in people)
    return Refusal(
        f"{name}不是“{step.title}”这一步的签字人。",
        kept="没有作任何改动。",
        todo=f"按制度应由{known or '表单上写明的人'}签字；如人员有变，请先在设置中调整角色。",
    )


def _sign(work: Work, filing: Filing, stored: Stored, sign_off: SignOff, on: dt.date) -> None:
    need_conditions(work, filing, stored, sign_off)
    work.session.add(sign_off)
    work.session.flush()
    decision = Decision(sign_off.decision)
    if decision is Decision.RETURN:
        filing.state = FilingState.RETURNED.value
    elif decision is Decision.REJECT:
        filing.state = FilingState.REJECTED.value
        filing.decided_at = work.now
    pass_on(work, filing, stored, on)


def pass_on(work: Work, filing: Filing, stored: Stored, on: dt.date) -> None:
    """Give the turn to the next signer; where every signature stands, approve and post.

    The approval counts from ``on``, or from the latest of the signatures where one was given later.
    """
    chain = chain_progress(work, filing, stored)
    due = chain.due
    in_approval = filing.state == FilingState.IN_APPROVAL.value
    if in_approval and due is None:
        signed = (item.sign_off.on for item in chain.steps if item.sign_off)
        _finish(work, filing, stored, max((on, *signed)))
    waiting = due if in_approval else None
    by_field = waiting is not None and waiting.signer.startswith("field:")
    named = named_signer(waiting, stored.content).get("id") if waiting and by_field else None
    filing.step_key = waiting.key if waiting else ""
    filing.step_role = waiting.signer if waiting and not by_field else ""
    filing.step_person_id = UUID(named) if named else None
    filing.waiting_since = work.now if waiting else None


def _finish(work: Work, filing: Filing, stored: Stored, on: dt.date) -> None:
    filing.state = FilingState.APPROVED.value
    filing.decided_at = work.now
    filing.effective_on = on
    post_filing(work, filing, stored.content, on)
