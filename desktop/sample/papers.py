"""What people of the example office write into their forms."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktop.domain.ledger import PersonRef
from desktop.sample.company import Cast
from desktop.sample.ledger import Line
from desktop.sample.phrases import (
    CAUSES,
    CLAIMS,
    CONDITIONS,
    CONTACTS,
    CUSTOMER_TALKS,
    DOCUMENTS,
    DONE,
    EQUIPMENT,
    EQUIPMENT_ITEMS,
    LEFT,
    MONEY_ITEMS,
    NEXT_STEPS,
    OPEN,
    OPINIONS,
    PEOPLE,
    PROBLEMS,
    RESULTS,
    TASKS,
)
from desktop.store.ids import new_id

Content = dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """Who writes about what on which day, and the draw of words."""

    rng: random.Random
    cast: Cast
    line: Line
    manager: PersonRef
    successor: PersonRef
    day: dt.date

    def pick(self, texts: tuple[str, ...]) -> str:
        """One of several ways to put it."""
        return self.rng.choice(texts)

    def after(self, low: int, high: int) -> str:
        """A day so many days ahead."""
        return (self.day + dt.timedelta(days=self.rng.randint(low, high))).isoformat()

    def before(self, low: int, high: int) -> str:
        """A day so many days back."""
        return (self.day - dt.timedelta(days=self.rng.randint(low, high))).isoformat()

    def share(self, amount: int, low: int, high: int) -> int:
        """Some percent of an amount, in whole yuan (fen)."""
        return amount * self.rng.randint(low, high) // 10_000 * 100


def named(person: PersonRef) -> dict[str, str]:
    """A person as forms keep them."""
    return {"id": str(person.id), "name": person.name}


def suspension(writer: Writer) -> Content:
    """A 暂停申请表 (PAUSE-1)."""
    rng, line = writer.rng, writer.line
    cause, raised_by, reason = rng.choice(CAUSES)
    done = rng.randint(18, 90)
    return {
        "reason": {
            "pause_from": writer.day.isoformat(),
            "resume_by": writer.after(40, 86),
            "cause": cause,
            "raised_by": raised_by,
            "reason": reason.format(customer=line.values["customer"]),
        },
        "progress": {
            "done_share": f"{done}.5" if rng.random() < 0.3 else str(done),  # noqa: PLR2004 - some are that exact
            "received": writer.share(line.amount, 10, 70),
            "spent": writer.share(line.budget, done * 7 // 10, done),
            "committed": writer.share(line.budget, 2, 18),
            "done": writer.pick(DONE),
            "open": writer.pick(OPEN),
        },
        "meanwhile": {
            "people": writer.pick(PEOPLE),
            "equipment": writer.pick(EQUIPMENT),
            "claims": writer.pick(CLAIMS),
            "customer": writer.pick(CUSTOMER_TALKS),
            "contact": named(writer.manager),
            "contact_phone": f"139 0000 {rng.randint(1002, 1060)}",
        },
        "resumption": {"conditions": writer.pick(CONDITIONS)},
    }


def resumption(writer: Writer) -> Content:
    """A 暂停恢复实施申请表 (PAUSE-4)."""
    later = writer.rng.random() < 0.5  # noqa: PLR2004 - every other one
    return {
        "grounds": {
            "conditions": "1. "
            + writer.pick(CONDITIONS).split("\n")[0].removeprefix("1. ")
            + "——已落实，有甲方书面确认。\n"
            "2. 项目组人员已到位，设备开箱复检正常。",
            "meanwhile": writer.pick(CUSTOMER_TALKS),
        },
        "plan": {
            "resume_on": writer.day.isoformat(),
            "planned_preliminary_on": writer.after(60, 200),
            "manager": named(writer.manager),
            "paused_cost": writer.rng.randint(0, 60) * 50_000,
            "schedule_impact": "change" if later else "none",
            "budget_impact": "none",
            "schedule_note": "计划初验顺延约两个月，另报进度计划变更。" if later else None,
            "people": "原项目组 4 人返场，增派调试工程师 1 人。",
            "next": writer.pick(NEXT_STEPS),
        },
    }


def overdue_opinion(writer: Writer, verdict: str) -> Content:
    """A 处理意见 on a pause beyond three months (PAUSE-5)."""
    cast, line = writer.cast, writer.line
    head = cast.heads[line.department]
    client = line.values["client_manager"]
    client_manager = next(person for person in cast.client_managers if person.name == client["name"])
    talks = ((line.department, head), ("市场营销部门", client_manager), ("财务部", cast.finance[0]))
    views = (
        "现场条件仍不具备，同意延长，人员已调往其他项目。",
        "已与甲方分管领导沟通，对方答复年底前明确开工时间。",
        "已发生费用在预算之内，延长期间不再发生报销。",
    )
    return {
        "situation": {
            "cause": writer.rng.choice(CAUSES)[2].format(customer=line.values["customer"]),
            "spent": writer.share(line.budget, 20, 70),
            "received": writer.share(line.amount, 10, 60),
            "risk": "继续暂停将影响设备质保期，部分备件存在贬值风险。",
        },
        "consulted": [
            {
                "id": str(new_id()),
                "department": department,
                "person": named(person),
                "on": writer.before(1, 6),
                "view": view,
            }
            for (department, person), view in zip(talks, views, strict=True)
        ],
        "opinion": {
            "verdict": verdict,
            "until": None if verdict == "resume" else writer.after(50, 85),
            "department": line.department,
            "person": named(head),
            "text": OPINIONS[verdict],
        },
    }


def closing_start(writer: Writer, report: dict[str, str | int] | None) -> Content:
    """A 结项启动登记表 (CLOSE-2); ``report`` is the archived acceptance report."""
    return {
        "acceptance": {
            "stage": "final" if writer.line.values["kind"] == "software" else "preliminary",
            "accepted_on": writer.before(2, 9),
            "confirmed_by": writer.pick(("信息中心 王主任", "基建处 李处长", "设备科 赵科长", "综合办 孙主任")),
            "report_no": f"YS-{writer.day.year}-{writer.rng.randint(10, 99)}",
            "report": [report] if report else None,
            "left": writer.pick(LEFT),
        }
    }


def closing(writer: Writer) -> Content:
    """A 结项申请表 (CLOSE-3)."""
    rng, line = writer.rng, writer.line
    chosen = rng.sample(RESULTS, k=rng.randint(4, len(RESULTS)))
    part = rng.randrange(len(chosen)) if rng.random() < 0.3 else -1  # noqa: PLR2004 - some are not complete
    received = writer.share(line.amount, 70, 95)
    return {
        "summary": {
            "done": "合同范围内的设备供货、安装调试、培训与试运行已全部完成，增补部分按签证单执行。",
            "quality": "功能、性能与安全测试全部通过，经甲方验收组确认，结论为合格。",
            "left": writer.pick(LEFT),
        },
        "results": [
            {
                "id": str(new_id()),
                "name": name,
                "basis": basis,
                "count": str(rng.randint(1, 6)),
                "submitted": "part" if index == part else "yes",
                "note": "甲方要求补充两处变更记录，本月底前补交。" if index == part else None,
            }
            for index, (name, basis) in enumerate(chosen)
        ],
        "money": {
            "spent": writer.share(line.budget, 74, 99),
            "received": received,
            "claims": "all",
            "purchase": "all",
            "until_final": rng.randint(5, 60) * 100_000,
            "until_final_days": str(rng.randint(3, 40)),
        },
        "transfer": {
            "maintenance": "no",
            "documents": "yes",
            "report": "yes",
            "note": "质保期内由原项目组负责，设备保修卡移交运维服务室。",
        },
    }


def conformity(writer: Writer) -> Content:
    """A 成果一致性审核表 (CLOSE-4)."""
    return {
        "products": [
            {
                "id": str(new_id()),
                "name": name,
                "source": "合同",
                "basis": basis,
                "count": "1",
                "delivered": "1",
                "version": "1.0",
                "verdict": "yes",
            }
            for name, basis in RESULTS
        ],
        "conclusion": {"verdict": "yes", "on": writer.day.isoformat(), "text": "逐项核对，与合同和实施计划一致。"}
        | {"auditor": named(writer.cast.quality[writer.line.department])},
    }


def summary_report(writer: Writer) -> Content:
    """A 项目总结报告 (CLOSE-3)."""
    return {
        "goals": {
            "goals": "按合同完成设备供货、安装调试、培训与试运行，通过验收。",
            "done": "合同范围内的工作全部完成，增补部分按签证单执行。",
            "quality": "功能、性能与安全测试全部通过，一次验收合格。",
        },
        "cost": {"real": writer.share(writer.line.budget, 74, 99)},
        "lessons": [
            {
                "id": str(new_id()),
                "kind": "good",
                "aspect": "customer",
                "text": "每两周与甲方开一次例会，变更当场记录、会后签证，结算没有争议。",
                "advice": "在以后的项目中沿用。",
            },
            {
                "id": str(new_id()),
                "kind": "bad",
                "aspect": "purchase",
                "text": "核心设备下单偏晚，到货压缩了调试时间。",
                "advice": "立项后一周内完成长周期设备的下单。",
            },
        ],
    }


def handover(writer: Writer, lines: int) -> Content:
    """A 工作交接单 (CHG-5) with about so many lines in its tables."""
    witness = writer.cast.heads[writer.line.department]
    tables = {
        "documents": _lines(writer, DOCUMENTS, lines, _document_line),
        "tasks": _lines(writer, TASKS, lines // 3 + 1, _task_line),
        "equipment": _lines(writer, EQUIPMENT_ITEMS, lines // 2 + 1, _equipment_line),
        "money": _lines(writer, MONEY_ITEMS, lines // 3 + 1, _money_line),
        "contacts": _lines(writer, CONTACTS, lines // 4 + 1, _contact_line),
        "problems": _lines(writer, PROBLEMS, lines // 4 + 1, _problem_line),
    }
    return {
        "people": {
            "giver": named(writer.manager),
            "receiver": named(writer.successor),
            "witness": named(witness),
            "on": writer.day.isoformat(),
            "reason": writer.rng.choice(("manager", "transfer", "leave")),
            "duty": "项目经理",
            "note": "电子文档已拷入项目共享盘，密码当面告知接收人。",
        },
        **tables,
    }


Texts = tuple[str, ...]


def _lines(
    writer: Writer, items: tuple[Texts, ...], count: int, line: Callable[[Writer, Texts], Content]
) -> list[Content]:
    """So many lines, going round where there are fewer words than lines."""
    start = writer.rng.randrange(len(items))
    found = []
    for index in range(count):
        turn, item = divmod(start + index, len(items))
        name = f"{items[item][0]}（第 {turn + 1} 册）" if turn > 1 else items[item][0]
        found.append({"id": str(new_id()), **line(writer, (name, *items[item][1:]))})
    return found


def _document_line(writer: Writer, item: Texts) -> Content:
    media = writer.rng.choice(("file", "paper", "both"))
    return {"name": item[0], "media": media, "count": str(writer.rng.randint(1, 4)), "place": item[1], "note": None}


def _task_line(writer: Writer, item: Texts) -> Content:
    done = str(writer.rng.randint(1, 19) * 5)
    return {"name": item[0], "done": done, "next": item[1], "due": writer.after(5, 60), "contact": item[2]}


def _equipment_line(writer: Writer, item: Texts) -> Content:
    count = str(writer.rng.randint(1, 12))
    return {"name": item[0], "count": count, "unit": item[1], "place": item[2], "note": None}


def _money_line(writer: Writer, item: Texts) -> Content:
    amount = writer.rng.randint(3, 800) * 12_350
    return {"name": item[0], "amount": amount, "state": item[1], "note": item[2] or None}


def _contact_line(_writer: Writer, item: Texts) -> Content:
    return {"company": item[0], "name": item[1], "duty": item[2], "phone": item[3], "note": None}


def _problem_line(writer: Writer, item: Texts) -> Content:
    return {"name": item[0], "impact": item[1], "next": item[2], "due": writer.after(7, 45)}


def mended(form_key: str, content: Content) -> Content:
    """The content after its author heeded a returned form's opinion: one section changed, the others as they were."""
    section, field, text = {
        "suspension": (
            "meanwhile",
            "equipment",
            "设备全部转入公司二号库，由库管员签收；现场留守 1 人看护机柜，每周上报照片。",
        ),
        "resumption": ("plan", "people", "原项目组 4 人返场，另从弱电工程室借调 2 人，为期一个月。"),
        "overdue_opinion": ("opinion", "text", "同意延长，延长期内由技术部门每月书面通报一次现场情况。"),
        "closing_start": ("acceptance", "left", "遗留 2 处标签缺失，已于验收次日补齐，甲方复核通过。"),
        "closing": ("money", "claims_note", "差旅尾款 3,260.00 元已提交报销，财务已受理。"),
        "handover": ("people", "note", "补充移交机房钥匙 2 把、门禁卡 3 张，已当面点清。"),
    }[form_key]
    return {**content, section: {**content[section], field: text}}
