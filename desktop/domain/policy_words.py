"""The words of a policy: the phrases that its sentences are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from desktop.domain.form import Form
from desktop.domain.policy import Policy, Right, Role
from desktop.domain.policy_deadlines import (
    ClockRule,
    LengthUnit,
    MilestoneRule,
    Monitoring,
    MonthlyRule,
    RhythmRule,
    TrackingRule,
    WeeklyRule,
)
from desktop.domain.policy_papers import BY_FIELD, DocumentRule, FormRule, Step
from desktop.domain.policy_terms import Action, Scope
from desktop.domain.policy_titles import ACTION_TITLES, CONDITION_TITLES, DATE_TITLES, HELD_TITLES, POSTING_TITLES
from desktop.domain.postings import MOVES

_UNITS = {LengthUnit.WORKING_DAYS: "个工作日", LengthUnit.DAYS: "天", LengthUnit.MONTHS: "个月"}
_RIGHT_SCOPES = {Scope.OFFICE: "全单位", Scope.DEPARTMENT: "本部门的项目", Scope.PROJECT: "自己的项目"}
_SIGNER_SCOPES = {Scope.OFFICE: "", Scope.DEPARTMENT: "项目所属部门的", Scope.PROJECT: "该项目的"}
_COUNTER = re.compile(r"\{n(?::0?(\d+))?[a-z]?\}")


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence, each once: 甲、乙、丙."""
    return "、".join(dict.fromkeys(word for word in words if word))


def quoted(words: Iterable[str]) -> str:
    """Words as a list, each in quotation marks."""
    return listed(f"“{word}”" for word in words)


def condition_words(names: str | Iterable[str]) -> str:
    """One condition, or several that must all hold."""
    keys = [names] if isinstance(names, str) else list(names)
    return "，并且".join(CONDITION_TITLES.get(key, key) for key in keys if key)


def number_words(pattern: str, kind: str = "") -> str:
    """How a form or a project is numbered, with an example (of that kind's code)."""
    told = _COUNTER.sub(lambda found: f"〔{found[1]} 位流水号〕" if found[1] else "〔流水号〕", pattern)
    for name, title in (("{year}", "〔年份〕"), ("{code}", "〔单位编号前缀〕"), ("{kind}", "〔项目类型代码〕")):
        told = told.replace(name, title)
    return f"{told}，例如 {pattern.format(year=2026, n=1, code='BH', kind=kind)}"


def right_words(rights: Iterable[Right], policy: Policy) -> str:
    """Who may do something, with how far their right reaches."""
    return listed(f"{policy.role(item.role).title}（{_RIGHT_SCOPES[item.scope]}）" for item in rights)


def held_words(role: Role) -> str:
    """How people come by a role."""
    if role.held_as:
        return f"就是{HELD_TITLES.get(role.held_as, role.held_as)}，不用另行任命"
    return {
        Scope.OFFICE: "在“设置”的人员中任命，管全单位",
        Scope.DEPARTMENT: f"在“设置”的人员中任命，写明{role.place}，管归这个部门和它的下级部门的项目",
        Scope.PROJECT: "按项目任命",
    }[role.scope]


def may_words(role: Role, policy: Policy, titles: Mapping[str, str]) -> str:
    """All that a role may do: its actions, then the forms that it may fill in; ``titles`` are those of the forms."""
    own = [item for item in policy.rights if item.role == role.key]
    said = [
        f"{ACTION_TITLES.get(item.action, item.action.value)}（{_RIGHT_SCOPES[item.scope]}）"
        for item in own
        if item.action is not Action.FILE
    ]
    forms = [titles.get(item.on, item.on) for item in own if item.action is Action.FILE]
    fills = ["填写全部表单" if "*" in forms else f"填写{listed(f'《{title}》' for title in forms)}"] if forms else []
    return "；".join((*dict.fromkeys(said), *fills))


def move_words(policy: Policy, key: str) -> str:
    """From where to where a transition leads."""
    found = next((item for item in policy.transitions if item.key == key), None)
    if found is None:
        return "项目状态不变"
    sources = quoted(policy.state_title(name) for name in found.sources)
    return f"项目由{sources}转为“{policy.state_title(found.target)}”"


