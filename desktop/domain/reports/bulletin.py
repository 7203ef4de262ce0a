"""实施项目综合信息简报: the whole portfolio on as few pages as possible (INFO-1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.fields import DateField, PercentField, TextField
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy, State
from desktop.domain.policy_terms import Tone
from desktop.domain.report import Fact, Group, Report, Row, Table, single
from desktop.domain.reports.common import NOWHERE, grouped, label_of, percent_text
from desktop.domain.reports.submission import rate_of
from desktop.domain.submission import Tally
from desktop.domain.weeks import day_in, week_text

KEY, TITLE = "bulletin", "实施项目综合信息简报"
NO_REPORT = "本周无周报"
_LIGHTS = {"red": ("严重", Tone.BAD), "yellow": ("预警", Tone.WARNING), "green": ("正常", Tone.GOOD)}
_ORDER = {"red": 0, "yellow": 1, "green": 2, "": 3}
_CLOSING = "closing_started_on"
_ROOM = {"work": 92, "problems": 92, "next": 68}
"""How many characters of each text stand on paper, so that a project takes four lines and thirty fill four pages."""
_SHORT = 46
"""The same of the one line that a project has which is being closed."""
_SUNDAY = 7


@dataclass(frozen=True)
class Told:
    """What was reported of a project.

    ``light`` is a key of 风险状态 or empty, ``done`` 总体进度 in points. ``source`` says whence the texts are:
    ``report`` (the manager's 项目周报), ``lines`` (members' lines joined), or empty where nobody reported.
    """

    source: str = ""
    light: str = ""
    done: str | None = None
    work: str = ""
    problems: str = ""
    next: str = ""


@dataclass(frozen=True)
class Brief:
    """One project's week, with how many of its tracked problems are open, and overdue."""

    project: Project
    told: Told = Told()
    tracked: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Portfolio:
    """What the bulletin is made from: every project under way in the week, or ended in it; ``now`` in local time."""

    week: str
    policy: Policy
    briefs: tuple[Brief, ...]
    members: Tally
    projects: Tally
    now: dt.datetime
    to: str = ""
    notice: str = ""


def bulletin(found: Portfolio) -> Report:
    """The bulletin of a week, as things stood at ``now``."""
    states = {state.key: state for state in found.policy.states}
    told = [brief for brief in found.briefs if not _is_brief(states[brief.project.state])]
    short = [brief for brief in found.briefs if _is_brief(states[brief.project.state])]
    return Report(
        key=KEY,
        title=TITLE,
        subtitle=week_text(found.week),
        dated=f"统计时间：{found.now:%Y-%m-%d %H:%M}",
        to=found.to,
        facts=tuple(_facts(found, told)),
        parts=(_told(told, states), *([_short(short, states, found)] if short else [])),
        notes=tuple(note for note in (_NOTE, found.notice) if note),
    )


_NOTE = (
    "内容取自项目经理当周的项目周报；没有项目周报的，取已批准的成员周报，各行前标任务名称，风险状态记“未报”。"
    "纸面上过长的文字在句末截断并以“…”标明，全文见 Excel。"
)


def _is_brief(state: State) -> bool:
    """Whether projects in a state have one short line: they do not report, or are being closed."""
    return not state.reports or state.since == _CLOSING


def _facts(found: Portfolio, told: Sequence[Brief]) -> Iterator[Fact]:
    counts = Counter(brief.project.state for brief in found.briefs)
    states = [f"{state.title} {counts[state.key]}" for state in found.policy.states if counts[state.key]]
    yield Fact("项目", f"{len(found.briefs)} 个（{'、'.join(states)}）" if states else "0 个")
    lights = Counter(brief.told.light for brief in told)
    for key, (word, tone) in _LIGHTS.items():
        yield Fact(word, f"{lights[key]} 个", tone if lights[key] else None)
    yield Fact("未报", f"{lights['']} 个")
    yield Fact("员工周报提交率", percent_text(rate_of(found.members)))
    yield Fact("项目周报提交率", percent_text(rate_of(found.projects)))
    tracked, overdue = (sum(getattr(one, name) for one in found.briefs) for name in ("tracked", "overdue"))
    if tracked:
        text = f"{tracked} 个，其中逾期 {overdue} 个" if overdue else f"{tracked} 个"
        yield Fact("跟踪中的问题", text, Tone.BAD if overdue else None)


