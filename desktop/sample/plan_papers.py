"""What is written from the contract to the plan in force, and what changes it afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.domain.ledger import PersonRef
from desktop.sample.lives import Content, Scene, Write
from desktop.sample.papers import named
from desktop.sample.pictures import letter
from desktop.sample.plan_words import Kit
from desktop.services.archive import add_document, store_attachment
from desktop.services.roles import assign_role
from desktop.store.ids import new_id

_YUAN = 100
_MARKUP = 118
"""What the contract pays for equipment, in percent of what it costs."""


@dataclass(frozen=True)
class Deal:
    """A contract: ``projects`` are name, kind, department, its part and yuan; ``modules`` name, department, yuan.

    ``months`` are those to 初验 and 终验, ``client`` the place of its 客户经理 among them.
    """

    number: str
    name: str
    customer: str
    projects: tuple[tuple[str, str, str, str, int], ...]
    modules: tuple[tuple[str, str, int], ...]
    client: int
    kits: tuple[Kit, ...] = ()
    kind: str = "works"
    months: tuple[int, int] = (9, 14)

    @property
    def amount(self) -> int:
        """The whole sum, yuan."""
        return sum(yuan for *_about, yuan in self.projects)


def _line(**values: Any) -> Content:  # noqa: ANN401 - whatever a line holds
    return {"id": str(new_id()), **values}


def contract(deal: Deal) -> Write:
    """A 合同登记表 (APPT-1)."""

    def write(scene: Scene) -> Content:
        goods = [line for kit in deal.kits for line in kit.goods]
        products = {line[0]: line for kit in deal.kits for line in kit.products}
        return {
            "contract": {
                "kind": deal.kind,
                "number": deal.number.format(year=scene.work.today.year),
                "name": deal.name,
                "customer": deal.customer,
                "client_manager": named(scene.cast.client_managers[deal.client]),
                "amount": deal.amount * _YUAN,
                "signed_on": scene.day(-6),
                "in_force_on": scene.day(-1),
                "preliminary_on": scene.day(deal.months[0] * 30),
                "final_on": scene.day(deal.months[1] * 30),
                "outsourced": "no",
                "note": "合同正本三份，项目管理部存一份。",
            },
            "projects": [
                _line(name=name, kind=kind, department=place, sub_department=part, amount=yuan * _YUAN)
                for name, kind, place, part, yuan in deal.projects
            ],
            "modules": [
                _line(name=name, department=place, price=yuan * _YUAN) for name, place, yuan in deal.modules
            ],
            "items": [
                _line(
                    name=name,
                    model=model or None,
                    spec=spec,
                    count=str(count),
                    price=(price := yuan * _MARKUP),
                    amount=price * count,
                )
                for name, model, spec, count, _unit, yuan, _days, _from in goods
            ],
            "products": [
                _line(name=name, requirement=f"{basis}，一式 {count} 份")
                for name, basis, count, _milestone in products.values()
            ],
        }

    return write


def nomination(place: int, title: str, reason: str) -> Write:
    """A 项目经理任命审批单 (APPT-2) for somebody of the room that carries the project out."""

    def write(scene: Scene) -> Content:
        room = scene.cast.managers[scene.about.sub_department]
        team = "、".join(person.name for person in scene.cast.others[:2])
        return {
            "nomination": {
                "manager": named(room[place]),
                "title": title,
                "reason": reason,
                "team": f"从{scene.about.sub_department}抽调 3 人，{team}参加。",
            }
        }

    return write


def numbering(short_name: str) -> Write:
    """A 项目编号登记表 (APPT-3)."""
    return lambda _scene: {"numbering": {"short_name": short_name}}


def program(name: str, manager: Callable[[Scene], PersonRef], members: tuple[tuple[str, str], ...]) -> Write:
    """A 大项目登记表 (PROG-1): members are names of projects with what each does."""

    def write(scene: Scene) -> Content:
        return {
            "program": {
                "name": name,
                "manager": named(manager(scene)),
                "across": "departments",
                "goal": "年内完成网络与机房割接，次年一季度平台上线，二季度整体初验；三个项目共用一份总进度。",
            },
            "members": [_line(project=project, duty=duty) for project, duty in members],
        }

    return write


def targets(_scene: Scene) -> Content:
    """A 任务指标表 (PROG-4) reckoned from the contract's modules."""
    return {"notes": {"note": "按合同模块价格核算，作为各部门年度任务指标的组成部分。"}}


def plan(kit: Kit) -> Write:
    """A 项目实施计划 (INIT-2)."""

    def write(scene: Scene) -> Content:
        team, quality = scene.team, scene.cast.quality[scene.about.department]
        ends = {name: scene.day(end) for name, _start, end, *_more in kit.tasks}
        return {
            "background": {"background": kit.background, "basis": "合同及技术协议、方案建议书、启动会会议纪要"},
            "scope": {"inside": kit.inside, "outside": kit.outside, "premises": kit.premises},
            "quality": {
                "goals": kit.goals,
                "measures": kit.measures,
                "standards": kit.standards,
                "supervisor": named(quality),
            },
            "schedule": [
                _line(
                    name=name,
                    period={"start": scene.day(start), "end": scene.day(end)},
                    milestone="yes" if milestone else "no",
                    owner=named(team[owner]),
                    after=after or None,
                )
                for name, start, end, milestone, owner, after in kit.tasks
            ],
            "products": [
                _line(name=name, basis=basis, count=count, milestone=milestone, due_on=ends[milestone])
                for name, basis, count, milestone in kit.products
            ],
            "organization": [
                _line(
                    person=named(team[place]),
                    group=group or None,
                    duty=duty,
                    reports_to=named(team[0]) if place else None,
                    days=days,
                )
                for place, group, duty, days in kit.people
            ],
            "tracking": {
                "meetings": "weekly",
                "reviews": "每个里程碑完成前一周",
                "text": "每周五对照进度计划更新完成情况；里程碑推迟超过一周或费用超出月预算一成的，当日报项目管理部。",
            },
            "risks": [
                _line(name=name, probability=chance, impact=impact, response=answer, owner=named(team[number % 2]))
                for number, (name, chance, impact, answer) in enumerate(kit.risks)
            ],
        }

    return write


