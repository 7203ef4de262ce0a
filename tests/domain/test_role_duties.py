"""What the policy's roles are for, as its rights and chains say (ROLE-1, ROLE-8, ROLE-9)."""

from uuid import UUID

import pytest

from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, Holding, Standing, Subject, may
from tests.domain.samples import EPM

PERSON, OTHER, HOME, ELSEWHERE = (UUID(int=number) for number in range(1, 5))
OWN = Subject(UUID(int=10), frozenset({HOME}), manager_id=PERSON)
FOREIGN = Subject(UUID(int=11), frozenset({ELSEWHERE}), manager_id=OTHER)


def standing(role: str, department: UUID | None = None) -> Standing:
    return Standing(PERSON, frozenset({Holding(role, department)}))


def signers(form: str) -> list[str]:
    return [step.signer for step in EPM.form(form).steps]


@pytest.mark.parametrize(
    "form", ["initiation", "implementation_plan", "change", "month_budget", "suspension", "resumption", "closing"]
)
def test_ROLE_1_the_PMO_reviews_budgets_initiations_and_changes(form: str) -> None:
    assert "pmo_head" in signers(form)


def test_ROLE_1_the_clerk_numbers_keeps_the_ledger_and_the_documents() -> None:
    clerk = standing("clerk")
    for form in ("contract", "numbering", "manager_change", "opening"):
        assert may(EPM, clerk, Action.FILE, FOREIGN, form), form
    for action in (Action.SEE, Action.ARCHIVE, Action.RECORD_PAPER, Action.IMPORT_LEDGER):
        assert may(EPM, clerk, action, FOREIGN), action


PAPERS = ("implementation_plan", "initiation", "change", "suspension", "resumption", "closing", "month_budget", "claim")
"""What a project manager asks for."""


def test_ROLE_8_the_manager_plans_changes_pauses_and_closes_their_own_projects_alone() -> None:
    nobody = Standing(PERSON, frozenset())
    for form in PAPERS:
        assert may(EPM, nobody, Action.FILE, OWN, form), form
        assert not may(EPM, nobody, Action.FILE, FOREIGN, form), form
    assert not may(EPM, nobody, Action.FILE, OWN, "numbering")
    assert not may(EPM, nobody, Action.IMPORT_LEDGER, OFFICE)


def test_ROLE_9_the_assistant_files_and_archives_for_those_of_the_department_without_network() -> None:
    assistant = standing("assistant", HOME)
    project = Subject(UUID(int=12), frozenset({HOME}), manager_id=OTHER)
    for form in ("handover", "month_budget", "claim"):
        assert may(EPM, assistant, Action.FILE, project, form), form
        assert not may(EPM, assistant, Action.FILE, FOREIGN, form), form
    assert may(EPM, assistant, Action.ARCHIVE, project)
    assert may(EPM, assistant, Action.SEE, project)
    assert not may(EPM, assistant, Action.SEE, FOREIGN)
