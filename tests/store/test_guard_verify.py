"""The check names a guarded server's rows of rights that say something else than the policy, and altered functions."""

import psycopg
import pytest
from sqlalchemy import make_url

from desktop.store.verify import verify
from tests.services.world import World

THROUGH = """
CREATE OR REPLACE FUNCTION guard.check_header() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, guard, public, pg_temp AS $$ BEGIN RETURN NEW; END $$
"""
ATTACKS = {
    "a right given": (
        "INSERT INTO guard.rights SELECT policy_id, role, scope, 'manage office', on_form FROM guard.rights LIMIT 1",
        "guard.rights",
    ),
    "a right taken": ("DELETE FROM guard.rights WHERE action = 'manage office'", "guard.rights"),
    "a role widened": ("UPDATE guard.roles SET scope = 'office' WHERE scope <> 'office'", "guard.roles"),
    "a step signed by another": ("UPDATE guard.steps SET signer = 'clerk' WHERE place = 1", "guard.steps"),
    "a step that covers less": ("UPDATE guard.steps SET covers = '[]' WHERE place = 0", "guard.steps"),
    "a form numbered otherwise": ("UPDATE guard.forms SET code = 'XX'", "guard.forms"),
    "a function that lets everybody through": (THROUGH, "guard.function"),
}


def test_a_guarded_office_agrees(guarded: World) -> None:
    assert verify(guarded.office.database) == []


@pytest.mark.parametrize("case", ATTACKS)
def test_what_was_changed_in_the_guard_is_named(guarded: World, case: str) -> None:
    statement, table = ATTACKS[case]
    url = make_url(guarded.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as server:
        server.execute(statement.encode())
    findings = verify(guarded.office.database)
    assert {finding.table for finding in findings} == {table}
    assert all(finding.where and finding.row for finding in findings)
