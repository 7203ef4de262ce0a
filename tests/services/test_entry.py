"""From contract to numbered project (APPT): who may, what is checked, what stands on the ledger."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.form import Problem
from desktop.services import drafting, due, projects
from desktop.services.checking import verify_office
from desktop.services.contract_list import ContractQuery, contract_ids, contract_rows, open_contract
from desktop.services.filings import FilingQuery, filing_ids, filing_rows
from desktop.services.history import project_history
from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.printing import file_name
from desktop.services.projects import ProjectQuery
from desktop.services.submitting import Incomplete, recall_filing, submit_draft
from desktop.services.todos import Todo
from desktop.store.ids import new_id
from tests.services.entry import (
    again,
    appointed,
    attached,
    contract_draft,
    nominated,
    numbered,
    office_draft,
    opened,
    registered,
)
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PAUSED,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
KINDS = (("甲", "integration"), ("乙", "software"))


def contract_problems(world: World, **changes: Any) -> list[Problem]:
    draft = contract_draft(world, **changes)
    found = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    drafting.discard_draft(world.office, draft.id)
    return list(found.problems)


def todo(world: World, by: str) -> list[Todo]:
    return world.office.read(lambda reading: due.todo(reading, world.who(by)))


def test_APPT_1_a_contract_in_force_opens_its_project_before_the_appointment(world: World) -> None:
    filing = registered(world)
    (project,) = opened(world, filing)
    assert (project.state, project.number, project.provisional) == ("nominating", "", "暂-2026-001")
    assert (project.name, project.amount, project.contract_no) == ("滨海线信号改造工程", 1_000_000_00, "HT-2026-77")
    assert (project.department, project.sub_department) == ("系统集成部", "一组")
    assert project.client_manager is not None
    assert project.client_manager.name == CLIENT_MANAGER
    assert (project.registered_on, project.planned_final_on) == (D(2026, 11, 3), D(2027, 11, 1))
    clerk = world.who(CLERK)
    (row,) = world.office.read(
        lambda reading: contract_rows(reading, contract_ids(reading, clerk, ContractQuery("信号")))
    )
    assert (row.number, row.kind, row.projects, row.in_force_on) == ("HT-2026-77", "工程合同", 1, D(2026, 11, 2))
    page = world.office.read(lambda reading: open_contract(reading, clerk, row.id))
    assert [line["name"] for line in page.modules] == ["信号设备", "监控软件", "安装"]
    assert page.projects == (project,)
    assert page.row.filing_id == filing
    assert verify_office(world.office) == []


def test_a_filing_without_a_project_is_listed_by_what_it_is_about(world: World) -> None:
    contract = world.submit(contract_draft(world), CLERK)
    opening = FilingQuery(form_keys=("opening",))
    [ledger] = world.office.read(lambda reading: filing_ids(reading, world.who(CLERK), opening))
    rows = {row.id: row for row in world.office.read(lambda reading: filing_rows(reading, [contract, ledger]))}
    assert rows[contract].project == "HT-2026-77 滨海线信号改造工程"
    assert rows[ledger].project == "", "that one is about the office itself"
    assert "滨海线信号改造工程" in file_name(world.page(contract))
    for word in ("ht-2026-77", "信号改造", "bhxxhgz"):
        wanted = FilingQuery(text=word)
        assert world.office.read(partial(filing_ids, actor=world.who(CLERK), query=wanted)) == [contract], word


def test_APPT_1_and_CTRL_5_what_is_outsourced_comes_with_its_approved_paper(world: World) -> None:
    outsourced = {"contract": {"outsourced": "yes"}, "outsourcing": {"number": "WB-7"}}
    assert [item.field for item in contract_problems(world, **outsourced)] == ["files"]
    outsourced["outsourcing"]["files"] = [attached(world)]  # type: ignore[assignment]
    filing = registered(world, **outsourced)
    (project,) = opened(world, filing)
    assert project.contract_id is not None
    key = project.contract_id
    page = world.office.read(lambda reading: open_contract(reading, world.who(CLERK), key))
    assert (page.row.outsourced, page.row.outsourcing) == (True, "WB-7")
    assert [item.name for item in world.page(filing).documents] == ["外包申请.pdf"]


def test_APPT_1_a_contract_number_used_twice_is_told_not_refused(world: World) -> None:
    waiting = world.submit(contract_draft(world), CLERK)
    (warned,) = contract_problems(world)
    assert "正在审批" in warned.text
    assert not warned.blocks
    world.approve(waiting, HEAD)
    (warned,) = contract_problems(world)
    assert "滨海线信号改造工程" in warned.text
    assert not warned.blocks


def test_APPT_1_a_contract_takes_in_projects_that_the_ledger_has(world: World) -> None:
    """As an office does that brought its ledger in before it registered its contracts."""
    lines = [
        {"id": "a", "existing": f"{RUNNING} 滨海线综合监控系统集成", "amount": 900_000_00},
        {"id": "b", "existing": PAUSED},
    ]
    filing = registered(world, projects=lines)
    assert opened(world, filing) == []
    running, paused = world.project(RUNNING), world.project(PAUSED)
    assert running.contract_id == paused.contract_id is not None
    assert (running.contract_no, running.amount, running.state) == ("HT-2026-77", 900_000_00, "implementing")
    assert (paused.customer, paused.amount) == ("滨海轨道交通", None)
    assert "已登记在合同 HT-2026-77 名下" in "".join(item.text for item in contract_problems(world, projects=lines))


def test_APPT_1_two_contracts_that_take_in_one_project_do_not_both_get_it(world: World) -> None:
    lines = [{"id": "b", "existing": PAUSED}]
    first, second = (
        world.submit(contract_draft(world, contract={"number": number}, projects=lines), CLERK)
        for number in ("HT-1", "HT-2")
    )
    world.approve(first, HEAD)
    with world.unchanged():
        refused = refusal(lambda: world.sign(second, HEAD))
    assert "已登记在别的合同名下" in refused.what


def test_APPT_2_the_department_nominates_and_with_the_approval_the_project_starts(world: World) -> None:
    (project,) = opened(world, registered(world))
    refusal(lambda: nominated(world, project, by=OTHER_TECHNICAL), NotAllowed)
    filing = nominated(world, project)
    assert world.page(filing).content["nomination"]["managing"] == "2"
    world.sign(filing, CLIENT_MANAGER)
    assert again(world, project).manager is None
    world.sign(filing, HEAD)
    started = again(world, project)
    assert started.state == "starting"
    assert started.appointed_on == D(2026, 11, 3)
    assert started.manager is not None
    assert started.manager.id == world.who(MANAGER)
    told = world.office.read(lambda reading: project_history(reading, project.id))
    assert "项目状态：待任命 → 启动" in [entry.text for entry in told]
    assert verify_office(world.office) == []


def test_APPT_2_an_overdue_nomination_shows_until_it_is_filed(world: World) -> None:
    (project,) = opened(world, registered(world))
    world.clock.set(D(2026, 11, 5))
    (item,) = (item for item in todo(world, TECHNICAL) if item.project_id == project.id)
    assert (item.urgency, item.on, item.opens) == (Urgency.TODAY, D(2026, 11, 5), "appointment")
    world.clock.set(D(2026, 11, 9))
    for who in (TECHNICAL, CLERK):
        (item,) = (item for item in todo(world, who) if item.project_id == project.id)
        assert (item.urgency, item.days_text) == (Urgency.LATE, "逾期 2 个工作日")
        assert "暂-2026-001" in item.project
    assert not [item for item in todo(world, OTHER_TECHNICAL) if item.project_id == project.id]
    filing = nominated(world, project)
    assert not [item for item in todo(world, TECHNICAL) if item.opens == "appointment"]
    seen = world.page(filing).sha256
    world.office.run(world.who(TECHNICAL), lambda work: recall_filing(work, filing, seen))
    assert [item.opens for item in todo(world, TECHNICAL) if item.opens == "appointment"]


def test_APPT_2_who_is_nominated_is_a_colleague_from_the_list(world: World) -> None:
    (project,) = opened(world, registered(world))
    nomination = {"manager": {"id": "", "name": "外来人"}, "reason": "有经验"}
    draft = world.draft("appointment", project.called, TECHNICAL, nomination=nomination)
    assert "从人员名单中选定" in refusal(lambda: world.submit(draft, TECHNICAL), Incomplete).what


def test_APPT_3_numbers_come_at_posting_by_kind_and_year_without_a_gap(world: World) -> None:
    lines = [
        {"id": key, "name": f"项目{key}", "kind": kind, "department": "系统集成部", "amount": 1}
        for key, kind in (("a", "integration"), ("b", "integration"), ("c", "software"))
    ]
    started = [appointed(world, project) for project in opened(world, registered(world, projects=lines))]
    assert [item.number for item in started] == ["", "", ""]
    assert [item.called for item in started] == ["暂-2026-001", "暂-2026-002", "暂-2026-003"]
    (item,) = (item for item in todo(world, CLERK) if item.project_id == started[0].id)
    assert item.opens == "numbering"
    got = [numbered(world, item, f"简{place}") for place, item in enumerate(started)]
    assert [item.number for item in got] == ["JC-2026-001", "JC-2026-002", "RJ-2026-001"]
    assert [item.short_name for item in got] == ["简0", "简1", "简2"]
    assert not [item for item in todo(world, CLERK) if item.project_id == started[0].id]
    refused = refusal(lambda: world.draft("numbering", got[0].number, CLERK))
    assert "JC-2026-001" in refused.what
    assert verify_office(world.office) == []


def test_APPT_3_the_number_that_is_coming_is_told_and_is_no_part_of_the_content(world: World) -> None:
    (project,) = opened(world, registered(world))
    started = appointed(world, project)
    draft = world.draft("numbering", started.called, CLERK, numbering={"short_name": "甲"})
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert page.form.foretells is not None
    told = page.form.foretells(page.draft.content, page.facts)
    world.submit(draft, CLERK)
    number = again(world, started).number
    assert number in told
    assert "预计编号" in told
    assert number not in str(page.draft.content)


def test_APPT_3_a_number_that_the_ledger_has_is_passed_over_and_a_new_year_begins_anew(world: World) -> None:
    lines = [{"id": "x", "number": "RJ-2027-001", "name": "新线软件", "state": "starting", "kind": "software"}]
    content = {"source": {"file": "补充台账.xlsx", "on": "2026-11-03"}, "projects": lines}
    world.submit(office_draft(world, "opening", CLERK, content), CLERK)
    world.clock.set(D(2027, 1, 4))
    wanted = [{"id": key, "name": key, "kind": kind, "department": "系统集成部"} for key, kind in KINDS]
    started = [appointed(world, project) for project in opened(world, registered(world, projects=wanted))]
    got = [numbered(world, item, f"新{place}").number for place, item in enumerate(started)]
    assert got == ["JC-2027-001", "RJ-2027-002"]


def test_APPT_3_a_short_name_is_one_projects_alone(world: World) -> None:
    (project,) = opened(world, registered(world))
    started = appointed(world, project)
    with world.unchanged():
        refused = refusal(lambda: numbered(world, started, "综合监控"), Incomplete)
    assert f"简称“综合监控”已经是项目 {RUNNING} 的" in refused.what


def test_APPT_3_a_project_of_the_ledger_without_a_kind_gets_it_with_its_number(world: World) -> None:
    (project,) = opened(world, registered(world))
    started = appointed(world, project)
    refused = refusal(lambda: numbered(world, started, "信号", kind="software"), Incomplete)
    assert "类型是“系统集成”" in refused.what
    assert numbered(world, started, "信号", kind="integration").number == "JC-2026-001"


def test_APPT_3_a_posting_that_is_undone_leaves_no_gap(world: World) -> None:
    lines = [{"id": key, "name": f"项目{key}", "kind": "integration", "department": "系统集成部"} for key in ("a", "b")]
    one, two = (appointed(world, project) for project in opened(world, registered(world, projects=lines)))
    draft = world.draft("numbering", one.called, CLERK, numbering={"short_name": "甲"})

    def fail(work: Any) -> None:
        submit_draft(work, draft)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.office.run(world.who(CLERK), fail)
    assert again(world, one).number == ""
    assert numbered(world, two, "乙").number == "JC-2026-001"
    world.submit(draft, CLERK)
    assert again(world, one).number == "JC-2026-002"


def test_APPT_3_two_postings_at_once_get_two_numbers_without_a_gap(world: World) -> None:
    lines = [{"id": key, "name": f"项目{key}", "kind": "integration", "department": "系统集成部"} for key in "abcd"]
    started = [appointed(world, project) for project in opened(world, registered(world, projects=lines))]
    clerk = world.who(CLERK)
    drafts = [
        world.draft("numbering", item.called, CLERK, numbering={"short_name": f"简{place}"})
        for place, item in enumerate(started)
    ]

    def post(place: int) -> None:
        office = open_office(world.url, Home(world.folder / f"seat{place}"), world.clock)
        try:
            office.run(clerk, lambda work: submit_draft(work, drafts[place]))
        finally:
            office.close()

    with ThreadPoolExecutor(len(drafts)) as pool:
        list(pool.map(post, range(len(drafts))))
    assert sorted(again(world, item).number for item in started) == [f"JC-2026-00{n}" for n in (1, 2, 3, 4)]
    assert verify_office(world.office) == []


def test_APPT_3_one_project_numbered_from_two_seats_gets_one_number(world: World) -> None:
    (project,) = opened(world, registered(world))
    started = appointed(world, project)
    first = world.draft("numbering", started.called, CLERK, numbering={"short_name": "甲"})
    drafts = [first, replace(first, id=new_id())]
    clerk = world.who(CLERK)

    def post(place: int) -> str:
        office = open_office(world.url, Home(world.folder / f"seat{place}"), world.clock)
        try:
            office.run(clerk, lambda work: submit_draft(work, drafts[place]))
        except Refusal as error:
            return error.what
        finally:
            office.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(post, range(2)))
    assert told[0] == ""
    assert told[1]
    assert again(world, started).number == "JC-2026-001"


def test_APPT_3_a_provisional_number_is_found_shown_and_found_again_after_the_official_one(world: World) -> None:
    (project,) = opened(world, registered(world))
    provisional = project.provisional
    clerk = world.who(CLERK)

    def found(text: str) -> list[str]:
        ids = world.office.read(partial(projects.project_ids, actor=clerk, query=ProjectQuery(text=text)))
        return [item.marked for item in world.office.read(partial(projects.project_rows, ids=ids))]

    assert world.project(provisional).id == project.id
    assert found("暂-2026") == ["暂-2026-001"]
    filing = nominated(world, project)
    ids = world.office.read(partial(filing_ids, actor=clerk, query=FilingQuery(text=provisional)))
    (row,) = world.office.read(partial(filing_rows, ids=ids))
    assert (row.id, row.project_number) == (filing, provisional)
    assert world.page(filing).content["project"]["number"] == provisional
    world.approve(filing, CLIENT_MANAGER, HEAD)
    numbered(world, again(world, project), "信号")
    assert world.project(provisional).number == "JC-2026-001"
    assert found(provisional) == ["JC-2026-001"]
    every = world.office.read(partial(projects.project_ids, actor=clerk, query=ProjectQuery()))
    assert len(every) == 6


def test_the_facts_of_one_form_are_asked_for_by_no_other(world: World) -> None:
    draft = world.draft("suspension", SOFTWARE, OTHER_MANAGER)
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert not [name for name in page.facts if name.startswith(("ledger.", "offers."))]
