"""The card of a new office: what is still missing, and where it is mended."""

import functools

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.departments import add_department
from desktop.ui.pages.first_steps import FirstSteps, beginnings
from tests.ui.hands import shown_text
from tests.ui.offices import Seat


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