def posting_words(posting: str, policy: Policy) -> str:
    """What the approval of a form with that posting does."""
    title = POSTING_TITLES.get(posting, posting)
    moves = "，或者".join(move_words(policy, move) for move in MOVES.get(posting, (posting,)))
    return title.replace("{move}", moves)


def signer_words(step: Step, form: Form, policy: Policy) -> str:
    """Who signs a step: the holder of a role, or the person whom the form names."""
    if step.signer.startswith(BY_FIELD):
        section, _, key = step.signer.removeprefix(BY_FIELD).partition(".")
        fields = getattr(form.section(section), "fields", ()) if form.has(section) else ()
        label = next((item.label for item in fields if item.key == key), key)
        return f"表中“{label}”一栏所填的人签字"
    role = policy.role(step.signer)
    return f"{_SIGNER_SCOPES[role.scope]}{role.title}签字"


def _covers(step: Step, form: Form) -> str:
    if "*" in step.sections:
        return "签全部内容"
    return f"只签{quoted(form.section(key).title if form.has(key) else key for key in step.sections)}"


def _applies(step: Step, _form: Form) -> str:
    return f"仅当{condition_words(step.when)}时才签" if step.when else ""


def _stamped(step: Step, _form: Form) -> str:
    return "盖章" if step.seal else ""


def _all_sign(step: Step, _form: Form) -> str:
    return "每一位担任者都要签（会签）" if step.every else ""


def _at_once(step: Step, _form: Form) -> str:
    return "与同一阶段的其他步骤同时办理，不分先后" if step.stage else ""


def _within(step: Step, _form: Form) -> str:
    return f"{step.days} 个工作日内办理" if step.days else ""


def _confirms(step: Step, form: Form) -> str:
    titles = [form.section(key).title if form.has(key) else key for key in step.confirms]
    return f"签字前逐项确认{quoted(titles)}" if titles else ""


def _writes(step: Step, _form: Form) -> str:
    return f"同意时须写明{step.asks}" if step.asks else ""


STEP_PHRASES: tuple[Callable[[Step, Form], str], ...] = (
    _covers,
    _applies,
    _all_sign,
    _at_once,
    _within,
    _confirms,
    _writes,
    _stamped,
)
"""What is said of a step after its signer; each phrase speaks of one of its attributes, or is empty."""


def step_words(step: Step, form: Form, policy: Policy) -> str:
    """One signature of a chain in words; the step's own title where it says more than its signer's."""
    signer = signer_words(step, form, policy)
    head = signer if step.title in signer else f"{step.title}：{signer}"
    return "，".join(part for part in (head, *(phrase(step, form) for phrase in STEP_PHRASES)) if part)


def _clock_length(clock: ClockRule, _policy: Policy) -> str:
    start = DATE_TITLES.get(clock.starts, clock.starts)
    return f"自{start}起 {clock.length} {_UNITS[clock.unit]}" if clock.length else f"到{start}当日"


def _clock_until(clock: ClockRule, _policy: Policy) -> str:
    return f"有{DATE_TITLES.get(clock.until, clock.until)}的，以它为准" if clock.until else ""


def _clock_states(clock: ClockRule, policy: Policy) -> str:
    return f"项目处于{quoted(map(policy.state_title, clock.states))}时计算" if clock.states else ""


def _clock_tells(clock: ClockRule, policy: Policy) -> str:
    who = listed(policy.role(key).title for key in clock.tells)
    return f"提前 {clock.remind} 天起提醒{who}" if who else ""


CLOCK_PHRASES: tuple[Callable[[ClockRule, Policy], str], ...] = (
    _clock_length,
    _clock_until,
    _clock_states,
    _clock_tells,
)
"""What is said of a clock; each phrase speaks of one of its attributes, or is empty."""


