"""The columns in which a contract and a program list their projects."""

from __future__ import annotations

from desktop.domain import money
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy
from desktop.ui.table_source import Column


def project_columns(policy: Policy) -> tuple[Column[Project], ...]:
    """Number, name, state, manager, department, amount and what is planned."""
    return (
        Column("编号", lambda item: item.marked, sort="number", width=6.6),
        Column(
            "项目",
            lambda item: item.short_name or item.name,
            sort="name",
            width=6.8,
            stretch=True,
            tip=lambda item: item.name,
        ),
        Column(
            "状态",
            lambda item: policy.state_title(item.state),
            sort="state",
            chip=True,
            tone=lambda item: policy.state(item.state).tone,
            width=4.2,
        ),
        Column("项目经理", lambda item: item.manager.name if item.manager else "", sort="manager", width=4.4),
        Column(
            "部门",
            lambda item: " / ".join(part for part in (item.department, item.sub_department) if part),
            sort="department",
            width=6.1,
            tip=lambda item: " / ".join(part for part in (item.department, item.sub_department) if part),
        ),
        Column(
            "金额（万元）",
            lambda item: money.wan_text(item.amount) if item.amount is not None else "",
            align="right",
            sort="amount",
            order=lambda item: item.amount or 0,
            width=5.8,
        ),
        Column("计划终验", lambda item: str(item.planned_final_on or ""), "centre", "final", width=5),
    )
