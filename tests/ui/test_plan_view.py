"""The plan on a project's page: registers as tabs, sums, the budget crosswise, earlier baselines."""

import datetime as dt
import uuid
from typing import Any

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.domain.form import settle
from desktop.domain.forms import bind_plan
from desktop.services.plan_page import PlanPage
from desktop.services.plans import BaselineRow
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.plan_view import PlanView
from tests.ui.conftest import Settle
from tests.ui.offices import Seat

FIRST = BaselineRow(1, dt.date(2026, 11, 3), "立项", None, "LX-2026-0001")
SECOND = BaselineRow(2, dt.date(2026, 12, 1), "变更", None, "BG-2026-0001")


def page_of(seat: Seat, shown: BaselineRow | None, **lines: Any) -> PlanPage:
    form = bind_plan(seat.office.policy)
    known = () if shown is None else (FIRST, SECOND)
    return PlanPage(uuid.uuid4(), form, known, shown, settle(form, lines, {}) if shown else {})


def opened(seat: Seat, operations: Operations, qtbot: QtBot, tmp_path: Any) -> PlanView:
    desk = Desk(seat.office, seat.actor, operations, QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    view = PlanView(desk)
    qtbot.addWidget(view)
    return view


def test_registers_are_tabs_with_their_sums(
    seat: Seat, operations: Operations, qtbot: QtBot, settle: Settle, tmp_path: Any
) -> None:
    view = opened(seat, operations, qtbot, tmp_path)
    budget = [
        {"id": "1", "subject": "travel", "month": "2026-12", "amount": 100},
        {"id": "2", "subject": "labour", "month": "2027-01", "amount": 250},
    ]
    bought = [{"id": "q", "name": "交换机", "count": "2", "price": 1_000}]
    view.show_page(page_of(seat, SECOND, budget=budget, procurement=bought))
    settle()
    titles = [view.tabs.tabText(place) for place in range(view.tabs.count())]
    assert titles[:4] == ["采购计划 1", "费用预算 2", "费用预算（按月）", "进度计划"]
    assert view.sum.text() == "共 1 项　金额合计 20.00 元"
    assert view.told.toolTip() == "自 2026-12-01 起执行　变更　BG-2026-0001"
    assert view.versions.currentText() == "第 2 版基线（现行）"
    view.tabs.setCurrentIndex(2)
    model = view.tables["budget/crosswise"].model
    cells = [[model.index(row, column).data() for column in range(4)] for row in range(3)]
    assert cells == [
        ["2026-12", "1.00", None, "1.00"],
        ["2027-01", None, "2.50", "2.50"],
        ["合计", "1.00", "2.50", "3.50"],
    ]
    view.show_page(page_of(seat, FIRST, procurement=bought))
    settle()
    assert view.versions.currentText() == "第 1 版基线"
    assert view.tables["budget/crosswise"].model.rowCount() == 0


def test_without_a_baseline_it_says_when_there_will_be_one(
    seat: Seat, operations: Operations, qtbot: QtBot, tmp_path: Any
) -> None:
    view = opened(seat, operations, qtbot, tmp_path)
    view.show_page(page_of(seat, None))
    assert "立项批准后" in view.told.toolTip()
    assert view.tabs.isHidden()
    assert view.print.isHidden()
