"""What must hold before a step is signed, asked as things stand at that moment (CHG-5)."""

from __future__ import annotations

from desktop.domain.approval import Decision
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import Refusal
from desktop.domain.policy_papers import Step
from desktop.services.filing_content import Stored
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Reading, Work
from desktop.services.projects import get_project
from desktop.store.tables import Filing, SignOff


def unmet_needs(reading: Reading, filing: Filing, stored: Stored, step: Step) -> list[str]:
    """Why a step may not be signed yet, in words; none means that it may."""
    if not step.needs:
        return []
    policy = reading.policy_version(filing.policy_id)
    project = get_project(reading, filing.project_id) if filing.project_id else None
    case = case_of(reading, policy, project, form_facts(reading, policy, project), stored.content)
    return [text for name in step.needs if (text := CONDITIONS[name](case))]


def need_conditions(work: Work, filing: Filing, stored: Stored, sign_off: SignOff) -> None:
    """Let a signature stand only where all that its step needs holds; to return or reject needs nothing.

    Raises:
        Refusal: with every reason why not.
    """
    steps = work.policy_version(filing.policy_id).form(filing.form_key).steps
    step = next((item for item in steps if item.key == sign_off.step_key), None)
    if step is None or Decision(sign_off.decision) is not Decision.APPROVE:
        return
    if reasons := unmet_needs(work, filing, stored, step):
        raise Refusal(
            f"“{step.title}”现在还不能签字：{'；'.join(reasons)}（{step.rule}）。",
            kept="没有作任何改动。",
            todo="请先办完所缺的事项，再来签字。",
        )
