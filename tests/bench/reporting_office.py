"""A large office of weekly reports, written straight into the tables: as many projects and lines as are asked for."""

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine

from desktop.domain.canonical import canonical_text, sha256_text
from desktop.domain.weeks import day_in, shifted, week_of
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import Founding, create_office
from desktop.services.policies import shipped_policies
from desktop.store.ids import new_id
from desktop.store.tables import Base

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WEEK = shifted(week_of(NOW.date()), -1)
MEMBERS = 3
DEPARTMENTS = ("系统集成部", "软件开发部", "IT服务部", "智能工程部", "数据业务部", "网络安全部")
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "建国秀英志强丽娟海涛晓东文静宇轩子涵俊杰欣怡明哲𬴂𪟝㛃喆"
_WORK = (
    "完成三层弱电桥架安装 120 米，占总量的 62%；完成机柜就位 8 台，接地电阻测试合格。与土建单位办理了竖井移交手续。",
    "接口联调完成 14 个，剩余 3 个待甲方提供测试环境。修复缺陷 27 个，遗留一般缺陷 5 个。编写《操作手册》初稿。",
    "到货验收交换机 24 台、服务器 6 台，外观与数量符合合同；其中 1 台电源模块故障，已通知厂家更换。",
)
_PROBLEMS = (
    "甲方机房空调未投运，温度超过 30 ℃，服务器不能加电。已书面函告甲方，要求 11 月 30 日前解决，否则工期顺延。",
    "供应商 ACME Technology Co., Ltd. 的存储设备延期两周到货，影响数据迁移。商务部已发催货函。",
    "无",
)
_NEXT = (
    "完成四层桥架并开始穿线；提交隐蔽工程验收申请。",
    "完成剩余接口联调，组织用户培训 2 场。",
    "更换故障电源模块，设备加电测试。",
)

_LINES = [
    canonical_text({"task": "机柜安装", "work": work, "problems": problem, "next": then})
    for work in _WORK
    for problem in _PROBLEMS
    for then in _NEXT
]


def make_office(folder: Path, *, projects: int, lines: int, weeks: int = 8) -> tuple[Office, UUID]:
    """An open office and its clerk; member and project reports of the last ``weeks`` weeks, ``lines`` report lines."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Home(folder / "home")
    policy = next(item for item in shipped_policies() if item.key == "epm")
    founding = Founding(
        "滨海信息技术有限公司", policy.text, "epm.toml", "𠮷镕堃", ("clerk", "pmo_head"), staff_no="0001"
    )
    office = create_office(str(folder / "office.epm"), founding, home, lambda: NOW)
    fill_office(office, projects=projects, lines=lines, weeks=weeks)
    return office, UUID(home.remembered().person_id)


def fill_office(office: Office, *, projects: int, lines: int, weeks: int = 8, seed: int = 7, first: int = 0) -> None:
    """Put departments, people, projects (numbered from ``first``), reports and lines into an office's tables."""
    made = _Maker(
        random.Random(seed), range(first, first + projects), lines, [shifted(WEEK, -back) for back in range(weeks)]
    )
    engine = create_engine(office.database.url)  # one of its own: SQLite then does not look up links row by row
    with engine.begin() as connection:
        for name, rows in ((name, rows) for name, rows in made.tables() if rows):
            table = Base.metadata.tables[name]
            blank = _blank(table)
            connection.execute(table.insert(), [blank | row for row in rows])
    engine.dispose()


def _blank(table: Any) -> dict[str, Any]:
    """A row of a table with nothing in it."""
    blank: dict[type, Any] = {str: "", int: 1, bool: True}
    return {
        column.key: None if column.nullable else blank.get(column.type.python_type)
        for column in table.columns
        if not column.primary_key
    }


