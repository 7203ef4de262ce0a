"""合同登记表 (APPT-1): a contract that has come into force, and the projects that it opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    AttachmentField,
    DateField,
    MoneyField,
    PersonField,
    QuantityField,
    TextField,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section
from desktop.domain.known_projects import find_known, known, project_field
from desktop.domain.money import yuan_text

_ANSWER = (Option("yes", "是"), Option("no", "否"))
DEPARTMENTS = "offers.departments"
"""The fact that lists the office's departments."""


def _sum(lines: Sequence[Mapping[str, Json]], key: str) -> int:
    return sum(value for line in lines if isinstance(value := line.get(key), int))


def check_dates(content: Content, facts: Facts) -> Iterable[Problem]:
    """What starts an appointment is a contract in force (APPT-1); days stand in their order."""
    signed, force = value_of(content, "contract", "signed_on"), value_of(content, "contract", "in_force_on")
    first, final = (value_of(content, "contract", key) for key in ("preliminary_on", "final_on"))
    today = facts.get("today")
    if isinstance(force, str) and isinstance(today, str) and force > today:
        text = f"合同 {force} 才生效；生效后再登记，开始任命项目经理"
        yield Problem("contract", "in_force_on", text, rule="APPT-1")
    if isinstance(signed, str) and isinstance(today, str) and signed > today:
        yield Problem("contract", "signed_on", f"签订日期 {signed} 还没有到")
    if value_of(content, "contract", "kind") == "works" and not signed:
        yield Problem("contract", "signed_on", "工程合同要填写签订日期", rule="APPT-1")
    if isinstance(signed, str) and isinstance(force, str) and force < signed:
        yield Problem("contract", "in_force_on", f"生效日期 {force} 早于签订日期 {signed}，请核对", blocks=False)
    if isinstance(first, str) and isinstance(final, str) and final < first:
        yield Problem("contract", "final_on", f"约定终验 {final} 早于约定初验 {first}")


def check_number(content: Content, facts: Facts) -> Iterable[Problem]:
    """A number that another contract bears is worth a look."""
    number, contracts = value_of(content, "contract", "number"), facts.get("ledger.contracts")
    others = contracts.get(str(number)) if isinstance(contracts, Mapping) else None
    if number and others:
        yield Problem("contract", "number", f"合同编号 {number} 已经用过：{others}", blocks=False, rule="APPT-1")


