"""Trying a connection to a shared office step by step, each telling what it found; nothing is changed anywhere."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

import psycopg
from sqlalchemy import Connection, make_url, text

from desktop.domain.errors import Refusal
from desktop.domain.server_place import ServerPlace, Trust
from desktop.store import server_words
from desktop.store.engine import Database, newer_schema, open_database
from desktop.store.guard.guarded import is_guarded
from desktop.store.schema import SchemaState, schema_state
from desktop.store.server_certificate import ASK_TLS, Certificate, CertificateTrouble, look_at_certificate
from desktop.store.server_connection import CONNECT_SECONDS, OLDEST_SERVER, connect_arguments
from desktop.store.server_marks import unfinished
from desktop.store.server_words import CLOCK, DATABASE, LOGIN, NAME, PERSON, PORT, TLS, VERSION, Fault

TITLES = {
    NAME: "找到服务器",
    PORT: "连上端口",
    TLS: "加密与证书",
    LOGIN: "登录",
    VERSION: "服务器版本",
    DATABASE: "数据库与办公室",
    PERSON: "您是谁",
    CLOCK: "时钟",
}
_CLOCK_MAY_DIFFER = dt.timedelta(minutes=5)  # as the guard's journal demands it


class Mark(StrEnum):
    """How a step went."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True)
class ProbeStep:
    """One step of a trial: what was looked at, how it went, what was found and what can be done about it."""

    key: str
    mark: Mark
    text: str
    todo: str = ""
    details: str = ""

    @property
    def title(self) -> str:
        """What was looked at."""
        return TITLES[self.key]


class _End(Exception):
    """What comes after this step cannot be tried."""


