"""The projects of the example office, as lines of the ledgers with which it began."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from desktop.sample.company import CODE, KIND_OF, PARTS, Cast
from desktop.store.ids import new_id

_CUSTOMERS = (
    ("滨海新区城市管理局", "城管"),
    ("滨海市轨道交通集团有限公司", "轨交"),
    ("临江市第一人民医院", "市一院"),
    ("临江市中医医院", "中医院"),
    ("滨海港务集团有限公司", "港务"),
    ("云岭县教育局", "云岭教育"),
    ("青屿区行政审批局", "青屿审批"),
    ("东湾职业技术学院", "东湾学院"),
    ("滨海大学", "滨大"),
    ("电力勘测设计院", "电力院"),
    ("滨海自来水集团", "自来水"),
    ("临江市图书馆", "市图"),
    ("滨海机场股份有限公司", "机场"),
    ("青屿风电场有限公司", "青屿风电"),
    ("东湾高新区管理委员会", "高新区"),
    ("临江市公安局交通管理支队", "交管"),
    ("云岭水库管理处", "云岭水库"),
    ("滨海农村商业银行", "滨海农商"),
    ("临江卷烟厂", "卷烟厂"),
    ("滨海热力有限公司", "热力"),
    ("东湾污水处理厂", "东湾污水"),
    ("临江市应急管理局", "应急局"),
    ("滨海会展中心", "会展"),
    ("青屿海关", "青屿海关"),
    ("云岭县人民法院", "云岭法院"),
    ("滨海地质博物馆", "博物馆"),
    ("东湾智慧物流园", "物流园"),
    ("临江公交集团", "公交"),
    ("滨海广播电视台", "广电"),
    ("青屿渔港建设指挥部", "渔港"),
)
_WORKS = {
    "integration": (
        ("综合布线及弱电智能化系统集成", "弱电"),
        ("数据中心机房建设及设备采购", "机房"),
        ("视频监控与周界报警", "监控"),
        ("门禁与停车场管理", "门禁"),
        ("核心网络改造", "网络"),
        ("无线网络全覆盖", "无线"),
        ("等级保护三级整改及安全设备集成", "等保"),
        ("灾备中心建设", "灾备"),
        ("会议与扩声系统", "会议"),
        ("能耗监测平台及计量改造", "能耗"),
        ("指挥中心大屏", "大屏"),
        ("一卡通系统集成", "一卡通"),
        ("地下综合管廊运维监测", "管廊"),
        ("信息发布与导览", "导览"),
    ),
    "software": (
        ("营销收费系统升级", "收费"),
        ("移动办公系统", "移动办公"),
        ("数据共享交换平台", "数据共享"),
        ("资产管理系统", "资产"),
        ("工单调度系统", "工单"),
        ("视频智能分析软件", "视频分析"),
        ("档案数字化管理系统", "档案"),
        ("统一身份认证平台", "认证"),
        ("数据治理与驾驶舱", "驾驶舱"),
        ("网上办事大厅", "办事大厅"),
    ),
    "service": (
        ("数据库技术支持服务", "数据库"),
        ("信息系统驻场运维服务", "驻场"),
        ("网络安全巡检服务", "巡检"),
        ("机房及动环运维服务", "动环"),
        ("桌面终端外包服务", "桌面"),
        ("云资源租用与迁移服务", "云迁移"),
    ),
}
_PREFIX = {"integration": "JC", "software": "RJ", "service": "FW"}
_PROGRAMS = ("智慧城市一期", "智慧校园群", "轨道交通三号线", "港口智能化改造")
_NOTES = (
    "甲方要求分两批到货。",
    "合同含三年免费维护。",
    "监理单位：临江工程监理有限公司。",
    "设备清单以补充协议为准。\n首付款已到账。\n尾款按终验后 30 日支付。",
    "与土建同步施工，进度受总包影响。",
)
_PHASES = ("", "（二期）", "（三期）", "（东区）", "（西区）", "（扩容）", "（增补）", "（新址）", "（续建）")
_STATES = {"implementing": 52, "complete": 16, "closed": 20, "withdrawn": 6.5, "paused": 0.5, "initiating": 5}
_FIRST_STATES = ("complete", "closed", "withdrawn", "paused", "implementing")
_NEW_STATES = ("starting", "initiating", "implementing")
_YUAN = 100
_HUNDRED_YUAN = 100 * _YUAN
_FINISHED = frozenset({"complete", "closed", "withdrawn"})


@dataclass(frozen=True)
class Line:
    """A project as a ledger brings it: number, technical department, and all its columns by key."""

    number: str
    department: str
    values: dict[str, Any]

    @property
    def amount(self) -> int:
        """The contract's sum in fen; a guess where the ledger leaves it open."""
        return self.values["amount"] or 100_000 * _YUAN

    @property
    def budget(self) -> int:
        """The budget in fen; a guess where the ledger leaves it open."""
        return self.values["budget"] or self.amount // 2


