"""Hands for the page 设置: it is shown, and its panels are turned to."""

from uuid import UUID

from pytestqt.qtbot import QtBot

from desktop.services.people import PersonRow, list_people
from desktop.ui.desk import Desk
from desktop.ui.pages.person_editor import PersonEditor
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_calendar import CalendarPanel
from desktop.ui.pages.settings_office import OfficePanel
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.pages.settings_policy import PolicyPanel
from tests.ui.conftest import Settle


def show_settings(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    """The page, shown and told of changes."""
    made = SettingsPage(desk)
    desk.operations.changed.connect(made.on_changed)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    settle()
    return made


def person(desk: Desk, person_id: UUID) -> PersonRow:
    return next(item for item in desk.office.read(lambda r: list_people(r, everyone=True)) if item.id == person_id)


def people_panel(page: SettingsPage, settle: Settle, shown: UUID) -> PersonEditor:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    panel.table.choose(shown)
    settle()
    return panel.editor


def calendar_panel(page: SettingsPage, settle: Settle) -> CalendarPanel:
    page.show_item("settings", "calendar")
    settle()
    panel = page.current
    assert isinstance(panel, CalendarPanel)
    return panel


def policy_panel(page: SettingsPage, settle: Settle) -> PolicyPanel:
    page.show_item("settings", "policy")
    settle()
    panel = page.current
    assert isinstance(panel, PolicyPanel)
    return panel


def office_panel(page: SettingsPage, settle: Settle) -> OfficePanel:
    page.show_item("settings", "office")
    settle()
    panel = page.current
    assert isinstance(panel, OfficePanel)
    return panel
