"""Every name that a policy uses must exist: departments, roles, states, forms, postings, conditions, dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.errors import PolicyError
from desktop.domain.fields import PersonField
from desktop.domain.form import Form, Grid, LineTable, fields_of
from desktop.domain.policy import HasKey, Policy, State
from desktop.domain.policy_deadlines import RhythmRule
from desktop.domain.policy_papers import BY_FIELD, FormRule, Step
from desktop.domain.postings import MOVES
from desktop.domain.rights import HELD_AS


@dataclass(frozen=True)
class Known:
    """The closed lists that a policy may name, and the file that is being checked."""

    file: str
    forms: Mapping[str, Form]
    postings: Collection[str]
    conditions: Collection[str]
    dates: Collection[str]

    def need(self, where: str, name: str, names: Collection[str], noun: str) -> None:
        """Refuse a name that is not in the list.

        Raises:
            PolicyError: it is not.
        """
        if name not in names:
            raise PolicyError(self.file, where, f"没有叫“{name}”的{noun}")


def check_names(policy: Policy, known: Known) -> None:
    """Check every cross-reference of a policy.

    A policy need not know every declared form: an office's own may have been written before the form was.

    Raises:
        PolicyError: a name stands twice where it must be unique, or names nothing.
    """
    _check_unique(policy, known.file)
    for rule in policy.forms:
        known.need("form.key", rule.key, known.forms, "表单")
    for key, form in known.forms.items():
        if form.needed:
            known.need("form", key, {rule.key for rule in policy.forms}, "表单（制度中须有它的审批流）")
    _check_people(policy, known)
    _check_life(policy, known)
    _check_gates(policy, known)
    _check_clocks(policy, known)
    _check_windows(policy, known)
    _check_weekly(policy, known)
    _check_documents(policy, known)
    _check_watching(policy, known)
    for rule in policy.forms:
        _check_steps(rule, known, policy)
        _check_fields(rule, known)


def _check_unique(policy: Policy, file: str) -> None:
    named: tuple[tuple[str, Sequence[HasKey]], ...] = (
        ("department", policy.departments),
        ("role", policy.roles),
        ("kind", policy.kinds),
        ("contract_kind", policy.contract_kinds),
        ("state", policy.states),
        ("transition", policy.transitions),
        ("form", policy.forms),
        ("clock", policy.clocks),
        ("gate", policy.gates),
        ("window", policy.windows),
        ("weekly", policy.weekly),
        ("rhythm", policy.rhythms),
        ("subject", policy.subjects),
        ("document", policy.documents),
        *((f"form.{rule.key}.step", rule.steps) for rule in policy.forms),
    )
    for noun, rows in named:
        _refuse_twice(file, noun, [row.key for row in rows])
    numbers: dict[str, str] = {}
    for rule in policy.forms:
        other = numbers.setdefault(rule.number, rule.key)
        if other != rule.key:
            raise PolicyError(file, f"form.{rule.key}.number", f"编号样式“{rule.number}”与表单“{other}”相同，会重号")


def _refuse_twice(file: str, noun: str, keys: Sequence[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise PolicyError(file, f"{noun}.{key}", "同一个 key 出现了两次")


def _check_people(policy: Policy, known: Known) -> None:
    departments = {department.key for department in policy.departments}
    roles = {role.key for role in policy.roles}
    for role in policy.roles:
        if role.department:
            known.need(f"role.{role.key}.department", role.department, departments, "部门")
        if role.held_as:
            known.need(f"role.{role.key}.held_as", role.held_as, HELD_AS, "项目人员")
    for right in policy.rights:
        known.need("right.role", right.role, roles, "角色")
        known.need("right.on", right.on, {"*", *(rule.key for rule in policy.forms)}, "表单")


def _check_life(policy: Policy, known: Known) -> None:
    states = {state.key for state in policy.states}
    for state in policy.states:
        if state.since:
            known.need(f"state.{state.key}.since", state.since, known.dates, "日期")
        for name in state.tells:
            known.need(f"state.{state.key}.tells", name, {role.key for role in policy.roles}, "角色")
        _check_next(state, policy, known)
    moved = {*known.postings, *(move for several in MOVES.values() for move in several)}
    for transition in policy.transitions:
        known.need("transition.key", transition.key, moved, "入账动作")
        for name in (*transition.sources, transition.target):
            known.need(f"transition.{transition.key}", name, states, "状态")
    moves = {transition.key for transition in policy.transitions}
    for rule in policy.forms:
        for move in MOVES.get(known.forms[rule.key].posts, ()):
            known.need("transition", move, moves, "状态转换（入账动作须有它的转换）")


def _check_next(state: State, policy: Policy, known: Known) -> None:
    """The forms that lead on from a state are projects' forms that may be filed in it."""
    where = f"state.{state.key}.next"
    for name in state.next:
        known.need(where, name, {rule.key for rule in policy.forms}, "表单")
        title = known.forms[name].title
        if known.forms[name].subject != "project":
            raise PolicyError(known.file, where, f"《{title}》不是项目的表单")
        allowed = policy.form(name).from_states
        if allowed and state.key not in allowed:
            raise PolicyError(known.file, where, f"按它的 from_states，《{title}》不能在“{state.title}”时填写")


