"""Conditions that a project's own record answers."""

from __future__ import annotations

import datetime as dt

from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.ledger import Project


def _state_takes_reports(project: Project, case: Case) -> str:
    state = case.policy.state(project.state)
    since = project.date(state.since) if state.since else None
    if state.reports or (since is not None and case.day < since):
        return ""
    return f"项目处于“{state.title}”状态{_from(since)}，不提交周报"


def _state_takes_claims(project: Project, case: Case) -> str:
    state = case.policy.state(project.state)
    since = project.date(state.since) if state.since else None
    if state.claims or (since is not None and case.day < since):
        return ""
    return f"项目处于“{state.title}”状态{_from(since)}，不能发生费用报销"


def _virtual_contract(project: Project, _case: Case) -> str:
    return "" if project.contract_kind == "virtual" else "项目依据的不是虚拟合同"


def _kind_is(key: str, title: str) -> Condition:
    return of_a_project(lambda project, _case: "" if project.kind == key else f"项目不属于“{title}”")


def _in_program(project: Project, _case: Case) -> str:
    return "" if project.program_manager else "项目不属于有大项目经理的大项目"


def _numbered(project: Project, _case: Case) -> str:
    return "" if project.number else "项目还没有正式编号"


CONDITIONS: dict[str, Condition] = {
    "state_takes_reports": of_a_project(_state_takes_reports),
    "state_takes_claims": of_a_project(_state_takes_claims),
    "virtual_contract": of_a_project(_virtual_contract),
    "integration": _kind_is("integration", "系统集成"),
    "software": _kind_is("software", "软件开发"),
    "service": _kind_is("service", "IT服务"),
    "in_program": of_a_project(_in_program),
    "numbered": of_a_project(_numbered),
}


def _from(day: dt.date | None) -> str:
    return f"（自 {day.isoformat()} 起）" if day else ""
