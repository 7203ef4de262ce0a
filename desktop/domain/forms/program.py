"""大项目登记表 (PROG-1): several projects under one 大项目经理."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import MoneyField, PersonField, TextField, long_text
from desktop.domain.form import Form, Grid, Line, LineTable, Problem, lines_of, value_of
from desktop.domain.known_projects import find_known, known, project_field

ACROSS = (
    Option("none", "同一部门内"),
    Option("sub_departments", "跨二级部门"),
    Option("departments", "跨一级部门"),
)
"""What a program reaches across, which decides who reads whose reports (PROG-3)."""


def roster(facts: Facts, content: Content) -> Iterable[Line]:
    """The members as the ledger has them, by number."""
    for line in lines_of(content, "members"):
        number, why = find_known(facts, line.get("project"))
        if why:
            continue
        row = known(facts, number)
        told = {key: row.get(key) for key in ("name", "department", "manager", "state", "amount")}
        yield {"id": line["id"], "number": number, **told}


def check_manager(content: Content, _facts: Facts) -> Iterable[Problem]:
    """The 大项目经理 is a colleague: rights go to them."""
    manager = value_of(content, "program", "manager")
    if isinstance(manager, Mapping) and not manager.get("id"):
        text = f"“{manager.get('name')}”不能确定是哪一位，请从人员名单中选定"
        yield Problem("program", "manager", text, rule="PROG-1")


def check_members(content: Content, facts: Facts) -> Iterable[Problem]:
    """Every member is a project of the ledger, named once; what comes from another program is told."""
    name = value_of(content, "program", "name")
    seen: dict[str, int] = {}
    for place, line in enumerate(lines_of(content, "members"), 1):
        number, why = find_known(facts, line.get("project"))
        where = f"“所属项目”第 {place} 行"
        if why:
            yield Problem("members", "project", f"{where}：{why}", line=str(line["id"]), rule="PROG-1")
            continue
        if number in seen:
            text = f"{where}：与第 {seen[number]} 行是同一个项目 {number}"
            yield Problem("members", "project", text, line=str(line["id"]))
        seen.setdefault(number, place)
        other = known(facts, number).get("program")
        if other and other != name:
            text = f"{where}：项目 {number} 现属于大项目“{other}”，批准后将转入本大项目"
            yield Problem("members", "project", text, line=str(line["id"]), blocks=False)
    yield from _left_out(str(name or ""), set(seen), facts)


def _left_out(name: str, members: set[str], facts: Facts) -> Iterable[Problem]:
    projects = facts.get("ledger.projects")
    rows: Mapping[str, Any] = projects if isinstance(projects, Mapping) else {}
    left = [number for number, row in rows.items() if name and row["program"] == name and number not in members]
    if left:
        shown = "、".join(left[:5]) + (f" 等 {len(left)} 个" if len(left) > 5 else "")  # noqa: PLR2004 - as listed
        text = f"现属于“{name}”的项目 {shown} 没有列入，批准后将不再属于它"
        yield Problem("members", "", text, blocks=False)


def check_across(content: Content, _facts: Facts) -> Iterable[Problem]:
    """What the program is said to reach across is what its members show (PROG-3)."""
    across = value_of(content, "program", "across")
    departments = {str(line.get("department") or "") for line in lines_of(content, "roster")} - {""}
    heads = {name.partition(" / ")[0] for name in departments}
    seen = "departments" if len(heads) > 1 else "sub_departments" if len(departments) > 1 else "none"
    if across and departments and across != seen:
        told = next(item.label for item in ACROSS if item.key == seen)
        text = f"按所属项目的部门看是“{told}”，请核对；周报在哪些人中传阅由此决定"
        yield Problem("program", "across", text, blocks=False, rule="PROG-3")


FORM = Form(
    key="program",
    title="大项目登记表",
    subject="office",
    about=("program.name",),
    posts="form_program",
    checks=(check_manager, check_members, check_across),
    sections=(
        Grid(
            key="program",
            title="大项目",
            fields=(
                TextField(key="name", label="大项目名称", required=True, longest=120),
                PersonField(key="manager", label="大项目经理", required=True),
                ChoiceField(key="across", label="跨部门情况", required=True, options=ACROSS),
                long_text("goal", "总体目标与总进度"),
                long_text("note", "说明"),
            ),
        ),
        LineTable(
            key="members",
            title="所属项目",
            noun="个项目",
            at_least=2,
            note="写项目的编号或名称；同名的大项目再次登记时，以本表所列的项目为准。",
            columns=(
                project_field("project", "项目", required=True, share=4, hint="编号、名称或简称"),
                TextField(key="duty", label="分工", lines=True, longest=2_000, share=4),
            ),
        ),
        LineTable(
            key="roster",
            title="项目一览",
            noun="个项目",
            compute=roster,
            total=("amount",),
            columns=(
                TextField(key="number", label="项目编号", share=2),
                TextField(key="name", label="项目名称", share=2.8),
                TextField(key="department", label="部门", share=2),
                TextField(key="manager", label="项目经理", share=1.2),
                TextField(key="state", label="状态", share=1),
                MoneyField(key="amount", label="金额（元）", share=1.7),
            ),
        ),
    ),
    note="大项目经理统一协调总进度和重大问题，审批各项目的实施计划；预算与进度仍由各项目经理负责。",
)


def across_title(key: str) -> str:
    """What a program reaches across, in words."""
    return next((item.label for item in ACROSS if item.key == key), key)
