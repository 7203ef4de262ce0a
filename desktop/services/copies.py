"""Who gets a copy of a paper at once, by the policy (MON-2, INFO-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.office import Reading
from desktop.services.projects import subject_of
from desktop.services.standing import holders


@dataclass(frozen=True)
class Recipient:
    """A person who gets a copy, and as what."""

    role: str
    person: PersonRef


def recipients(reading: Reading, policy: Policy, form_key: str, project: LedgerProject) -> list[Recipient]:
    """Everyone to whom the policy sends a form about this project, each once, in the policy's order."""
    if not policy.has_form(form_key):
        return []
    found: dict[str, Recipient] = {}
    for key in policy.form(form_key).sends:
        for person in holders(reading.session, policy, key, subject_of(project), reading.today):
            found.setdefault(str(person.id), Recipient(policy.role(key).title, person))
    return list(found.values())


def recipients_text(people: Sequence[Recipient]) -> str:
    """The recipients as a paper names them: 客户经理 㛃喆、项目管理员 李秀英."""
    return "、".join(f"{item.role} {item.person.name}" for item in people)
