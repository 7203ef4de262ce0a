"""What the journal tells, in words: every record's kind and fields, and what stands in them."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from desktop.domain.approval import Decision
from desktop.domain.canonical import Json, read_canonical
from desktop.domain.chain_edits import EditKind
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.money import yuan_text
from desktop.domain.statements import Kind as StatementKind
from desktop.services.history import LEDGER_LABELS
from desktop.services.integrity import RESTORED
from desktop.services.office import Reading
from desktop.services.record_words import BLANK, KINDS, RecordWords
from desktop.services.retention import KEY as RETENTION
from desktop.services.signed_words import covered_text, section_titles, signing_key
from desktop.store.shapes import journaled_shapes
from desktop.store.signing import REQUIRED
from desktop.store.tables import Contract, Filing, PolicyVersion, Program, Project, Revision, table_of
from desktop.store.tables.base import INSTANT_FORMAT, Base
from desktop.store.verify.finding import TITLES


def _columns(record: type[Base], *names: str) -> tuple[ColumnElement[UUID], ColumnElement[Any], ColumnElement[Any]]:
    columns = table_of(record).c
    return columns["id"], columns[names[0]], columns[names[1]]


LONGEST = 200
"""Characters of a value that are shown: whole sections and policies stand in the journal."""
VERBS = {"insert": "新增", "update": "更改", "delete": "删除"}

_LABELS = {
    "absence": "请假",
    "added_by": "存入人",
    "amount": "金额（元）",
    "at": "时间",
    "author_id": "填表人",
    "back_to": "退回到",
    "blob_sha": "文件校验值",
    "bodies": "清除条数",
    "by_id": "办理人",
    "closed_on": "关闭日期",
    "closing_id": "关闭所依据的表单",
    "code": "代码",
    "condition": "条件",
    "conditions": "适用条件",
    "content": "内容",
    "contract_id": "合同",
    "covers": "所确认的内容",
    "created_at": "建立时间",
    "customer": "客户",
    "day": "日期",
    "decided_at": "办结时间",
    "decision": "意见",
    "department_id": "部门",
    "done": "完成",
    "due_on": "期限",
    "effective_on": "生效日期",
    "email": "邮箱",
    "ends_on": "结束日期",
    "entity": "记录种类",
    "entity_id": "记录",
    "evidence": "关闭依据",
    "filing_id": "表单",
    "for_id": "代谁",
    "forecast_on": "预计完成",
    "form_key": "表单种类",
    "from_baseline": "自基线",
    "completed_on": "完工日期",
    "gate": "环节",
    "hours": "工时",
    "in_force_on": "生效日期",
    "key": "名称",
    "kind": "种类",
    "level": "等级",
    "line": "行",
    "loaded_at": "载入时间",
    "manager_id": "负责人",
    "across": "跨越",
    "media_type": "文件类型",
    "merged_into_id": "并入",
    "month": "月份",
    "n": "序号",
    "name": "名称",
    "needed": "所需支持",
    "new_key": "新增的步骤",
    "next": "下一个号",
    "note": "备注",
    "number": "编号",
    "on_paper": "纸面签字",
    "opinion": "审批意见",
    "origin_filing_id": "建账的表单",
    "outsourced": "外包",
    "outsourcing": "外包说明",
    "owner_id": "责任人",
    "parent_id": "上一级",
    "period": "期间",
    "person_id": "人员",
    "phone": "电话",
    "pinyin": "拼音",
    "place": "次序",
    "plan_line": "计划任务",
    "policy_id": "制度版本",
    "policy_sha256": "制度校验值",
    "predecessor_id": "前一个项目",
    "program_id": "大项目",
    "project_id": "项目",
    "raised_by_id": "提出人",
    "raised_on": "提出日期",
    "reason": "事由",
    "recorded_by": "代录人",
    "register": "计划册",
    "remark": "说明",
    "replaces_id": "代替的文件",
    "revision_id": "版次",
    "revision_no": "版次",
    "role_key": "角色",
    "rule": "依据",
    "scan_sha": "扫描件",
    "section": "部分",
    "severity": "严重程度",
    "sha256": "校验值",
    "signature": "电子签名",
    "signed_by": "签发的密钥",
    "signed_on": "签字日期",
    "signer_id": "签字人",
    "signer_name": "签字人姓名",
    "size": "大小（字节）",
    "sort_key": "排序",
    "source": "来源",
    "spent_on": "支出日期",
    "starts_on": "开始日期",
    "state": "状态",
    "status": "状态",
    "step_key": "步骤",
    "subject": "科目",
    "subject_id": "对象",
    "subject_kind": "对象种类",
    "submitted_at": "提交时间",
    "task": "任务",
    "text": "内容",
    "title": "名称",
    "to_baseline": "至基线",
    "upto": "截至",
    "urge": "催办",
    "verdict": "结论",
    "version_label": "版本",
    "withdrawing_on": "撤项启动日期",
    "withdrawn_on": "撤项日期",
    "week": "周次",
    "registered_at": "登记时间",
    "program": "大项目",
    "client_manager_id": "客户经理",
}
"""What columns are called wherever their table has no word of its own for them."""
_MONEY = frozenset({"amount", "budget"})
_SHORT = frozenset({"sha256", "blob_sha", "scan_sha", "logo_sha", "policy_sha256", "key", "signature", "signed_by"})
_HASH = 64
_NAMING = ("number", "name", "title", "key", "day", "month", "week", "line", "n")
_NAMED_BY = {"identity_record": ("kind", "person_id")}
"""By what records are named that have no name of their own and are no `KINDS`."""
_LINKS = ("filing_id", "project_id", "person_id", "revision_id")
_BELONGING = frozenset({"section", "plan_line", "report_line"})
"""What bears a name that says little without that of what it belongs to."""
_SILENT = frozenset({"pinyin", "sort_key"})
"""Columns that the program makes of others."""
_PARENTS: Mapping[str, tuple[ColumnElement[UUID], ColumnElement[Any], ColumnElement[Any]]] = {
    **dict.fromkeys(("project_id", "predecessor_id"), _columns(Project, "number", "name")),
    **dict.fromkeys(("filing_id", "closing_id", "origin_filing_id"), _columns(Filing, "number", "title")),
    "program_id": _columns(Program, "name", "name"),
    "contract_id": _columns(Contract, "number", "name"),
    "policy_id": _columns(PolicyVersion, "title", "version_label"),
    "revision_id": _columns(Revision, "n", "n"),
}
"""By the column that leads to a record: the record's id, and two columns that name it."""
_PEOPLE = frozenset({"recorded_by", "added_by"})