class LineMaker:
    """Draws projects; names and numbers never come twice."""

    def __init__(self, rng: random.Random, cast: Cast) -> None:
        self._rng = rng
        self._cast = cast
        self._names: Counter[str] = Counter()
        self._numbers: Counter[int] = Counter()

    def states(self, count: int) -> list[str]:
        """States of projects that nothing happens to: every one soon, then as offices have them."""
        drawn = self._rng.choices(tuple(_STATES), tuple(_STATES.values()), k=max(0, count - len(_FIRST_STATES)))
        return [*_FIRST_STATES[:count], *drawn]

    def new_states(self, count: int) -> list[str]:
        """States of projects that are new in a later ledger."""
        return [_NEW_STATES[index % len(_NEW_STATES)] for index in range(count)]

    def line(self, state: str, day: dt.date, youngest: int, manager: str = "") -> Line:
        """A project as it stands in the ledger of ``day``, begun at least ``youngest`` days before."""
        rng = self._rng
        department, part, manager = self._team(manager)
        kind = KIND_OF[department]
        customer, short_customer = rng.choice(_CUSTOMERS)
        work, short_work = rng.choice(_WORKS[kind])
        name = self._fresh_name(f"{customer}{work}项目")
        begun = self._begun(state, day, youngest)
        serial = self._serial(begun.year)
        amount = None if rng.random() < 0.02 else self._amount(kind)  # noqa: PLR2004 - as offices have it
        budget = amount and amount * rng.randint(52, 84) // 100 // _HUNDRED_YUAN * _HUNDRED_YUAN
        values: dict[str, Any] = {
            "id": str(new_id()),
            "number": f"{CODE}-{_PREFIX[kind]}-{begun.year}-{serial:03}",
            "short_name": f"{short_customer}{short_work}",
            "name": name,
            "kind": kind,
            "contract_no": f"HT{begun.year}-{100 + serial}",
            "contract_kind": "virtual" if rng.random() < 0.09 else "works",  # noqa: PLR2004 - as offices have it
            "amount": amount,
            "budget": budget,
            "customer": customer,
            "client_manager": _named(rng.choice(self._cast.client_managers).name),
            "manager": _named(manager),
            "department": department,
            "sub_department": part,
            "state": state,
            "program": rng.choice(_PROGRAMS) if rng.random() < 0.07 else None,  # noqa: PLR2004
            "note": rng.choice(_NOTES) if rng.random() < 0.12 else None,  # noqa: PLR2004
            **self._dates(state, begun, day),
        }
        return Line(values["number"], department, values)

    def _team(self, manager: str) -> tuple[str, str, str]:
        """A technical department, one of its parts, and a manager of it (or the one who is asked for)."""
        teams = {part: [person.name for person in people] for part, people in self._cast.managers.items()}
        department = self._rng.choices(tuple(PARTS), (5, 3, 2))[0]
        part = self._rng.choice(PARTS[department])
        if manager:
            part = next(part for part, names in teams.items() if manager in names)
            department = next(name for name, parts in PARTS.items() if part in parts)
        return department, part, manager or self._rng.choice(teams[part])

    def _fresh_name(self, name: str) -> str:
        turn = self._names[name]
        self._names[name] += 1
        phase = _PHASES[turn] if turn < len(_PHASES) else f"（第 {turn + 1} 批）"
        return f"{name.removesuffix('项目')}{phase}项目"

    def _serial(self, year: int) -> int:
        self._numbers[year] += 1
        return self._numbers[year]

    def _amount(self, kind: str) -> int:
        middle = {"integration": 3_600_000, "software": 1_500_000, "service": 600_000}[kind]
        yuan = round(self._rng.lognormvariate(0, 0.85) * middle)
        return max(48_000, yuan // 100 * 100) * _YUAN

    def _begun(self, state: str, day: dt.date, youngest: int) -> dt.date:
        span = {"starting": 40, "initiating": 75}.get(state, 1100 if state in _FINISHED else 520)
        return day - dt.timedelta(days=self._rng.randint(youngest, max(youngest + 30, span)))

    def _dates(self, state: str, begun: dt.date, day: dt.date) -> dict[str, str | None]:
        rng = self._rng
        until_preliminary = rng.randint(120, 420)
        preliminary = begun + dt.timedelta(days=until_preliminary)
        final = preliminary + dt.timedelta(days=rng.randint(60, 260))
        dates: dict[str, dt.date] = {
            "initiated_on": begun,
            "planned_preliminary_on": preliminary,
            "planned_final_on": final,
        }
        before = (day - begun).days
        if state == "implementing" and rng.random() < 0.35 and before > 150:  # noqa: PLR2004 - as offices have it
            dates["preliminary_on"] = day - dt.timedelta(days=rng.randint(5, 60))
        if state in {"complete", "closed"}:
            dates["preliminary_on"] = begun + dt.timedelta(days=max(1, before * 6 // 10))
        if state == "closed":
            dates["closed_on"] = begun + dt.timedelta(days=max(2, before * 8 // 10))
        if state == "complete":
            dates["final_on"] = begun + dt.timedelta(days=max(3, before * 9 // 10))
        if state == "paused":
            dates["paused_on"] = max(begun, day - dt.timedelta(days=rng.randint(10, 50)))
            dates["resume_by"] = dates["paused_on"] + dt.timedelta(days=rng.randint(60, 90))
        if state == "starting":
            del dates["planned_final_on"]
        return {key: value.isoformat() for key, value in dates.items()}


def _named(name: str) -> dict[str, str]:
    return {"id": "", "name": name}
