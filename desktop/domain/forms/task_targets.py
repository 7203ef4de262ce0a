"""任务指标 (PROG-4): what each department has to earn of a contract, from its module prices or as its head sets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts
from desktop.domain.fields import MoneyField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Line, LineTable, Problem, lines_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.money import yuan_text


def by_department(modules: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """The module prices of a contract by department, in the order in which departments come: the 核算 of PROG-4."""
    sums: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for line in modules:
        department, price = str(line.get("department") or ""), line.get("price")
        sums[department] = sums.get(department, 0) + (price if isinstance(price, int) else 0)
        names.setdefault(department, []).append(str(line.get("name") or ""))
    return [
        {
            "id": f"department:{department}",
            "department": department,
            "amount": amount,
            "basis": "、".join(names[department]),
        }
        for department, amount in sums.items()
    ]


def _modules(facts: Facts) -> Sequence[Mapping[str, Json]]:
    modules = facts.get("contract.modules")
    return [line for line in modules if isinstance(line, Mapping)] if isinstance(modules, list) else []


def _reckoned(facts: Facts, _content: Content) -> Iterable[Line]:
    return by_department(_modules(facts))


def check_targets(content: Content, facts: Facts) -> Iterable[Problem]:
    """Module prices decide; without them what is set adds up to the contract."""
    given = lines_of(content, "targets")
    if _modules(facts):
        if given:
            text = "合同已有模块价格，各部门的任务指标按它核算，不另行确定"
            yield Problem("targets", "amount", text, line=str(given[0]["id"]), rule="PROG-4")
        return
    if not given:
        yield Problem("targets", "", "合同没有划分模块价格，请在“另行确定”中写明各部门的任务指标", rule="PROG-4")
        return
    whole = facts.get("contract.amount") or facts.get("project.amount")
    total = sum(amount for line in given if isinstance(amount := line.get("amount"), int))
    if isinstance(whole, int) and total != whole:
        verb = "少" if total < whole else "多"
        text = f"任务指标合计 {yuan_text(total)} 元，比合同金额{verb} {yuan_text(abs(whole - total))} 元"
        yield Problem("targets", "amount", text, rule="PROG-4")
    if facts.get("project.kind_key") != "software":
        text = "制度只规定没有划分的软件合同由软件部门负责人确定；此项目不是软件开发项目，请核对"
        yield Problem("targets", "", text, blocks=False, rule="PROG-4")


FORM = Form(
    key="task_targets",
    title="任务指标表",
    subject="project",
    posts="set_targets",
    checks=(check_targets,),
    sections=(
        project_section(
            fact("contract_name", "合同名称", "contract.name"),
            fact("contract_amount", "合同总额", "contract.amount", MoneyField),
        ),
        LineTable(
            key="reckoned",
            title="按合同模块价格核算",
            noun="个部门",
            compute=_reckoned,
            total=("amount",),
            columns=(
                TextField(key="department", label="部门", share=1.6),
                TextField(key="basis", label="模块", share=4),
                MoneyField(key="amount", label="任务指标（元）", share=1.8),
            ),
        ),
        LineTable(
            key="targets",
            title="另行确定",
            noun="个部门",
            note="没有划分模块价格的软件合同，由软件部门负责人确定。",
            total=("amount",),
            columns=(
                TextField(
                    key="department", label="部门", required=True, longest=60, share=1.6, offers="offers.departments"
                ),
                TextField(key="basis", label="依据", lines=True, longest=2_000, share=4),
                MoneyField(key="amount", label="任务指标（元）", required=True, share=1.8),
            ),
        ),
        Grid(key="notes", title="说明", fields=(long_text("note", "说明"),)),
        attachments_section("核算依据等"),
    ),
    note="有模块价格的合同按合同核算；没有划分的软件合同由软件部门负责人确定。",
)