Facts = Mapping[str, Json]


def label_of(entity: str, key: str) -> str:
    """What a field of a record is called."""
    if entity == "project" and key in LEDGER_LABELS:
        return LEDGER_LABELS[key]
    kind = KINDS.get(entity)
    own = kind.labels.get(key) if kind is not None else None
    return own or _LABELS.get(key, key)


def noun_of(entity: str) -> str:
    """What a kind of record is called."""
    return TITLES.get(entity, entity)


def _series(key: str) -> str | None:
    """A series of numbers as a number of it looks: ``WT-2026-…``."""
    _kind, _colon, rest = key.partition(":")
    pattern, _colon, year = rest.rpartition(":")
    return re.sub(r"\{n[^}]*\}", "…", pattern).replace("{year}", year) if "{" in pattern else None


def _setting_name(key: str) -> str | None:
    return "导入时列的对应" if key.endswith(" mapping") else _SETTINGS.get(key)


def _setting_value(text: str) -> str | None:
    """A setting that is a moment, or nothing."""
    found = read_canonical(text) if text == "null" or text.startswith('"') else ""
    if found is None:
        return BLANK
    try:
        return f"{dt.datetime.fromisoformat(str(found)).astimezone():%Y-%m-%d %H:%M}" if found else None
    except ValueError:
        return None


_SETTINGS = {REQUIRED: "要求电子签名，自何时起", RETENTION: "个人信息保存期限", RESTORED: "恢复备份的记录"}
_STATEMENTS = {
    StatementKind.ROOT: "根密钥",
    StatementKind.SUCCESSION: "根密钥的接替",
    StatementKind.REQUEST: "申请身份证明",
    StatementKind.CARD: "身份证明",
    StatementKind.GRANT: "角色授予",
    StatementKind.REVOCATION: "吊销",
}
_OPTIONS: Mapping[tuple[str, str], Callable[[str], str | None]] = {
    ("", "form_key"): lambda text: FORMS[text].title if text in FORMS else None,
    ("", "decision"): lambda text: Decision(text).label if text in set(Decision) else None,
    ("", "verdict"): {"yes": "是", "no": "否"}.get,
    ("", "covers"): covered_text,
    ("", "signature"): signing_key,
    ("filing", "state"): lambda text: FilingState(text).label if text in set(FilingState) else None,
    ("chain_edit", "kind"): lambda text: EditKind(text).label if text in set(EditKind) else None,
    ("section", "key"): lambda text: section_titles().get(text),
    ("counter", "key"): _series,
    ("setting", "key"): _setting_name,
    ("setting", "text"): _setting_value,
    ("identity_record", "kind"): {kind.value: name for kind, name in _STATEMENTS.items()}.get,
}
"""How fields (of a table, or of any) that hold an option are told."""


