"""What monitoring puts on workbenches: problems due, meetings missed, milestones unchecked, opinions, copies.

Rules MON-2, MON-3, INFO-2, INFO-3, CTRL-7.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.clocks import Urgency
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Strength
from desktop.domain.rights import Standing, Subject, plays
from desktop.services.milestones import unchecked_milestones
from desktop.services.office import Reading
from desktop.services.opinions import follows_opinions, open_opinions
from desktop.services.problems import ProblemQuery, ProblemRow, ProblemState, problem_ids, problem_rows
from desktop.services.projects import projects_by_id, subject_of, visible
from desktop.services.reported import STANDING
from desktop.services.rhythms import missed_rhythms
from desktop.services.standing import standing_of
from desktop.services.todos import Todo, project_label, workday_nearness
from desktop.store.tables import Filing, Project

_NOTICE_DAYS = 5
"""For how many days a copy stands on the workbench of those who get one."""


def watch_items(reading: Reading, actor: UUID, *, everyone: bool = False) -> list[Todo]:
    """What monitoring asks of the actor, or (``everyone``) of the whole office as far as the actor sees it."""
    return [
        *_problems(reading, actor, everyone=everyone),
        *_rhythms(reading, actor, everyone=everyone),
        *_milestones(reading, actor, everyone=everyone),
        *_opinions(reading, actor, everyone=everyone),
        *(() if everyone else _copies(reading, actor)),
    ]


def _problems(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    """Problems that are due soon, to their owner, their department and the PMO; late ones are to be raised in time."""
    tracking = reading.policy.tracking
    query = ProblemQuery(states=(ProblemState.OPEN, ProblemState.OVERDUE))
    rows = problem_rows(reading, problem_ids(reading, actor, query)) if tracking.close_with else []
    near = [row for row in rows if row.due_on is not None and row.days <= tracking.remind]
    projects = projects_by_id(reading, {row.project_id for row in near})
    subjects = {key: subject_of(item) for key, item in projects.items()}
    standing = standing_of(reading.session, actor, reading.today)
    for row in near:
        told = row.owner_id == actor or _is_told(reading, standing, row, subjects.get(row.project_id))
        if everyone or told:
            yield _problem(row, tracking.rule, tracking.strength.label)


def _is_told(reading: Reading, standing: Standing, row: ProblemRow, subject: Subject | None) -> bool:
    """Whether a person plays a role that is told: of a department by the problem's own where it names one."""
    policy, own = reading.policy, subject or Subject()
    if row.department_id is not None:
        own = Subject(
            own.project_id,
            frozenset({row.department_id}),
            own.manager_id,
            own.client_manager_id,
            own.program_manager_id,
        )
    return any(plays(policy, standing, role, own) for role in policy.tracking.tells)


def _problem(row: ProblemRow, rule: str, strength: str) -> Todo:
    late = row.state is ProblemState.OVERDUE
    urgency = Urgency.LATE if late else Urgency.SOON if row.days else Urgency.TODAY
    who = f"（{row.owner or row.department}）" if row.owner or row.department else ""
    higher = "，处理不了的须及时上报" if late and row.level in {"", "project"} else ""
    return Todo(
        urgency=urgency,
        on=row.due_on,
        days_text=row.time_text,
        text=f"问题 {row.number}：{row.title}{who}{higher}",
        project_id=row.project_id,
        project=row.project,
        rule=f"{rule} 问题跟踪",
        strength=strength,
        action="查看问题",
        page=("problem", str(row.id)),
        estimated=row.estimated,
    )


