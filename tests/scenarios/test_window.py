"""The main job through the real window, on both engines, in November 2026 and in 2027.

The first story is told on both engines at both times; the others in 2026 on SQLite and in 2027 on PostgreSQL, since
neither the calendar nor the database knows of the other.
"""

import datetime as dt
from pathlib import Path

import pytest

from desktop.domain.approval import Decision
from desktop.domain.clocks import Urgency
from desktop.services.checking import verify_office
from desktop.services.drafting import list_drafts
from desktop.services.history import project_history
from desktop.services.home import Home
from desktop.ui.application import Application
from desktop.ui.paper_dialog import PaperDialog
from tests.scenarios.screen import Screen
from tests.services.world import CLERK, FINANCE, HEAD, MANAGER, PAUSED, PRESIDENT, QUALITY, RUNNING, TECHNICAL

DAYS = [dt.date(2026, 11, 23), dt.date(2027, 3, 8)]


@pytest.fixture
def today(screen: Screen) -> dt.date:
    """The day on which the story begins: another one on each engine."""
    return DAYS[0] if screen.world.office.database.file else DAYS[1]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_PAUSE_1_and_3_a_pause_is_filed_signed_on_screen_and_on_paper_and_stops_reports_and_claims(
    screen: Screen, day: dt.date
) -> None:
    world = screen.world
    world.clock.set(day)
    screen.sit(MANAGER)
    filing = screen.file("suspension", RUNNING, reason={"resume_by": (day + dt.timedelta(60)).isoformat()})
    screen.approve(filing, TECHNICAL)
    assert world.project().state == "implementing"

    screen.record_paper(filing, CLERK, day, world.file("签字扫描.pdf"))
    assert world.project().state == "paused"
    assert world.project().paused_on == day
    page = screen.project(RUNNING).view.page
    assert page is not None
    assert [(gate.key, bool(gate.unmet)) for gate in page.gates] == [("weekly_report", True), ("claim", True)]
    assert [document.kind for document in page.documents] == ["signed scan"]
    told = [entry.text for entry in world.office.read(lambda reading: project_history(reading, page.project.id))]
    assert "项目状态：实施 → 暂停" in told
    assert verify_office(world.office) == []


def test_PAUSE_4_resumption_is_approved_and_claims_are_possible_again(screen: Screen, today: dt.date) -> None:
    world = screen.world
    world.clock.set(today)
    screen.sit(MANAGER)
    filing = screen.file("resumption", PAUSED, plan={"resume_on": today.isoformat()})
    screen.approve(filing, TECHNICAL)
    screen.approve(filing, HEAD)
    project = world.project(PAUSED)
    assert (project.state, project.resumed_on, project.paused_on) == ("implementing", today, None)
    screen.sit(CLERK)
    page = screen.project(PAUSED).view.page
    assert page is not None
    assert not any(gate.unmet for gate in page.gates)


def test_PAUSE_5_an_overdue_pause_is_listed_until_the_president_approves_an_opinion(
    screen: Screen, today: dt.date
) -> None:
    world = screen.world
    world.clock.set(today)
    late = [item for item in screen.due(CLERK) if item.rule.startswith("PAUSE-5")]
    assert [(item.urgency, item.on, item.opens) for item in late] == [
        (Urgency.LATE, dt.date(2026, 11, 10), "overdue_opinion")
    ]
    until = today + dt.timedelta(90)
    filing = screen.file("overdue_opinion", PAUSED, opinion={"until": until.isoformat()})
    screen.approve(filing, HEAD)
    screen.approve(filing, PRESIDENT)
    assert world.project(PAUSED).pause_until == until
    assert not [item for item in screen.due(CLERK) if item.rule.startswith("PAUSE-5")]


def test_CLOSE_2_ten_working_days_are_counted_down_from_the_start_of_closing(screen: Screen, today: dt.date) -> None:
    due, estimated = {DAYS[0]: (dt.date(2026, 12, 7), False), DAYS[1]: (dt.date(2027, 3, 22), True)}[today]
    world = screen.world
    world.clock.set(today)
    world.approved("closing_start", CLERK, number=RUNNING)
    (item,) = [item for item in screen.due(MANAGER) if item.rule.startswith("CLOSE-2")]
    assert (item.on, item.estimated, item.text) == (due, estimated, "结项 10 个工作日：期限将到")
    world.clock.set(due)
    (item,) = [item for item in screen.due(MANAGER) if item.rule.startswith("CLOSE-2")]
    assert (item.urgency, item.days_text) == (Urgency.TODAY, "今天")
    world.ready_to_close()
    screen.sit(MANAGER)
    filing = screen.file("closing", RUNNING)
    for name in (TECHNICAL, QUALITY, FINANCE, HEAD):
        screen.approve(filing, name)
    assert (world.project().state, world.project().closed_on) == ("closed", due)
    assert not [item for item in screen.due(MANAGER) if item.rule.startswith("CLOSE-2")]


def test_what_changed_after_a_return_is_shown_and_must_be_signed_again(screen: Screen) -> None:
    world = screen.world
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    world.sign(filing, HEAD, Decision.RETURN, "费用没有写清楚")
    world.submit(world.rework(filing, progress={"spent": 200_000_000}))

    screen.sit(TECHNICAL)
    page = screen.open(filing)
    assert page.view.page is not None
    assert [(item.place, item.before, item.after) for item in page.view.page.changed] == [
        ("已发生费用", "1,234,567.89", "2,000,000.00"),
        ("预算使用率", "6.9%", "11.1%"),
    ]
    screen.press(page.approve)
    screen.wait()
    assert world.page(filing).row.waiting == "项目管理部"


def test_a_signature_dated_tomorrow_is_refused_and_the_dialog_keeps_what_was_typed(screen: Screen) -> None:
    world = screen.world
    filing = world.submitted("suspension")
    tomorrow = world.clock().date() + dt.timedelta(1)
    dialog = screen.record_paper(filing, CLERK, tomorrow, world.file())
    assert screen.shown(PaperDialog) is dialog
    assert dialog.rows[0].on.text() == tomorrow.isoformat()
    assert world.page(filing).sign_offs == ()
    dialog.close()


def test_a_form_left_half_filled_is_offered_back_at_the_next_start(screen: Screen, tmp_path: Path) -> None:
    world = screen.world
    screen.sit(MANAGER)
    screen.project(RUNNING).view.begin_form("suspension")
    screen.wait(lambda: screen.window.current == "draft")
    drafts = list_drafts(screen.desk.office, world.who(MANAGER))
    assert [draft.form_key for draft in drafts] == ["suspension"]
    screen.application.claims.release()  # as if it had ended here
    again = Application(Home(tmp_path / "desk"), clock=world.clock)
    again.begin(world.url)
    other = Screen(world, again, screen.qtbot)
    other.wait(lambda: again.window is not None)
    assert next(item.text for item in other.due(MANAGER) if item.draft_id).startswith("未提交的《项目暂停申请表》")
    again.close()
