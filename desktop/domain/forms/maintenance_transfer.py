"""实施转维护接口表 (CLOSE-3): the closing facts, and what maintenance needs for a 立项 of its own."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    DateField,
    MoneyField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, value_of
from desktop.domain.forms.common import attachments_section, project_section

_ANSWER = (Option("yes", "是，由本表开立"), Option("no", "否"))
_GRADES = (Option("a", "7×24 小时"), Option("b", "5×8 小时"), Option("c", "按需"))


def check_successor(content: Content, _facts: Facts) -> Iterable[Problem]:
    """A successor project has its name, kind and department."""
    if value_of(content, "successor", "opens") != "yes":
        return
    for key, label in (("name", "维护项目名称"), ("kind", "项目类型"), ("department", "承担部门")):
        if not value_of(content, "successor", key):
            yield Problem("successor", key, f"开立维护项目须填写“{label}”", rule="CLOSE-3")


FORM = Form(
    key="maintenance_transfer",
    title="实施转维护接口表",
    subject="project",
    posts="transfer",
    checks=(check_successor,),
    sections=(
        project_section(
            fact("preliminary_on", "实际初验", "project.preliminary_on", DateField),
            fact("final_on", "实际终验", "project.final_on", DateField),
            fact("budget", "费用预算", "project.budget", MoneyField),
            fact("spent", "已报销费用", "expense.total", MoneyField),
        ),
        Grid(
            key="transfer",
            title="移交情况",
            fields=(
                PersonField(key="receiver", label="维护接收人", required=True),
                DateField(key="on", label="移交日期", required=True, initially="today"),
                PeriodField(key="warranty", label="质保期"),
                ChoiceField(key="grade", label="服务级别", options=_GRADES),
                long_text("system", "系统概况", required=True, hint="构成、部署、账号与口令的交接办法"),
                long_text("left", "遗留问题", required=True, hint="没有的写“无”"),
                long_text("advice", "维护要点", hint="常见故障与处理、性能调优"),
            ),
        ),
        LineTable(
            key="equipment",
            title="移交的设备与系统",
            noun="项",
            initially="delivery.equipment",
            columns=(
                TextField(key="name", label="名称", required=True, share=2.4),
                TextField(key="model", label="型号", share=1.6),
                QuantityField(key="count", label="数量", share=0.7),
                TextField(key="unit", label="单位", share=0.6, longest=20),
                TextField(key="place", label="安装地点", share=1.8),
                DateField(key="until", label="质保到期", share=1.2),
                TextField(key="note", label="说明", share=1.8, lines=True, longest=2_000),
            ),
        ),
        LineTable(
            key="contacts",
            title="联系人",
            noun="人",
            columns=(
                TextField(key="company", label="单位", required=True, share=2.4),
                TextField(key="name", label="姓名", required=True, share=1.1),
                TextField(key="duty", label="职务", share=1.2),
                TextField(key="phone", label="电话", share=1.6),
                TextField(key="note", label="说明", share=2, lines=True, longest=2_000),
            ),
        ),
        Grid(
            key="successor",
            title="维护立项资料",
            fields=(
                ChoiceField(key="opens", label="开立维护项目", required=True, options=_ANSWER),
                TextField(key="name", label="维护项目名称", longest=200),
                TextField(key="short_name", label="简称", longest=60),
                ChoiceField(key="kind", label="项目类型", options_from="kinds"),
                TextField(key="department", label="承担部门", longest=60),
                PersonField(key="manager", label="拟任项目经理"),
                MoneyField(key="amount", label="维护合同金额"),
                DateField(key="planned_final_on", label="维护期满"),
                TextField(key="contract_no", label="维护合同编号", longest=80),
                long_text("needs", "人员与费用需求"),
            ),
        ),
        attachments_section("运维手册、配置清单"),
    ),
    note="项目经理填写结项信息和维护立项所需资料；选“由本表开立”的，批准后即按所填资料建立后续项目。",
)
