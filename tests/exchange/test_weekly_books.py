"""The same reading serves any other table: members' weekly reports, with columns of their own."""

import pytest

from desktop.domain.field import Field
from desktop.domain.fields import DateField, PercentField, QuantityField, TextField, long_text
from desktop.exchange.reading import read_lines
from desktop.exchange.table_finding import find_table
from desktop.exchange.workbook import open_workbook
from tests.exchange.offices import DATA

COLUMNS: tuple[Field, ...] = (
    TextField(key="project", label="项目编号", required=True),
    TextField(key="task", label="任务名称", required=True),
    PercentField(key="done", label="完成任务量"),
    DateField(key="forecast", label="预计完成日期"),
    QuantityField(key="needed", label="还需人日"),
    long_text("work", "本周工作完成情况"),
)


@pytest.mark.parametrize(
    ("author", "lines", "faults"),
    [
        ("𠮷镕堃", 3, []),
        (
            "王强",
            5,
            [
                "E4 完成任务量：“大约一半”不是百分数，请只填数字",
                "F4 预计完成日期：“下周三”不是日期，请写成 2026-03-01 的样子",
            ],
        ),
        ("杨帆", 4, ["G4 还需人日：“-2”不能是负数", "E5 完成任务量：“120%”不在 0% 到 100% 之间"]),
    ],
)
def test_weekly_reports_are_read_by_the_same_mechanism(author: str, lines: int, faults: list[str]) -> None:
    workbook = open_workbook(DATA / "周报" / f"员工周报_{author}_20261120.xlsx")
    verdicts = read_lines(find_table(workbook, COLUMNS), COLUMNS)
    assert len(verdicts) == lines
    assert [fault.text for verdict in verdicts for fault in verdict.faults] == faults
    assert {heading for verdict in verdicts for heading, _ in verdict.extras} >= {"任务状态", "下周工作计划"}


def test_a_fraction_and_a_percentage_mean_the_same() -> None:
    workbook = open_workbook(DATA / "周报" / "员工周报_𠮷镕堃_20261120.xlsx")
    table = find_table(workbook, COLUMNS)
    assert table.header_rows == (4, 4)
    assert [verdict.line["done"] for verdict in read_lines(table, COLUMNS)] == ["60", "100", "100"]
