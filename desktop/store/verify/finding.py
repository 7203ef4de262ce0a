"""What a check found wrong, in words for the person who must look after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TITLES = {
    "absence": "请假",
    "assignment": "任职",
    "baseline": "基线",
    "blob": "档案文件",
    "blob_chunk": "档案文件内容",
    "calendar_day": "工作日历",
    "chain_edit": "转办与加签",
    "change": "日志",
    "changeset": "日志",
    "contract": "合同",
    "counter": "编号序列",
    "delegation": "代理",
    "department": "部门",
    "device": "安装点",
    "document": "存档文档",
    "erasure": "个人信息清除",
    "expense": "报销明细",
    "filing": "申请单",
    "identity_record": "身份登记",
    "line_check": "逐项确认",
    "month_budget": "月费用预算",
    "office": "办公室",
    "person": "人员",
    "plan_line": "计划明细",
    "policy_version": "制度版本",
    "presence": "在线",
    "problem": "跟踪问题",
    "program": "大项目",
    "project": "项目",
    "relocation": "迁移",
    "report_line": "周报明细",
    "revision": "申请单版次",
    "schema_change": "升级记录",
    "section": "申请单内容",
    "setting": "设置",
    "sign_off": "签字",
    "turn": "待签",
    "urge": "催办",
    "waiver": "例外",
}
"""What people call the tables."""

_NAMES = ("number", "name", "title", "key", "day")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree: ``where`` and ``what`` in Chinese, and the table and row concerned."""

    where: str
    what: str
    table: str
    row: str = ""


def place_of(table: str, fields: Mapping[str, object]) -> str:
    """A record as a person would call it: its table and its number or name."""
    names = [str(fields[name]) for name in _NAMES if fields.get(name)]
    return " ".join([TITLES.get(table, table), *names[:2]])
