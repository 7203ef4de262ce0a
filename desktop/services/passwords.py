"""Passwords of servers, remembered in the system's own keyring and nowhere else: never in a file of this program."""

from __future__ import annotations

import logging

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringError, PasswordDeleteError

from desktop import NAME
from desktop.domain.server_place import server_place

_UNSAFE = "keyrings.alt"  # plain files
_KEEPERS = (
    ("keyring.backends.Windows", "Windows 凭据管理器"),
    ("keyring.backends.macOS", "macOS 钥匙串"),
    ("keyring.backends.SecretService", "系统密钥环"),
    ("keyring.backends.libsecret", "系统密钥环"),
    ("keyring.backends.kwallet", "KDE 钱包"),
)
log = logging.getLogger(__name__)


def keeper() -> str:
    """What this system's keyring is called; empty where there is none, so that a password is asked for each time."""
    found = _keyring()
    if found is None:
        return ""
    module = type(found).__module__
    return next((words for name, words in _KEEPERS if module.startswith(name)), "系统密钥环")


def recall(target: str) -> str:
    """The password that was remembered for a server's URL; empty where there is none."""
    entry, found = _entry(target), _keyring()
    if found is None or not entry:
        return ""
    try:
        return found.get_password(NAME, entry) or ""
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("the keyring does not answer: %s", type(error).__name__)
        return ""


def keep(target: str, password: str) -> bool:
    """Remember a password for a server's URL; whether that was done."""
    entry, found = _entry(target), _keyring()
    if found is None or not entry:
        return False
    try:
        found.set_password(NAME, entry, password)
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("the keyring does not take a password: %s", type(error).__name__)
        return False
    return True


def forget(target: str) -> None:
    """Remember none any more for a server's URL."""
    entry, found = _entry(target), _keyring()
    if found is None or not entry:
        return
    try:
        found.delete_password(NAME, entry)
    except PasswordDeleteError:
        return  # there was none
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("the keyring does not forget a password: %s", type(error).__name__)


def _entry(target: str) -> str:
    place = server_place(target)
    return f"{place.login}@{place.host}:{place.port}/{place.database}" if place and place.login else ""


def _keyring() -> KeyringBackend | None:
    """The system's keyring, unless it is none or would write passwords into files."""
    try:
        found = keyring.get_keyring()
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("there is no keyring: %s", type(error).__name__)
        return None
    for one in getattr(found, "backends", [found]):  # several in a chain
        if not isinstance(one, fail.Keyring | null.Keyring) and not type(one).__module__.startswith(_UNSAFE):
            return one  # type: ignore[no-any-return]
    return None
