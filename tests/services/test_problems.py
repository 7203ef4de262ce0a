"""Meetings, milestones, grave news and tracked problems: raised by papers, told by the calendar, closed on evidence."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes, policy
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import drafting, people, problems
from desktop.services.due import todo
from desktop.services.due_calendar import export_deadlines
from desktop.services.gatherers import gathered
from desktop.services.merging import merge_people
from desktop.services.minutes import write_notice
from desktop.services.next_steps import next_steps
from desktop.services.problem_drafts import start_closing, start_raising
from desktop.services.problems import ProblemQuery, ProblemRow, ProblemState
from desktop.services.roles import assign_role
from desktop.services.submitting import Incomplete
from desktop.services.todos import Todo
from tests.services.plans import plan_in_force
from tests.services.watching_fills import CLOSING, MEETING, SHEET, SPECIAL
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    merge,
    refusal,
)

D = dt.date


def named(world: World, name: str) -> dict[str, str]:
    return {"id": str(world.who(name)), "name": name}


def decision(world: World, what: str = "补发到货通知", who: str = TECHNICAL, **more: Any) -> dict[str, Any]:
    usual = {"id": f"d-{what}", "what": what, "owner": named(world, who), "due": "2026-11-10", "severity": "usual"}
    return {**usual, "department": "系统集成部", **more}


def meet(world: World, *decisions: dict[str, Any], client: bool = True, by: str = MANAGER, **more: Any) -> UUID:
    """Minutes of a meeting, submitted."""
    there = [MANAGER, CLIENT_MANAGER] if client else [MANAGER]
    attendees = [{"id": f"a{name}", "person": named(world, name)} for name in there]
    content = merge({**MEETING, "attendees": attendees, "decisions": list(decisions)}, more)
    return file(world, "meeting", content, by)


def begun(world: World, form: str, by: str = MANAGER, number: str = RUNNING) -> drafting.Draft:
    """A form as the program begins it."""
    return drafting.start_draft(world.office, world.who(by), form, world.project(number).id)


def file(world: World, form: str, content: dict[str, Any], by: str = MANAGER, number: str = RUNNING) -> UUID:
    draft = begun(world, form, by, number)
    full = replace(draft, content=merge(draft.content, content))
    return world.submit(drafting.save_draft(world.office, world.who(by), full), by)


def sheet(world: World, by: str = MANAGER, **more: Any) -> UUID:
    content = merge(SHEET, {"handling": {"owner": named(world, TECHNICAL)}})
    for key, values in more.items():
        content[key] = {**content[key], **values}
    return file(world, "problem_sheet", content, by)


def rows(world: World, by: str = CLERK, **query: Any) -> list[ProblemRow]:
    def read(reading: Any) -> list[ProblemRow]:
        ids = problems.problem_ids(reading, world.who(by), ProblemQuery(**query))
        return problems.problem_rows(reading, ids)

    return world.office.read(read)


def items(world: World, by: str, word: str, *, everyone: bool = False) -> list[Todo]:
    found = world.office.read(partial(todo, actor=world.who(by), everyone=everyone))
    return [item for item in found if word in item.rule or word in item.text]


def close(world: World, which: str, by: str = MANAGER, **more: Any) -> UUID:
    (row,) = rows(world, text=which)
    draft = start_closing(world.office, world.who(by), row.id)
    content = merge(draft.content, CLOSING)
    content["closing"] = {**content["closing"], "verifier": named(world, CLIENT_MANAGER), **more}
    full = drafting.save_draft(world.office, world.who(by), replace(draft, content=content))
    return world.submit(full, by)


def test_MON_1_minutes_open_a_tracked_problem_for_every_decision(world: World) -> None:
    filing = meet(world, decision(world), decision(world, "联系监理", CLIENT_MANAGER, severity="grave"))
    page = world.page(filing)
    assert page.row.state is FilingState.APPROVED, "minutes are sent, not approved"
    found = rows(world)
    assert [(row.number, row.owner, row.state) for row in found] == [
        (f"{page.row.number}-1", TECHNICAL, ProblemState.OPEN),
        (f"{page.row.number}-2", CLIENT_MANAGER, ProblemState.OPEN),
    ]
    assert (found[0].department, found[0].days, found[1].severity_label) == ("系统集成部", 5, "严重")
    again = begun(world, "meeting")
    page_of = world.office.read(lambda reading: drafting.draft_page(reading, again))
    assert [line["title"] for line in page_of.draft.content["open"]] == ["补发到货通知", "联系监理"]


def test_MON_1_bad_minutes_are_told_with_their_place(world: World) -> None:
    with pytest.raises(Incomplete, match="第 1 行的期限 2026-11-01 早于会议日期 2026-11-03"):
        meet(world, decision(world, due="2026-11-01"))
    with pytest.raises(Incomplete, match="第 1 行的“责任人”还没有填写"):
        meet(world, decision(world, owner=None))
    with pytest.raises(Incomplete, match="会议日期 2026-11-09 还没有到"):
        meet(world, meeting={**MEETING["meeting"], "on": "2026-11-09"})
    assert rows(world) == []


def test_MON_1_who_is_named_in_minutes_is_not_taken_on(world: World) -> None:
    meet(world, decision(world, owner={"id": "", "name": "甲方王工"}, department="甲方基建处"))
    (row,) = rows(world)
    assert (row.owner, row.owner_id, row.department, row.department_id) == ("甲方王工", None, "甲方基建处", None)
    assert [row.number for row in rows(world, text="甲方王工")] == [row.number]


def test_INFO_3_two_problems_due_on_one_day_are_two_events_of_a_calendar(world: World) -> None:
    for what in ("补发到货通知", "确认停电窗口"):
        meet(world, decision(world, what, due="2026-11-05"))
    due = items(world, CLERK, "问题跟踪", everyone=True)
    assert len({item.page for item in due}) == len(due) == 2
    path = world.folder / "期限.ics"
    world.office.read(partial(export_deadlines, actor=world.who(CLERK), path=path, everyone=True))
    uids = [line for line in path.read_text("utf-8").splitlines() if line.startswith("UID")]
    assert len(set(uids)) == len(uids)


def test_MON_2_minutes_go_to_those_whom_the_policy_names(world: World) -> None:
    filing = meet(world)
    copies = world.page(filing).content["meeting"]["copies"]
    assert all(name in copies for name in (CLIENT_MANAGER, TECHNICAL, CLERK))
    (item,) = items(world, TECHNICAL, "抄送")
    assert item.filing_id == filing
    assert not items(world, FINANCE, "抄送")
    world.clock.set(D(2026, 11, 20))
    assert not items(world, TECHNICAL, "抄送")


def test_MON_2_minutes_go_out_as_text_and_as_a_letter(world: World) -> None:
    filing = meet(world, decision(world))
    path = world.folder / "纪要.eml"
    notice = write_notice(world.office, world.who(MANAGER), filing, path)
    assert "1．补发到货通知　责任人：王强　责任部门：系统集成部　期限：2026-11-10　程度：一般" in notice.text
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (letter["X-Unsent"], letter["Subject"].split()[0]) == ("1", "会议纪要")
    (attached,) = letter.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert set(notice.unreached) == {CLIENT_MANAGER, TECHNICAL, CLERK}, "nobody has an address yet"


def test_MON_2_a_missed_meeting_shows_from_the_next_working_day(world: World) -> None:
    meet(world)
    world.clock.set(D(2026, 11, 16))
    assert not items(world, MANAGER, "项目例会")
    world.clock.set(D(2026, 11, 17))
    (item,) = items(world, MANAGER, "项目例会")
    assert (item.days_text, item.strength, item.opens) == ("今天", "建议", "meeting")
    world.clock.set(D(2026, 11, 20))
    (item,) = items(world, MANAGER, "项目例会")
    assert (item.days_text, item.on) == ("逾期 3 个工作日", D(2026, 11, 17))
    assert "最近一次是 2026-11-03" in item.text
    assert not items(world, CLERK, "MON-2"), "the PMO has the list"
    meet(world, meeting={**MEETING["meeting"], "on": "2026-11-20"})
    assert not items(world, MANAGER, "项目例会")


def test_MON_2_only_a_regular_meeting_with_the_client_manager_counts(world: World) -> None:
    meet(world)
    world.clock.set(D(2026, 11, 18))
    meet(world, client=False)
    meet(world, meeting={**MEETING["meeting"], "kind": "exchange"})
    assert [item.on for item in items(world, MANAGER, "项目例会")] == [D(2026, 11, 17)]


def test_MON_2_the_day_moves_past_the_spring_festival(world: World) -> None:
    world.clock.set(D(2027, 1, 26))
    meet(world)
    world.clock.set(D(2027, 2, 15))
    (item,) = items(world, MANAGER, "项目例会")
    assert item.on is not None
    calendar = world.office.read(lambda reading: reading.calendar())
    assert calendar.is_workday(item.on)


def test_MON_3_a_milestone_reached_without_its_check_shows(world: World) -> None:
    plan_in_force(world)
    world.clock.set(D(2026, 12, 24))
    assert not items(world, MANAGER, "里程碑检查")
    world.clock.set(D(2026, 12, 28))
    (mine,) = items(world, MANAGER, "里程碑检查")
    (office,) = items(world, CLERK, "里程碑检查")
    assert (mine.opens, office.opens) == ("debrief", "milestone_review")
    assert "系统联调" in mine.text
    draft = begun(world, "milestone_review", CLERK)
    assert draft.content["milestone"]["name"] == "系统联调"
    review = {
        "milestone": {"actual": "2026-12-28"},
        "review": {"verdict": "passed", "members": "项目管理部、监理", "done": "联调完成", "findings": "同意"},
    }
    filing = file(world, "milestone_review", review, CLERK)
    assert world.page(filing).content["milestone"]["deviation"] == "推迟 1 个工作日"
    assert not items(world, MANAGER, "里程碑检查"), "under way is answered"
    world.approve(filing, MANAGER, HEAD)


def test_MON_3_what_did_not_pass_says_what_is_to_be_mended(world: World) -> None:
    plan_in_force(world)
    world.clock.set(D(2026, 12, 28))
    review = {"verdict": "conditional", "members": "监理", "done": "基本完成", "findings": "须整改"}
    with pytest.raises(Incomplete, match="写明要整改什么"):
        file(world, "milestone_review", {"review": review}, CLERK)
    with pytest.raises(Incomplete, match="没有里程碑“上线”，计划中有：系统联调"):
        file(world, "milestone_review", {"milestone": {"name": "上线"}, "review": review}, CLERK)
    mend = decision(world, "补测冗余切换", MANAGER, due="2027-01-08")
    mended = {"milestone": {"name": "系统联调"}, "review": review, "problems": [mend]}
    world.approve(file(world, "milestone_review", mended, CLERK), MANAGER, HEAD)
    assert [(row.title, row.source) for row in rows(world)] == [("补测冗余切换", "milestone_review")]


def test_MON_3_a_debrief_answers_a_milestone_too(world: World) -> None:
    plan_in_force(world)
    world.clock.set(D(2026, 12, 28))
    told = {"report": {"progress": "联调完成", "deviation": "推迟一天", "next": "初验"}}
    filing = file(world, "debrief", told)
    assert not items(world, CLERK, "里程碑检查")
    world.approve(filing, TECHNICAL, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED


def test_INFO_2_a_special_report_is_with_the_president_at_once_and_copied_to_the_PMO(world: World) -> None:
    filing = file(world, "special_report", SPECIAL, QUALITY)
    assert world.own_step(filing, PRESIDENT)
    assert [item.filing_id for item in items(world, CLERK, "抄送")] == [filing]
    refused = refusal(lambda: world.sign(filing, PRESIDENT))
    assert "处理意见" in refused.what
    world.sign(filing, PRESIDENT, opinion="请系统集成部一周内更换设备。")
    assert world.page(filing).row.state is FilingState.APPROVED
    with pytest.raises(NotAllowed):
        file(world, "special_report", SPECIAL, MANAGER)


def test_INFO_3_the_presidents_opinion_becomes_a_tracked_problem(world: World) -> None:
    report = file(world, "special_report", SPECIAL, QUALITY)
    world.sign(report, PRESIDENT, opinion="请系统集成部一周内更换设备。")
    number = world.page(report).row.number
    (step,) = world.office.read(partial(next_steps, project_id=world.project().id))
    assert (step.opens, number in step.text) == (("problem_sheet",), True)
    (item,) = items(world, CLERK, "处理意见")
    assert item.opens == "problem_sheet"
    assert not items(world, MANAGER, "INFO-3 处理意见")
    first = begun(world, "problem_sheet", CLERK).content["sheet"]
    assert (first["title"], first["source"], first["origin"]) == ("机房漏水", "opinion", number)
    assert first["instruction"] == "请系统集成部一周内更换设备。"
    filing = file(world, "problem_sheet", {"handling": {"department": "系统集成部", "due": "2026-11-10"}}, CLERK)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert not items(world, CLERK, "INFO-3 处理意见")
    assert not world.office.read(partial(next_steps, project_id=world.project().id))
    (row,) = rows(world)
    assert (row.owner, row.department, row.due_on) == ("", "系统集成部", D(2026, 11, 10))
    closing = close(world, row.number)
    world.approve(closing, CLIENT_MANAGER)
    assert world.page(closing).row.state is FilingState.IN_APPROVAL, "the PMO follows it to its end"
    world.approve(closing, HEAD)
    assert rows(world, states=(ProblemState.CLOSED,))


def test_INFO_3_a_manager_raises_in_time_what_they_cannot_solve(world: World) -> None:
    sheet(world)
    (row,) = rows(world)
    draft = start_raising(world.office, world.who(MANAGER), row.id)
    assert draft.content["handling"]["earlier"] == row.number
    content = merge(draft.content, {"handling": {"level": "president", "due": "2026-11-20"}})
    content["sheet"] = {**content["sheet"], "text": "设计院不配合。", "source": "team"}
    filing = world.submit(drafting.save_draft(world.office, world.who(MANAGER), replace(draft, content=content)))
    world.approve(filing, HEAD)
    world.sign(filing, PRESIDENT, opinion="请总工出面协调。")
    (row,) = rows(world)
    assert (row.level_label, row.due_on) == ("上报总裁室", D(2026, 11, 20))


def test_CTRL_7_a_problem_is_raised_by_anyone_of_the_project_and_closed_on_evidence(world: World) -> None:
    helper = world.who(OTHER_MANAGER)
    give = partial(assign_role, person_id=helper, role_key="member", project_id=world.project().id)
    world.office.run(world.who(MANAGER), give)
    filing = sheet(world, OTHER_MANAGER)
    assert rows(world) == []
    world.approve(filing, MANAGER)
    (row,) = rows(world)
    assert (row.number, row.raised_by, row.owner) == (world.page(filing).row.number, OTHER_MANAGER, TECHNICAL)
    world.clock.set(D(2026, 11, 12))
    closing = close(world, row.number)
    assert rows(world, states=(ProblemState.OPEN,)), "open until it was verified"
    world.approve(closing, CLIENT_MANAGER)
    (row,) = rows(world)
    assert (row.state, row.closed_on, row.evidence) == (ProblemState.CLOSED, D(2026, 11, 12), "甲方签认单 07 号")
    assert row.closing_id == closing


def test_CTRL_7_bad_closings_are_told(world: World) -> None:
    sheet(world)
    (row,) = rows(world)
    with pytest.raises(Incomplete, match="请写明关闭的依据"):
        close(world, row.number, evidence=None)
    with pytest.raises(Incomplete, match="验证人不能就是责任人"):
        close(world, row.number, verifier=named(world, TECHNICAL))
    with pytest.raises(Incomplete, match="没有编号为“WT-1”的问题"):
        close(world, row.number, number="WT-1")
    first = close(world, row.number)
    with pytest.raises(Incomplete, match="正在审批，不能重复填写"):
        close(world, row.number, by=CLERK)
    world.approve(first, CLIENT_MANAGER)
    refused = refusal(lambda: close(world, row.number, by=HEAD))
    assert "已于 2026-11-03 关闭" in refused.what


def test_CTRL_7_problems_due_stand_on_the_workbench_of_owner_department_and_PMO(world: World) -> None:
    meet(world, decision(world, who=CLIENT_MANAGER))
    assert not items(world, CLERK, "问题跟踪"), "five working days ahead is too early"
    world.clock.set(D(2026, 11, 9))
    told = {
        name: [item.days_text for item in items(world, name, "问题跟踪")] for name in (CLIENT_MANAGER, TECHNICAL, CLERK)
    }
    assert set(map(tuple, told.values())) == {("还有 1 个工作日",)}
    assert not items(world, OTHER_MANAGER, "问题跟踪")
    world.clock.set(D(2026, 11, 13))
    (item,) = items(world, CLIENT_MANAGER, "问题跟踪")
    assert (item.days_text, "及时上报" in item.text) == ("逾期 3 个工作日", True)


def test_CTRL_7_the_list_is_narrowed_and_keeps_to_the_projects_one_may_see(world: World) -> None:
    meet(world, decision(world), decision(world, "联系监理", MANAGER, due="2026-11-04", department="软件开发部"))
    content = {**MEETING, "attendees": [{"id": "a", "person": named(world, OTHER_MANAGER)}]}
    other = decision(world, "修改接口", OTHER_MANAGER)
    file(world, "meeting", {**content, "decisions": [other]}, OTHER_MANAGER, SOFTWARE)
    world.clock.set(D(2026, 11, 6))

    def titles(by: str = CLERK, **query: Any) -> list[str]:
        return [row.title for row in rows(world, by, **query)]

    assert titles() == ["联系监理", "补发到货通知", "修改接口"]
    assert titles(states=(ProblemState.OVERDUE,)) == ["联系监理"]
    assert titles(owner_id=world.who(TECHNICAL)) == ["补发到货通知"]
    assert titles(department_id=world.department("软件开发部")) == ["联系监理"]
    assert titles(project_id=world.project(SOFTWARE).id) == ["修改接口"]
    assert titles(sources=("problem_sheet",)) == []
    assert titles(text="票务 接口") == ["修改接口"]
    assert titles(OTHER_MANAGER) == ["修改接口"]
    assert titles(QUALITY, sort="title", descending=True) == ["补发到货通知", "联系监理"]


def test_CHG_5_CTRL_7_open_problems_are_handed_over(world: World) -> None:
    plan_in_force(world)
    meet(world, decision(world))
    found = world.office.read(lambda reading: gathered(reading, world.who(MANAGER), "handover", world.project().id))
    (line,) = found["problems"]
    assert ("补发到货通知" in str(line["name"]), line["due"]) == (True, "2026-11-10")
    assert [one["name"] for one in found["tasks"]][-2:] == ["任务：设备安装", "里程碑：系统联调"]


def test_CTRL_7_a_problem_goes_with_a_person_who_is_merged(world: World) -> None:
    add = partial(people.add_person, name="王强", staff_no="0777")
    second = world.office.run(world.who(CLERK), add).value
    meet(world, decision(world, who=CLIENT_MANAGER))
    versions = {row.id: row.version for row in world.office.read(partial(people.list_people, everyone=True))}
    gone = world.who(CLIENT_MANAGER)
    merge_them = partial(
        merge_people,
        gone_id=gone,
        counts_id=second,
        gone_version=versions[gone],
        counts_version=versions[second],
    )
    told = world.office.run(world.who(CLERK), merge_them).value
    assert "负责的未关闭问题" in {item.kind for item in told.moved}
    assert [row.owner_id for row in rows(world)] == [second]
