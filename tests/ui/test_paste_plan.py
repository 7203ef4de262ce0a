"""What offices keep in spreadsheets goes into the registers of a plan by pasting, sixty lines and more."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.form import LineTable, settle
from desktop.domain.forms import bind_plan
from desktop.services.policies import shipped_policies
from desktop.ui.line_model import LineModel
from desktop.ui.paste_check import PasteCheck, fill, read_pasted

PLAN = bind_plan(next(policy for policy in shipped_policies() if policy.key == "epm"))


def pasted(key: str, *rows: str) -> LineModel:
    section = PLAN.section(key)
    assert isinstance(section, LineTable)
    model = LineModel(section, ())
    fill(model, read_pasted("\n".join(rows), section))
    assert model.unread() == []
    return model


def plain(model: LineModel, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(line.get(key) for key in keys) for line in model.lines()]


def test_a_procurement_list_with_its_own_amounts_and_total() -> None:
    rows = [f"{n}\t交换机{n}\tS12700\t2\t台\t1.25\t2.5\t2027/1/10\t华为" for n in range(1, 71)]
    heading = "序号\t设备名称\t规格型号\t数量\t单位\t单价（万元）\t金额（万元）\t到货日期\t供货商"
    model = pasted("procurement", heading, *rows, "合计\t\t\t\t\t\t175\t\t")
    assert model.rowCount() == 70
    assert plain(model, "name", "count", "price", "needed_on")[69] == ("交换机70", "2", 1_250_000, "2027-01-10")
    settled = settle(PLAN, {"procurement": model.lines()}, {})
    assert {line["amount"] for line in settled["procurement"]} == {2_500_000}


def test_a_budget_by_month() -> None:
    model = pasted("budget", "费用类别\t月份\t预算金额\t用途", "差旅\t2026年12月\t12,000\t进场", "人工\t2027/1\t1万\t")
    assert plain(model, "subject", "month", "amount", "note") == [
        ("travel", "2026-12", 1_200_000, "进场"),
        ("labour", "2027-01", 1_000_000, None),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("任务名称\t开始日期\t结束日期\t里程碑\t责任人", "设计\t2026-11-10\t2026/12/10\t否\t㛃喆"),
        ("工作内容\t计划开始时间\t计划完成时间\t里程碑\t责任人", "设计\t2026年11月10日\t2026年12月10日\t×\t㛃喆"),
        ("任务\t起止日期\t里程碑\t责任人", "设计\t2026-11-10 至 2026-12-10\tn\t㛃喆"),
        ("任务\t起止日期\t里程碑\t责任人", "设计\t2026.11.10-2026.12.10\tn\t㛃喆"),
        ("任务\t起止\t里程碑\t责任人", "设计\t2026/11/10~12/10\tn\t㛃喆"),
    ],
    ids=["two columns", "other words", "one column", "a dash", "a short end"],
)
def test_a_schedule_with_its_days_in_one_column_or_two(rows: tuple[str, ...]) -> None:
    model = pasted("schedule", *rows)
    days = {"start": "2026-11-10", "end": "2026-12-10"}
    assert plain(model, "name", "period", "milestone") == [("设计", days, "no")]


def test_a_day_that_is_missing_is_told() -> None:
    section = PLAN.section("schedule")
    assert isinstance(section, LineTable)
    model = LineModel(section, ())
    fill(model, read_pasted("任务\t开始\t结束\t里程碑\t责任人\n设计\t2026-11-10\t\t否\t㛃喆", section))
    ((_line, field, _text, why),) = model.unread()
    assert field.key == "period"
    assert why == "起止日期要填齐"


@pytest.mark.parametrize("count", [2, 60])
def test_the_look_at_what_is_pasted_keeps_to_its_window_and_begins_at_its_top(qtbot: QtBot, count: int) -> None:
    section = PLAN.section("budget")
    assert isinstance(section, LineTable)
    rows = [f"差旅\t2026-12\t{n}\t进场" for n in range(1, count + 1)]
    check = PasteCheck(read_pasted("\n".join(rows), section), LineModel(section, ()))
    qtbot.addWidget(check)
    size = check.size()
    check.show()
    qtbot.waitExposed(check)
    assert check.size() == size
    (verdict,) = list[QLabel](check.findChildren(QLabel))
    assert verdict.height() < 3 * check.fontMetrics().height()
