"""The papers of a week that the office writes itself: 周报提交情况通报 (WEEK-5), 综合信息简报 (INFO-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import case, func, select

from desktop.domain.canonical import read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.forms.weekly_report import is_said
from desktop.domain.policy_deadlines import WeeklyRule
from desktop.domain.policy_terms import Action
from desktop.domain.report import Report
from desktop.domain.reports import bulletin as bulletins
from desktop.domain.reports import submission as submissions
from desktop.domain.reports.bulletin import Brief, Portfolio, Told, bulletin
from desktop.domain.reports.submission import Submission, submission_report
from desktop.domain.rights import reach
from desktop.domain.weekly_clock import week_deadline
from desktop.domain.weeks import is_week, shifted, week_of
from desktop.services.integrity import seal_words
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, STANDING
from desktop.services.reporters import duties_of
from desktop.services.standing import standing_of
from desktop.services.week_rates import week_tallies
from desktop.services.week_status import statuses_of
from desktop.services.work_calendar import calendar_notice
from desktop.store.tables import Filing, ReportLine, Section, TrackedProblem

STATUS, BULLETIN = submissions.KEY, bulletins.KEY
PAPERS = {STATUS: submissions.TITLE, BULLETIN: bulletins.TITLE}
"""Key and title of every paper of a week."""

_LOOKS_BACK = 8
_FORMS = (MEMBER_REPORT, PROJECT_REPORT)
_NARROWED = "只含您可以查看的项目。"


@dataclass(frozen=True)
class PaperDue:
    """Until when a week's paper is to be sent, in local time (``None`` in a week without work), and to which roles."""

    rule: WeeklyRule
    at: dt.datetime | None
    to: str


def week_paper(reading: Reading, actor: UUID, key: str, week: str) -> Report:
    """A paper of a week as things stand now, of the projects that the actor may see.

    Raises:
        Refusal: there is no such week, it has not begun, or the policy has no such paper.
    """
    make = {STATUS: _status_report, BULLETIN: _bulletin}[key]
    if not is_week(week):
        raise Refusal(f"“{week}”不是周次。", todo="请写成 2026-W47 的样子。")
    if week > week_of(reading.today):
        raise Refusal(f"{week} 还没有开始，没有周报可以统计。", todo="请选择本周或以前的周次。")
    made = make(reading, actor, week, paper_due(reading, key, week).to)
    span = reach(reading.policy, standing_of(reading.session, actor, reading.today), Action.SEE)
    return made if span.office else replace(made, notes=(*made.notes, _NARROWED))


def paper_due(reading: Reading, key: str, week: str) -> PaperDue:
    """When a paper of a week is due.

    Raises:
        Refusal: the policy has no such paper.
    """
    policy = reading.policy
    rule = policy.weekly_paper(key)
    if rule is None:
        raise Refusal(
            f"现行制度没有规定《{PAPERS[key]}》。", todo="单位需要它的，请在制度文件的 [[weekly]] 中加上这一项。"
        )
    to = "、".join(policy.role(role).title for role in rule.goes_to)
    return PaperDue(rule, week_deadline(rule, week, reading.calendar()), to)


def _status_report(reading: Reading, actor: UUID, week: str, to: str) -> Report:
    weeks = [shifted(week, -back) for back in range(_LOOKS_BACK - 1, -1, -1)]
    found = duties_of(reading, weeks, visible(reading, actor))
    statuses = statuses_of(reading, {week: found.pop(week)}, _FORMS)
    tallies = week_tallies(reading, found, _FORMS)
    earlier = tuple(
        (one, tallies[one, MEMBER_REPORT], tallies[one, PROJECT_REPORT])
        for one in weeks[:-1]
        if tallies[one, MEMBER_REPORT].counts
    )
    return submission_report(
        Submission(
            week=week,
            members=statuses[week, MEMBER_REPORT],
            projects=statuses[week, PROJECT_REPORT],
            earlier=earlier,
            now=_now(reading),
            calendar=reading.calendar(),
            to=to,
            notice=calendar_notice(reading),
            seal=seal_words(reading),
        )
    )


