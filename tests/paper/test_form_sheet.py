"""From declared forms to sheets: every kind of field has its box, every form prints, sign-offs stand in theirs."""

import datetime as dt
from dataclasses import replace
from functools import cache
from uuid import UUID

import pypdfium2
import pytest

from desktop.domain.approval import Decision, SignOff, covered, progress
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, MultiChoiceField, Option
from desktop.domain.field import Content, Field
from desktop.domain.fields import (
    FIELD_KINDS,
    AttachmentField,
    ComputedField,
    DateField,
    MoneyField,
    PeriodField,
    PersonField,
    TextField,
    fact,
)
from desktop.domain.filing import FilingState, Sealed, seal
from desktop.domain.form import Form, Grid, LineTable, settle
from desktop.domain.forms import FORMS, bind
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import FormRule, Step
from desktop.paper import sheet
from desktop.paper.form_sheet import Imprint, Part, form_sheet, part_sheet
from desktop.paper.kinds import KINDS, box_text, cell_text
from desktop.paper.linebreak import JOINER
from desktop.paper.printing import render
from desktop.services.policies import shipped_policies
from tests.paper.sheets import FILING, NAMES, texts_of
from tests.policies import policy_of

MARCH_TO_MAY = ("2026年3月1日 至\u00a02026年5月31日", "2026年3月1日\n至2026年5月31日")
FILES = ("1．甲方来函.pdf\n2．纪要.docx",) * 2
OPTIONS = (Option("a", "甲方原因"), Option("b", "其他"))
IMPRINT = Imprint(
    company="华东工程技术股份有限公司",
    filing=FILING,
    state=FilingState.IN_APPROVAL,
    number="ZT-2026-0017",
    revision_no=2,
    sha256="3f9a2c71" * 8,
    applicant="𠮷镕堃",
    filed_on=dt.date(2026, 11, 22),
)
BRIM = "根据《建设项目管理办法》（试行）第二十三条，已完成投资￥12,345,678.90元，占合同额的62.5%；" * 12
VALUES: dict[str, Json] = {
    "money": 123_456_789_012,
    "date": "2026-11-22",
    "period": {"start": "2026-03-01", "end": "2026-05-31"},
    "quantity": "1286.5",
    "percent": "62.5",
    "month": "2026-11",
    "person": {"id": "", "name": "䶮𬭎"},
    "attachment": [
        {"sha256": "a" * 64, "name": "甲方来函.pdf", "size": 1},
        {"sha256": "b" * 64, "name": "纪要.docx", "size": 1},
    ],
}


@cache
def policy() -> Policy:
    return next(one for one in shipped_policies() if one.key == "epm")


def brimful(item: Field) -> Json:
    if isinstance(item, TextField):
        return BRIM if item.lines else f"{item.label}，{'、'.join(NAMES)}，共五人，编号ZT-2026-0017"
    if isinstance(item, ChoiceField):
        return item.options[-1].key
    if isinstance(item, MultiChoiceField):
        return [one.key for one in item.options]
    return VALUES.get(item.kind)


def filled(form: Form, count: int) -> Content:
    content: dict[str, object] = {}
    for section in form.sections:
        if isinstance(section, Grid):
            content[section.key] = {item.key: brimful(item) for item in section.fields}
        elif isinstance(section, LineTable):
            lines = [{item.key: brimful(item) for item in section.columns} for _ in range(count)]
            content[section.key] = [{"id": str(at), **line} for at, line in enumerate(lines)]
    return settle(form, content, {"project.name": "城市地下综合管廊运维监测平台建设（二期）", "project.amount": 100})


def sealed(form: Form, content: Content) -> Sealed:
    return seal(form, content, subject="project:1", policy_sha256="p")


def sign_off(
    step: Step, hashes: dict[str, str], decision: Decision = Decision.APPROVE, *, on_paper: bool = False
) -> SignOff:
    return SignOff(
        id=UUID(int=1),
        step=step.key,
        decision=decision,
        signer_id=None,
        signer_name="𬴂𪟝",
        recorded_by=None,
        recorded_name="王小明",
        on=dt.date(2026, 11, 23),
        at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
        opinion="情况属实。",
        covers=covered(step, hashes),
        policy_sha256="p",
        revision_no=2,
        on_paper=on_paper,
    )


