"""What is written of a newer project from its contract to its first baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktop.domain.ledger import PersonRef
from desktop.sample.lives import Content, Scene, Write
from desktop.sample.papers import named
from desktop.sample.pictures import letter
from desktop.sample.plan_words import Kit
from desktop.services.archive import add_document
from desktop.services.roles import assign_role
from desktop.store.ids import new_id

YUAN = 100
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


def line(**values: Any) -> Content:  # noqa: ANN401 - whatever a line holds
    """A line of a table, with an id of its own."""
    return {"id": str(new_id()), **values}


def contract(deal: Deal) -> Write:
    """A 合同登记表 (APPT-1)."""

    def write(scene: Scene) -> Content:
        goods = [item for kit in deal.kits for item in kit.goods]
        products = {item[0]: item for kit in deal.kits for item in kit.products}
        return {
            "contract": {
                "kind": deal.kind,
                "number": deal.number.format(year=scene.work.today.year),
                "name": deal.name,
                "customer": deal.customer,
                "client_manager": named(scene.cast.client_managers[deal.client]),
                "amount": deal.amount * YUAN,
                "signed_on": scene.day(-6),
                "in_force_on": scene.day(-1),
                "preliminary_on": scene.day(deal.months[0] * 30),
                "final_on": scene.day(deal.months[1] * 30),
                "outsourced": "no",
                "note": "合同正本三份，项目管理部存一份。",
            },
            "projects": [
                line(name=name, kind=kind, department=place, sub_department=part, amount=yuan * YUAN)
                for name, kind, place, part, yuan in deal.projects
            ],
            "modules": [line(name=name, department=place, price=yuan * YUAN) for name, place, yuan in deal.modules],
            "items": [
                line(
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
                line(name=name, requirement=f"{basis}，一式 {count} 份")
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
            "members": [line(project=project, duty=duty) for project, duty in members],
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
                line(
                    name=name,
                    period={"start": scene.day(start), "end": scene.day(end)},
                    milestone="yes" if milestone else "no",
                    owner=named(team[owner]),
                    after=after or None,
                    work=str(max(1, round((end - start) * 1.4))),
                )
                for name, start, end, milestone, owner, after in kit.tasks
            ],
            "products": [
                line(name=name, basis=basis, count=count, milestone=milestone, due_on=ends[milestone])
                for name, basis, count, milestone in kit.products
            ],
            "organization": [
                line(
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
                line(name=name, probability=chance, impact=impact, response=answer, owner=named(team[number % 2]))
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
                "outsourced": "无" if not any(item[0] == "outsourcing" for item in kit.money) else "见费用预算外包费",
            },
            "procurement": [
                line(
                    name=name,
                    model=model or None,
                    spec=spec,
                    count=str(count),
                    unit=unit,
                    price=yuan * YUAN,
                    needed_on=scene.day(days),
                    supplier=supplier,
                )
                for name, model, spec, count, unit, yuan, days, supplier in kit.goods
            ],
            "budget": [
                line(
                    subject=subject,
                    month=scene.month(first + number),
                    amount=yuan * YUAN,
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