def check_outsourcing(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Where something is outsourced, its approved contract or application comes with it (APPT-1, CTRL-5)."""
    if value_of(content, "contract", "outsourced") != "yes":
        return
    if not value_of(content, "outsourcing", "number"):
        yield Problem("outsourcing", "number", "有外包内容，请填写外包合同或外包申请的编号", rule="CTRL-5")
    if not value_of(content, "outsourcing", "files"):
        yield Problem("outsourcing", "files", "有外包内容，请附上已批准的外包合同或外包申请", rule="CTRL-5")


def check_sums(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Modules add up to the contract, equipment lines to their amounts, projects to no more than the contract."""
    amount = value_of(content, "contract", "amount")
    yield from _wrong_amounts(lines_of(content, "items"))
    if not isinstance(amount, int):
        return
    modules = lines_of(content, "modules")
    if modules and (missing := amount - _sum(modules, "price")):
        verb = "少" if missing > 0 else "多"
        text = f"模块价格合计 {yuan_text(amount - missing)} 元，比合同金额{verb} {yuan_text(abs(missing))} 元"
        yield Problem("modules", "price", text, rule="PROG-4")
    if (over := _sum(lines_of(content, "items"), "amount") - amount) > 0:
        text = f"设备清单合计比合同金额多 {yuan_text(over)} 元，请核对"
        yield Problem("items", "amount", text, blocks=False)
    if (over := _sum(lines_of(content, "projects"), "amount") - amount) > 0:
        text = f"各项目金额合计比合同金额多 {yuan_text(over)} 元"
        yield Problem("projects", "amount", text, rule="APPT-1")


def _wrong_amounts(lines: Sequence[Mapping[str, Json]]) -> Iterator[Problem]:
    for number, line in enumerate(lines, 1):
        count, price, amount = line.get("count"), line.get("price"), line.get("amount")
        if not isinstance(count, str) or not isinstance(price, int) or not isinstance(amount, int):
            continue
        right = int((Decimal(count) * price).quantize(Decimal(1), ROUND_HALF_UP))
        if right != amount:
            text = f"“设备清单”第 {number} 行：数量乘单价是 {yuan_text(right)} 元，金额写的是 {yuan_text(amount)} 元"
            yield Problem("items", "amount", text, line=str(line["id"]))


def check_projects(content: Content, facts: Facts) -> Iterable[Problem]:
    """Each line opens a project, with its kind and department, or names one that the ledger has."""
    lines = lines_of(content, "projects")
    names = Counter(project_name(content, line) for line in lines if not line.get("existing"))
    named: Counter[str] = Counter()
    for place, line in enumerate(lines, 1):
        if line.get("existing"):
            yield from _wrong_existing(content, line, place, facts, named)
            continue
        for key, label in (("kind", "项目类型"), ("department", "一级部门")):
            if not line.get(key):
                yield Problem("projects", key, f"“开立的项目”第 {place} 行没有填写{label}", line=str(line["id"]))
        if names[project_name(content, line)] > 1:
            text = f"“开立的项目”第 {place} 行与另一行同名；一个合同开立几个项目的，请分别写明项目名称"
            yield Problem("projects", "name", text, line=str(line["id"]))
    if sum(names.values()) > 1:
        text = "本合同开立几个项目；由大项目经理统一协调的，批准后请再登记《大项目登记表》"
        yield Problem("projects", "", text, blocks=False, rule="PROG-1")


def _wrong_existing(
    content: Content, line: Mapping[str, Json], place: int, facts: Facts, named: Counter[str]
) -> Iterator[Problem]:
    number, why = find_known(facts, line["existing"])
    where = f"“开立的项目”第 {place} 行"
    if why:
        yield Problem("projects", "existing", f"{where}：{why}", line=str(line["id"]))
        return
    named[number] += 1
    contract = known(facts, number).get("contract")
    if named[number] > 1:
        yield Problem("projects", "existing", f"{where}：项目 {number} 写了两次", line=str(line["id"]))
    elif contract:
        text = f"{where}：项目 {number} 已登记在合同 {contract} 名下"
        yield Problem("projects", "existing", text, line=str(line["id"]))
    elif (text := str(known(facts, number).get("contract_no") or "")) not in {
        "",
        value_of(content, "contract", "number"),
    }:
        note = f"{where}：台账中项目 {number} 的合同编号是 {text}，将改为本合同的编号"
        yield Problem("projects", "existing", note, line=str(line["id"]), blocks=False)


def check_departments(content: Content, facts: Facts) -> Iterable[Problem]:
    """A department that the office does not have is added with the approval: worth a look."""
    offered = facts.get(DEPARTMENTS)
    if not isinstance(offered, list):
        return
    for section, title in (("modules", "合同模块"), ("projects", "开立的项目")):
        for place, line in enumerate(lines_of(content, section), 1):
            name = line.get("department")
            if name and name not in offered:
                text = f"“{title}”第 {place} 行：单位中没有“{name}”这个部门，请核对"
                yield Problem(section, "department", text, line=str(line["id"]), blocks=False)


def project_name(content: Content, line: Mapping[str, Json]) -> str:
    """What the project of a line is called: as the line says, else as the contract is."""
    return str(line.get("name") or value_of(content, "contract", "name") or "")


FORM = Form(
    key="contract",
    title="合同登记表",
    subject="office",
    about=("contract.number", "contract.name"),
    posts="register_contract",
    checks=(check_dates, check_number, check_outsourcing, check_sums, check_projects, check_departments),
    sections=(
        Grid(
            key="contract",
            title="合同",
            fields=(
                ChoiceField(
                    key="kind", label="合同类别", required=True, options_from="contract_kinds", usually="works"
                ),
                TextField(key="number", label="合同编号", required=True, longest=80),
                TextField(key="name", label="合同名称", required=True, longest=200),
                TextField(key="customer", label="客户单位", required=True, longest=200),
                PersonField(key="client_manager", label="客户经理", required=True),
                MoneyField(key="amount", label="合同金额", required=True, capital=True),
                DateField(key="signed_on", label="签订日期"),
                DateField(key="in_force_on", label="生效日期", required=True),
                DateField(key="preliminary_on", label="约定初验"),
                DateField(key="final_on", label="约定终验"),
                ChoiceField(key="outsourced", label="有外包内容", required=True, options=_ANSWER, usually="no"),
                long_text("note", "备注"),
            ),
        ),
        Grid(
            key="outsourcing",
            title="外包",
            note="有外包内容时填写；外包合同或外包申请须已批准。",
            fields=(
                TextField(key="number", label="外包编号", longest=120, hint="外包合同或外包申请的编号"),
                TextField(key="company", label="外包单位", longest=200),
                AttachmentField(key="files", label="外包文件", hint="已批准的外包合同或外包申请"),
                long_text("scope", "外包内容"),
            ),
        ),
        LineTable(
            key="projects",
            title="开立的项目",
            noun="个项目",
            at_least=1,
            note="项目名称不填即同合同名称；台账中已有的项目写在“已有项目”中，不另开立。",
            initially="contract.first_project",
            total=("amount",),
            columns=(
                TextField(key="name", label="项目名称", longest=200, share=2.6, hint="不填即同合同名称"),
                ChoiceField(key="kind", label="项目类型", options_from="kinds", share=1.2),
                TextField(key="department", label="一级部门", longest=60, share=1.5, offers=DEPARTMENTS),
                TextField(key="sub_department", label="二级部门", longest=60, share=1.2),
                MoneyField(key="amount", label="项目金额（元）", share=1.7, hint="只有一个项目时不填即同合同金额"),
                project_field("existing", "已有项目", share=1.7, hint="台账中已有的项目，写编号"),
            ),
        ),
        LineTable(
            key="modules",
            title="合同模块",
            noun="个模块",
            note="各部门的任务指标按此核算；合计应等于合同金额。没有划分的软件合同可以不填。",
            total=("price",),
            columns=(
                TextField(key="name", label="模块名称", required=True, longest=200, share=3),
                TextField(key="department", label="责任部门", required=True, longest=60, share=1.6, offers=DEPARTMENTS),
                MoneyField(key="price", label="价格（元）", required=True, share=1.8),
                TextField(key="note", label="说明", lines=True, longest=2_000, share=2),
            ),
        ),
        LineTable(
            key="items",
            title="设备清单",
            noun="项设备",
            total=("amount",),
            columns=(
                TextField(key="name", label="设备名称", required=True, longest=200, share=2.2),
                TextField(key="model", label="型号", longest=200, share=1.5),
                TextField(key="spec", label="配置", lines=True, longest=2_000, share=2),
                QuantityField(key="count", label="数量", required=True, share=0.9),
                MoneyField(key="price", label="单价（元）", share=1.5),
                MoneyField(key="amount", label="金额（元）", share=1.6),
            ),
        ),
        LineTable(
            key="products",
            title="工作产品",
            noun="项产品",
            columns=(
                TextField(key="name", label="名称", required=True, longest=200, share=2),
                TextField(key="requirement", label="合同要求", lines=True, longest=2_000, share=4),
            ),
        ),
        attachments_section("合同正本扫描件、生效凭据等"),
    ),
    note="本表由项目管理员凭已生效的合同填写；批准后即开始项目经理任命。",
)
