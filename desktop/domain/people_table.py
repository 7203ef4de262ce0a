"""The list of people as a table: the one shape in which import, preview and export share it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.fields import DateField, PersonField, TextField
from desktop.domain.mail_address import read_address
from desktop.domain.values import Unreadable

PEOPLE_COLUMNS = (
    PersonField(key="name", label="姓名", required=True, synonyms=("名字", "员工姓名", "人员", "人员姓名")),
    TextField(
        key="staff_no",
        label="工号",
        longest=40,
        synonyms=("员工编号", "员工号", "人员编号", "职工号", "工牌号", "编号", "员工工号"),
    ),
    TextField(
        key="department",
        label="部门",
        longest=60,
        share=1.4,
        synonyms=("一级部门", "所属部门", "所在部门", "部门名称", "单位"),
    ),
    TextField(
        key="sub_department",
        label="二级部门",
        longest=60,
        share=1.4,
        synonyms=("科室", "处室", "室组", "小组", "下属部门", "班组"),
    ),
    TextField(key="phone", label="电话", longest=60, synonyms=("手机", "手机号", "联系电话", "联系方式", "手机号码")),
    TextField(
        key="email",
        label="邮箱",
        longest=254,
        share=1.6,
        synonyms=("电子邮箱", "邮件", "邮箱地址", "电子邮件", "邮件地址", "email", "e-mail", "mail"),
    ),
    TextField(
        key="roles",
        label="角色",
        longest=1_000,
        lines=True,
        share=2.4,
        synonyms=("担任角色", "担任的角色", "制度角色", "项目角色", "岗位角色"),
    ),
    DateField(key="since", label="起", synonyms=("自", "起始", "起始日期", "开始日期", "任职日期", "担任自", "起日")),
    DateField(key="until", label="止", synonyms=("至", "截止", "截止日期", "结束日期", "担任至", "止日", "到期")),
)
"""The columns of a list of people; a person with several roles may stand in several rows."""

_OPENING, _CLOSING = "（([【〔", "）)]】〕"
_BETWEEN = "、，,;；\n/"
_DOTS = str.maketrans({"•": "·", "・": "·", "‧": "·", "．": "·"})


@dataclass(frozen=True)
class RoleWish:
    """A role as a row writes it: its title, and the department in brackets behind it (or nothing)."""

    title: str
    place: str = ""


def role_wishes(text: str) -> list[RoleWish]:
    """The roles in a cell, separated by 、，; or line ends; ``质量（甲部、乙部）`` are two."""
    found = []
    for part in _parts(text):
        head, _, rest = _split_bracket(part)
        places = [place.strip() for place in re.split(r"[、，,;；]", rest) if place.strip()] if rest else [""]
        found += [RoleWish(head.strip(), place) for place in places]
    return found


def _parts(text: str) -> Iterator[str]:
    """The text cut at separators that stand outside brackets."""
    depth, part = 0, ""
    for mark in text:
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if mark in _BETWEEN and depth <= 0:
            if part.strip():
                yield part
            part = ""
        else:
            part += mark
    if part.strip():
        yield part


def _split_bracket(part: str) -> tuple[str, str, str]:
    at = next((place for place, mark in enumerate(part) if mark in _OPENING), -1)
    if at < 0:
        return part, "", ""
    return part[:at], part[at], part[at + 1 :].rstrip().rstrip(_CLOSING)


def name_key(name: str) -> str:
    """A name as it is compared: the dots of one sort, and no blanks; the name itself is kept as it is written."""
    return "".join(name.translate(_DOTS).split())


def line_faults(line: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Contradictions inside one row, as (column key, what is wrong)."""
    faults = []
    since, until = line.get("since"), line.get("until")
    if isinstance(since, str) and isinstance(until, str) and until < since:
        faults.append(("until", f"结束日期早于开始日期（{until} 在 {since} 之前）"))
    if isinstance(email := line.get("email"), str):
        try:
            read_address(email)
        except Unreadable as error:
            faults.append(("email", str(error)))
    if line.get("sub_department") and not line.get("department"):
        faults.append(("department", "写了二级部门，没有写它属于哪个部门"))
    return faults


def path_text(path: Sequence[str]) -> str:
    """A department with those above it, as it is spelled for people."""
    return " / ".join(path)
