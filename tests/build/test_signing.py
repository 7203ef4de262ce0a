"""Signing by an office's own tool; for real with osslsigncode and a certificate made for the test, where they are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.program_folders import WINDOWS_PROGRAM

import signing
from environment import SetupFailure
from executables import is_native, is_signed, product_version

needs_tools = pytest.mark.skipif(
    shutil.which("osslsigncode") is None or shutil.which("openssl") is None,
    reason="osslsigncode and openssl are not here",
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "带 空格"
    (folder / "lib").mkdir(parents=True)
    for name in ("epm-desk.exe", "lib/Qt6Core.dll"):
        shutil.copy(WINDOWS_PROGRAM, folder / name)
    return folder


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the command that signs with a new certificate; osslsigncode writes beside, not in place."""
    key, certificate, script = tmp_path / "key.pem", tmp_path / "certificate.pem", tmp_path / "sign.py"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Office"]
    made += ["-addext", "extendedKeyUsage=codeSigning", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, capture_output=True, check=True)
    script.write_text(
        "import os, subprocess, sys\n"
        "file = sys.argv[1]\n"
        f"command = ['osslsigncode', 'sign', '-certs', {str(certificate)!r}, '-key', {str(key)!r}]\n"
        "done = subprocess.run([*command, '-in', file, '-out', file + '.signed'])\n"
        "done.returncode or os.replace(file + '.signed', file)\n"
        "sys.exit(done.returncode)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(signing.VARIABLE, f'"{sys.executable}" "{script}" {{file}}')


def command(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setenv(signing.VARIABLE, f'"{sys.executable}" -c "{code}" {{file}}')


@needs_tools
@pytest.mark.usefixtures("certified")
def test_the_programs_are_signed_and_the_libraries_are_not(program: Path) -> None:
    assert signing.sign_program(program) == [program / "epm-desk.exe"]
    assert is_signed(program / "epm-desk.exe")
    assert not is_signed(program / "lib" / "Qt6Core.dll")


@needs_tools
@pytest.mark.usefixtures("certified")
def test_what_cannot_be_signed_is_told_loudly(tmp_path: Path) -> None:
    file = tmp_path / "no program.exe"
    file.write_bytes(b"text")
    with pytest.raises(SetupFailure, match=r"no program\.exe 没有签名：签名命令返回"):
        signing.sign(file)
    assert signing.main([str(file)]) == 1


def test_without_a_command_nothing_is_signed(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signing.VARIABLE, raising=False)
    assert signing.sign_program(program) == []
    assert signing.uninstaller_lines("take", "/made") == []


def test_a_command_that_leaves_the_file_unsigned_is_told(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "pass")
    with pytest.raises(SetupFailure, match="文件里没有签名"):
        signing.sign_program(program)


def test_a_command_is_told_to_be_wrong_without_showing_its_password(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(signing.VARIABLE, "nosuchtool /p secret {file}")
    with pytest.raises(SetupFailure, match="nosuchtool") as missing:
        signing.sign_program(program)
    monkeypatch.setenv(signing.VARIABLE, "signtool sign /p secret")
    with pytest.raises(SetupFailure, match=r"没有 \{file\}") as placeless:
        signing.sign_program(program)
    assert "secret" not in f"{missing.value}{placeless.value}"


def test_paths_with_blanks_and_backslashes_reach_the_command_whole(
    program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    script = tmp_path / "tell.py"
    script.write_text(f"import sys; open({str(told)!r}, 'w', encoding='utf-8').write(repr(sys.argv[1:]))", "utf-8")
    monkeypatch.setenv(signing.VARIABLE, f'"{sys.executable}" "{script}" /f "C:\\my keys\\a.pfx" {{file}}')
    with pytest.raises(SetupFailure, match="文件里没有签名"):
        signing.sign_program(program)
    assert told.read_text(encoding="utf-8") == repr(["/f", "C:\\my keys\\a.pfx", str(program / "epm-desk.exe")])


def test_the_uninstaller_is_taken_out_and_put_back_where_makensis_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, "pass")
    assert signing.uninstaller_lines("take", "/made") == ['!uninstfinalize \'cp "%1" "/made/uninstall.exe"\' = 0']
    assert signing.uninstaller_lines("give", "C:\\a b") == [
        '!uninstfinalize \'cmd /c copy /b /y "C:\\a b\\uninstall.exe" "%1"\' = 0'
    ]


def test_what_windows_files_say_of_themselves(tmp_path: Path) -> None:
    assert is_native(WINDOWS_PROGRAM)
    assert product_version(WINDOWS_PROGRAM) == "1.1.0.14"
    text = tmp_path / "a.txt"
    text.write_bytes(b"M")
    assert not is_native(text)
    assert product_version(text) == ""