def _check_gates(policy: Policy, known: Known) -> None:
    states = {state.key for state in policy.states}
    kinds = {kind.key for kind in policy.kinds}
    stages = {document.stage for document in policy.documents}
    for gate in policy.gates:
        if not gate.conditions and not gate.documents:
            raise PolicyError(known.file, f"gate.{gate.key}.conditions", "条件和文档至少要写一样")
        if gate.documents:
            known.need(f"gate.{gate.key}.documents", gate.documents, stages, "文档阶段")
        for name in gate.kinds:
            known.need(f"gate.{gate.key}.kinds", name, kinds, "项目类型")
        for name in gate.states:
            known.need(f"gate.{gate.key}.states", name, states, "状态")
        for name in gate.conditions:
            known.need(f"gate.{gate.key}.conditions", name, known.conditions, "条件")
        for name in gate.opens:
            known.need(f"gate.{gate.key}.opens", name, {rule.key for rule in policy.forms}, "表单")


def _check_clocks(policy: Policy, known: Known) -> None:
    states = {state.key for state in policy.states}
    roles = {role.key for role in policy.roles}
    for clock in policy.clocks:
        where = f"clock.{clock.key}"
        known.need(f"{where}.starts", clock.starts, known.dates, "日期")
        if clock.until:
            known.need(f"{where}.until", clock.until, known.dates, "日期")
        if clock.done:
            known.need(f"{where}.done", clock.done, known.dates, "日期")
        for name in clock.kinds:
            known.need(f"{where}.kinds", name, {kind.key for kind in policy.kinds}, "项目类型")
        if clock.opens:
            known.need(f"{where}.opens", clock.opens, {rule.key for rule in policy.forms}, "表单")
        if clock.unless:
            known.need(f"{where}.unless", clock.unless, known.conditions, "条件")
        for name in clock.states:
            known.need(f"{where}.states", name, states, "状态")
        for name in clock.tells:
            known.need(f"{where}.tells", name, roles, "角色")


def _check_windows(policy: Policy, known: Known) -> None:
    for window in policy.windows:
        where = f"window.{window.key}"
        known.need(f"{where}.form", window.form, {rule.key for rule in policy.forms}, "表单")
        for name in window.states:
            known.need(f"{where}.states", name, {state.key for state in policy.states}, "状态")
        for name in window.tells:
            known.need(f"{where}.tells", name, {role.key for role in policy.roles}, "角色")


def _check_weekly(policy: Policy, known: Known) -> None:
    for rule in policy.weekly:
        where = f"weekly.{rule.key}"
        if rule.form:
            known.need(f"{where}.form", rule.form, {item.key for item in policy.forms}, "表单")
        for name in rule.tells:
            known.need(f"{where}.tells", name, {role.key for role in policy.roles}, "角色")
        for name in rule.goes_to:
            known.need(f"{where}.goes_to", name, {role.key for role in policy.roles}, "角色")


def _check_watching(policy: Policy, known: Known) -> None:
    """What is asked again and again, at milestones, and of tracked problems (MON, INFO-3)."""
    forms, roles = {rule.key for rule in policy.forms}, {role.key for role in policy.roles}
    states = {state.key for state in policy.states}
    named: list[tuple[str, tuple[str, ...], Collection[str], str]] = []
    for rule in policy.rhythms:
        named.append((f"rhythm.{rule.key}.form", (rule.form,), forms, "表单"))
        named.append((f"rhythm.{rule.key}.states", rule.states, states, "状态"))
        named.append((f"rhythm.{rule.key}.tells", rule.tells, roles, "角色"))
    named.append(("milestones.forms", policy.milestones.forms, forms, "表单"))
    named.append(("milestones.states", policy.milestones.states, states, "状态"))
    named.append(("milestones.tells", policy.milestones.tells, roles, "角色"))
    tracking = policy.tracking
    papers = tuple(key for key in (tracking.raise_with, tracking.close_with, tracking.answers) if key)
    named.append(("tracking", papers, forms, "表单"))
    named.append(("tracking.tells", tracking.tells, roles, "角色"))
    named += [(f"form.{rule.key}.sends", rule.sends, roles, "角色") for rule in policy.forms]
    for where, names, names_known, noun in named:
        for name in names:
            known.need(where, name, names_known, noun)
    for rule in policy.rhythms:
        _check_where(rule, known)


