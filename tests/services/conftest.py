"""An office at work on both engines, copied from one that was made once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import Prepare
from tests.services.world import World, found_world, open_world


@pytest.fixture
def world_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of the office's database."""
    return office_template(found_world)


@pytest.fixture
def world(world_url: str, tmp_path: Path) -> Iterator[World]:
    made = open_world(world_url, tmp_path)
    yield made
    made.office.close()
