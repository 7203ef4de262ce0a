"""周报提交情况通报: what came in, late, not at all, from whom, and how that was in the weeks before (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.calendar import WorkCalendar
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import PercentField, QuantityField, TextField, WeekField
from desktop.domain.lateness import late_text
from desktop.domain.policy_terms import Tone
from desktop.domain.report import Fact, Group, MomentField, Report, Row, Table, single
from desktop.domain.reports.common import (
    NOBODY,
    NOWHERE,
    grouped,
    label_of,
    minute_text,
    percent_text,
    share_text,
)
from desktop.domain.submission import StatusRow, Tally, WeekStatus
from desktop.domain.weekly_clock import Timing
from desktop.domain.weeks import week_text

KEY, TITLE = "status_report", "周报提交情况通报"


@dataclass(frozen=True)
class Submission:
    """What the report is made from.

    ``members`` and ``projects`` are the week's member and project reports; ``earlier`` the totals of the weeks before,
    oldest first; ``now`` in the office's local time; ``to`` are the roles that it goes to, ``notice`` what is to be
    known of the calendar, ``seal`` the newest seal of the journal, so that paper holds it too.
    """

    week: str
    members: WeekStatus
    projects: WeekStatus
    earlier: tuple[tuple[str, Tally, Tally], ...]
    now: dt.datetime
    calendar: WorkCalendar
    to: str = ""
    notice: str = ""
    seal: str = ""


def submission_report(found: Submission) -> Report:
    """The report of a week, as things stood at ``now``."""
    whole = found.members.whole
    return Report(
        key=KEY,
        title=TITLE,
        subtitle=week_text(found.week),
        dated=f"统计时间：{found.now:%Y-%m-%d %H:%M}",
        to=found.to,
        facts=(*_facts(whole), *_paper_facts(found)),
        parts=(
            _counted("departments", "各部门员工周报", "部门", found.members, _department),
            _managers(found.members),
            _counted("projects", "各部门项目周报", "部门", found.projects, _department),
            _trend(found),
            _missing(found),
            _late(found),
            _excused(found),
        ),
        notes=tuple(note for note in (_NOTE, _due_note(found), found.notice, found.seal) if note),
    )


_NOTE = (
    "提交率＝（按时＋迟交）÷应交；退回后尚未重新提交的按未交计；免交的不计入应交。各周数字按统计时间的数据重新计算。"
)


def rate_of(tally: Tally) -> Json:
    """The share that came in, in points to a tenth; it is 100 only where nothing is missing."""
    return share_text(tally.came, tally.owed)


def _facts(whole: Tally) -> Iterator[Fact]:
    yield Fact("应交", f"{whole.owed} 份")
    yield Fact("按时", f"{whole.of(Timing.ON_TIME)} 份", Tone.GOOD)
    yield Fact("迟交", f"{whole.of(Timing.LATE)} 份", Tone.WARNING if whole.of(Timing.LATE) else None)
    yield Fact("未交", f"{whole.of(Timing.MISSING)} 份", Tone.BAD if whole.of(Timing.MISSING) else None)
    if waiting := whole.of(Timing.WAITING):
        yield Fact("待交（未到期）", f"{waiting} 份")
    yield Fact("免交", f"{whole.of(Timing.EXCUSED)} 人次")
    yield Fact("员工周报提交率", percent_text(rate_of(whole)))
    yield Fact("员工周报按时率", percent_text(share_text(whole.of(Timing.ON_TIME), whole.owed)))


def _paper_facts(found: Submission) -> Iterator[Fact]:
    whole = found.projects.whole
    if found.projects.due is not None:
        yield Fact("项目周报", f"应交 {whole.owed} 份，已交 {whole.came} 份")
        yield Fact("项目周报提交率", percent_text(rate_of(whole)))


def _due_note(found: Submission) -> str:
    dues = [
        f"{title}应于 {status.due:%Y-%m-%d %H:%M} 前提交"
        for title, status in (("员工周报", found.members), ("项目周报", found.projects))
        if status.due
    ]
    return "；".join(dues) + "。" if dues else "这一周没有工作日，不用交周报。"


_COUNTS = ((Timing.ON_TIME, "on_time"), (Timing.LATE, "late"), (Timing.MISSING, "missing"), (Timing.EXCUSED, "excused"))
_ALARMS = {"late": Tone.WARNING, "missing": Tone.BAD}


def _count_columns(*first: Field) -> tuple[Field, ...]:
    return (
        *first,
        QuantityField(key="owed", label="应交", share=0.7),
        *(QuantityField(key=key, label=timing.label, share=0.7) for timing, key in _COUNTS),
        QuantityField(key="waiting", label=Timing.WAITING.label, share=0.7),
        PercentField(key="rate", label="提交率", share=0.8),
        PercentField(key="punctual", label="按时率", share=0.8),
    )


def _count_row(tally: Tally, **first: Json) -> Row:
    counts = {key: str(tally.of(timing)) for timing, key in (*_COUNTS, (Timing.WAITING, "waiting"))}
    values: dict[str, Json] = {
        **first,
        **counts,
        "owed": str(tally.owed),
        "rate": rate_of(tally),
        "punctual": share_text(tally.of(Timing.ON_TIME), tally.owed),
    }
    return Row(values, {key: tone for key, tone in _ALARMS.items() if counts[key] != "0"})


def _counted(key: str, title: str, label: str, status: WeekStatus, name: Callable[[StatusRow], str]) -> Table:
    rows = [_count_row(tally, name=tally.name) for tally in status.by(name)]
    return Table(
        key=key,
        title=title,
        columns=_count_columns(TextField(key="name", label=label, share=2.2)),
        groups=single(*rows),
        total=_count_row(status.whole, name="合计") if rows else None,
    )


def _managers(status: WeekStatus) -> Table:
    """The managers of each department, closed by the department's sums."""
    groups = []
    for department, rows in grouped(status.rows, _department):
        part = WeekStatus(status.week, status.form, status.due, tuple(rows))
        counted = tuple(_count_row(tally, name=tally.name) for tally in part.by(_manager))
        groups.append(Group(department, counted, _count_row(part.whole, name="小计") if len(counted) > 1 else None))
    return Table(
        key="managers",
        title="各项目经理的员工周报",
        columns=_count_columns(TextField(key="name", label="项目经理", share=2.2)),
        groups=tuple(groups),
        total=_count_row(status.whole, name="合计") if groups else None,
    )


