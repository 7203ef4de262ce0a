"""What a project's plan and its initiation need in tests: a project that has begun, its people, lines that fit."""

import datetime as dt
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.services import drafting, people
from desktop.services.archive import add_document
from desktop.services.drafting import Draft
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.projects import ProjectQuery, project_ids
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    found_world,
    line,
    merge,
    open_world,
    person,
)

TODAY = dt.date(2026, 11, 3)
BUSINESS = "周商"
NEW = "城市大脑机房集成"
PLAN_CHAIN = (TECHNICAL, QUALITY, BUSINESS, HEAD, PRESIDENT)
PACKAGE_CHAIN = (TECHNICAL, BUSINESS, QUALITY, HEAD, PRESIDENT)

SCHEDULE: list[dict[str, Any]] = [
    {
        "id": "s1",
        "name": "深化设计",
        "period": {"start": "2026-11-10", "end": "2026-12-10"},
        "milestone": "no",
        "owner": person(MANAGER),
    },
    {
        "id": "s2",
        "name": "设备到货",
        "period": {"start": "2026-12-11", "end": "2027-01-20"},
        "milestone": "yes",
        "owner": person(MANAGER),
        "after": "深化设计",
    },
    {
        "id": "s3",
        "name": "初验",
        "period": {"start": "2027-03-01", "end": "2027-03-20"},
        "milestone": "yes",
        "owner": person(MANAGER),
        "after": "深化设计、设备到货",
    },
]
PRODUCTS: list[dict[str, Any]] = [
    {"id": "p1", "name": "深化设计图纸", "count": "2", "milestone": "设备到货", "due_on": "2026-12-10"},
    {"id": "p2", "name": "初验报告", "milestone": "初验", "due_on": "2027-03-20"},
]
ORGANIZATION: list[dict[str, Any]] = [
    {"id": "o1", "person": person(MANAGER), "duty": "项目经理", "days": "60"},
]
RISKS: list[dict[str, Any]] = [
    {
        "id": "k1",
        "name": "供货延期",
        "probability": "middle",
        "impact": "high",
        "response": "提前一个月下单",
        "owner": person(MANAGER),
    },
]
PROCUREMENT: list[dict[str, Any]] = [
    {
        "id": "q1",
        "name": "核心交换机",
        "model": "S12700",
        "count": "2",
        "unit": "台",
        "price": 12_000_000,
        "needed_on": "2027-01-10",
        "supplier": "华为",
    },
]
BUDGET: list[dict[str, Any]] = [
    {"id": "b1", "subject": "travel", "month": "2026-12", "amount": 1_200_000},
    {"id": "b2", "subject": "travel", "month": "2027-01", "amount": 800_000},
    {"id": "b3", "subject": "labour", "month": "2027-01", "amount": 5_000_000},
]

PLAN: dict[str, Any] = {
    "background": {"background": "甲方新建机房"},
    "scope": {"inside": "供货、安装、调试"},
    "quality": {"goals": "一次验收合格"},
    "schedule": SCHEDULE,
    "products": PRODUCTS,
    "organization": ORGANIZATION,
    "tracking": {"text": "每周跟踪里程碑"},
    "risks": RISKS,
}
PACKAGE: dict[str, Any] = {
    "application": {
        "planned_preliminary_on": "2027-03-20",
        "planned_final_on": "2027-09-20",
        "goals": "按期验收",
        "basis": "合同 HT-2026-88",
    },
    "procurement": PROCUREMENT,
    "budget": BUDGET,
}


def appoint(world: World, name: str, role: str, staff_no: str, place: str = "") -> UUID:
    """Somebody new in the office, with a role."""
    department = world.department(place) if place else None
    clerk = world.who(CLERK)
    made = world.office.run(clerk, partial(people.add_person, name=name, staff_no=staff_no)).value
    give = partial(people.assign_role, person_id=made, role_key=role, department_id=department)
    world.office.run(clerk, give)
    return made


def begin(world: World, name: str = NEW, **more: Any) -> UUID:
    """A project in 启动 with the chain's people in place."""
    if not any(row.name == BUSINESS for row in world.office.read(people.list_people)):
        appoint(world, BUSINESS, "business", "0801")
    about = {
        "kind": "integration",
        "contract_no": "HT-2026-88",
        "contract_kind": "works",
        "amount": 80_000_000,
        "department": "系统集成部",
        "manager": person(MANAGER),
        "client_manager": person(CLIENT_MANAGER),
        **more,
    }
    clerk = world.who(CLERK)
    begun = drafting.start_draft(world.office, clerk, "opening", None)
    lines = [line(None, name, about.pop("state", "starting"), **about)]
    content = {"source": {"file": "台账.xlsx", "on": "2026-11-03"}, "projects": lines}
    world.submit(replace(begun, content=content), CLERK)
    return project_of(world, name)


def project_of(world: World, name: str = NEW) -> UUID:
    (found,) = world.office.read(partial(project_ids, actor=world.who(CLERK), query=ProjectQuery(text=name)))
    return found


def draft_on(world: World, form: str, project: UUID | None, filled: dict[str, Any], by: str = MANAGER) -> Draft:
    """A draft of a form on a project, filled in."""
    actor = world.who(by)
    begun = drafting.start_draft(world.office, actor, form, project)
    return drafting.save_draft(world.office, actor, replace(begun, content=merge(begun.content, filled)))


def submitted_on(world: World, form: str, project: UUID, filled: dict[str, Any], by: str = MANAGER) -> UUID:
    return world.submit(draft_on(world, form, project, filled, by), by)


def plan_in_force(world: World, project: UUID, *signers: str, **changes: Any) -> UUID:
    """An approved 项目实施计划."""
    filing = submitted_on(world, "implementation_plan", project, merge(PLAN, changes))
    world.approve(filing, *(signers or PLAN_CHAIN))
    return filing


def archive_documents(world: World, project: UUID, by: str = MANAGER) -> None:
    for kind, name in (("scheme_proposal", "方案建议书.pdf"), ("implementation_plan", "实施计划.pdf")):
        path = world.file(name, f"%PDF-1.4 {kind}".encode())
        world.office.run(world.who(by), partial(add_document, path=path, project_id=project, kind=kind))


def initiated(world: World, project: UUID, **changes: Any) -> UUID:
    """An approved 项目立项申请表 on a project that has just begun."""
    plan_in_force(world, project)
    archive_documents(world, project)
    filing = submitted_on(world, "initiation", project, merge(PACKAGE, changes))
    world.approve(filing, *PACKAGE_CHAIN)
    return filing


def filings_of(world: World, project: UUID, form: str) -> list[UUID]:
    query = FilingQuery(project_id=project, form_keys=(form,))
    return world.office.read(partial(filing_ids, actor=world.who(CLERK), query=query))


def found_planned(url: str) -> None:
    """An office with a project whose 项目实施计划 is in force and whose documents are archived, once per engine."""
    found_world(url)
    with tempfile.TemporaryDirectory() as folder:
        world = open_world(url, Path(folder))
        project = begin(world)
        plan_in_force(world, project)
        archive_documents(world, project)
        world.office.close()
