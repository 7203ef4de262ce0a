"""The report tells a helper everything but what the office works on, and comes out whatever is broken."""

import datetime as dt
import logging
import platform
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import String, make_url, text

import desktop
from desktop.domain.errors import Refusal
from desktop.services.diagnosis import END, Scene, make_report, report_name, save_report
from desktop.services.diagnosis_keeper import ErrorKeeper
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.store.engine import make_engine
from desktop.store.tables import Base
from tests.databases import Prepare
from tests.services import world as names
from tests.services.world import CLERK, HEAD, MANAGER, RUNNING, TECHNICAL, World, found_world, open_world

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
USER, HOST = "欧阳翠花", "经营部-欧阳的电脑"
COMPANY, CUSTOMER, PROJECT = "滨海系统集成有限公司", "滨海轨道交通", "滨海线综合监控系统集成"
SECRETS = (
    *(CLERK, HEAD, TECHNICAL, names.FINANCE, names.PRESIDENT, names.QUALITY, MANAGER, names.CLIENT_MANAGER),
    *(names.OTHER_MANAGER, names.OTHER_TECHNICAL, RUNNING, names.SOFTWARE, names.NUMBERLESS, "HT-2026-11"),
    *(COMPANY, CUSTOMER, PROJECT, "滨海", "综合监控", "Metro", USER, "欧阳", HOST, "甲方机房未交付"),
)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[ErrorKeeper]:
    """The last errors are kept as in the running program."""
    made = ErrorKeeper(tmp_path / "home" / "log")
    logging.getLogger().addHandler(made)
    yield made
    logging.getLogger().removeHandler(made)


