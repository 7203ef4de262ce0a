"""The offices that were opened before stand on the first page and are opened by one click."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.home import Home, example_file
from desktop.ui.instance import Claims
from desktop.ui.operations import Operations
from desktop.ui.start import StartDialog
from desktop.ui.start_recent import RecentRow, names_of
from tests.ui.conftest import Settle
from tests.ui.offices import Clock

SERVER = "postgresql://clerk@db.example.com:5432/office?sslmode=verify-full&sslrootcert=system"


def opened(qtbot: QtBot, home: Home, operations: Operations, open_now: str = "") -> StartDialog:
    made = StartDialog(home, operations, Claims(home), open_now=open_now, clock=Clock())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.welcome.make_button.isVisible)
    qtbot.wait(50)
    return made


def offered(dialog: StartDialog) -> list[str]:
    return [] if dialog.recent is None else [one.accessibleName() for one in dialog.recent.buttons]


def test_nothing_is_offered_at_the_very_first_start(qtbot: QtBot, tmp_path: Path, operations: Operations) -> None:
    assert offered(opened(qtbot, Home(tmp_path / "home"), operations)) == []


def test_what_was_opened_before_is_offered_but_the_one_that_stands_open(
    qtbot: QtBot, tmp_path: Path, operations: Operations
) -> None:
    home = Home(tmp_path / "home")
    for place in (SERVER, str(example_file(home)), "C:\\资料\\滨海.epm", str(tmp_path / "office.epm")):
        home.remember(target=place)
    assert offered(opened(qtbot, home, operations, str(tmp_path / "office.epm"))) == [
        "打开 滨海.epm",
        "打开 db.example.com/office",
    ]
    assert offered(opened(qtbot, home, operations))[0] == "打开 office.epm"


@pytest.mark.usefixtures("empty_seat")
def test_one_click_opens_it_again_and_keeps_who_sits_here(
    qtbot: QtBot, tmp_path: Path, operations: Operations, settle: Settle
) -> None:
    home = Home(tmp_path / "home")
    home.remember(target=str(tmp_path / "office" / "office.epm"), person_id="somebody")
    dialog = opened(qtbot, home, operations)
    assert dialog.recent is not None
    dialog.recent.buttons[0].click()
    settle()
    assert dialog.office is not None
    assert home.remembered().person_id == "somebody"
    dialog.office.close()


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (["/a/甲/office.epm", "/a/乙/office.epm"], ["office.epm（甲）", "office.epm（乙）"]),
        ([SERVER, SERVER.replace("clerk", "boss")], ["clerk@db.example.com/office", "boss@db.example.com/office"]),
        (["postgresql://x:geheim@h:6000/o"], ["h:6000/o"]),
        (["D:\\甲\\office.epm", "E:\\office.epm"], ["office.epm（甲）", "office.epm（E:\\）"]),
    ],
)
def test_names_tell_the_offices_apart(places: list[str], names: list[str]) -> None:
    assert list(names_of(places).values()) == names


def test_a_long_name_is_cut_in_its_middle_and_no_password_is_shown(qtbot: QtBot) -> None:
    row = RecentRow(
        ["/data/滨海系统集成有限公司项目管理部二〇二六年度工程项目管理台数据.epm", "postgresql://x:geheim@h/o"]
    )
    qtbot.addWidget(row)
    assert "…" in row.buttons[0].text()
    assert "geheim" not in row.buttons[1].toolTip()
