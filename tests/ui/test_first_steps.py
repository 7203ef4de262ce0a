"""The card of a new office: what is still missing, and where it is mended."""

import functools
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.services.departments import add_department
from desktop.services.home import Home
from desktop.services.invited import logins_handed_out
from desktop.services.ledger_import import import_ledger, preview_ledger
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.first_steps import UNINVITED, FirstSteps, beginnings
from desktop.ui.pages.workbench import WorkbenchPage
from tests.servers import OfficeServer
from tests.ui.conftest import Settle
from tests.ui.hands import shown_text
from tests.ui.offices import LEDGER, Seat
from tests.ui.shared_office import Now, founded, invited, keyring, office, target

__all__ = ["founded", "keyring", "office", "target"]


@pytest.fixture
def steps(qtbot: QtBot, empty_seat: Seat) -> FirstSteps:
    made = FirstSteps()
    qtbot.addWidget(made)
    made.show()
    read(made, empty_seat)
    return made


def read(steps: FirstSteps, seat: Seat) -> None:
    steps.show_beginnings(seat.office.read(lambda reading: beginnings(reading, seat.actor)))


def test_departments_that_carry_out_projects_are_asked_for_until_there_is_one(
    qtbot: QtBot, steps: FirstSteps, empty_seat: Seat
) -> None:
    assert "还没有做项目的部门" in shown_text(steps)
    with qtbot.waitSignal(steps.wanted) as wanted:
        steps.buttons["departments"].click()
    assert wanted.args == ["departments"]
    empty_seat.office.run(empty_seat.actor, functools.partial(add_department, name="软件一部"))
    read(steps, empty_seat)
    assert "还没有做项目的部门" not in shown_text(steps)
    assert "软件一部" in shown_text(steps)


def test_a_data_file_has_no_logins_to_hand_out(steps: FirstSteps) -> None:
    assert "登录名" not in shown_text(steps)
    assert not steps.buttons["logins"].isVisible()


def workbench(qtbot: QtBot, office: Office, operations: Operations, folder: Path) -> WorkbenchPage:
    """The founder's, on the screen."""
    assert office.login is not None
    assert office.login.person_id is not None
    memory = QSettings(str(folder / "memory.ini"), QSettings.Format.IniFormat)
    page = WorkbenchPage(Desk(office, office.login.person_id, operations, memory))
    qtbot.addWidget(page)
    page.resize(1366, 680)
    page.show()
    return page


def test_the_founder_of_a_shared_office_is_led_to_hand_out_logins_until_somebody_has_one(
    qtbot: QtBot, office: Office, office_server: OfficeServer, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    page = workbench(qtbot, office, operations, tmp_path)
    settle()
    assert UNINVITED in shown_text(page)
    with qtbot.waitSignal(page.desk.wanted) as led:
        page.first_steps.buttons["logins"].click()
    assert led.args == ["settings", "logins"]
    invitation = invited(office, office_server.login("zhangwei"))
    page.hide()  # whoever comes back from the settings finds it done
    page.show()
    settle()
    assert UNINVITED not in shown_text(page)
    assert "已有 2 个登录名" in shown_text(page)
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), Now())
    assert theirs.read(logins_handed_out) is None, "who is no administrator hands out none"
    theirs.close()


def test_an_office_that_is_full_of_work_and_lets_nobody_else_in_says_so_above_the_list(
    qtbot: QtBot, office: Office, office_server: OfficeServer, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    assert office.login is not None
    assert office.login.person_id is not None
    preview = office.read(lambda reading: preview_ledger(reading, LEDGER))
    office.run(office.login.person_id, lambda work: import_ledger(work, preview))
    page = workbench(qtbot, office, operations, tmp_path)
    settle()
    assert page.table.isVisible()
    assert page.uninvited.isVisible()
    invited(office, office_server.login("zhangwei"), staff_no="9003")
    page.reload()
    settle()
    assert not page.uninvited.isVisible()
