"""The declared forms; one module a form (or a pair that belongs together)."""

from __future__ import annotations

from dataclasses import replace

from desktop.domain.errors import Refusal
from desktop.domain.fields import ChoiceField, Field
from desktop.domain.form import Form, Grid, LineTable, Section
from desktop.domain.forms import (
    acceptance,
    assets,
    closing,
    conformity,
    handover,
    maintenance_transfer,
    office_adjustment,
    opening,
    overdue_opinion,
    purchase_closing,
    resumption,
    summary_report,
    suspension,
    technical_review,
    withdrawal,
)
from desktop.domain.policy import Policy

FORMS: dict[str, Form] = {
    form.key: form
    for form in (
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
        acceptance.FINAL_FORM,
        handover.FORM,
        opening.FORM,
    )
}
"""Every form there is, by key."""


def bind(key: str, policy: Policy) -> Form:
    """A declared form as a policy has it: its own fields added, labels changed, choices filled from its lists.

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
    form = form.with_fields(rule.additions)

    def fitted(section: Section, item: Field) -> Field:
        label = rule.labels.get(f"{section.key}.{item.key}")
        if label:
            item = replace(item, label=label)
        if isinstance(item, ChoiceField) and item.options_from:
            item = replace(item, options=policy.options(item.options_from))
        return item

    def fit(section: Section) -> Section:
        if isinstance(section, Grid):
            return replace(section, fields=tuple(fitted(section, item) for item in section.fields))
        if isinstance(section, LineTable):
            return replace(section, columns=tuple(fitted(section, item) for item in section.columns))
        return section

    return replace(form, sections=tuple(fit(section) for section in form.sections))
