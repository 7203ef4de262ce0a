"""The pages of the window, each imported and made when it is first asked for (see `desktop.ui.loading`)."""

from __future__ import annotations

from desktop.ui.desk import Desk
from desktop.ui.page import Page, Tab


def _workbench(desk: Desk) -> Page:
    from desktop.ui.pages.workbench import WorkbenchPage

    return WorkbenchPage(desk)


def _projects(desk: Desk) -> Page:
    from desktop.ui.pages.projects import ProjectsPage

    return ProjectsPage(desk)


def _weekly(desk: Desk) -> Page:
    from desktop.ui.pages.weekly import WeeklyPage

    return WeeklyPage(desk)


def _changes(desk: Desk) -> Page:
    from desktop.ui.pages.changes import ChangesPage

    return ChangesPage(desk)


def _approvals(desk: Desk) -> Page:
    from desktop.ui.pages.approvals import ApprovalsPage

    return ApprovalsPage(desk)


def _control(desk: Desk) -> Page:
    from desktop.ui.pages.control import ControlPage

    return ControlPage(desk)


def _settings(desk: Desk) -> Page:
    from desktop.ui.pages.settings import SettingsPage

    return SettingsPage(desk)


def _draft(desk: Desk) -> Page:
    from desktop.ui.pages.draft import DraftView

    return DraftView(desk)


TABS = (
    Tab("workbench", "工作台", _workbench),
    Tab("projects", "项目", _projects, frozenset({"project", "contract", "program"})),
    Tab("weekly", "周报", _weekly, takes=frozenset({"weekly"})),
    Tab("changes", "变更", _changes),
    Tab("approvals", "审批", _approvals, frozenset({"filing"})),
    Tab("control", "监控", _control, frozenset({"control", "problem"})),
    Tab("settings", "设置", _settings, frozenset({"settings"})),
    Tab("draft", "", _draft, frozenset({"draft"})),
)
"""In the order of the window; the last has no tab of its own."""
