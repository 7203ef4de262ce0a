"""What is written while a newer project runs: changes, another manager, months and claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.sample.lives import Content, Scene, Write
from desktop.sample.papers import named
from desktop.sample.pictures import letter
from desktop.sample.plan_papers import YUAN, line
from desktop.services.archive import store_attachment


def _edited(lines: Sequence[Mapping[str, Any]], name: str, **values: Any) -> list[Content]:  # noqa: ANN401 - of a line
    return [{**item, **values} if item.get("name") == name else dict(item) for item in lines]


def _later(item: Mapping[str, Any], days: int) -> dict[str, str]:
    period = item["period"]
    return {key: (dt.date.fromisoformat(period[key]) + dt.timedelta(days=days)).isoformat() for key in period}


def _moved(lines: Sequence[Mapping[str, Any]], names: tuple[str, ...], days: int) -> list[Content]:
    return [{**item, "period": _later(item, days)} if item["name"] in names else dict(item) for item in lines]


def change_of_equipment(scene: Scene) -> Content:
    """A 项目变更申请表: more of the goods, money for them, a later installation (CHG-2…4)."""
    begun = scene.begun
    goods = _edited(begun["procurement"], "接入交换机", count="92")
    goods = _edited(goods, "UPS 电源", price=25_900_000, supplier="滨海动力电源有限公司")
    goods.append(
        line(
            name="工业无线网桥",
            model="AirBridge 5",
            spec="IP67，含支架与防雷",
            count="6",
            unit="对",
            price=980_000,
            needed_on=scene.day(30),
            supplier="临江华信网络设备有限公司",
        )
    )
    schedule = _moved(begun["schedule"], ("设备安装与单机调试",), 12)
    schedule = _moved(schedule, ("系统联调与割接", "用户培训与试运行", "初验"), 14)
    money = [*begun["budget"], line(subject="outsourcing", month=scene.month(1), amount=3_600_000, note="网桥立杆")]
    file = scene.folder / "甲方来函（泊位接入）.pdf"
    text = ("关于 3# 泊位接入方式的函：因 3# 泊位管沟推迟移交，请贵司改用无线网桥接入，并相应增加接入交换机。",)
    file.write_bytes(letter("工作联系函", text, scene.about.customer, scene.work.today - dt.timedelta(days=4)))
    return {
        "change": {
            "what": "3# 泊位改为无线接入，增配接入交换机",
            "cause": "customer",
            "raised_by": f"甲方来函（港信函〔{scene.work.today.year}〕18 号）",
            "reason": "3# 泊位管沟因总包工期推迟移交，光缆无法按期敷设。甲方来函要求先以无线网桥接入，"
            "并在理货间、闸口增加 6 个接入点；UPS 改由能按期供货的厂家供应，单价下调。",
        },
        "procurement": goods,
        "schedule": schedule,
        "budget": money,
        "assessment": {
            "schedule": "安装推迟 12 天，联调、试运行和初验顺延 14 天，仍在合同约定的初验日期之内。",
            "cost": "采购计划净增，立杆分包增加 36,000.00 元，UPS 单价下调可抵一部分；总成本仍在合同金额以内。",
            "quality": "无线链路带宽低于光缆，须在联调时实测；其余不变。",
            "risks": "网桥受天气影响，预留光缆接口，管沟移交后可切回。",
        },
        "execution": {
            "due_on": scene.day(45),
            "steps": "商务部一周内下单；施工组两周内完成立杆；网络组到货后三天内完成调试。",
            "verification": "质量监理旁站测试带宽与丢包，甲方信息中心签字确认。",
            "told": "商务部、质量管理部门、甲方信息中心、监理单位、调度平台项目组",
        },
        "attachments": {"files": [store_attachment(scene.work, file)]},
    }


def change_of_time(scene: Scene) -> Content:
    """A 项目变更申请表 that waits: training is done twice, a risk came up (CHG-4)."""
    begun = scene.begun
    schedule = _edited(begun["schedule"], "用户培训与试运行", note="培训分两批，夜班人员单独安排")
    money = list(begun["budget"])
    money.append(line(subject="travel", month=scene.month(1), amount=1_280_000, note="第二批培训与夜间值守"))
    risks = [*begun["risks"]]
    risks.append(
        line(
            name="台风季影响室外设备安装",
            probability="middle",
            impact="middle",
            response="台风预警前完成加固，安装计划预留 5 天",
            owner=named(scene.team[0]),
        )
    )
    return {
        "change": {
            "what": "增加一批夜班用户培训",
            "cause": "customer",
            "raised_by": "甲方会议纪要",
            "reason": "甲方调度、闸口实行四班三运转，一批培训不能覆盖夜班人员，要求增加一批并安排夜间值守一周。",
        },
        "schedule": schedule,
        "budget": money,
        "risks": risks,
        "assessment": {
            "schedule": "培训与试运行的起止日期不变，改为分两批进行。",
            "cost": "增加差旅费 12,800.00 元，由费用预算追加。",
            "quality": "无",
            "risks": "新增台风季风险一项，见风险管理计划。",
        },
        "execution": {
            "due_on": scene.day(30),
            "steps": "与甲方确认两批名单，培训教材沿用第一批。",
            "verification": "两批签到与考核记录齐全，由客户经理确认。",
            "told": "技术部门、项目管理部、甲方信息中心",
        },
    }


def new_manager(place: int) -> Write:
    """A 项目经理变更审批单 (CHG-5) on the technical department's notice."""

    def write(scene: Scene) -> Content:
        room = scene.cast.managers[scene.about.sub_department]
        file = scene.folder / f"项目经理变更通知 {scene.about.called}.pdf"
        text = (f"项目管理部：{scene.about.name}的项目经理因岗位调整，拟由{room[place].name}接任，请予办理。",)
        file.write_bytes(letter("通知", text, scene.about.department, scene.work.today))
        return {
            "notice": {
                "person": named(scene.cast.heads[scene.about.department]),
                "files": [store_attachment(scene.work, file)],
            },
            "appointment": {
                "manager": named(room[place]),
                "reason": "transfer",
                "note": "原项目经理调任部门技术支持，交接后仍提供两周支持。",
            },
        }

    return write


