"""An office's database on both engines, and who writes into it."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.ids import new_id
from tests.databases import PostgresDatabases, Prepare
from tests.services.conftest import found_guarded_world
from tests.services.world import World, open_world
from tests.store.offices import found_office

NOW = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def device() -> Installation:
    return Installation(new_id(), "项目管理部一号机")


@pytest.fixture
def author() -> UUID:
    return new_id()


@pytest.fixture
def office_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of a database that has the tables and no rows."""
    return office_template(found_office)


@pytest.fixture
def db(office_url: str) -> Iterator[Database]:
    database = open_database(office_url)
    yield database
    database.close()


@pytest.fixture
def guarded(_postgres_databases: PostgresDatabases, tmp_path: Path) -> Iterator[World]:
    """An office at work on a guarded server; its own connections are a superuser's."""
    url = _postgres_databases.create(found_guarded_world)
    made = open_world(url, tmp_path)
    yield made
    made.office.close()
    _postgres_databases.drop(url)
