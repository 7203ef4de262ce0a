"""What people are told by a server with TLS and passwords, right and wrong; part of `dev.py soak`.

Its name keeps it out of the suite: it needs a Debian of its own with PostgreSQL's packages (`roots.POSTGRES`).
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select

from desktop.domain.errors import PasswordWanted, Refusal
from desktop.domain.server_place import ServerPlace, Trust
from desktop.services import drafting
from desktop.services.archive import add_document
from desktop.services.checking import verify_office
from desktop.services.drafting import Draft
from desktop.services.home import Home
from desktop.services.office import Office, Work
from desktop.services.opening import open_office
from desktop.services.people import person_ref
from desktop.services.projects import ProjectQuery, project_ids
from desktop.services.submitting import submit_draft
from desktop.store.server_probe import Mark, Probe
from desktop.store.tables import Filing
from tests.soak.certificates import make_authority
from tests.soak.logins import Login, Shared, share_office
from tests.soak.papers import Pen, merged, problem_sheet
from tests.soak.pooling import Bouncer
from tests.soak.server import HOST, SUPERUSER, Place, Server

from roots import OLD_POSTGRES, POSTGRES

OFFICE, SMALL = "office", "small_office"
_SMALL_DISK = "mkdir /tmp/small && mount -t tmpfs -o size=48m,uid=65534,gid=65534,mode=700 tmpfs /tmp/small"


@dataclass
class Scene:
    """A server with a guarded office, and two people's logins on it."""

    server: Server
    shared: Shared
    folder: Path

    @property
    def logins(self) -> Sequence[Login]:
        return self.shared.logins

    def url(self, n: int = 1, database: str = OFFICE, root: str = "") -> str:
        file = root or str(self.server.place.authority_file)
        return self.server.url(database, *self.logins[n], sslrootcert=file)

    def open(self, url: str = "") -> Office:
        return open_office(url or self.url(), Home(self.folder / "home"))

    @property
    def person(self) -> UUID:
        return self.shared.desks.people[1]

    @property
    def stranger_file(self) -> str:
        return str(make_authority("别处的 CA").write(self.folder / "stranger.crt"))

    def refusal(self, url: str) -> Refusal:
        with pytest.raises(Refusal) as refused:
            self.open(url).close()
        return shown(refused.value)

    def probed(self, login: str, password: str, ca_file: str = "", port: int = 0) -> str:
        """What the connection dialog's trial ends with."""
        file = ca_file or str(self.server.place.authority_file)
        place = ServerPlace(HOST, port or self.server.port, OFFICE, login, Trust.FILE, file)
        probe = Probe(place, password, lambda: dt.datetime.now(dt.UTC), lambda _step: None)
        last = probe.run()[-1]
        tell(f"试连接｜{last.title}｜{last.text}｜{last.todo}")
        return last.text if last.mark is Mark.BAD else ""


def tell(words: str) -> None:
    """Into the run's own output, so that whoever runs it reads what people read."""
    sys.__stdout__.write(f"\n    {words}")  # type: ignore[union-attr]


def shown(refusal: Refusal) -> Refusal:
    tell(f"{refusal.what}｜{refusal.kept}｜{refusal.todo}")
    assert refusal.kept
    assert refusal.todo
    return refusal


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("bad-servers")
    place = Place(folder / "server")
    place.prepare()
    server = Server(place, POSTGRES.ensure(), 17, "main", prepare=(_SMALL_DISK,)).create().start()
    try:
        shared = share_office(server, OFFICE, folder, 3)
        yield Scene(server, shared, folder)
    finally:
        server.stop()


@pytest.fixture
def recertified(scene: Scene) -> Iterator[Callable[..., None]]:
    """A function that gives the server another certificate; afterwards it has the right one again."""

    def give(**how: object) -> None:
        authority = how.pop("authority", scene.server.place.authority)
        scene.server.stop()
        scene.server.certify(authority, **how)  # type: ignore[arg-type]
        scene.server.start()

    yield give
    give()


def test_the_right_password_opens_the_office_over_checked_tls(scene: Scene) -> None:
    office = scene.open()
    with office.database.connecting() as connection:
        cipher = connection.exec_driver_sql("SELECT cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()").scalar()
    office.close()
    assert cipher
    assert scene.probed(*scene.logins[1]) == ""


