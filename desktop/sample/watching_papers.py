"""How the example's newer projects are watched: minutes, reviews, grave news, and problems until they are closed."""

from __future__ import annotations

from typing import Any

from desktop.domain.ledger import PersonRef
from desktop.sample.lives import Content, Scene, Write
from desktop.sample.papers import named
from desktop.sample.plan_papers import line
from desktop.services.tracked import project_problems


def monitor_plan(scene: Scene) -> Content:
    """A 项目监控计划 (MON-1)."""
    manager, *team = scene.team
    rows = (
        ("里程碑按期率", "time", "100%", "低于 90%", "进度计划、周报", "每周", manager),
        ("预算执行偏差", "cost", "±5%", "超过 8%", "费用报销、月预算", "每月", manager),
        ("测试一次通过率", "quality", "≥95%", "低于 90%", "测试记录", "每批", team[0]),
        ("高风险项数", "risk", "0", "2 项及以上", "风险登记", "每周", team[1]),
    )
    keys = ("name", "kind", "target", "warning", "source", "often")
    return {
        "plan": {
            "reports": "成员周报每周五提交；双周例会请客户经理、监理参加；月末与甲方信息中心召开沟通会。",
            "checks": "设计方案评审、到货验收由项目管理部评审；联调割接、初验由项目经理述职。",
            "problems": "现场问题当日登记，三日内给出措施；项目组解决不了的两日内上报项目管理部。",
        },
        "indicators": [line(**dict(zip(keys, row, strict=False)), owner=named(row[-1])) for row in rows],
    }


def minutes(agenda: str, said: str, *decisions: tuple[str, int, int, str], kind: str = "regular") -> Write:
    """会议纪要 (MON-2): decisions are what, whose place in the team, due in how many days, how grave."""

    def write(scene: Scene) -> Content:
        about = scene.about
        return {
            "meeting": {
                "kind": kind,
                "hours": "14:00–15:40",
                "place": f"{about.customer}三楼会议室",
                "writer": named(scene.team[1]),
                "agenda": agenda,
            },
            "attendees": _attendees(scene),
            "minutes": {"said": said, "conclusion": "按计划推进，下次例会检查议定事项。"},
            "decisions": [
                line(
                    what=what,
                    owner=named(scene.team[place]),
                    department=about.sub_department,
                    due=scene.day(days),
                    severity=severity,
                )
                for what, place, days, severity in decisions
            ],
        }

    return write


def _attendees(scene: Scene) -> list[Content]:
    about, client = scene.about, scene.about.client_manager
    people: list[tuple[PersonRef | None, str, str]] = [
        *(
            (person, about.sub_department, duty)
            for person, duty in zip(scene.team, ("项目经理", "工程师"), strict=False)
        ),
        (client, "市场营销部门", "客户经理"),
    ]
    ours = [line(person=named(person), unit=unit, duty=duty) for person, unit, duty in people if person]
    return [*ours, line(person={"id": "", "name": "王建国"}, unit=about.customer, duty="信息中心主任")]


def review(milestone: str, verdict: str, days: int, *problems: tuple[str, int, int]) -> Write:
    """A 里程碑评审表 (MON-3), ``days`` after the milestone was finished."""

    def write(scene: Scene) -> Content:
        return {
            "milestone": {"name": milestone, "actual": scene.day(-days)},
            "review": {
                "verdict": verdict,
                "members": "项目管理部、质量管理部门、监理单位、甲方信息中心",
                "done": "应提交的工作产品已全部提交并经监理签认，质量检查无严重不符合项。",
                "findings": "同意通过本里程碑，遗留事项按下表整改，由项目管理部跟踪。",
            },
            "problems": [
                line(what=what, owner=named(scene.team[place]), due=scene.day(due), severity="usual")
                for what, place, due in problems
            ],
        }

    return write


def debrief(milestone: str) -> Write:
    """A 项目经理述职报告 (MON-3)."""

    def write(scene: Scene) -> Content:
        return {
            "milestone": {"name": milestone, "actual": None, "done": "58"},
            "report": {
                "progress": "设备到货率 97%，机柜与主干光缆施工完成，单机调试完成 21 台。",
                "deviation": "进度比计划推迟 6 个工作日：3# 泊位管沟移交晚于约定；费用执行 46%，在预算之内。",
                "team": "项目组四人到位，施工队配合良好；甲方值班安排偏紧，割接窗口需提前一周预约。",
                "risks": "台风季影响室外施工，已预留 5 天；核心设备备件尚未到货。",
                "next": "月底前完成全部单机调试，下月中旬开始系统联调。",
                "asks": "请商务部催交核心交换机备件。",
            },
            "problems": [
                line(
                    what="核心交换机备件逾期未到，影响联调期间的故障更换",
                    owner=named(scene.team[1]),
                    department="商务部",
                    due=scene.day(12),
                    severity="grave",
                )
            ],
        }

    return write


def special_report(scene: Scene) -> Content:
    """A 专题报告 (INFO-2) of the department."""
    return {
        "report": {
            "title": "数据机房空调漏水，两台汇聚交换机进水",
            "kind": "sudden",
            "on": scene.day(-1),
            "facts": "昨日 22:40 值班人员发现二层机房空调冷凝管接头脱落，水流入 2B 机柜；"
            "23:05 断电，两台汇聚交换机进水。",
            "impact": "2# 泊位联调暂停；设备送检约两周，如须更换费用约 7.6 万元；未影响在用业务。",
            "done": "已断电、排水、拍照取证，设备当日送原厂检测；临时启用备用链路。",
            "proposal": "由甲方责成空调维保单位整改并承担费用；请商务部协调备机，保证联调按期恢复。",
        }
    }


def sheet_of_opinion(scene: Scene) -> Content:
    """A 问题单 by which the PMO follows 处理意见 up (INFO-3); the program has filled in what was decided."""
    return {
        "handling": {
            "department": scene.about.department,
            "owner": named(scene.team[0]),
            "due": scene.day(14),
        }
    }


def problem_sheet(title: str, text: str, days: int, place: int = 1, level: str = "project") -> Write:
    """A 问题单 of the project's own people (CTRL-7)."""

    def write(scene: Scene) -> Content:
        return {
            "sheet": {
                "title": title,
                "source": "team",
                "severity": "usual" if level == "project" else "grave",
                "text": text,
                "impact": "影响后续工序的开工条件。",
                "instruction": "请责任人到现场核实后提出处理办法，报项目经理。",
            },
            "handling": {
                "department": scene.about.sub_department,
                "owner": named(scene.team[place]),
                "due": scene.day(days),
                "level": level,
            },
        }

    return write


def problem_closing(title: str, result: str, evidence: str) -> Write:
    """A 问题关闭单 (CTRL-7) of the problem whose title begins so."""

    def write(scene: Scene) -> Content:
        number = next(
            row.number
            for row in project_problems(scene.work, scene.about.id)
            if row.title.startswith(title) and row.closed_on is None
        )
        verifier: Any = named(scene.cast.quality[scene.about.department])
        return {"closing": {"number": number, "result": result, "evidence": evidence, "verifier": verifier}}

    return write
