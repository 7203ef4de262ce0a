"""期初建账: the office's existing ledger of projects, taken over as one filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts
from desktop.domain.fields import DateField, MoneyField, PersonField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of

LEDGER_COLUMNS = (
    TextField(
        key="number",
        label="项目编号",
        longest=60,
        synonyms=("编号", "项目号", "项目代码", "工程编号", "项目简码", "立项编号"),
    ),
    TextField(key="short_name", label="项目简称", longest=60, synonyms=("简称", "项目简名")),
    TextField(
        key="name",
        label="项目名称",
        required=True,
        longest=200,
        share=3,
        synonyms=("名称", "工程名称", "项目", "工程项目名称"),
    ),
    ChoiceField(
        key="kind",
        label="项目类型",
        options_from="kinds",
        synonyms=("类型", "类别", "项目类别", "业务类型", "项目性质"),
    ),
    TextField(key="contract_no", label="合同编号", longest=80, synonyms=("合同号", "合同代码")),
    ChoiceField(
        key="contract_kind",
        label="合同类别",
        options_from="contract_kinds",
        synonyms=("合同类型", "合同性质"),
    ),
    MoneyField(
        key="amount",
        label="合同金额",
        synonyms=("合同额", "金额", "合同总额", "合同总价", "合同价款", "签约金额"),
    ),
    MoneyField(key="budget", label="费用预算", synonyms=("预算", "项目预算", "预算金额", "费用预算金额", "成本预算")),
    TextField(
        key="customer",
        label="客户单位",
        longest=200,
        synonyms=("甲方单位", "甲方", "客户", "客户名称", "建设单位", "业主", "业主单位", "用户单位"),
    ),
    PersonField(key="client_manager", label="客户经理", synonyms=("销售", "销售经理", "市场经理", "商务经理")),
    PersonField(key="manager", label="项目经理", synonyms=("负责人", "项目负责人", "PM", "经理", "实施经理")),
    TextField(
        key="department",
        label="一级部门",
        longest=60,
        synonyms=("部门", "所属部门", "承担部门", "实施部门", "责任部门"),
    ),
    TextField(key="sub_department", label="二级部门", longest=60, synonyms=("科室", "项目组", "下属部门")),
    DateField(
        key="initiated_on",
        label="立项日期",
        synonyms=("立项时间", "立项", "启动日期", "开工日期", "开始日期"),
    ),
    DateField(
        key="planned_preliminary_on",
        label="计划初验",
        synonyms=("计划初验日期", "计划初验时间", "初验计划", "预计初验"),
    ),
    DateField(
        key="planned_final_on",
        label="计划终验",
        synonyms=("计划终验日期", "计划终验时间", "终验计划", "预计终验", "计划完工"),
    ),
    DateField(key="preliminary_on", label="实际初验", synonyms=("初验日期", "初验时间", "实际初验日期")),
    DateField(key="final_on", label="实际终验", synonyms=("终验日期", "终验时间", "实际终验日期")),
    DateField(key="paused_on", label="暂停日期", synonyms=("暂停时间", "停工日期")),
    DateField(key="resume_by", label="预计恢复", synonyms=("预计恢复日期", "计划恢复", "预计复工")),
    DateField(key="closed_on", label="结项日期", synonyms=("结项时间", "实际结项")),
    ChoiceField(
        key="state",
        label="项目状态",
        required=True,
        options_from="states",
        synonyms=("状态", "当前状态", "项目阶段", "阶段", "进展状态"),
    ),
    TextField(key="program", label="所属大项目", longest=120, synonyms=("大项目", "所属项目群", "项目群", "总项目")),
    TextField(
        key="note",
        label="备注",
        longest=5_000,
        lines=True,
        share=2,
        synonyms=("说明", "情况说明", "备注说明"),
    ),
)
"""The ledger's columns: the one list that import, preview, export and the opening filing share."""


def _in_order(line: Mapping[str, Json], earlier: str, later: str) -> bool:
    first, second = line.get(earlier), line.get(later)
    return not (isinstance(first, str) and isinstance(second, str) and second < first)


def line_faults(line: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Contradictions inside one ledger line, as (column key, what is wrong)."""
    faults = []
    for earlier, later, text in (
        ("planned_preliminary_on", "planned_final_on", "计划终验早于计划初验"),
        ("preliminary_on", "final_on", "实际终验早于实际初验"),
        ("paused_on", "resume_by", "预计恢复早于暂停日期"),
    ):
        if not _in_order(line, earlier, later):
            faults.append((later, f"{text}（{line[later]} 在 {line[earlier]} 之前）"))
    return faults


def check_lines(content: Content, _facts: Facts) -> Iterable[Problem]:
    """No number stands twice, and no line contradicts itself."""
    lines = lines_of(content, "projects")
    numbers = Counter(str(line["number"]) for line in lines if line.get("number"))
    for place, line in enumerate(lines, 1):
        for column, text in line_faults(line):
            yield Problem("projects", column, f"第 {place} 行：{text}", line=str(line["id"]))
        if numbers[str(line.get("number"))] > 1:
            yield Problem("projects", "number", f"第 {place} 行：编号 {line['number']} 重复", line=str(line["id"]))


FORM = Form(
    key="opening",
    title="期初建账",
    subject="office",
    posts="open_projects",
    needed=True,
    wide=True,
    checks=(check_lines,),
    sections=(
        Grid(
            key="source",
            title="来源",
            fields=(
                TextField(key="file", label="台账文件", required=True),
                TextField(key="sheet", label="工作表"),
                TextField(key="sha256", label="文件校验", longest=64),
                DateField(key="on", label="建账日期", required=True, initially="today"),
                long_text("note", "说明"),
            ),
        ),
        LineTable(key="projects", title="项目", columns=LEDGER_COLUMNS, total=("amount",), at_least=1, noun="个项目"),
    ),
)