def test_a_wrong_password_is_asked_for_again(scene: Scene) -> None:
    found = scene.refusal(scene.server.url(OFFICE, scene.logins[1][0], "falsch"))
    assert isinstance(found, PasswordWanted)
    assert "登录名或密码不对" in found.what
    assert "登录名或密码不对" in scene.probed(scene.logins[1][0], "falsch")


def test_an_unknown_login_is_told_as_a_wrong_password_is(scene: Scene) -> None:
    assert "登录名或密码不对" in scene.refusal(scene.server.url(OFFICE, "nobody_here", "x")).what


def test_a_certificate_of_an_unknown_authority_is_not_trusted(scene: Scene) -> None:
    found = scene.refusal(scene.url(root=scene.stranger_file))
    assert "没有通过核对" in found.what
    assert "没有发送密码" in found.what
    assert "不是本机信任的机构签发的" in scene.probed(*scene.logins[1], scene.stranger_file)


def test_a_certificate_for_another_name_is_not_trusted(scene: Scene, recertified: Callable[..., None]) -> None:
    recertified(host="db.other.example")
    assert "发给别的名字" in scene.refusal(scene.url()).what
    assert "发给别的名字" in scene.probed(*scene.logins[1])


def test_an_expired_certificate_is_not_trusted(scene: Scene, recertified: Callable[..., None]) -> None:
    recertified(days=-2)
    assert "没有通过核对" in scene.refusal(scene.url()).what
    assert "已经过期" in scene.probed(*scene.logins[1])


def test_a_server_that_wants_encryption_takes_nothing_else(scene: Scene) -> None:
    found = scene.refusal(scene.server.url(OFFICE, *scene.logins[1], sslmode="disable", sslrootcert=""))
    assert "只接受加密的连接" in found.what


def test_a_missing_authority_file_is_told(scene: Scene) -> None:
    found = scene.refusal(scene.url(root=str(scene.folder / "gone.crt")))
    assert "CA" in found.what


def test_a_port_where_nobody_listens_is_told(scene: Scene) -> None:
    assert "没有在这个端口上接受连接" in scene.refusal(scene.server.url(OFFICE, *scene.logins[1], port=1)).what


def test_a_database_that_is_not_there_is_told(scene: Scene) -> None:
    assert "没有这个数据库" in scene.refusal(scene.url(database="gibtsnicht")).what


def test_a_closed_login_is_told(scene: Scene) -> None:
    with scene.server.connect(OFFICE) as connection:
        connection.execute("SELECT guard.close(%s)", (scene.logins[2][0],))
        connection.execute(f'ALTER ROLE "{scene.logins[2][0]}" NOLOGIN')
    assert "已被关闭" in scene.refusal(scene.url(2)).what


def test_a_server_without_free_connections_is_told(scene: Scene) -> None:
    with scene.server.connect(OFFICE) as connection:
        connection.execute(f'ALTER ROLE "{scene.logins[1][0]}" CONNECTION LIMIT 0')
        try:
            assert "连接数已满" in scene.refusal(scene.url()).what
        finally:
            connection.execute(f'ALTER ROLE "{scene.logins[1][0]}" CONNECTION LIMIT -1')


def test_a_server_of_an_old_version_is_told(scene: Scene) -> None:
    server = Server(scene.server.place, OLD_POSTGRES.ensure(), 15, "old").create().start()
    try:
        found = scene.refusal(server.url("postgres"))
    finally:
        server.stop()
    assert "版本过低" in found.what
    assert "16" in found.todo


# ---- in the midst of a save


def begun(office: Office, person: UUID) -> Draft:
    """A form that is filled in and kept, not yet sent."""
    projects = office.read(lambda reading: project_ids(reading, person, ProjectQuery(mine=True)))
    draft = drafting.start_draft(office, person, "problem_sheet", projects[0])
    author = office.read(partial(person_ref, person_id=person))
    pen = Pen(random.Random(1), author, office.today(), "mid-save")
    return drafting.save_draft(office, person, replace(draft, content=merged(dict(draft.content), problem_sheet(pen))))


def interrupted(work: Work, draft: Draft, server: Server, way: str) -> None:
    submit_draft(work, draft)
    server.stop(way)
    server.start()


