"""The forms that may be begun on a project, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from desktop.domain.forms import FORMS
from desktop.domain.gates import Unmet, barred, misplaced
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Reading
from desktop.services.projects import open_project, subject_of
from desktop.services.standing import standing_of


@dataclass(frozen=True)
class FormOffer:
    """A form that may be started on a project, or why it may not."""

    form_key: str
    title: str
    unmet: tuple[Unmet, ...]
    permitted: bool
    who: str

    @property
    def allowed(self) -> bool:
        """Whether the actor may start it now."""
        return self.permitted and not self.unmet


def allowed_forms(reading: Reading, actor: UUID, project_id: UUID) -> list[FormOffer]:
    """The forms about projects: which the actor may start on this one now, and why the others not.

    Raises:
        NotAllowed: the project is not the actor's to see.
    """
    project = open_project(reading, actor, project_id)
    standing = standing_of(reading.session, actor, reading.today)
    offers = []
    for form in FORMS.values():
        if form.subject != "project" or not reading.policy.has_form(form.key):
            continue
        permitted = may(reading.policy, standing, Action.FILE, subject_of(project), form.key)
        rights = (item for item in reading.policy.rights if item.action is Action.FILE and item.on in {"*", form.key})
        who = "、".join(dict.fromkeys(reading.policy.role(item.role).title for item in rights))
        offers.append(FormOffer(form.key, form.title, tuple(why_barred(reading, form.key, project)), permitted, who))
    return offers


def why_barred(reading: Reading, form_key: str, project: LedgerProject) -> list[Unmet]:
    """Why this form may not be begun on this project now; its facts are gathered only where a gate asks for them."""
    policy = reading.policy
    if not any(policy.gate(key).bars for key in policy.form(form_key).gates):
        return misplaced(form_key, project, policy)
    facts = form_facts(reading, policy, project, form_key)
    return barred(form_key, case_of(reading, policy, project, facts))
