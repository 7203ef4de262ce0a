"""What is written when a newer project is reviewed, accepted, closed or withdrawn."""

from __future__ import annotations

import datetime as dt

from desktop.sample.lives import Content, Scene
from desktop.sample.papers import named
from desktop.sample.pictures import letter
from desktop.sample.plan_papers import YUAN, line
from desktop.services.archive import add_document, store_attachment


def _report(scene: Scene, title: str) -> dict[str, str | int]:
    """A report that the customer has signed, as a scan in the archive."""
    about = scene.about
    file = scene.folder / f"{title} {about.called}.pdf"
    lines = (
        f"项目名称：{about.name}",
        f"合同编号：{about.contract_no}",
        "验收组逐项核对了设备清单、功能与性能测试记录和培训记录，资料齐全，运行稳定。",
        "验收结论：合格，同意通过验收。",
    )
    file.write_bytes(letter(title, lines, about.customer, scene.work.today - dt.timedelta(days=1)))
    return store_attachment(scene.work, file)


def technical_review(scene: Scene) -> Content:
    """A 技术评审表 (ROLE-4)."""
    team = scene.team
    return {
        "review": {
            "name": "生产网络割接方案",
            "kind": "scheme",
            "version": "1.2",
            "place": "项目共享盘 /03 设计",
            "content": "核心与汇聚层双机替换的步骤、时间窗口、影响范围、验证办法和回退方案。",
            "points": "回退时间是否小于停机窗口；与调度平台上线次序的配合；配置备份与比对。",
        },
        "findings": [
            line(
                text="回退步骤缺少配置比对，建议割接前后各导出一次。",
                level="minor",
                person=named(scene.cast.quality[scene.about.department]),
                done="yes",
                answer="已补充第 4.3 节和比对清单。",
            ),
            line(
                text="双机心跳建议改用独立光纤。",
                level="advice",
                person=named(team[1]),
                done="kept",
                answer="现场光纤芯数不足，改用带外网口，原厂书面确认可行。",
            ),
        ],
    }


def preliminary(scene: Scene) -> Content:
    """A 初验报告 (CLOSE-1)."""
    items = [
        {**item, "category": item.get("category") or "document", "method": "逐项核对", "result": "yes"}
        for item in scene.begun["items"]
    ]
    items[-1] |= {"result": "part", "note": "2 处标签缺失，当场补齐一处"}
    return {
        "acceptance": {
            "accepted_on": scene.day(-1),
            "place": f"{scene.about.customer}三楼会议室",
            "confirmed_by": "王建国（信息科科长）",
            "report_no": f"CY-{scene.work.today:%Y%m}-03",
            "conclusion": "reserve",
            "members": "信息科、设备科、监理单位、本公司项目组",
            "report": [_report(scene, "初验报告")],
            "basis": "合同第 9 条、技术协议、双方确认的初验大纲。",
            "opinion": "同意通过初验，遗留问题按期处理。",
        },
        "items": items,
        "left": [
            line(name="机柜标签缺 1 处", next="补贴并拍照", person=named(scene.team[0]), due=scene.day(10)),
        ],
    }


def until_final(scene: Scene) -> Content:
    """A 初验至终验工作量估算表 (CLOSE-1)."""
    team = scene.team
    work = (
        ("试运行保障与月度巡检", 0, 90, 1, "18", 0),
        ("灾备演练与报告", 40, 50, 0, "8", 3_000),
        ("终验资料", 80, 95, 0, "6", 0),
    )
    return {
        "work": [
            line(
                name=name,
                period={"start": scene.day(first), "end": scene.day(last)},
                person=named(team[who]),
                days=days,
                rate=800 * YUAN,
                other=other * YUAN if other else None,
            )
            for name, first, last, who, days, other in work
        ],
        "grounds": {"text": "合同约定试运行三个月，期间每月巡检一次、演练一次；人日单价按公司内部核算标准。"},
    }


def closing_start(_scene: Scene) -> Content:
    """A 结项启动表 (CLOSE-2): the acceptance is taken over from its report."""
    return {"acceptance": {"left": "机柜标签缺 1 处，已安排补齐。"}}