def initiation(kit: Kit) -> Write:
    """A 项目立项申请表 (INIT-1) on the plan that is in force."""

    def write(scene: Scene) -> Content:
        team = len(kit.people)
        return {
            "application": {
                "goals": f"按合同工期完成，{kit.goals}",
                "basis": "合同及技术协议、已批准的项目实施计划、方案建议书。",
                "outsourced": "无" if not any(line[0] == "outsourcing" for line in kit.money) else "见费用预算外包费",
            },
            "procurement": [
                _line(
                    name=name,
                    model=model or None,
                    spec=spec,
                    count=str(count),
                    unit=unit,
                    price=yuan * _YUAN,
                    needed_on=scene.day(days),
                    supplier=supplier,
                )
                for name, model, spec, count, unit, yuan, days, supplier in kit.goods
            ],
            "budget": [
                _line(
                    subject=subject,
                    month=scene.month(first + number),
                    amount=yuan * _YUAN,
                    note=f"{what}（{team} 人）" if subject == "labour" else what,
                )
                for subject, first, count, yuan, what in kit.money
                for number in range(count)
            ],
        }

    return write


def archive_the_plan(scene: Scene) -> None:
    """The papers that a 立项 must have in the archive (INIT-4)."""
    about = scene.about
    for kind, title, text in (
        ("scheme_proposal", "项目方案建议书", "方案经技术部门评审通过，系统构成、接口与设备选型见附图及清单。"),
        ("implementation_plan", "项目实施计划", "实施计划已经各部门评审并生效，正本由项目管理部存档。"),
    ):
        file = scene.folder / f"{title} {about.called}.pdf"
        lines = (f"项目名称：{about.name}", f"项目编号：{about.called}", text)
        file.write_bytes(letter(title, lines, scene.work.office.name, scene.work.today))
        add_document(scene.work, file, about.id, kind)


def give_parts(scene: Scene) -> None:
    """Who leads which group of the project (ROLE-12)."""
    for role, people in (("team_leader", scene.team[1:3]), ("member", scene.team[3:5])):
        for person in people:
            assign_role(scene.work, person.id, role, project_id=scene.about.id)


def _edited(lines: list[Mapping[str, Any]], name: str, **values: Any) -> list[Content]:  # noqa: ANN401 - of a line
    return [{**line, **values} if line.get("name") == name else dict(line) for line in lines]


def _later(line: Mapping[str, Any], days: int) -> dict[str, str]:
    period = line["period"]
    return {key: (dt.date.fromisoformat(period[key]) + dt.timedelta(days=days)).isoformat() for key in period}


def _moved(lines: list[Mapping[str, Any]], names: tuple[str, ...], days: int) -> list[Content]:
    return [{**line, "period": _later(line, days)} if line["name"] in names else dict(line) for line in lines]


def change_of_equipment(scene: Scene) -> Content:
    """A 项目变更申请表: more of the goods, money for them, a later installation (CHG-2…4)."""
    begun = scene.begun
    goods = _edited(begun["procurement"], "接入交换机", count="92")
    goods = _edited(goods, "UPS 电源", price=25_900_000, supplier="滨海动力电源有限公司")
    goods.append(
        _line(
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
    money = [*begun["budget"], _line(subject="outsourcing", month=scene.month(1), amount=3_600_000, note="网桥立杆")]
    file = scene.folder / "甲方来函（泊位接入）.pdf"
    text = ("关于 3# 泊位接入方式的函：因 3# 泊位管沟推迟移交，请贵司改用无线网桥接入，并相应增加接入交换机。",)
    file.write_bytes(letter("工作联系函", text, scene.about.customer, scene.work.today - dt.timedelta(days=4)))
    return {
        "change": {
            "what": "3# 泊位改为无线接入，增配接入交换机",
            "cause": "customer",
            "raised_by": "甲方来函（港信函〔{}〕18 号）".format(scene.work.today.year),
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
    money.append(_line(subject="travel", month=scene.month(1), amount=1_280_000, note="第二批培训与夜间值守"))
    risks = [*begun["risks"]]
    risks.append(
        _line(
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
        more = _line(name="需求调研录音与照片", media="file", count="1", place="项目共享盘 /02 需求")
        task = _line(name="与甲方确认报表口径", done="60", next="补两张报表样张", due=scene.day(12), contact="宋佳")
        contact = _line(company=about.customer, name="王建国", duty="信息中心主任", phone="0570-300 1188")
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
            "lines": [_line(subject=key, amount=value * _YUAN, use=uses[key]) for key, value in yuan.items()],
        }

    return write


def claim(reason: str, *lines: tuple[int, str, str, int, int]) -> Write:
    """A 费用报销单 (BUD-3): lines are how many days ago, 科目, what for, receipts and fen."""

    def write(scene: Scene) -> Content:
        return {
            "claim": {"reason": reason},
            "lines": [
                _line(spent_on=scene.day(-ago), subject=subject, text=text, receipts=str(receipts), amount=fen)
                for ago, subject, text, receipts, fen in lines
            ],
        }

    return write
