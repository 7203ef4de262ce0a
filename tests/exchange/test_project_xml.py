"""Microsoft Project XML: ours goes out and in unchanged, others' come in, bad ones are told (CTRL-6)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.errors import Damaged, Refusal
from desktop.domain.schedule.links import Dependency, Link, NameBook
from desktop.domain.schedule.outline import Outline
from desktop.domain.schedule.project_file import FileBaseline, FileTask, ProjectFile
from desktop.domain.schedule.project_lines import Fate, project_of, take_project
from desktop.domain.schedule.reading import read_schedule
from desktop.exchange.project_reading import read_project_xml
from desktop.exchange.project_writing import project_xml

DATA = Path(__file__).parents[1] / "data" / "project-xml"
MONDAY = dt.date(2026, 9, 28)
DAY = dt.timedelta(days=1)
CALENDAR = WorkCalendar(
    frozenset(MONDAY + DAY * step for step in range(3, 10)),
    frozenset({dt.date(2026, 9, 27), dt.date(2026, 10, 10)}),
    dt.date(2026, 10, 10),
)
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def build(text: str) -> Path:
        path = tmp_path / "进度.xml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return path

    return build


def no_id() -> str:
    raise AssertionError("nothing is new")


def line(key: str, name: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "period": {"start": start, "end": end},
        "milestone": "no",
        "owner": {"id": "p1", "name": "张伟"},
        "after": None,
        "parent": None,
        "work": None,
        "note": None,
        **more,
    }


PLAN = [
    line("a", "一期", "2026-09-28", "2026-10-09"),
    line("b", "方案设计", "2026-09-28", "2026-09-30", parent="一期", work="7.5"),
    line(
        "c", "安装、调试", "2026-09-30", "2026-10-09", parent="一期", after="方案设计 ss+2天", note="第一行\n第二行 <&>"
    ),
    line("d", "初验", "2026-10-10", "2026-10-10", milestone="yes", after="一期；安装、调试 完成-完成-1"),
]

# --------------------------------------------------------------------------- out and in

_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
_OWNERS = (None, {"id": "", "name": "李娜"}, *({"id": str(UUID(int=key)), "name": "张伟"} for key in (7, 8)))


def plainly(name: str) -> str:
    return "".join(name.split()).casefold()


@st.composite
def plans(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Plans in outline order: names differ, links lead forward, some of them to a task's own summary."""
    names = draw(st.lists(_NAMES.map(str.strip).filter(plainly), min_size=1, max_size=12, unique_by=plainly))
    random = Random(draw(st.integers(min_value=0)))
    parents: dict[str, str] = {}
    lines: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        start = MONDAY + DAY * random.randrange(-40, 90)
        end = start + DAY * random.choice((0, 0, 1, 7, 30))
        key = str(UUID(int=number + 1)) if random.random() < 0.5 else f"s{number}"
        if lines and random.random() < 0.6:
            parents[key] = random.choice(lines)["id"]
        more = {
            "milestone": random.choice(("yes", "no")),
            "owner": random.choice(_OWNERS),
            "work": random.choice((None, "0", "12", "0.333333333333", "7.5", "0.125")),
            "note": random.choice((None, "说明", "两行\n<说明> & ]]>")),
        }
        lines.append(line(key, name, start.isoformat(), end.isoformat(), **more))
    by_id = {one["id"]: one for one in lines}
    ordered = [by_id[key] for key in Outline(list(by_id), parents).order]
    book = NameBook(ordered)
    for number, one in enumerate(ordered):
        befores = random.sample(ordered[:number], min(number, random.randrange(3)))
        links = [
            Dependency(before["id"], one["id"], random.choice(list(Link)), random.randrange(-9, 10))
            for before in befores
        ]
        one["after"] = book.write(links) or None
        one["parent"] = book.call(parents[one["id"]]) if one["id"] in parents else None
    return ordered


def without_nothing(task: FileTask) -> FileTask:
    """The file says of no work and of work of nought days the same."""
    older = {number: replace(one, work=one.work or None) for number, one in task.baselines.items()}
    return replace(task, work=task.work or None, baselines=older)


@given(plans())
@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_CTRL_6_a_schedule_goes_out_and_in_with_nothing_changed(write: Write, lines: list[dict[str, Any]]) -> None:
    whole = project_of("示例", lines, CALENDAR, {0: lines, 3: lines[::2]}, {lines[0]["id"]: Decimal(40)})
    again = read_project_xml(write("".join(project_xml(whole))))
    assert again.tasks == tuple(map(without_nothing, whole.tasks))
    assert (again.name, again.problems) == ("示例", ())
    assert (again.calendar.holidays, again.calendar.workdays) == (CALENDAR.holidays, CALENDAR.workdays)
    taken = take_project(again, lines, no_id)
    assert {row.fate for row in taken.rows} == {Fate.SAME}, [row for row in taken.rows if row.differences]
    assert list(taken.lines) == lines