def suspension() -> tuple[Form, FormRule, Content, dict[str, str]]:
    form = bind("suspension", policy())
    content = filled(form, 1)
    return form, policy().form("suspension"), content, sealed(form, content).hashes


def signatures(made: sheet.Sheet) -> tuple[sheet.Signature, ...]:
    last = made.blocks[-1]
    assert isinstance(last, sheet.Signatures)
    return last.boxes


def test_every_kind_of_field_has_its_box() -> None:
    assert set(KINDS) | {ComputedField.kind} == {kind.kind for kind in FIELD_KINDS}


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("count", [0, 1, 7])
def test_every_form_prints_blank_and_full_to_the_brim(key: str, count: int) -> None:
    form, rule = bind(key, policy_of(key)), policy_of(key).form(key)
    content = filled(form, count) if count else settle(form, {}, {})
    made = form_sheet(form, rule, content, progress(rule.steps, (), sealed(form, content).hashes), IMPRINT)
    printed = render(made)
    text = "".join(texts_of(printed.pdf))
    assert printed.missing == frozenset()
    assert form.title in text
    for step in (one for one in rule.steps if not one.when):
        assert step.title in text.replace("\n", "")
    if count:
        assert NAMES[0] in text


@pytest.mark.parametrize(
    ("item", "value", "box", "cell"),
    [
        (TextField(key="k", label="名"), "甲", "甲", "甲"),
        (MoneyField(key="k", label="款"), 123450, "¥1,234.50\u00a0元", "1,234.50"),
        (MoneyField(key="k", label="款", capital=True), 50, "¥0.50\u00a0元（大写：伍角整）", "0.50"),
        (MoneyField(key="k", label="款"), 0, "¥0.00\u00a0元", "0.00"),
        (DateField(key="k", label="日"), "2026-03-01", "2026年3月1日", "2026年3月1日"),
        (DateField(key="k", label="日"), None, sheet.BLANK_DATE, ""),
        (PeriodField(key="k", label="期"), VALUES["period"], *MARCH_TO_MAY),
        (PersonField(key="k", label="人"), {"id": "", "name": "㛃喆"}, "㛃喆", "㛃喆"),
        (ChoiceField(key="k", label="因", options=OPTIONS), "b", "☐\u00a0甲方原因  ☑\u00a0其他", "其他"),
        (ChoiceField(key="k", label="因", options=OPTIONS), None, "☐\u00a0甲方原因  ☐\u00a0其他", ""),
        (MultiChoiceField(key="k", label="因", options=OPTIONS), ["b"], "☐\u00a0甲方原因  ☑\u00a0其他", "其他"),
        (AttachmentField(key="k", label="附"), VALUES["attachment"], *FILES),
        (fact("k", "额", "project.amount", MoneyField), 100, "¥1.00\u00a0元", "1.00"),
    ],
)  # fmt: skip
def test_a_value_stands_as_offices_write_it(item: Field, value: Json, box: str, cell: str) -> None:
    assert box_text(item, value).replace(JOINER, "") == box
    assert cell_text(item, value) == cell


def test_long_fields_run_beside_their_label_and_short_ones_in_pairs() -> None:
    form, rule, content, hashes = suspension()
    made = form_sheet(form, rule, content, progress(rule.steps, (), hashes), IMPRINT)
    assert next(block.label for block in made.blocks if isinstance(block, sheet.LongText)) == "暂停原因"
    first = made.blocks[0]
    assert isinstance(first, sheet.Grid)
    assert first.heading == "一、项目概况"
    assert [cell.wide for cell in first.cells if cell.label in {"合同金额", "项目编号"}] == [False, True]
    assert made.form_code == rule.code
    assert made.qr == FILING
    assert made.digest == "3f9a 2c71"


def test_a_table_is_summed_in_figures_and_capitals() -> None:
    form = bind("handover", policy())
    rule = policy().form("handover")
    content = dict(filled(form, 2))
    content["money"] = [{"id": "1", "name": "甲", "amount": 123400}, {"id": "2", "name": "乙", "amount": 50}]
    made = form_sheet(form, rule, content, progress(rule.steps, (), sealed(form, content).hashes), IMPRINT)
    (table,) = [one for one in made.blocks if isinstance(one, sheet.Table) and one.heading.endswith("费用与往来")]
    assert table.rows[-1] == sheet.TableRow(("合计", "1,234.50", "", ""), strong=True)
    assert table.foot == "金额合计（大写）：壹仟贰佰叁拾肆元伍角整"