class Probe:
    """A trial of one connection; ``tell`` hears of every step when it is done and may break off by raising."""

    def __init__(
        self,
        place: ServerPlace,
        password: str,
        now: Callable[[], dt.datetime],
        tell: Callable[[ProbeStep], None],
        fingerprint: str = "",
    ) -> None:
        self._place, self._password, self._now, self._tell = place, password, now, tell
        self._fingerprint = fingerprint
        self.steps: list[ProbeStep] = []

    def run(self) -> tuple[ProbeStep, ...]:
        """Try all steps up to the first that fails."""
        try:
            with self._reach() as stream:
                self._look_at_encryption(stream)
            self._log_in()
            self._look_inside()
        except _End:
            pass
        return tuple(self.steps)

    @property
    def passed(self) -> bool:
        """Whether nothing keeps a person from working there."""
        return bool(self.steps) and all(step.mark is not Mark.BAD for step in self.steps)

    def _say(self, step: ProbeStep) -> None:
        self.steps.append(step)
        self._tell(step)

    def _good(self, key: str, words: str) -> None:
        self._say(ProbeStep(key, Mark.GOOD, words))

    def _fail(self, key: str, words: str, todo: str, details: str = "") -> NoReturn:
        self._say(ProbeStep(key, Mark.BAD, words, todo, details))
        raise _End

    def _fault(self, fault: Fault, details: str) -> NoReturn:
        self._fail(fault.step, fault.what, fault.todo, details)

    def _reach(self) -> socket.socket:
        host, port = self._place.host, self._place.port
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            self._fault(server_words.UNKNOWN_HOST, str(error))
        addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
        self._good(NAME, "、".join(addresses[:3]))
        try:
            stream = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
        except ConnectionRefusedError as error:
            self._fault(server_words.WRONG_PORT, str(error))
        except OSError as error:
            self._fault(server_words.NO_ANSWER, str(error))
        self._good(PORT, f"端口 {port} 有回应")
        return stream

    def _look_at_encryption(self, stream: socket.socket) -> None:
        try:
            stream.sendall(ASK_TLS)
            answer = stream.recv(1)
        except OSError as error:
            self._fault(server_words.NOT_POSTGRES, str(error))
        trust = self._place.trust
        if answer not in {b"S", b"N"}:
            self._fault(server_words.NOT_POSTGRES, repr(answer))
        if answer == b"N" and trust is not Trust.PLAIN:
            self._fault(server_words.NO_TLS, "")
        if trust is Trust.PLAIN:
            self._good(TLS, "不加密；服务器就在本机，内容不经过网络")
            return
        try:
            certificate = look_at_certificate(stream, self._place)
        except CertificateTrouble as trouble:
            self._fault(trouble.fault, trouble.details)
        self._tell_certificate(certificate)

    def _tell_certificate(self, certificate: Certificate) -> None:
        checked = "证书无误" if certificate.checked else "已加密，证书未核对"
        words = f"{checked}；指纹 {certificate.fingerprint}"
        if self._fingerprint and _bare(self._fingerprint) != _bare(certificate.fingerprint):
            todo = "证书可能在邀请函发出之后更换过；请先问管理员，再输入密码。"
            self._say(ProbeStep(TLS, Mark.DOUBTFUL, f"{words}，与邀请函上的不一致", todo))
            return
        self._good(TLS, f"{words}，与邀请函一致" if self._fingerprint else words)

    def _log_in(self) -> None:
        url = make_url(self._place.target(self._password)).set(drivername="postgresql+psycopg")
        named = url.translate_connect_args(username="user", database="dbname")
        arguments = {**named, **url.query, **connect_arguments(url)}
        try:
            with psycopg.connect(**arguments) as connection:
                version = connection.info.server_version
        except psycopg.Error as error:
            fault = server_words.connect_fault(str(error))
            if fault is not None:
                self._fault(fault, str(error))
            self._fail(LOGIN, "服务器拒绝了登录。", "请把下面的详情告诉管理员。", str(error))
        self._good(LOGIN, f"以“{self._place.login}”登录成功")
        shown = f"PostgreSQL {version // 10_000}.{version % 10_000}"
        if version < OLDEST_SERVER:
            self._fail(VERSION, f"{shown}，版本过低。", "请管理员升级到 PostgreSQL 16 或更高版本。")
        self._good(VERSION, shown)

    def _look_inside(self) -> None:
        database = open_database(self._place.target(self._password))
        try:
            with database.connecting() as connection:
                half = unfinished(connection)
                guarded = is_guarded(connection)
            self._look_at_schema(database, half=half)
            with database.connecting() as connection:
                if guarded:
                    self._look_at_person(connection)
                else:
                    self._look_at_shared(connection)
                self._look_at_clock(connection, guarded=guarded)
        except Refusal as refusal:
            self._fail(DATABASE, refusal.what, refusal.todo, refusal.details)
        finally:
            database.close()

    def _look_at_schema(self, database: Database, *, half: bool) -> None:
        if half:
            todo = "请建立它的管理员用“新建”清除后重新建立。"
            self._fail(DATABASE, "这个数据库上一次没有建完，里面还没有办公室。", todo)
        state = schema_state(database)
        if state is SchemaState.CURRENT:
            return
        if state is SchemaState.NEWER:
            with database.connecting() as connection:
                refusal = newer_schema(connection, self._place.shown)
            self._fail(DATABASE, refusal.what, refusal.todo)
        if state is SchemaState.OLDER:
            self._fail(DATABASE, "办公室的数据是旧版本的。", "请管理员用这个版本的程序升级一次。")
        if state is SchemaState.MISSING:
            self._fail(DATABASE, "这个数据库里没有办公室。", "请核对数据库名称，或请管理员先建立办公室。")
        self._fail(DATABASE, "这个数据库是别的程序的。", "请核对数据库名称。")

    def _look_at_person(self, connection: Connection) -> None:
        office = connection.scalar(text("SELECT guard.office_name()"))
        self._good(DATABASE, office or "办公室已经建好")
        row = connection.execute(text("SELECT person, closed, one_time FROM guard.whoami()")).one_or_none()
        if row is None:
            self._fail(PERSON, "这个登录名没有对应办公室里的任何人。", "请管理员邀请您，或换用您自己的登录名。")
        if row.closed:
            self._fail(PERSON, "这个登录名已被关闭。", "如果您仍在这个单位工作，请与管理员联系。")
        if not row.person:
            self._fail(PERSON, "这个登录名只管理服务器，在办公室里不是任何人。", "请换用您自己的登录名。")
        more = "；第一次连接，须改成自己的密码" if row.one_time else ""
        self._good(PERSON, f"{row.person}{more}")

    def _look_at_shared(self, connection: Connection) -> None:
        office = connection.scalar(text("SELECT name FROM office LIMIT 1"))
        if office is None:
            self._fail(DATABASE, "表已建好，还没有办公室（上一次新建没有完成）。", "请在此处重新新建。")
        self._good(DATABASE, office)
        words = "大家共用一个登录名：谁做了什么，只凭各人在程序里的选择"
        self._say(ProbeStep(PERSON, Mark.DOUBTFUL, words, "要让服务器分得清每个人，请管理员另建带登录名的共享办公室。"))

    def _look_at_clock(self, connection: Connection, *, guarded: bool) -> None:
        there = connection.scalar(text("SELECT clock_timestamp()"))
        apart = abs(self._now() - there)
        if apart <= _CLOCK_MAY_DIFFER:
            self._good(CLOCK, "本机与服务器的时间一致")
            return
        words = f"本机与服务器的时间相差{_span(apart)}"
        if guarded:
            self._fail(CLOCK, f"{words}。", "请先校正本机的日期和时间：差得太多，服务器会拒绝保存。")
        self._say(ProbeStep(CLOCK, Mark.DOUBTFUL, words, "请校正本机的日期和时间，否则期限会算错。"))


def _span(length: dt.timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes < 2 * 60:
        return f" {minutes} 分钟"
    hours = round(minutes / 60)
    return f" {hours} 小时" if hours < 2 * 24 else f" {length.days} 天"


def _bare(fingerprint: str) -> str:
    return fingerprint.upper().removeprefix("SHA-256").replace(":", "").replace(" ", "").strip()
