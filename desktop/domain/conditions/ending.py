"""Conditions of pausing in fact, withdrawal, closing and acceptance (PAUSE-2, WDR, CLOSE, FAT)."""

from __future__ import annotations

from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.form import value_of
from desktop.domain.form_words import own_words, said
from desktop.domain.ledger import Project


def _filed(form: str, missing: str) -> Condition:
    """That an approved filing of a form is on record (the fact ``filed.<form>``)."""
    return of_a_project(lambda _project, case: "" if case.facts.get(f"filed.{form}") else missing)


def _preliminary_accepted(project: Project, case: Case) -> str:
    """Accepted on record, or by the paper that is being filed."""
    if project.preliminary_on or project.final_on or value_of(case.content, "acceptance", "accepted_on"):
        return ""
    return "还没有初验：须有经客户确认的初验报告"


def _finally_accepted(project: Project, case: Case) -> str:
    final = value_of(case.content, "acceptance", "stage") == "final"
    if project.final_on or (final and value_of(case.content, "acceptance", "accepted_on")):
        return ""
    return "还没有终验：须有经客户确认的终验报告"


def _closing_decided(project: Project, case: Case) -> str:
    """A paused project closes only where 总裁室 decided so (PAUSE-5)."""
    if project.state != "paused" or case.facts.get("opinion.verdict") == "close":
        return ""
    return "项目在暂停中：恢复实施，或由处理意见定为“转入结项”之后，才能启动结项"


def _pausable(project: Project, case: Case) -> str:
    if value_of(case.content, "adjustment", "kind") != "pause":
        return ""
    sources = case.policy.transition("pause").sources
    if project.state in sources:
        return ""
    allowed = "、".join(case.policy.state_title(key) for key in sources)
    return f"项目现为“{case.policy.state_title(project.state)}”，只有“{allowed}”的项目才能调整为暂停"


def _notified(project: Project, case: Case) -> str:
    return "" if project.withdrawing_on else said("项目管理部还没有告知客户经理启动撤项", own_words(case.policy))


def _equipment_received(_project: Project, case: Case) -> str:
    if not case.facts.get("delivery.equipment") or case.facts.get("filed.equipment_receipt"):
        return ""
    return "采购计划中有设备，还没有批准的设备签收单"


def _conform(_project: Project, case: Case) -> str:
    if not case.facts.get("filed.conformity"):
        return "还没有批准的成果一致性审核表"
    differs = case.facts.get("conformity.verdict") == "no"
    return "最近一份成果一致性审核的结论是“不一致”" if differs else ""


def _transferred(_project: Project, case: Case) -> str:
    if value_of(case.content, "transfer", "maintenance") == "no" or case.facts.get("filed.maintenance_transfer"):
        return ""
    return "转维护的项目还没有批准的实施转维护接口表"


def _purchase_closed(_project: Project, case: Case) -> str:
    if not case.facts.get("delivery.purchases"):
        return ""
    if not case.facts.get("filed.purchase_closing"):
        return "有采购计划，还没有批准的商务采购结项表"
    left_open = case.facts.get("purchase.verdict") == "open"
    return "最近一份商务采购结项的结论是“尚有未结”" if left_open else ""


def _claims_settled(_project: Project, case: Case) -> str:
    waiting = case.facts.get("open.claim")
    return f"还有 {waiting} 份费用报销在审批中" if waiting else ""


CONDITIONS: dict[str, Condition] = {
    "preliminary_accepted": of_a_project(_preliminary_accepted),
    "finally_accepted": of_a_project(_finally_accepted),
    "closing_decided": of_a_project(_closing_decided),
    "pausable": of_a_project(_pausable),
    "withdrawal_notified": of_a_project(_notified),
    "equipment_received": of_a_project(_equipment_received),
    "asset_reviewed": _filed("asset_review", "财务部还没有审核签字（资产审核表）"),
    "conformity_approved": of_a_project(_conform),
    "transfer_approved": of_a_project(_transferred),
    "summary_approved": _filed("summary_report", "项目总结报告还没有审批通过"),
    "purchase_closed": of_a_project(_purchase_closed),
    "claims_settled": of_a_project(_claims_settled),
    "until_final_estimated": _filed("until_final", "还没有估算初验至终验的工作量"),
}