def test_CTRL_6_baselines_and_their_figures_go_out_and_in(write: Write) -> None:
    before = [{**PLAN[1], "period": {"start": "2026-09-21", "end": "2026-09-25"}, "work": "5"}]
    whole = project_of("示例", PLAN, CALENDAR, {0: before}, {"b": Decimal(60)})
    again = read_project_xml(write("".join(project_xml(whole))))
    task = next(task for task in again.tasks if task.line == "b")
    assert task.baselines == {0: FileBaseline(dt.date(2026, 9, 21), dt.date(2026, 9, 25), Decimal(5))}
    assert (task.progress, task.work) == (Decimal(60), Decimal("7.5"))


def test_CTRL_6_a_file_is_taken_into_a_draft_line_by_line(write: Write) -> None:
    changed = [
        {**PLAN[0]},
        {**PLAN[1], "name": "方案深化", "period": {"start": "2026-09-29", "end": "2026-10-08"}},
        {**PLAN[3], "id": "", "after": "方案深化 SF-2", "owner": {"id": "", "name": "李娜"}},
        line("", "培训", "2026-10-12", "2026-10-13", parent="一期", owner={"id": "", "name": "王芳"}),
    ]
    file = read_project_xml(
        write(
            "".join(
                project_xml(
                    project_of("x", [{**one, "id": one["id"] or f"n{at}"} for at, one in enumerate(changed)], CALENDAR)
                )
            ).replace("<Value>n", "<Value>")
        )
    )
    people = {"王芳": {"id": "p9", "name": "王芳"}}
    taken = take_project(file, PLAN, lambda: "new", people)
    fates = {row.line["name"]: row.fate for row in taken.rows}
    assert fates == {
        "一期": Fate.SAME,
        "方案深化": Fate.CHANGED,
        "安装、调试": Fate.MISSING,
        "初验": Fate.CHANGED,
        "培训": Fate.NEW,
    }
    rows = {row.line["name"]: row for row in taken.rows}
    assert [one.label for one in rows["方案深化"].differences] == ["任务", "起止日期"]
    assert rows["初验"].line["id"] == "d", "matched by name"
    assert rows["初验"].line["after"] == "方案深化 SF-2"
    assert rows["初验"].line["owner"] == {"id": "", "name": "李娜"}
    assert rows["培训"].line["owner"] == people["王芳"]
    assert [one["name"] for one in taken.lines] == ["一期", "方案深化", "安装、调试", "培训", "初验"]
    without = take_project(file, PLAN, lambda: "new", people, without_missing=True)
    assert [one["name"] for one in without.lines] == ["一期", "方案深化", "培训", "初验"]
    assert without.count(Fate.MISSING) == 1


def test_CTRL_6_tasks_of_one_name_are_told_apart_by_the_task_above(write: Write) -> None:
    lines = [
        line("1", "一期", "2026-09-28", "2026-09-28"),
        line("2", "测试", "2026-09-28", "2026-09-28", parent="第1行"),
        line("3", "二期", "2026-09-28", "2026-09-28"),
        line("4", "测试", "2026-09-28", "2026-09-28", parent="第3行", after="第2行"),
        line("5", "测试", "2026-09-28", "2026-09-28", parent="第3行", after="第4行 SS+1"),
    ]
    text = (
        "".join(project_xml(project_of("x", lines, CALENDAR)))
        .replace("<Alias>", "<NoAlias>")
        .replace("</Alias>", "</NoAlias>")
    )
    ids = iter("abcde")
    taken = take_project(read_project_xml(write(text)), (), lambda: next(ids))
    assert [(one["name"], one["parent"], one["after"]) for one in taken.lines] == [
        ("一期", None, None),
        ("一期·测试", "一期", None),
        ("二期", None, None),
        ("二期·测试", "二期", "一期·测试"),
        ("二期·测试（2）", "二期", "二期·测试 SS+1"),
    ]
    assert taken.rows[1].notes == ("文件中有同名的任务，改名为“一期·测试”",)


