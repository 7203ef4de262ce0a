"""A member's week in one grid (WEEK-1): begun from last week's plan and the open tasks, sent project by project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, or_, select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.errors import Refusal
from desktop.domain.fields import effort_hours
from desktop.domain.filing import FilingState
from desktop.domain.form import Form, Line, LineTable, Problem, problems_of, settle
from desktop.domain.forms import bind
from desktop.domain.forms.weekly_report import DONE
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.values import decimal_text
from desktop.domain.weekly_clock import week_deadline, works_in
from desktop.domain.weeks import FRIDAY, day_in, shifted
from desktop.services.drafting import Draft
from desktop.services.form_facts import form_facts
from desktop.services.office import Office, Reading, Work
from desktop.services.projects import get_project
from desktop.services.reported import MEMBER_REPORT, STANDING, submitted_lines
from desktop.services.reporters import Duty, duties
from desktop.services.standing import records_of
from desktop.services.submitting import submit_draft
from desktop.store.drafts import Draft as StoredDraft
from desktop.store.ids import new_id
from desktop.store.tables import Assignment, Filing, PlanLine, Project

HOURS_A_DAY = 8
_LOOKS_BACK = 4
_MUCH = Decimal("1.5")
_KIND = "week"


@dataclass(frozen=True)
class SentReport:
    """What was already sent of the week: one filing a project."""

    project: LedgerProject
    filing_id: UUID
    number: str
    state: FilingState


@dataclass(frozen=True)
class MyWeek:
    """The grid of a week: ``form`` has one line table ``lines`` whose first column is the project.

    ``lines`` is the kept draft, or what the week begins with; ``hours`` how many hours its working days have,
    ``sent_hours`` how many of them the reports that were sent account for.
    """

    week: str
    due: dt.datetime | None
    form: Form
    lines: tuple[Line, ...]
    sent: tuple[SentReport, ...]
    excused: tuple[Duty, ...]
    hours: int
    kept: bool
    sent_hours: Decimal = Decimal(0)


def my_week(reading: Reading, actor: UUID, week: str) -> MyWeek:
    """A person's week: what they wrote so far, or else last week's plan and the tasks that lie in this one."""
    policy, calendar = reading.policy, reading.calendar()
    mine = [duty for duty in duties(reading, week, _perhaps(reading, actor)) if actor in duty.people]
    sent = tuple(_sent(reading, actor, week))
    done = {item.project.id for item in sent}
    waiting = [duty.project for duty in mine if duty.owed and duty.project.id not in done]
    rule = policy.weekly_rule(MEMBER_REPORT)
    kept = kept_lines(reading.office, actor, week)
    return MyWeek(
        week,
        week_deadline(rule, week, calendar) if rule else None,
        week_form(bind(MEMBER_REPORT, policy), [duty.project for duty in mine]),
        tuple(begun_lines(reading, actor, week, waiting) if kept is None else kept),
        sent,
        tuple(duty for duty in mine if not duty.owed),
        works_in(week, calendar) * HOURS_A_DAY,
        kept is not None,
        _sent_hours(reading, actor, week, sent),
    )


def _perhaps(reading: Reading, actor: UUID) -> ColumnElement[bool]:
    """Projects that name a person in some way; `duties` looks closer whether they ask for a report."""
    records = records_of(reading.session, actor)
    planned = select(PlanLine.project_id).where(PlanLine.person_id.in_(records), PlanLine.to_baseline.is_(None))
    held = select(Assignment.project_id).where(Assignment.person_id.in_(records), Assignment.project_id.is_not(None))
    return or_(Project.manager_id.in_(records), Project.id.in_(planned), Project.id.in_(held))


def week_form(form: Form, projects: Iterable[LedgerProject]) -> Form:
    """The grid of a whole week: the report's line table with the project before its columns."""
    options = tuple(
        Option(str(item.id), f"{item.called} {item.short_name or item.name}".strip(), _names(item)) for item in projects
    )
    column = ChoiceField(key="project", label="项目", required=True, options=options, share=1.4, synonyms=("项目编号",))
    table = form.section("lines")
    if not isinstance(table, LineTable):
        raise TypeError(table)
    return replace(form, key=_KIND, checks=(), sections=(replace(table, columns=(column, *table.columns), at_least=0),))


def _names(item: LedgerProject) -> tuple[str, ...]:
    return tuple(filter(None, (item.number, item.provisional, item.short_name, item.name)))