_COLUMNS = (
    TextField(key="project", label="项目", share=1.5),
    TextField(key="manager", label="项目经理", share=0.7),
    TextField(key="state", label="状态", share=0.5, longest=2),
    PercentField(key="done", label="总体进度", share=0.5),
    TextField(key="light", label="风险状态", share=0.6, longest=2),
    TextField(key="work", label="上周进展", share=3.4, lines=True),
    TextField(key="problems", label="存在问题", share=3.4, lines=True),
    TextField(key="next", label="本周计划", share=2.6, lines=True),
)


def _told(briefs: Sequence[Brief], states: dict[str, State]) -> Table:
    groups = []
    for department, items in grouped(briefs, _department):
        ordered = sorted(items, key=lambda one: (_ORDER.get(one.told.light, len(_ORDER)), one.project.marked))
        groups.append(Group(f"{department}（{len(items)} 个项目）", tuple(_row(one, states) for one in ordered)))
    return Table(
        key="projects",
        title="各项目情况",
        columns=_COLUMNS,
        groups=tuple(groups),
        room=_ROOM,
        numbered=True,
        empty="没有在实施的项目",
    )


def _row(brief: Brief, states: dict[str, State]) -> Row:
    state = states[brief.project.state]
    word, tone = _LIGHTS.get(brief.told.light, ("未报", Tone.NEUTRAL))
    values: dict[str, Json] = {
        "project": label_of(brief.project),
        "manager": brief.project.manager.shown if brief.project.manager else None,
        "state": state.title,
        "done": brief.told.done,
        "light": word,
        "work": brief.told.work if brief.told.source else NO_REPORT,
        "problems": "\n".join(part for part in (brief.told.problems, _tracked(brief)) if part) or None,
        "next": brief.told.next or None,
    }
    return Row(values, {"light": tone}, brief.project.id)


def _tracked(brief: Brief) -> str:
    if not brief.tracked:
        return ""
    return f"【跟踪】{brief.tracked} 个问题未关闭" + (f"，其中 {brief.overdue} 个逾期" if brief.overdue else "")


def _short(briefs: Sequence[Brief], states: dict[str, State], found: Portfolio) -> Table:
    ordered = sorted(briefs, key=lambda one: (list(states).index(one.project.state), _department(one)))
    rows = [_short_row(one, states[one.project.state], found) for one in ordered]
    columns = (
        TextField(key="project", label="项目", share=2.6),
        TextField(key="department", label="部门", share=1.2),
        TextField(key="manager", label="项目经理", share=0.9),
        TextField(key="state", label="状态", share=0.8),
        DateField(key="since", label="自", share=0.9),
        TextField(key="note", label="说明", share=4.4, lines=True),
    )
    return Table(key="others", title="暂停、结项及其他", columns=columns, groups=single(*rows), room={"note": _SHORT})


def _short_row(brief: Brief, state: State, found: Portfolio) -> Row:
    project = brief.project
    since = project.date(state.since) if state.since else None
    note, late = _short_note(brief, state, found)
    values: dict[str, Json] = {
        "project": label_of(project),
        "department": _department(brief),
        "manager": project.manager.shown if project.manager else None,
        "state": state.title,
        "since": since.isoformat() if since else None,
        "note": "；".join(part for part in (note, _tracked(brief)) if part) or None,
    }
    return Row(values, {"state": state.tone, **({"note": Tone.BAD} if late else {})}, project.id)


def _short_note(brief: Brief, state: State, found: Portfolio) -> tuple[str, bool]:
    """What is said of a project in one line, and whether it is late."""
    project = brief.project
    since = project.date(state.since) if state.since else None
    if state.since == "paused_on":
        until = project.pause_until or project.resume_by
        late = until is not None and until < found.now.date()
        return (f"应于 {until} 前恢复{'，已逾期' if late else ''}" if until else ""), late
    if state.ends:
        when = "本周" if since and since <= day_in(found.week, _SUNDAY) else "其后"
        return f"{when}转为“{state.title}”", False
    return brief.told.work if brief.told.source else "", False


def _department(brief: Brief) -> str:
    return brief.project.department or NOWHERE
