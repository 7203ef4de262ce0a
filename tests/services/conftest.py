"""An office at work on both engines, copied from one that was made once; guarded where a server holds it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from desktop.store.keys import ROUNDS
from tests.databases import Prepare
from tests.guarded import guard_database
from tests.services.world import World, found_world, open_world


def found_guarded_world(url: str) -> None:
    """Make the office, and on a server its guard: there everybody works under a login of their own."""
    found_world(url)
    if make_url(url).get_backend_name() == "postgresql":
        guard_database(url)


@pytest.fixture
def world_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of the office's database."""
    return office_template(found_guarded_world)


@pytest.fixture
def world(world_url: str, tmp_path: Path) -> Iterator[World]:
    made = open_world(world_url, tmp_path)
    yield made
    made.office.close()


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is the library's affair; here one round will do."""
    assert ROUNDS > 16
    monkeypatch.setattr("desktop.store.keys.ROUNDS", 1)
