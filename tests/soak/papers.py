"""What clients write into their forms; every text bears a mark by which it is known again."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktop.domain.ledger import PersonRef
from desktop.store.ids import new_id

Content = dict[str, Any]


@dataclass(frozen=True)
class Pen:
    """Who writes, on which day, with which mark."""

    rng: random.Random
    author: PersonRef
    today: dt.date
    mark: str

    def day(self, days: int) -> str:
        """So many days from now."""
        return (self.today + dt.timedelta(days=days)).isoformat()

    @property
    def me(self) -> dict[str, str]:
        """The author, as forms keep people."""
        return {"id": str(self.author.id), "name": self.author.name}


def problem_sheet(pen: Pen) -> Content:
    """A 问题单: settled in the project, or raised to the PMO."""
    level = pen.rng.choice(("project", "project", "pmo"))
    return {
        "sheet": {
            "title": f"现场问题 {pen.mark}",
            "source": "team",
            "severity": pen.rng.choice(("light", "usual")) if level == "project" else "grave",
            "text": "弱电井净宽与图纸不符，桥架无法按图安装。" * pen.rng.randint(1, 20),
            "impact": "影响后续工序的开工条件。",
        },
        "handling": {"department": "系统集成部", "owner": pen.me, "due": pen.day(14), "level": level},
    }


def meeting(pen: Pen) -> Content:
    """会议纪要 with decisions, which become problems that are followed."""
    return {
        "meeting": {"kind": "exchange", "agenda": f"信息交换 {pen.mark}", "place": "三楼会议室"},
        "attendees": [{"id": str(new_id()), "person": pen.me, "unit": "项目组", "duty": "记录"}],
        "minutes": {"said": "通报检查结果；核实人员安排。" * pen.rng.randint(1, 30), "conclusion": "按计划推进。"},
        "decisions": [
            {
                "id": str(new_id()),
                "what": f"落实第 {n} 项 {pen.mark}",
                "owner": pen.me,
                "department": "系统集成部",
                "due": pen.day(10),
                "severity": "usual",
            }
            for n in range(1, pen.rng.randint(2, 4))
        ],
    }


def special_report(pen: Pen) -> Content:
    """A 专题报告, which the president answers."""
    return {
        "report": {
            "title": f"机房漏水 {pen.mark}",
            "kind": "sudden",
            "facts": "夜间空调冷凝管破裂，水流入机柜。",
            "impact": "两台交换机进水，联调推迟。",
            "proposal": "请甲方更换管路，设备送检。",
        }
    }


def conformity(pen: Pen) -> Content:
    """A 成果一致性审核, whose lines the signers confirm one by one."""
    products = [
        {
            "id": str(new_id()),
            "name": f"竣工图第 {n} 册 {pen.mark}",
            "source": "合同",
            "count": "3",
            "delivered": "3",
            "verdict": "yes",
        }
        for n in range(1, pen.rng.randint(2, 6))
    ]
    return {"products": products, "conclusion": {"verdict": "yes", "text": "与合同一致。"}}


def technical_review(pen: Pen) -> Content:
    """A 技术评审表."""
    return {
        "review": {
            "name": f"总体方案 {pen.mark}",
            "kind": "scheme",
            "version": "1.0",
            "place": "方案库",
            "content": "系统构成与接口。",
            "points": "与合同技术要求是否相符。",
        }
    }


def suspension(pen: Pen) -> Content:
    """A 暂停申请表, which moves its project."""
    return {
        "reason": {"resume_by": pen.day(60), "cause": "customer", "reason": f"甲方机房未交付。{pen.mark}"},
        "progress": {"done_share": "62.5", "spent": 123_456_789, "done": "已完成管线。", "open": "未完成调试。"},
        "meanwhile": {"people": "转入其他项目。", "equipment": "存库房。", "claims": "十日内报清。"},
        "resumption": {"conditions": "机房移交。"},
    }


def resumption(pen: Pen) -> Content:
    """A 暂停恢复实施申请表, which moves it back."""
    return {
        "grounds": {"conditions": f"机房已移交。{pen.mark}"},
        "plan": {"schedule_impact": "none", "budget_impact": "none", "people": "原班人员", "next": "开箱验货"},
    }


def numbering(pen: Pen) -> Content:
    """A 项目编号登记表, which gives its project the next official number at once."""
    return {"numbering": {"short_name": pen.mark[-14:]}}


PAPERS: dict[str, Callable[[Pen], Content]] = {
    "problem_sheet": problem_sheet,
    "meeting": meeting,
    "special_report": special_report,
    "conformity": conformity,
    "technical_review": technical_review,
    "suspension": suspension,
    "resumption": resumption,
    "numbering": numbering,
}
"""By form; whoever may file it on a project does so now and then."""

FROM_STATES = {"resumption": "paused", "numbering": "starting"}
"""The state that a project must have for a form; others are filed on projects under way."""


def week_line(pen: Pen, project: str) -> Content:
    """A line of a member's week."""
    return {
        "id": str(new_id()),
        "project": project,
        "task": f"机柜安装 {pen.mark}",
        "status": "doing",
        "done": "40",
        "forecast": pen.day(9),
        "work": "装好六台。" * pen.rng.randint(1, 10),
        "next": "装其余四台。",
        "effort": [{"name": "", "hours": "24"}],
    }


def merged(begun: Content, more: Content) -> Content:
    """What a form began with, and what was filled in: fields one by one, lines as a whole."""
    found = dict(begun)
    for key, value in more.items():
        found[key] = {**found.get(key, {}), **value} if isinstance(value, dict) else value
    return found
