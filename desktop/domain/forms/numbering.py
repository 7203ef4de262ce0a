"""项目编号登记表 (APPT-3): the 项目管理员 gives the project its number, by the policy's rule, and its short name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts
from desktop.domain.fields import DateField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, value_of
from desktop.domain.forms.common import project_section


def check_number(_content: Content, facts: Facts) -> Iterable[Problem]:
    """A project is numbered once."""
    if number := facts.get("project.official"):
        yield Problem("numbering", "", f"项目已有编号 {number}，不用再登记", rule="APPT-3")


def check_short_name(content: Content, facts: Facts) -> Iterable[Problem]:
    """No two projects bear one short name."""
    name, taken = value_of(content, "numbering", "short_name"), facts.get("ledger.short_names")
    if isinstance(name, str) and isinstance(taken, Mapping) and name in taken:
        text = f"简称“{name}”已经是项目 {taken[name]} 的，请另取一个"
        yield Problem("numbering", "short_name", text, rule="APPT-3")


def check_kind(content: Content, facts: Facts) -> Iterable[Problem]:
    """Numbers run by kind: the ledger says which one the project is, or this form does."""
    given, known = value_of(content, "numbering", "kind"), facts.get("project.kind_key")
    if not known and not given:
        yield Problem("numbering", "kind", "台账中没有此项目的类型，请选择；编号按类型编排", rule="APPT-3")
    if known and given and given != known:
        text = f"台账中此项目的类型是“{facts.get('project.kind')}”，与所选不同"
        yield Problem("numbering", "kind", text, rule="APPT-3")


def foretell_number(content: Content, facts: Facts) -> str:
    """The number that comes next for the project's kind (APPT-3); another project may be given it first."""
    kind = facts.get("project.kind_key") or value_of(content, "numbering", "kind")
    expected = facts.get("numbering.expected")
    number = expected.get(str(kind)) if isinstance(expected, Mapping) else None
    return f"预计编号 {number}，以登记生效时编出的为准。" if number and not facts.get("project.official") else ""


FORM = Form(
    key="numbering",
    title="项目编号登记表",
    subject="project",
    posts="number_project",
    foretells=foretell_number,
    checks=(check_number, check_short_name, check_kind),
    sections=(
        project_section(fact("appointed_on", "任命批准", "project.appointed_on", DateField)),
        Grid(
            key="numbering",
            title="编号与简称",
            fields=(
                TextField(key="short_name", label="项目简称", required=True, longest=60),
                ChoiceField(key="kind", label="编号类型", options_from="kinds", hint="台账中没有项目类型时选择"),
                DateField(key="on", label="登记日期", required=True, initially="today"),
                long_text("note", "说明"),
            ),
        ),
    ),
    note="正式编号按制度的编号规则在登记生效时自动编出，按年度和项目类型连续，不跳号；此前使用暂用编号。",
)
