"""An office at work rebuilt from its journal, with whose turn it is worked out again."""

from sqlalchemy import select

from desktop.services.backups import office_backups
from desktop.services.checking import verify_office
from desktop.services.opening import open_office
from desktop.services.rebuilding import rebuild_office
from desktop.store.backups import REBUILT
from desktop.store.copying import fingerprints
from desktop.store.tables import Turn
from tests.services.world import CLERK, World
from tests.store.offices import behind


def silent(_done: int, _total: int, _text: str) -> None:
    pass


def turns(world: World) -> list[tuple[str, str]]:
    with world.office.reading() as reading:
        return sorted((row.step_key, row.role) for row in reading.session.scalars(select(Turn)))


def test_an_office_under_way_is_rebuilt_equal(world: World) -> None:
    world.submitted("suspension")
    made = rebuild_office(world.office, world.who(CLERK), silent)
    assert (made.findings, made.rebuilt.undone, made.rebuilt.equal) == ((), (), True)
    assert [(one.kind, one.file) for one in office_backups(world.office)] == [(REBUILT, made.file)]
    again = open_office(made.file, world.office.home, world.clock)
    assert fingerprints(again.database, silent) == fingerprints(world.office.database, silent)
    again.close()


def test_what_was_tampered_with_is_undone_and_turns_follow(world: World) -> None:
    world.submitted("suspension")
    before = turns(world)
    assert before
    behind(
        world.office.database,
        "UPDATE turn SET step_key = 'forged'",
        "UPDATE project SET budget = 1 WHERE budget IS NOT NULL",
    )
    assert verify_office(world.office)
    made = rebuild_office(world.office, world.who(CLERK), silent)
    assert made.findings == ()
    assert {one.table for one in made.rebuilt.undone} == {"project"}
    again = open_office(made.file, world.office.home, world.clock)
    with again.reading() as reading:
        assert sorted((row.step_key, row.role) for row in reading.session.scalars(select(Turn))) == before
    assert verify_office(again) == []
    again.close()
