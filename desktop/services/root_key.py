"""The office's root key: made, unlocked, copied, replaced when it changes hands, and when it was lost."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.identity import KeyLocked, spoken
from desktop.domain.statements import Kind, vouched_for
from desktop.services.changes import Done
from desktop.services.identities import TURN, UNCHANGED, add_statement, identities, need_right, not_the_root
from desktop.services.office import Office, Reading, Work
from desktop.services.seat_keys import Pin
from desktop.store.keys import SecretKey
from desktop.store.locks import take_turn
from desktop.store.signing import statements_of


def found_root(office: Office, actor: UUID, password: str) -> Done[str]:
    """Make the office's first root key on this machine; its fingerprint, to be printed and kept.

    Raises:
        NotAllowed: the actor may not manage the office. Refusal: it has one.
    """
    office.read(lambda reading: _refuse_second(reading, actor))
    with office.keys.making(office.id, password) as secret:

        def write(work: Work) -> None:
            take_turn(work.session, TURN)
            _refuse_second(work, actor)
            add_statement(work, secret, Kind.ROOT, secret.key, {"public": secret.public, "replaces": "", "vouches": []})

        done = office.run(actor, write)
    office.keys.pin(office.id, Pin(secret.key, compared=True))
    return Done(secret.key, done.changes)


def replace_root(office: Office, actor: UUID, password: str, *, lost: bool) -> Done[str]:
    """Make a new root key in the place of the old one, which names it as its successor unless it is lost.

    The new one vouches for what the old one has signed so far. Where the old one was lost, every installation must
    confirm the new one against its printed fingerprint.

    Raises:
        NotAllowed: the actor may not. KeyLocked: the old one is locked. Refusal: there is none.
    """
    old = office.keys.of(office.id)
    if old is None and not lost:
        raise KeyLocked(
            "单位的根密钥还锁着。", kept=UNCHANGED, todo="请先解锁；根密钥丢失的，请选择“已丢失”。", root=True
        )
    before = office.read(lambda reading: _replaced(reading, actor))
    if old is not None and old.key != before:
        raise not_the_root()
    with office.keys.making(office.id, password) as secret:

        def write(work: Work) -> None:
            take_turn(work.session, TURN)
            if _replaced(work, actor) != before:
                raise not_the_root()
            vouches: list[Json] = [*vouched_for(statements_of(work.session), before)]
            says: dict[str, Json] = {"public": secret.public, "replaces": before, "vouches": vouches}
            add_statement(work, secret, Kind.ROOT, secret.key, says)
            if old is not None and not lost:
                add_statement(work, old, Kind.SUCCESSION, secret.key, {"public": secret.public})

        done = office.run(actor, write)
    office.keys.pin(office.id, Pin(secret.key, compared=True))
    return Done(secret.key, done.changes)


def root_notice(reading: Reading) -> str:
    """What every person must hear: the root key is not the one that was confirmed here. Else nothing."""
    known = identities(reading)
    pin = reading.office.keys.pin_of(reading.office.id)
    if pin.key and not known.current:
        return (
            f"警告：本机确认过的单位根密钥（{spoken(pin.key)}）不在数据中，数据可能已被调换。"
            "请先不要签字，并立即告诉项目管理部。"
        )
    if known.foreign:
        marks = "、".join(spoken(key) for key in known.foreign)
        return f"警告：数据中出现了本机没有确认过的根密钥（{marks}）。它签发的身份证明都不算数，请与项目管理部核对。"
    return ""


def confirm_root(reading: Reading, key: str) -> None:
    """Trust that root on this machine from now on: a person compared it with the printed fingerprint.

    Raises:
        Refusal: there is no such root in the data.
    """
    if key not in identities(reading).roots:
        raise Refusal("数据中没有这把根密钥。", kept=UNCHANGED, todo="请刷新后重试。")
    reading.office.keys.pin(reading.office.id, Pin(key, compared=True))


def need_root(work: Work) -> SecretKey:
    """The office's unlocked root key.

    Raises:
        KeyLocked: it is locked. Refusal: it is not on this machine.
    """
    keys = work.office.keys
    secret = keys.of(work.office.id)
    if secret is not None:
        return secret
    if keys.public(work.office.id):
        raise KeyLocked("单位的根密钥还锁着。", kept=UNCHANGED, todo="请输入根密钥的密码后再试。", root=True)
    raise Refusal("单位的根密钥不在这台电脑上。", kept=UNCHANGED, todo="请在持有它的电脑上办理，或先从备份取回根密钥。")


def unlock_root(office: Office, password: str) -> SecretKey:
    """Unlock the root key on this machine.

    Raises:
        Refusal: the password is wrong, or it is not the root that counts.
    """
    secret = office.keys.unlock(office.id, password)
    if secret.key != office.read(identities).current:
        office.keys.lock(office.id)
        raise not_the_root()
    return secret


def take_root_from(office: Office, file: Path, password: str) -> None:
    """Take the root key over from its backup.

    Raises:
        Refusal: the password is wrong, or it is not the root that counts. Damaged: it is no key's file.
    """
    current = office.read(identities).current
    if not current:
        raise Refusal("单位还没有根密钥，或它未经本机确认。", kept=UNCHANGED)
    office.keys.take_from(office.id, file, password, current)


def _replaced(reading: Reading, actor: UUID) -> str:
    need_right(reading, actor)
    current = identities(reading).current
    if not current:
        raise Refusal("单位还没有根密钥，或它未经本机确认。", kept=UNCHANGED, todo="请先核对指纹并确认。")
    return current


def _refuse_second(reading: Reading, actor: UUID) -> None:
    need_right(reading, actor)
    if identities(reading).roots:
        raise Refusal("单位已经有根密钥。", kept=UNCHANGED, todo="要换用新的，请选择“更换根密钥”。")
