"""专题报告 (INFO-2), 问题单 and 问题关闭单 (INFO-3, CTRL-7): grave news, what is done about it, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField, DateField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_head
from desktop.domain.problems import IN_PROJECT, LEVELS, SEVERITIES, day, not_ahead

OPINION = "opinion"
SOURCES = (
    Option("team", "项目组提出", ("项目组", "内部")),
    Option("customer", "客户或监理提出", ("客户", "监理")),
    Option("quality", "质量检查", ("质检",)),
    Option(OPINION, "处理意见", ("领导意见", "总裁室意见")),
    Option("other", "其他"),
)
"""Where a 问题单 comes from."""

_KINDS = (Option("grave", "重大问题", ("重大",)), Option("sudden", "突发事件", ("突发",)))


def check_report(content: Content, facts: Facts) -> Iterable[Problem]:
    """What happened is not to come."""
    yield from not_ahead(content, "report", "on", "发生日期", facts.get("today"))


SPECIAL_FORM = Form(
    key="special_report",
    title="专题报告",
    subject="project",
    posts="keep",
    checks=(check_report,),
    sections=(
        project_head(),
        Grid(
            key="report",
            title="事项",
            fields=(
                TextField(key="title", label="标题", required=True),
                ChoiceField(key="kind", label="性质", required=True, options=_KINDS),
                DateField(key="on", label="发生或发现日期", required=True, initially="today"),
                PersonField(key="by", label="报告人", required=True, initially="actor"),
                fact("copies", "抄送", "copies.to"),
                long_text("facts", "事实经过", required=True),
                long_text("impact", "影响", required=True, hint="对进度、质量、费用、安全和客户的影响"),
                long_text("done", "已采取的措施"),
                long_text("proposal", "建议", required=True),
            ),
        ),
        attachments_section("照片、函件、记录等"),
    ),
    note="重大、突发问题第一时间报告，同时抄送项目管理部；签批人在意见中写明处理意见，由项目管理部填写《问题单》跟踪。",
)


def known_problem(facts: Facts, number: Json) -> Mapping[str, Any]:
    """What is tracked under a number; nothing where nothing is."""
    found: Any = facts.get("problems.known") or {}
    known: Mapping[str, Any] = found.get(str(number), {})
    return known


def check_sheet(content: Content, facts: Facts) -> Iterable[Problem]:
    """Somebody answers for it by a day; one that is raised again is still open."""
    yield from not_ahead(content, "sheet", "on", "提出日期", facts.get("today"))
    found, due = day_of(content, "sheet", "on"), day_of(content, "handling", "due")
    if found and due and due < found:
        yield Problem("handling", "due", f"期限 {due} 早于提出日期 {found}", rule="CTRL-7")
    opinion = value_of(content, "sheet", "source") == OPINION
    if not opinion and not value_of(content, "handling", "owner"):
        yield Problem("handling", "owner", "“责任与期限”中的“责任人”还没有填写", rule="CTRL-7")
    if opinion and not value_of(content, "sheet", "instruction"):
        yield Problem("sheet", "instruction", "来自处理意见的，请写明处理意见", rule="INFO-3")
    number = value_of(content, "handling", "earlier")
    known = known_problem(facts, number)
    if number and not known:
        yield Problem("handling", "earlier", f"本项目没有编号为“{number}”的问题", rule="CTRL-7")
    elif known.get("closed_on"):
        text = f"{number} 已于 {known['closed_on']} 关闭，再出现的请另填问题单"
        yield Problem("handling", "earlier", text, rule="CTRL-7")
    if number and value_of(content, "handling", "level") == IN_PROJECT:
        yield Problem("handling", "level", "原来就在跟踪的问题，请选择上报到哪里", rule="INFO-3")


SHEET_FORM = Form(
    key="problem_sheet",
    title="问题单",
    subject="project",
    posts="raise_problem",
    repeats=True,
    checks=(check_sheet,),
    sections=(
        project_head(),
        Grid(
            key="sheet",
            title="问题",
            fields=(
                TextField(key="title", label="问题", required=True, longest=120, initially="special.title"),
                ChoiceField(key="source", label="来源", required=True, options=SOURCES, initially="problem.source"),
                TextField(key="origin", label="依据", initially="special.number", hint="专题报告等的编号"),
                ChoiceField(
                    key="severity",
                    label="程度",
                    required=True,
                    options=SEVERITIES,
                    initially="problem.severity",
                ),
                DateField(key="on", label="提出日期", required=True, initially="today"),
                PersonField(key="by", label="提出人", required=True, initially="actor"),
                long_text("text", "问题描述", required=True, initially="special.text"),
                long_text("impact", "影响", initially="special.impact"),
                long_text("instruction", "处理意见或要求", initially="special.opinion"),
            ),
        ),
        Grid(
            key="handling",
            title="责任与期限",
            fields=(
                TextField(key="department", label="责任部门", required=True, offers="offers.departments"),
                PersonField(key="owner", label="责任人"),
                DateField(key="due", label="期限", required=True),
                ChoiceField(key="level", label="处理层级", required=True, options=LEVELS, initially="problem.level"),
                TextField(
                    key="earlier",
                    label="原问题编号",
                    offers="problems.open_numbers",
                    hint="上报正在跟踪的问题时填写",
                ),
            ),
        ),
        attachments_section("照片、记录等"),
    ),
    note="问题自提出之日起跟踪，直到填写《问题关闭单》予以关闭；项目组解决不了的及时上报。",
)


def _of_the_problem(key: str, label: str, kind: Callable[..., Field] = TextField) -> ComputedField:
    def compute(facts: Facts, content: Content) -> Json:
        known: Json = known_problem(facts, value_of(content, "closing", "number")).get(key)
        return known

    return ComputedField(key=key, label=label, compute=compute, shows=kind(key=key, label=label))


def check_closing(content: Content, facts: Facts) -> Iterable[Problem]:
    """It is one of the project's, open, closed once, on evidence, and found good by somebody else (CTRL-7)."""
    yield from not_ahead(content, "closing", "on", "解决日期", facts.get("today"))
    number = value_of(content, "closing", "number")
    known = known_problem(facts, number)
    if number and not known:
        yield Problem("closing", "number", f"本项目没有编号为“{number}”的问题", rule="CTRL-7")
        return
    if known.get("closed_on"):
        text = f"{number} 已于 {known['closed_on']} 关闭（{known.get('closing') or '另一份关闭单'}），不能再次关闭"
        yield Problem("closing", "number", text, rule="CTRL-7")
    elif known.get("closing"):
        text = f"{number} 的《问题关闭单》{known['closing']} 正在审批，不能重复填写"
        yield Problem("closing", "number", text, rule="CTRL-7")
    raised, on = day(known.get("raised_on")), day_of(content, "closing", "on")
    if raised and on and on < raised:
        yield Problem("closing", "on", f"解决日期 {on} 早于提出日期 {raised}", rule="CTRL-7")
    if not value_of(content, "closing", "evidence") and not value_of(content, "attachments", "files"):
        yield Problem("closing", "evidence", "请写明关闭的依据，或附上证明文件", rule="CTRL-7")
    owner, verifier = known.get("owner_id"), value_of(content, "closing", "verifier")
    if owner and isinstance(verifier, Mapping) and verifier.get("id") == owner:
        yield Problem("closing", "verifier", "验证人不能就是责任人，请由他人验证", rule="CTRL-7")


CLOSING_FORM = Form(
    key="problem_closing",
    title="问题关闭单",
    subject="project",
    posts="close_problem",
    repeats=True,
    checks=(check_closing,),
    sections=(
        project_head(),
        Grid(
            key="closing",
            title="问题",
            fields=(
                TextField(
                    key="number",
                    label="问题编号",
                    required=True,
                    offers="problems.open_numbers",
                    initially="problem.only_open",
                    hint="见“监控”中的问题跟踪",
                ),
                _of_the_problem("title", "问题"),
                _of_the_problem("owner", "责任人"),
                _of_the_problem("department", "责任部门"),
                _of_the_problem("raised_on", "提出日期", DateField),
                _of_the_problem("due", "期限", DateField),
                DateField(key="on", label="解决日期", required=True, initially="today"),
                PersonField(key="verifier", label="验证人", required=True),
                long_text("result", "解决情况", required=True),
                long_text("evidence", "关闭依据", hint="测试记录、签字单据、客户确认等；也可以作为附件"),
                long_text("lesson", "经验与预防"),
            ),
        ),
        attachments_section("证明问题已经解决的文件"),
    ),
    note="验证人核实问题确已解决后签字，问题随之关闭。",
)