class _Maker:
    def __init__(self, rng: random.Random, numbers: range, lines: int, weeks: list[str]) -> None:
        self.rng, self.lines, self.weeks, self.first = rng, lines, weeks, numbers.start
        self.departments = [{"id": new_id(), "name": name} for name in DEPARTMENTS]
        self.people = [self._person(number) for number in range(max(8, len(numbers) // 4))]
        self.projects = [self._project(number) for number in numbers]
        self.team = {one["id"]: rng.sample(self.people, MEMBERS) for one in self.projects}
        self.filings: list[dict[str, Any]] = []
        self.revisions: list[dict[str, Any]] = []
        self.sections: list[dict[str, Any]] = []

    def tables(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for week in self.weeks:
            for project in self.projects:
                self._reports(project, week)
        yield "department", self.departments
        yield "person", self.people
        yield "project", self.projects
        yield "assignment", self._assignments()
        yield "filing", self.filings
        yield "revision", self.revisions
        yield "section", self.sections
        yield "report_line", self._report_lines()
        yield "absence", self._absences()

    def _person(self, number: int) -> dict[str, Any]:
        name = self.rng.choice(_NAMES) + "".join(self.rng.sample(_GIVEN, 2))
        place = self.departments[number % len(self.departments)]["id"]
        address = f"t{number:04}@binhai.example" if number % 7 else None
        return {
            "id": new_id(),
            "name": name,
            "staff_no": f"T{self.first + number:04}",
            "department_id": place,
            "pinyin": "x",
            "email": address,
        }

    def _project(self, number: int) -> dict[str, Any]:
        state = self.rng.choices(("implementing", "initiating", "paused", "closing", "closed"), (75, 8, 8, 5, 4))[0]
        person = self.people[number % len(self.people)]
        dates = {
            "paused_on": dt.date(2026, 9, 1) if state == "paused" else None,
            "resume_by": dt.date(2026, 11, 1 + number % 28) if state == "paused" else None,
            "closing_started_on": dt.date(2026, 11, 10) if state == "closing" else None,
            "closed_on": day_in(WEEK, 3) if state == "closed" else None,
        }
        return {
            "id": new_id(),
            "number": f"JC-2026-{number:04}",
            "short_name": self.rng.choice(("综合监控", "票务清分", "机房改造", "视频会议", "数据中台", "周界报警")),
            "name": "滨海线综合监控系统集成项目",
            "kind": "integration",
            "state": state,
            "department_id": person["department_id"],
            "manager_id": person["id"],
            "appointed_on": dt.date(2026, 3, 1),
            **dates,
        }

    def _assignments(self) -> list[dict[str, Any]]:
        since = dt.date(2026, 3, 1)
        return [
            {"id": new_id(), "role_key": "member", "person_id": one["id"], "project_id": project, "since": since}
            for project, team in self.team.items()
            for one in team
        ]

    def _reports(self, project: dict[str, Any], week: str) -> None:
        if project["state"] == "paused":
            return
        for person in self.team[project["id"]]:
            if self.rng.random() < 0.9:
                at = dt.datetime.combine(day_in(week, 5), dt.time(8)) + dt.timedelta(hours=self.rng.choice((0, 1, 70)))
                self._filing("weekly_report", project, person["id"], week, at, {})
        if self.rng.random() < 0.8:
            at = dt.datetime.combine(day_in(week, 8), dt.time(1))
            told = {
                "work": self.rng.choice(_WORK),
                "problems": self.rng.choice(_PROBLEMS),
                "next": self.rng.choice(_NEXT),
                "risks": None,
                "asks": self.rng.choice((None, None, "请协调甲方确认隐蔽工程验收时间。")),
            }
            light = self.rng.choices(("green", "yellow", "red"), (7, 2, 1))[0]
            head = {"week": week, "light": light, "done": str(self.rng.randint(5, 95))}
            self._filing("project_report", project, project["manager_id"], week, at, {"week": head, "told": told})

    def _filing(
        self,
        form: str,
        project: dict[str, Any],
        author: UUID,
        week: str,
        at: dt.datetime,
        sections: dict[str, dict[str, Any]],
    ) -> None:
        filing, revision, moment = new_id(), new_id(), at.replace(tzinfo=dt.UTC)
        self.filings.append(
            {
                "id": filing,
                "form_key": form,
                "subject_kind": "project",
                "subject_id": str(project["id"]),
                "project_id": project["id"],
                "number": f"ZB-{self.first:05}-{len(self.filings):07}",
                "title": "周报",
                "period": week,
                "state": "approved",
                "author_id": author,
                "revision_id": revision,
                "created_at": moment,
            }
        )
        self.revisions.append(
            {"id": revision, "filing_id": filing, "n": 1, "author_id": author, "at": moment, "sha256": "0" * 64}
        )
        for key, content in sections.items():
            text = canonical_text(content)
            self.sections.append(
                {"id": new_id(), "revision_id": revision, "key": key, "text": text, "sha256": sha256_text(text)}
            )

    def _report_lines(self) -> list[dict[str, Any]]:
        going = [one for one in self.projects if one["state"] != "paused"]
        found = []
        for number in range(self.lines):
            project = going[number % len(going)]
            week = shifted(WEEK, -(number // (len(going) * 2)))
            person = self.team[project["id"]][number % MEMBERS]["id"]
            found.append(
                {
                    "id": new_id(),
                    "project_id": project["id"],
                    "person_id": person,
                    "week": week,
                    "place": number % 5 + 1,
                    "line": f"line-{number}",
                    "task": "机柜安装",
                    "content": _LINES[number % len(_LINES)],
                }
            )
        return found

    def _absences(self) -> list[dict[str, Any]]:
        monday = day_in(WEEK, 1)
        return [
            {"id": new_id(), "person_id": one["id"], "starts_on": monday, "ends_on": day_in(WEEK, 7), "reason": "年假"}
            for one in self.people[::40]
        ]
