"""The company of the example office: its departments, its people, and who holds which role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.ledger import PersonRef
from desktop.services.home import Home
from desktop.services.office import Office, Reading, Work
from desktop.services.opening import Founding, create_office
from desktop.services.people import add_department, add_person, assign_role, list_departments, people_refs
from desktop.services.policies import shipped_policies
from desktop.services.work_calendar import set_day

Clock = Callable[[], dt.datetime]
"""Tells the moment, aware."""

NAME = "滨海系统集成有限公司"
CODE = "BH"
CLERK = "李秀英"
"""The first person: founds the office, keeps the ledger and the papers."""

PMO, QUALITY, BUSINESS, FINANCE = "项目管理部", "质量管理部门", "商务部", "财务部"
MARKET, PRESIDENT = "市场营销部门", "总裁室"
INTEGRATION, SOFTWARE, SERVICE = "系统集成部", "软件部", "IT服务部"
PARTS = {
    INTEGRATION: ("网络工程室", "弱电工程室", "机房工程室"),
    SOFTWARE: ("应用开发室", "数据平台室"),
    SERVICE: ("运维服务室", "驻场服务室"),
}
"""The technical departments (一级) and their parts (二级)."""

KIND_OF = {INTEGRATION: "integration", SOFTWARE: "software", SERVICE: "service"}

# name, department or part, roles as "role" or "role@department"
_STAFF: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("林国栋", PRESIDENT, ("president", "expert")),
    ("沈静怡", PRESIDENT, ("president",)),
    ("周文博", PMO, ("pmo_head",)),
    ("何雨桐", PMO, ("clerk",)),
    ("㛃喆", QUALITY, (f"quality@{INTEGRATION}", f"quality@{SERVICE}")),
    ("彭立新", QUALITY, (f"quality@{SOFTWARE}",)),
    ("罗敏", BUSINESS, ("business",)),
    ("汪海燕", BUSINESS, ()),
    ("郑晓岚", FINANCE, ("finance",)),
    ("冯建业", FINANCE, ("finance",)),
    ("𬴂𪟝", MARKET, ()),
    ("吴倩", MARKET, ()),
    ("孙莉", MARKET, ()),
    ("周涛", MARKET, ()),
    ("郑浩", MARKET, ()),
    ("何嘉琪", MARKET, ()),
    ("陈志远", INTEGRATION, (f"technical_head@{INTEGRATION}",)),
    ("赵小曼", INTEGRATION, (f"assistant@{INTEGRATION}",)),
    ("黄启明", SOFTWARE, (f"technical_head@{SOFTWARE}",)),
    ("钱朵朵", SOFTWARE, (f"assistant@{SOFTWARE}",)),
    ("方𫖯", SERVICE, (f"technical_head@{SERVICE}",)),
    ("梁雪", SERVICE, (f"assistant@{SERVICE}",)),
    ("𠮷镕堃", "网络工程室", ()),
    ("王伟", "网络工程室", ()),
    ("李娜", "网络工程室", ()),
    ("张伟", "弱电工程室", ()),
    ("刘洋", "弱电工程室", ()),
    ("高翔", "弱电工程室", ()),
    ("赵敏", "机房工程室", ()),
    ("马骏", "机房工程室", ()),
    ("䶮𬭎", "应用开发室", ()),
    ("王伟", "应用开发室", ()),
    ("杨帆", "应用开发室", ()),
    ("徐丹", "数据平台室", ()),
    ("朱晓东", "数据平台室", ()),
    ("林小满", "运维服务室", ()),
    ("郭晨", "运维服务室", ()),
    ("唐礼", "驻场服务室", ()),
    ("邓超群", "驻场服务室", ()),
)
_OTHERS = "宋佳 胡一鸣 曹颖 许明哲 傅瑶 谭家豪 廖文静 姚远 夏雨 石磊"
"""People without a part in any paper, who only fill the pickers."""


@dataclass(frozen=True)
class Cast:
    """The people of the example office by the parts they play; ``managers`` by part of a department."""

    clerk: PersonRef
    pmo_head: PersonRef
    presidents: tuple[PersonRef, ...]
    finance: tuple[PersonRef, ...]
    client_managers: tuple[PersonRef, ...]
    heads: dict[str, PersonRef]
    quality: dict[str, PersonRef]
    assistants: dict[str, PersonRef]
    managers: dict[str, tuple[PersonRef, ...]]
    business: tuple[PersonRef, ...]
    others: tuple[PersonRef, ...]

    def signer(self, role: str, department: str) -> PersonRef:
        """Who signs for a role with regard to a project of a technical department."""
        one = {"clerk": self.clerk, "pmo_head": self.pmo_head}
        first = {"finance": self.finance, "president": self.presidents, "business": self.business}
        first["expert"] = self.presidents
        by_department = {"technical_head": self.heads, "quality": self.quality, "assistant": self.assistants}
        if role in by_department:
            return by_department[role][department]
        return one[role] if role in one else first[role][0]


def found_office(target: str, home: Home, clock: Clock, logo: bytes) -> Office:
    """Make the office with its first person; nothing else is in it yet."""
    policy = shipped_policies()[0]
    founding = Founding(
        company=NAME,
        policy_text=policy.text,
        policy_file=f"{policy.key}.toml",
        person=CLERK,
        roles=("clerk", "keeper"),
        code=CODE,
        department=PMO,
        staff_no="P1001",
        logo=logo,
    )
    return create_office(target, founding, home, clock)


def hire(work: Work) -> None:
    """Set up the departments, the people and their roles, and the company's own free day."""
    places = {row.name: row.id for row in list_departments(work)}
    for name, parts in PARTS.items():
        places[name] = add_department(work, name)
        places |= {part: add_department(work, part, places[name]) for part in parts}
    rooms = [part for parts in PARTS.values() for part in parts]
    others = [(name, rooms[index % len(rooms)], ()) for index, name in enumerate(_OTHERS.split())]
    for index, (name, place, roles) in enumerate((*_STAFF, *others)):
        number, phone = f"{_LETTERS.get(place, 'T')}{1002 + index}", f"139 0000 {1002 + index}"
        person = add_person(
            work,
            name,
            staff_no=number,
            department_id=places[place],
            phone=phone,
            email=f"{number.lower()}@binhai-data.example",
        )
        for role in roles:
            key, _, where = role.partition("@")
            assign_role(work, person, key, department_id=places[where] if where else None)
    set_day(work, dt.date(work.today.year, 9, 18), "holiday", "公司成立日")


_LETTERS = {PRESIDENT: "Z", PMO: "P", QUALITY: "Q", BUSINESS: "S", FINANCE: "F", MARKET: "M"}


def cast_of(reading: Reading) -> Cast:
    """Everybody by the parts they play."""
    people = people_refs(reading)
    named = {(person.name, person.department): person for person in people}
    role: dict[str, PersonRef] = {}
    several: dict[str, list[PersonRef]] = {}
    for name, place, roles in _STAFF:
        several.setdefault(place, []).append(named[name, place])
        role |= dict.fromkeys(roles, named[name, place])
    return Cast(
        clerk=named[CLERK, PMO],
        pmo_head=role["pmo_head"],
        presidents=tuple(several[PRESIDENT]),
        finance=tuple(several[FINANCE]),
        client_managers=tuple(several[MARKET]),
        heads={name: role[f"technical_head@{name}"] for name in PARTS},
        quality={name: role[f"quality@{name}"] for name in PARTS},
        assistants={name: role[f"assistant@{name}"] for name in PARTS},
        managers={part: tuple(several[part]) for parts in PARTS.values() for part in parts},
        business=tuple(several[BUSINESS]),
        others=tuple(person for person in people if person.name in _OTHERS.split()),
    )
