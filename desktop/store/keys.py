"""Ed25519 keys: made, kept in password-protected OpenSSH files, and used to sign and to verify.

The library is loaded when a key is first needed: most starts need none.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.errors import Damaged, Refusal
from desktop.domain.identity import fingerprint, mark_text
from desktop.store.writable import reason

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_HEAD, _TAIL = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"
_WORD = 4
_KIND = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
_MOST_ROUNDS = 200
SHORTEST = 8
ROUNDS = 28
"""Rounds of bcrypt_pbkdf: some 0.2 s for each password that is tried."""


class SecretKey:
    """An unlocked key; it lives in memory alone."""

    def __init__(self, secret: Ed25519PrivateKey) -> None:
        self._secret = secret
        self.public = secret.public_key().public_bytes_raw().hex()
        self.key = fingerprint(self.public)

    def sign(self, text: str) -> str:
        """The signature over a text, hexadecimal."""
        return self._secret.sign(text.encode("utf-8")).hex()

    def mark(self, text: str) -> str:
        """The signature over a text as it stands in a column."""
        return mark_text(self.key, self.sign(text))

    def locked_with(self, password: str) -> bytes:
        """The key as an OpenSSH file that only this password opens.

        Raises:
            Refusal: the password is too short.
        """
        from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

        if len(password) < SHORTEST:
            raise Refusal(f"密钥的密码至少要 {SHORTEST} 个字符。", kept="没有作任何改动。")
        lock = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(ROUNDS).build(password.encode("utf-8"))
        return self._secret.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock)


def make_secret() -> SecretKey:
    """A new key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SecretKey(Ed25519PrivateKey.generate())


def verify_signature(public: str, text: str, signature: str) -> bool:
    """Whether a signature over a text is that of a public key (all hexadecimal); nonsense is not."""
    from cryptography.exceptions import InvalidSignature

    try:
        _public(public).verify(bytes.fromhex(signature), text.encode("utf-8"))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _public(public: str) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))


def keep(file: Path, content: bytes) -> None:
    """Write a key's file whole or not at all, for its owner's eyes where the disk knows owners.

    Raises:
        Refusal: it cannot be written; what was there before stands.
    """
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            partial.unlink()
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise Refusal(
            f"密钥文件“{file}”保存不了：{reason(error)}。",
            kept="原来的密钥没有改动。",
            todo="请检查该文件夹能否写入。",
            details=str(error),
        ) from error


def public_of(file: Path) -> str:
    """The public key of a key's file, which needs no password; empty where there is no such file.

    Raises:
        Damaged: it is no such file, or damaged.
    """
    try:
        return _public_in(file.read_bytes()) if file.exists() else ""
    except (OSError, ValueError) as error:
        raise _damaged(file, str(error)) from error


def unlock(file: Path, password: str) -> SecretKey:
    """Open a key's file.

    Raises:
        Refusal: there is none, or the password is wrong.
        Damaged: it is no such file, or damaged.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise Refusal(f"找不到密钥文件“{file}”。", todo="请从备份取回，或另做一把密钥。") from error
    except OSError as error:
        raise _damaged(file, str(error)) from error
    return unlocked(content, password, file)


def unlocked(content: bytes, password: str, file: Path) -> SecretKey:
    """Open what stands in a key's file; ``file`` names it in messages.

    Raises:
        Refusal: the password is wrong.
        Damaged: it is no such file, or damaged.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    try:
        public = _public_in(content)
        secret = load_ssh_private_key(content, password.encode("utf-8"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if "checksum" in str(error):  # the one thing that a wrong password and a damaged secret part have in common
            raise Refusal(
                "密钥的密码不对。",
                kept="没有作任何改动。",
                todo="请再试一次。忘了密码的，请另做一把密钥并重新申请身份证明，旧的会被吊销。",
            ) from error
        raise _damaged(file, str(error)) from error
    if not isinstance(secret, Ed25519PrivateKey):
        raise _damaged(file, type(secret).__name__)
    made = SecretKey(secret)
    if made.public != public:
        raise _damaged(file, "the public part belongs to another key")
    return made


def _public_in(content: bytes) -> str:
    """The public key, which stands unencrypted in an OpenSSH file.

    Raises:
        ValueError: it is no such file, no Ed25519 key, or has no password.
    """
    import base64

    text = content.strip()
    if not (text.startswith(_HEAD) and text.endswith(_TAIL)):
        raise ValueError("not an OpenSSH private key")
    data = base64.b64decode(b"".join(text[len(_HEAD) : -len(_TAIL)].split()), validate=True)
    if not data.startswith(_MAGIC):
        raise ValueError("not openssh-key-v1")
    cipher, place = _string(data, len(_MAGIC))
    _kdf, place = _string(data, place)
    options, place = _string(data, place)
    public, _end = _string(data, place + _WORD)
    if data[place : place + _WORD] != b"\0\0\0\1" or not public.startswith(_KIND) or len(public) != len(_KIND) + 32:
        raise ValueError("not one Ed25519 key")
    if cipher == b"none":
        raise ValueError("not protected by a password")
    if int.from_bytes(options[-_WORD:]) > _MOST_ROUNDS:
        raise ValueError("trying a password would take for ever")
    return public[len(_KIND) :].hex()


def _string(data: bytes, place: int) -> tuple[bytes, int]:
    """A string with its length before it, and where the next one begins."""
    start = place + _WORD
    end = start + int.from_bytes(data[place:start])
    if end > len(data):
        raise ValueError("cut short")
    return data[start:end], end


def _damaged(file: Path, details: str) -> Damaged:
    return Damaged(
        f"“{file.name}”不是本程序的密钥文件，或者已经损坏。",
        kept="数据没有受影响。",
        todo="请从备份取回密钥文件；没有备份的，请另做一把密钥并重新申请身份证明。",
        details=f"{file}: {details}",
    )
