"""Chains worked out anew: whether what is approved was signed as its policy asks, under conditions that are true."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS, FROM_CONTENT
from desktop.domain.filing import FilingState
from desktop.services.approving import chain_progress
from desktop.services.filing_content import Stored, current_revision
from desktop.services.office import Reading
from desktop.store.tables import Filing
from desktop.store.verify import Finding
from desktop.store.verify.finding import place_of

_SIGNED = (FilingState.IN_APPROVAL.value, FilingState.APPROVED.value)


def check_chains(reading: Reading) -> Iterator[Finding]:
    """What is approved bears every signature that its chain asks for, and no step was left out by a false condition.

    Conditions are sealed as they held when a revision was submitted. Those that its content answers are asked again.
    """
    query = select(Filing).where(Filing.state.in_(_SIGNED), Filing.revision_id.is_not(None))
    for filing in reading.session.scalars(query.order_by(Filing.created_at, Filing.id)).all():
        stored = current_revision(reading.session, filing)
        if filing.state == FilingState.APPROVED.value:
            chain = chain_progress(reading, filing, stored)
            if not chain.complete:
                lacking = "、".join(f"“{step.title}”" for step in chain.due)
                yield _finding(filing, f"已批准，而审批流中{lacking}还没有有效的签字：它是绕过程序批准的。")
        yield from _check_conditions(reading, filing, stored)


def _check_conditions(reading: Reading, filing: Filing, stored: Stored) -> Iterator[Finding]:
    if stored.conditions is None:
        return
    policy = reading.policy_version(filing.policy_id)
    steps = policy.form(filing.form_key).steps
    case = Case(policy, reading.today, content=stored.content)
    for name in sorted(FROM_CONTENT & {name for step in steps for name in step.when}):
        if (name in stored.conditions) == bool(CONDITIONS[name](case)):
            titles = "、".join(f"“{step.title}”" for step in steps if name in step.when)
            yield _finding(filing, f"按填写的内容，该不该有{titles}这一步与提交时封存的不符：它是绕过程序提交的。")


def _finding(filing: Filing, what: str) -> Finding:
    where = place_of("filing", {"number": filing.number, "title": filing.title})
    return Finding(where, what, "filing", str(filing.id))
