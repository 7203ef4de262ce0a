"""How the office fares, for whoever cares for it: one line a matter, and every installation that writes into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.errors import NotAllowed
from desktop.domain.identity import Target
from desktop.services.audit import audit_refusal
from desktop.services.backups import backup_rows, backup_rules
from desktop.services.identities import identities
from desktop.services.identity_overview import CardState, key_rows
from desktop.services.integrity import restoring_of, seal_words
from desktop.services.logins import list_logins
from desktop.services.office import Office, Reading
from desktop.services.presence import Present, is_shared, who_is_here
from desktop.services.record_words import moment_text
from desktop.services.retention import due_people
from desktop.store.tables import Changeset, Device, Person

GOOD, WARNING, BAD, NEUTRAL = "good", "warning", "bad", "neutral"
_STALE = dt.timedelta(days=3)
"""A backup that is older than this asks for a look, where they are made by themselves."""


@dataclass(frozen=True)
class CareLine:
    """One matter: what it is, how it stands, what that means to its reader, and where in the settings it is mended."""

    topic: str
    text: str
    tone: str
    place: str


@dataclass(frozen=True)
class DeviceRow:
    """An installation: how many entries it wrote, who last and when (UTC), and since when it is revoked, if it is."""

    id: UUID
    name: str
    registered_at: dt.datetime
    count: int
    last_at: dt.datetime | None
    last_person: str
    revoked: str
    own: bool

    @property
    def state(self) -> str:
        """In a word."""
        return "已停用" if self.revoked else "本机" if self.own else "在用"


@dataclass(frozen=True)
class CarePage:
    """All there is to see; ``refusal`` says why somebody sees nothing. ``missing`` says what the journal lacks."""

    refusal: str
    lines: tuple[CareLine, ...] = ()
    devices: tuple[DeviceRow, ...] = ()
    present: tuple[Present, ...] = ()
    missing: str = ""
    seal: str = ""

    @property
    def wanting(self) -> int:
        """How many matters ask for something to be done."""
        return sum(line.tone in {WARNING, BAD} for line in self.lines)

    @property
    def verdict(self) -> str:
        """All in all."""
        return f"需要处理：{self.wanting} 项" if self.wanting else "一切正常"


def care_page(office: Office, actor: UUID) -> CarePage:
    """How the office fares.

    Raises:
        Refusal: the data cannot be read.
    """
    with office.reading() as reading:
        if refusal := audit_refusal(reading, actor):
            return CarePage(refusal.replace("审计日志", "本页"))
        devices = tuple(_devices(reading))
        present = tuple(who_is_here(reading)) if is_shared(office) else ()
        lines = [_journal(reading), *_keys(reading), _people(reading), _installations(devices)]
        seal = seal_words(reading).partition("（")[0].removeprefix("流水校验：")
    lines[1:1] = [*_backups(office), *_logins(office)]
    missing = lines[0].text if office.missing_heads else ""
    return CarePage("", tuple(lines), devices, present, missing, seal)


def _journal(reading: Reading) -> CareLine:
    missing = reading.office.missing_heads
    if missing:
        one = missing[0].head
        text = f"缺少本机见过的记录（“{one.name}”的日志第 {one.seq} 条）：末尾被删去，或者是较早的备份"
        return CareLine("日志", text, BAD, "care")
    restored = restoring_of(reading.session)
    told = f"；最近一次恢复备份在 {restored[0].astimezone():%Y-%m-%d}" if restored else ""
    return CareLine("日志", f"本机见过的记录都在{told}", GOOD, "audit")


def _backups(office: Office) -> Iterator[CareLine]:
    if office.database.file is None:
        yield CareLine("备份", "由数据库服务器的管理员备份；这里可以另存一份副本", NEUTRAL, "backups")
        return
    rows = backup_rows(office)
    sound = [row for row in rows if row.readable]
    if not sound:
        yield CareLine("备份", "这台电脑上还没有备份", WARNING, "backups")
    elif backup_rules(office.home).automatic and sound[0].day < office.today() - _STALE:
        yield CareLine("备份", f"最近的备份是 {sound[0].day} 的，之后没有再做成", WARNING, "backups")
    else:
        yield CareLine("备份", f"有 {len(sound)} 份，最近的是 {sound[0].day}", GOOD, "backups")
    if len(sound) < len(rows):
        yield CareLine("备份", f"有 {len(rows) - len(sound)} 份备份读不出来", WARNING, "backups")


def _logins(office: Office) -> Iterator[CareLine]:
    """Logins of a guarded server, for its administrators."""
    if office.login is None or not office.login.administrator:
        return
    try:
        rows = [row for row in list_logins(office) if not row.shut]
    except NotAllowed:
        return
    left = [row.name for row in rows if row.person_id is not None and not row.here]
    if left:
        yield CareLine("登录名", f"人已离职而登录名还开着：{'、'.join(left[:5])}", BAD, "logins")
    waiting = sum(row.one_time for row in rows)
    told = f"，其中 {waiting} 个还没有改掉一次性密码" if waiting else ""
    yield CareLine("登录名", f"开着 {len(rows)} 个{told}", WARNING if waiting else GOOD, "logins")


def _keys(reading: Reading) -> Iterator[CareLine]:
    known = identities(reading)
    if not known.roots:
        yield CareLine("签名", "没有启用电子签名", NEUTRAL, "keys")
        return
    if known.foreign:
        yield CareLine("签名", "有一把根密钥未经本机确认，请核对打印的指纹", BAD, "keys")
    rows = key_rows(reading)
    waiting = [row.name for row in rows if row.state is CardState.WAITING]
    if waiting:
        yield CareLine("签名", f"等待签发身份证明：{'、'.join(waiting[:5])}", WARNING, "keys")
    good = sum(row.state is CardState.GOOD for row in rows)
    yield CareLine("签名", f"有效的身份证明 {good} 份，已吊销 {len(known.revocations)} 项", GOOD, "keys")


def _people(reading: Reading) -> CareLine:
    count = reading.session.scalar(select(func.count()).select_from(Person).where(Person.active.is_(True))) or 0
    due = due_people(reading)
    if due:
        return CareLine("人员", f"有 {len(due)} 位离职人员的个人信息到了该清除的时候", WARNING, "backups")
    return CareLine("人员", f"在职 {count} 人", GOOD, "people")


def _installations(devices: tuple[DeviceRow, ...]) -> CareLine:
    late = [row.name for row in devices if row.revoked.endswith("仍有保存")]
    if late:
        return CareLine("安装点", f"停用以后仍有保存：{'、'.join(late)}", BAD, "care")
    gone = sum(bool(row.revoked) for row in devices)
    return CareLine("安装点", f"共 {len(devices)} 个" + (f"，已停用 {gone} 个" if gone else ""), GOOD, "care")


def _devices(reading: Reading) -> Iterator[DeviceRow]:
    """The newest writer first."""
    known = identities(reading)
    query = (
        select(Device, Changeset.at, Person.name)
        .outerjoin(Changeset, (Changeset.device_id == Device.id) & (Changeset.seq == Device.seq))
        .outerjoin(Person, Person.id == Changeset.author_id)
    )
    found = [(row[0], *_last(row[1], row[2])) for row in reading.session.execute(query)]
    own = reading.office.home.installation.id
    for device, at, person in sorted(found, key=lambda one: one[1] or one[0].registered_at, reverse=True):
        gone = known.revoked_since(Target.DEVICE, str(device.id))
        revoked = ""
        if gone is not None:
            late = at is not None and at >= gone.since
            revoked = f"自 {moment_text(gone.since)} 起停用{'，此后仍有保存' if late else ''}"
        yield DeviceRow(
            device.id, device.name, device.registered_at, device.seq, at, person, revoked, own=device.id == own
        )


def _last(at: dt.datetime | None, person: str | None) -> tuple[dt.datetime | None, str]:
    return at, person or ""
