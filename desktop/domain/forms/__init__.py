"""The declared forms; one module a form (or a pair that belongs together)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.choice_fields import ChoiceField
from desktop.domain.errors import Refusal
from desktop.domain.field import Field
from desktop.domain.form import Form, Grid, LineTable, Section
from desktop.domain.form_words import reworded
from desktop.domain.forms import (
    acceptance,
    appointment,
    assets,
    change,
    claim,
    closing,
    conformity,
    contract,
    handover,
    implementation_plan,
    initiation,
    maintenance_transfer,
    manager_change,
    meeting,
    milestones,
    month_budget,
    numbering,
    office_adjustment,
    opening,
    overdue_opinion,
    problem,
    program,
    proposing,
    purchase_closing,
    resumption,
    summary_report,
    suspension,
    task_targets,
    technical_review,
    weekly_report,
    withdrawal,
)
from desktop.domain.forms.common import project_section
from desktop.domain.plan import REGISTERS, register_table
from desktop.domain.policy import Policy

FORMS: dict[str, Form] = {
    form.key: form
    for form in (
        contract.FORM,
        appointment.FORM,
        numbering.FORM,
        program.FORM,
        task_targets.FORM,
        proposing.PROPOSAL,
        proposing.FEASIBILITY,
        proposing.NOTICE,
        proposing.PLAN,
        implementation_plan.FORM,
        initiation.FORM,
        change.FORM,
        manager_change.FORM,
        handover.FORM,
        suspension.FORM,
        resumption.FORM,
        overdue_opinion.FORM,
        office_adjustment.FORM,
        withdrawal.NOTICE_FORM,
        assets.RECEIPT_FORM,
        assets.REVIEW_FORM,
        withdrawal.FORM,
        technical_review.FORM,
        acceptance.PRELIMINARY_FORM,
        summary_report.UNTIL_FINAL_FORM,
        closing.START_FORM,
        conformity.FORM,
        maintenance_transfer.FORM,
        summary_report.FORM,
        purchase_closing.FORM,
        closing.FORM,
        weekly_report.MEMBER_FORM,
        weekly_report.PROJECT_FORM,
        milestones.MONITOR_PLAN_FORM,
        meeting.FORM,
        milestones.REVIEW_FORM,
        milestones.DEBRIEF_FORM,
        problem.SPECIAL_FORM,
        problem.SHEET_FORM,
        problem.CLOSING_FORM,
        month_budget.FORM,
        claim.FORM,
        acceptance.FINAL_FORM,
        opening.FORM,
    )
}
"""Every form there is, by key."""


def bind(key: str, policy: Policy) -> Form:
    """A declared form as a policy has it: in its words, its own fields added, labels changed, choices filled.

    Raises:
        KeyError: no form of that key is declared.
        Refusal: the policy does not have it.
    """
    form = FORMS[key]
    if not policy.has_form(key):
        raise Refusal(
            f"制度“{policy.title}”{policy.version} 版中没有《{form.title}》。",
            kept="没有作任何改动。",
            todo="请使用现行制度中的表单，或在设置中更换制度。",
        )
    rule = policy.form(key)
    form = reworded(form, policy).without_fields(rule.without).with_fields(rule.additions)
    return replace(form, sections=tuple(_fitted(section, policy, rule.labels) for section in form.sections))


def bind_plan(policy: Policy) -> Form:
    """The plan in force as a form that nobody files: every register with the policy's choices, to read and print."""
    registers = (register_table(register) for register in REGISTERS.values())
    sections = (project_section(), *registers)
    return fit(Form(key="plan", title="现行计划", subject="project", posts="keep", sections=sections), policy)


def fit(form: Form, policy: Policy) -> Form:
    """A form that nobody files, with the policy's choices, to read and print."""
    return replace(form, sections=tuple(_fitted(section, policy, {}) for section in form.sections))


def _fitted(section: Section, policy: Policy, labels: Mapping[str, str]) -> Section:
    def fit(item: Field) -> Field:
        label = labels.get(f"{section.key}.{item.key}")
        if label:
            item = replace(item, label=label)
        if isinstance(item, ChoiceField) and item.options_from:
            item = replace(item, options=policy.options(item.options_from))
        return item

    if isinstance(section, Grid):
        return replace(section, fields=tuple(fit(item) for item in section.fields))
    if isinstance(section, LineTable):
        return replace(section, columns=tuple(fit(item) for item in section.columns))
    return section
