"""What the search box of the window finds: projects, filings, pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from desktop.services.filings import FilingQuery, filing_ids, filing_rows
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.ui.command_bar import Finder, Hit
from desktop.ui.desk import Desk
from desktop.ui.page import Tab

_MOST = 6


def finders_for(desk: Desk, tabs: Sequence[Tab]) -> tuple[Finder, ...]:
    """The finders of an office's window, the most wanted first."""

    def show(kind: str, item: object) -> None:
        desk.wanted.emit(kind, item)

    def projects(text: str) -> list[Hit]:
        rows = desk.ask(
            lambda reading: project_rows(reading, project_ids(reading, desk.actor, ProjectQuery(text=text))[:_MOST])
        )
        return [Hit(f"{item.marked} {item.name}".strip(), "项目", partial(show, "project", item.id)) for item in rows]

    def filings(text: str) -> list[Hit]:
        rows = desk.ask(
            lambda reading: filing_rows(reading, filing_ids(reading, desk.actor, FilingQuery(text=text))[:_MOST])
        )
        return [
            Hit(
                f"{item.number} {item.title}　{item.project_name or item.subject}",
                item.state.label,
                partial(show, "filing", item.id),
            )
            for item in rows
        ]

    def pages(text: str) -> list[Hit]:
        return [
            Hit(tab.title, "页面", partial(show, tab.key, None))
            for tab in tabs
            if tab.title and text.strip() in tab.title
        ]

    return (projects, filings, pages)