def _trend(found: Submission) -> Table:
    weeks = (*found.earlier, (found.week, found.members.whole, found.projects.whole))
    rows = [
        Row(
            {
                "week": week,
                "owed": str(members.owed),
                "late": str(members.of(Timing.LATE)),
                "missing": str(members.of(Timing.MISSING)),
                "rate": rate_of(members),
                "punctual": share_text(members.of(Timing.ON_TIME), members.owed),
                "papers": rate_of(projects),
            }
        )
        for week, members, projects in weeks
    ]
    columns = (
        WeekField(key="week", label="周次", share=2.4),
        QuantityField(key="owed", label="应交", share=0.7),
        QuantityField(key="late", label="迟交", share=0.7),
        QuantityField(key="missing", label="未交", share=0.7),
        PercentField(key="rate", label="员工周报提交率", share=1.2),
        PercentField(key="punctual", label="员工周报按时率", share=1.2),
        PercentField(key="papers", label="项目周报提交率", share=1.2),
    )
    return Table(key="trend", title=f"近 {len(rows)} 周", columns=columns, groups=single(*rows))


_WHO = (
    TextField(key="project", label="项目", share=2.6),
    TextField(key="person", label="应交人", share=1.2),
    TextField(key="manager", label="项目经理", share=1.1),
    TextField(key="form", label="周报", share=0.9),
)


def _who(row: StatusRow, form: str) -> dict[str, Json]:
    person = row.person.shown if row.person else ""
    return {"project": label_of(row.project), "person": person, "manager": row.manager, "form": form}


def _both(found: Submission) -> Iterator[tuple[StatusRow, str, WeekStatus]]:
    for form, status in (("员工周报", found.members), ("项目周报", found.projects)):
        yield from ((row, form, status) for row in status.rows)


def _missing(found: Submission) -> Table:
    rows = []
    for row, form, status in _both(found):
        if row.timing in {Timing.MISSING, Timing.WAITING} and status.due:
            over = late_text(status.due, found.now, found.calendar)
            tone = Tone.BAD if row.timing is Timing.MISSING else Tone.NEUTRAL
            values = {
                **_who(row, form),
                "due": minute_text(status.due),
                "over": f"{row.timing.label}，已过 {over}" if over else "待交，尚未到期",
            }
            rows.append((row, Row(values, {"over": tone}, row.project.id)))
    columns = (
        *_WHO,
        MomentField(key="due", label="应交时间", share=1.2),
        TextField(key="over", label="情况", share=1.6),
    )
    return Table(key="missing", title="未交名单", columns=columns, groups=_by_department(rows), empty="没有未交的周报")


def _late(found: Submission) -> Table:
    rows = []
    for row, form, status in _both(found):
        if row.timing is Timing.LATE and row.report and status.due:
            late = late_text(status.due, row.report.at, found.calendar)
            values = {**_who(row, form), "at": minute_text(row.report.at), "over": f"迟 {late}" if late else "迟交"}
            rows.append((row, Row(values, {"over": Tone.WARNING}, row.project.id)))
    columns = (
        *_WHO,
        MomentField(key="at", label="提交时间", share=1.2),
        TextField(key="over", label="情况", share=1.6),
    )
    return Table(key="late", title="迟交名单", columns=columns, groups=_by_department(rows), empty="没有迟交的周报")


def _excused(found: Submission) -> Table:
    rows = [
        (row, Row({**_who(row, ""), "reason": row.reason}, {}, row.project.id))
        for row in found.members.rows
        if row.timing is Timing.EXCUSED
    ]
    columns = (*_WHO[:3], TextField(key="reason", label="免交原因", share=4))
    return Table(key="excused", title="免交名单", columns=columns, groups=_by_department(rows), empty="没有免交的")


def _by_department(rows: Sequence[tuple[StatusRow, Row]]) -> tuple[Group, ...]:
    found = grouped(rows, lambda pair: _department(pair[0]))
    return tuple(Group(name, tuple(row for _status, row in pairs)) for name, pairs in found)


def _department(row: StatusRow) -> str:
    return row.department or NOWHERE


def _manager(row: StatusRow) -> str:
    return row.manager or NOBODY
