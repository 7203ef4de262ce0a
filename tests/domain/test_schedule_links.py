"""Predecessors and parents as people write them, and what is told where they cannot be understood (INIT-1, CTRL-6)."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.schedule.checks import check_schedule
from desktop.domain.schedule.links import Dependency, Link, NameBook
from desktop.domain.schedule.reading import read_schedule

NAMES = ("方案设计", "到货验收", "设备安装、调试", "终版 SS+2", "机房-2", "安装", "3", "调试")


def line(key: str, after: str = "", parent: str = "", **more: Any) -> dict[str, Any]:
    return {"id": key, "name": f"任务{key}", "after": after, "parent": parent, **more}


LINES = [line(str(number), name=name) for number, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("方案设计", [("1", Link.FS, 0)]),
        ("方案设计 SS+2、到货验收 FS-1天", [("1", Link.SS, 2), ("2", Link.FS, -1)]),
        ("方案设计完成-开始+3个工作日；到货验收（开始-完成）", [("1", Link.FS, 3), ("2", Link.SF, 0)]),
        ("方案设计 开始-开始 ＋ ２天", [("1", Link.SS, 2)]),
        ("方案设计ＦＦ−1周", [("1", Link.FF, -5)]),
        ("方案设计+1", [("1", Link.FS, 1)]),
        ("设备安装、调试", [("3", Link.FS, 0)]),
        ("设备安装、调试 SS+1、安装", [("3", Link.SS, 1), ("6", Link.FS, 0)]),
        ("安装、调试", [("6", Link.FS, 0), ("8", Link.FS, 0)]),
        ("终版 SS+2", [("4", Link.FS, 0)]),
        ("终版 SS+2 FF-1", [("4", Link.FF, -1)]),
        ("机房-2", [("5", Link.FS, 0)]),
        ("机房-2-2", [("5", Link.FS, -2)]),
        ("1FS+2d, 第2行", [("1", Link.FS, 2), ("2", Link.FS, 0)]),
        ("3", [("7", Link.FS, 0)]),
        (" 方案 设计 ,,\n", [("1", Link.FS, 0)]),
    ],
)
def test_CTRL_6_predecessors_are_read_with_type_and_lag_whole_names_first(
    text: str, meant: list[tuple[str, Link, int]]
) -> None:
    read = NameBook(LINES).read(text)
    assert [(one.line, one.kind, one.lag) for one in read] == meant
    assert not any(one.fault for one in read)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("验收", "“验收”在进度计划中没有"),
        ("验收 SS+2", "“验收”在进度计划中没有"),
        ("99", "“99”在进度计划中没有"),
        ("方案设计 SS+1.5", "“方案设计 SS+1.5”的间隔要写成整数个工作日"),
        ("方案设计+10000", "间隔超过了 9,999 个工作日"),
        ("方案设计 FX+2", "“方案设计 FX”在进度计划中没有"),
    ],
)
def test_CTRL_6_what_cannot_be_read_is_told(text: str, fault: str) -> None:
    (read,) = NameBook(LINES).read(text)
    assert fault in read.fault


@given(
    st.lists(
        st.tuples(st.sampled_from(range(len(NAMES))), st.sampled_from(Link), st.integers(-99, 99)),
        unique_by=lambda link: link[0],
        min_size=1,
    )
)
def test_CTRL_6_dependencies_are_written_so_that_they_are_read_again(links: list[tuple[int, Link, int]]) -> None:
    wanted = [(LINES[place]["id"], kind, lag) for place, kind, lag in links]
    book = NameBook(LINES)
    text = book.write(Dependency(before, "x", kind, lag) for before, kind, lag in wanted)
    assert [(one.line, one.kind, one.lag) for one in book.read(text)] == wanted


@pytest.mark.parametrize(
    ("lines", "places", "words"),
    [
        ([line("1", "任务2"), line("2"), line("3", name="任务2")], [("1", "after")], "“任务2”有 2 项任务同名"),
        ([line("1", "任务1 SS+1")], [("1", "after")], "就是它自己"),
        ([line("1", "任务2、任务2 SS"), line("2")], [("1", "after")], "写了不止一次"),
        ([line("1", parent="任务9")], [("1", "parent")], "“任务9”在进度计划中没有"),
        ([line("1", parent="任务1")], [("1", "parent")], "就是它自己"),
        (
            [line("1", parent="任务2"), line("2", parent="任务1"), line("3", parent="任务2")],
            [("1", "parent"), ("2", "parent")],
            "绕回了它自己",
        ),
        ([line("1"), line("2", "任务1", "任务1")], [("2", "after")], "是它自己的上级任务"),
        ([line("1", "任务2"), line("2", "", "任务1")], [("1", "after")], "是它自己的下级任务"),
        ([line("1", "任务3 FF"), line("2", "", "任务1"), line("3")], [("1", "after")], "汇总任务只能按 FS"),
        (
            [line("1", "任务3"), line("2", "任务1"), line("3", "任务2"), line("4", "任务3")],
            [("1", "after"), ("2", "after"), ("3", "after")],
            "成了循环：任务1 → 任务2 → 任务3 → 任务1",
        ),
        (
            [line("1"), line("2", "任务3", "任务1"), line("3", "任务1")],
            [("2", "after"), ("3", "after")],
            "成了循环：任务2 → 任务1 → 任务3 → 任务2",
        ),
    ],
    ids=[
        "an ambiguous name",
        "itself",
        "twice",
        "an unknown parent",
        "its own parent",
        "parents in a circle",
        "its own summary",
        "below itself",
        "the finish of a summary",
        "a circle",
        "a circle through a summary",
    ],
)
def test_INIT_1_what_a_line_says_wrongly_is_told_at_its_cell(
    lines: list[dict[str, Any]], places: list[tuple[str, str]], words: str
) -> None:
    schedule = read_schedule(lines)
    assert [(item.line, item.field) for item in schedule.problems] == places
    assert any(words in item.text for item in schedule.problems)
    assert all(item.blocks for item in schedule.problems)
    schedule.network(WorkCalendar(frozenset(), frozenset(), dt.date.max))


DAYS = {"start": "2026-09-28", "end": "2026-09-30"}
HOLIDAYS = [f"2026-10-0{day}" for day in range(1, 8)]


@pytest.mark.parametrize(
    ("after", "days", "told"),
    [
        ("任务1", ("2026-09-30", "2026-10-09"), ""),
        ("任务1", ("2026-09-29", "2026-10-09"), "到 2026-09-30 才完成"),
        ("任务1 FS+1", ("2026-10-08", "2026-10-09"), "最早 2026-10-09 才能开始"),
        ("任务1 FS+1", ("2026-10-09", "2026-10-09"), ""),
        ("任务1 SS+3", ("2026-09-30", "2026-10-09"), "最早 2026-10-08 才能开始"),
        ("任务1 FF+1", ("2026-09-28", "2026-10-07"), "最早 2026-10-08 才能完成"),
        ("任务1 SF+2", ("2026-09-28", "2026-09-29"), ""),
    ],
)
def test_CTRL_6_a_task_that_starts_before_its_predecessors_let_it_is_told(
    after: str, days: tuple[str, str], told: str
) -> None:
    lines = [line("1", period=DAYS), line("2", after, period={"start": days[0], "end": days[1]})]
    found = list(check_schedule({"schedule": lines}, {"calendar.holidays": HOLIDAYS}))
    assert [(item.line, item.field, item.blocks) for item in found] == ([("2", "period", False)] if told else [])
    assert not told or told in found[0].text


def test_CTRL_6_a_summary_task_that_does_not_span_its_tasks_is_told() -> None:
    lines = [line("1", period=DAYS), line("2", "", "任务1", period={"start": "2026-09-29", "end": "2026-10-09"})]
    (found,) = check_schedule({"schedule": lines}, {})
    assert (found.line, found.field, found.blocks) == ("1", "period", False)
    assert "2026-09-29 至 2026-10-09" in found.text


def test_INIT_1_twenty_thousand_lines_are_read_with_their_problems() -> None:
    lines = [
        line(str(number), f"任务{number - 1}SS+1" if number % 9 else "", f"任务{number // 9}" if number > 8 else "")
        for number in range(20_000)
    ]
    lines[7]["after"] = "没有"
    schedule = read_schedule(lines)
    assert [(item.line, item.field) for item in schedule.problems] == [("7", "after")]
    assert len(schedule.parents) > 19_000