def test_a_very_wide_table_keeps_everything_it_holds() -> None:
    form = bind("opening", policy())
    rule = policy().form("opening")
    content = filled(form, 1)
    made = form_sheet(form, rule, content, progress(rule.steps, (), sealed(form, content).hashes), IMPRINT)
    (table,) = [one for one in made.blocks if isinstance(one, sheet.Table)]
    assert len(table.columns) <= 8
    held = "".join(table.rows[0].cells)
    (section,) = [one for one in form.sections if isinstance(one, LineTable)]
    assert not [item.label for item in section.columns if item.text(content["projects"][0][item.key]) not in held]


@pytest.mark.parametrize("on_paper", [True, False])
def test_a_sign_off_stands_in_its_box(on_paper: bool) -> None:
    form, rule, content, hashes = suspension()
    signed = [sign_off(rule.steps[0], hashes, on_paper=on_paper)]
    applicant, first, second = signatures(
        form_sheet(form, rule, content, progress(rule.steps, signed, hashes), IMPRINT)
    )
    assert (applicant.signer, applicant.date, applicant.asks) == ("𠮷镕堃", "2026年11月22日", False)
    assert (first.decision, first.signer, first.date) == ("同意", "𬴂𪟝", "2026年11月23日")
    assert first.recorded_by == ("王小明" if on_paper else "")
    assert (second.signer, second.date, second.stamp) == ("", "", rule.steps[1].seal)


def test_an_electronic_signature_is_told_in_its_own_box_alone() -> None:
    form, rule, content, hashes = suspension()
    signed = [sign_off(rule.steps[0], hashes)]
    imprint = replace(IMPRINT, proofs={signed[0].id: "电子签名已验证"})
    boxes = signatures(form_sheet(form, rule, content, progress(rule.steps, signed, hashes), imprint))
    assert [box.proof for box in boxes] == ["", "电子签名已验证", ""]


def test_a_return_shows_its_reason() -> None:
    form, rule, content, hashes = suspension()
    signed = [sign_off(rule.steps[0], hashes, Decision.RETURN)]
    _, first, _ = signatures(form_sheet(form, rule, content, progress(rule.steps, signed, hashes), IMPRINT))
    assert (first.decision, first.opinion) == ("退回", "情况属实。")


def test_a_sign_off_on_changed_content_leaves_its_box_blank() -> None:
    form, rule, content, hashes = suspension()
    signed = [sign_off(rule.steps[0], hashes)]
    now = hashes | {"reason": "0" * 64}
    _, first, _ = signatures(form_sheet(form, rule, content, progress(rule.steps, signed, now), IMPRINT))
    assert (first.decision, first.signer, first.date) == ("", "", "")


def test_a_step_that_does_not_apply_has_no_box() -> None:
    form, rule, content, hashes = suspension()
    steps = (replace(rule.steps[0], when=("beyond_contract",)), *rule.steps[1:])
    boxes = signatures(form_sheet(form, rule, content, progress(steps, (), hashes), IMPRINT))
    assert [box.role for box in boxes] == [rule.applicant, rule.steps[1].title]


@pytest.mark.parametrize("state", FilingState)
def test_what_was_not_submitted_or_came_back_is_a_draft(state: FilingState) -> None:
    form, rule, content, hashes = suspension()
    made = form_sheet(form, rule, content, progress(rule.steps, (), hashes), replace(IMPRINT, state=state))
    assert made.draft == (state in {FilingState.DRAFT, FilingState.RETURNED, FilingState.RECALLED})


def test_a_draft_without_number_or_date_prints() -> None:
    form, rule, content, hashes = suspension()
    imprint = Imprint(company="公司", filing=FILING, state=FilingState.DRAFT, number="L7-3", provisional=True)
    made = form_sheet(form, rule, content, progress(rule.steps, (), hashes), imprint)
    assert (made.number_label, made.digest, made.revision) == ("临时编号", "", 0)
    assert signatures(made)[0].signer == ""
    text = "".join(texts_of(render(made).pdf))
    assert "临时编号：L7-3" in text


def package(count: int) -> tuple[Form, FormRule, Content]:
    form = bind("initiation", policy())
    return form, policy().form("initiation"), filled(form, count)


