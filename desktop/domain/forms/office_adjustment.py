"""办公室调整: what the office sets right in the ledger itself, above all a pause in fact (PAUSE-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField, DateField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Line, LineTable, Problem, day_of, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.forms.opening import LEDGER_COLUMNS
from desktop.domain.values import Unreadable

PAUSE, CORRECT = "pause", "correct"
KINDS = (Option(PAUSE, "强制暂停（事实上已暂停）"), Option(CORRECT, "更正台账"))
_BY_PAPERS = frozenset(
    {"number", "kind", "contract_kind", "budget", "state", "program"}
    | {"department", "sub_department", "manager", "client_manager"}
)
CORRECTABLE: dict[str, Field] = {column.key: column for column in LEDGER_COLUMNS if column.key not in _BY_PAPERS}
"""The ledger's columns that the office may correct; the others change by papers of their own."""

_WHAT = tuple(Option(key, column.label, column.synonyms) for key, column in CORRECTABLE.items())


def _before(facts: Facts, line: Content) -> Json:
    column = CORRECTABLE.get(str(line.get("what")))
    return column.text(facts.get(f"project.{column.key}")) or None if column else None


def corrected(line: Line) -> tuple[str, Json]:
    """The ledger's column that a line corrects, and the value that it gets.

    Raises:
        Unreadable: the new value cannot be what the column holds.
        KeyError: the office may not correct that column.
    """
    column = CORRECTABLE[str(line.get("what"))]
    return column.key, column.read(line.get("after")).value


def check_kind(content: Content, facts: Facts) -> Iterable[Problem]:
    """A forced pause says since when nothing moves and whom the office asked; a correction has its lines."""
    kind = value_of(content, "adjustment", "kind")
    if kind == PAUSE:
        for key, label in (("quiet_since", "事实停工日期"), ("evidence", "判断依据")):
            if not value_of(content, "pause", key):
                yield Problem("pause", key, f"强制暂停须填写“{label}”", rule="PAUSE-2")
        quiet, today = day_of(content, "pause", "quiet_since"), facts.get("today")
        if quiet and isinstance(today, str) and quiet > dt.date.fromisoformat(today):
            yield Problem("pause", "quiet_since", f"事实停工日期 {quiet} 还没有到")
        if lines_of(content, "corrections") or value_of(content, "people", "client_manager"):
            yield Problem("corrections", "", "强制暂停与更正台账请分两份填写")
    if kind == CORRECT and not lines_of(content, "corrections") and not value_of(content, "people", "client_manager"):
        yield Problem("corrections", "", "更正台账至少要填一行更正内容")


def check_people(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Rights and to-dos go to the 客户经理: it must be known which colleague that is (ROLE-7)."""
    named = value_of(content, "people", "client_manager")
    if isinstance(named, Mapping) and not named.get("id"):
        text = f"“{named['name']}”不在人员名册里，请从名册中选择（先由项目管理员登记）"
        yield Problem("people", "client_manager", text, rule="ROLE-7")


def check_corrections(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Every new value is one that its column can hold, and no column is corrected twice."""
    seen: set[str] = set()
    for number, line in enumerate(lines_of(content, "corrections"), 1):
        what, place = str(line.get("what")), str(line["id"])
        if what in seen:
            yield Problem("corrections", "what", f"“更正内容”第 {number} 行与前面的行更正同一项", line=place)
        seen.add(what)
        if what not in CORRECTABLE:
            continue
        try:
            corrected(line)
        except Unreadable as reason:
            yield Problem("corrections", "after", f"“更正内容”第 {number} 行：{reason}", line=place)
        if CORRECTABLE[what].required and not line.get("after"):
            text = f"“更正内容”第 {number} 行：{CORRECTABLE[what].label}不能改为空白"
            yield Problem("corrections", "after", text, line=place)


FORM = Form(
    key="office_adjustment",
    title="办公室调整单",
    subject="project",
    posts="adjust_ledger",
    alters=True,
    checks=(check_kind, check_people, check_corrections),
    sections=(
        project_section(),
        Grid(
            key="adjustment",
            title="调整事项",
            fields=(
                ChoiceField(key="kind", label="调整类别", required=True, options=KINDS),
                PersonField(key="asked", label="确认人（部门负责人）"),
                DateField(key="asked_on", label="沟通日期", initially="today"),
                long_text("reason", "调整理由", required=True),
            ),
        ),
        Grid(
            key="pause",
            title="强制暂停",
            note="项目停止提交周报、项目经理未提交暂停申请表的，经部门负责人确认后由项目管理部调整为暂停。",
            fields=(
                DateField(key="quiet_since", label="事实停工日期"),
                DateField(key="resume_by", label="预计恢复日期", hint="原则上不超过 3 个月"),
                long_text("evidence", "判断依据", hint="何时起没有周报、表单、存档或台账变动"),
            ),
        ),
        Grid(
            key="people",
            title="更正客户经理",
            note="台账没有登记客户经理，或客户经理已离职、换人时填写。",
            fields=(
                fact("old", "原客户经理", "project.client_manager", PersonField),
                PersonField(key="client_manager", label="更正为"),
            ),
        ),
        LineTable(
            key="corrections",
            title="更正内容",
            noun="项更正",
            columns=(
                ChoiceField(key="what", label="更正项", required=True, options=_WHAT, share=1.4),
                ComputedField(
                    key="before",
                    label="原记载",
                    compute=_before,
                    shows=TextField(key="before", label="原记载"),
                    share=2,
                ),
                TextField(key="after", label="更正为", share=2, longest=5_000, hint="留空表示清除"),
                TextField(key="reason", label="原因", required=True, share=2.4, lines=True, longest=2_000),
            ),
        ),
        attachments_section("沟通记录、邮件等"),
    ),
    note="本单由项目管理部填写，经项目所在部门负责人确认后入账；台账只能由审批通过的表单改动。",
)
