"""A Gantt chart on paper, read back: names and page numbers on every page, sizes, nothing cut (CTRL-6)."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf
import pytest
from reportlab.lib.pagesizes import A3, A4

from desktop.domain.calendar import WorkCalendar
from desktop.domain.monitor import Reported, monitor
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.gantt import GanttChart, gantt_chart
from desktop.domain.schedule.reading import read_schedule
from desktop.paper.gantt_page import GanttHead
from desktop.paper.gantt_sheet import PaperSize, render_gantt

D = dt.date
CALENDAR = WorkCalendar(frozenset(D(2026, 10, day) for day in range(1, 8)), frozenset(), D(2027, 12, 31))
TODAY = D(2026, 9, 24)
HEAD = GanttHead("滨海信息技术有限公司", "管廊监测", "第 2 版基线", "打印日期：2026-09-24", base_name="第 1 版基线")


def lines(count: int) -> list[dict[str, Any]]:
    """Three tasks a week, each after the one before, the last one a milestone."""
    found = []
    for at in range(count):
        day = D(2026, 9, 7) + dt.timedelta(days=at * 7 // 3)
        found.append(
            {
                "id": str(at),
                "name": f"任务{at + 1:03}",
                "period": {"start": str(day), "end": str(day + dt.timedelta(days=0 if at == count - 1 else 9))},
                "milestone": "yes" if at == count - 1 else "no",
                "owner": {"id": "", "name": "㛃喆"},
                "after": f"任务{at:03} SS" if at else "",
            }
        )
    return found


def chart(count: int) -> GanttChart:
    schedule = read_schedule(lines(count))
    reports = [Reported("0", "2026-W39", "甲", "doing", Decimal(60), D(2026, 9, 30), Decimal(8))]
    states = monitor(schedule, reports, CALENDAR, TODAY, Monitoring()).tasks
    return gantt_chart(schedule, CALENDAR, TODAY, states=states, older=lines(count)[:5])


def pages(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def test_CTRL_6_few_tasks_stand_on_one_page_with_all_that_belongs_to_them() -> None:
    printed = render_gantt(chart(8), HEAD, PaperSize.A4)
    (text,) = pages(printed.pdf)
    assert (printed.pages, printed.missing) == (1, frozenset())
    for wanted in (
        *("滨海信息技术有限公司", "项目进度计划甘特图", "项目：管廊监测", "第2版基线", "打印日期：2026-09-24"),
        *("任务001", "任务008", "㛃喆", "2026-09-07至2026-09-16", "60%", "关键", "滞后+10天", "今天09-24"),
        *("关键任务（粗框）", "第1版基线", "里程碑", "周报预计推迟", "第1页共1页", "任务1–8，共8项"),
    ):
        assert wanted in text, wanted
    assert "拼接" not in text
    assert render_gantt(chart(8), HEAD, PaperSize.A4).pdf == printed.pdf, "the same chart, the same bytes"


@pytest.mark.parametrize(("size", "points"), [(PaperSize.A4, A4), (PaperSize.A3, A3)])
def test_CTRL_6_many_tasks_take_pages_both_ways_with_head_names_and_numbers_on_each(
    size: PaperSize, points: tuple[float, float]
) -> None:
    printed = render_gantt(chart(120), HEAD, size)
    texts = pages(printed.pdf)
    seen = set[str]()
    for number, text in enumerate(texts, 1):
        assert f"第{number}页共{len(texts)}页" in text
        assert "项目进度计划甘特图" in text
        assert "责任人" in text
        place = re.search(r"任务(\d+)–(\d+)，共120项", text)
        assert place
        names = {f"任务{at:03}" for at in range(int(place[1]), int(place[2]) + 1)}
        assert {name for name in names if name not in text} == set()
        seen |= names
        across = re.search(r"拼接：纵(\d+)/(\d+)横(\d+)/(\d+)", text)
        assert across
        assert int(across[4]) > 1
    assert len(seen) == 120
    found = pypdf.PdfReader(BytesIO(printed.pdf)).pages[0].mediabox
    assert (round(float(found.width)), round(float(found.height))) == (round(points[1]), round(points[0]))


def test_CTRL_6_all_of_the_time_on_one_page_leaves_the_tasks_their_pages() -> None:
    texts = pages(render_gantt(chart(120), HEAD, PaperSize.A4, whole=True).pdf)
    assert [re.search(r"横(\d)/(\d)", text) is not None and "横1/1" in text for text in texts] == [True] * len(texts)
    assert len(texts) == 5


def test_CTRL_6_a_draft_says_so_and_characters_without_a_shape_are_told() -> None:
    made = chart(3)
    strange = replace(made, rows=(replace(made.rows[0], name="😀任务"), *made.rows[1:]))
    printed = render_gantt(strange, replace(HEAD, draft=True), PaperSize.A4)
    assert "甘特图（草稿）" in pages(printed.pdf)[0]
    assert printed.missing == {"😀"}


def test_CTRL_6_a_schedule_without_days_prints_its_tasks() -> None:
    empty = gantt_chart(read_schedule([{"id": "a", "name": "待定任务"}]), CALENDAR, TODAY)
    (text,) = pages(render_gantt(empty, HEAD, PaperSize.A4).pdf)
    assert "待定任务" in text
