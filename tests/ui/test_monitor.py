"""The monitor table on the project's page, and the change that a deviating milestone asks for."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from desktop.domain.canonical import canonical_text
from desktop.services.office import Work
from desktop.services.projects import find_project
from desktop.services.reporting import report_book, report_pdf
from desktop.store.tables import Baseline, PlanLine, ReportLine
from desktop.ui.chart import LineChart, Part, PartsBar, Series, nice_step
from desktop.ui.desk import Desk
from desktop.ui.monitor_view import MonitorView
from tests.paper.sheets import texts_of
from tests.ui.conftest import Settle
from tests.ui.offices import Seat

NUMBER = "JC-2026-001"
TASKS = (
    ("t1", "深化设计", "2026-10-12", "2026-11-06", "no", "10"),
    ("t2", "设计评审", "2026-11-13", "2026-11-13", "yes", None),
    ("t3", "布线施工", "2026-11-09", "2026-12-18", "no", "40"),
)


def plan(work: Work) -> None:
    """A baseline and two weeks of reports, as approved papers leave them."""
    project = find_project(work, NUMBER)
    now = dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
    work.session.add(Baseline(project_id=project.id, n=1, effective_on=now.date(), at=now))
    for place, (key, name, start, end, milestone, days) in enumerate(TASKS, 1):
        line: dict[str, Any] = {"name": name, "period": {"start": start, "end": end}, "milestone": milestone}
        work.session.add(
            PlanLine(
                project_id=project.id,
                register="schedule",
                line=key,
                place=place,
                from_baseline=1,
                content=canonical_text({**line, "work": days}),
                starts_on=dt.date.fromisoformat(start),
                ends_on=dt.date.fromisoformat(end),
            )
        )
    for week, key, done, forecast, hours in (
        ("2026-W45", "t1", 10_000, "2026-11-06", 4_000),
        ("2026-W46", "t2", 0, "2026-11-27", 800),
    ):
        work.session.add(
            ReportLine(
                project_id=project.id,
                week=week,
                place=1,
                line=f"{week}-{key}",
                task=key,
                plan_line=key,
                done=done,
                forecast_on=dt.date.fromisoformat(forecast),
                hours=hours,
                content="{}",
            )
        )


def shown(qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle) -> MonitorView:
    view = MonitorView(desk)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    view.show_project(seat.office.read(partial(find_project, number=NUMBER)).id)
    settle()
    settle()
    return view


def test_WEEK_6_the_table_shows_lights_deviation_and_earned_value_and_goes_on_paper(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    seat.office.run(seat.actor, plan)
    view = shown(qtbot, seat, desk, settle)
    rows = [view.table.model.row_at(place) for place in range(view.table.model.rowCount())]
    told = [[column.text(row) for column in view.table.model.columns[:2]] for row in rows if row]
    assert [name.split("　")[0] for _light, name in told] == ["深化设计", "◆ 设计评审", "布线施工"]
    assert [light for light, _name in told] == ["正常", "滞后", "正常"]
    assert "EV 10.0" in view.value.toolTip()
    assert "AC 6.0" in view.value.toolTip()
    assert view.offer.isVisible()
    assert view.page is not None
    report = view.page.report
    printed = texts_of(report_pdf(seat.office, report).pdf)
    assert any("项目进度计划监控表" in text and "设计评审" in text and "滞后" in text for text in printed)
    book = load_workbook(report_book(report, tmp_path / "监控表.xlsx").path)
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "滞后" in cells
    assert any("设计评审" in cell for cell in cells)


def test_WEEK_6_the_table_asks_for_no_more_width_than_a_small_screen_has(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    seat.office.run(seat.actor, plan)
    view = shown(qtbot, seat, desk, settle)
    offer, box = view.offer.sizeHint().width(), view.against.sizeHint().width()
    assert view.minimumSizeHint().width() < offer + box + 10 * view.fontMetrics().height()
    assert view.value.toolTip().startswith("PV "), "what is cut is told by the pointer"


def test_CHG_4_a_deviating_milestone_offers_the_change_filled_in(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    seat.office.run(seat.actor, plan)
    manager = seat.office.read(partial(find_project, number=NUMBER)).manager
    assert manager is not None
    desk.seat(manager.id)
    view = shown(qtbot, seat, desk, settle)
    with qtbot.waitSignal(desk.wanted, timeout=10_000) as wanted:
        view.offer.click()
    kind, draft = wanted.args
    assert kind == "draft"
    moved = {line["name"]: line["period"] for line in draft.content["schedule"]}
    assert moved["设计评审"] == {"start": "2026-11-27", "end": "2026-11-27"}
    assert moved["深化设计"] == {"start": "2026-10-12", "end": "2026-11-06"}
    assert "“设计评审”计划 2026-11-13，预计 2026-11-27，推迟 10 个工作日" in draft.content["change"]["reason"]


def test_WEEK_6_a_project_without_a_plan_says_so(qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle) -> None:
    view = shown(qtbot, seat, desk, settle)
    assert view.table.model.rowCount() == 0
    assert not view.offer.isVisible()
    assert "还没有进度计划基线" in view.table.view.empty or not view.curve.isVisible()


def test_charts_say_their_figures_in_words(qtbot: QtBot) -> None:
    chart, bar = LineChart("%"), PartsBar()
    for widget in (chart, bar):
        qtbot.addWidget(widget)
    chart.show_series(["W46", "W47"], [Series("提交率", "#1d5cbf", [80, None])], top=100)
    bar.show_parts([Part("实施", "#1c7346", 12), Part("暂停", "#8d5300", 0)])
    assert chart.accessibleDescription() == "提交率 80%"
    assert bar.accessibleDescription() == "实施 12"
    assert [nice_step(top) for top in (1, 7, 40, 179, 3000)] == [0.25, 2, 10, 50, 1000]
