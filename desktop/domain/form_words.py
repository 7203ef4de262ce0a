"""What the declared forms call departments, said with the names that a policy gives them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField
from desktop.domain.form import Check, Form, Grid, LineTable, Problem, Section
from desktop.domain.policy import Policy

DECLARED = {"pmo": "项目管理部", "president": "总裁室", "business": "商务部"}
"""The declared forms speak as policy A does; here by the key of the department or, where it has none, the role."""

Words = tuple[tuple[str, str], ...]
"""Names as declared, each with the one that stands in its place."""


def own_words(policy: Policy) -> Words:
    """The declared names that this policy has others for."""
    titles = {role.key: role.title for role in policy.roles}
    titles |= {department.key: department.title for department in policy.departments}
    return tuple((word, titles[key]) for key, word in DECLARED.items() if titles.get(key, word) != word)


def said(text: str, words: Words) -> str:
    """A text of the program in these words."""
    for declared, own in words:
        text = text.replace(declared, own)
    return text


def reworded(form: Form, policy: Policy) -> Form:
    """A declared form that speaks of the policy's departments: its notes, labels, hints and what its checks tell."""
    words = own_words(policy)
    if not words:
        return form
    return replace(
        form,
        note=said(form.note, words),
        sections=tuple(_section(section, words) for section in form.sections),
        checks=tuple(_check(check, words) for check in form.checks),
    )


def _section(section: Section, words: Words) -> Section:
    section = replace(section, title=said(section.title, words), note=said(section.note, words))
    if isinstance(section, Grid):
        return replace(section, fields=tuple(_field(item, words) for item in section.fields))
    if isinstance(section, LineTable):
        return replace(section, columns=tuple(_field(item, words) for item in section.columns))
    return section


def _field(item: Field, words: Words) -> Field:
    label, hint = said(item.label, words), said(item.hint, words)
    if isinstance(item, ChoiceField):
        options = tuple(replace(option, label=said(option.label, words)) for option in item.options)
        return replace(item, label=label, hint=hint, options=options)
    if (label, hint) == (item.label, item.hint):
        return item
    if isinstance(item, ComputedField):
        return replace(item, label=label, hint=hint, shows=replace(item.shows, label=label))
    return replace(item, label=label, hint=hint)


def _check(check: Check, words: Words) -> Check:
    def told(content: Content, facts: Facts) -> Iterable[Problem]:
        for problem in check(content, facts):
            yield replace(problem, text=said(problem.text, words))

    return told