def _sent(reading: Reading, actor: UUID, week: str) -> Iterator[SentReport]:
    query = (
        select(Filing)
        .where(
            Filing.form_key == MEMBER_REPORT,
            Filing.period == week,
            Filing.author_id.in_(records_of(reading.session, actor)),
            Filing.state.in_((*STANDING, FilingState.RETURNED.value)),
        )
        .order_by(Filing.number)
    )
    for row in reading.session.scalars(query):
        if row.project_id is not None:
            project = get_project(reading, row.project_id)
            yield SentReport(project, row.id, row.number or "", FilingState(row.state))


def _sent_hours(reading: Reading, actor: UUID, week: str, sent: Iterable[SentReport]) -> Decimal:
    me = str(actor)
    lines = (line for item in sent for line in submitted_lines(reading, item.project.id, [week]))
    return sum((effort_hours(line.get("effort")) for line in lines if _is(line.get("person"), me)), Decimal(0))


def begun_lines(reading: Reading, actor: UUID, week: str, projects: Sequence[LedgerProject]) -> Iterator[Line]:
    """What a week begins with: what is unfinished of the last report, then the plan's tasks that lie in the week.

    What was planned for this week stands where the work done is told, to be put right.
    """
    me = str(actor)
    for project in projects:
        lines = submitted_lines(reading, project.id, [shifted(week, -back) for back in range(1, _LOOKS_BACK)])
        own = [line for line in lines if _is(line.get("person"), me)]
        last = max((str(line["week"]) for line in own), default="")
        going = [line for line in own if line["week"] == last and line.get("status") != DONE]
        known = {str(line.get("task")) for line in own}
        for line in going:
            yield _begun(project, str(line["task"]), line, str(line.get("next") or ""))
        found = bool(going)
        for task in _tasks(reading, actor, project.id, week):
            if str(task.get("name")) not in known:
                found = True
                period = task.get("period")
                end = period.get("end") if isinstance(period, Mapping) else None
                yield _begun(project, str(task["name"]), {"status": "doing", "forecast": end}, "")
        if not found:
            yield {"id": str(new_id()), "project": str(project.id)}


def _begun(project: LedgerProject, task: str, last: Line, planned: str) -> Line:
    kept = {key: last.get(key) for key in ("status", "done", "forecast", "needed", "contact")}
    return {"id": str(new_id()), "project": str(project.id), "task": task, **kept, "work": planned or None}


def _tasks(reading: Reading, actor: UUID, project_id: UUID, week: str) -> Iterator[Mapping[str, Any]]:
    query = (
        select(PlanLine.content)
        .where(
            PlanLine.project_id == project_id,
            PlanLine.register == "schedule",
            PlanLine.to_baseline.is_(None),
            PlanLine.person_id.in_(records_of(reading.session, actor)),
            and_(PlanLine.starts_on <= day_in(week, FRIDAY), PlanLine.ends_on >= day_in(week, 1)),
        )
        .order_by(PlanLine.place)
    )
    for text in reading.session.scalars(query):
        found: Any = read_canonical(text)
        yield found


def _is(person: Json, key: str) -> bool:
    return isinstance(person, Mapping) and person.get("id") == key


# ---- kept on this machine until it is sent


def _draft_id(actor: UUID, week: str) -> UUID:
    return uuid5(actor, week)


def kept_lines(office: Office, actor: UUID, week: str) -> list[Line] | None:
    """What the person has written of a week on this machine and not sent yet, or ``None``."""
    stored = office.home.drafts.load(_draft_id(actor, week))
    if stored is None:
        return None
    content: Any = read_canonical(stored.content)
    return list(content["lines"])


def keep_week(office: Office, actor: UUID, week: str, lines: Sequence[Line]) -> None:
    """Keep what was written of a week on this machine; it survives a crash."""
    office.home.drafts.save(
        StoredDraft(
            id=_draft_id(actor, week),
            office_id=office.id,
            author_id=actor,
            form_key=MEMBER_REPORT,
            subject_kind=_KIND,
            subject_id=week,
            content=canonical_text({"lines": [dict(line) for line in lines]}),
            saved_at=office.now(),
        )
    )


def drop_week(office: Office, actor: UUID, week: str) -> None:
    """Throw away what is kept of a week: it was sent, or is begun anew."""
    office.home.drafts.delete(_draft_id(actor, week))


# ---- what is wrong with it, and sending it