class JournalWords(RecordWords):
    """Names records, and puts what stands in their fields into words."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.session, reading.policy)
        self._reading = reading
        self._facts: dict[tuple[str, str], Facts] = {}
        self._known: dict[str, str] = {}

    def learn(self, told: Mapping[tuple[str, str], Facts]) -> None:
        """Look up by what these records are named; where they are gone, it is what the journal says of them."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for entity, key in told:
            wanted[entity].add(key)
        for entity, keys in wanted.items():
            found = self._rows(entity, keys)
            self._facts |= {(entity, key): found.get(key) or told[entity, key] for key in keys}
        self._learn_links(self._facts[record] for record in told)

    def _rows(self, entity: str, keys: set[str]) -> dict[str, Facts]:
        shape = journaled_shapes().get(entity)
        if shape is None:
            return {}
        columns = table_of(shape.record).c
        kind = KINDS.get(entity)
        naming = kind.title if kind is not None else _NAMED_BY.get(entity, _NAMING)
        names = [name for name in dict.fromkeys((*naming, *_LINKS)) if name in shape.spells]
        if shape.key != "id" or not names:
            return {}
        ids = [UUID(key) for key in keys]
        rows = self._reading.session.execute(
            select(columns.id, *(columns[name] for name in names)).where(columns.id.in_(ids))
        )
        return {
            str(row[0]): {
                name: shape.spells[name](value)
                for name, value in zip(names, row[1:], strict=True)
                if value is not None and value != ""
            }
            for row in rows
        }

    def _learn_links(self, facts: Iterable[Facts]) -> None:
        """The names of what records belong to."""
        wanted: defaultdict[str, set[UUID]] = defaultdict(set)
        for told in facts:
            for name in _PARENTS.keys() & told.keys():
                value = told[name]
                if isinstance(value, str) and value not in self._known:
                    wanted[name].add(UUID(value))
        for name, ids in wanted.items():
            key, *columns = _PARENTS[name]
            for found, *parts in self._reading.session.execute(select(key, *columns).where(key.in_(ids))):
                told_parts = dict.fromkeys(str(part) for part in parts if part)
                self._known[str(found)] = f"第 {parts[0]} 版" if name == "revision_id" else " ".join(told_parts)

    def learn_values(self, pairs: Iterable[tuple[str, Json]]) -> None:
        """Look up the names behind the ids in fields (key and value)."""
        self._learn_links({key: value} for key, value in pairs)

    def deed(self, op: str, entity: str, key: str) -> str:
        """What was done with a record: ``新增人员“张伟”``."""
        if entity == "setting" and self._facts.get((entity, key), {}).get("key") == RESTORED:
            return "恢复了备份"
        return f"{VERBS.get(op, op)}{self.record(entity, key)}"

    def record(self, entity: str, key: str) -> str:
        """A record by its kind and its name or what it belongs to: ``项目“JC-2026-01 综合监控”``."""
        facts = self._facts.get((entity, key), {})
        kind = KINDS.get(entity)
        wanted = kind.title if kind is not None else _NAMED_BY.get(entity, _NAMING[:4])
        names = [self.value(entity, name, facts[name]) for name in wanted if facts.get(name) not in {None, ""}]
        if not names or entity in _BELONGING:
            links = [self._known.get(str(facts[name]), "") for name in _LINKS if name in facts]
            names = [name for name in (*links[:1], *names) if name]
        return f"{noun_of(entity)}“{' '.join(names[:2])}”" if names else noun_of(entity)

    def value(self, entity: str, key: str, value: Json) -> str:
        """What stands in a field, shortened."""
        if value is None or value == "":
            return super().value(entity, key, value)
        if isinstance(value, bool):
            return {True: "是", False: "否"}[value] if (entity, key) not in _OWN else super().value(entity, key, value)
        if key in _MONEY and isinstance(value, int):
            return yuan_text(value)
        text = str(value)
        if key in _PEOPLE:
            return self._people.get(text, text)
        told = self._option(entity, key, text) or self._known.get(text) or self._moment(text)
        if told is None:
            told = super().value(entity, key, value)
        if key in _SHORT and len(told) == _HASH:
            told = f"{told[:8]}…"
        told = " ".join(told.split())
        return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"

    def _option(self, entity: str, key: str, text: str) -> str | None:
        if key == "state" and entity != "filing":
            return self._states.get(text)
        tell = _OPTIONS.get((entity, key)) or _OPTIONS.get(("", key))
        return tell(text) if tell is not None else None

    @property
    def _states(self) -> dict[str, str]:
        return {state.key: state.title for state in self._reading.policy.states}

    @staticmethod
    def _moment(text: str) -> str | None:
        try:
            at = dt.datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=dt.UTC)
        except ValueError:
            return None
        return f"{at.astimezone():%Y-%m-%d %H:%M}"


_OWN = frozenset({("person", "active"), ("department", "active")})


def is_shown(key: str, value: tuple[Json, Json]) -> bool:
    """Whether a field is worth a line: not what the program makes of others, and no blank that stays blank."""
    return key not in _SILENT and any(one not in {None, ""} for one in value)


__all__ = ["BLANK", "LONGEST", "VERBS", "JournalWords", "is_shown", "label_of", "noun_of"]
