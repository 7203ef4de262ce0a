"""The example's newer projects: five contracts, and each paper of their projects' lives on its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from desktop.sample import ending_papers as ending
from desktop.sample import plan_papers as papers
from desktop.sample import running_papers as running
from desktop.sample import watching_papers as watching
from desktop.sample import weekly_papers as weekly
from desktop.sample.company import INTEGRATION, SERVICE, SOFTWARE
from desktop.sample.lives import Errand, Paper, Scene, Write
from desktop.sample.plan_papers import Deal
from desktop.sample.plan_words import HOSPITAL, PLATFORM, PORT_NETWORK, STANDBY
from desktop.services.stand_ins import set_stand_in

NETWORK, DISPATCH, UPKEEP = "智慧港口一期网络与机房集成项目", "智慧港口一期生产调度平台项目", "智慧港口一期驻场运维项目"
BACKUP, CAMPUS = "临江市第一人民医院同城灾备中心项目", "云岭县智慧校园管理平台项目"
AIRPORT, LIBRARY = "滨海机场行李监控扩容项目", "滨海大学图书馆网络驻场服务项目"
SCHOOL = "东湾职业技术学院实训楼弱电项目"
PROJECTS = 7
"""So many projects the contracts open; one more contract waits."""

_PORT = Deal(
    "HT{year}-901",
    "滨海港务集团智慧港口一期工程",
    "滨海港务集团有限公司",
    (
        (NETWORK, "integration", INTEGRATION, "网络工程室", 7_260_000),
        (DISPATCH, "software", SOFTWARE, "应用开发室", 4_400_000),
        (UPKEEP, "service", SERVICE, "运维服务室", 1_200_000),
    ),
    (
        ("生产网络与数据机房", INTEGRATION, 5_860_000),
        ("码头光缆与接入", INTEGRATION, 1_400_000),
        ("生产调度平台", SOFTWARE, 4_400_000),
        ("驻场运维服务", SERVICE, 1_200_000),
    ),
    0,
    (PORT_NETWORK, PLATFORM, STANDBY),
    months=(16, 20),
)
_HOSPITAL = Deal(
    "HT{year}-902",
    BACKUP,
    "临江市第一人民医院",
    ((BACKUP, "integration", INTEGRATION, "机房工程室", 3_280_000),),
    (("灾备机房与链路", INTEGRATION, 2_080_000), ("容灾软件与演练", INTEGRATION, 1_200_000)),
    1,
    (HOSPITAL,),
)
_CAMPUS = Deal(
    "HT{year}-903",
    CAMPUS,
    "云岭县教育局",
    ((CAMPUS, "software", SOFTWARE, "数据平台室", 2_150_000),),
    (("平台软件", SOFTWARE, 2_150_000),),
    2,
    (PLATFORM,),
)
_AIRPORT = Deal(
    "HT{year}-904",
    AIRPORT,
    "滨海机场股份有限公司",
    ((AIRPORT, "integration", INTEGRATION, "弱电工程室", 1_860_000),),
    (("监控扩容", INTEGRATION, 1_860_000),),
    3,
)
_LIBRARY = Deal(
    "XN{year}-011",
    LIBRARY,
    "滨海大学",
    ((LIBRARY, "service", SERVICE, "驻场服务室", 420_000),),
    (("驻场服务", SERVICE, 420_000),),
    4,
    kind="virtual",
)
_SCHOOL = Deal(
    "HT{year}-905",
    SCHOOL,
    "东湾职业技术学院",
    ((SCHOOL, "integration", INTEGRATION, "弱电工程室", 2_640_000),),
    (("弱电智能化", INTEGRATION, 2_640_000),),
    5,
)


def _begins(name: str, short: str, ago: int, write: Write) -> tuple[Paper, ...]:
    """Nomination and number of a project whose contract is on record (APPT-2, APPT-3)."""
    return (
        Paper("appointment", ago, write, name, "technical_head"),
        Paper("numbering", ago - 3, papers.numbering(short), name, "clerk"),
    )


_STARTS: tuple[Paper, ...] = (
    Paper("contract", 170, papers.contract(_PORT), by="clerk"),
    *_begins(NETWORK, "港口网络", 168, papers.nomination(2, "高级工程师", "主持过两个同等规模的园区网络项目。")),
    *_begins(DISPATCH, "港口调度", 168, papers.nomination(1, "系统分析师", "负责过轨道调度系统，熟悉港口业务。")),
    *_begins(UPKEEP, "港口运维", 168, papers.nomination(1, "服务经理", "有五年驻场运维经验，持 ITSS 服务经理证书。")),
    Paper(
        "program",
        164,
        papers.program(
            "智慧港口一期",
            lambda scene: scene.cast.managers["机房工程室"][1],
            ((NETWORK, "网络与机房，先行完成"), (DISPATCH, "平台软件"), (UPKEEP, "上线后的运维")),
        ),
        by="pmo_head",
    ),
    Paper("task_targets", 163, papers.targets, NETWORK, "technical_head"),
    Paper("implementation_plan", 160, papers.plan(PORT_NETWORK), NETWORK),
    Paper("initiation", 150, papers.initiation(PORT_NETWORK), NETWORK),
    Paper("contract", 204, papers.contract(_HOSPITAL), by="clerk"),
    *_begins(BACKUP, "市一院容灾", 202, papers.nomination(0, "工程师", "完成过三个机房与存储项目，熟悉院方环境。")),
    Paper("implementation_plan", 197, papers.plan(HOSPITAL), BACKUP),
    Paper("initiation", 188, papers.initiation(HOSPITAL), BACKUP),
    Paper("contract", 144, papers.contract(_CAMPUS), by="clerk"),
    *_begins(CAMPUS, "云岭校园", 142, papers.nomination(0, "高级工程师", "做过两个教育行业平台。")),
    Paper("implementation_plan", 136, papers.plan(PLATFORM), CAMPUS),
    Paper("initiation", 126, papers.initiation(PLATFORM), CAMPUS),
    Paper("contract", 7, papers.contract(_AIRPORT), by="clerk"),
    Paper("contract", 4, papers.contract(_LIBRARY), by="clerk"),
    Paper("appointment", 1, papers.nomination(0, "工程师", "熟悉该馆网络。"), LIBRARY, "technical_head"),
    Paper("contract", 1, papers.contract(_SCHOOL), by="clerk"),
)
_RUNS: tuple[Paper, ...] = (
    Paper("month_budget", 130, running.month_budget(travel=16_000, labour=68_000, material=22_000), NETWORK),
    Paper("claim", 120, running.claim("五月现场实施", (4, "travel", "项目组往返及驻地", 26, 1_386_450)), NETWORK),
    Paper("technical_review", 96, ending.technical_review, NETWORK),
    Paper("month_budget", 88, running.month_budget(travel=16_000, labour=68_000, meeting=3_500), NETWORK),
    Paper(
        "claim",
        80,
        running.claim(
            "深化设计评审与到货验收",
            (9, "travel", "赴原厂参加到货前检验", 8, 682_300),
            (6, "meeting", "设计方案评审会场地与资料", 4, 215_000),
            (3, "other", "核心设备运输保险", 2, 164_800),
        ),
        NETWORK,
    ),
    Paper("change", 64, running.change_of_equipment, NETWORK),
    Paper("claim", 40, running.claim("光缆敷设与机柜安装", (8, "labour", "安装班组九月结算", 3, 6_420_000)), NETWORK),
    Paper(
        "month_budget", 20, running.month_budget(travel=14_500, labour=66_000, material=18_000, other=4_000), NETWORK
    ),
    Paper("change", 5, running.change_of_time, NETWORK, signed=1),
    Paper(
        "claim",
        2,
        running.claim(
            "设备安装与单机调试",
            (12, "travel", "项目组往返及驻地（四人）", 31, 1_542_600),
            (9, "material", "线槽、跳线、标签", 7, 863_250),
            (5, "travel", "夜间值守交通", 12, 96_400),
        ),
        NETWORK,
        signed=1,
    ),
    Paper("month_budget", 1, running.month_budget(travel=16_000, labour=68_000, material=12_000), NETWORK, signed=0),
    Paper("implementation_plan", 60, papers.plan(PLATFORM), DISPATCH),
    Paper("handover", 48, running.handover_to(2), DISPATCH),
    Paper("manager_change", 44, running.new_manager(2), DISPATCH, "clerk"),
    Paper("initiation", 5, papers.initiation(PLATFORM), DISPATCH, signed=2),
    Paper("office_adjustment", 30, ending.correction, UPKEEP, "clerk"),
    Paper("implementation_plan", 3, papers.plan(STANDBY), UPKEEP, signed=1),
    Paper("month_budget", 150, running.month_budget(travel=5_000, labour=42_000), BACKUP),
    Paper("claim", 110, running.claim("现场实施", (5, "travel", "往返交通与住宿", 18, 468_200)), BACKUP),
)
_WATCHED: tuple[Paper, ...] = (
    Paper("milestone_review", 160, watching.review("设计方案评审", "passed", 1), BACKUP, "clerk"),
    Paper("milestone_review", 116, watching.review("设备采购与到货验收", "passed", 2), BACKUP, "clerk"),
    Paper("milestone_review", 52, watching.review("系统联调与割接", "passed", 1), BACKUP, "clerk"),
    Paper("milestone_review", 28, watching.review("初验", "passed", 1), BACKUP, "clerk"),
    Paper(
        "milestone_review",
        95,
        watching.review("需求评审", "conditional", 3, ("补充报表需求的签认", 1, 6)),
        CAMPUS,
        "clerk",
    ),
    Paper(
        "problem_closing",
        88,
        watching.problem_closing("补充报表需求", "教育局已签认补充的报表需求。", "需求签认单第 3 号"),
        CAMPUS,
        signed=1,
    ),
    Paper("monitor_plan", 144, watching.monitor_plan, NETWORK),
    Paper(
        "meeting",
        90,
        watching.minutes(
            "设计方案评审意见的落实；到货计划；现场临电",
            "设计院已按评审意见修改图纸；核心设备原厂确认月底发货；临电容量不足，须向甲方申请增容。",
            ("向甲方申请施工临电增容，附负荷计算书", 1, 7, "usual"),
            ("与监理确认隐蔽工程验收的签认格式", 2, 5, "light"),
        ),
        NETWORK,
    ),
    Paper("milestone_review", 104, watching.review("设计方案评审", "passed", 2), NETWORK, "clerk"),
    Paper(
        "problem_closing",
        82,
        watching.problem_closing("向甲方申请施工临电增容", "甲方已增容至 120 kW 并完成送电。", "送电验收单 05 号"),
        NETWORK,
    ),
    Paper(
        "problem_closing",
        80,
        watching.problem_closing("与监理确认隐蔽工程", "监理已确认签认格式，随例会纪要下发。", "监理工作联系单 11 号"),
        NETWORK,
        signed=1,
    ),
    Paper("debrief", 33, watching.debrief("设备采购与到货验收"), NETWORK),
    Paper(
        "problem_sheet",
        28,
        watching.problem_sheet(
            "3# 泊位弱电井尺寸与图纸不符",
            "弱电井净宽 620 mm，图纸为 800 mm，桥架无法按图安装，须改为竖向敷设。",
            10,
        ),
        NETWORK,
    ),
    Paper(
        "meeting",
        24,
        watching.minutes(
            "单机调试进展；3# 泊位弱电井；割接窗口",
            "单机调试完成 21 台；弱电井改为竖向敷设，设计院本周出变更图；甲方要求割接安排在周日凌晨。",
            ("提交割接方案与回退步骤", 1, 9, "grave"),
            ("补齐接入交换机标签", 2, 24, "light"),
            ("与调度平台项目组对齐联调接口清单", 0, 20, "usual"),
        ),
        NETWORK,
    ),
    Paper(
        "problem_closing",
        15,
        watching.problem_closing("3# 泊位弱电井", "已按变更图改为竖向敷设并完成安装。", "隐蔽工程验收记录 18 号"),
        NETWORK,
    ),
    Paper("special_report", 13, watching.special_report, NETWORK, "technical_head"),
    Paper("problem_sheet", 10, watching.sheet_of_opinion, NETWORK, "clerk"),
    Paper(
        "meeting",
        2,
        watching.minutes(
            "市场、质量、技术部门信息交换：联调准备",
            "质量管理部门通报检查结果；市场部门转达甲方希望提前一周开始联调的要求。",
            ("核实提前联调的人员安排并答复市场部门", 0, 6, "usual"),
            kind="exchange",
        ),
        NETWORK,
    ),
    Paper(
        "problem_sheet",
        1,
        watching.problem_sheet("甲方割接窗口迟迟不能确定", "已三次书面申请，甲方仍未批复割接时间。", 8, 0, "pmo"),
        NETWORK,
        signed=0,
    ),
)
_ENDS: tuple[Paper, ...] = (
    Paper("preliminary_acceptance", 26, ending.preliminary, BACKUP),
    Paper("until_final", 21, ending.until_final, BACKUP),
    Paper("closing_start", 16, ending.closing_start, BACKUP),
    Paper("conformity", 12, ending.conformity, BACKUP, "quality"),
    Paper("purchase_closing", 8, ending.purchase_closing, BACKUP, "business"),
    Paper("summary_report", 4, ending.summary, BACKUP, signed=1),
    Paper("maintenance_transfer", 2, ending.transfer, BACKUP, signed=1),
    Paper("withdrawal_notice", 18, ending.withdrawal_notice, CAMPUS, "clerk"),
    Paper("equipment_receipt", 15, ending.receipt, CAMPUS),
    Paper("asset_review", 11, ending.assets, CAMPUS, "finance"),
    Paper("withdrawal", 6, ending.withdrawal, CAMPUS, "client_manager", signed=2),
)


def papers_of(closed: str, days: Sequence[dt.date]) -> tuple[Paper, ...]:
    """Every paper; the final acceptance is that of a project of the ledger that was closed, if it has one.

    ``days`` are the example's working days, the latest first.
    """
    final = (Paper("final_acceptance", 6, ending.final, closed, signed=1),) if closed else ()
    return (*_STARTS, *_RUNS, *_WATCHED, *_ENDS, *final, *weekly.papers(NETWORK, days))


def _stand_in(scene: Scene) -> None:
    """A client manager travels; a colleague signs for them (ROLE-11)."""
    away, stays = scene.cast.client_managers[-2:]
    until = scene.work.today + dt.timedelta(days=16)
    set_stand_in(scene.work, away.id, stays.id, since=scene.work.today, until=until, reason="出差")


ERRANDS: tuple[Errand, ...] = (
    Errand(151, "manager", papers.archive_the_plan, NETWORK),
    Errand(189, "manager", papers.archive_the_plan, BACKUP),
    Errand(127, "manager", papers.archive_the_plan, CAMPUS),
    Errand(6, "manager", papers.archive_the_plan, DISPATCH),
    Errand(149, "clerk", papers.give_parts, NETWORK),
    Errand(10, "manager", ending.archive_results, BACKUP),
    Errand(2, "clerk", _stand_in),
)
