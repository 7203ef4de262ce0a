"""监控: tracked problems and what is missed, as one works with them at the screen."""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.drafting import Draft, save_draft, start_draft
from desktop.services.problems import ProblemQuery, ProblemState, problem_ids
from desktop.services.projects import ProjectQuery, project_ids
from desktop.services.submitting import submit_draft
from desktop.ui.desk import Desk
from desktop.ui.meetings_view import MeetingsView
from desktop.ui.pages.control import ControlPage
from desktop.ui.problem_list import ProblemList
from tests.services.watching_fills import WATCHING
from tests.ui.conftest import Settle
from tests.ui.offices import Seat

PROBLEMS = "问题跟踪"


@pytest.fixture
def minutes(desk: Desk) -> Draft:
    """Minutes of a meeting with one decision, submitted by the clerk."""
    office, clerk = desk.office, desk.actor
    going = office.read(partial(project_ids, actor=clerk, query=ProjectQuery(states=("implementing",))))
    begun = start_draft(office, clerk, "meeting", going[0])
    content: dict[str, Any] = {**begun.content}
    for key, value in WATCHING["meeting"].items():
        content[key] = {**content[key], **value} if isinstance(value, dict) else value
    decided = {**content["decisions"][0], "due": "2026-11-27", "owner": {"id": "", "name": "张工"}}
    content["decisions"] = [decided]
    draft = save_draft(office, clerk, replace(begun, content=content))
    office.run(clerk, lambda work: submit_draft(work, draft))
    office.home.drafts.delete(draft.id)
    return draft


def look_at(page: ControlPage, title: str) -> None:
    titles = [page.tabs.tabText(place) for place in range(page.tabs.count())]
    page.tabs.setCurrentIndex(titles.index(title))


def rows(shown: ProblemList) -> list[str]:
    model = shown.table.model
    found = [model.row_at(number) for number in range(model.rowCount())]
    return [row.title for row in found if row is not None]


def test_CTRL_7_a_decision_stands_in_the_list_and_is_closed_from_it(
    qtbot: QtBot, desk: Desk, minutes: Draft, settle: Settle
) -> None:
    page = ControlPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    shown = page.problems
    assert shown is not None
    look_at(page, PROBLEMS)
    settle()
    assert rows(shown) == ["补发到货通知"]
    assert not shown.close_it.isEnabled()
    shown.table.view.selectRow(0)
    assert shown.close_it.isEnabled()
    with qtbot.waitSignal(desk.wanted) as wanted:
        shown.close_it.click()
    kind, draft = wanted.args
    assert (kind, draft.form_key) == ("draft", "problem_closing")
    assert draft.content["closing"]["number"] == "HY-2026-0001-1"
    with qtbot.waitSignal(desk.wanted) as wanted:
        shown.table.opened.emit(shown.table.current())
    assert wanted.args == ["filing", minutes.id]
    shown.by.choose("closed")
    settle()
    assert rows(shown) == []
    shown.by.choose("all")
    shown.table.search.setText("张工")
    settle()
    qtbot.waitUntil(lambda: rows(shown) == ["补发到货通知"])
    row = shown.table.model.row_at(0)
    assert row is not None
    assert row.state is ProblemState.OPEN


@pytest.mark.usefixtures("minutes")
def test_INFO_3_a_problem_due_is_met_where_it_is_closed(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    (problem,) = desk.ask(partial(problem_ids, actor=desk.actor, query=ProblemQuery(text="补发到货通知")))
    page = ControlPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    page.show_item("problem", str(problem))
    settle()
    shown = page.problems
    assert shown is not None
    assert shown.isVisible()
    row = shown.table.current()
    assert row is not None
    assert row.title == "补发到货通知"
    assert shown.close_it.isEnabled()


def test_MON_1_a_project_shows_its_problems_and_its_papers(
    qtbot: QtBot, desk: Desk, minutes: Draft, settle: Settle
) -> None:
    view = MeetingsView(desk)
    qtbot.addWidget(view)
    view.show()
    assert minutes.project_id is not None
    view.show_project(minutes.project_id)
    settle()
    assert view.problems is not None
    assert rows(view.problems) == ["补发到货通知"]
    view.by.choose("papers")
    settle()
    first = view.papers.model.row_at(0)
    assert first is not None
    assert (first.id, first.form_key) == (minutes.id, "meeting")


def test_MON_2_a_missed_meeting_is_listed_and_leads_to_its_minutes(
    qtbot: QtBot, desk: Desk, seat: Seat, settle: Settle
) -> None:
    page = ControlPage(desk)
    qtbot.addWidget(page)
    page.show()
    look_at(page, "例会与里程碑")
    settle()
    owed = page.owed
    assert owed is not None
    assert owed.table.model.rowCount() == 0, "the ledger came in today"
    seat.clock.now += dt.timedelta(weeks=3)
    page.reload()
    settle()
    assert owed.table.model.rowCount() > 0
    owed.table.view.selectRow(0)
    chosen = owed.table.current()
    assert chosen is not None
    assert (chosen.forms, chosen.due, chosen.time_text) == (("meeting",), dt.date(2026, 12, 7), "逾期 4 个工作日")
    begin, *_rest = owed.table.menu_for(chosen)
    with qtbot.waitSignal(desk.wanted) as wanted:
        begin.trigger()
    assert (wanted.args[1].form_key, wanted.args[1].project_id) == ("meeting", chosen.project.id)
