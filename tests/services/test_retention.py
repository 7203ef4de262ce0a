"""Personal data that has stayed long enough leaves the columns and the journal, and verification still holds."""

import datetime as dt
import os
import time
from functools import partial

import pytest
from sqlalchemy import select, text

from desktop.domain.errors import NotAllowed, Refusal
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.people import PersonRow, add_person, change_person, list_people
from desktop.services.people_history import person_history
from desktop.services.rebuilding import rebuild_office
from desktop.services.retention import (
    GONE,
    Extent,
    RetentionRules,
    due_people,
    erase,
    log_days,
    prune_logs,
    retention_rules,
    set_log_days,
    set_retention_rules,
)
from desktop.store.engine import open_database
from desktop.store.tables import Change, Erasure
from tests.services.world import CLERK, MANAGER, World
from tests.store.offices import behind

PHONE, MAIL = "13800138000", "gone@example.com"


def silent(_done: int, _total: int, _text: str) -> None:
    pass


def row(world: World, name: str) -> PersonRow:
    people = world.office.read(partial(list_people, everyone=True))
    return next(one for one in people if one.ref.name == name)


@pytest.fixture
def leaver(world: World) -> World:
    """A newcomer who is named nowhere, with a phone that changed once, left on the world's first day."""
    clerk = world.who(CLERK)
    world.office.run(clerk, partial(add_person, name="离职者", staff_no="9001", phone="0577-1234", email=MAIL))
    for phone, active in ((PHONE, True), (PHONE, False)):
        found = row(world, "离职者")
        change = partial(
            change_person,
            person_id=found.id,
            version=found.version,
            name="离职者",
            staff_no="9001",
            department_id=None,
            phone=phone,
            active=active,
        )
        world.office.run(clerk, change)
    return world


def due(world: World) -> list[tuple[str, Extent]]:
    return [(one.name, one.extent) for one in world.office.read(due_people)]


def journal(world: World, person: object) -> str:
    with world.office.reading() as reading:
        bodies = reading.session.scalars(select(Change.body).where(Change.entity_id == str(person)))
        return "".join(body or "" for body in bodies)


def test_contacts_are_due_after_the_offices_months(leaver: World) -> None:
    assert leaver.office.read(retention_rules) == RetentionRules()
    assert due(leaver) == []
    left = leaver.office.today()
    anniversary = left.replace(year=left.year + 1)
    leaver.clock.set(anniversary - dt.timedelta(days=1))
    assert due(leaver) == []
    leaver.clock.set(anniversary)
    assert [extent for _name, extent in due(leaver)] == [Extent.CONTACT]
    leaver.office.run(leaver.who(CLERK), lambda work: set_retention_rules(work, RetentionRules(0, 0)))
    assert due(leaver) == []


def later(world: World, years: int) -> None:
    world.clock.set(world.office.today() + dt.timedelta(days=366 * years))


def test_contacts_leave_columns_and_journal_and_all_still_agrees(leaver: World) -> None:
    person = row(leaver, "离职者").id
    later(leaver, 1)
    assert PHONE in journal(leaver, person)
    done = erase(leaver.office, leaver.who(CLERK), [person])
    assert (done.value, done.changes.touches("person"), done.changes.touches("erasure")) == (1, True, True)
    found = row(leaver, "离职者")
    assert (found.phone, found.email) == ("", "")
    told = journal(leaver, person)
    assert (PHONE in told, MAIL in told, "0577" in told) == (False, False, False)
    with leaver.office.reading() as reading:
        assert set(reading.session.scalars(select(Change.salt).where(Change.entity_id == str(person)))) == {""}
        erasure = reading.session.scalars(select(Erasure)).one()
        assert (erasure.entity_id, erasure.bodies, erasure.rule) == (str(person), 4, "retention: contact")
    assert verify_office(leaver.office) == []
    assert due(leaver) == []
    history = leaver.office.read(partial(person_history, person_id=person))
    assert {entry.text for entry in history} == {"变动（内容已按保存期限清除）"}


def test_whoever_is_named_nowhere_goes_altogether(leaver: World) -> None:
    person = row(leaver, "离职者").id
    later(leaver, 3)
    assert [one.extent for one in leaver.office.read(due_people)] == [Extent.ALL]
    erase(leaver.office, leaver.who(CLERK), [person])
    found = row(leaver, GONE)
    assert (found.id, found.ref.staff_no, found.phone) == (person, "", "")
    assert "离职者" not in journal(leaver, person)
    assert (verify_office(leaver.office), due(leaver)) == ([], [])


def test_whoever_signed_or_is_named_keeps_name_and_number(leaver: World) -> None:
    leaver.draft("handover")
    manager = leaver.who(MANAGER)
    behind(leaver.office.database, f"UPDATE person SET active = {_false(leaver)} WHERE name = '{MANAGER}'")
    later(leaver, 5)
    assert manager not in {one.id for one in leaver.office.read(due_people) if one.extent is Extent.ALL}