@pytest.fixture
def named_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose user, host and folders bear names."""
    own = tmp_path / "Users" / USER
    own.mkdir(parents=True)
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(own))
    for variable in ("USER", "USERNAME", "LOGNAME", "COMPUTERNAME", "HOSTNAME"):
        monkeypatch.setenv(variable, HOST if "H" in variable or "COMP" in variable else USER)
    monkeypatch.setattr(platform, "node", lambda: HOST)
    return own


def report(subject: Office | str, home: Home | None) -> str:
    return make_report(Scene(home, subject, NOW, (("界面字体", "Noto Sans CJK SC"),)))


def lines(text: str) -> dict[str, str]:
    return dict(line.partition("：")[::2] for line in text.splitlines())


def logged(error: BaseException, logger: str = "desktop.services.office") -> None:
    def fail() -> None:
        raise error

    try:
        fail()
    except BaseException:
        logging.getLogger(logger).exception("%s 出错了：%s", MANAGER, PROJECT)


def fail_in_every_way(world: World) -> None:
    """Errors whose messages, codes, files and frames are full of names."""
    refused = Refusal(f"“{PROJECT}”不能暂停。", kept=CUSTOMER, todo=f"请找{HEAD}", details=RUNNING)
    unexpected = KeyError(MANAGER)
    unexpected.__cause__ = refused
    logged(unexpected)
    during = OSError(2, f"找不到{PROJECT}", f"/home/{USER}/{COMPANY}.xlsx")
    during.__context__ = ValueError(f"{CUSTOMER} {RUNNING}")
    logged(during)
    logged(ExceptionGroup(PROJECT, [TypeError(MANAGER), ValueError(CUSTOMER)]), logger=f"项目.{PROJECT}")
    logged(type(MANAGER, (Exception,), {})(CUSTOMER))
    script = compile(f"def {CLERK}():\n    raise RuntimeError('{PROJECT}')\n", f"/home/{USER}/{COMPANY}.py", "exec")
    room: dict[str, Callable[[], None]] = {}
    exec(script, room)  # a function and a file that bear names
    try:
        room[CLERK]()
    except RuntimeError as error:
        thread = threading.Thread(target=logged, args=(error,), name=PROJECT)
        thread.start()
        thread.join()
    with world.office.database.connecting() as connection:
        try:
            connection.execute(text("SELECT :value FROM nowhere"), {"value": MANAGER})
        except Exception as error:  # noqa: BLE001 – what the driver raises is the point
            logged(error)
    logging.getLogger("desktop.ui").error("%s", PROJECT)


def edit_behind(url: str) -> None:
    """Change records behind the program's back, so that a check finds them and names them."""
    engine = make_engine(make_url(url).set(drivername="postgresql+psycopg") if "postgres" in url else make_url(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE project SET name = name || '改', short_name = '滨海改'"))
        connection.execute(text("UPDATE person SET name = name || '改'"))
        connection.execute(text("UPDATE device SET seq = seq + 1, name = :name"), {"name": HOST})
    engine.dispose()


@pytest.mark.usefixtures("keeper")
def test_no_name_of_any_kind_is_in_the_report(
    office_template: Callable[[Prepare], str], tmp_path: Path, named_machine: Path
) -> None:
    url = office_template(found_world)
    if url.startswith("sqlite"):
        place = named_machine / "Documents" / COMPANY / f"{PROJECT}.epm"
        place.parent.mkdir(parents=True)
        shutil.copyfile(make_url(url).database or "", place)
        url = str(place)
    world = open_world(url, tmp_path)
    world.submitted("suspension")
    fail_in_every_way(world)
    edit_behind(url if "://" in url else f"sqlite:///{url}")
    home = Home(named_machine / "AppData" / "Local" / COMPANY)
    shutil.copytree(tmp_path / "home" / "log", home.log_file.parent)
    told = report(world.office, home)
    found = lines(told)
    world.office.close()
    assert [name for name in SECRETS if name in told] == []
    # it is no empty page: all of this happened and is told
    assert "发现" in found["核对结果"]
    assert found["项目，绕过程序改动"].endswith("处")
    assert found["安装点，日志末尾与登记的不符"] == "2 处"
    kinds = {line.partition("：")[2] for line in told.splitlines() if line.strip().startswith(("类型：", "起因："))}
    assert {"KeyError", "desktop.domain.errors.Refusal", "ExceptionGroup", "TypeError", "RuntimeError"} <= kinds
    assert "FileNotFoundError（errno 2）" in kinds
    assert any("nowhere" not in kind and "sqlalchemy.exc" in kind for kind in kinds)
    assert found["本机数据文件夹"] == "~/AppData/Local/‹10字：非英文›"


@pytest.mark.usefixtures("keeper")
def test_no_text_that_people_wrote_into_the_office_is_in_the_report(world: World, named_machine: Path) -> None:
    world.submitted("suspension")
    with world.office.database.connecting() as connection:
        written = {
            str(value)
            for table in Base.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, String) or "TEXT" in str(column.type).upper()
            for (value,) in connection.execute(column.table.select().with_only_columns(column).distinct())
            if value and not str(value).isascii()
        }
    told = report(world.office, Home(named_machine / "epm-desk"))
    assert len(written) > 50
    assert {value for value in written if value in told} <= {desktop.TITLE}


def test_sound_data_is_told_with_engine_schema_and_numbers(world: World, tmp_path: Path) -> None:
    told = lines(report(world.office, Home(tmp_path / "home")))
    assert told["核对结果"] == "全部核对无误"
    assert told["行数 项目 project"] == str(len(names.LINES))
    assert re.fullmatch(r"(SQLite \d+\.\d+\.\d+|PostgreSQL \d+\.\d+)", told["引擎"])
    assert told["数据版本"].startswith("与本程序一致")
    assert told["自带字体"] == "5 个文件，全部完好"
    if world.office.database.file:
        assert (told["设置 journal_mode"], told["设置 synchronous"]) == ("delete", "2")
    else:
        assert told["设置 fsync"] in {"on", "off"}
        assert told["数据位置"].startswith("PostgreSQL 服务器")


@pytest.fixture
def lite(tmp_path: Path) -> Path:
    """A data file of its own."""
    file = tmp_path / "office.epm"
    found_world(str(file))
    return file


def spoil_header(file: Path) -> None:
    file.write_bytes(b"\0" * 8192 + file.read_bytes()[8192:])


def spoil_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    file.write_bytes(data)


def age(file: Path, number: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE schema_version SET version_num = ?", (number,))
        connection.commit()


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "gone": (lambda file: file.unlink(), "数据版本", "没有找到数据"),
    "empty": (lambda file: file.write_bytes(b""), "数据版本", "没有找到数据"),
    "zeroed": (spoil_header, "数据", "SQLITE_NOTADB"),
    "torn": (spoil_page, "数据", "没有打开"),
    "letter": (lambda file: file.write_text("尊敬的客户：" * 900, encoding="utf-8"), "文件开头", "不是数据文件的样子"),
    "newer": (lambda file: age(file, "9999"), "数据版本", "由更新版本的程序"),
    "older": (lambda file: age(file, "0001"), "数据版本", "旧版本"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_data_that_does_not_open_is_told_and_the_report_comes_out(lite: Path, tmp_path: Path, broken: str) -> None:
    spoil, label, word = BROKEN[broken]
    spoil(lite)
    before = lite.read_bytes() if lite.exists() else None
    told = report(str(lite), Home(tmp_path / "home"))
    assert word in lines(told)[label]
    assert "没有核对" in lines(told)["核对结果"] or "不符" in lines(told)["核对结果"]
    assert told.rstrip().endswith(END)
    assert (lite.read_bytes() if lite.exists() else None) == before


@pytest.mark.parametrize(
    "target", ["postgresql://ouyang:geheim@127.0.0.1:9/binhai", "mysql://ouyang@host/binhai", "postgresql://:::/x", ""]
)
def test_a_server_that_is_down_and_a_place_of_no_sense_are_told_without_their_names(
    target: str, tmp_path: Path
) -> None:
    told = report(target, Home(tmp_path / "home"))
    assert "没有打开" in told or "还没有建立或打开过" in told
    assert told.rstrip().endswith(END)
    assert not [name for name in ("ouyang", "geheim", "binhai") if name in told]


def test_without_a_folder_of_its_own_the_program_still_reports(lite: Path) -> None:
    told = lines(report(str(lite), None))
    assert told["核对结果"] == "全部核对无误"
    assert "不能使用" in told["本机数据文件夹"]


def test_a_part_that_fails_says_so_and_keeps_the_others(
    lite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, str]:
        raise ZeroDivisionError(PROJECT)

    monkeypatch.setattr("desktop.services.diagnosis.driver_versions", broken)
    told = report(str(lite), Home(tmp_path / "home"))
    assert lines(told)["这一部分"] == "没有取到（ZeroDivisionError）"
    assert PROJECT not in told
    assert lines(told)["核对结果"] == "全部核对无误"


def test_it_can_be_given_up_at_each_step_and_tells_how_far_it_is(lite: Path, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    scene = Scene(Home(tmp_path / "home"), str(lite), NOW)
    steps: list[tuple[int, int, str]] = []
    make_report(scene, lambda *step: steps.append(step))
    assert [done for done, _total, _text in steps] == sorted(done for done, _total, _text in steps)
    assert "核对签字和档案" in [text for _done, _total, text in steps]
    for stop in range(len(steps)):
        seen = iter(range(len(steps)))

        def tell(_done: int, _total: int, _text: str, stop: int = stop, seen: Iterator[int] = seen) -> None:
            if next(seen) == stop:
                raise Enough

        with pytest.raises(Enough):
            make_report(scene, tell)


def test_an_open_office_stays_open_and_usable(world: World, tmp_path: Path) -> None:
    report(world.office, Home(tmp_path / "home"))
    world.submitted("suspension")


def test_the_file_opens_in_notepad_and_is_written_whole(tmp_path: Path) -> None:
    file = tmp_path / report_name(NOW)
    save_report(file, "甲\n乙\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.read_text(encoding="utf-8-sig") == "甲\n乙\n"
    with pytest.raises(Refusal):
        save_report(tmp_path / "没有" / "报告.txt", "甲")


def test_the_versions_of_the_data_are_told(lite: Path, tmp_path: Path) -> None:
    office = open_office(lite, Home(tmp_path / "home"))
    told = report(office, Home(tmp_path / "home"))
    office.close()
    assert f"由 {desktop.__version__} 版程序于" in told
