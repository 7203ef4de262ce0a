"""A policy told whole, sentence by sentence: whoever answers for it can proofread it without opening the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from desktop.domain.choice_fields import Option
from desktop.domain.field import Field
from desktop.domain.fields import AttachmentField
from desktop.domain.form import Form, fields_of
from desktop.domain.forms import FORMS, bind
from desktop.domain.policy import Department, Policy, State
from desktop.domain.policy_chapters import Chapter, Part, Statement
from desktop.domain.policy_deadlines import ClockRule, MonthlyRule, RhythmRule, WeeklyRule
from desktop.domain.policy_papers import FormRule, GateRule
from desktop.domain.policy_terms import Action
from desktop.domain.policy_titles import DATE_TITLES, KIND_TITLES
from desktop.domain.policy_words import (
    clock_words,
    condition_words,
    document_words,
    filed_words,
    held_words,
    listed,
    may_words,
    milestone_words,
    monitoring_words,
    move_words,
    number_words,
    posting_words,
    quoted,
    rhythm_words,
    right_words,
    step_words,
    tracking_words,
    weekly_words,
    window_words,
)
from desktop.domain.postings import MOVES


def tell_policy(policy: Policy) -> tuple[Chapter, ...]:
    """The policy in words, whole: who there is, the life of a project, every form and its chain, deadlines, gates."""
    titles = {key: form.title for key, form in FORMS.items()}
    chapters = (
        Chapter("people", "部门、角色和权限", (_departments(policy), _roles(policy), _powers(policy, titles))),
        Chapter(
            "life",
            "项目的类型和状态",
            (_kinds(policy), _numbering(policy), _states(policy, titles), _moves(policy, titles)),
        ),
        Chapter("forms", "表单和审批", tuple(_form(rule, policy) for rule in policy.forms)),
        Chapter(
            "deadlines", "期限和关口", (_clocks(policy, titles), _gates(policy, titles), _documents(policy, titles))
        ),
        Chapter("absent", "本制度不用的表单", (_absent(policy),)),
    )
    filled = (replace(one, parts=tuple(part for part in one.parts if part.statements)) for one in chapters)
    return tuple(one for one in filled if one.parts)


# ---- people


def _departments(policy: Policy) -> Part:
    told = tuple(Statement(f"department.{item.key}", item.title, _members(policy, item)) for item in policy.departments)
    return Part("departments", "部门", told)


def _members(policy: Policy, department: Department) -> str:
    roles = listed(role.title for role in policy.roles if role.department == department.key)
    named = f"；由单位自己设立、命名，例如{listed(department.names)}" if department.names else ""
    return (f"设有角色：{roles}" if roles else "没有专设的角色") + named


def _roles(policy: Policy) -> Part:
    told = tuple(
        Statement(f"role.{role.key}", role.title, held_words(role), role.rule, assumed=role.assumed)
        for role in policy.roles
    )
    return Part("roles", "角色由谁担任", told)


def _powers(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = tuple(
        Statement(f"right.{role.key}", role.title, may_words(role, policy, titles) or "只签字，没有别的权限")
        for role in policy.roles
    )
    return Part("rights", "角色可以做什么", told)


# ---- the life of a project


def _kinds(policy: Policy) -> Part:
    kinds = [_option("kind", "项目类型", one) for one in policy.kinds]
    contracts = [_option("contract_kind", "合同类别", one) for one in policy.contract_kinds]
    return Part("kinds", "项目类型和合同类别", (*kinds, *contracts))


def _option(key: str, noun: str, option: Option) -> Statement:
    return Statement(f"{key}.{option.key}", f"{noun}“{option.label}”", _also(option), assumed=option.assumed)


def _also(option: Option) -> str:
    return f"写成{quoted(option.synonyms)}的也算" if option.synonyms else "只认这个写法"


def _numbering(policy: Policy) -> Part:
    """How projects are numbered (APPT-3), and the 科目 of their money."""
    rule = policy.numbering
    code = next(iter(rule.kinds.values()), "")
    numbers = [
        Statement("numbering.pattern", "项目编号", number_words(rule.pattern, code), rule.rule, assumed=rule.assumed),
        Statement(
            "numbering.provisional",
            "临时编号",
            number_words(rule.provisional, code),
            rule.rule,
            assumed=rule.assumed,
        ),
    ]
    if rule.kinds:
        codes = listed(f"{one.label} {rule.kinds[one.key]}" for one in policy.kinds if one.key in rule.kinds)
        numbers.append(Statement("numbering.kinds", "项目类型代码", codes, rule.rule, assumed=rule.assumed))
    subjects = [_option("subject", "费用科目", one) for one in policy.subjects]
    return Part("numbering", "项目编号和费用科目", (*numbers, *subjects))


def _states(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = tuple(
        Statement(f"state.{item.key}", item.title, _state_words(item, policy, titles)) for item in policy.states
    )
    return Part("states", "项目状态", told)


def _state_words(state: State, policy: Policy, titles: Mapping[str, str]) -> str:
    """What holds in a state; of reports and claims only where the policy knows them."""
    reports, claims = (any(item.reports for item in policy.states), any(item.claims for item in policy.states))
    weekly = ("每周交周报" if state.reports else "不交周报") if reports else ""
    spends = ("可以报销" if state.claims else "不能报销") if claims else ""
    takes = "，".join(part for part in (weekly, spends) if part)
    since = f"从{DATE_TITLES.get(state.since, state.since)}算起" if state.since else ""
    also = f"台账里写成{quoted(state.synonyms)}的也算" if state.synonyms else ""
    follows = "，批准后".join(f"填写《{titles[key]}》" for key in state.next)
    leads = f"下一步{follows}" if follows else ""
    return "；".join(part for part in (takes, since, "项目到此为止" if state.ends else "", leads, also) if part)


def _moves(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = []
    for item in policy.transitions:
        by = [titles[rule.key] for rule in policy.forms if item.key in _moves_by(rule.key)]
        how = f"{listed(f'《{title}》' for title in by)}批准后" if by else "现在没有表单引起这个转换"
        told.append(
            Statement(
                f"transition.{item.key}",
                f"转为“{policy.state_title(item.target)}”",
                f"{how}，{move_words(policy, item.key)}",
                item.rule,
                assumed=item.assumed,
            )
        )
    return Part("transitions", "状态怎样转换", tuple(told))


def _moves_by(form_key: str) -> tuple[str, ...]:
    posting = FORMS[form_key].posts
    return MOVES.get(posting, (posting,))


# ---- forms


def _form(rule: FormRule, policy: Policy) -> Part:
    form = bind(rule.key, policy)
    told = [*_filing(rule, policy), *_chain(rule, form, policy)]
    told.append(Statement(f"{_key(rule)}.posts", "批准后", posting_words(form.posts, policy), assumed=rule.assumed))
    told += _sheet(rule, form)
    return Part(_key(rule), form.title, tuple(told))


def _key(rule: FormRule) -> str:
    return f"form.{rule.key}"


def _filing(rule: FormRule, policy: Policy) -> Iterator[Statement]:
    files = [one for one in policy.rights if one.action is Action.FILE and one.on in {"*", rule.key}]
    number = "；".join(part for part in (rule.code, f"编号 {number_words(rule.number)}", rule.copies) if part)
    yield Statement(f"{_key(rule)}.code", "代号和编号", number)
    who = right_words(files, policy) or "没有人"
    yield Statement(f"{_key(rule)}.files", "谁可以填", who, rule.rule, assumed=rule.assumed)
    yield Statement(f"{_key(rule)}.states", "何时可以填", filed_words(rule, policy), rule.rule, assumed=rule.assumed)
    if rule.sends:
        sent = f"提交后即抄送{listed(policy.role(key).title for key in rule.sends)}"
        yield Statement(f"{_key(rule)}.sends", "抄送", sent, rule.rule, assumed=rule.assumed)
    if rule.gates:
        gates = listed(f"“{policy.gate(key).title}”" for key in rule.gates)
        yield Statement(f"{_key(rule)}.gates", "提交前的关口", f"见“关口”中的{gates}", rule.rule, assumed=rule.assumed)


def _chain(rule: FormRule, form: Form, policy: Policy) -> Iterator[Statement]:
    order = " → ".join(step.title for step in rule.steps)
    yield Statement(f"{_key(rule)}.chain", "审批次序", order or "不用审批，提交即生效")
    for number, step in enumerate(rule.steps, 1):
        text = step_words(step, form, policy)
        yield Statement(f"{_key(rule)}.step.{step.key}", f"第 {number} 步", text, step.rule, assumed=step.assumed)


def _sheet(rule: FormRule, form: Form) -> Iterator[Statement]:
    """What the sheet itself asks for beyond the declared form: files, the office's own fields and names, notes."""
    files = [one for section in form.sections for one in fields_of(section) if isinstance(one, AttachmentField)]
    if files:
        yield Statement(f"{_key(rule)}.files_with", "随表的文件", "；".join(map(_file_words, files)))
    for key, added in rule.additions.items():
        words = listed(f"“{item.label}”（{_field_kind(item)}）" for item in added)
        yield Statement(f"{_key(rule)}.added.{key}", "本单位加的栏目", f"在“{form.section(key).title}”中加 {words}")
    if rule.without:
        words = listed(f"“{_declared_label(rule, place)}”" for place in rule.without)
        yield Statement(f"{_key(rule)}.without", "不用的栏目", words)
    for place, label in rule.labels.items():
        yield Statement(f"{_key(rule)}.label.{place}", "改过的名称", f"“{_declared_label(rule, place)}”改称“{label}”")
    if rule.note:
        yield Statement(f"{_key(rule)}.note", "填表说明", rule.note)