def test_CTRL_6_twenty_thousand_tasks_are_read(write: Write) -> None:
    """With a calendar day by day in each assignment, as Project writes it, none of which is kept."""
    days = "<TimephasedData><Type>1</Type><Value>PT8H0M0S</Value></TimephasedData>" * 5
    work = "".join(
        f"<Assignment><TaskUID>{number}</TaskUID><ResourceUID>1</ResourceUID>{days}</Assignment>"
        for number in range(1, 20_001, 10)
    )
    text = tasks(*(task(number, link(str(number - 1)) if number > 1 else "") for number in range(1, 20_001)))
    file = read_project_xml(write(text.replace("</Project>", f"<Assignments>{work}</Assignments></Project>")))
    assert len(file.tasks) == 20_000
    assert not file.problems
    assert file.tasks[-1].links[0].before == 19_999
    assert file.tasks[0].work == Decimal(5)


# --------------------------------------------------------------------------- made by other programs


def test_CTRL_6_what_taskjuggler_wrote_comes_in() -> None:
    file = read_project_xml(DATA / "taskjuggler-3.7.1.xml")
    lines: Any = take_project(file, (), iter("abcdefgh").__next__).lines
    shown = [
        (
            one["name"],
            one["parent"],
            one["period"]["start"],
            one["period"]["end"],
            one["milestone"],
            one["after"],
            one["work"],
        )
        for one in lines
    ]
    assert shown == [
        ("一期", None, "2026-09-21", "2026-11-03", "no", None, None),
        ("方案设计", "一期", "2026-09-21", "2026-10-09", "no", None, "10"),
        ("设备采购", "一期", "2026-10-14", "2026-11-03", "no", "方案设计", None),
        ("设备到货", "一期", "2026-11-03", "2026-11-03", "yes", "设备采购", None),
        ("二期", None, "2026-11-04", "2026-11-16", "no", "一期", None),
        ("安装、调试", "二期", "2026-11-04", "2026-11-13", "no", None, "8"),
        ("联合调试", "二期", "2026-11-09", "2026-11-16", "no", "安装、调试 SS", "6"),
        ("初验", "二期", "2026-11-16", "2026-11-16", "yes", "安装、调试、联合调试", None),
    ]
    assert [one["owner"] and one["owner"]["name"] for one in lines] == [
        *(None, "张伟", None, None),
        *(None, "李娜", "张伟", None),
    ]
    assert not file.problems


def test_CTRL_6_what_mpxj_wrote_comes_in_with_every_kind_of_lag() -> None:
    file = read_project_xml(DATA / "mpxj-16.10.0.xml")
    taken = take_project(file, (), iter("abcdefg").__next__)
    assert [(one["name"], one["after"]) for one in taken.lines] == [
        ("一期", None),
        ("方案设计", None),
        ("到货", "方案设计"),
        ("到货验收", "到货 FF"),
        ("安装、调试", "方案设计 SS+2"),
        ("培训", "安装、调试 FS-1、方案设计 FS+2、到货 FS+5"),
        ("试运行", "培训 SF+2、安装、调试 FS+1"),
    ]
    assert taken.lines[0]["period"] == {"start": "2026-09-28", "end": "2026-10-09"}, "from the tasks below it"
    assert file.tasks[1].baselines[0] == FileBaseline(dt.date(2026, 9, 28), dt.date(2026, 9, 29), Decimal(2), 123_450)
    assert [problem.told for problem in file.problems] == [
        "第 6 项任务“培训”：与“方案设计”的间隔是前置任务工期的 50%，按 2 个工作日取，请核对",
        "第 7 项任务“试运行”：与“培训”的间隔是 3 个日历日，按 2 个工作日取，请核对",
        "第 7 项任务“试运行”：与“安装、调试”的间隔是 0.5 个工作日，按 1 个工作日取，请核对",
    ]
    assert dt.date(2026, 10, 10) in file.calendar.workdays


def test_CTRL_6_what_we_wrote_comes_back_from_another_program_unchanged() -> None:
    taken = take_project(read_project_xml(DATA / "ours-through-mpxj-16.10.0.xml"), PLAN, no_id)
    assert [row.fate for row in taken.rows] == [Fate.SAME] * 4
    assert list(taken.lines) == PLAN


# --------------------------------------------------------------------------- bad files

PROJECT = '<Project xmlns="http://schemas.microsoft.com/project">{}</Project>'


def task(number: int, more: str = "", start: str = "2026-09-28T08:00:00", end: str = "2026-09-28T17:00:00") -> str:
    days = f"<Start>{start}</Start><Finish>{end}</Finish>"
    about = f"<UID>{number}</UID><ID>{number}</ID><Name>任务{number}</Name><OutlineLevel>1</OutlineLevel>"
    return f"<Task>{about}{days}{more}</Task>"


def tasks(*parts: str) -> str:
    return PROJECT.format(f"<Tasks>{''.join(parts)}</Tasks>")