def _bulletin(reading: Reading, actor: UUID, week: str, to: str) -> Report:
    found = duties_of(reading, [week], visible(reading, actor))
    statuses = statuses_of(reading, found, _FORMS)
    projects = [duty.project for duty in found[week]]
    ids = {project.id for project in projects}
    told = _from_reports(reading, week, ids)
    told |= _from_lines(reading, week, ids - told.keys())
    tracked = _tracked(reading)
    briefs = (Brief(one, told.get(one.id, Told()), *tracked.get(one.id, (0, 0))) for one in projects)
    return bulletin(
        Portfolio(
            week=week,
            policy=reading.policy,
            briefs=tuple(briefs),
            members=statuses[week, MEMBER_REPORT].whole,
            projects=statuses[week, PROJECT_REPORT].whole,
            now=_now(reading),
            to=to,
            notice=calendar_notice(reading),
        )
    )


def _now(reading: Reading) -> dt.datetime:
    return reading.now.astimezone().replace(tzinfo=None)


def _from_reports(reading: Reading, week: str, projects: Collection[UUID]) -> dict[UUID, Told]:
    """What the managers' 项目周报 of a week say, by project."""
    query = (
        select(Filing.project_id, Section.key, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(
            Filing.form_key == PROJECT_REPORT,
            Filing.period == week,
            Filing.state.in_(STANDING),
            Section.key.in_(("week", "told")),
        )
    )
    found: dict[UUID, Told] = {}
    for project, key, text in reading.session.execute(query):
        content = read_canonical(text)
        if project is None or project not in projects or not isinstance(content, Mapping):
            continue
        told = found.get(project, Told("report"))
        if key == "week":
            done = content.get("done")
            told = replace(told, light=str(content.get("light") or ""), done=str(done) if done else None)
        else:
            problems = "\n".join(_problems(content))
            told = replace(told, work=_said(content, "work"), next=_said(content, "next"), problems=problems)
        found[project] = told
    return found


def _problems(content: Mapping[str, object]) -> Iterator[str]:
    for key, mark in (("problems", ""), ("risks", "【风险】"), ("asks", "【需协调】")):
        if text := _said(content, key):
            yield f"{mark}{text}"


def _said(content: Mapping[str, object], key: str) -> str:
    text = content.get(key)
    return text.strip() if isinstance(text, str) and is_said(text) else ""


def _from_lines(reading: Reading, week: str, projects: Collection[UUID]) -> dict[UUID, Told]:
    """What the approved lines of members say together, by project."""
    query = (
        select(ReportLine.project_id, ReportLine.task, ReportLine.content)
        .where(ReportLine.week == week)
        .order_by(ReportLine.project_id, ReportLine.person_id, ReportLine.place)
    )
    parts: dict[UUID, dict[str, dict[str, None]]] = {}
    for project, task, text in reading.session.execute(query):
        if project not in projects:
            continue
        content = read_canonical(text)
        said = parts.setdefault(project, {"work": {}, "problems": {}, "next": {}})
        for key, lines in said.items():
            if isinstance(content, Mapping) and (word := _said(content, key)):
                lines[f"{task}：{word}" if task else word] = None
    return {
        project: Told("lines", **{key: "\n".join(lines) for key, lines in said.items()})
        for project, said in parts.items()
    }


def _tracked(reading: Reading) -> dict[UUID, tuple[int, int]]:
    """How many problems of each project are open, and how many of these are overdue."""
    late = case((TrackedProblem.due_on < reading.today, 1), else_=0)
    query = (
        select(TrackedProblem.project_id, func.count(), func.sum(late))
        .where(TrackedProblem.closed_on.is_(None), TrackedProblem.project_id.is_not(None))
        .group_by(TrackedProblem.project_id)
    )
    return {project: (count, int(over or 0)) for project, count, over in reading.session.execute(query) if project}
