"""What several project forms share: the project's facts at the head, attachments at the end."""

from __future__ import annotations

from desktop.domain.fields import AttachmentField, ComputedField, DateField, MoneyField, PersonField, fact
from desktop.domain.form import Grid


def project_section(*more: ComputedField) -> Grid:
    """项目概况: facts of the ledger, copied when the filing is submitted; ``more`` follow the usual ones."""
    return Grid(
        key="project",
        title="项目概况",
        fields=(
            fact("name", "项目名称", "project.name"),
            fact("number", "项目编号", "project.number"),
            fact("kind", "项目类型", "project.kind"),
            fact("state", "项目状态", "project.state"),
            fact("contract_no", "合同编号", "project.contract_no"),
            fact("contract_kind", "合同类别", "project.contract_kind"),
            fact("amount", "合同金额", "project.amount", MoneyField, capital=True),
            fact("customer", "客户单位", "project.customer"),
            fact("department", "所属部门", "project.department"),
            fact("manager", "项目经理", "project.manager", PersonField),
            fact("client_manager", "客户经理", "project.client_manager", PersonField),
            fact("initiated_on", "立项日期", "project.initiated_on", DateField),
            fact("planned_preliminary_on", "计划初验", "project.planned_preliminary_on", DateField),
            fact("planned_final_on", "计划终验", "project.planned_final_on", DateField),
            *more,
        ),
    )


def project_head(*more: ComputedField) -> Grid:
    """项目概况 in short, for papers that are many and belong on one sheet."""
    return Grid(
        key="project",
        title="项目概况",
        fields=(
            fact("name", "项目名称", "project.name"),
            fact("number", "项目编号", "project.number"),
            fact("department", "所属部门", "project.department"),
            fact("state", "项目状态", "project.state"),
            fact("manager", "项目经理", "project.manager", PersonField),
            *more,
        ),
    )


def attachments_section(hint: str) -> Grid:
    """附件: archived files bound to the filing by their hashes."""
    return Grid(
        key="attachments",
        title="附件",
        fields=(AttachmentField(key="files", label="附件", hint=hint),),
    )
