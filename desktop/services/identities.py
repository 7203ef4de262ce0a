"""Identities as an office lives with them: make a key, ask for a card, issue it, take it back, grant roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.identity import Card, Identities, KeyLocked, Request, Target, spoken
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.domain.statements import Kind, Statement, moment_text, statement_text, work_out
from desktop.services.changes import Done
from desktop.services.identity_papers import paper_text
from desktop.services.office import Office, Reading, Work, not_allowed
from desktop.services.standing import standing_of
from desktop.store.keys import SecretKey, verify_signature
from desktop.store.locks import take_turn
from desktop.store.signing import statements_of
from desktop.store.tables import Assignment, IdentityRecord, Person

UNCHANGED = "没有作任何改动。"
_DEED = "管理密钥和身份证明"
TURN = "identities"


def identities(reading: Reading) -> Identities:
    """What the office's statements come to on this machine."""
    return reading.office.keys.identities(reading.session, reading.office.id)


# -- a person's own key


def make_key(office: Office, actor: UUID, password: str) -> Done[str]:
    """Make the actor's key, leave it unlocked, and ask for a card; its fingerprint.

    Raises:
        Refusal: the password is too short, or the file cannot be written.
    """
    secret = office.keys.make(actor, password)
    done = office.run(actor, request_card)
    return Done(secret.key, done.changes)


def request_card(work: Work) -> Request:
    """Ask for a card for the actor's unlocked key; a request that stands already is handed back.

    Raises:
        KeyLocked: the key is locked.
    """
    secret = need_key(work)
    standing = _request_for(identities(work), secret.key)
    if standing is not None and standing.person_id == work.actor:
        return standing
    says: dict[str, Json] = {"public": secret.public, "person": str(work.actor), "name": work.actor_name}
    row = add_statement(work, secret, Kind.REQUEST, secret.key, says, person_id=work.actor)
    return Request(row.id, secret.key, secret.public, work.actor, work.actor_name, work.now)


def need_key(work: Work) -> SecretKey:
    """The actor's unlocked key.

    Raises:
        KeyLocked: it is locked. Refusal: there is none on this machine.
    """
    keys = work.office.keys
    secret = keys.of(work.actor)
    if secret is not None:
        return secret
    if keys.public(work.actor):
        raise KeyLocked("您的密钥还锁着。", kept="还没有签字。", todo="请输入密钥的密码后再试。")
    raise Refusal(
        "本单位要求电子签名，而本机没有您的密钥。",
        kept="还没有签字，填写的内容仍在。",
        todo="请到“设置—密钥与签名”做一把密钥，由项目管理部签发身份证明；已有密钥的，请从备份取回。",
    )


def request_paper(reading: Reading, person_id: UUID) -> str:
    """The latest request of a person as a text file, for an office whose data lies elsewhere.

    Raises:
        Refusal: there is none.
    """
    own = [item for item in identities(reading).requests if item.person_id == person_id]
    if not own:
        raise Refusal("还没有做密钥。", kept=UNCHANGED, todo="请先做一把密钥。")
    last = max(own, key=lambda item: item.id)
    lines = (
        "工程项目管理台：密钥请求",
        f"单位：{reading.office.name}",
        f"姓名：{last.name}",
        f"指纹：{spoken(last.key)}",
        "请把这个文件交给项目管理部，并当面或在电话里核对指纹。",
    )
    return paper_text(lines, [one for one in statements_of(reading.session) if one.id == last.id])


