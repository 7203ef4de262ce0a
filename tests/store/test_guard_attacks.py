"""Nobody forges: what a person's own login and password reach, by hand or with a changed program, is refused whole."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from desktop.store.shapes import journaled_shapes
from tests.databases import PostgresDatabases
from tests.store.attack_scripts import BY
from tests.store.attacked import UNSEEN, Attacked, found_attacked, open_attacked, superuser
from tests.store.forgeries import Forge, every_forgery


@pytest.fixture(scope="module")
def attacked(_postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """One office for all attacks: none of them leaves a trace."""
    url = _postgres_databases.create(found_attacked)
    made = open_attacked(url, tmp_path_factory.mktemp("attacked"))
    yield made
    made.world.office.close()
    _postgres_databases.drop(url)


@pytest.fixture(scope="module")
def unharmed(attacked: Attacked) -> str:
    """What the data looks like, before and after."""
    return attacked.fingerprint()


REFUSED = {"42501", "P0001", "23503", "24000", UNSEEN}
"""No right, written once, referred to, no row to be seen; the guard's own codes begin with EP."""

SCRIPTS = [
    pytest.param(script, who, id=f"{family}: {what} by {who}")
    for family, (scripts, people) in BY.items()
    for who in people
    for what, script in scripts.items()
]


@pytest.mark.parametrize(("script", "who"), SCRIPTS)
def test_what_is_tried_by_hand_is_refused(attacked: Attacked, unharmed: str, script: str, who: str) -> None:
    told = attacked.try_script(who, script)
    assert attacked.fingerprint() == unharmed
    assert told in REFUSED or told.startswith("EP"), f"refused as {told!r}"


@pytest.mark.parametrize(("who", "forge", "codes"), [pytest.param(*rest, id=what) for what, *rest in every_forgery()])
def test_what_a_changed_program_forges_is_refused(
    attacked: Attacked, unharmed: str, who: str, forge: Forge, codes: tuple[str, ...]
) -> None:
    told = attacked.try_forgery(who, lambda work: forge(work, attacked))
    assert attacked.fingerprint() == unharmed
    assert told.startswith(codes), f"refused as {told!r}"


def test_every_journaled_table_is_watched(attacked: Attacked) -> None:
    """A table that is added is watched by itself; what is not journaled is known by name."""
    watched = text(
        "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'guard_note%' GROUP BY 1"
    )
    with superuser(attacked.world.url) as connection:
        found = {str(name): int(count) for name, count in connection.execute(watched)}
    assert found.pop("change") == 1
    assert found == dict.fromkeys(journaled_shapes(), 3)


def test_functions_look_where_they_were_told_and_serve_nobody_else(attacked: Attacked) -> None:
    """Temporary objects come last wherever a function looks, and nobody calls what is not granted by name."""
    loose = text(
        "SELECT p.oid::regprocedure::text FROM pg_proc p "
        "WHERE p.pronamespace IN ('guard'::regnamespace, 'public'::regnamespace) "
        "AND (p.proconfig IS NULL OR NOT p.proconfig::text ~ 'search_path=[^=]*pg_temp\"?}$' "
        "OR has_function_privilege('public', p.oid, 'EXECUTE'))"
    )
    with superuser(attacked.world.url) as connection:
        assert connection.scalars(loose).all() == []
