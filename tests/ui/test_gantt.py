"""The Gantt chart at work: zoomed at the cursor, pulled over a holiday, taken back with the form's undo (CTRL-6)."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.calendar import WorkCalendar, calendar_facts
from desktop.domain.field import Facts
from desktop.domain.forms import FORMS
from desktop.domain.monitor import Reported, monitor
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.gantt import gantt_chart
from desktop.domain.schedule.reading import read_schedule
from desktop.domain.schedule.timescale import Zoom
from desktop.services.gantt import GanttPage, PaperSize
from desktop.services.plans import BaselineRow
from desktop.ui.desk import Desk
from desktop.ui.fields.base import FieldContext
from desktop.ui.form_editor import FormEditor
from desktop.ui.form_sections import LinesCard
from desktop.ui.gantt.area import GanttArea
from desktop.ui.gantt.draft_gantt import DraftGantt
from desktop.ui.gantt.project_gantt import ProjectGantt
from desktop.ui.gantt.view import GanttView
from desktop.ui.gantt.words import tip
from desktop.ui.operations import Operations
from desktop.ui.pdf_dialog import PdfDialog
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import Seat

D = dt.date
NATIONAL = frozenset(D(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkCalendar(NATIONAL, frozenset({D(2026, 10, 10)}), D(2026, 12, 31))
FACTS: Facts = {**calendar_facts(CALENDAR), "today": "2026-09-24", "project.name": "管廊监测"}
LEFT = Qt.MouseButton.LeftButton


def task(key: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    period = {"start": start, "end": end}
    return {"id": key, "name": key, "period": period, "milestone": "no", "owner": {"id": "", "name": "张伟"}, **more}


LINES = [
    task("设计", "2026-09-21", "2026-09-25"),
    task("安装", "2026-09-28", "2026-09-30", after="设计"),
    task("调试", "2026-10-08", "2026-10-10", after="安装"),
]


def many(count: int) -> GanttView:
    days = [D(2026, 1, 5) + dt.timedelta(days=at // 3) for at in range(count)]
    lines = [
        task(f"任务{at}", f"{day}", f"{day + dt.timedelta(days=7)}", after=f"任务{at - 1} SS" if at else "")
        for at, day in enumerate(days)
    ]
    view = GanttView()
    view.resize(1340, 560)
    view.show_chart(gantt_chart(read_schedule(lines), CALENDAR, D(2026, 3, 2)), anew=True)
    view.show()
    return view


@pytest.fixture
def editor(qtbot: QtBot, operations: Operations) -> FormEditor:
    made = FormEditor(FORMS["implementation_plan"], FACTS, FieldContext(operations, facts=FACTS, company="滨海"))
    qtbot.addWidget(made)
    made.resize(1340, 700)
    made.set_content({"schedule": LINES})
    made.show()
    return made


def card(editor: FormEditor) -> LinesCard:
    found = editor.cards["schedule"]
    assert isinstance(found, LinesCard)
    return found


def drawn(editor: FormEditor) -> DraftGantt:
    switch = card(editor).switch
    assert switch is not None
    switch.views.choose("gantt")
    assert switch.gantt is not None
    switch.gantt.view.area.set_zoom(Zoom.WEEK)
    switch.gantt.view.area.horizontalScrollBar().setValue(0)
    return switch.gantt


def place_of(area: GanttArea, key: str, share: float) -> QPoint:
    """Where in the window a bar is, at that share of its length."""
    assert area.layout_
    bar = area.layout_.bar(area.layout_.places[key])
    assert bar
    x = bar.x + bar.width * share + area.left - area.scrolled[0]
    return QPoint(round(x), round(bar.middle[1] + area.head - area.scrolled[1]))


def drag(area: GanttArea, at: QPoint, days: int) -> None:
    QTest.mousePress(area.viewport(), LEFT, pos=at)
    to = QPointF(at + QPoint(round(days * area.day), 0))
    QApplication.sendEvent(
        area.viewport(),
        QMouseEvent(
            QEvent.Type.MouseMove,
            to,
            area.viewport().mapToGlobal(to),
            LEFT,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def drop(area: GanttArea) -> None:
    QTest.mouseRelease(area.viewport(), LEFT)


def period(editor: FormEditor, at: int) -> tuple[str, str]:
    found = editor.content()["schedule"][at]["period"]
    return found["start"], found["end"]


def test_CTRL_6_a_bar_pulled_over_the_holiday_snaps_and_is_taken_back_with_the_forms_undo(editor: FormEditor) -> None:
    gantt = drawn(editor)
    area = gantt.view.area
    drag(area, place_of(area, "安装", 0.5), 3)
    picture = area.picture()
    assert picture
    assert picture.bubble == "2026-10-08 至 2026-10-10　3 个工作日"
    assert period(editor, 1) == ("2026-09-28", "2026-09-30"), "nothing is written while the bar is in the hand"
    drop(area)
    assert period(editor, 1) == ("2026-10-08", "2026-10-10")
    editor.judge()
    assert any("安装" in problem.text and problem.line == "调试" for problem in editor.problems), "checks follow"
    editor.activateWindow()
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert period(editor, 1) == ("2026-09-28", "2026-09-30")
    gantt.follow()
    assert area.layout_
    assert area.layout_.rows[1].days == (D(2026, 9, 28), D(2026, 9, 30))


def test_CTRL_6_an_end_pulled_changes_the_length_and_esc_lets_go(editor: FormEditor) -> None:
    area = drawn(editor).view.area
    drag(area, place_of(area, "安装", 0.99), 9)
    QTest.keyClick(area, Qt.Key.Key_Escape)
    drop(area)
    assert period(editor, 1) == ("2026-09-28", "2026-09-30")
    drag(area, place_of(area, "安装", 0.99), 9)
    drop(area)
    assert period(editor, 1) == ("2026-09-28", "2026-10-09")
    QTest.keyClick(area, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    assert period(editor, 1) == ("2026-09-28", "2026-10-08")
    QTest.keyClick(area, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert period(editor, 1) == ("2026-09-29", "2026-10-09")
    editor.undo()
    assert period(editor, 1) == ("2026-09-28", "2026-10-08"), "each is a step of its own, however quick"
    editor.undo()
    assert period(editor, 1) == ("2026-09-28", "2026-10-09")


def test_CTRL_6_a_summary_task_is_not_pulled(editor: FormEditor) -> None:
    lines = [task("一期", "2026-01-01", "2026-01-02"), task("设计", "2026-09-21", "2026-09-25", parent="一期")]
    editor.set_content({"schedule": lines})
    area = drawn(editor).view.area
    drag(area, place_of(area, "一期", 0.5), 3)
    assert area.pull is None
    drop(area)
    QTest.keyClick(area, Qt.Key.Key_Space)
    assert area.layout_
    assert [row.name for row in area.layout_.rows] == ["一期"]
    assert editor.content()["schedule"][0]["period"]["start"] == "2026-01-01"


def test_CTRL_6_a_problem_and_a_double_click_lead_back_to_the_table(editor: FormEditor) -> None:
    area = drawn(editor).view.area
    table = card(editor).lines
    assert table.isHidden()
    QTest.mouseDClick(area.viewport(), LEFT, pos=place_of(area, "调试", 0.5))
    assert not table.isHidden()
    assert table.view.currentIndex().row() == 2


def test_CTRL_6_the_wheel_zooms_at_the_cursor(qtbot: QtBot) -> None:
    view = many(400)
    qtbot.addWidget(view)
    area = view.area
    area.set_zoom(Zoom.WEEK)
    area.horizontalScrollBar().setValue(200)
    at = 400.0
    before, wide = area.day_seen(at), area.day
    spot = QPointF(area.left + at, 200)
    wheel = QWheelEvent(
        spot,
        area.viewport().mapToGlobal(spot),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(area.viewport(), wheel)
    assert area.day > wide
    assert area.day_seen(at) == before
    for zoom in Zoom:
        view.zoom.choose(zoom.name)
        assert area.day == pytest.approx(zoom.value * area.em)
        assert view.zoom.current == zoom.name
    view.fit.click()
    assert area.horizontalScrollBar().maximum() == 0
    QTest.keyClick(area, Qt.Key.Key_Plus)
    assert area.horizontalScrollBar().maximum() > 0


def test_CTRL_6_painting_five_hundred_tasks_touches_only_the_rows_that_are_seen(qtbot: QtBot) -> None:
    view = many(500)
    qtbot.addWidget(view)
    area = view.area
    assert area.layout_
    rows = -int(-(area.viewport().height() - area.head) // area.layout_.row) + 1
    for place in (0, 250, 499):
        area.go_to(place)
        view.grab()
        assert 0 < area.painted <= rows
        assert area.painted < 30
    QTest.keyClick(area, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert area.current == 0
    assert area.verticalScrollBar().value() == 0


def test_CTRL_6_the_draft_prints_on_the_paper_that_is_chosen(editor: FormEditor, settle: Settle) -> None:
    gantt = drawn(editor)
    gantt.view.printed.emit(PaperSize.A3, False)
    settle()
    (dialog,) = shown(editor, PdfDialog)
    sizes = dialog.panel.view.document.sizes if dialog.panel.view.document else []
    assert [(round(size.width()), round(size.height())) for size in sizes] == [(1191, 842)]
    dialog.close()


def test_CTRL_6_the_chart_on_a_projects_page_has_a_window_of_its_own_and_comes_back(
    seat: Seat, operations: Operations, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(seat.office, seat.actor, operations, QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    gantt = ProjectGantt(desk)
    qtbot.addWidget(gantt)
    gantt.resize(900, 400)
    gantt.show()
    first, second = (BaselineRow(no, D(2026, 9, no), "", None, "") for no in (1, 2))
    chart = gantt_chart(read_schedule(LINES), CALENDAR, D(2026, 9, 24), older=LINES[:1])
    gantt.show_page(GanttPage("管廊监测", (first, second), second, first, chart))
    bases = gantt.view.bases
    assert [bases.itemText(at) for at in range(bases.count())] == ["不对照基线", "对照第 1 版基线"]
    assert bases.currentIndex() == 1
    assert "第 1 版基线" in gantt.view.legend.accessibleDescription()
    assert "关键任务" in gantt.view.legend.accessibleDescription()
    gantt.enlarge.click()
    window = gantt.view.window()
    assert window is not gantt
    window.close()
    assert gantt.view.window() is gantt
    assert gantt.view.isVisible()


def test_CTRL_6_a_tool_tip_tells_days_slack_light_and_forecast() -> None:
    schedule = read_schedule([*LINES, task("培训", "2026-09-21", "2026-09-22")])
    reports = [Reported("设计", "2026-W39", "甲", "doing", Decimal(40), D(2026, 9, 29), Decimal(8))]
    states = monitor(schedule, reports, CALENDAR, D(2026, 9, 24), Monitoring(yellow=1, red=5)).tasks
    rows = gantt_chart(schedule, CALENDAR, D(2026, 9, 24), states=states, older=LINES[:1]).rows
    design, training = tip(rows[0], "第 1 版基线", editable=True), tip(rows[3], "基线", editable=False)
    for wanted in (
        "<b>设计</b>",
        "2026-09-21 至 2026-09-25　5 个工作日",
        "关键任务：推迟就推迟整个项目",
        "进度 40%　预警",
        "预计完成 2026-09-29，推迟 2 个工作日",
        "第 1 版基线：2026-09-21 至 2026-09-25",
        "拖动改日期",
    ):
        assert wanted in design.split("<br>"), wanted
    assert "可推迟 9 个工作日而不影响完工" in training
    assert "拖动" not in training
