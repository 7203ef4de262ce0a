"""Reading what a policy file says about papers: forms and their chains, numbering, gates, documents."""

from __future__ import annotations

from desktop.domain import fields
from desktop.domain.field import Field
from desktop.domain.policy_papers import DocumentRule, FormRule, GateRule, Numbering, Step
from desktop.domain.policy_table import Table, is_assumed
from desktop.domain.policy_terms import Strength

_ADDABLE: dict[str, type[Field]] = {
    kind.kind: kind
    for kind in (
        fields.TextField,
        fields.MoneyField,
        fields.DateField,
        fields.PeriodField,
        fields.QuantityField,
        fields.PercentField,
        fields.PersonField,
    )
}


def read_form(row: Table) -> FormRule:
    """What the policy adds to a declared form, with its chain."""
    additions: dict[str, list[Field]] = {}
    for added in row.tables("field"):
        section, item = _added_field(added)
        additions.setdefault(section, []).append(item)
    rule = FormRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        code=row.text("code"),
        number=row.text("number"),
        applicant=row.text("applicant"),
        copies=row.text("copies", ""),
        note=row.text("note", ""),
        from_states=row.texts("from_states", ()),
        steps=tuple(_step(step) for step in row.tables("step")),
        labels=row.mapping("labels"),
        additions={key: tuple(items) for key, items in additions.items()},
        rule=row.text("rule", ""),
        gates=row.texts("gates", ()),
        once=row.text("once", ""),
        without=row.texts("without", ()),
        sends=row.texts("sends", ()),
    )
    _check_number(row, "number", rule.number)
    row.done()
    return rule


def _check_number(row: Table, key: str, pattern: str, **more: str) -> None:
    if "{year}" not in pattern or "{n" not in pattern:
        raise row.fault(key, "编号样式中要有 {year} 和 {n:04}")
    try:
        pattern.format(year=2026, n=1, code="", **more)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        names = "、".join(f"{{{name}}}" for name in ("year", "n:04", "code", *more))
        reason = f"编号样式“{pattern}”写法不对（{error}），只能用 {names}"
        raise row.fault(key, reason) from error


def read_numbering(row: Table) -> Numbering:
    """How projects are numbered; what is not said is as usual."""
    usual = Numbering()
    found = Numbering(
        row.text("pattern", usual.pattern),
        row.text("provisional", usual.provisional),
        row.mapping("kinds"),
        row.text("rule", ""),
        is_assumed(row),
    )
    _check_number(row, "pattern", found.pattern, kind="")
    _check_number(row, "provisional", found.provisional, kind="")
    row.done()
    return found


def _added_field(row: Table) -> tuple[str, Field]:
    kind = row.text("kind")
    if kind not in _ADDABLE:
        raise row.fault("kind", f"“{kind}”不认识，可以写：{'、'.join(_ADDABLE)}")
    section = row.text("section")
    item = _ADDABLE[kind](key=row.text("key"), label=row.text("label"), required=row.flag("required"))
    row.done()
    return section, item


def _step(row: Table) -> Step:
    item = Step(
        key=row.text("key"),
        title=row.text("title"),
        signer=row.text("signer"),
        sections=row.texts("sections", ("*",)),
        when=row.names("when"),
        assumed=is_assumed(row),
        seal=row.flag("seal"),
        rule=row.text("rule", ""),
        stage=row.text("stage", ""),
        every=row.flag("every"),
        days=row.number("days", 0),
        confirms=row.names("confirms"),
        needs=row.texts("needs", ()),
        asks=row.text("asks", ""),
    )
    row.done()
    return item


def read_document(row: Table) -> DocumentRule:
    """A document that a stage asks for."""
    item = DocumentRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        stage=row.text("stage"),
        kinds=row.texts("kinds", ()),
        strength=row.word("strength", Strength),
        form=row.text("form", ""),
        rule=row.text("rule", ""),
    )
    row.done()
    return item


def read_gate(row: Table) -> GateRule:
    """What must hold before something goes on."""
    item = GateRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        conditions=row.texts("conditions", ()),
        opens=row.texts("opens", ()),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        documents=row.text("documents", ""),
        kinds=row.texts("kinds", ()),
        states=row.texts("states", ()),
        bars=row.flag("bars"),
    )
    row.done()
    return item