@pytest.mark.parametrize("key", ["procurement", "budget", "schedule", "products", "organization", "risks"])
@pytest.mark.parametrize("count", [0, 2])
def test_DOC_5_a_register_is_a_sheet_of_its_own(key: str, count: int) -> None:
    form, rule, content = package(count)
    chain = progress(rule.steps, (), sealed(form, content).hashes)
    part = Part(title="附表", subtitle="（附表）", progress=chain)
    made = part_sheet(form, rule, key, content, IMPRINT, part)
    printed = render(made)
    text = "".join(texts_of(printed.pdf))
    assert "附表" in text
    assert form.title not in text
    assert [box.role for box in signatures(made)[1:]] == [
        step.title for step in rule.steps if not step.when and {"*", key} & set(step.sections)
    ]
    head = made.blocks[0]
    assert isinstance(head, sheet.Grid)
    assert [cell.label for cell in head.cells][:2] == ["项目名称", "项目编号"]


def test_DOC_5_a_table_of_many_columns_lies_on_its_side_with_all_of_them() -> None:
    form, rule, content = package(3)
    content = {**content, "procurement": [{"id": "1", "name": "交换机", "amount": 100}, {"id": "2", "amount": 50}]}
    made = part_sheet(form, rule, "procurement", content, IMPRINT, Part(title="项目采购计划"))
    (table,) = [one for one in made.blocks if isinstance(one, sheet.Table)]
    assert made.wide
    assert [column.title for column in table.columns][-2:] == ["交货期", "供应商"]
    assert table.rows[-1].cells[6] == "1.50"
    assert not any(isinstance(one, sheet.Signatures) for one in made.blocks)
    printed = render(made)
    document = pypdfium2.PdfDocument(printed.pdf)
    width, height = document[0].get_size()
    document.close()
    assert width > height


def test_DOC_5_the_budget_is_summed_by_month_and_subject() -> None:
    form, rule, content = package(0)
    lines = [
        {"id": "1", "subject": "travel", "month": "2026-12", "amount": 100},
        {"id": "2", "subject": "labour", "month": "2027-01", "amount": 2_000},
        {"id": "3", "subject": "travel", "month": "2027-01", "amount": 30},
    ]
    made = part_sheet(form, rule, "budget", {**content, "budget": lines}, IMPRINT, Part(title="项目费用预算"))
    sums, detail = [one for one in made.blocks if isinstance(one, sheet.Table)]
    assert [column.title for column in sums.columns] == ["月份＼科目", "差旅费", "人工费", "合计"]
    assert [row.cells for row in sums.rows] == [
        ("2026-12", "1.00", "", "1.00"),
        ("2027-01", "0.30", "20.00", "20.30"),
        ("合计", "1.30", "20.00", "21.30"),
    ]
    assert len(detail.rows) == 4


def test_a_budget_without_lines_has_no_sums() -> None:
    form, rule, content = package(0)
    made = part_sheet(form, rule, "budget", {**content, "budget": []}, IMPRINT, Part(title="项目费用预算"))
    assert [one.heading for one in made.blocks if isinstance(one, sheet.Table)] == ["二、费用预算"]


def test_sums_of_long_figures_stand_in_even_parts() -> None:
    form, rule, content = package(0)
    subjects = [option.key for option in policy().options("subjects")]
    lines = [{"id": key, "subject": key, "month": "2026-12", "amount": 10**11} for key in subjects]
    made = part_sheet(form, rule, "budget", {**content, "budget": lines}, IMPRINT, Part(title="项目费用预算"))
    *parts, _detail = [one for one in made.blocks if isinstance(one, sheet.Table)]
    assert [len(table.columns) for table in parts] == [5, 5]
    assert parts[-1].rows[-1].cells[-1] == "7,000,000,000.00"
    text = "".join(texts_of(render(made).pdf))
    assert text.count("1,000,000,000.00") == 14 + 7


@pytest.mark.parametrize("key", ["weekly_report", "project_report"])
def test_WEEK_2_the_columns_of_a_report_stand_side_by_side(key: str) -> None:
    form, rule = bind(key, policy()), policy().form(key)
    content = filled(form, 1)
    made = form_sheet(form, rule, content, progress(rule.steps, (), sealed(form, content).hashes), IMPRINT)
    tables = [block for block in made.blocks if isinstance(block, sheet.Table)]
    section = form.section("lines")
    assert isinstance(section, LineTable)
    assert made.wide
    assert [column.title for column in tables[-1].columns] == [item.label for item in section.columns]
