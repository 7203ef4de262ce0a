"""From a contract to a numbered project in a few words: what the tests of 启动 share."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from desktop.domain.ledger import Project
from desktop.services import drafting
from desktop.services.archive import store_attachment
from desktop.services.drafting import Draft
from desktop.services.projects import find_project, projects_where
from desktop.store.tables import Project as ProjectRecord
from tests.services.world import CLERK, CLIENT_MANAGER, HEAD, MANAGER, TECHNICAL, World, merge

CONTRACT: dict[str, Any] = {
    "contract": {
        "kind": "works",
        "number": "HT-2026-77",
        "name": "滨海线信号改造工程",
        "customer": "滨海轨道交通",
        "amount": 1_000_000_00,
        "signed_on": "2026-10-28",
        "in_force_on": "2026-11-02",
        "preliminary_on": "2027-05-01",
        "final_on": "2027-11-01",
        "outsourced": "no",
    },
    "projects": [{"id": "p1", "kind": "integration", "department": "系统集成部", "sub_department": "一组"}],
    "modules": [
        {"id": "m1", "name": "信号设备", "department": "系统集成部", "price": 700_000_00},
        {"id": "m2", "name": "监控软件", "department": "软件开发部", "price": 250_000_00},
        {"id": "m3", "name": "安装", "department": "系统集成部", "price": 50_000_00},
    ],
    "items": [{"id": "i1", "name": "联锁主机", "count": "2", "price": 100_000_00, "amount": 200_000_00}],
    "products": [{"id": "w1", "name": "竣工图", "requirement": "一式三份"}],
}
"""What a clerk writes of a contract in force."""


def chosen(world: World, name: str) -> dict[str, str]:
    """A colleague picked from the list."""
    return {"id": str(world.who(name)), "name": name}


def office_draft(world: World, form: str, by: str, content: dict[str, Any]) -> Draft:
    """A draft of one of the office's own forms with this content over what it begins with."""
    actor = world.who(by)
    begun = drafting.start_draft(world.office, actor, form, None)
    return drafting.save_draft(world.office, actor, replace(begun, content=merge(begun.content, content)))


def contract_draft(world: World, **changes: Any) -> Draft:
    """合同登记表 with ``changes`` (section → values) over the usual content."""
    content = merge(CONTRACT, {"contract": {"client_manager": chosen(world, CLIENT_MANAGER)}})
    return office_draft(world, "contract", CLERK, merge(content, changes))


def registered(world: World, **changes: Any) -> UUID:
    """A contract on record; the filing's id."""
    filing = world.submit(contract_draft(world, **changes), CLERK)
    world.approve(filing, HEAD)
    return filing


def opened(world: World, filing: UUID) -> list[Project]:
    """The projects that a contract's filing opened, in their order."""
    found = world.office.read(lambda reading: projects_where(reading, ProjectRecord.origin_filing_id == filing))
    return sorted(found, key=lambda item: item.provisional)


def again(world: World, project: Project) -> Project:
    """The project as it is now."""
    return world.office.read(lambda reading: find_project(reading, project.provisional))


def nominated(world: World, project: Project, manager: str = MANAGER, by: str = TECHNICAL) -> UUID:
    """The technical department has nominated a manager."""
    nomination = {"manager": chosen(world, manager), "reason": "做过同类项目"}
    return world.submitted("appointment", project.called, by, nomination=nomination)


def appointed(world: World, project: Project, manager: str = MANAGER, by: str = TECHNICAL) -> Project:
    """The manager is appointed, the project starts."""
    world.approve(nominated(world, project, manager, by), CLIENT_MANAGER, HEAD)
    return again(world, project)


def numbered(world: World, project: Project, short_name: str, **changes: Any) -> Project:
    """The clerk has given number and short name."""
    numbering = {"short_name": short_name, **changes}
    world.submitted("numbering", project.called, CLERK, numbering=numbering)
    return again(world, project)


def attached(world: World, name: str = "外包申请.pdf") -> dict[str, Any]:
    """A file that is in the archive."""
    path = world.file(name)
    return dict(world.office.run(world.who(CLERK), lambda work: store_attachment(work, path)).value)
