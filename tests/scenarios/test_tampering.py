"""Whoever edits the data behind the program's back is found out, in an office that has worked."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import open_office
from tests.databases import Prepare
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    Clock,
    World,
    found_world,
    open_world,
)
from tests.store.offices import behind

HERE = f"WHERE number = '{RUNNING}'"


def work_a_while(url: str) -> None:
    """An office that paused and resumed a project, and archived files."""
    found_world(url)
    with tempfile.TemporaryDirectory() as folder:
        world = open_world(url, Path(folder))
        world.approved("suspension", TECHNICAL, HEAD)
        world.approved("resumption", TECHNICAL, HEAD)
        world.approved("closing_start", CLERK)
        world.submitted("closing")
        world.office.close()


@pytest.fixture
def office(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    url = office_template(work_a_while)
    world = World(open_office(url, Home(tmp_path / "home"), Clock()), Clock(), tmp_path, url)
    yield world
    world.office.close()


ROLE_ADDED = f"""
INSERT INTO assignment (id, role_key, person_id, since, version)
SELECT project.id, 'president', person.id, '2026-01-01', 1 FROM person, project
WHERE person.name = '{MANAGER}' AND project.number = '{RUNNING}'
"""
DEPARTMENT_ADDED = f"""
INSERT INTO department (id, name, pinyin, active, version)
SELECT id, '影子部门', '', active, 1 FROM person WHERE name = '{MANAGER}'
"""
TURN_ADDED = """
INSERT INTO turn (id, filing_id, place, step_key, role, since)
SELECT id, id, 0, 'pmo', 'clerk', created_at FROM filing WHERE state = 'approved'
"""
# what was done, and in which table it is found
EDITS = {
    "a project's state": (f"UPDATE project SET state = 'implementing' {HERE}", "project"),
    "a project's amount": (f"UPDATE project SET amount = amount + 100 {HERE}", "project"),
    "a project's manager": (f"UPDATE project SET manager_id = NULL {HERE}", "project"),
    "a project's date": (f"UPDATE project SET closing_started_on = '2027-01-01' {HERE}", "project"),
    "a section's text": (
        "UPDATE section SET text = replace(text, '防水返工', '资金不足') WHERE text LIKE '%防水返工%'",
        "section",
    ),
    "a filing approved by hand": ("UPDATE filing SET state = 'approved' WHERE form_key = 'closing'", "filing"),
    "a filing's number": ("UPDATE filing SET number = 'ZT-2026-0009' WHERE form_key = 'suspension'", "filing"),
    "whose turn it is": ("UPDATE turn SET step_key = 'pmo'", "turn"),
    "since when it is": ("UPDATE turn SET since = '2026-01-01T00:00:00.000000Z'", "turn"),
    "by when it is": ("UPDATE turn SET due_on = '2027-12-31'", "turn"),
    "whose turn comes first": ("UPDATE turn SET place = place + 1", "turn"),
    "a turn nobody gave": (TURN_ADDED, "turn"),
    "a signer's name": (f"UPDATE sign_off SET signer_name = '{MANAGER}'", "sign_off"),
    "a day of signature": ("UPDATE sign_off SET signed_on = '2026-01-01'", "sign_off"),
    "the policy": ("UPDATE policy_version SET text = replace(text, 'pmo_head', 'clerk')", "policy_version"),
    "a role": ("UPDATE assignment SET role_key = 'president' WHERE role_key = 'finance'", "assignment"),
    "the next number": ("UPDATE counter SET next = 1", "counter"),
    "a sign-off removed": ("DELETE FROM sign_off WHERE step_key = 'pmo'", "sign_off"),
    "a project removed": (f"DELETE FROM project WHERE number = '{SOFTWARE}'", "project"),
    "a document removed": ("DELETE FROM document", "document"),
    "a role added": (ROLE_ADDED, "assignment"),
    "a department added": (DEPARTMENT_ADDED, "department"),
    "history rewritten": ("UPDATE change SET body = replace(body, 'paused', 'closed')", "change"),
}


def test_an_office_that_worked_agrees(office: World) -> None:
    assert verify_office(office.office) == []


@pytest.mark.parametrize("case", EDITS)
def test_what_was_edited_behind_the_programs_back_is_found(office: World, case: str) -> None:
    statement, table = EDITS[case]
    behind(office.office.database, statement)
    findings = verify_office(office.office)
    assert table in {finding.table for finding in findings}
    assert all(finding.where and finding.what for finding in findings)


def test_verification_changes_nothing(office: World) -> None:
    with office.unchanged():
        verify_office(office.office)
