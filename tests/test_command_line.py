"""The command line: thin calls of services, plain words, exit codes that scripts can rely on."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from desktop import __main__ as program
from desktop import commands
from desktop.commands import COMMANDS, example_office
from desktop.sample import make_sample
from desktop.services.home import Home
from desktop.services.opening import create_office
from tests.databases import Prepare
from tests.old_offices import CLERK as OLD_CLERK
from tests.old_offices import place_old_office, rows_of, schema_of
from tests.services.world import CLERK, LINES, MANAGER, PAUSED, RUNNING, found_world, founding, open_world

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "tests" / "data" / "项目台账.xlsx"


class Shell:
    """Runs commands with one home and one office, and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], home: Path, data: str) -> None:
        self._capsys = capsys
        self._options = ["--home", str(home)]
        self.data = data
        self.out = self.err = ""

    def __call__(self, *words: str | Path, data: str | None = None) -> int:
        target = self.data if data is None else data
        code = program.main([*self._options, *(["--data", target] if target else []), *map(str, words)])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(capsys, tmp_path / "home", str(tmp_path / "office.epm"))


@pytest.fixture
def empty(shell: Shell, tmp_path: Path) -> Shell:
    """The shell of a person who has just founded an office."""
    create_office(shell.data, founding(), Home(tmp_path / "home")).close()
    return shell


@pytest.fixture
def busy(capsys: pytest.CaptureFixture[str], tmp_path: Path, office_template: Callable[[Prepare], str]) -> Shell:
    """The shell at an office with projects and a filing, on both engines."""
    url = office_template(found_world)
    world = open_world(url, tmp_path)
    world.submitted("suspension")
    world.office.close()
    return Shell(capsys, tmp_path / "home", url)


def test_a_ledger_comes_in_and_what_does_not_goes_beside_it(empty: Shell, tmp_path: Path) -> None:
    source = Path(shutil.copy(LEDGER, tmp_path / "台账.xlsx"))
    assert empty("import-ledger", source) == 1
    assert "新建 38 个项目，已在账 0 行，不通过 6 行" in empty.out
    assert "JZ-" in empty.out
    assert "N28 立项日期：“2026-02-30”不是有效日期" in empty.err
    beside = tmp_path / "台账-未通过.xlsx"
    assert str(beside) in empty.err
    sheet = load_workbook(beside).active
    assert sheet is not None
    assert sum("停工" in str(row) for row in sheet.iter_rows(values_only=True)) == 1


def test_the_same_ledger_twice_changes_nothing_and_overwrites_nothing(empty: Shell, tmp_path: Path) -> None:
    source = Path(shutil.copy(LEDGER, tmp_path / "台账.xlsx"))
    empty("import-ledger", source)
    before, mended = Path(empty.data).read_bytes(), (tmp_path / "台账-未通过.xlsx").read_bytes()
    assert empty("import-ledger", source) == 1
    assert "新建 0 个项目，已在账 38 行，不通过 6 行" in empty.out
    assert Path(empty.data).read_bytes() == before
    assert (tmp_path / "台账-未通过.xlsx").read_bytes() == mended
    assert (tmp_path / "台账-未通过2.xlsx").exists()


def test_a_clean_ledger_leaves_nothing_beside_it(empty: Shell, tmp_path: Path) -> None:
    source = tmp_path / "新增.csv"
    source.write_text(
        "项目编号,项目名称,项目经理,项目状态\nX-1,一号项目,𠮷镕堃,在建\nX-2,二号项目,㛃喆,立项\n", encoding="utf-8"
    )
    assert empty("import-ledger", source) == 0
    assert "新建 2 个项目" in empty.out
    assert empty.err == ""
    assert not list(tmp_path.glob("新增-*"))


def test_a_bad_file_does_not_keep_the_good_one_out(empty: Shell, tmp_path: Path) -> None:
    bad, good = tmp_path / "坏.xlsx", tmp_path / "好.csv"
    bad.write_bytes(b"PK\x03\x04 broken")
    good.write_text("项目编号,项目名称,项目状态\nX-1,一号项目,在建\n", encoding="utf-8")
    assert empty("import-ledger", bad, tmp_path / "没有.xlsx", good) == 1
    assert "坏.xlsx：" in empty.err
    assert "没有.xlsx：" in empty.err
    assert "好.csv" in empty.out
    assert empty("list", "projects") == 0
    assert "一号项目" in empty.out


def test_projects_are_listed_for_scripts(busy: Shell) -> None:
    assert busy("list", "projects", "--json", "--as", CLERK) == 0
    rows = json.loads(busy.out)
    assert [row["number"] for row in rows if row["number"]] == sorted(
        line["number"] for line in LINES if line["number"]
    )
    (running,) = (row for row in rows if row["number"] == RUNNING)
    assert running["amount_fen"] == 2_562_000_000
    assert running["manager"] == MANAGER
    assert running["planned_final_on"] == "2027-06-01"
    assert running["state_title"] == "实施"


