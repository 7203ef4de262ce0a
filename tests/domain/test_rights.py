"""Rights: may this person do this to that? And whose turn is a step?"""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.policy import Right
from desktop.domain.policy_terms import Action, Scope
from desktop.domain.rights import OFFICE, Holding, Standing, Subject, may, plays, reach, role_titles
from tests.domain.samples import DEPARTMENT, EPM, MANAGER, PROJECT, SUB_DEPARTMENT

ME, OTHER = MANAGER.id, uuid.UUID(int=98)
HERE = Subject(PROJECT.id, PROJECT.departments, manager_id=ME, client_manager_id=uuid.UUID(int=2))
ELSEWHERE = Subject(uuid.UUID(int=101), frozenset({uuid.UUID(int=12)}), manager_id=uuid.UUID(int=99))


def standing(*holdings: Holding, person: uuid.UUID = OTHER) -> Standing:
    return Standing(person, frozenset(holdings))


def test_without_a_role_nothing_may_be_done() -> None:
    for action in Action:
        for subject in (OFFICE, ELSEWHERE):
            assert not may(EPM, standing(person=ME), action, subject)


def test_an_office_wide_role_reaches_everything() -> None:
    clerk = standing(Holding("clerk"))
    assert may(EPM, clerk, Action.SEE, HERE)
    assert may(EPM, clerk, Action.SEE, ELSEWHERE)
    assert may(EPM, clerk, Action.MANAGE_PEOPLE, OFFICE)
    assert not may(EPM, clerk, Action.FILE, HERE, "suspension"), "PAUSE-1: the project manager files it"


@pytest.mark.parametrize("department", [DEPARTMENT, SUB_DEPARTMENT])
def test_a_departments_role_reaches_its_projects(department: uuid.UUID) -> None:
    head = standing(Holding("technical_head", department))
    assert may(EPM, head, Action.SEE, HERE)
    assert not may(EPM, head, Action.SEE, ELSEWHERE)
    assert not may(EPM, head, Action.SEE, OFFICE)
    assert plays(EPM, head, "technical_head", HERE)
    assert not plays(EPM, head, "technical_head", ELSEWHERE)


def test_a_departments_role_held_for_the_whole_office_reaches_every_department() -> None:
    head = standing(Holding("technical_head"))
    assert plays(EPM, head, "technical_head", HERE)
    assert may(EPM, head, Action.SEE, HERE), "who signs must be able to see"
    assert may(EPM, head, Action.SEE, ELSEWHERE)


def test_the_projects_record_gives_its_managers_their_roles() -> None:
    me = standing(person=ME)
    assert may(EPM, me, Action.FILE, HERE, "suspension")
    assert not may(EPM, me, Action.FILE, ELSEWHERE, "suspension")
    assert plays(EPM, me, "manager", HERE)
    assert not plays(EPM, me, "client_manager", HERE)
    assert plays(EPM, standing(person=uuid.UUID(int=2)), "client_manager", HERE)


def test_a_role_on_one_project_reaches_that_project() -> None:
    helper = standing(Holding("manager", project_id=PROJECT.id))
    assert may(EPM, helper, Action.FILE, HERE, "resumption")
    assert not may(EPM, helper, Action.FILE, ELSEWHERE, "resumption")
    assert plays(EPM, helper, "manager", HERE)
    assert not plays(EPM, helper, "manager", ELSEWHERE)


def test_ROLE_11_one_person_holds_several_roles() -> None:
    both = standing(Holding("clerk"), Holding("technical_head", DEPARTMENT), Holding("finance"))
    assert all(plays(EPM, both, role, HERE) for role in ("clerk", "technical_head", "finance"))
    assert not plays(EPM, both, "pmo_head", HERE)
    assert role_titles(EPM, both.holdings) == "项目管理员、技术部门负责人、财务部"


def test_ROLE_11_several_people_hold_one_role() -> None:
    for person in (ME, OTHER):
        assert plays(EPM, standing(Holding("pmo_head"), person=person), "pmo_head", HERE)


def test_how_far_a_right_reaches_is_told_to_lists() -> None:
    span = reach(EPM, standing(Holding("quality", DEPARTMENT), person=ME), Action.SEE)
    assert not span.office
    assert not span.projects
    assert span.departments == {DEPARTMENT}
    assert span.held_as == {"manager", "client_manager", "program_manager"}
    assert reach(EPM, standing(Holding("president")), Action.SEE).office


HOLDINGS = st.frozensets(
    st.builds(
        Holding,
        st.sampled_from([role.key for role in EPM.roles]),
        st.sampled_from([None, DEPARTMENT, uuid.UUID(int=12)]),
        st.sampled_from([None, PROJECT.id, uuid.UUID(int=101)]),
    ),
    max_size=4,
)


@given(HOLDINGS, HOLDINGS, st.sampled_from(list(Action)), st.sampled_from([OFFICE, HERE, ELSEWHERE]))
def test_more_roles_never_mean_less(
    some: frozenset[Holding], more: frozenset[Holding], action: Action, subject: Subject
) -> None:
    if may(EPM, standing(*some), action, subject):
        assert may(EPM, standing(*some, *more), action, subject)


@given(HOLDINGS, st.sampled_from(EPM.rights), st.sampled_from([OFFICE, HERE, ELSEWHERE]))
def test_who_plays_a_role_with_regard_to_a_project_has_its_rights_there(
    some: frozenset[Holding], right: Right, subject: Subject
) -> None:
    who = standing(*some)
    if subject is not OFFICE and plays(EPM, who, right.role, subject):
        assert right.scope is EPM.role(right.role).scope or right.scope is Scope.OFFICE
        assert may(EPM, who, right.action, subject, right.on if right.on != "*" else "suspension")
