"""Whether the office's journal still holds what was seen of it: at opening in a moment, by paper, and as a whole."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.services.office import Office, Reading, Work
from desktop.store.heads import CODE, Printed, Seen, heads_of, lacking, newest_seal
from desktop.store.sessions import OfficeSession
from desktop.store.tables import Setting

RESTORED = "restored"
"""The key of the setting by which a restoring tells of itself (see `desktop.services.restoring`)."""
_LEAST = 8
_PRINTED = re.compile(r"(\d{1,15})[:：\s]+([0-9a-f\s]+)", re.IGNORECASE)


def look_at_heads(office: Office) -> list[Seen]:
    """What this machine has seen of the chains and does not find any more; where all is there, remember their ends.

    A restoring that tells of itself in the journal explains what it gave up.
    """
    with office.database.reading() as session:
        missing = lacking(session.connection(), _unexplained(session, office.anchors.seen()))
        heads = heads_of(session.connection())
    if not missing:
        office.anchors.note(heads, office.now())
    return missing


def heads_to_find(office: Office) -> tuple[Seen, ...]:
    """What this machine has seen of the chains, without what a restoring gave up."""
    with office.database.reading() as session:
        return _unexplained(session, office.anchors.seen())


def _unexplained(session: OfficeSession, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    told = restoring_of(session)
    if told is None:
        return tuple(seen)
    at, heads = told
    return tuple(one for one in seen if one.at is None or one.at > at or one.head.seq <= heads.get(one.head.device, 0))


def restoring_of(session: OfficeSession) -> tuple[dt.datetime, dict[str, int]] | None:
    """When a backup was restored last, and where the chains ended in it, by device; None where none was."""
    text = session.scalar(select(Setting.text).where(Setting.key == RESTORED))
    try:
        match read_canonical(text or "null"):
            case {"at": str(at), "heads": dict(heads)}:
                ends = {str(UUID(device)): seq for device, seq in heads.items() if isinstance(seq, int)}
                return dt.datetime.fromisoformat(at), ends
    except ValueError:
        return None
    return None


def heads_notice(missing: Sequence[Seen]) -> str:
    """What is said at opening of data that lacks what was seen in it; empty where nothing is missing."""
    if not missing:
        return ""
    one = missing[0]
    more = f"等 {len(missing)} 处" if len(missing) > 1 else ""
    return (
        f"这份数据缺少本机见过的记录（安装点“{one.head.name}”的日志第 {one.head.seq} 条{more}）：它可能是较早的备份。"
        "确是有意换回的，请在“设置 → 管理”中确认；否则请不要继续办理，先核对数据。"
    )


def accept_heads(work: Work) -> None:
    """Find right, on this machine, that the chains lack what was seen of them: a backup was taken back on purpose.

    Raises:
        NotAllowed: the actor may not manage the office. Refusal: it cannot be kept.
    """
    work.need(Action.MANAGE_OFFICE, what="确认换回的数据")
    office = work.office
    office.anchors.accept(heads_of(work.session.connection()), work.now)
    office.missing_heads = []


def seal_words(reading: Reading) -> str:
    """The newest seal as it stands on the weekly list; empty where the journal is not to be read or empty."""
    seal = newest_seal(reading.session.connection())
    return "" if seal is None else f"流水校验：{seal.number}:{seal.code}（凭它可在“设置 → 管理”核对此前的记录有无改动）"


def read_printed(text: str) -> Printed:
    """The seal that somebody copied from paper, ``358:3f9a1c2b7d4e88aa``; spaces do not count.

    Raises:
        Refusal: it is none, or too short to prove anything.
    """
    told = _PRINTED.fullmatch(text.strip())
    code = "".join(told[2].split()).lower() if told else ""
    if told is None or not _LEAST <= len(code) <= 4 * CODE:
        raise Refusal(
            f"“{text.strip()}”不是流水校验。", todo=f"请照周二通报上的样子填写：序号、冒号、{CODE} 位校验码。"
        )
    return Printed(int(told[1]), code)
