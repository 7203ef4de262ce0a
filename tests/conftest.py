"""What every test may use: databases on both engines, and a world that holds nothing of the user's.

``database_url`` gives an empty database on SQLite and on PostgreSQL, ``office_template`` quick copies of
one that was prepared once, on both engines too; ``postgres_url`` is for what only PostgreSQL has.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from sqlalchemy import make_url
from xdist.remote import Producer
from xdist.scheduler import Scheduling, WorkStealingScheduling

from tests.databases import PostgresDatabases, Prepare, SqliteDatabases
from tests.postgres_server import PostgresServer, memory
from tests.servers import OfficeServer
from tests.statements import share_statements

SERVER = "EPM_TEST_POSTGRES"  # a superuser's URL of a running server, for whoever wants the tests to use that
ENGINES = ("sqlite", "postgresql")
# where platformdirs looks for a user's folders, on Linux and on Windows
USER_FOLDERS = (
    *("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"),
    *("WIN_PD_OVERRIDE_LOCAL_APPDATA", "WIN_PD_OVERRIDE_APPDATA"),
)

_server = pytest.StashKey[PostgresServer]()

# before Qt is loaded: no windows on anybody's screen unless asked for
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# offices by the thousand, none of which outlives its test: in memory where there is room
if in_memory := memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory))
share_statements()
# a slow machine is no error
# where CI stands in the environment the same examples are tried each time: a change is judged by what it changed
hypothesis.settings.register_profile(
    "epm", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")), database=None
)
hypothesis.settings.load_profile("epm")


def _server_url(config: pytest.Config) -> str:
    """Return the URL of the run's server; the first to ask starts it."""
    if SERVER not in os.environ:
        server = PostgresServer()
        config.stash[_server] = server
        os.environ[SERVER] = server.url
    return os.environ[SERVER]


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the parallel workers, which then share it; and let bytecode be kept.

    Without it each worker, and each copy of the program that a test starts, would compile everything anew.
    The workers are also told to report text files opened in whatever encoding the system prefers.
    """
    os.environ.setdefault("PYTHONWARNDEFAULTENCODING", "1")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if config.getoption("numprocesses", None):
        _server_url(config)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: no collection of garbage need look at them again."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Give each worker whole modules, and what is left of another's once it has none: what a module made serves all.

    Test by test, as the workers are free, each of them would make the same example office and take the same tour.
    """
    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server in config.stash:
        config.stash[_server].stop()
        del os.environ[SERVER]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's data folder out of the tests' reach, and the place where running copies meet."""
    for name in USER_FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / "home" / name))
    # a socket's name has room for about a hundred characters
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.getbasetemp() / "run"))


@pytest.fixture(autouse=True)
def _no_dialog_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the dialogs that a test has opened: a later one looks for what stands on top."""
    yield
    if "qapp" in request.fixturenames:
        from PySide6.QtWidgets import QApplication, QDialog  # noqa: PLC0415 - most tests need no Qt

        for item in QApplication.topLevelWidgets():
            if isinstance(item, QDialog) and item.isVisible():
                item.close()


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on the disk, for what is killed while it writes: in memory a write takes no time to be killed in."""
    with TemporaryDirectory(prefix="epm-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def _sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def _postgres_databases(request: pytest.FixtureRequest) -> Iterator[PostgresDatabases]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    databases = PostgresDatabases(_server_url(request.config), f"epm_{worker}_{os.getpid()}")
    yield databases
    databases.close()


@pytest.fixture
def postgres_url(_postgres_databases: PostgresDatabases) -> Iterator[str]:
    """URL of an empty PostgreSQL database that is removed after the test."""
    url = _postgres_databases.create()
    yield url
    _postgres_databases.drop(url)


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """A superuser's URL of the run's server."""
    return _server_url(request.config)


@pytest.fixture
def office_server(server_url: str) -> Iterator[OfficeServer]:
    """A server on which offices may be founded; their databases, groups and logins are removed after the test."""
    server = OfficeServer(make_url(server_url))
    yield server
    server.clean()


@pytest.fixture(params=ENGINES)
def _databases(request: pytest.FixtureRequest) -> SqliteDatabases | PostgresDatabases:
    """The databases of one engine; each test that asks for it runs once on each."""
    engine: str = request.param
    found: SqliteDatabases | PostgresDatabases
    found = request.getfixturevalue("_sqlite_databases" if engine == "sqlite" else "_postgres_databases")
    return found


@pytest.fixture
def database_url(_databases: SqliteDatabases | PostgresDatabases) -> Iterator[str]:
    """URL of an empty database, on SQLite and on PostgreSQL."""
    url = _databases.create()
    yield url
    _databases.drop(url)


@pytest.fixture
def office_template(_databases: SqliteDatabases | PostgresDatabases) -> Iterator[Callable[[Prepare], str]]:
    """A function from ``prepare`` to the URL of a fresh copy of the database that it prepared.

    ``prepare(url)`` is called once per engine and run on an empty database; it fills it (migrations, an
    example office) and closes all its connections. Give a function of a module, not a new lambda each time.
    """
    made = []

    def copy(prepare: Prepare) -> str:
        made.append(_databases.create(prepare))
        return made[-1]

    yield copy
    for url in made:
        _databases.drop(url)