def by_project(lines: Iterable[Line]) -> dict[UUID, list[dict[str, Json]]]:
    """The lines of each project, without the project's column."""
    found: dict[UUID, list[dict[str, Json]]] = {}
    for line in lines:
        if line.get("project"):
            rest = {key: value for key, value in line.items() if key != "project"}
            found.setdefault(UUID(str(line["project"])), []).append(rest)
    return found


def week_problems(reading: Reading, actor: UUID, page: MyWeek, lines: Sequence[Line]) -> list[Problem]:
    """Everything that keeps the week from being sent, then what is worth a look, by line."""
    grid = problems_of(page.form, {"lines": list(lines)}, {})
    found = [problem for problem in grid if not _told_later(problem, lines)]
    form = bind(MEMBER_REPORT, reading.policy)
    for project_id, own in by_project(lines).items():
        facts = form_facts(reading, reading.policy, get_project(reading, project_id), MEMBER_REPORT, actor)
        content = settle(form, {"week": {"week": page.week}, "lines": own}, facts)
        found += [replace(problem, section="lines") for problem in problems_of(form, content, facts)]
    excused = {str(duty.project.id): duty.excuse for duty in page.excused}
    for line in lines:
        if excuse := excused.get(str(line.get("project") or "")):
            found.append(Problem("lines", "project", excuse, line=str(line["id"]), rule="WEEK-8"))
    found += _doubled(lines)
    found += _hours_problems(page, lines)
    return sorted(found, key=lambda item: not item.blocks)


def _told_later(problem: Problem, lines: Sequence[Line]) -> bool:
    """Whether a problem of the grid is told again by the report of the line's project."""
    line = next((one for one in lines if str(one["id"]) == problem.line), None)
    return problem.field != "project" and line is not None and bool(line.get("project"))


def _doubled(lines: Sequence[Line]) -> Iterator[Problem]:
    seen: set[tuple[Json, Json]] = set()
    for line in lines:
        key = (line.get("project"), line.get("task"))
        if all(key) and key in seen:
            text = f"任务“{line['task']}”写了两行，请核对"
            yield Problem("lines", "task", text, line=str(line["id"]), blocks=False, rule="WEEK-1")
        seen.add(key)


def _hours_problems(page: MyWeek, lines: Sequence[Line]) -> Iterator[Problem]:
    """Hours that do not fit the week (WEEK-7)."""
    if not any(column.key == "effort" for column in _columns(page.form)):
        return
    hours = sum((effort_hours(line.get("effort")) for line in lines), Decimal(0))
    told = f"本周工时合计 {decimal_text(hours)} 小时"
    if lines and not hours:
        yield Problem("lines", "effort", "还没有填写工时", blocks=False, rule="WEEK-7")
    elif hours > page.hours * _MUCH:
        text = f"{told}，本周工作日只有 {page.hours} 小时，请核对"
        yield Problem("lines", "effort", text, blocks=False, rule="WEEK-7")


def _columns(form: Form) -> tuple[Any, ...]:
    table = form.section("lines")
    return table.columns if isinstance(table, LineTable) else ()


def send_week(work: Work, week: str, lines: Sequence[Line]) -> list[UUID]:
    """Send a week: one report for each project, all or none. Returns the filings' ids.

    Sending twice (a second click) answers with the filings that are there. The caller drops the kept lines once this
    is committed.

    Raises:
        Incomplete: a line lacks something or contradicts itself.
        Refusal: a line has no project, a project takes no reports, or its report of the week was sent before.
    """
    strays = [number for number, line in enumerate(lines, 1) if not line.get("project")]
    if strays:
        where = f"第 {'、'.join(map(str, strays))} 行还没有选择项目。"
        raise Refusal(where, kept="草稿已保存，没有提交。", todo="请选择项目，或删去空行。")
    if not lines:
        raise Refusal("这一周还没有填写任何任务。", kept="没有提交。", todo="请至少填写一行。")
    drafts = [report_draft(work, work.actor, week, key, own) for key, own in by_project(lines).items()]
    return [submit_draft(work, draft) for draft in drafts]


def report_draft(reading: Reading, author: UUID, week: str, project_id: UUID, lines: Sequence[Line]) -> Draft:
    """One project's report of a person's week, as a draft that may be submitted; its id follows from its lines."""
    return Draft(
        id=uuid5(project_id, ":".join(str(line["id"]) for line in lines)),
        author_id=author,
        form_key=MEMBER_REPORT,
        project_id=project_id,
        filing_id=None,
        base_revision_id=None,
        content={"week": {"week": week}, "lines": [dict(line) for line in lines]},
        saved_at=reading.now,
    )
