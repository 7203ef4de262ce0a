"""技术评审表 (ROLE-4, ROLE-6): key technical documents and products, from the author by QA and head to the experts."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import AttachmentField, DateField, PersonField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_KINDS = (
    Option("scheme", "总体方案"),
    Option("requirement", "需求"),
    Option("design", "设计"),
    Option("test", "测试方案或报告"),
    Option("product", "产品"),
    Option("other", "其他"),
)
_LEVELS = (Option("major", "严重"), Option("minor", "一般"), Option("advice", "建议"))
_DONE = (Option("yes", "已改正"), Option("no", "未改正"), Option("kept", "不改，已说明"))


def check_findings(content: Content, _facts: Facts) -> Iterable[Problem]:
    """No serious finding stays open; what is not changed has its reason."""
    for number, line in enumerate(lines_of(content, "findings"), 1):
        place = str(line["id"])
        if line.get("level") == "major" and line.get("done") == "no":
            text = f"“评审意见”第 {number} 行是严重问题，改正后才能提交"
            yield Problem("findings", "done", text, line=place, rule="ROLE-4")
        if line.get("done") == "kept" and not line.get("answer"):
            yield Problem("findings", "answer", f"“评审意见”第 {number} 行不改的，请说明理由", line=place)
    if not value_of(content, "review", "files") and not value_of(content, "review", "place"):
        yield Problem("review", "files", "请附上送审的文件，或写明送审产品在哪里", rule="ROLE-4")


FORM = Form(
    key="technical_review",
    title="技术评审表",
    subject="project",
    posts="keep",
    checks=(check_findings,),
    sections=(
        project_section(),
        Grid(
            key="review",
            title="送审内容",
            fields=(
                TextField(key="name", label="文档或产品名称", required=True),
                ChoiceField(key="kind", label="类别", required=True, options=_KINDS),
                TextField(key="version", label="版本", required=True),
                PersonField(key="author", label="编写人", required=True, initially="actor"),
                DateField(key="on", label="送审日期", required=True, initially="today"),
                TextField(key="place", label="存放位置"),
                AttachmentField(key="files", label="送审文件"),
                long_text("content", "内容概要", required=True),
                long_text("points", "评审要点", required=True, hint="关键技术、与合同和标准的符合性、风险"),
            ),
        ),
        LineTable(
            key="findings",
            title="评审意见及处理",
            noun="条意见",
            note="退回修改后，由编写人逐条填写处理结果再提交。",
            columns=(
                TextField(key="text", label="意见", required=True, share=3, lines=True, longest=2_000),
                ChoiceField(key="level", label="程度", required=True, options=_LEVELS, share=0.8),
                PersonField(key="person", label="提出人", share=1),
                ChoiceField(key="done", label="处理", required=True, options=_DONE, share=1.1),
                TextField(key="answer", label="处理说明", share=2.4, lines=True, longest=2_000),
            ),
        ),
        attachments_section("评审会纪要等"),
    ),
    note="关键技术文档和产品依次由质量管理部门、技术部门负责人审核，技术专家委员会终审。",
)
