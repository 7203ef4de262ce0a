"""A shared office on the tests' server, for windows; a module that uses it imports these fixtures."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url

from desktop.domain.server_place import Invitation, server_place
from desktop.services.home import Home
from desktop.services.logins import invite_person
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import add_person
from desktop.services.server_office import OfficePlan, found_on_server
from desktop.ui.application import Application
from desktop.ui.server_connect import ServerConnectDialog
from desktop.ui.server_password import PasswordDialog
from tests.servers import OfficeServer
from tests.ui.hands import shown
from tests.ui.keyrings import MemoryKeyring, memory_keyring
from tests.ui.offices import Clock, founding

Begin = Callable[[str], Application]
PASSWORD = "滨海项目管理部-2026"


class Now(Clock):
    """A clock that goes right, as the server's does."""

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(tz=dt.UTC)


@pytest.fixture(autouse=True)
def keyring() -> Iterator[MemoryKeyring]:
    """The system's keyring as these tests see it."""
    with memory_keyring() as made:
        yield made


@pytest.fixture(scope="session")
def founded(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeServer]:
    """A shared office that was founded once; tests work in copies of it."""
    server = OfficeServer(make_url(server_url))
    found_on_server(plan_for(server), founding(), Home(tmp_path_factory.mktemp("founder")), Now())
    yield server
    server.clean()


def plan_for(server: OfficeServer) -> OfficePlan:
    """Where an office is to be made."""
    return OfficePlan(f"{server.superuser}?sslmode=disable", server.database, server.login("clerk"), PASSWORD)


@pytest.fixture
def target(founded: OfficeServer, office_server: OfficeServer) -> str:
    """The URL of a shared office, without a password, for its first person."""
    office_server.copy(founded)
    return office_server.target(office_server.clerk)


@pytest.fixture
def office(target: str, tmp_path: Path) -> Iterator[Office]:
    """The shared office, opened by its founder."""
    place = server_place(target)
    assert place is not None
    opened = open_office(place.target(PASSWORD), Home(tmp_path / "founder"), Now())
    yield opened
    opened.close()


def invited(office: Office, login: str, name: str = "张伟", staff_no: str = "0003") -> Invitation:
    """An invitation for a new colleague."""
    assert office.login is not None
    assert office.login.person_id is not None
    person = office.run(office.login.person_id, lambda work: add_person(work, name=name, staff_no=staff_no)).value
    return invite_person(office, person, login)


@pytest.fixture
def begin(tmp_path: Path, qtbot: QtBot) -> Iterator[Begin]:
    """Begins the program with an office and waits until it stands, or asks."""
    made: list[Application] = []

    def start(target: str) -> Application:
        application = Application(Home(tmp_path / "home"), clock=Now())
        made.append(application)
        application.begin(target)
        qtbot.waitUntil(lambda: application.operations.idle and _stands(application), timeout=20_000)
        return application

    yield start
    for application in made:
        application.close()


def _stands(application: Application) -> bool:
    window = application.window or application.waiting
    if application.start is not None or application.window is not None:
        return True
    return window is not None and bool(shown(window, ServerConnectDialog) or shown(window, PasswordDialog))