def clock_words(clock: ClockRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """A deadline in words: from when, how long, in which states, whom it tells and when, what answers it."""
    answer = f"应填写《{titles.get(clock.opens, clock.opens)}》" if clock.opens else ""
    phrases = (phrase(clock, policy) for phrase in CLOCK_PHRASES)
    return "；".join(part for part in (*phrases, answer) if part)


def window_words(window: MonthlyRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """A monthly window in words: which days, for which projects, whom it reminds."""
    days = f"每月 {window.first} 日至 {window.last} 日" if window.last > window.first else f"每月 {window.first} 日"
    states = f"处于{quoted(map(policy.state_title, window.states))}的项目" if window.states else "所有项目"
    who = listed(policy.role(key).title for key in window.tells)
    tells = f"；提前 {window.remind} 天起提醒{who}" if who else ""
    return f"{days}填写《{titles.get(window.form, window.form)}》；{states}{tells}"


def document_words(document: DocumentRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """How a document of a stage is brought in, and which projects owe it (DOC-2)."""
    kinds = {kind.key: kind.label for kind in policy.kinds}
    form = titles.get(document.form, document.form)
    how = f"批准的《{form}》就是它，不用另存；没有的，须归档文件" if form else "须归档文件"
    return f"{how}；只问{listed(kinds[key] for key in document.kinds)}项目" if document.kinds else how


def filed_words(rule: FormRule, policy: Policy) -> str:
    """In which states of a project a form may be filed."""
    if not rule.from_states:
        return "不限项目的状态"
    return f"项目处于{quoted(map(policy.state_title, rule.from_states))}时"


_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def weekly_words(rule: WeeklyRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """A weekly deadline in words: what is due when, what holds where that day is off, whom it reminds."""
    day = f"{'次周的' if rule.weeks else ''}周{_WEEKDAYS[rule.weekday - 1]} {rule.hour}:00 前"
    what = f"提交《{titles.get(rule.form, rule.form)}》" if rule.form else rule.title
    away = "（无网络人员的，由项目助理代交）" if rule.away else ""
    moved = "提前到这一周此前最后一个工作日" if rule.earlier else "顺延到下一个工作日"
    who = listed(policy.role(key).title for key in rule.tells)
    goes = listed(policy.role(key).title for key in rule.goes_to)
    sent = f"，报送{goes}" if goes else ""
    return f"每周{day}{what}{away}{sent}；遇节假日{moved}{f'；提醒{who}' if who else ''}"


def rhythm_words(rule: RhythmRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """What is done again and again, in words: how often, by which paper, whom a missed one tells."""
    often = "每周" if rule.weeks == 1 else f"每 {rule.weeks} 周"
    states = f"处于{quoted(map(policy.state_title, rule.states))}的项目" if rule.states else "所有项目"
    who = listed(policy.role(key).title for key in rule.tells)
    tells = f"；逾期没有的提醒{who}" if who else ""
    return f"{states}{often}至少一次，以提交《{titles.get(rule.form, rule.form)}》为准{tells}"


def milestone_words(rule: MilestoneRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """How milestones are checked, in words."""
    papers = "或".join(f"《{titles.get(key, key)}》" for key in rule.forms)
    days = f" {rule.days} 个工作日内" if rule.days else ""
    who = listed(policy.role(key).title for key in rule.tells)
    return f"进度计划中的里程碑到期或报告完成后{days}，应有{papers}；没有的提醒{who}"


def tracking_words(rule: TrackingRule, policy: Policy, titles: Mapping[str, str]) -> str:
    """How problems are tracked, in words."""
    title = {key: f"《{titles.get(key, key)}》" for key in (rule.raise_with, rule.close_with, rule.answers)}
    who = listed(policy.role(key).title for key in rule.tells)
    parts = [
        f"用{title[rule.raise_with]}提出" if rule.raise_with else "",
        f"用{title[rule.close_with]}关闭" if rule.close_with else "",
        f"{title[rule.answers]}批准后，按处理意见转为问题" if rule.answers else "",
        f"提前 {rule.remind} 个工作日起提醒责任人、{who}" if who else "",
    ]
    return "；".join(part for part in parts if part)


def monitoring_words(rule: Monitoring) -> str:
    """When lights of the monitor table turn, and what hours stand out, in words."""
    return (
        f"比基线推迟 {rule.yellow} 个工作日起为预警（黄），{rule.red} 个工作日起为滞后（红）；"
        f"一周超过 {rule.most_hours} 小时、一个月超过工作日的 {rule.full}% 的，提示核对"
    )