def _false(world: World) -> str:
    return "0" if world.office.database.file is not None else "false"


def test_what_was_cut_off_in_between_is_due_again(leaver: World) -> None:
    """The columns were cleared, the journal still tells."""
    later(leaver, 1)
    found = row(leaver, "离职者")
    change = partial(
        change_person, person_id=found.id, version=found.version, name="离职者", staff_no="9001", department_id=None,
        phone="", email="", active=False,
    )  # fmt: skip
    leaver.office.run(leaver.who(CLERK), change)
    later(leaver, 1)
    assert [one.extent for one in leaver.office.read(due_people)] == [Extent.CONTACT]
    erase(leaver.office, leaver.who(CLERK), [found.id])
    assert PHONE not in journal(leaver, found.id)


def test_only_whoever_manages_people_erases_and_only_what_is_due(leaver: World) -> None:
    person = row(leaver, "离职者").id
    assert erase(leaver.office, leaver.who(CLERK), [person, leaver.who(MANAGER)]).value == 0
    later(leaver, 1)
    with pytest.raises(NotAllowed):
        erase(leaver.office, leaver.who(MANAGER), [person])
    with pytest.raises(NotAllowed):
        leaver.office.run(leaver.who(MANAGER), lambda work: set_retention_rules(work, RetentionRules()))
    assert PHONE in journal(leaver, person)
    with pytest.raises(Refusal, match="月数应在"):
        leaver.office.run(leaver.who(CLERK), lambda work: set_retention_rules(work, RetentionRules(-1, 0)))


def test_an_office_with_erasures_is_rebuilt(leaver: World) -> None:
    person = row(leaver, "离职者").id
    later(leaver, 1)
    erase(leaver.office, leaver.who(CLERK), [person])
    made = rebuild_office(leaver.office, leaver.who(CLERK), silent)
    assert (made.findings, made.rebuilt.undone, made.rebuilt.equal) == ((), (), True)
    assert [(one.table, one.key) for one in made.rebuilt.kept] == [("person", str(person))]


ATTACKS = {
    "another record's body": "UPDATE change SET body = NULL, salt = '' WHERE entity = 'project'",
    "a body without an erasure": "UPDATE change SET body = NULL, salt = '' WHERE entity_id = '{other}'",
    "the salt kept": "UPDATE change SET body = NULL WHERE entity_id = '{person}' AND body IS NOT NULL",
    "a body rewritten": "UPDATE change SET body = '{{}}' WHERE entity_id = '{person}'",
    "the hash with it": "UPDATE change SET body = NULL, salt = '', hash = 'x' WHERE entity_id = '{person}'",
    "the record with it": "UPDATE change SET body = NULL, salt = '', entity_id = 'x' WHERE entity_id = '{person}'",
    "the change deleted": "DELETE FROM change WHERE entity_id = '{person}'",
    "an erasure undone": "DELETE FROM erasure",
    "an erasure moved": "UPDATE erasure SET entity_id = '{other}'",
}


@pytest.mark.parametrize("statement", ATTACKS.values(), ids=ATTACKS.keys())
def test_nothing_but_what_an_erasure_covers_leaves_the_journal(leaver: World, statement: str) -> None:
    person = row(leaver, "离职者").id
    later(leaver, 1)
    erase(leaver.office, leaver.who(CLERK), [person])
    clerk = leaver.who(CLERK)
    found = row(leaver, "离职者")
    again = partial(
        change_person, person_id=person, version=found.version, name="离职者", staff_no="9001", department_id=None,
        phone="110", active=False,
    )  # fmt: skip
    later(leaver, 1)
    leaver.office.run(clerk, again)  # a body after the erasure, which it does not cover
    database = open_database(leaver.office.database.url.render_as_string(hide_password=False))
    words = statement.format(person=person, other=leaver.who(MANAGER))
    with pytest.raises(Refusal, match="不能修改或删除"), database.holding() as connection:
        connection.execute(text(words))
    database.close()


def test_logs_of_this_machine_go_after_its_days(leaver: World) -> None:
    home: Home = leaver.office.home
    assert log_days(home) == 90
    folder = home.log_file.parent
    folder.mkdir(parents=True, exist_ok=True)
    for name, age in (("epm-desk.log", 400), ("epm-desk.log.1", 400), ("crash.json", 20), ("epm-desk.log.2", 80)):
        (folder / name).write_text("x", encoding="utf-8")
        os.utime(folder / name, (time.time() - age * 86_400,) * 2)
    assert prune_logs(home) == 1
    set_log_days(home, 30)
    assert prune_logs(home) == 1
    assert sorted(file.name for file in folder.iterdir()) == ["crash.json", "epm-desk.log"]
    with pytest.raises(Refusal):
        set_log_days(home, 0)
