"""Electronic signatures: the statements about keys, then sign-offs and headers by what the statements come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.identity import Claim, Identities, Reason, Target, Verdict, judge, read_mark, spoken
from desktop.domain.statements import Statement, first_seen, work_out
from desktop.store.keys import verify_signature
from desktop.store.signing import REQUIRED, header_claim, sign_off_text, signature_fate, statements_of
from desktop.store.tables import Change, Changeset, Device, Filing, Office, Setting, SignOff, table_of
from desktop.store.verify.finding import TITLES, Finding, place_of

_AT_ONCE = 2000


def check_signatures(session: Session, root: str = "") -> Iterator[Finding]:
    """Verify everything that is signed; ``root`` is the root key pinned on this machine, by default the first seen."""
    office = session.scalar(select(Office.id))
    if office is None:
        return
    statements = statements_of(session)
    pinned = root or first_seen(statements, office, verify_signature)
    known = work_out(statements, office, pinned, verify_signature)
    yield from _check_statements(statements, known, root)
    yield from _check_sign_offs(session, known)
    yield from _check_headers(session, known)
    yield from _check_revoked(session, known)


def _check_statements(statements: list[Statement], known: Identities, root: str) -> Iterator[Finding]:
    title, table = TITLES["identity_record"], "identity_record"
    for one in statements:
        if one.id in known.faults:
            where = f"{title} {spoken(one.key)}".strip()
            yield Finding(where, f"身份登记不算数：{known.faults[one.id]}。", table, str(one.id))
    if root and root not in known.roots:
        what = "本机确认过的根密钥不在数据中：请与打印的指纹核对，数据可能已被调换。"
        yield Finding(f"{title} {spoken(root)}", what, table)
    for key in known.foreign:
        what = "有一把根密钥未经本机确认：请与打印的指纹核对。"
        yield Finding(f"{title} {spoken(key)}", what, table)


def _check_sign_offs(session: Session, known: Identities) -> Iterator[Finding]:
    required = _required_since(session)
    query = select(*table_of(SignOff).c, Filing.number, Filing.title).join(Filing, Filing.id == SignOff.filing_id)
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if row.signature:
            whose = row.recorded_by if row.on_paper else row.signer_id
            verdict = _judge(known, Claim(_text(row), row.signature, whose, row.at))
        elif required is not None and row.at >= required:
            verdict = Verdict(Reason.UNSIGNED)
        else:
            continue
        if not verdict.verified:
            where = f"{place_of('filing', {'number': row.number, 'title': row.title})} {row.signer_name}的签字"
            yield Finding(where, f"电子签名未能验证：{verdict.words}。", "sign_off", str(row.id))


def _judge(known: Identities, claim: Claim) -> Verdict:
    """As readers judge it; but what a key signs that still waits for its card is not wrong.

    Nor is what was signed in good faith before anybody knew that the key had to be revoked, or when the card ended.
    """
    verdict = judge(known, claim, verify_signature)
    if verdict.reason in {Reason.REVOKED, Reason.NOT_YET, Reason.EXPIRED}:
        return Verdict(Reason.VERIFIED)
    mark = read_mark(claim.mark)
    if verdict.reason is Reason.NO_CARD and mark is not None:
        asked = [one.public for one in known.requests if (one.key, one.person_id) == (mark[0], claim.person_id)]
        if asked:
            fits = verify_signature(asked[0], claim.text, mark[1])
            return Verdict(Reason.VERIFIED if fits else Reason.WRONG)
    return verdict


def _text(row: object) -> str:
    """What was signed; a row of which a column is of another kind cannot have been signed as it is."""
    try:
        return sign_off_text(row)
    except Refusal:
        return ""


def _required_since(session: Session) -> dt.datetime | None:
    text = session.scalar(select(Setting.text).where(Setting.key == REQUIRED))
    told = read_canonical(text) if text else None
    return dt.datetime.fromisoformat(told) if isinstance(told, str) else None


def _check_headers(session: Session, known: Identities) -> Iterator[Finding]:
    names = dict(session.execute(select(Device.id, Device.name)).all())
    query = select(Changeset.id, Changeset.device_id, Changeset.seq, Changeset.author_id, Changeset.at)
    query = query.add_columns(Changeset.hash, Changeset.header, Changeset.signature)
    query = query.order_by(Changeset.device_id, Changeset.seq)
    gone = {key for target, key in known.revocations if target is Target.DEVICE}
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        where = f"安装点“{names.get(row.device_id, row.device_id)}”的日志第 {row.seq} 条"
        if fate := signature_fate(row.header, row.signature):
            yield Finding(where, fate, "changeset", str(row.id))
        elif row.signature:
            claim = Claim(header_claim(row.hash), row.signature, row.author_id, row.at)
            verdict = _judge(known, claim)
            if not verdict.verified:
                yield Finding(where, f"电子签名未能验证：{verdict.words}。", "changeset", str(row.id))
        if str(row.device_id) in gone:
            revoked = known.revoked_since(Target.DEVICE, str(row.device_id))
            if revoked is not None and row.at >= revoked.since:
                what = f"安装点已自 {revoked.since.astimezone():%Y-%m-%d %H:%M} 起停用，而它此后仍有保存。"
                yield Finding(where, what, "changeset", str(row.id))


def _check_revoked(session: Session, known: Identities) -> Iterator[Finding]:
    """What a revoked key has signed after its revocation was written down, whatever time it claims to be of."""
    for (target, key), revocations in known.revocations.items():
        if target is not Target.CARD:
            continue
        ids = [str(item.id) for item in revocations]
        written = select(Changeset.lamport).join(Change, Change.changeset_id == Changeset.id)
        written = written.where(Change.entity == "identity_record", Change.entity_id.in_(ids))
        first = min(session.scalars(written), default=None)
        since = min(item.since for item in revocations)
        if first is None:
            continue
        later = select(Changeset).where(Changeset.signature != "", Changeset.lamport > first)
        for row in session.scalars(later):
            mark = read_mark(row.signature)
            if mark is not None and mark[0] == key:
                doubt = "，写明的时间却在吊销之前：时间可能是倒填的" if row.at < since else ""
                what = f"签名的密钥在保存之前已经吊销{doubt}。"
                yield Finding(f"日志第 {row.seq} 条", what, "changeset", str(row.id))
