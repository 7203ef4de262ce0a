"""An office at work moves to a guarded database of a server, with its mover's own login."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from desktop.domain.errors import NotAllowed, Refusal
from desktop.services import promotion
from desktop.services.home import Home
from desktop.services.logins import invite_person
from desktop.services.opening import open_office
from desktop.services.promotion import take_copy
from desktop.services.server_move import move_to_server
from desktop.services.server_office import OfficePlan, Remains, remains
from desktop.store import copying
from desktop.store.copying import copy_into_file, fingerprints
from desktop.store.engine import open_database
from desktop.store.server_reclaim import database_of, is_half_moved, reclaim_server
from desktop.store.tables import Setting
from desktop.store.verify import verify
from tests.services.world import CLERK, MANAGER, RUNNING, World, found_world, open_world

PASSWORD = "Gangkou-2026-办公"
LOGIN, NAME = "mover_lixy", "moved_office"


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[World]:
    file = tmp_path / "世界.epm"
    found_world(f"sqlite:///{file}")
    made = open_world(f"sqlite:///{file}", tmp_path / "home")
    yield made
    made.office.close()


@pytest.fixture
def plan(postgres_url: str) -> Iterator[OfficePlan]:
    admin = make_url(postgres_url).set(database="postgres").render_as_string(hide_password=False)
    name = f"{NAME}_{make_url(postgres_url).database}".lower()[:40]
    made = OfficePlan(admin, name, f"{LOGIN}_{name[-12:]}"[:40], PASSWORD)
    yield made
    if remains(admin, name) is not Remains.NOTHING:
        database = database_of(admin, name)
        with database.holding() as connection:
            connection.execute(text("UPDATE schema_version SET version_num = 'unfinished'"))
        database.close()
        with suppress(Refusal):  # the database is gone then; logins that were invited stay behind
            reclaim_server(admin, name, made.login)


def test_the_mover_goes_on_working_on_the_server(lite: World, plan: OfficePlan, tmp_path: Path) -> None:
    before = fingerprints(lite.office.database, silent)
    done = move_to_server(lite.office, lite.who(CLERK), plan, silent)
    assert done.copied == before
    server = database_of(plan.admin, plan.database)
    assert (server.guarded, verify(server), fingerprints(server, silent)) == (True, [], before)
    server.close()
    url = make_url(plan.admin).set(username=plan.login, password=PASSWORD, database=plan.database)
    office = open_office(url.render_as_string(hide_password=False), Home(tmp_path / "other"))  # by the server's clock
    with office.work(lite.who(CLERK)) as work:
        work.session.add(Setting(key="on the server", text="x"))
    assert office.read(lambda reading: reading.policy.key) == "epm"
    taken = take_copy(office, lite.who(CLERK), tmp_path / "copy.epm", silent)
    copy = open_database(tmp_path / "copy.epm")
    assert (taken.copied, verify(copy)) == (fingerprints(copy, silent), [])
    copy.close()
    login = f"pm_{plan.login[-12:]}"
    invited = invite_person(office, lite.who(MANAGER), login)
    url = make_url(plan.admin).set(username=login, password=invited.password, database=plan.database)
    partial = open_database(url.render_as_string(hide_password=False))
    with pytest.raises(NotAllowed, match="只看得到办公室的一部分"):
        copy_into_file(partial, tmp_path / "part.epm", silent)
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []
    partial.close()
    office.close()
    with pytest.raises(Refusal, match="已于"), lite.office.work(lite.who(CLERK)):
        pass
    assert lite.project(RUNNING).name


def test_what_an_attempt_left_is_replaced(lite: World, plan: OfficePlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up when the guard stood already: nothing stays, and the next attempt finds its names free."""

    class GivenUp(Exception):
        pass

    def give_up(*_: object) -> None:
        raise GivenUp

    monkeypatch.setattr(promotion, "insert", give_up)
    with pytest.raises(GivenUp):
        move_to_server(lite.office, lite.who(CLERK), plan, silent)
    monkeypatch.undo()
    assert remains(plan.admin, plan.database) is Remains.NOTHING
    with lite.office.work(lite.who(CLERK)) as work:
        work.session.add(Setting(key="meanwhile", text="x"))
    move_to_server(lite.office, lite.who(CLERK), plan, silent)


def test_a_move_that_was_cut_off_at_the_end_is_finished(
    lite: World, plan: OfficePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promotion, "finish_copy", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move_to_server(lite.office, lite.who(CLERK), plan, silent)
    assert is_half_moved(plan.admin, plan.database)
    monkeypatch.setattr(promotion, "finish_copy", copying.finish_copy)
    done = move_to_server(lite.office, lite.who(CLERK), plan, silent)
    server = database_of(plan.admin, plan.database)
    assert (verify(server), fingerprints(server, silent)) == ([], done.copied)
    server.close()


def test_only_whoever_manages_the_office_moves_it_and_with_names_that_do(lite: World, plan: OfficePlan) -> None:
    with pytest.raises(NotAllowed, match="迁到服务器由"):
        move_to_server(lite.office, lite.who(MANAGER), plan, silent)
    for wrong in (
        OfficePlan(plan.admin, "有空 格", plan.login, PASSWORD),
        OfficePlan(plan.admin, plan.database, "postgres", PASSWORD),
        OfficePlan(plan.admin, plan.database, plan.login, "1"),
    ):
        with pytest.raises(Refusal, match="请更正后再迁移"):
            move_to_server(lite.office, lite.who(CLERK), wrong, silent)
    assert remains(plan.admin, plan.database) is Remains.NOTHING
