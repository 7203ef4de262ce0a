"""项目经理任命审批单 (APPT-2): the technical department nominates, 客户经理 and PMO approve, the project starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, Problem, value_of
from desktop.domain.forms.common import attachments_section


def _managing(facts: Facts, content: Content) -> Json:
    """How many running projects the nominee manages already."""
    nominee, managing = value_of(content, "nomination", "manager"), facts.get("ledger.managing")
    if not isinstance(nominee, Mapping) or not nominee.get("id") or not isinstance(managing, Mapping):
        return None
    return str(managing.get(str(nominee["id"]), 0))


def check_nominee(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Rights and to-dos go to the nominee: it must be known which colleague that is."""
    nominee = value_of(content, "nomination", "manager")
    if isinstance(nominee, Mapping) and not nominee.get("id"):
        text = f"“{nominee.get('name')}”不能确定是哪一位，请从人员名单中选定；名单中没有的，请项目管理员先登记"
        yield Problem("nomination", "manager", text, rule="APPT-2")


FORM = Form(
    key="appointment",
    title="项目经理任命审批单",
    subject="project",
    posts="appoint",
    checks=(check_nominee,),
    sections=(
        Grid(
            key="project",
            title="项目概况",
            fields=(
                fact("name", "项目名称", "project.name"),
                fact("number", "项目编号", "project.number"),
                fact("kind", "项目类型", "project.kind"),
                fact("department", "所属部门", "project.department"),
                fact("contract_no", "合同编号", "project.contract_no"),
                fact("contract_kind", "合同类别", "project.contract_kind"),
                fact("amount", "项目金额", "project.amount", MoneyField, capital=True),
                fact("customer", "客户单位", "project.customer"),
                fact("client_manager", "客户经理", "project.client_manager", PersonField),
                fact("in_force_on", "合同生效", "contract.in_force_on", DateField),
                fact("planned_final_on", "计划终验", "project.planned_final_on", DateField),
                fact("registered_on", "登记日期", "project.registered_on", DateField),
                fact("due", "提名期限", "clock.nomination_limit", DateField),
            ),
        ),
        Grid(
            key="nomination",
            title="提名",
            fields=(
                PersonField(key="manager", label="拟任项目经理", required=True),
                DateField(key="on", label="提名日期", required=True, initially="today"),
                ComputedField(
                    key="managing",
                    label="现任在办项目",
                    compute=_managing,
                    shows=QuantityField(key="managing", label="现任在办项目", unit="个"),
                ),
                TextField(key="title", label="职务或职称", longest=120),
                long_text("reason", "提名理由", required=True, hint="任职经历、资质，与本项目是否相称"),
                long_text("team", "主要成员设想"),
            ),
        ),
        attachments_section("资质证书等"),
    ),
    note="技术部门在合同登记后 2 个工作日内提名；批准后项目进入启动状态。",
)
