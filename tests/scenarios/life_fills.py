"""What people write on each paper of a project's life, so that it can be submitted: shared by the long stories.

`FILLS` holds the sections by form; `filled` adds whoever is picked from the list and what is attached.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from desktop.services import drafting
from desktop.services.archive import store_attachment
from tests.services.entry import CONTRACT, chosen
from tests.services.planning import BUDGET, PACKAGE, PLAN, PROCUREMENT, RISKS, SCHEDULE
from tests.services.world import CLIENT_MANAGER, FILLED, MANAGER, OTHER_MANAGER, TECHNICAL, World, merge

Content = dict[str, Any]

_FEASIBLE: Content = {"verdict": "good", "findings": "方案成熟，人员和设备齐备"}

FILLS: dict[str, Content] = {
    **FILLED,
    "contract": CONTRACT,
    "appointment": {"nomination": {"reason": "做过同类项目"}},
    "numbering": {"numbering": {"short_name": "信号改造"}},
    "task_targets": {"notes": {"note": "按合同模块价格核算"}},
    "implementation_plan": PLAN,
    "initiation": PACKAGE,
    "month_budget": {
        "month": {"month": "2026-12"},
        "lines": [{"id": "m1", "subject": "travel", "amount": 300_000, "use": "现场差旅"}],
    },
    "claim": {
        "claim": {"reason": "深化设计调研"},
        "lines": [{"id": "c1", "spent_on": "2026-11-02", "subject": "travel", "text": "往返车票", "amount": 120_000}],
    },
    "proposal": {
        "basics": {"name": "园区一卡通", "kind": "integration", "department": "信息部", "customer": "后勤部"},
        "goals": {"goals": "统一门禁与消费", "need": "设备老化"},
        "plan": {"starts_on": "2026-12-01", "ends_on": "2027-09-20", "plan": "设计、安装、验收"},
        "budget": {"amount": 9_000_000},
    },
    "feasibility": {
        "technical": _FEASIBLE,
        "economic": _FEASIBLE,
        "market": _FEASIBLE,
        "conclusion": {"verdict": "good", "text": "同意立项"},
    },
    "initiation_notice": {
        "goals": {"goals": "统一门禁与消费"},
        "scope": {"scope": "三个园区"},
        "resources": {"budget": 40_000_000, "people": "信息部三人"},
    },
    "project_plan": {
        "goals": {"goals": "按期开通", "scope": "三个园区", "planned_final_on": "2027-09-20"},
        "schedule": SCHEDULE,
        "organization": PLAN["organization"],
        "procurement": PROCUREMENT,
        "budget": BUDGET,
        "risks": RISKS,
    },
}
"""By form."""

PICKED: dict[str, dict[tuple[str, str], str]] = {
    "contract": {("contract", "client_manager"): CLIENT_MANAGER},
    "appointment": {("nomination", "manager"): MANAGER},
    "initiation_notice": {("resources", "manager"): MANAGER},
    "manager_change": {("appointment", "manager"): OTHER_MANAGER, ("notice", "person"): TECHNICAL},
    "handover": {("people", "receiver"): OTHER_MANAGER, ("people", "witness"): TECHNICAL},
    "equipment_receipt": {("receipt", "receiver"): OTHER_MANAGER},
    "maintenance_transfer": {("transfer", "receiver"): OTHER_MANAGER},
}
"""Who stands in which field, by form: people have ids of their own in every office."""

_ACCEPTANCES = ("closing_start", "preliminary_acceptance", "final_acceptance")
ATTACHED: dict[str, tuple[str, str]] = dict.fromkeys(_ACCEPTANCES, ("acceptance", "report"))
"""The forms that come with a file, and where it stands."""


def filled(world: World, form: str, by: str, **changes: Any) -> Content:
    """The sections of a form with everybody and every file in place, and ``changes`` (section → values) over them."""
    content = merge({}, FILLS.get(form, {}))
    for (section, field), name in PICKED.get(form, {}).items():
        content = merge(content, {section: {field: chosen(world, name)}})
    if form in ATTACHED:
        section, field = ATTACHED[form]
        path = world.file("验收报告.pdf", b"%PDF-1.4 report")
        file = dict(world.office.run(world.who(by), lambda work: store_attachment(work, path)).value)
        content = merge(content, {section: {field: [file]}})
    return merge(content, changes)


def filed(world: World, form: str, project: UUID | None, by: str, *signers: str, **changes: Any) -> UUID:
    """A form filled in by somebody, submitted and signed by everybody in turn; the filing's id."""
    actor = world.who(by)
    begun = drafting.start_draft(world.office, actor, form, project)
    content = merge(begun.content, filled(world, form, by, **changes))
    filing = world.submit(drafting.save_draft(world.office, actor, replace(begun, content=content)), by)
    world.approve(filing, *signers)
    return filing
