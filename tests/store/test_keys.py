"""Key files: OpenSSH private keys under a password, and whatever else such a file may hold."""

import subprocess
from pathlib import Path
from shutil import which
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.domain.errors import Damaged, Refusal
from desktop.domain.identity import read_mark
from desktop.services.home import Home
from desktop.services.identity_papers import read_paper, read_paper_file
from desktop.services.seat_keys import SeatKeys
from desktop.store.keys import keep, make_secret, public_of, unlock, verify_signature

OWN, PERSON = "自己的密码 2026", UUID(int=7)


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is the library's affair; here one round will do."""
    monkeypatch.setattr("desktop.store.keys.ROUNDS", 1)


@pytest.fixture
def keys(tmp_path: Path) -> SeatKeys:
    return SeatKeys(Home(tmp_path / "home"))


def test_a_key_signs_and_its_public_half_verifies() -> None:
    secret, other = make_secret(), make_secret()
    signature = secret.sign("同意𠮷")
    assert verify_signature(secret.public, "同意𠮷", signature)
    assert not verify_signature(secret.public, "同意", signature)
    assert not verify_signature(other.public, "同意𠮷", signature)
    assert read_mark(secret.mark("同意𠮷")) == (secret.key, signature)


@pytest.mark.parametrize("nonsense", ["", "zz", "00", "ab" * 64])
def test_nonsense_is_no_signature(nonsense: str) -> None:
    secret = make_secret()
    assert not verify_signature(secret.public, "x", nonsense)
    assert not verify_signature(nonsense, "x", secret.sign("x"))


def test_a_file_is_an_openssh_key_of_its_owner_alone(keys: SeatKeys) -> None:
    secret = keys.make(PERSON, OWN)
    file = keys.file(PERSON)
    assert file.read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    assert file.stat().st_mode & 0o077 == 0 or which("icacls")
    assert public_of(file) == secret.public
    keygen = which("ssh-keygen")
    if keygen:
        command = [keygen, "-y", "-P", OWN, "-f", str(file)]
        told = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
        assert told.stdout.startswith("ssh-ed25519 "), told.stderr


def test_the_secret_half_does_not_stand_in_the_file_as_it_is(keys: SeatKeys) -> None:
    secret = keys.make(PERSON, OWN)
    raw = secret._secret.private_bytes_raw()  # noqa: SLF001 - what must not be found
    assert raw not in keys.file(PERSON).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"hello", "密钥".encode()),
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n????\n-----END OPENSSH PRIVATE KEY-----",
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
)
def test_a_foreign_key_file_is_told(keys: SeatKeys, content: bytes) -> None:
    keep(keys.file(PERSON), content)
    with pytest.raises(Damaged, match="不是本程序的密钥文件"):
        keys.public(PERSON)
    with pytest.raises(Damaged, match="不是本程序的密钥文件"):
        keys.unlock(PERSON, OWN)


def test_no_damaged_file_opens(keys: SeatKeys) -> None:
    keys.make(PERSON, OWN)
    file = keys.file(PERSON)
    whole = file.read_bytes()
    for place in (*range(36, 180), *range(180, len(whole), 7)):  # the rounds, of which too many would never end
        letter = b"A" if whole[place : place + 1] != b"A" else b"B"
        file.write_bytes(whole[:place] + letter + whole[place + 1 :])
        with pytest.raises(Refusal):
            unlock(file, OWN)
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged):
        unlock(file, OWN)


def test_a_wrong_password_and_a_missing_file_are_told(keys: SeatKeys) -> None:
    with pytest.raises(Refusal, match="找不到密钥文件"):
        keys.unlock(PERSON, OWN)
    assert keys.public(PERSON) == ""
    keys.make(PERSON, OWN)
    keys.lock()
    with pytest.raises(Refusal, match="密码不对"):
        keys.unlock(PERSON, "不是这个密码呀")
    assert keys.of(PERSON) is None


def test_a_password_is_changed_and_a_short_one_refused(keys: SeatKeys) -> None:
    with pytest.raises(Refusal, match="至少要"):
        keys.make(PERSON, "短")
    assert keys.public(PERSON) == ""
    key = keys.make(PERSON, OWN).key
    with pytest.raises(Refusal, match="密码不对"):
        keys.change_password(PERSON, "错的密码错的", "新的密码新的密码")
    keys.change_password(PERSON, OWN, "新的密码新的密码")
    keys.lock()
    assert keys.unlock(PERSON, "新的密码新的密码").key == key


def test_a_key_that_cannot_be_used_leaves_the_one_before(keys: SeatKeys) -> None:
    before = keys.make(PERSON, OWN)

    def fail() -> None:
        with keys.making(PERSON, OWN):
            raise RuntimeError("the transaction failed")

    with pytest.raises(RuntimeError):
        fail()
    assert keys.public(PERSON) == before.public
    assert keys.of(PERSON) is before
    keys.make(PERSON, OWN)
    assert len(list(keys.folder.glob("*.old"))) == 1, "the one before is set aside, not lost"


def test_unreadable_notes_of_roots_pin_nothing(keys: SeatKeys) -> None:
    keys.folder.mkdir(parents=True)
    for text in ("", "[]", "{", '{"00000000-0000-0000-0000-000000000007": 3}'):
        (keys.folder / "roots.json").write_text(text, encoding="utf-8")
        assert keys.pin_of(PERSON).key == ""


# -- papers


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", "没有".encode(), b"-----BEGIN EPM KEY STATEMENTS-----\nAAAA"]
)
def test_a_foreign_paper_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "别的.epmkey"
    file.write_bytes(content)
    with pytest.raises(Damaged, match="没有密钥请求或身份证明"):
        read_paper_file(file)


@pytest.mark.parametrize("block", ["W10x", "eyJhIjoxfQ==", "WzFd", "W3siYSI6MX1d", "@@@@"])
def test_a_paper_with_something_else_in_it_is_told(block: str) -> None:
    with pytest.raises(Damaged):
        read_paper(f"-----BEGIN EPM KEY STATEMENTS-----\n{block}\n-----END EPM KEY STATEMENTS-----")