def _file_words(item: Field) -> str:
    must = "，必须附" if item.required else ""
    return f"{item.label}（{item.hint or '任何文件'}{must}）"


def _field_kind(item: Field) -> str:
    return f"{KIND_TITLES.get(item.kind, item.kind)}{'，必填' if item.required else ''}"


def _declared_label(rule: FormRule, place: str) -> str:
    section, _, key = place.partition(".")
    form = FORMS[rule.key].with_fields(rule.additions)
    return next(item.label for item in fields_of(form.section(section)) if item.key == key)


# ---- deadlines, gates, what is not used


def _clocks(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = [_deadline("clock", one, clock_words(one, policy, titles)) for one in policy.clocks]
    told += [_deadline("window", one, window_words(one, policy, titles)) for one in policy.windows]
    told += [_deadline("weekly", one, weekly_words(one, policy, titles)) for one in policy.weekly]
    told += [_deadline("rhythm", one, rhythm_words(one, policy, titles)) for one in policy.rhythms]
    if policy.weekly:
        rule = policy.monitoring
        told.append(Statement("monitoring", "监控表的灯号", monitoring_words(rule), rule.rule, assumed=rule.assumed))
    return Part("clocks", "期限", (*told, *_quiet(policy), *_watching(policy, titles)))


def _watching(policy: Policy, titles: Mapping[str, str]) -> Iterator[Statement]:
    """How milestones are checked and problems tracked (MON-3, INFO-3), where the policy says so."""
    for key, title, one, text in (
        ("milestones", "里程碑检查", policy.milestones, milestone_words(policy.milestones, policy, titles)),
        ("tracking", "问题跟踪", policy.tracking, tracking_words(policy.tracking, policy, titles)),
    ):
        if one != type(one)():
            yield Statement(key, title, text, one.rule, one.strength.label, assumed=one.assumed)


def _deadline(sort: str, one: ClockRule | MonthlyRule | WeeklyRule | RhythmRule, text: str) -> Statement:
    return Statement(f"{sort}.{one.key}", one.title, text, one.rule, one.strength.label, assumed=one.assumed)


def _quiet(policy: Policy) -> Iterator[Statement]:
    """When the office asks whether a project stands still in fact, where projects can be paused at all (PAUSE-2)."""
    if any(item.key == "pause" for item in policy.transitions):
        rule = policy.pausing
        text = f"连续 {rule.quiet_weeks} 周没有任何记录的项目，列为疑似停工"
        yield Statement("pausing", "疑似停工", text, rule.rule, assumed=rule.assumed)


def _gates(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = []
    for one in policy.gates:
        mended = f"；可以填写{listed(f'《{titles[key]}》' for key in one.opens)}来解决" if one.opens else ""
        barred = "；不具备时，表单不能开始填写" if one.bars else ""
        met = "，并且".join(filter(None, (condition_words(one.conditions), _stored(one, policy))))
        text = f"除非{met}{mended}{barred}"
        told.append(Statement(f"gate.{one.key}", one.title, text, one.rule, one.strength.label, assumed=one.assumed))
    return Part("gates", "关口", tuple(told))


def _stored(gate: GateRule, policy: Policy) -> str:
    """The documents that a gate asks for (DOC-2)."""
    titles = [item.title for item in policy.documents if gate.documents and item.stage == gate.documents]
    return f"{quoted(titles)}已经归档" if titles else ""


def _documents(policy: Policy, titles: Mapping[str, str]) -> Part:
    told = tuple(
        Statement(
            f"document.{one.key}",
            one.title,
            document_words(one, policy, titles),
            one.rule,
            one.strength.label,
            assumed=one.assumed,
        )
        for one in policy.documents
    )
    return Part("documents", "文档目录", told)


def _absent(policy: Policy) -> Part:
    told = tuple(
        Statement(f"absent.{key}", form.title, "制度里没有这张表，程序不提供")
        for key, form in FORMS.items()
        if not policy.has_form(key)
    )
    return Part("absent", "不提供的表单", told)