def conformity(scene: Scene) -> Content:
    """A 成果一致性审核表 (CLOSE-4) of what contract and plan ask for."""
    lines = [
        {**item, "delivered": item.get("count") or "1", "version": "1.0", "verdict": "yes"}
        for item in scene.begun["products"]
    ]
    return {
        "products": lines,
        "conclusion": {"verdict": "yes", "text": "逐项核对了合同与实施计划所列的工作产品，份数、版本与要求一致。"},
    }


def archive_results(scene: Scene) -> None:
    """One of the papers that a closing asks for; the others are still missing (DOC-2)."""
    file = scene.folder / f"系统测试报告 {scene.about.called}.pdf"
    text = ("功能、性能与切换测试共 86 项，全部通过；测试记录见附件。",)
    file.write_bytes(letter("系统测试报告", text, scene.work.office.name, scene.work.today))
    add_document(scene.work, file, scene.about.id, "test_report")


def summary(scene: Scene) -> Content:
    """A 项目总结报告 (CLOSE-3)."""
    spent = scene.about.budget or 0
    return {
        "goals": {
            "goals": "建成同城灾备中心，核心业务 RPO 不大于 15 分钟、RTO 不大于 2 小时。",
            "done": "合同范围内的工作全部完成，两次演练 RTO 分别为 96 分钟和 74 分钟。",
            "quality": "功能、性能与切换测试全部通过，一次初验合格。",
            "changes": "没有发生计划变更。",
        },
        "dates": {"reason": "波分设备到货推迟一周，已在联调阶段追回。"},
        "cost": {
            "real": spent * 93 // 100 // YUAN * YUAN,
            "planned_days": "346",
            "real_days": "331",
            "reason": "现场往返少于预期。",
        },
        "lessons": [
            line(
                kind="good",
                aspect="customer",
                text="停机窗口提前一个月与信息科书面约定，割接一次成功。",
                advice="列入割接方案模板。",
            ),
            line(
                kind="bad",
                aspect="purchase",
                text="波分设备下单偏晚，挤占了联调时间。",
                advice="立项后一周内完成长周期设备下单。",
            ),
        ],
    }


def purchase_closing(scene: Scene) -> Content:
    """A 商务采购结项表 (ROLE-3)."""
    lines = []
    for place, item in enumerate(scene.begun["purchases"]):
        planned = int(item.get("planned") or 0)
        real = planned if place else planned * 97 // 100
        lines.append({**item, "real": real, "paid": real, "arrival": "all"})
    return {
        "purchases": lines,
        "conclusion": {"verdict": "closed", "text": "各采购合同均已到货验收并付清，发票齐全。"},
    }


def transfer(scene: Scene) -> Content:
    """A 实施转维护接口表 (CLOSE-3)."""
    equipment = [
        {**item, "place": "门诊楼地下一层灾备机房", "until": scene.day(1080)} for item in scene.begun["equipment"]
    ]
    return {
        "transfer": {
            "receiver": named(scene.cast.managers["运维服务室"][0]),
            "warranty": {"start": scene.day(0), "end": scene.day(1080)},
            "grade": "a",
            "system": "双活存储、备份一体机与同城波分链路；口令由信息科密封保管，启封双人在场。",
            "left": "无",
            "advice": "每月核对备份成功率，每半年演练一次；存储容量到 75% 时提前扩容。",
        },
        "equipment": equipment,
        "contacts": [
            line(company=scene.about.customer, name="王建国", duty="信息科科长", phone="0570-300 1188"),
            line(company="滨海数存科技有限公司", name="陈静", duty="区域服务经理", phone="0570-300 4415"),
        ],
        "successor": {"opens": "no", "needs": "质保期内每月 2 人日，由运维服务室承担。"},
    }


def final(scene: Scene) -> Content:
    """A 终验报告 (FAT-2)."""
    names = ("系统功能", "性能指标", "试运行记录", "竣工资料", "用户培训")
    return {
        "acceptance": {
            "accepted_on": scene.day(-2),
            "place": f"{scene.about.customer}会议室",
            "confirmed_by": "李红霞（项目负责人）",
            "report_no": f"ZY-{scene.work.today:%Y%m}-01",
            "conclusion": "pass",
            "members": "使用单位、监理单位、本公司项目组",
            "report": [_report(scene, "终验报告")],
            "basis": "合同约定的终验条款、初验报告和试运行报告。",
            "opinion": "试运行期间系统稳定，初验遗留问题已全部处理，同意通过终验。",
        },
        "items": [line(name=name, method="查验记录", result="yes") for name in names],
    }