def filings(office: Office) -> int:
    return office.read(lambda reading: reading.session.scalar(select(func.count()).select_from(Filing)) or 0)


def verified(scene: Scene, database: str = OFFICE) -> list[str]:
    office = open_office(scene.server.url(database), Home(scene.folder / "founder"))
    try:
        return [f"{finding.where} {finding.what}" for finding in verify_office(office)]
    finally:
        office.close()


@pytest.mark.parametrize("way", ["fast", "immediate"])
def test_a_server_restarted_in_mid_save_leaves_nothing_half_written(scene: Scene, way: str) -> None:
    office = scene.open()
    try:
        draft, before = begun(office, scene.person), filings(office)
        with pytest.raises(Refusal) as refused:
            office.run(scene.person, lambda work: interrupted(work, draft, scene.server, way))
        shown(refused.value)
        assert [one.id for one in drafting.list_drafts(office, scene.person)] == [draft.id]
        assert filings(office) == before
        assert office.run(scene.person, lambda work: submit_draft(work, draft)).value == draft.id
        drafting.discard_draft(office, draft.id)
        assert filings(office) == before + 1
    finally:
        office.close()
    assert verified(scene) == []


def test_a_server_that_is_gone_leaves_the_draft_to_be_sent_later(scene: Scene) -> None:
    office = scene.open()
    try:
        draft = begun(office, scene.person)
        scene.server.stop()
        with pytest.raises(Refusal) as refused:
            office.run(scene.person, lambda work: submit_draft(work, draft))
        shown(refused.value)
        scene.server.start()
        kept = drafting.list_drafts(office, scene.person)
        assert [one.content for one in kept] == [draft.content]
        office.run(scene.person, lambda work: submit_draft(work, kept[0]))
        drafting.discard_draft(office, draft.id)
    finally:
        office.close()
    assert verified(scene) == []


def test_a_full_disk_on_the_server_is_told_and_nothing_is_half_written(scene: Scene, tmp_path: Path) -> None:
    paper = tmp_path / "图纸.pdf"
    paper.write_bytes(random.Random(2).randbytes(3_000_000))
    with scene.server.connect() as connection:
        connection.execute("CREATE TABLESPACE small LOCATION '/tmp/small'")
        connection.execute(f"CREATE DATABASE {SMALL} TEMPLATE {OFFICE} TABLESPACE small")
        office = scene.open(scene.server.url(SMALL))
        try:
            draft = begun(office, scene.person)
            project = draft.project_id
            assert project is not None
            fill = "COPY (SELECT repeat('x', 100000) FROM generate_series(1, 100000)) TO '/tmp/small/filler'"
            with pytest.raises(psycopg.errors.DiskFull):
                connection.execute(fill)
            with pytest.raises(Refusal) as refused:
                office.run(scene.person, lambda work: add_document(work, paper, project))
            assert "磁盘已满" in shown(refused.value).what
            assert [one.id for one in drafting.list_drafts(office, scene.person)] == [draft.id]
            connection.execute("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm /tmp/small/filler'")
            office.run(scene.person, lambda work: add_document(work, paper, project))
            office.run(scene.person, lambda work: submit_draft(work, draft))
            drafting.discard_draft(office, draft.id)
        finally:
            office.close()
        assert verified(scene, SMALL) == []
        connection.execute(f"DROP DATABASE {SMALL} WITH (FORCE)")
        connection.execute("DROP TABLESPACE small")


# ---- through PgBouncer


def test_a_pool_in_session_mode_lets_everybody_work_as_themselves(scene: Scene) -> None:
    bouncer = Bouncer(scene.server).start()
    try:
        office = scene.open(scene.server.url(OFFICE, *scene.logins[1], port=bouncer.port))
        with office.database.connecting() as connection:
            row = connection.exec_driver_sql("SELECT session_user, guard.me(), current_setting('lock_timeout')").one()
        draft = begun(office, scene.person)
        office.run(scene.person, lambda work: submit_draft(work, draft))
        drafting.discard_draft(office, draft.id)
        office.close()
        wrong = scene.refusal(scene.server.url(OFFICE, scene.logins[1][0], "falsch", port=bouncer.port))
    finally:
        bouncer.stop()
    assert tuple(row) == (scene.logins[1][0], scene.person, "30s")
    assert "登录名或密码不对" in wrong.what
    assert SUPERUSER not in row
