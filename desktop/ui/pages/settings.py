"""设置: people, departments, calendar, policy, office, keys, logins, mail, the audit log, this machine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget

from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.pages.settings_audit import AuditPanel
from desktop.ui.pages.settings_backups import BackupsPanel
from desktop.ui.pages.settings_calendar import CalendarPanel
from desktop.ui.pages.settings_care import CarePanel
from desktop.ui.pages.settings_departments import DepartmentsPanel
from desktop.ui.pages.settings_keys import KeysPanel
from desktop.ui.pages.settings_logins import LoginsPanel
from desktop.ui.pages.settings_machine import MachinePanel
from desktop.ui.pages.settings_mail import MailPanel
from desktop.ui.pages.settings_office import OfficePanel
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.pages.settings_policy import PolicyPanel
from desktop.ui.pieces import named


class SettingsPage(Page):
    """A list of panels at the left, the chosen one at the right. Takes ``settings`` with a panel's key."""

    reads = frozenset(
        {"person", "assignment", "department", "calendar_day", "office", "policy_version", "setting", "identity_record"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panels: tuple[Panel, ...] = (
            PeoplePanel(desk),
            DepartmentsPanel(desk),
            CalendarPanel(desk),
            PolicyPanel(desk),
            OfficePanel(desk),
            KeysPanel(desk),
            *((LoginsPanel(desk),) if LoginsPanel.is_for(desk) else ()),
            MailPanel(desk),
            BackupsPanel(desk),
            CarePanel(desk),
            AuditPanel(desk),
            MachinePanel(desk),
        )
        self.list = named(QListWidget(), "设置的栏目")
        self.list.setObjectName("settings")
        unit = self.fontMetrics().height()
        self.list.setFixedWidth(round(unit * 8.5))
        self.list.setStyleSheet(
            "QListWidget#settings { background: transparent; border: none; }"
            "QListWidget#settings::item { padding: 7px 12px; border-radius: 5px; color: #1b2733; }"
            "QListWidget#settings::item:selected { background: #dce8fb; color: #1a53ad; }"
        )
        self.stack = QStackedWidget()
        for panel in self.panels:
            item = QListWidgetItem(panel.title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, panel.key)
            self.stack.addWidget(panel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 14, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(self.list)
        layout.addWidget(self.stack, 1)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self.setFocusProxy(self.list)

    @property
    def unsaved(self) -> str:
        return "、".join(panel.unsaved for panel in self.panels if panel.unsaved)

    def reload(self) -> None:
        self.current.reload()

    def show_item(self, kind: str, item: object) -> None:
        """Show a panel by its key; without one the panel shown last.

        With ``/new`` behind the key it is ready for a new thing, with another name that thing is chosen in its list.
        """
        keys = [panel.key for panel in self.panels]
        if item is None:
            return
        key, _slash, deed = str(item).partition("/")
        if key not in keys:
            raise LookupError(item)
        self.list.setCurrentRow(keys.index(key))
        if deed == "new":
            self.current.begin_new()
        elif deed:
            self.current.choose(deed)

    @property
    def current(self) -> Panel:
        """The panel that is shown."""
        return self.panels[self.stack.currentIndex()]

    def _show(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        if self.isVisible():
            self.current.reload()
