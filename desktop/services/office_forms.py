"""The office's own forms, about no project: which of them a person may start."""

from __future__ import annotations

from uuid import UUID

from desktop.domain.forms import FORMS
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.services.office import Reading
from desktop.services.standing import standing_of


def office_forms(reading: Reading, actor: UUID) -> frozenset[str]:
    """The keys of the office's own forms that the policy lets this person file."""
    standing = standing_of(reading.session, actor, reading.today)
    own = (rule.key for rule in reading.policy.forms if FORMS[rule.key].subject == "office")
    return frozenset(key for key in own if may(reading.policy, standing, Action.FILE, OFFICE, key))