def handover_to(place: int) -> Write:
    """A 工作交接单 (CHG-5) with what the ledger gathered and what only the giver knows."""

    def write(scene: Scene) -> Content:
        about, begun = scene.about, scene.begun
        more = line(name="需求调研录音与照片", media="file", count="1", place="项目共享盘 /02 需求")
        task = line(name="与甲方确认报表口径", done="60", next="补两张报表样张", due=scene.day(12), contact="宋佳")
        contact = line(company=about.customer, name="王建国", duty="信息中心主任", phone="0570-300 1188")
        return {
            "people": {
                "receiver": named(scene.cast.managers[about.sub_department][place]),
                "witness": named(scene.cast.heads[about.department]),
                "reason": "manager",
                "duty": "项目经理",
                "note": "代码库与共享盘权限已于当日移交。",
            },
            "documents": [*begun["documents"], more],
            "tasks": [*begun["tasks"], task],
            "contacts": [*begun["contacts"], contact],
        }

    return write


def month_budget(**yuan: int) -> Write:
    """A 项目月费用预算 (BUD-1): yuan by 科目."""
    uses = {
        "travel": "现场往返、驻地与夜间值守",
        "labour": "安装调试人工",
        "material": "桥架、线缆与辅材",
        "meeting": "协调会与评审会",
        "other": "检测与运输",
    }

    def write(_scene: Scene) -> Content:
        return {
            "month": {"reason": "按进度计划，当月以现场安装与调试为主。"},
            "lines": [line(subject=key, amount=value * YUAN, use=uses[key]) for key, value in yuan.items()],
        }

    return write


def claim(reason: str, *lines: tuple[int, str, str, int, int]) -> Write:
    """A 费用报销单 (BUD-3): lines are how many days ago, 科目, what for, receipts and fen."""

    def write(scene: Scene) -> Content:
        return {
            "claim": {"reason": reason},
            "lines": [
                line(spent_on=scene.day(-ago), subject=subject, text=text, receipts=str(receipts), amount=fen)
                for ago, subject, text, receipts, fen in lines
            ],
        }

    return write
