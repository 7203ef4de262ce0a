"""What a signer does to a filing's own chain: hand the step on (转办), add a signer before or after (加签)."""

from __future__ import annotations

from uuid import UUID

from desktop.domain.approval import StepState
from desktop.domain.chain_edits import EditKind
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.policy_terms import Action
from desktop.services.approving import OpenStep, open_step, pass_on
from desktop.services.chains import counting_person, filing_subject, signers_of_step, signs_as
from desktop.services.office import Work
from desktop.services.waiting import vacancies
from desktop.store.ids import new_id
from desktop.store.tables import ChainEdit, Person

_NOTHING = "没有作任何改动。"


def hand_on(work: Work, filing_id: UUID, step_key: str, person_id: UUID, *, reason: str, seen_sha256: str) -> None:
    """Give the actor's step to another person, who signs instead (转办); on record, and for this filing alone.

    Who may manage people hands on a step that nobody can sign any more.

    Raises:
        NotAllowed: the step is another's.
        Stale: the content has changed since it was read.
        Refusal: it is not that step's turn, no reason is given, or the person is the actor, one of the step's signers
            already, or has left.
    """
    turn = open_step(work, filing_id, step_key, seen_sha256)
    giver = _giver(work, turn)
    person = _other(work, person_id)
    _need_reason(reason, EditKind.HAND_ON)
    people = signers_of_step(work, turn.filing, turn.stored.content, turn.step, open_to=turn.status.open_to)
    signed = {item.given_for for item in turn.status.sign_offs}
    if person.id in {one.id for one in people} | signed:
        raise Refusal(
            f"{person.name}本来就是“{turn.step.title}”这一步的签字人，不用转办。",
            kept=_NOTHING,
            todo="请另选一位同事。",
        )
    _write(work, turn, EditKind.HAND_ON, person, reason, for_id=giver if giver != work.actor else None)


def add_signer(
    work: Work, filing_id: UUID, step_key: str, person_id: UUID, *, before: bool, reason: str, seen_sha256: str
) -> None:
    """Have another person sign this filing too, before or after the actor's own step (加签).

    The added step covers what the actor's step covers.

    Raises:
        NotAllowed: the step is another's.
        Stale: the content has changed since it was read.
        Refusal: it is not that step's turn, no reason is given, or the person is the actor, signs this filing already,
            or has left.
    """
    turn = open_step(work, filing_id, step_key, seen_sha256)
    if signs_as(work, work.actor, turn.filing, turn.stored.content, turn.status) is None:
        raise _not_yours(turn)
    kind = EditKind.ADD_BEFORE if before else EditKind.ADD_AFTER
    person = _other(work, person_id)
    _need_reason(reason, kind)
    for status in turn.chain.steps:
        if _signs_anyway(turn, status.step.key, person.id, work):
            raise Refusal(
                f"{person.name}已经是这份表单“{status.step.title}”的签字人，不用再加签。",
                kept=_NOTHING,
                todo="请另选一位同事。",
            )
    _write(work, turn, kind, person, reason, new_key=f"added-{new_id().hex}")


def _signs_anyway(turn: OpenStep, key: str, person_id: UUID, work: Work) -> bool:
    """Whether a person is asked at a step of this chain, by name or as the only holder of its role."""
    status = turn.chain.status(key)
    if status.state is StepState.SKIPPED:
        return False
    content = turn.stored.content
    if not status.step.by_role:
        return counting_person(work.session, status.step, content) == person_id
    people = signers_of_step(work, turn.filing, content, status.step, open_to=status.open_to)
    asked = {person.id for person in people} | {item.given_for for item in status.sign_offs}
    return person_id in asked and (status.step.every or len(asked) == 1 or key == turn.step.key)


def _giver(work: Work, turn: OpenStep) -> UUID:
    """Whose signature is handed on: the actor's, that of one for whom they stand in, or that of one who has left."""
    person = signs_as(work, work.actor, turn.filing, turn.stored.content, turn.status)
    if person is not None:
        return person
    stuck = vacancies(work, turn.filing, turn.stored.content, turn.chain)
    if not any(item.step_key == turn.step.key and not item.passed for item in stuck):
        raise _not_yours(turn)
    work.need(Action.MANAGE_PEOPLE, filing_subject(work, turn.filing), what="转办没有人能签的步骤")
    return turn.status.open_to[0] if turn.status.open_to else work.actor


def _not_yours(turn: OpenStep) -> NotAllowed:
    return NotAllowed(
        f"“{turn.step.title}”这一步不由您签字，不能转办或加签。", kept=_NOTHING, todo="请由签字人本人办理。"
    )


def _other(work: Work, person_id: UUID) -> Person:
    if person_id == work.actor:
        raise Refusal("不能转办或加签给自己。", kept=_NOTHING, todo="请选择另一位同事。")
    person = work.session.fetch(Person, person_id)
    if not person.active:
        raise Refusal(f"{person.name}已经离职，不能签字。", kept=_NOTHING, todo="请选择一位在职的同事。")
    return person


def _need_reason(reason: str, kind: EditKind) -> None:
    if not reason.strip():
        raise Refusal(f"{kind.label}时须写明理由。", kept=_NOTHING, todo="请填写理由后再试。")


def _write(
    work: Work,
    turn: OpenStep,
    kind: EditKind,
    person: Person,
    reason: str,
    *,
    new_key: str = "",
    for_id: UUID | None = None,
) -> None:
    work.session.add(
        ChainEdit(
            filing_id=turn.filing.id,
            kind=kind.value,
            step_key=turn.step.key,
            new_key=new_key,
            person_id=person.id,
            by_id=work.actor,
            for_id=for_id,
            at=work.now,
            reason=reason.strip(),
        )
    )
    work.session.flush()
    pass_on(work, turn.filing, turn.stored, work.today)
