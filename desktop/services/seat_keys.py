"""The keys of this seat: kept in files under passwords, unlocked in memory alone; and the root that is pinned here."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.errors import Refusal
from desktop.domain.identity import Identities, Target
from desktop.domain.statements import first_seen, work_out
from desktop.services.home import Home
from desktop.store.ids import new_id
from desktop.store.keys import SecretKey, keep, make_secret, public_of, unlock, unlocked, verify_signature
from desktop.store.sessions import ReadSession, WriteSession
from desktop.store.signing import statements_of
from desktop.store.tables import IdentityRecord
from desktop.store.writable import write_whole

_PINS = "roots.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pin:
    """The root key that this installation trusts in an office; ``compared`` tells that a person compared it."""

    key: str
    compared: bool = False


class SeatKeys:
    """What this seat knows of keys. Unlocked ones are forgotten when the screen is locked or the program ends."""

    def __init__(self, home: Home) -> None:
        self.folder = home.folder / "keys"
        self._open: dict[UUID, SecretKey] = {}
        self._known: tuple[tuple[UUID, int, UUID | None, str], Identities] | None = None

    # -- keys; ``owner`` is a person, or the office for its root key

    def file(self, owner: UUID) -> Path:
        """Where a key lies."""
        return self.folder / f"{owner}.key"

    def public(self, owner: UUID) -> str:
        """The public key, which needs no password; empty where there is no key here.

        Raises:
            Damaged: its file cannot be read.
        """
        return public_of(self.file(owner))

    def of(self, owner: UUID) -> SecretKey | None:
        """The unlocked key."""
        return self._open.get(owner)

    @contextmanager
    def making(self, owner: UUID, password: str) -> Iterator[SecretKey]:
        """Make a key and leave it unlocked, if what is done with it in the context succeeds; else all is as before.

        A key that was there is set aside.

        Raises:
            Refusal: the password is too short, or the file cannot be written.
        """
        secret = make_secret()
        content = secret.locked_with(password)
        file, aside = self.file(owner), self.folder / f"{owner}.{new_id()}.old"
        try:
            if file.exists():
                file.replace(aside)
        except OSError as error:
            raise Refusal(f"不能替换密钥文件“{file}”。", kept="原来的密钥没有改动。", details=str(error)) from error
        try:
            keep(file, content)
            yield secret
        except BaseException:
            file.unlink(missing_ok=True)
            if aside.exists():
                aside.replace(file)
            raise
        self._open[owner] = secret

    def make(self, owner: UUID, password: str) -> SecretKey:
        """Make a key and leave it unlocked; one that was there is set aside.

        Raises:
            Refusal: the password is too short, or the file cannot be written.
        """
        with self.making(owner, password) as secret:
            return secret

    def unlock(self, owner: UUID, password: str) -> SecretKey:
        """Unlock a key until the screen is locked.

        Raises:
            Refusal: the password is wrong, or there is no key here.
            Damaged: its file cannot be read.
        """
        secret = unlock(self.file(owner), password)
        self._open[owner] = secret
        return secret

    def change_password(self, owner: UUID, old: str, new: str) -> None:
        """Give a key another password.

        Raises:
            Refusal: the old one is wrong, the new one too short, or the file cannot be written.
        """
        keep(self.file(owner), unlock(self.file(owner), old).locked_with(new))

    def copy_to(self, owner: UUID, file: Path) -> None:
        """Copy a key's file, still under its password, to be kept in a safe place or carried to another machine.

        Raises:
            Refusal: there is none, or the copy cannot be written.
        """
        self.public(owner)
        if not self.file(owner).exists():
            raise Refusal("本机没有这把密钥。", kept="没有作任何改动。")
        keep(file, self.file(owner).read_bytes())

    def take_from(self, owner: UUID, file: Path, password: str, expected: str) -> None:
        """Take a key over from a copy, if it is the one with the fingerprint ``expected`` (empty: any).

        Raises:
            Refusal: the password is wrong, or it is another key. Damaged: it is no key's file.
        """
        try:
            content = file.read_bytes()
        except OSError as error:
            raise Refusal(f"“{file}”读不出来。", kept="没有作任何改动。", details=str(error)) from error
        secret = unlocked(content, password, file)
        if expected and secret.key != expected:
            raise Refusal("这个文件里是另一把密钥。", kept="没有作任何改动。", todo="请核对指纹，另选文件。")
        keep(self.file(owner), content)
        self._open[owner] = secret

    def lock(self, owner: UUID | None = None) -> None:
        """Forget the unlocked keys, or that of one owner."""
        if owner is None:
            self._open.clear()
        else:
            self._open.pop(owner, None)

    # -- the root that is trusted here

    def pin_of(self, office: UUID) -> Pin:
        """The root pinned in that office; an empty key where none was seen yet or the note is unreadable."""
        told = self._pins().get(str(office))
        if not isinstance(told, Mapping):
            return Pin("")
        return Pin(str(told.get("root") or ""), told.get("compared") is True)

    def pin(self, office: UUID, pin: Pin) -> None:
        """Trust that root from now on.

        Raises:
            Refusal: it cannot be noted.
        """
        pins = {**self._pins(), str(office): {"root": pin.key, "compared": pin.compared}}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / _PINS, json.dumps(pins))
        except OSError as error:
            raise Refusal(
                "本机不能记住单位的根密钥。", todo="请检查程序文件夹能否写入。", details=str(error)
            ) from error

    def _pins(self) -> dict[str, object]:
        try:
            told = json.loads((self.folder / _PINS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    # -- the office's identities

    def identities(self, session: ReadSession | WriteSession, office: UUID) -> Identities:
        """What the office's statements come to here; worked out again when there are more, or another root counts.

        The first root that is ever seen is pinned as it is, and a successor that a pinned one has named.
        """
        last = session.scalar(select(IdentityRecord.id).order_by(IdentityRecord.id.desc()).limit(1))
        if last is None:
            return Identities()
        count = session.scalar(select(func.count()).select_from(IdentityRecord)) or 0
        pin, known = self.pin_of(office), self._known
        if known is not None and known[0] == (office, count, last, pin.key):
            return known[1]
        statements = statements_of(session)
        seen = pin if pin.key else Pin(first_seen(statements, office, verify_signature))
        found = work_out(statements, office, seen.key, verify_signature)
        pinned = Pin(found.current or seen.key, seen.compared)
        if pinned != pin:
            try:
                self.pin(office, pinned)
            except Refusal:
                _log.warning("the root key cannot be pinned", exc_info=True)
        self._known = (office, count, last, pinned.key), found
        return found

    def signer(self, session: ReadSession | WriteSession, office: UUID, person: UUID) -> SecretKey | None:
        """The person's unlocked key, unless its card was revoked: what it signed would only cast doubt."""
        secret = self.of(person)
        if secret is None or self.identities(session, office).revoked_since(Target.CARD, secret.key) is not None:
            return None
        return secret
