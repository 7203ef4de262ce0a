"""The stories are told in the same office as the services' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.opening import address
from desktop.ui.application import Application
from tests.scenarios.screen import Screen
from tests.services.conftest import world, world_url
from tests.services.world import CLERK, World

__all__ = ["screen", "world", "world_url"]


@pytest.fixture
def screen(world: World, qtbot: QtBot, tmp_path: Path) -> Iterator[Screen]:
    """The program's window over the world, the clerk before it."""
    home = Home(tmp_path / "desk")
    home.remember(target=address(world.office.database), person_id=str(world.who(CLERK)))
    application = Application(home, clock=world.clock)
    application.begin(world.url)
    made = Screen(world, application, qtbot)
    made.wait(lambda: application.window is not None)
    yield made
    application.close()