def test_projects_are_listed_for_people_in_straight_columns(busy: Shell) -> None:
    assert busy("list", "projects", "综合监控", "--as", CLERK) == 0
    head, row, total = busy.out.splitlines()
    assert row.startswith(f"{RUNNING}  实施  滨海线综合监控系统集成  𠮷镕堃")
    assert "25,620,000.00" in row
    assert len(head.encode("gb18030").partition("项目经理".encode("gb18030"))[0]) == len(
        row.replace("𠮷", "吉").encode("gb18030").partition("吉镕堃".encode("gb18030"))[0]
    )
    assert total == "共 1 个项目，合同金额合计 25,620,000.00 元"


def test_each_sees_what_is_theirs(busy: Shell) -> None:
    busy("list", "projects", "--json", "--as", MANAGER)
    assert {row["number"] for row in json.loads(busy.out)} == {RUNNING, PAUSED}


def test_filings_are_listed(busy: Shell) -> None:
    assert busy("list", "filings", "--as", "0001", "--json") == 0
    newest = json.loads(busy.out)[0]
    assert (newest["form"], newest["state"], newest["waiting"]) == ("suspension", "in approval", "技术部门负责人")
    assert busy("list", "filings", "--as", CLERK) == 0
    assert "ZT-2026-0001" in busy.out
    assert "共 2 份表单" in busy.out


def test_a_filing_is_printed(busy: Shell, tmp_path: Path) -> None:
    file = tmp_path / "表.pdf"
    assert busy("print", "ZT-2026-0001", "-o", file, "--as", CLERK) == 0
    assert file.read_bytes().startswith(b"%PDF-")
    assert "共 2 页" in busy.out


def test_what_cannot_be_printed_leaves_no_file(busy: Shell, tmp_path: Path) -> None:
    file = tmp_path / "表.pdf"
    assert busy("print", "ZT-9999-0001", "-o", file, "--as", CLERK) == 1
    assert "没有编号为“ZT-9999-0001”的表单" in busy.err
    assert busy("print", "ZT-2026-0001", "-o", tmp_path / "没有" / "表.pdf", "--as", CLERK) == 1
    assert "不存在" in busy.err
    assert not file.exists()


def test_verify_finds_nothing_in_sound_data(busy: Shell) -> None:
    assert busy("verify") == 0
    assert "全部核对无误" in busy.out


def test_keys_are_listed(busy: Shell) -> None:
    assert busy("keys") == 0
    assert "没有根密钥" in busy.out


def test_verify_finds_a_row_edited_behind_the_programs_back(empty: Shell, tmp_path: Path) -> None:
    source = tmp_path / "新增.csv"
    source.write_text("项目编号,项目名称,项目状态\nX-1,一号项目,在建\n", encoding="utf-8")
    empty("import-ledger", source)
    with closing(sqlite3.connect(empty.data)) as connection:
        connection.execute("UPDATE project SET state = 'closed'")
        connection.commit()
    assert empty("verify") == 1
    assert "X-1" in empty.out


def test_a_report_is_saved_for_whoever_helps(busy: Shell, tmp_path: Path) -> None:
    file = tmp_path / "报告.txt"
    assert busy("report", file) == 0
    assert str(file) in busy.out
    text = file.read_text(encoding="utf-8-sig")
    assert "核对结果：全部核对无误" in text
    assert "PySide6：6." in text
    assert not [name for name in (CLERK, MANAGER, RUNNING, "滨海") if name in text]


def test_a_report_comes_out_without_data_and_without_a_folder(shell: Shell, tmp_path: Path) -> None:
    assert shell("report", tmp_path / "一.txt", data=str(tmp_path / "没有.epm")) == 0
    assert "没有找到数据" in (tmp_path / "一.txt").read_text(encoding="utf-8-sig")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert program.main(["--home", str(tmp_path / "file" / "home"), "report", str(tmp_path / "二.txt")]) == 0
    assert "不能使用" in (tmp_path / "二.txt").read_text(encoding="utf-8-sig")
    assert shell("report", tmp_path / "没有" / "三.txt") == 1
    assert "没有保存" in shell.err


