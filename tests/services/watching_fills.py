"""What people write in the papers by which projects are watched (MON, INFO, CTRL-7)."""

from typing import Any

MEETING: dict[str, Any] = {
    "meeting": {"kind": "regular", "agenda": "本周进展；到货安排"},
    "attendees": [{"id": "t1", "person": {"id": "", "name": "㛃喆"}, "unit": "市场部", "duty": "客户经理"}],
    "minutes": {"said": "设备到货推迟三天。"},
}
SPECIAL: dict[str, Any] = {
    "report": {
        "title": "机房漏水",
        "kind": "sudden",
        "facts": "十一月二日夜间空调冷凝管破裂。",
        "impact": "两台交换机进水，联调推迟。",
        "proposal": "请甲方更换管路，设备送检。",
    }
}
SHEET: dict[str, Any] = {
    "sheet": {"title": "图纸与现场不符", "source": "team", "severity": "usual", "text": "弱电井尺寸不符。"},
    "handling": {"department": "系统集成部", "due": "2026-11-13", "level": "project"},
}
CLOSING: dict[str, Any] = {"closing": {"result": "已按现场修改图纸。", "evidence": "甲方签认单 07 号"}}
WATCHING: dict[str, dict[str, Any]] = {
    "meeting": {
        **MEETING,
        "decisions": [
            {
                "id": "d1",
                "what": "补发到货通知",
                "owner": {"id": "", "name": "王强"},
                "department": "系统集成部",
                "due": "2026-11-10",
                "severity": "usual",
            }
        ],
    },
    "milestone_review": {
        "milestone": {"name": "设备到货"},
        "review": {"verdict": "conditional", "members": "监理、设备厂家", "done": "主机到齐", "findings": "缺备件"},
        "problems": [
            {
                "id": "p1",
                "what": "补齐备件",
                "owner": {"id": "", "name": "王强"},
                "due": "2027-02-10",
                "severity": "usual",
            }
        ],
    },
    "debrief": {
        "milestone": {"name": "设备到货", "done": "40"},
        "report": {"progress": "设备到货", "deviation": "推迟三天", "next": "安装调试"},
    },
    "monitor_plan": {
        "plan": {"reports": "每周周报，双周例会", "problems": "项目组提出，项目经理跟踪"},
        "indicators": [
            {
                "id": "i1",
                "name": "里程碑按期率",
                "kind": "time",
                "target": "100%",
                "warning": "低于 90%",
                "source": "进度计划与周报",
                "often": "每周",
                "owner": {"id": "", "name": "王强"},
            }
        ],
    },
    "special_report": SPECIAL,
    "problem_sheet": {**SHEET, "handling": {**SHEET["handling"], "owner": {"id": "", "name": "王强"}}},
    "problem_closing": CLOSING,
}
"""By form."""
