"""The commands for a shared office: passwords come from standard input and stand nowhere else."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.commands import COMMANDS
from desktop.domain.server_place import read_invitation, server_place
from desktop.services.home import Home
from tests.servers import OfficeServer
from tests.ui.shared_office import PASSWORD as FOUNDERS
from tests.ui.shared_office import founded, keyring, target

__all__ = ["founded", "keyring", "target"]
PASSWORD = "滨海项目管理部-2026"


class Hand:
    """Types a command with what standard input is to hold, and keeps what was said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> None:
        self._monkeypatch, self._capsys, self._home = monkeypatch, capsys, home

    def __call__(self, *words: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        code = main(["server", *words, "--home", str(self._home)])
        said = self._capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Hand:
    return Hand(monkeypatch, capsys, tmp_path / "home")


@pytest.fixture
def create(office_server: OfficeServer) -> tuple[str, ...]:
    admin = office_server.url
    return (
        *("create", "--data", f"postgresql://{admin.username}@{admin.host}:{admin.port}/postgres?sslmode=disable"),
        *("--database", office_server.database, "--login", office_server.login("clerk")),
        *("--company", "滨海信息技术有限公司", "--name", "李秀英", "--staff-no", "0001", "--department", "项目管理部"),
    )


def test_office_is_created_tried_and_shared_from_the_command_line(
    hand: Hand, create: tuple[str, ...], office_server: OfficeServer, tmp_path: Path
) -> None:
    code, said = hand(*create, typed=(str(office_server.url.password), PASSWORD))
    assert code == 0, said
    assert PASSWORD not in said
    assert "接下来：打开它，在“设置—人员与角色”里添加同事" in said, "nobody can be invited who is not registered"
    code, said = hand("invite", "李四", typed=(PASSWORD,))
    assert (code, "“设置—人员与角色”里添加这个人" in said) == (1, True)
    place = server_place(Home(tmp_path / "home").remembered().target)
    assert place is not None
    assert place.login == office_server.login("clerk")
    code, said = hand("test", typed=(PASSWORD,))
    assert code == 0, said
    assert "您是谁：李秀英" in said
    code, said = hand("test", typed=("wrong",))
    assert code == 1
    assert "登录名或密码不对" in said
    letter = tmp_path / "邀请函.txt"
    login = office_server.login("second")
    words = ("invite", "0001", "--login", login, "--host", "db.example.com", "-o", str(letter))
    code, said = hand(*words, typed=(PASSWORD,))
    assert code == 0, said
    invitation = read_invitation(letter.read_text(encoding="utf-8"))
    assert invitation is not None
    assert (invitation.place.login, invitation.place.host) == (login, "db.example.com")
    assert invitation.password not in said
    code, said = hand("logins", "--json", typed=(PASSWORD,))
    assert [(row["name"], row["state"]) for row in json.loads(said)] == [
        (office_server.login("clerk"), "在用"),
        (login, "未改密码"),
    ]
    assert hand("close", login, typed=(PASSWORD,))[0] == 0
    code, said = hand("reset", login, typed=(PASSWORD,))
    assert code == 0
    assert "一次性密码：" in said


def test_password_on_the_command_line_is_refused(hand: Hand, office_server: OfficeServer) -> None:
    code, said = hand("test", "--data", office_server.superuser)
    assert code == 1
    assert "密码不要写在命令行里" in said
    assert str(office_server.url.password) not in said


def test_what_is_missing_is_told_before_any_password_is_asked(hand: Hand, create: tuple[str, ...]) -> None:
    code, said = hand(*create[:3], typed=())
    assert code == 1
    assert "缺少 --database" in said


def test_password_in_an_address_stays_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setitem(COMMANDS, "verify", fail)
    assert main(["verify", "--home", str(tmp_path), "--data", "postgresql://clerk:geheim@db/office"]) == 3
    assert "postgresql://clerk@db/office" in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify",), "全部核对无误"),
        (("list", "projects"), "共 0 个项目"),
        (("keys",), "没有根密钥"),
        (("backup", "--list"), "共 0 份备份"),
        (("copy", "副本.epm"), "逐行核对"),
        (("upgrade",), "不需要升级"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_every_command_reads_a_servers_password_from_standard_input(
    words: tuple[str, ...],
    said: str,
    target: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{FOUNDERS}\n"))
    code = main([*words, "--data", target, "--home", str(tmp_path / "home")])
    told = capsys.readouterr()
    assert code == 0, told.err
    assert said in told.out


def test_a_nightly_backup_takes_the_password_from_a_file(target: str, tmp_path: Path) -> None:
    file = tmp_path / "密码.txt"
    file.write_bytes(f"\ufeff{FOUNDERS}\r\n".encode())  # as an editor on Windows saves it
    words = [sys.executable, "-m", "desktop", "backup", "--data", target, "--home", str(tmp_path / "home")]
    root = Path(__file__).parents[1]
    with file.open("rb") as given:
        done = subprocess.run(words, cwd=root, stdin=given, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.partition("：")[2].strip()).exists()
    without = subprocess.run(
        words, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    assert without.returncode == 1
    assert "需要密码" in without.stderr