def _rhythms(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    standing = standing_of(reading.session, actor, reading.today)
    for item in missed_rhythms(reading, visible(reading, actor)):
        rule, project = item.rule, item.project
        told = any(plays(reading.policy, standing, role, subject_of(project)) for role in rule.tells)
        if everyone or told:
            late = item.due < reading.today
            yield Todo(
                urgency=_missed(rule.strength) if late else Urgency.TODAY,
                on=item.due,
                days_text=f"逾期 {item.days} 个工作日" if late and item.days else "已过期限" if late else "今天",
                text=f"{rule.title}：{item.why}",
                project_id=project.id,
                project=project_label(project),
                rule=f"{rule.rule} {rule.title}",
                strength=rule.strength.label,
                action=f"填写《{FORMS[rule.form].title}》",
                opens=rule.form,
                estimated=item.estimated,
            )


def _missed(strength: Strength) -> Urgency:
    """What is only advised reminds; it does not stand before what must be done."""
    return Urgency.SOON if strength in {Strength.ADVICE, Strength.OPTIONAL} else Urgency.LATE


def _milestones(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    rule, calendar = reading.policy.milestones, reading.calendar()
    standing = standing_of(reading.session, actor, reading.today)
    for item in unchecked_milestones(reading, visible(reading, actor)):
        subject = subject_of(item.project)
        if not everyone and not any(plays(reading.policy, standing, role, subject) for role in rule.tells):
            continue
        urgency, left = workday_nearness(calendar, item.due, reading.today)
        form = _paper(reading, standing, subject)
        yield Todo(
            urgency=urgency,
            on=item.due,
            days_text=left,
            text=f"里程碑“{item.name}”{item.why}，还没有{'或'.join(f'《{FORMS[key].title}》' for key in rule.forms)}",
            project_id=item.project.id,
            project=project_label(item.project),
            rule=f"{rule.rule} 里程碑检查",
            strength=rule.strength.label,
            action=f"填写《{FORMS[form].title}》",
            opens=form,
            estimated=not calendar.covers(item.due),
        )


def _paper(reading: Reading, standing: Standing, subject: Subject) -> str:
    """Which of the papers of a milestone this person files: the first that the policy lets them, else the first."""
    from_rights = [
        right.on
        for right in reading.policy.rights
        if right.on in reading.policy.milestones.forms and plays(reading.policy, standing, right.role, subject)
    ]
    forms = reading.policy.milestones.forms
    return next((key for key in forms if key in from_rights), forms[0])


def _opinions(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    """处理意见 that are to become tracked problems, to the PMO (INFO-3)."""
    policy = reading.policy
    if not everyone and not follows_opinions(reading, policy, actor):
        return
    waiting = open_opinions(reading, visible(reading, actor))
    projects = projects_by_id(reading, {item.project_id for item in waiting})
    form = policy.tracking.raise_with
    for item in waiting:
        project = projects[item.project_id]
        yield Todo(
            urgency=Urgency.TODAY,
            on=None,
            days_text="待办",
            text=f"{item.filing.title} {item.number} 已有处理意见，请落实责任部门和期限",
            project_id=project.id,
            project=project_label(project),
            rule=f"{policy.tracking.rule} 处理意见",
            strength=policy.tracking.strength.label,
            action=f"填写《{FORMS[form].title}》",
            opens=form,
        )


def _copies(reading: Reading, actor: UUID) -> Iterator[Todo]:
    """Papers of the last days that the policy sends to the actor (MON-2, INFO-2)."""
    policy, standing = reading.policy, standing_of(reading.session, actor, reading.today)
    sends = {rule.key: rule.sends for rule in policy.forms if rule.sends}
    roles = {role for names in sends.values() for role in names}
    if not roles:
        return
    since = reading.now - dt.timedelta(days=_NOTICE_DAYS)
    query = (
        select(Filing)
        .join(Project, Filing.project_id == Project.id)
        .where(visible(reading, actor), Filing.form_key.in_(sends), Filing.state.in_(STANDING))
        .where(func.coalesce(Filing.decided_at, Filing.submitted_at) >= since, Filing.author_id != actor)
        .order_by(Filing.submitted_at, Filing.id)
    )
    filings = reading.session.scalars(query).all()
    projects = projects_by_id(reading, {item.project_id for item in filings})
    for filing in filings:
        project = projects[filing.project_id]
        if any(plays(policy, standing, role, subject_of(project)) for role in sends[filing.form_key]):
            yield _copy(filing, project)


def _copy(filing: Filing, project: LedgerProject) -> Todo:
    decided = filing.state == FilingState.APPROVED.value and filing.decided_at != filing.submitted_at
    return Todo(
        urgency=Urgency.LATER,
        on=None,
        days_text="抄送",
        text=f"{filing.title} {filing.number}{'（已签批）' if decided else ''}",
        project_id=project.id,
        project=project_label(project),
        rule="抄送",
        strength="",
        action="查看",
        filing_id=filing.id,
    )