def correction(scene: Scene) -> Content:
    """A 办公室调整单 that sets the ledger right."""
    planned = scene.about.planned_final_on or scene.work.today
    return {
        "adjustment": {
            "kind": "correct",
            "asked": named(scene.cast.heads[scene.about.department]),
            "reason": "补充协议已将终验日期顺延一个月，台账按补充协议更正。",
        },
        "corrections": [
            line(
                what="planned_final_on",
                after=(planned + dt.timedelta(days=30)).isoformat(),
                reason="补充协议（一）第 2 条",
            ),
            line(what="note", after="服务期以补充协议（一）为准。", reason="便于查阅"),
        ],
    }


def withdrawal_notice(scene: Scene) -> Content:
    """A 撤项告知单 (WDR-1)."""
    client = scene.about.client_manager
    return {
        "talk": {
            "person": named(scene.cast.heads[scene.about.department]),
            "on": scene.day(-1),
            "view": "甲方已书面通知停止建设，需求评审后没有进一步开发，同意撤项。",
        },
        "notice": {
            "step": "inform",
            "copies": "技术部门负责人、项目经理",
            "text": f"{client.name if client else '客户经理'}：甲方已来函停止建设，拟办理撤项，"
            "请填写《合同/项目撤销审批表》，并随表提交设备签收单和已形成的成果文档。",
        },
    }


def receipt(scene: Scene) -> Content:
    """A 设备签收单 (WDR-1) of what was bought for the project."""
    lines = [
        {**item, "received": item.get("count") or "1", "condition": "good", "place": "公司二号库"}
        for item in scene.begun["equipment"]
    ]
    for item in lines:
        item.pop("unit", None)
    return {
        "receipt": {
            "purpose": "withdrawal",
            "receiver": named(scene.cast.others[0]),
            "company": scene.work.office.name,
            "note": "许可介质及授权书原件一并入库。",
        },
        "equipment": lines,
    }


def assets(_scene: Scene) -> Content:
    """A 资产审核表 (WDR-2)."""
    return {
        "assets": [
            line(
                name="开发工作站", number="BH-IT-0211", count="2", book=1_360_000, real=1_020_000, disposal="transfer"
            ),
            line(
                name="数据库软件许可",
                number="BH-RJ-0038",
                count="1",
                book=18_600_000,
                real=18_600_000,
                disposal="stock",
            ),
            line(name="测试服务器", number="BH-IT-0187", count="1", book=2_480_000, real=1_650_000, disposal="stock"),
        ],
        "review": {
            "receivable": 38_400_000,
            "payable": 0,
            "advances": 0,
            "unclaimed": 326_000,
            "conclusion": "账实相符；应收款按解除协议结算，未报销费用在撤项批准前报清。",
        },
    }


def withdrawal(scene: Scene) -> Content:
    """A 合同/项目撤销审批表 (WDR-1)."""
    results = (
        ("需求规格说明书", "1.0", "2", "handed"),
        ("设计说明书", "0.9", "1", "archived"),
        ("原型与演示环境", "0.4", "1", "archived"),
    )
    file = scene.folder / "甲方来函（停止建设）.pdf"
    text = ("因上级统一建设同类平台，经研究决定停止本项目建设，请贵司配合办理合同解除与结算。",)
    file.write_bytes(letter("关于停止建设的函", text, scene.about.customer, scene.work.today - dt.timedelta(days=20)))
    return {
        "reason": {
            "scope": "both",
            "cause": "customer",
            "way": "withdraw",
            "customer": f"教信函〔{scene.work.today.year}〕26 号",
            "reason": "上级统一建设同类平台，甲方决定停止本项目建设，并同意按已完成工作量结算。",
            "left": "按解除协议结算需求与设计阶段费用；项目组人员转入其他项目；由客户经理继续跟进后续商机。",
        },
        "results": [
            line(name=name, version=version, count=count, state=state, place="配置库 /归档")
            for name, version, count, state in results
        ],
        "money": {
            "spent": 412_600 * YUAN,
            "received": 450_000 * YUAN,
            "committed": 0,
            "equipment": "许可与服务器已退库，由财务部审核。",
        },
        "attachments": {"files": [store_attachment(scene.work, file)]},
    }