def link(before: str, kind: str = "1", lag: str = "0", form: str = "7") -> str:
    return (
        f"<PredecessorLink><PredecessorUID>{before}</PredecessorUID><Type>{kind}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{form}</LagFormat></PredecessorLink>"
    )


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "不是完整的 XML 文件：第 1 行"),
        ("PK\x03\x04", "不是完整的 XML 文件"),
        (tasks(task(1))[:-20], "不是完整的 XML 文件"),
        ("<project><task/></project>", "不是 Microsoft Project 的 XML 文件：最外层是“project”"),
        ('<Project xmlns="http://maven.apache.org/POM"/>', "不是 Microsoft Project 的 XML 文件"),
        (BOMB + tasks(task(1, "<Notes>&b;</Notes>")), "可能有害，没有读取"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd">' + tasks(task(1)), "可能有害，没有读取"),
        (PROJECT.format("<Tasks/>"), "没有任务"),
        (PROJECT.format("<a>" * 30 + "</a>" * 30), "超过 24 层"),
        (tasks(task(1, f"<Notes>{'长' * 2_000_001}</Notes>")), "一段文字超过"),
    ],
    ids=[
        "empty",
        "a workbook",
        "cut off",
        "another root",
        "another namespace",
        "a bomb",
        "a file",
        "no tasks",
        "deep",
        "long",
    ],
)
def test_CTRL_6_a_bad_file_is_refused_with_what_and_where(write: Write, text: str, words: str) -> None:
    with pytest.raises(Damaged) as told:
        read_project_xml(write(text))
    assert words in told.value.what
    assert told.value.kept == "没有导入任何内容。"
    assert told.value.todo


def test_CTRL_6_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="打不开"):
        read_project_xml(tmp_path / "没有.xml")


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_CTRL_6_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.xml"
    name = {"utf-8-sig": "utf-8", "gb18030": "GB2312"}.get(encoding, encoding)
    path.write_bytes(f'<?xml version="1.0" encoding="{name}"?>\n{tasks(task(1))}'.encode(encoding))
    assert read_project_xml(path).tasks[0].name == "任务1"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([task(1), task(2, link("9"))], "第 2 项任务“任务2”：前置任务的编号“9”在文件中没有，没有取"),
        ([task(1), task(2, link("1", "7"))], "第 2 项任务“任务2”：与“任务1”的链接类型“7”不认识，没有取"),
        ([task(1), task(2, link("1") * 2)], "第 2 项任务“任务2”：与“任务1”的链接不止一个，只取第一个"),
        ([task(1), task(2, link("1", lag="很久"))], "第 2 项任务“任务2”：与“任务1”的间隔“很久”读不出来，按没有间隔取"),
        ([task(1, start="")], "第 1 项任务“任务1”：没有开始日期"),
        ([task(1, end="下周三")], "第 1 项任务“任务1”：完成日期“下周三”读不出来"),
        ([task(1, start="2026-02-30T08:00:00")], "第 1 项任务“任务1”：开始日期“2026-02-30T08:00:00”读不出来"),
        (
            [task(1, end="2026-09-01T17:00:00")],
            "第 1 项任务“任务1”：完成日期 2026-09-01 早于开始日期 2026-09-28，没有取日期",
        ),
        ([task(1), task(1)], "第 1 项任务“任务1”：编号（UID）1 与前面的任务相同，没有读入"),
        ([task(1), task(2, "<Active>0</Active>")], "第 2 项任务“任务2”：在文件中已停用，没有读入"),
        ([task(1, "<Work>很多</Work>")], "第 1 项任务“任务1”：工时“很多”读不出来"),
    ],
)
def test_CTRL_6_what_a_task_says_wrongly_is_told_and_the_rest_comes_in(
    write: Write, parts: list[str], told: str
) -> None:
    file = read_project_xml(write(tasks(*parts)))
    assert [problem.told for problem in file.problems] == [told]
    assert file.tasks[0].name == "任务1"


def test_CTRL_6_a_circle_in_a_file_comes_in_and_is_told_by_the_schedule(write: Write) -> None:
    file = read_project_xml(write(tasks(task(1, link("2")), task(2, link("1", "3", "4800")))))
    lines = take_project(file, (), iter("ab").__next__).lines
    assert [one["after"] for one in lines] == ["任务2", "任务1 SS+1"]
    assert "成了循环：任务1 → 任务2 → 任务1" in read_schedule(lines).problems[0].text


def test_CTRL_6_marks_that_no_xml_can_hold_are_left_out(write: Write) -> None:
    lines = [line("a", "任\x0b务\uffff\ud800", "2026-09-28", "2026-09-28")]
    file: ProjectFile = read_project_xml(write("".join(project_xml(project_of("x", lines, CALENDAR)))))
    assert file.tasks[0].name == "任务"
