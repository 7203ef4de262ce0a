"""Backups of the open office: by themselves once a day, on demand, and how many of them stay."""

from __future__ import annotations

import datetime as dt
import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.rotation import Keeping, kept_days
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.promotion import copy_refusal
from desktop.store.backups import AUTOMATIC, BY_HAND, Backup, back_up, back_up_server, list_backups, newest_first
from desktop.store.copying import Tell
from desktop.store.heads import heads_of
from desktop.store.writable import reason, write_whole, writing_error

_FILE = "backups.json"
_MOST = 366
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackupRules:
    """How this machine keeps backups: where (empty: in the program's own folder), whether by itself, how many."""

    folder: str = ""
    automatic: bool = True
    keeping: Keeping = field(default_factory=Keeping)


def backup_rules(home: Home) -> BackupRules:
    """The rules of this machine; the usual ones where nothing was set or it cannot be read."""
    try:
        told = json.loads((home.folder / _FILE).read_text(encoding="utf-8"))
        return BackupRules(str(told["folder"]), bool(told["automatic"]), Keeping(**told["keeping"]))
    except (OSError, ValueError, KeyError, TypeError):
        return BackupRules()


def set_backup_rules(home: Home, rules: BackupRules) -> None:
    """Keep other rules for this machine.

    Raises:
        Refusal: a number makes no sense, the folder cannot be written, or the rules cannot be kept.
    """
    keeping = rules.keeping
    if not 1 <= keeping.days <= _MOST or not all(0 <= one <= _MOST for one in (keeping.weeks, keeping.months)):
        raise Refusal("份数应在 1 到 366 之间（周、月可以是 0）。", kept="原来的设置没有改动。", todo="请更正份数。")
    if rules.folder:
        folder = Path(rules.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            error = writing_error(folder)
        except OSError as caught:
            error = caught
        if error is not None:
            raise Refusal(
                f"备份文件夹“{folder}”不能使用：{reason(error)}。",
                kept="原来的设置没有改动。",
                todo="请另选一个可以写入的文件夹。",
            )
    try:
        write_whole(home.folder / _FILE, json.dumps(asdict(rules), ensure_ascii=False))
    except OSError as error:
        raise Refusal("备份的设置保存不了。", kept="原来的设置没有改动。", details=str(error)) from error


def backup_folder(home: Home) -> Path:
    """Where this machine keeps backups."""
    own = backup_rules(home).folder
    return Path(own) if own else home.backups


def office_backups(office: Office) -> list[Backup]:
    """The backups of this office on this machine, the newest first; also those of its name that cannot be read."""
    home = office.home
    folders = dict.fromkeys((backup_folder(home), home.backups))  # what was made before an upgrade always lies there
    found = [backup for folder in folders for backup in list_backups(folder) if _is_of(office, backup)]
    return newest_first(found)


@dataclass(frozen=True)
class BackupRow:
    """A backup as lists show it; ``size`` in bytes, the numbers and ``last_change`` empty where it cannot be read."""

    file: Path
    kind: str
    day: dt.date
    size: int
    readable: bool
    last_change: str
    schema: str
    projects: str
    filings: str


def backup_rows(office: Office) -> list[BackupRow]:
    """The backups of this office on this machine as lists show them, the newest first."""
    return [_row(backup) for backup in office_backups(office)]


def _row(backup: Backup) -> BackupRow:
    facts = backup.facts
    row = BackupRow(backup.file, backup.kind, backup.day, backup.size, facts is not None, "读不出来", "", "", "")
    if facts is None:
        return row
    last = f"{facts.last_change.astimezone():%Y-%m-%d %H:%M}" if facts.last_change else ""
    projects, filings = (f"{facts.counts.get(name, 0):,}" for name in ("project", "filing"))
    return replace(row, last_change=last, schema=facts.schema, projects=projects, filings=filings)


def _is_of(office: Office, backup: Backup) -> bool:
    if backup.facts is not None:
        return backup.facts.office.replace("-", "") == office.id.hex
    file = office.database.file
    return backup.file.name.startswith(f"{file.stem if file else office.database.url.database}-")


def back_up_now(office: Office, actor: UUID, tell: Tell, *, rotating: bool = False) -> Path:
    """Make a checked backup by hand; of a server's data by whoever sees everything. Returns its path.

    A ``rotating`` one counts as automatic: afterwards those that this machine's rules do not keep are removed.

    Raises:
        NotAllowed: the data is a server's, and the actor does not see everything.
        Refusal: it cannot be written, or does not hold.
    """
    kind = AUTOMATIC if rotating else BY_HAND
    made = _back_up(office, actor, tell, kind)
    if rotating:
        rotate(office)
    return made


def _back_up(office: Office, actor: UUID, tell: Tell, kind: str) -> Path:
    folder, database = backup_folder(office.home), office.database
    if database.file is not None:
        return back_up(database.file, folder, f"{database.schema_no:04d}", office.now(), kind=kind)
    if refusal := office.read(lambda reading: copy_refusal(reading, actor)):
        raise NotAllowed(
            refusal, kept="没有备份任何内容。", todo="请由他们来备份，或由服务器管理员用服务器的工具备份。"
        )
    return back_up_server(database, folder, office.now(), tell, kind=kind)


def back_up_if_due(office: Office) -> Path | None:
    """Make today's backup of a data file, if that is this machine's rule, it has none yet, and something has changed.

    Afterwards those of its own backups that are too old are removed. None where nothing was to be done.

    Raises:
        Refusal: it cannot be written, or does not hold.
    """
    rules, file = backup_rules(office.home), office.database.file
    if not rules.automatic or file is None:
        return None
    known = office_backups(office)
    own = [backup for backup in known if backup.kind == AUTOMATIC]
    if any(backup.day >= office.today() and backup.facts for backup in own) or not _has_changed(office, known):
        return None
    schema = f"{office.database.schema_no:04d}"
    made = back_up(file, backup_folder(office.home), schema, office.now(), kind=AUTOMATIC)
    rotate(office)
    return made


def _has_changed(office: Office, known: list[Backup]) -> bool:
    """Whether the journal has gone on since the newest backup that can be read."""
    newest = next((backup.facts for backup in known if backup.facts is not None), None)
    if newest is None:
        return True
    with office.database.connecting() as connection:
        heads = {UUID(head.device).hex: (head.seq, head.hash) for head in heads_of(connection)}
    return heads != dict(newest.heads)


def rotate(office: Office) -> list[Path]:
    """Remove those automatic backups of this office that this machine's rules do not keep; returns what went.

    What was made by hand or before an upgrade or a restoring is never removed, nor what cannot be read.
    """
    own = [backup for backup in office_backups(office) if backup.kind == AUTOMATIC and backup.facts is not None]
    kept = kept_days((backup.day for backup in own), backup_rules(office.home).keeping)
    gone = [backup.file for backup in own if backup.day not in kept]
    for file in gone:
        with suppress(OSError):
            file.unlink()
            log.info("an old backup was removed: %s", file.name)
    return gone