def test_a_report_without_a_name_lies_in_the_current_folder(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell("report") == 0
    (file,) = tmp_path.glob("诊断报告-*.txt")
    assert str(file) in shell.out


@pytest.fixture
def old(capsys: pytest.CaptureFixture[str], tmp_path: Path, office_template: Callable[[Prepare], str]) -> Shell:
    """The shell at an office of schema 0001, on both engines."""
    return Shell(capsys, tmp_path / "home", office_template(place_old_office))


def test_old_data_is_refused_with_the_command_that_upgrades_it(old: Shell) -> None:
    for words in (["verify"], ["list", "projects", "--as", OLD_CLERK], ["print", "ZT-2026-0001", "-o", "x.pdf"]):
        assert old(*words) == 1
        assert "旧版本的数据" in old.err
        assert "用 upgrade 命令升级" in old.err
        assert old.out == ""
    assert schema_of(old.data) == "0001"


def test_old_data_is_upgraded_once(old: Shell, tmp_path: Path) -> None:
    before = rows_of(old.data)
    assert old("upgrade") == 0
    assert "已升级。" in old.out
    assert old.err == ""
    if old.data.startswith("sqlite"):
        (backup,) = (tmp_path / "home" / "backups").iterdir()
        assert old.out.endswith(f"升级前的备份：{backup}\n")
        assert rows_of(backup) == before
    else:
        assert "@" not in old.out  # a server's address with its port, and neither login nor password
        assert "备份" not in old.out
    assert old("upgrade") == 0
    assert "已是本程序的数据版本，不需要升级" in old.out
    assert old("verify") == 0
    assert rows_of(old.data) == before


def test_what_cannot_be_upgraded_is_refused(shell: Shell, tmp_path: Path) -> None:
    assert shell("upgrade") == 1
    assert "找不到数据文件" in shell.err
    with closing(sqlite3.connect(tmp_path / "书签.epm")) as lite:
        lite.execute("CREATE TABLE bookmarks (url TEXT)")
    assert shell("upgrade", data=str(tmp_path / "书签.epm")) == 1
    assert "没有本程序的数据" in shell.err
    assert not (tmp_path / "home" / "backups").exists()


def test_an_example_is_made_once(shell: Shell) -> None:
    assert shell("sample", "--projects", "2", "--seed", "7") == 0
    assert "2 个项目" in shell.out
    assert shell("list", "projects") == 0
    assert "共 2 个项目" in shell.out
    assert shell("sample", "--projects", "2") == 1
    assert "已有数据" in shell.err


def test_the_example_of_the_first_start_is_made_when_asked_for_and_found_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(commands, "make_sample", partial(make_sample, projects=3))
    home = Home(tmp_path)
    told: list[tuple[int, int]] = []
    first = example_office(home, lambda done, total: told.append((done, total)))
    key = first.id
    first.close()
    assert told[-1][0] == told[-1][1]
    again = example_office(home, lambda _done, _total: pytest.fail("made twice"))
    assert again.id == key
    again.close()


def test_who_acts_is_remembered_or_named(busy: Shell, tmp_path: Path) -> None:
    assert busy("list", "projects") == 1
    assert "请用 --as 写明姓名或工号" in busy.err
    assert busy("list", "projects", "--as", "张三丰") == 1
    assert "没有叫“张三丰”" in busy.err
    world = open_world(busy.data, tmp_path)
    world.office.home.remember(person_id=str(world.who(CLERK)))
    world.office.close()
    assert busy("list", "projects") == 0


def test_of_two_people_of_one_name_the_number_tells(shell: Shell) -> None:
    shell("sample", "--projects", "1")
    assert shell("list", "projects", "--as", "王伟") == 1
    assert "有 2 位“王伟”：" in shell.err
    assert "应用开发室" in shell.err
    assert shell("list", "projects", "--as", shell.err.split("（应用开发室，")[1].split("）")[0]) == 0


def test_data_that_is_missing_or_foreign_is_refused(shell: Shell, tmp_path: Path) -> None:
    assert shell("verify") == 1
    assert "找不到数据文件" in shell.err
    (tmp_path / "照片.epm").write_bytes(b"not a database" * 100)
    assert shell("verify", data=str(tmp_path / "照片.epm")) == 1
    assert "照片.epm" in shell.err
    assert shell("verify", data="mysql://host/x") == 1
    assert "不认识数据位置" in shell.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["weiter"], "没有“weiter”这个命令"),
        (["print"], "缺少参数：编号, -o/--output"),
        (["list", "people"], "list 不能是“people”"),
        (["sample", "--projects", "viele"], "--projects 应当是整数，而不是“viele”"),
        (["sample", "--seed"], "--seed 后面要写一个值"),
        (["verify", "--json"], "多出了不认识的参数：--json"),
        (["import-ledger"], "缺少参数：文件"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"命令行有误：{told}。" in said
    assert "用法：" in said


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in (*COMMANDS, "report", "tour"))


def run(*words: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in shown} | variables
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env={**environment, "EPM_DESK_HOME": str(home)}, capture_output=True, encoding="utf-8",
        check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_without_a_screen_it_says_so_and_names_the_tour(tmp_path: Path) -> None:
    done = run("-m", "desktop", home=tmp_path)
    assert done.returncode == 2
    assert "没有屏幕" in done.stderr
    assert "tour" in done.stderr
    assert done.stdout == ""


def test_a_command_does_not_load_qt(tmp_path: Path) -> None:
    code = "import sys, desktop.__main__; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert run("-c", code, home=tmp_path).returncode == 0


def test_a_failure_is_logged_and_told_briefly(tmp_path: Path) -> None:
    broken = "from desktop import commands; commands.COMMANDS['verify'] = lambda *_: 1 // 0"
    code = f"{broken}; from desktop import __main__; raise SystemExit(__main__.main(['verify']))"
    done = run("-c", code, home=tmp_path)
    assert done.returncode == 3
    assert "程序出错了（ZeroDivisionError）" in done.stderr
    assert "Traceback" not in done.stderr
    log = tmp_path / "log" / "epm-desk.log"
    assert str(log) in done.stderr
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_a_console_of_another_encoding_gets_what_it_can_show(tmp_path: Path) -> None:
    done = run("-m", "desktop", "verify", home=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "找不到数据文件" in done.stderr