def take_paper(work: Work, statements: Sequence[Statement]) -> tuple[Request, ...]:
    """Take over requests, cards and roots from a file; those that are new. Requests come back, to be looked at.

    A root that only claims to replace the trusted one comes along, and waits for a person to compare and confirm it.

    Raises:
        Refusal: one is forged, damaged or of another office, is about somebody who is not here, or comes from a root
            key that is neither trusted on this machine nor replaces one that is.
    """
    there = {(one.text, one.signature) for one in statements_of(work.session)}
    fresh = [one for one in statements if (one.text, one.signature) not in there]
    pin = work.office.keys.pin_of(work.office.id).key
    found = work_out([*statements_of(work.session), *fresh], work.office.id, pin, verify_signature)
    for one in statements:
        fault = found.faults.get(one.id)
        if fault:
            raise _refused(fault)
        if one.kind == Kind.ROOT and pin and not {one.key, found.roots[one.key].replaces} & found.trusted:
            raise _refused("其中的根密钥与本机确认的不是同一把")
    for one in fresh:
        person = work.session.get(Person, one.person_id) if one.person_id else None
        if one.person_id and person is None:
            raise _refused("其中的人员不在本单位")
        row = IdentityRecord(
            kind=one.kind,
            key=one.key,
            person_id=one.person_id,
            text=one.text,
            signed_by=one.signed_by,
            signature=one.signature,
            at=work.now,
        )
        row.id = one.id
        work.session.add(row)
    brought = {one.id for one in statements}
    requests = tuple(item for item in found.requests if item.id in brought)
    for item in requests:
        name = work.session.fetch(Person, item.person_id).name
        if item.name != name:
            raise _refused(f"请求上的姓名“{item.name}”与登记的“{name}”不同")
    return requests


def _refused(why: str) -> Refusal:
    return Refusal(
        f"这份文件不能接受：{why}。",
        kept=UNCHANGED,
        todo="请与对方核对，重新存出后再导入。",
    )


# -- what the root key signs


def issue_card(work: Work, root: SecretKey, request_id: UUID, *, revoke_older: bool) -> Card:
    """Sign a card for the key of a request, good from the moment of the request on.

    The person's older cards are revoked unless both are to be good.

    Raises:
        NotAllowed: the actor may not. Refusal: the root is not the office's, the request is gone or has its card.
    """
    known = _prepare(work, root)
    request = next((item for item in known.requests if item.id == request_id), None)
    if request is None:
        raise Refusal("找不到这份请求。", kept=UNCHANGED, todo="请刷新后重试。")
    if request.key in known.cards or known.revoked_since(Target.CARD, request.key) is not None:
        raise Refusal(
            "这把密钥已经有过身份证明，或者被拒绝了。", kept=UNCHANGED, todo="吊销过的密钥不能再用，请本人另做一把。"
        )
    person = work.session.fetch(Person, request.person_id)
    if not person.active or person.name != request.name:
        raise Refusal(f"请求上的“{request.name}”不是在职人员，或者已经改名。", kept=UNCHANGED, todo="请本人重新申请。")
    if revoke_older:
        for card in known.cards_of(person.id):
            if known.card_holds(card, work.now):
                _revoke(work, root, Target.CARD, card.key, work.now, "换用新的密钥")
    says: dict[str, Json] = {
        "public": request.public,
        "person": str(person.id),
        "name": person.name,
        "since": moment_text(request.at),
    }
    row = add_statement(work, root, Kind.CARD, request.key, says, person_id=person.id)
    return Card(row.id, request.key, request.public, person.id, person.name, request.at)


def card_paper(reading: Reading, key: str) -> str:
    """A card as a text file for a laptop that is away, with the root keys and revocations by which it is judged.

    Raises:
        Refusal: there is no such card.
    """
    known = identities(reading)
    card = next(iter(known.cards.get(key, ())), None)
    if card is None:
        raise Refusal("这把密钥还没有身份证明。", kept=UNCHANGED)
    lines = (
        "工程项目管理台：身份证明",
        f"单位：{reading.office.name}",
        f"姓名：{card.name}",
        f"指纹：{spoken(key)}",
        f"单位根密钥的指纹：{spoken(known.current)}",
    )
    always = {Kind.ROOT, Kind.SUCCESSION, Kind.REVOCATION}
    rows = [one for one in statements_of(reading.session) if one.id not in known.faults]
    return paper_text(lines, [one for one in rows if one.kind in always or (one.kind == Kind.CARD and one.key == key)])