def _check_where(rule: RhythmRule, known: Known) -> None:
    form = known.forms[rule.form]
    fields = {f"{section.key}.{item.key}" for section in form.sections for item in fields_of(section)}
    for text in rule.where:
        known.need(f"rhythm.{rule.key}.where", text.partition("=")[0], fields, f"字段（表单“{form.title}”）")


def _check_documents(policy: Policy, known: Known) -> None:
    forms = {rule.key for rule in policy.forms}
    for document in policy.documents:
        where = f"document.{document.key}"
        if document.form:
            known.need(f"{where}.form", document.form, forms, "表单")
        for name in document.kinds:
            known.need(f"{where}.kinds", name, {kind.key for kind in policy.kinds}, "项目类型")


def _check_steps(rule: FormRule, known: Known, policy: Policy) -> None:
    form = known.forms[rule.key]
    sections = {section.key: section for section in form.sections}
    lines = [key for key, section in sections.items() if isinstance(section, LineTable)]
    for step in rule.steps:
        where = f"form.{rule.key}.step.{step.key}"
        for name in step.when:
            known.need(f"{where}.when", name, known.conditions, "条件")
        for name in step.needs:
            known.need(f"{where}.needs", name, known.conditions, "条件")
        for key in step.sections:
            known.need(f"{where}.sections", key, {"*", *sections}, f"部分（表单“{form.title}”）")
        for key in step.confirms:
            known.need(f"{where}.confirms", key, lines, f"有明细行的部分（表单“{form.title}”）")
        _check_signer(step, where, form, known, policy)
    _check_stages(rule, known.file)
    _check_rule(rule, known, policy)


def _check_signer(step: Step, where: str, form: Form, known: Known, policy: Policy) -> None:
    if not step.signer.startswith(BY_FIELD):
        known.need(f"{where}.signer", step.signer, {role.key for role in policy.roles}, "角色")
        return
    if step.every:
        raise PolicyError(known.file, f"{where}.every", "会签要每位任职者签字，签字人应当是一个角色")
    section, _, field = step.signer.removeprefix(BY_FIELD).partition(".")
    fields = fields_of(form.section(section)) if form.has(section) else ()
    people = {item.key for item in fields if isinstance(item, PersonField)}
    known.need(f"{where}.signer", field, people, f"人员字段（表单“{form.title}”）")


def _check_rule(rule: FormRule, known: Known, policy: Policy) -> None:
    if rule.once:
        known.need(f"form.{rule.key}.once", rule.once, {"number", "short_name", *known.dates}, "项目内容")
    for name in rule.gates:
        known.need(f"form.{rule.key}.gates", name, {gate.key for gate in policy.gates}, "关口")
    for name in rule.from_states:
        known.need(f"form.{rule.key}.from_states", name, {state.key for state in policy.states}, "状态")


def _check_stages(rule: FormRule, file: str) -> None:
    """Steps of one stage stand next to each other: what lies between them could come neither before nor after."""
    before = ""
    begun: set[str] = set()
    keys = {step.key for step in rule.steps}
    for step in rule.steps:
        if step.stage in keys:
            raise PolicyError(
                file, f"form.{rule.key}.step.{step.key}.stage", f"“{step.stage}”是一个步骤的 key，请换一个名字"
            )
        if step.stage and step.stage != before and step.stage in begun:
            raise PolicyError(
                file,
                f"form.{rule.key}.step.{step.key}.stage",
                f"同为“{step.stage}”的步骤要写在一起，中间不能有别的步骤",
            )
        begun.add(step.stage)
        before = step.stage


def _check_fields(rule: FormRule, known: Known) -> None:
    form = known.forms[rule.key]
    fields = {f"{section.key}.{item.key}" for section in form.sections for item in fields_of(section)}
    grids = {section.key for section in form.sections if isinstance(section, Grid | LineTable)}
    for name in rule.without:
        known.need(f"form.{rule.key}.without", name, fields, f"字段（表单“{form.title}”）")
    for label in rule.labels:
        known.need(f"form.{rule.key}.labels", label, fields, f"字段（表单“{form.title}”）")
    for key in rule.additions:
        known.need(f"form.{rule.key}.field.section", key, grids, f"可加字段的部分（表单“{form.title}”）")
    for section in form.with_fields(rule.additions).sections:
        _refuse_twice(known.file, f"form.{rule.key}.field.{section.key}", [item.key for item in fields_of(section)])
