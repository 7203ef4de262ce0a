"""Taking a backup back: rehearsed in a copy first, compared with what is there, and only then in its place."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import canonical_text
from desktop.domain.errors import Refusal
from desktop.services.audit import entry_texts
from desktop.services.backups import backup_folder
from desktop.services.clock import Clock
from desktop.services.home import Home
from desktop.services.integrity import RESTORED
from desktop.services.office import Office
from desktop.store.backups import Facts, entry_hashes, read_facts
from desktop.store.copying import Tell
from desktop.store.engine import Database, open_database
from desktop.store.files import half_made, writing_into
from desktop.store.schema import SchemaState, schema_state
from desktop.store.swapping import put_in_place
from desktop.store.tables import Changeset, Device, Person, Setting
from desktop.store.upgrade import upgrade
from desktop.store.verify import Finding, verify

log = logging.getLogger(__name__)

COUNTED = (
    ("project", "项目"), ("filing", "表单"), ("sign_off", "签字"), ("document", "存档文档"), ("person", "人员"),
    ("changeset", "日志"),
)  # fmt: skip
"""What people are told the numbers of, and how it is called."""
SHOWN = 200


@dataclass(frozen=True)
class LostEntry:
    """One entry of the journal that the backup does not have: when, whose, from which installation, what it did.

    ``text`` is empty where the present data is not whole enough to tell.
    """

    at: dt.datetime
    person: str
    device: str
    text: str


@dataclass(frozen=True)
class Rehearsal:
    """What a backup would bring and take, tried out in a copy.

    ``now`` is None where the present data cannot be read; ``lost`` has at most ``SHOWN`` entries, the newest first, of
    ``lost_count``. ``findings`` is what a full check of the copy found; ``upgraded`` says that the copy had to be
    brought up to this program's schema.
    """

    backup: Path
    file: Path
    then: Facts
    now: Facts | None
    lost: tuple[LostEntry, ...]
    lost_count: int
    findings: tuple[Finding, ...]
    upgraded: bool
    copy: Path

    @property
    def sound(self) -> bool:
        """Whether the backup may take the data's place."""
        return not self.findings


def rehearse(backup: Path, file: Path, home: Home, clock: Clock, tell: Tell, *, root: str = "") -> Rehearsal:
    """Try a backup out and throw the copy away: only what came of it stays.

    Raises:
        Refusal: as `rehearsing`.
    """
    with rehearsing(backup, file, home, clock, tell, root=root) as rehearsal:
        return rehearsal


@contextmanager
def rehearsing(
    backup: Path, file: Path, home: Home, clock: Clock, tell: Tell, *, root: str = ""
) -> Iterator[Rehearsal]:
    """Copy a backup beside the present data file, upgrade and check the copy, and compare; the copy is gone at the end.

    ``root`` is the fingerprint of the root key that is pinned on this machine for the office, if one is.

    Raises:
        Refusal: the backup cannot be read, is another office's or a newer program's, or there is no room.
    """
    before = read_facts(backup)
    size = backup.stat().st_size
    with writing_into(file.parent, "没有恢复", room=2 * size), half_made(file.parent, f"restore {file}") as copy:
        tell(0, 4, "复制备份")
        shutil.copyfile(backup, copy)
        upgraded = _bring_up(copy, home, clock, tell)
        tell(2, 4, "核对备份")
        database = open_database(copy)
        try:
            findings = tuple(verify(database, root=root))
        finally:
            database.close()
        tell(3, 4, "与现在的数据比较")
        now = _facts_of(file)
        if now is not None and before.office and now.office != before.office:
            raise Refusal(
                f"“{backup.name}”是“{before.name}”的备份，不是这个办公室的。",
                kept="现在的数据没有改动。",
                todo="要查看它，请把它复制出来，再用“打开其他数据”打开。",
            )
        lost, count = _lost(file, backup, home, clock) if now is not None else ((), 0)
        yield Rehearsal(backup, file, before, now, lost, count, findings, upgraded, copy)


def _bring_up(copy: Path, home: Home, clock: Clock, tell: Tell) -> bool:
    """Upgrade the copy where its schema is older; whether that was needed."""
    database = open_database(copy)
    try:
        if schema_state(database) is not SchemaState.OLDER:
            with database.reading():
                return False
        tell(1, 4, "升级备份")
        with half_made(home.folder, f"rehearsal of {copy}") as aside:
            upgrade(database, aside, clock())
            shutil.rmtree(aside, ignore_errors=True)
        return True
    finally:
        database.close()


def _facts_of(file: Path) -> Facts | None:
    try:
        return read_facts(file) if file.exists() else None
    except Refusal:
        return None


def _lost(file: Path, backup: Path, home: Home, clock: Clock) -> tuple[tuple[LostEntry, ...], int]:
    """The entries of the present journal that the backup does not have, the newest first."""
    known = entry_hashes(backup)
    database = open_database(file)
    try:
        with database.connecting() as connection, Session(connection) as session:
            names = dict(session.execute(select(Person.id, Person.name)).all())
            devices = dict(session.execute(select(Device.id, Device.name)).all())
            query = select(Changeset.id, Changeset.device_id, Changeset.at, Changeset.author_id, Changeset.hash)
            lost = [row for row in session.execute(query.order_by(Changeset.at.desc())) if row.hash not in known]
        texts = _texts(database, home, clock, [row.id for row in lost[:SHOWN]])
    except Refusal:
        return (), 0
    finally:
        database.close()
    shown = [
        LostEntry(row.at, names.get(row.author_id, ""), devices.get(row.device_id, ""), texts.get(row.id, ""))
        for row in lost[:SHOWN]
    ]
    return tuple(shown), len(lost)


def _texts(database: Database, home: Home, clock: Clock, keys: Sequence[UUID]) -> Mapping[UUID, str]:
    """What entries did, in words. A restore is for data that is broken: where it cannot be told, it need not be."""
    try:
        return Office(database, home, clock).read(lambda reading: entry_texts(reading, keys))
    except Exception:
        log.exception("what would be lost is not told in words")
        return {}


def restore(rehearsal: Rehearsal, actor: UUID | None, home: Home, clock: Clock) -> Path | None:
    """Put the rehearsed copy in the data's place; returns where what was there is kept. Nobody may have it open.

    The copy's journal gets an entry that tells of it: from which backup, and how much was given up.

    Raises:
        Refusal: the check found something, or somebody has the data open; it stands as it was.
    """
    if not rehearsal.sound:
        raise Refusal(
            f"“{rehearsal.backup.name}”没有通过核对，不能恢复。", kept="现在的数据没有改动。", todo="请另选一份备份。"
        )
    database = open_database(rehearsal.copy)
    try:
        _note(database, rehearsal, actor, home, clock())
    finally:
        database.close()
    return put_in_place(rehearsal.copy, rehearsal.file, backup_folder(home), home.installation.id, clock())


def _note(database: Database, rehearsal: Rehearsal, actor: UUID | None, home: Home, now: dt.datetime) -> None:
    told = canonical_text(
        {
            "backup": rehearsal.backup.name,
            "at": now.astimezone(dt.UTC).isoformat(),
            "lost": rehearsal.lost_count,
            "heads": {device: seq for device, (seq, _hash) in rehearsal.then.heads.items()},
        }
    )
    with database.writing(actor, home.installation, now) as session:
        note = session.scalars(select(Setting).where(Setting.key == RESTORED)).one_or_none()
        if note is None:
            session.add(Setting(key=RESTORED, text=told))
        else:
            note.text = told
