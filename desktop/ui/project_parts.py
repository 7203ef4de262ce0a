"""The further parts of a project's page, each read when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QWidget

from desktop.ui.desk import Desk
from desktop.ui.meetings_view import MeetingsView
from desktop.ui.money_view import MoneyView
from desktop.ui.monitor_view import MonitorView
from desktop.ui.organization_view import OrganizationView
from desktop.ui.plan_view import PlanView


class ProjectPart(Protocol):
    """A widget that reads and shows one project's share of something."""

    def show_project(self, project_id: UUID) -> None:
        """Read and show this project's."""


PARTS: tuple[tuple[str, Callable[[Desk], ProjectPart]], ...] = (
    ("计划", PlanView),
    ("监控表", MonitorView),
    ("组织", OrganizationView),
    ("费用", MoneyView),
    ("会议与问题", MeetingsView),
)
"""Title and maker of each part, a widget, in the order of the page's tabs."""


class ProjectParts:
    """The parts of one page: made once, read when their tab is looked at or their project changes before the eyes."""

    def __init__(self, desk: Desk) -> None:
        self._parts = [make(desk) for _title, make in PARTS]
        self._shown: list[UUID | None] = [None] * len(PARTS)
        self._project: UUID | None = None

    @property
    def widgets(self) -> list[QWidget]:
        """The parts as widgets."""
        return [part for part in self._parts if isinstance(part, QWidget)]

    def show_project(self, project_id: UUID, current: int) -> None:
        """Another project, or the same one changed; ``current`` is the part that is looked at, or out of range."""
        self._project = project_id
        self._shown = [None] * len(PARTS)
        self.look(current)

    def look(self, current: int) -> None:
        """The part of that place is looked at."""
        if not 0 <= current < len(self._parts) or self._project is None or self._shown[current] == self._project:
            return
        self._shown[current] = self._project
        self._parts[current].show_project(self._project)
