"""The commands that care for the data as a whole."""

import io
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, text

from desktop import __main__ as program
from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.server_office import Remains, remains
from desktop.store.copying import fingerprints
from desktop.store.engine import open_database
from desktop.store.server_reclaim import database_of, reclaim_server
from desktop.store.tables import Setting
from desktop.store.verify import verify
from tests.services.world import CLERK, found_world
from tests.store.offices import behind


def silent(_done: int, _total: int, _text: str) -> None:
    pass


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self.home, self.file = folder / "home", folder / "office.epm"
        self.out = self.err = ""

    def __call__(self, *words: str | Path) -> int:
        options = ["--home", str(self.home), "--data", str(self.file), "--as", CLERK]
        code = program.main([*options, *map(str, words)])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    made = Shell(capsys, tmp_path)
    found_world(f"sqlite:///{made.file}")
    return made


def save(shell: Shell, key: str) -> None:
    office = open_office(shell.file, Home(shell.home))
    with office.database.writing(None, office.home.installation, office.now()) as session:
        session.add(Setting(key=key, text="x"))
    office.close()


def keys(shell: Shell) -> set[str]:
    database = open_database(shell.file)
    with database.reading() as session:
        found = {row.key for row in session.query(Setting)}
    database.close()
    return found


def test_a_backup_is_made_listed_rehearsed_and_restored(shell: Shell) -> None:
    assert shell("backup") == 0
    made = Path(shell.out.partition("：")[2].strip())
    assert made.exists()
    assert shell("backup", "--list") == 0
    assert (str(made) in shell.out, "共 1 份备份" in shell.out) == (True, True)
    assert shell("backup", "--rotate") == 0
    assert "自动备份" in shell.out
    save(shell, "later")
    assert shell("restore", made) == 0
    assert "失去备份以后的 1 次保存" in shell.out
    assert "新增设置“later”" in shell.out
    assert "later" in keys(shell)
    assert shell("restore", made, "--yes") == 0
    assert "恢复前备份" in shell.out
    assert "later" not in keys(shell)
    assert shell("restore", made) == 0
    assert "（没有记名） 恢复了备份" in shell.out, "who restores by command sits at no desk"
    assert shell("backup") == 0
    assert shell("restore", Path(shell.out.partition("：")[2].strip())) == 0
    assert "恢复后不会失去任何保存。" in shell.out
    assert shell("restore", shell.home / "nowhere.epm") == 1


def test_a_tampered_office_is_rebuilt(shell: Shell) -> None:
    assert shell("rebuild") == 0
    assert "与现在的完全一致" in shell.out
    database = open_database(shell.file)
    behind(database, "UPDATE project SET amount = 1 WHERE amount IS NOT NULL")
    database.close()
    assert shell("rebuild") == 0
    assert ("改回" in shell.out, "撤销了" in shell.out) == (True, True)


def test_a_copy_is_compared_and_reported(shell: Shell, tmp_path: Path) -> None:
    assert shell("copy", tmp_path / "copy.epm", "-o", tmp_path / "report.txt") == 0
    assert "逐行核对一致" in shell.out
    assert "总校验" in (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert shell("copy", tmp_path / "copy.epm") == 1
    assert "已经存在" in shell.err


def test_an_office_is_promoted(
    shell: Shell, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(postgres_url)
    admin = url.set(database="postgres", drivername="postgresql").render_as_string(hide_password=False)
    bare = URL.create("postgresql", url.username, None, url.host, url.port, "postgres").render_as_string()
    name = f"cli_{url.database}"[:40]
    words = ("server", "promote", "--to", bare, "--database", name, "--login", f"l_{name}"[:40])
    passwords = f"{url.password}\nGangkou-2026-办公\n"
    before = open_database(shell.file)
    expected = fingerprints(before, silent)
    before.close()
    assert shell(*words[:4]) == 1
    assert "缺少 --database" in shell.err
    assert shell("server", "promote", "--to", admin, *words[4:]) == 1
    assert "密码不要写在命令行里" in shell.err
    monkeypatch.setattr("sys.stdin", io.StringIO(passwords))
    assert shell(*words, "-o", tmp_path / "报告.txt") == 0, shell.err
    assert expected.sha256 in (tmp_path / "报告.txt").read_text(encoding="utf-8")
    server = database_of(admin, name)
    assert (verify(server), fingerprints(server, silent), server.guarded) == ([], expected, True)
    server.close()
    monkeypatch.setattr("sys.stdin", io.StringIO(passwords))
    assert shell(*words) == 1
    assert remains(admin, name) is Remains.TAKEN
    drop(admin, name, f"l_{name}"[:40])


def drop(admin: str, name: str, login: str) -> None:
    """Take away what was made on the shared server, as if it had never been finished."""
    database = database_of(admin, name)
    with database.holding() as connection:
        connection.execute(text("UPDATE schema_version SET version_num = 'unfinished'"))
    database.close()
    reclaim_server(admin, name, login)
