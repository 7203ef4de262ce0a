"""Offices of the two other companies whose policies come with the program: their names, their people, their forms."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.errors import NotAllowed
from desktop.services import drafting, due, form_offers, gate_view, people, printing, projects, week_status
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import Founding, create_office
from tests.policies import policy
from tests.services.test_office import text_of
from tests.services.world import CLERK, Clock, World, line, person, refusal

MANAGER, HEAD, BOSS, TECHNICAL, QUALITY, FINANCE = "𠮷镕堃", "张建国", "𫖯", "王强", "钱敏", "𬴂𪟝"
NUMBER = "XX-2026-001"


@contextmanager
def office_of(url: str, folder: Path, key: str, staff: dict[str, tuple[str, str]]) -> Iterator[World]:
    """An office with one running project and these people: name → role and department ("" for office-wide)."""
    clock = Clock()
    founded = Founding("海天信息技术有限公司", policy(key).text, f"{key}.toml", CLERK, ("clerk",), staff_no="0001")
    world = World(create_office(url, founded, Home(folder / "home"), clock), clock, folder, url)
    clerk = world.who(CLERK)
    running = line(
        NUMBER,
        "客户服务平台",
        "implementing",
        kind="integration",
        department="研发一部",
        manager=person(MANAGER),
        budget=2_000_000_000,
    )
    content: dict[str, Any] = {"source": {"file": "台账.xlsx", "on": "2026-08-03"}, "projects": [running]}
    begun = drafting.start_draft(world.office, clerk, "opening", None)
    world.submit(replace(begun, content=content), CLERK)
    for number, (name, (role, place)) in enumerate(staff.items(), 2):
        department = world.department(place) if place else None
        made = world.office.run(clerk, partial(people.add_person, name=name, staff_no=f"{number:04}")).value
        give = partial(people.assign_role, person_id=made, role_key=role, department_id=department)
        world.office.run(clerk, give)
    clock.set(dt.date(2026, 11, 3))
    yield world
    world.office.close()


def offered(world: World, name: str) -> set[str]:
    query = partial(form_offers.allowed_forms, actor=world.who(name), project_id=world.project(NUMBER).id)
    return {offer.form_key for offer in world.office.read(query) if offer.permitted and not offer.unmet}


def printed(world: World, filing: Any) -> str:
    return text_of(world.office.read(partial(printing.print_filing, actor=world.who(CLERK), filing_id=filing)).pdf)


CRM_STAFF = {
    HEAD: ("pmo_head", ""),
    BOSS: ("president", ""),
    FINANCE: ("finance", ""),
    TECHNICAL: ("technical_head", "研发一部"),
    QUALITY: ("quality", "研发一部"),
}


def test_PAUSE_1_the_crm_policy_pauses_resumes_and_closes_under_its_own_names(
    database_url: str, tmp_path: Path
) -> None:
    with office_of(database_url, tmp_path, "crm", CRM_STAFF) as world:
        assert {"运营管理部", "信息技术部", "体系服务部"} <= {
            row.name for row in world.office.read(people.list_departments)
        }
        pause = world.approved("suspension", TECHNICAL, HEAD, number=NUMBER)
        assert world.project(NUMBER).state == "paused"
        sheet = printed(world, pause)
        assert "运营管理部" in sheet
        assert "CRM-ZT-01" in sheet
        assert "项目管理部" not in sheet
        opinion = world.submitted("overdue_opinion", NUMBER, CLERK)
        assert [status.step.title for status in world.page(opinion).progress.steps] == ["运营管理部负责人", "总经理"]
        world.approve(opinion, HEAD, BOSS)
        back = world.approved("resumption", TECHNICAL, HEAD, number=NUMBER)
        assert "运营管理部审核确认后项目转为实施" in printed(world, back)
        world.approved("closing_start", CLERK, number=NUMBER)
        closing = world.approved("closing", TECHNICAL, QUALITY, FINANCE, HEAD, number=NUMBER)
        assert world.project(NUMBER).state == "closed"
        assert "总裁" not in printed(world, closing)
        assert verify_office(world.office) == []


PMO_STAFF = {HEAD: ("pmo_head", ""), BOSS: ("president", ""), TECHNICAL: ("technical_head", "研发一部")}


def test_INIT_5_the_pmo_policy_offers_only_what_it_knows(database_url: str, tmp_path: Path) -> None:
    with office_of(database_url, tmp_path, "pmo", PMO_STAFF) as world:
        watching = {"monitor_plan", "problem_sheet", "problem_closing"}
        assert offered(world, MANAGER) == {"change", "closing_start", "summary_report", *watching}
        for key in ("suspension", "handover"):
            start = partial(drafting.start_draft, world.office, world.who(MANAGER), key, world.project(NUMBER).id)
            with world.unchanged():
                refusal(start)
        status = partial(week_status.week_status, actor=world.who(CLERK), week="2026-W45")
        assert world.office.read(status).rows == ()
        assert world.office.read(partial(gate_view.gate_view, project_id=world.project(NUMBER).id)) == []
        world.approved("closing_start", HEAD, number=NUMBER)
        assert world.project(NUMBER).state == "closing"
        todo = world.office.read(partial(due.todo, actor=world.who(MANAGER), everyone=True))
        assert [(item.opens, item.on) for item in todo] == [("closing", None)], "no clock runs in this policy"
        closing = world.approved("closing", TECHNICAL, HEAD, BOSS, number=NUMBER)
        assert world.project(NUMBER).state == "closed"
        assert "公司领导层" in printed(world, closing)
        assert verify_office(world.office) == []


@pytest.mark.parametrize(("key", "keepers"), [("epm", "项目管理员"), ("crm", "项目管理员"), ("pmo", "PMO 专员")])
def test_a_refusal_names_the_offices_own_roles(tmp_path: Path, key: str, keepers: str) -> None:
    with office_of(str(tmp_path / "office.epm"), tmp_path, key, {}) as world:
        stranger = world.office.run(world.who(CLERK), partial(people.add_person, name="刘洋")).value
        look = partial(projects.open_project, actor=stranger, project_id=world.project(NUMBER).id)
        assert refusal(lambda: world.office.read(look), NotAllowed).todo == f"请与{keepers}、系统管理联系。"
