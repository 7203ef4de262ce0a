"""Deciding: approve, return, reject, on the screen or as recorded from paper (代录)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.domain.approval import Decision, Progress, StepState, StepStatus, covered, progress
from desktop.domain.approval import SignOff as SignOffValue
from desktop.domain.canonical import canonical_text
from desktop.domain.case import Case
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.forms import bind
from desktop.domain.gates import holding
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_papers import BY_FIELD, Step
from desktop.domain.policy_terms import Action
from desktop.services.archive import archive_file
from desktop.services.chains import (
    asked_of_everyone,
    edits_of,
    filing_subject,
    named_signer,
    signers_of_step,
    signs_as,
    stand_ins_at,
)
from desktop.services.filing_content import Stored, current_revision, moved_on, sign_offs_of
from desktop.services.line_checks import confirm_from_paper, need_confirmed
from desktop.services.office import Reading, Work, who_may
from desktop.services.people import clean_name
from desktop.services.posting import post_filing
from desktop.services.projects import get_project
from desktop.services.signatures import need_signature
from desktop.services.step_needs import need_conditions
from desktop.services.turns import asked_now, write_turns
from desktop.store.locks import take_turn
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
    back_to: str = ""


@dataclass(frozen=True)
class OpenStep:
    """A step whose turn it is, and what its signer must have before them."""

    filing: Filing
    stored: Stored
    chain: Progress
    status: StepStatus

    @property
    def step(self) -> Step:
        """The step."""
        return self.status.step


def chain_progress(reading: Reading, filing: Filing, stored: Stored) -> Progress:
    """How far a filing has come along the chain of the policy that it began with."""
    steps = reading.policy_version(filing.policy_id).form(filing.form_key).steps
    sign_offs = sign_offs_of(reading.session, filing.id)
    conditional = any(step.when for step in steps)
    conditions = stored.conditions
    if conditions is None:
        conditions = _unsealed(reading, filing, steps, sign_offs, stored.no) if conditional else frozenset()
    asked = asked_of_everyone(reading, filing, steps, sign_offs, stored.hashes)
    edits = edits_of(reading.session, [filing.id]).get(filing.id, [])
    return progress(steps, sign_offs, stored.hashes, conditions, edits=edits, asked=asked)


def _unsealed(
    reading: Reading, filing: Filing, steps: Sequence[Step], sign_offs: Sequence[SignOffValue], revision_no: int
) -> frozenset[str]:
    """The conditions of a revision that an older program wrote without sealing them at submission.

    As the project stands, and those by which somebody was asked and answered. Once a filing is decided only its
    signatures say what its chain was; the project goes on changing.
    """
    decided = FilingState(filing.state) in {FilingState.APPROVED, FilingState.REJECTED}
    answered = {item.step for item in sign_offs if decided or item.revision_no == revision_no}
    asked = frozenset(name for step in steps if step.key in answered for name in step.when)
    if decided:
        return asked
    project = get_project(reading, filing.project_id) if filing.project_id else None
    return asked | holding(Case(reading.policy, reading.today, project))


def decide(
    work: Work,
    filing_id: UUID,
    step_key: str,
    decision: Decision,
    *,
    opinion: str = "",
    seen_sha256: str,
    back_to: str = "",
) -> None:
    """Sign a step on the screen, oneself or as a stand-in (ROLE-11).

    ``seen_sha256`` is the hash of the revision that the signer had before them. A return goes to the author, or to the
    signer of an earlier step ``back_to``, who looks again; once they have signed it comes straight back.

    Raises:
        NotAllowed: the step is another's.
        Stale: the content has changed since it was read; nothing was signed.
        KeyLocked: the office asks for electronic signatures, and the actor's key is locked.
        Refusal: the filing is not in approval, it is another step's turn, it was signed a moment ago, a return says no
            reason or goes to no earlier step, or lines are still to be confirmed one by one.
    """
    turn = open_step(work, filing_id, step_key, seen_sha256)
    stored, step = turn.stored, turn.step
    person = signs_as(work, work.actor, turn.filing, stored.content, turn.status)
    if person is None:
        raise _not_yours(work, turn)
    if decision is Decision.APPROVE:
        form = bind(turn.filing.form_key, work.policy_version(turn.filing.policy_id))
        need_confirmed(work, filing_id, stored.content, step, form)
    sign_off = SignOff(
        filing_id=filing_id,
        revision_id=stored.revision_id,
        step_key=step.key,
        decision=decision.value,
        signer_id=work.actor,
        signer_name=work.actor_name,
        recorded_by=work.actor,
        signed_on=work.today,
        at=work.now,
        opinion=_opinion(step, decision, opinion),
        covers=canonical_text(covered(step, stored.hashes)),
        policy_sha256=work.policy_version(turn.filing.policy_id).sha256,
        for_id=person if person != work.actor else None,
        back_to=_back_to(turn, decision, back_to),
    )
    _sign(work, turn.filing, stored, sign_off, work.today)


def _not_yours(work: Work, turn: OpenStep) -> Refusal:
    if any(item.signer_id == work.actor for item in turn.status.sign_offs):
        return Refusal(f"“{turn.step.title}”这一步您已经签过了。", kept="没有作任何改动。", todo="请等其他人签字。")
    return NotAllowed(
        f"“{turn.step.title}”这一步不由您签字。",
        kept="没有作任何改动。",
        todo=f"如已在纸上签字，请{who_may(work.policy, Action.RECORD_PAPER)}代录。",
    )


def _back_to(turn: OpenStep, decision: Decision, key: str) -> str | None:
    """The earlier step to which a return goes, nothing for the author."""
    if decision is not Decision.RETURN or not key:
        return None
    if key not in {item.step.key for item in turn.chain.earlier(turn.step.key)}:
        raise Refusal(
            f"“{turn.step.title}”不能退回到这一步：它不在前面，或者还没有签过字。",
            kept="没有作任何改动。",
            todo="请选择前面已经签字的步骤，或退回填表人。",
        )
    return key


def record_paper_signatures(
    work: Work, filing_id: UUID, signatures: Sequence[PaperSignature], *, scan: Path, seen_sha256: str
) -> None:
    """Record what was signed on a print (代录): every signature on the sheet, with the scan as evidence.

    Raises:
        NotAllowed: the actor may not record for others.
        Stale: the content has changed since it was printed.
        KeyLocked: the office asks for electronic signatures, and the actor's key is locked.
        Refusal: a date lies in the future or before the print, a signer is not the step's, or the scan is unreadable.
    """
    take_turn(work.session, f"filing:{filing_id}")
    filing = work.session.fetch(Filing, filing_id)
    work.need(Action.RECORD_PAPER, filing_subject(work, filing), what="代录纸面签字")
    if not signatures:
        raise Refusal("没有选择要代录的签字。", kept="没有作任何改动。", todo="请至少填写一个签字。")
    document = archive_file(work, scan, project_id=filing.project_id, filing_id=filing.id, kind=SCAN)
    for signature in signatures:
        turn = open_step(work, filing_id, signature.step_key, seen_sha256)
        stored, step = turn.stored, turn.step
        _check_paper_date(work, stored, step, signature.on)
        signer_id, signer_name, for_id = _paper_signer(work, turn, signature)
        if signature.decision is Decision.APPROVE:
            confirm_from_paper(work, filing_id, stored.content, step)
        sign_off = SignOff(
            filing_id=filing.id,
            revision_id=stored.revision_id,
            step_key=step.key,
            decision=signature.decision.value,
            signer_id=signer_id,
            signer_name=signer_name,
            recorded_by=work.actor,
            signed_on=signature.on,
            at=work.now,
            opinion=_opinion(step, signature.decision, signature.opinion),
            covers=canonical_text(covered(step, stored.hashes)),
            policy_sha256=work.policy_version(filing.policy_id).sha256,
            on_paper=True,
            scan_sha=document.sha256,
            for_id=for_id,
            back_to=_back_to(turn, signature.decision, signature.back_to),
        )
        _sign(work, turn.filing, stored, sign_off, signature.on)


def open_step(work: Work, filing_id: UUID, step_key: str, seen_sha256: str) -> OpenStep:
    """The step that the actor means to sign or to do something about, if its turn it is; other seats wait meanwhile.

    Raises:
        Stale: the content has changed since it was read.
        Refusal: the filing is not in approval, or it is not that step's turn (any more).
    """
    take_turn(work.session, f"filing:{filing_id}")
    filing = work.session.fetch(Filing, filing_id)
    state = FilingState(filing.state)
    if state is not FilingState.IN_APPROVAL:
        raise Refusal(
            f"{filing.number} 现为“{state.label}”，不在审批中。", kept="没有作任何改动。", todo="请刷新后查看。"
        )
    stored = current_revision(work.session, filing)
    if stored.sha256 != seen_sha256:
        raise moved_on(work.session, filing, kept="没有作任何改动，也没有签字。")
    chain = chain_progress(work, filing, stored)
    if not chain.is_due(step_key):
        raise _not_the_turn(filing, chain, step_key)
    return OpenStep(filing, stored, chain, chain.status(step_key))


def _not_the_turn(filing: Filing, chain: Progress, step_key: str) -> Refusal:
    waiting = "、".join(f"“{step.title}”" for step in chain.due) or "入账"
    meant = next((item for item in chain.steps if item.step.key == step_key), None)
    if meant is not None and meant.state is StepState.SIGNED and meant.sign_off is not None:
        what = f"“{meant.step.title}”这一步已由{meant.sign_off.signed_by}签字"
    else:
        what = "现在不是这一步签字"
    return Refusal(f"{what}：{filing.number} 正等待{waiting}。", kept="没有作任何改动。", todo="请刷新后查看。")


def _opinion(step: Step, decision: Decision, opinion: str) -> str:
    text = opinion.strip()
    if not text and decision is Decision.APPROVE and step.asks:
        raise Refusal(
            f"“{step.title}”签字时须写明{step.asks}。",
            kept="没有作任何改动。",
            todo=f"请在意见一栏写明{step.asks}后再签。",
        )
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


def _paper_signer(work: Work, turn: OpenStep, signature: PaperSignature) -> tuple[UUID | None, str, UUID | None]:
    """Who signed, and for whom: one of the step's people or who stood in for them that day.

    A bare name only where the office has registered nobody for the step.
    """
    step, open_to = turn.step, turn.status.open_to
    content = turn.stored.content
    people = signers_of_step(work, turn.filing, content, step, open_to=open_to)
    then = signers_of_step(work, turn.filing, content, step, signature.on, open_to=open_to)
    known: dict[UUID, tuple[PersonRef, UUID | None]] = {
        stand_in.id: (stand_in, person.id) for stand_in, person in stand_ins_at(work, step, then, signature.on)
    }
    known |= {person.id: (person, None) for person in then}
    if signature.signer_id is not None:
        named = work.session.fetch(Person, signature.signer_id)
        if people and named.id not in known:
            raise _not_the_signer(step, named.name, people)
        return named.id, named.name, known[named.id][1] if named.id in known else None
    name = clean_name(signature.signer_name)
    expected = named_signer(step, content).get("name") if step.signer.startswith(BY_FIELD) else None
    match = [(person, for_id) for person, for_id in known.values() if person.name == name]
    if len(match) == 1:
        return match[0][0].id, match[0][0].name, match[0][1]
    if people or (expected and expected != name):
        raise _not_the_signer(step, name, people)
    return None, name, None


def _not_the_signer(step: Step, name: str, people: Sequence[PersonRef]) -> Refusal:
    known = "、".join(person.full for person in people)
    return Refusal(
        f"{name}不是“{step.title}”这一步的签字人。",
        kept="没有作任何改动。",
        todo=f"按制度应由{known or '表单上写明的人'}签字；如人员有变，请先在设置中调整角色。",
    )


def _sign(work: Work, filing: Filing, stored: Stored, sign_off: SignOff, on: dt.date) -> None:
    need_conditions(work, filing, stored, sign_off)
    need_signature(work)
    work.session.add(sign_off)
    work.session.flush()
    decision = Decision(sign_off.decision)
    if decision is Decision.RETURN and not sign_off.back_to:
        filing.state = FilingState.RETURNED.value
    elif decision is Decision.REJECT:
        filing.state = FilingState.REJECTED.value
        filing.decided_at = work.now
    pass_on(work, filing, stored, on)


def pass_on(work: Work, filing: Filing, stored: Stored, on: dt.date) -> None:
    """Give the turn to the next signers; where every signature stands, approve and post.

    The approval counts from ``on``, or from the latest of the signatures where one was given later.
    """
    chain = chain_progress(work, filing, stored)
    if filing.state == FilingState.IN_APPROVAL.value and chain.complete:
        signed = (one.on for item in chain.steps for one in (item.sign_off, *item.sign_offs) if one)
        _finish(work, filing, stored, max((on, *signed)))
    waits = filing.state == FilingState.IN_APPROVAL.value
    write_turns(work, filing, asked_now(chain, stored.content) if waits else ())


def go_on(work: Work, filing_id: UUID) -> None:
    """Work out anew whose turn it is, after people came or left; where every signature stands, approve and post.

    Raises:
        Refusal: the filing is not in approval.
    """
    take_turn(work.session, f"filing:{filing_id}")
    filing = work.session.fetch(Filing, filing_id)
    if filing.state != FilingState.IN_APPROVAL.value:
        raise Refusal(f"{filing.number} 不在审批中。", kept="没有作任何改动。", todo="请刷新后查看。")
    pass_on(work, filing, current_revision(work.session, filing), work.today)


def _finish(work: Work, filing: Filing, stored: Stored, on: dt.date) -> None:
    filing.state = FilingState.APPROVED.value
    filing.decided_at = work.now
    filing.effective_on = on
    post_filing(work, filing, stored.content, on)
