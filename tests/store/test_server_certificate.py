"""Servers' certificates: what is wrong with one is told, by this program's own look and by libpq's words alike.

The tests' PostgreSQL has no TLS; here somebody answers who speaks just enough of its protocol to show a certificate.
`dev.py soak` tries the same on a real server.
"""

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from desktop.domain.errors import NotAdmitted, PasswordWanted, Refusal, Unreachable
from desktop.domain.server_place import ServerPlace, Trust
from desktop.store.engine import open_database
from desktop.store.roots import SYSTEM, root_file
from desktop.store.schema import schema_state
from desktop.store.server_certificate import ASK_TLS, fingerprint_at, fingerprint_of
from desktop.store.server_connection import connect_arguments
from desktop.store.server_faults import server_refusal
from desktop.store.server_probe import Mark, Probe, ProbeStep
from tests.soak.certificates import Authority, make_authority

Serve = Callable[..., int]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority("滨海公司 CA")


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> str:
    return str(authority.write(tmp_path / "ca.crt"))


@pytest.fixture
def serve(authority: Authority, tmp_path: Path) -> Iterator[Serve]:
    """A function that shows a certificate for a host at a port, which it returns."""
    with ExitStack() as ends:

        def start(host: str = "localhost", days: int = 30) -> int:
            authority.issue(tmp_path / "server", host, days=days)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tmp_path / "server" / "server.crt", tmp_path / "server" / "server.key")
            listening = ends.enter_context(socket.create_server(("127.0.0.1", 0)))
            Thread(target=_answer, args=(listening, context), daemon=True).start()
            ends.callback(listening.shutdown, socket.SHUT_RDWR)
            return int(listening.getsockname()[1])

        yield start


def _answer(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            stream, _address = listening.accept()
            with stream, suppress(OSError):
                if stream.recv(len(ASK_TLS)) == ASK_TLS:
                    stream.sendall(b"S")
                    context.wrap_socket(stream, server_side=True).close()


def certificate_step(place: ServerPlace, fingerprint: str = "") -> ProbeStep:
    """What a trial says of the certificate."""
    steps = Probe(place, "secret", lambda: dt.datetime.now(dt.UTC), lambda _step: None, fingerprint).run()
    return next(step for step in steps if step.key == "tls")


def refusal(place: ServerPlace) -> Refusal:
    """What is said when the office is opened, by libpq's words."""
    database = open_database(place.target("secret"))
    with pytest.raises(Refusal) as refused:
        schema_state(database)
    database.close()
    assert "secret" not in f"{refused.value}{refused.value.details}"
    return refused.value


WRONG = pytest.mark.parametrize(
    ("made_for", "days", "trusted", "words"),
    [
        ("localhost", -1, True, "已经过期"),
        ("db.example.com", 30, True, "发给别的名字"),
        ("localhost", 30, False, "不是本机信任的机构"),
    ],
)


@WRONG
def test_wrong_certificate_is_told_before_a_password_is_sent(
    serve: Serve, ca_file: str, tmp_path: Path, made_for: str, days: int, trusted: bool, words: str
) -> None:
    other = make_authority("别处的 CA").write(tmp_path / "other.crt")
    port = serve(made_for, days)
    place = ServerPlace("localhost", port, "office", "clerk", Trust.FILE, ca_file if trusted else str(other))
    step = certificate_step(place)
    assert step.mark is Mark.BAD
    assert words in step.text
    assert "没有发送密码" in step.text
    found = refusal(place)
    assert isinstance(found, NotAdmitted)
    assert words in found.what


def test_good_certificate_shows_its_fingerprint_and_agrees_with_the_invitation(
    serve: Serve, ca_file: str, tmp_path: Path
) -> None:
    place = ServerPlace("localhost", serve(), "office", "clerk", Trust.FILE, ca_file)
    shown = ssl.PEM_cert_to_DER_cert((tmp_path / "server" / "server.crt").read_text(encoding="ascii"))
    assert fingerprint_at(place) == fingerprint_of(shown)
    step = certificate_step(place)
    assert (step.mark, fingerprint_of(shown) in step.text) == (Mark.GOOD, True)
    assert "与邀请函一致" in certificate_step(place, fingerprint_of(shown).lower().replace(":", "")).text
    other = certificate_step(place, fingerprint_of(b"another"))
    assert other.mark is Mark.DOUBTFUL
    assert "不一致" in other.text


def test_file_that_is_no_certificate_is_told(serve: Serve, tmp_path: Path) -> None:
    port = serve()
    (tmp_path / "notes.txt").write_text("早上好", encoding="utf-8")
    for name in ("notes.txt", "nowhere.crt"):
        place = ServerPlace("localhost", port, "office", "clerk", Trust.FILE, str(tmp_path / name))
        assert "读不出" in certificate_step(place).text
        assert "读不出" in refusal(place).what


def test_certificate_of_no_known_authority_is_refused_by_the_systems_own(serve: Serve) -> None:
    place = ServerPlace("localhost", serve(), "office", "clerk", Trust.SYSTEM)
    assert "不是本机信任的机构" in certificate_step(place).text
    assert "不是本机信任的机构" in refusal(place).what


def test_server_elsewhere_is_checked_in_full_unless_its_address_says_otherwise() -> None:
    def asked(target: str) -> dict[str, object]:
        database = open_database(target)
        database.close()
        return connect_arguments(database.url)

    elsewhere = asked("postgresql://clerk@db.example.com/office")
    assert elsewhere["sslmode"] == "verify-full"
    assert elsewhere["sslrootcert"] == root_file(SYSTEM)
    assert "sslmode" not in asked("postgresql://clerk@127.0.0.1/office")
    assert "sslmode" not in asked("postgresql://clerk@db.example.com/office?sslmode=require")
    assert asked("postgresql://clerk@db/office?connect_timeout=3").get("connect_timeout") is None


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ('FATAL:  password authentication failed for user "a"', PasswordWanted, "登录名或密码不对"),
        ("致命错误:  用户 “a” 密码认证失败", PasswordWanted, "登录名或密码不对"),
        ("fe_sendauth: no password supplied", PasswordWanted, "需要密码"),
        ('FATAL:  role "a" is not permitted to log in', NotAdmitted, "已被关闭"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "a", database "b"', NotAdmitted, "不接受从本机"),
        ('FATAL:  permission denied for database "b"', NotAdmitted, "不能使用这个数据库"),
        ('FATAL:  database "b" does not exist', NotAdmitted, "没有这个数据库"),
        ("FATAL:  sorry, too many clients already", Refusal, "连接数已满"),
        ("FATAL:  the database system is starting up", Refusal, "正在启动"),
        ("connection timeout expired", Refusal, "没有回应"),
        ("received invalid response to SSL negotiation: H", Refusal, "不是 PostgreSQL"),
    ],
)
def test_servers_words_are_told_in_plain_ones(said: str, kind: type[Refusal], words: str) -> None:
    error = psycopg.OperationalError(f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {said}')
    found = server_refusal(error, "10.0.0.1/b")
    assert found is not None
    assert isinstance(found, kind)
    assert words in found.what
    assert found.kept
    assert found.todo


def test_connection_that_breaks_later_is_no_wrong_address() -> None:
    found = server_refusal(psycopg.OperationalError("server closed the connection unexpectedly"), "db/office")
    assert found is not None
    assert "不是 PostgreSQL" not in found.what


def test_nobody_at_the_port_may_come_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert isinstance(refusal(ServerPlace("127.0.0.1", port, "office", "clerk", Trust.PLAIN)), Unreachable)
