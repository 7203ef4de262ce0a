"""What people fill in when a project is withdrawn, accepted or closed."""

from typing import Any


def person(name: str) -> dict[str, str]:
    return {"id": "", "name": name}


ENDING: dict[str, dict[str, Any]] = {
    "office_adjustment": {
        "adjustment": {"kind": "pause", "asked": person("王强"), "reason": "两个月没有周报，部门确认已停工。"},
        "pause": {"quiet_since": "2026-09-01", "resume_by": "2027-01-15", "evidence": "自九月起没有任何记录"},
    },
    "withdrawal_notice": {
        "talk": {"person": person("王强"), "on": "2026-11-02", "view": "同意撤项"},
        "notice": {"step": "inform", "text": "请填写撤销审批表。"},
    },
    "withdrawal": {
        "reason": {
            "scope": "both",
            "cause": "customer",
            "way": "withdraw",
            "reason": "甲方取消建设",
            "left": "款项按协议结清",
        },
        "results": [{"id": "r1", "name": "施工图", "state": "archived", "count": "1"}],
        "money": {"spent": 1_000_000, "received": 3_000_000, "equipment": "已退回库房"},
    },
    "equipment_receipt": {
        "receipt": {"purpose": "withdrawal"},
        "equipment": [
            {"id": "e1", "name": "交换机", "count": "2", "received": "2", "condition": "good", "place": "库房"}
        ],
    },
    "asset_review": {
        "assets": [{"id": "a1", "name": "工作站", "count": "1", "book": 800_000, "real": 500_000, "disposal": "stock"}],
        "review": {"receivable": 0, "payable": 0, "advances": 0, "unclaimed": 0, "conclusion": "账实相符"},
    },
    "technical_review": {
        "review": {
            "name": "总体方案",
            "kind": "scheme",
            "version": "1.0",
            "place": "方案库",
            "content": "系统构成与接口",
            "points": "与合同技术要求是否相符",
        },
    },
    "preliminary_acceptance": {
        "acceptance": {
            "accepted_on": "2026-10-30",
            "confirmed_by": "陈主任",
            "conclusion": "pass",
            "basis": "合同与双方商定的验收大纲",
        },
        "items": [{"id": "i1", "name": "综合监控平台", "category": "function", "result": "yes"}],
    },
    "until_final": {
        "work": [{"id": "w1", "name": "试运行值守", "days": "20", "rate": 120_000}],
        "grounds": {"text": "按合同试运行六个月"},
    },
    "conformity": {
        "products": [
            {"id": "p1", "name": "竣工图", "source": "合同", "count": "3", "delivered": "3", "verdict": "yes"}
        ],
        "conclusion": {"verdict": "yes", "text": "与合同一致"},
    },
    "maintenance_transfer": {
        "transfer": {"system": "双机热备，两处机房", "left": "无"},
        "successor": {"opens": "no"},
    },
    "summary_report": {
        "goals": {"goals": "按合同建成综合监控", "done": "全部完成", "quality": "一次验收合格"},
        "cost": {"real": 1_500_000_000},
        "lessons": [{"id": "l1", "kind": "good", "aspect": "schedule", "text": "到货前先做工厂验收"}],
    },
    "purchase_closing": {
        "purchases": [{"id": "q1", "name": "服务器", "planned": 100, "real": 100, "paid": 100, "arrival": "all"}],
        "conclusion": {"verdict": "closed"},
    },
    "final_acceptance": {
        "acceptance": {
            "accepted_on": "2026-11-02",
            "confirmed_by": "陈主任",
            "conclusion": "pass",
            "basis": "合同与终验大纲",
        },
        "items": [{"id": "i1", "name": "综合监控平台", "category": "function", "result": "yes"}],
    },
}
"""By form."""

ATTACHED = {
    "closing_start": ("acceptance", "report"),
    "preliminary_acceptance": ("acceptance", "report"),
    "final_acceptance": ("acceptance", "report"),
}
"""The forms that come with a scan, and where it stands."""
