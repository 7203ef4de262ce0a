"""会议纪要 (MON-1, MON-2): who met, what was decided, and by whom and when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField, DateField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Line, LineTable, OnPaper, Problem, day_of, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_head
from desktop.domain.plan import YES_NO
from desktop.domain.problems import late_lines, not_ahead, problem_table

REGULAR = "regular"
KINDS = (
    Option(REGULAR, "项目例会", ("例会", "周例会", "双周例会")),
    Option("exchange", "项目沟通会", ("沟通会", "协调会")),
    Option("results", "阶段成果验证", ("成果验证", "阶段验证")),
)
"""The meetings by which a project is watched (MON-1)."""


def is_there(person: Json, attendees: Iterable[Line]) -> bool:
    """Whether a person is among those who attended: by id, or by name where a line knows no id."""

    def same(named: Json) -> bool:
        if not isinstance(named, Mapping) or not isinstance(person, Mapping):
            return False
        key = "id" if named.get("id") else "name"
        return named[key] == person[key]

    return any(same(line.get("person")) for line in attendees)


def _client(facts: Facts, content: Content) -> Json:
    """Whether the 客户经理 took part; a project without one lacks nobody."""
    client = facts.get("project.client_manager")
    return "yes" if client is None or is_there(client, lines_of(content, "attendees")) else "no"


def open_lines(facts: Facts, _content: Content) -> Iterable[Line]:
    """The project's problems that are still open, to be gone through."""
    found = facts.get("problems.open")
    return found if isinstance(found, list | tuple) else ()


OPEN_COLUMNS: tuple[Field, ...] = (
    TextField(key="number", label="编号", share=1.5),
    TextField(key="title", label="问题", share=3.2),
    TextField(key="owner", label="责任人", share=1),
    DateField(key="due", label="期限", share=1.2),
    TextField(key="state", label="情况", share=1.1),
)


def check_meeting(content: Content, facts: Facts) -> Iterable[Problem]:
    """The meeting was held, nothing is due before it, and a regular one is held with the 客户经理 (advice, MON-2)."""
    yield from not_ahead(content, "meeting", "on", "会议日期", facts.get("today"))
    yield from late_lines(content, "decisions", day_of(content, "meeting", "on"), "会议日期", "MON-1")
    regular = value_of(content, "meeting", "kind") == REGULAR
    client = facts.get("project.client_manager")
    if regular and isinstance(client, Mapping) and not is_there(client, lines_of(content, "attendees")):
        text = f"参加人员中没有客户经理{client['name']}：建议项目例会有客户经理参加"
        yield Problem("attendees", "person", text, blocks=False, rule="MON-2")


FORM = Form(
    key="meeting",
    title="会议纪要",
    subject="project",
    posts="raise_decisions",
    repeats=True,
    period=("meeting", "on"),
    checks=(check_meeting,),
    sections=(
        project_head(),
        Grid(
            key="meeting",
            title="会议",
            fields=(
                ChoiceField(key="kind", label="会议类别", required=True, options=KINDS),
                DateField(key="on", label="会议日期", required=True, initially="today"),
                TextField(key="hours", label="时间", hint="如 14:00–16:00"),
                TextField(key="place", label="地点"),
                PersonField(key="host", label="主持人", required=True, initially="actor"),
                PersonField(key="writer", label="记录人", initially="actor"),
                ComputedField(
                    key="client",
                    label="客户经理参加",
                    compute=_client,
                    shows=ChoiceField(key="client", label="客户经理参加", options=YES_NO),
                ),
                fact("copies", "抄送", "copies.to"),
                long_text("agenda", "议题", required=True),
            ),
        ),
        LineTable(
            key="attendees",
            title="参加人员",
            noun="人",
            at_least=1,
            columns=(
                PersonField(key="person", label="姓名", required=True, share=1.2),
                TextField(key="unit", label="单位或部门", share=2.4),
                TextField(key="duty", label="职务", share=1.6),
            ),
        ),
        Grid(
            key="minutes",
            title="会议内容",
            fields=(
                long_text("said", "讨论内容", required=True),
                long_text("conclusion", "结论"),
            ),
        ),
        problem_table(
            "decisions", "议定事项", "议定事项", "项", "每一项都记入问题跟踪，直到填写《问题关闭单》予以关闭。"
        ),
        LineTable(
            key="open",
            title="会前未关闭的问题",
            noun="个",
            columns=OPEN_COLUMNS,
            compute=open_lines,
            on_paper=OnPaper.WHEN_FILLED,
        ),
        attachments_section("签到表、会议资料等"),
    ),
    note="纪要提交后即通报抄送的人；议定事项列入责任人的工作台。",
)