def revoke(work: Work, root: SecretKey, target: Target, key: str, since: dt.datetime, why: str) -> None:
    """Take back a card, a grant or an installation from a moment on; or refuse a request for a card for good.

    Raises:
        NotAllowed: the actor may not.
        Refusal: there is no reason, it is not there or was taken back, or the moment lies ahead.
    """
    known = _prepare(work, root)
    if not why.strip():
        raise Refusal("请写明吊销的原因。", kept=UNCHANGED)
    if since > work.now:
        raise Refusal("吊销的时间还没有到。", kept=UNCHANGED, todo="请填写现在或更早的时间。")
    asked = {item.key for item in known.requests}
    there = {Target.CARD: {*known.cards, *asked}, Target.GRANT: {str(item.id) for item in known.grants}}
    if key not in there.get(target, {key}):
        raise Refusal("找不到要吊销的对象。", kept=UNCHANGED, todo="请刷新后重试。")
    earlier = known.revoked_since(target, key)
    if earlier is not None and earlier.since <= since:
        raise Refusal(
            f"它已经自 {earlier.since.astimezone():%Y-%m-%d %H:%M} 起吊销。", kept=UNCHANGED, todo="请刷新后查看。"
        )
    _revoke(work, root, target, key, since, why.strip())


def grant_roles(work: Work, root: SecretKey, assignments: Sequence[UUID]) -> int:
    """Sign grants of these roles as they are assigned; how many.

    Raises:
        NotAllowed: the actor may not. Refusal: one of them is gone.
    """
    _prepare(work, root)
    for key in assignments:
        row = work.session.fetch(Assignment, key)
        says: dict[str, Json] = {
            "assignment": str(row.id),
            "person": str(row.person_id),
            "role": row.role_key,
            "department": str(row.department_id) if row.department_id else "",
            "project": str(row.project_id) if row.project_id else "",
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else "",
        }
        add_statement(work, root, Kind.GRANT, "", says, person_id=row.person_id)
    return len(assignments)


def need_right(reading: Reading, actor: UUID) -> None:
    """Go on only with the right to care for keys.

    Raises:
        NotAllowed: the policy does not give it.
    """
    if not may(reading.policy, standing_of(reading.session, actor, reading.today), Action.MANAGE_OFFICE, OFFICE):
        raise not_allowed(reading, Action.MANAGE_OFFICE, "*", _DEED)


def _prepare(work: Work, root: SecretKey) -> Identities:
    """One at a time, by who may, with the root key that counts."""
    work.need(Action.MANAGE_OFFICE, what=_DEED)
    take_turn(work.session, TURN)
    known = identities(work)
    if root.key != known.current:
        raise not_the_root()
    return known


def not_the_root() -> Refusal:
    """What is said of a key that is not the root that counts."""
    return Refusal(
        "这不是单位现行的根密钥。", kept=UNCHANGED, todo="请从备份取回现行的根密钥，或在持有它的电脑上办理。"
    )


def _request_for(known: Identities, key: str) -> Request | None:
    return next((item for item in known.requests if item.key == key), None)


def _revoke(work: Work, root: SecretKey, target: Target, key: str, since: dt.datetime, why: str) -> None:
    says: dict[str, Json] = {"of": target.value, "target": key, "since": moment_text(since), "why": why}
    add_statement(work, root, Kind.REVOCATION, key, says)


def add_statement(
    work: Work, by: SecretKey, kind: Kind, key: str, says: Mapping[str, Json], *, person_id: UUID | None = None
) -> IdentityRecord:
    """Write down a statement, signed."""
    text = statement_text(work.office.id, kind, work.now, says)
    row = IdentityRecord(
        kind=kind.value,
        key=key,
        person_id=person_id,
        text=text,
        signed_by=by.key,
        signature=by.sign(text),
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row
