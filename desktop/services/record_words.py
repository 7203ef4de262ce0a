"""Records in words: what their kinds and fields are called, and what stands in a field, as people say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.policy import Policy
from desktop.services.standing import AnySession, department_names
from desktop.store.tables import Person, Project

BLANK = "（空）"


@dataclass(frozen=True)
class Kind:
    """How a kind of record and its fields that people see are called; ``title`` are the fields that name it."""

    noun: str
    labels: Mapping[str, str]
    title: tuple[str, ...] = ("name",)


KINDS: Mapping[str, Kind] = {
    "person": Kind(
        "人员",
        {
            "name": "姓名",
            "staff_no": "工号",
            "department_id": "部门",
            "phone": "电话",
            "email": "邮箱",
            "active": "在职",
            "merged_into_id": "并入",
        },
    ),
    "department": Kind("部门", {"name": "名称", "parent_id": "上级部门", "active": "在用", "merged_into_id": "并入"}),
    "office": Kind("单位", {"name": "单位名称", "code": "编号前缀", "logo_sha": "单位标志", "policy_id": "现行制度"}),
    "calendar_day": Kind("日历中的", {"kind": "休/班", "note": "说明"}, ("day",)),
    "setting": Kind(
        "设置",
        {
            "host": "邮件服务器",
            "port": "端口",
            "security": "加密方式",
            "user": "用户名",
            "sender": "发件人邮箱",
            "name": "发件人名称",
        },
        ("key",),
    ),
    "assignment": Kind(
        "角色",
        {"person_id": "担任人", "department_id": "部门", "project_id": "项目", "since": "起", "until": "止"},
        ("role_key", "person_id"),
    ),
    "delegation": Kind(
        "代理",
        {
            "person_id": "本人",
            "stand_in_id": "代理人",
            "role_key": "代哪些角色",
            "since": "从",
            "until": "到",
            "reason": "事由",
        },
        ("stand_in_id", "person_id"),
    ),
    "absence": Kind(
        "请假",
        {"person_id": "请假人", "starts_on": "从", "ends_on": "到", "reason": "事由"},
        ("person_id", "starts_on"),
    ),
}
"""By the table's name in the journal."""

_EMPTY = {("assignment", "until"): "不限", ("delegation", "role_key"): "全部角色"}
_OPTIONS: Mapping[tuple[str, str], Mapping[Json, str]] = {
    ("person", "active"): {True: "在职", False: "已离职"},
    ("department", "active"): {True: "在用", False: "停用"},
    ("calendar_day", "kind"): {"holiday": "休", "workday": "班"},
    ("setting", "security"): {"tls": "SSL/TLS", "starttls": "STARTTLS", "none": "不加密"},
    ("setting", "key"): {"mail server": "邮件服务器"},
}


class RecordWords:
    """Puts what the journal holds into words; names are looked up once."""

    def __init__(self, session: AnySession, policy: Policy) -> None:
        self._session = session
        self._policy = policy

    def title(self, entity: str, fields: Mapping[str, Json]) -> str:
        """A record by its kind and name: ``人员“王强”``."""
        kind = KINDS.get(entity)
        if kind is None:
            return "这条记录"
        names = [self.value(entity, key, fields[key]) for key in kind.title if fields.get(key) is not None]
        return f"{kind.noun}“{' '.join(names)}”" if names else kind.noun

    def value(self, entity: str, key: str, value: Json) -> str:
        """What stands in a field: names, dates and words instead of ids and codes."""
        options = _OPTIONS.get((entity, key), {})
        if isinstance(value, str | bool) and value in options:
            return options[value]
        if value is None or value == "":
            return _EMPTY.get((entity, key), BLANK)
        return self._named(key, str(value))

    def _named(self, key: str, text: str) -> str:
        if key == "role_key":
            return next((role.title for role in self._policy.roles if role.key == text), text)
        if key == "logo_sha":
            return f"图片 {text[:8]}"
        if key.endswith("_id"):
            return self._people.get(text) or self._departments.get(text) or self._projects.get(text, text)
        return text

    def author(self, key: UUID | None) -> str:
        """Who it was; nothing where nobody sat there."""
        return self._people.get(str(key), "") if key else ""

    @cached_property
    def _people(self) -> dict[str, str]:
        people = self._session.execute(select(Person.id, Person.name, Person.staff_no))
        return {str(key): f"{name}（{number}）" if number else name for key, name, number in people}

    @cached_property
    def _departments(self) -> dict[str, str]:
        return {str(key): name for key, name in department_names(self._session).items()}

    @cached_property
    def _projects(self) -> dict[str, str]:
        return {str(key): name for key, name in self._session.execute(select(Project.id, Project.name)).all()}


def moment_text(at: dt.datetime | None) -> str:
    """``2026-11-26 10:32``, as it was here; nothing for none."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""
