"""Two people on one record, at the screen."""

from functools import partial
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.people import PersonRow, assign_role, change_person, list_people
from desktop.services.roles import change_role_days
from desktop.ui.conflict_dialog import ConflictDialog
from desktop.ui.desk import Desk
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_people import PeoplePanel
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text, write
from tests.ui.settings_hands import show_settings


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    return show_settings(qtbot, desk, settle)


@pytest.fixture
def panel(page: SettingsPage, desk: Desk, settle: Settle) -> PeoplePanel:
    found = page.panels[0]
    assert isinstance(found, PeoplePanel)
    found.table.choose(numbered(desk, "0003").id)
    settle()
    return found


def numbered(desk: Desk, staff_no: str) -> PersonRow:
    rows = desk.office.read(partial(list_people, everyone=True))
    return next(item for item in rows if item.staff_no == staff_no)


def saved_elsewhere(desk: Desk, seen: PersonRow, **changes: Any) -> None:
    """Another clerk, at another desk, saves the person that is open here."""
    other = numbered(desk, "0002").id
    if not any(role.role_key == "clerk" for role in numbered(desk, "0002").roles):
        desk.office.run(desk.actor, partial(assign_role, person_id=other, role_key="clerk"))
    kept: dict[str, Any] = {
        "name": seen.name,
        "staff_no": seen.staff_no,
        "department_id": seen.department_id,
        "phone": seen.phone,
    }
    values = {**kept, "active": seen.active, **changes}
    desk.office.run(other, partial(change_person, person_id=seen.id, version=seen.version, **values))


def test_both_values_stand_beside_each_other_and_what_is_decided_is_saved(
    desk: Desk, panel: PeoplePanel, settle: Settle
) -> None:
    saved_elsewhere(desk, numbered(desk, "0003"), phone="111", name="张伟杰")
    write(panel.editor.phone, "222")
    write(panel.editor.email, "zw@example.com")
    panel.editor.save.click()
    settle()
    (dialog,) = shown(panel, ConflictDialog)
    read = {label.text() for label in shown(dialog, QLabel)}
    assert {"张伟", "张伟杰", "111", "222", "zw@example.com"} <= read
    assert "㛃喆" in " ".join(read)
    assert not dialog.save.isEnabled()
    dialog.table.choose("phone", mine=True)
    assert dialog.save.isEnabled()
    dialog.save.click()
    settle()
    found = numbered(desk, "0003")
    assert (found.name, found.phone, found.email) == ("张伟杰", "222", "zw@example.com")
    assert panel.editor.name.text() == "张伟杰"
    assert not panel.editor.dirty


def test_giving_up_keeps_what_was_typed_and_overwrites_nothing(desk: Desk, panel: PeoplePanel, settle: Settle) -> None:
    saved_elsewhere(desk, numbered(desk, "0003"), phone="111")
    write(panel.editor.phone, "222")
    panel.editor.save.click()
    settle()
    (dialog,) = shown(panel, ConflictDialog)
    dialog.reject()
    settle()
    assert panel.editor.phone.text() == "222"
    assert panel.editor.dirty
    assert numbered(desk, "0003").phone == "111"


def test_a_deed_on_what_another_has_changed_is_asked_about_once_more(
    desk: Desk, panel: PeoplePanel, settle: Settle
) -> None:
    person = numbered(desk, "0003")
    (held,) = person.roles
    desk.office.run(desk.actor, lambda work: assign_role(work, person.id, "clerk"))
    until = held.since.replace(year=held.since.year + 1)
    change = partial(change_role_days, assignment_id=held.assignment_id, since=held.since, until=until)
    desk.office.run(desk.actor, change)
    panel.editor.ended.emit(held)
    answer(shown(panel, QMessageBox)[0], "结束")
    settle()
    (dialog,) = shown(panel, ConflictDialog)
    assert dialog.save.text() == "仍然结束"
    assert until.isoformat() in shown_text(dialog)
    dialog.save.click()
    settle()
    assert held.assignment_id not in {role.assignment_id for role in numbered(desk, "0003").roles}
