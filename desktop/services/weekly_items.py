"""What weekly reporting asks of a person today, for the workbench: one line for each duty, however many projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from desktop.domain.clocks import Urgency
from desktop.domain.policy_deadlines import WeeklyRule
from desktop.domain.rights import OFFICE, plays
from desktop.domain.submission import StatusRow, WeekStatus
from desktop.domain.weekly_clock import Timing, week_deadline
from desktop.domain.weeks import shifted, week_text
from desktop.services.mailing import sent_letters
from desktop.services.office import Reading
from desktop.services.projects import subject_of
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, current_week
from desktop.services.reporters import GATE
from desktop.services.standing import standing_of
from desktop.services.todos import Todo, project_label
from desktop.services.week_queue import count_waiting
from desktop.services.week_status import week_status

PAGE, PAPERS_PAGE = "weekly", "control"
_MINE, _QUEUE, _STATUS = "mine", "queue", "status"
_LOOKS_BACK = 1
_SHOWN_AHEAD = dt.timedelta(days=2)
_NAMED = 3


def weekly_items(reading: Reading, actor: UUID) -> Iterator[Todo]:
    """The actor's own duties of this week and the last: reports to write, to decide on, to bring in, to tell of."""
    policy = reading.policy
    if not any(gate.key == GATE for gate in policy.gates):
        return
    waiting = count_waiting(reading, actor)
    if waiting:
        yield _todo(Urgency.SOON, None, "待审批", f"{waiting} 份周报等您审批", "WEEK-4 周报审批", "一次办完", _QUEUE)
    week = current_week(reading.today)
    for one in (week, shifted(week, -_LOOKS_BACK)):
        yield from _of_week(_Week(reading, actor, one), past=one != week)


@dataclass
class _Week:
    """A week's status, read once for each kind of report where it is asked for."""

    reading: Reading
    actor: UUID
    week: str
    _known: dict[str, WeekStatus] = field(default_factory=dict)

    @property
    def now(self) -> dt.datetime:
        return self.reading.now.astimezone().replace(tzinfo=None)

    def status(self, form: str) -> WeekStatus:
        if form not in self._known:
            self._known[form] = week_status(self.reading, self.actor, self.week, form)
        return self._known[form]

    def open_rows(self, form: str) -> list[StatusRow]:
        """What has not come in."""
        return [row for row in self.status(form).rows if row.timing in {Timing.MISSING, Timing.WAITING}]


def _of_week(week: _Week, *, past: bool) -> Iterator[Todo]:
    """Duties of a week; of a ``past`` one only what the actor has not written themselves."""
    calendar = week.reading.calendar()
    for rule in week.reading.policy.weekly:
        due = week_deadline(rule, week.week, calendar)
        if due is None or week.now < due - _SHOWN_AHEAD or (past and (week.now < due or not _is_own(rule))):
            continue
        item = _item(week, rule, due)
        if item is not None:
            yield item


def _item(week: _Week, rule: WeeklyRule, due: dt.datetime) -> Todo | None:
    if _is_own(rule):
        mine = [row for row in week.open_rows(rule.form) if row.person and row.person.id == week.actor]
        return _own(week, rule, due, mine) if mine else None
    if rule.goes_to:
        return _paper(week, rule, due)
    told = [row for row in week.open_rows(rule.form or MEMBER_REPORT) if _is_told(week, rule, row)]
    if not told:
        return None
    action = "代交或催交" if rule.away else "查看提交情况"
    names = "、".join(dict.fromkeys(row.person.shown for row in told if row.person))
    text = f"{rule.title}：{week_text(week.week)}还有 {len(told)} 份未交（{_cut(names)}）"
    urgency, left = _nearness(due, week.now)
    return _todo(urgency, due.date(), left, text, f"{rule.rule} {rule.title}", action, _STATUS, rule.strength.label)


def _paper(week: _Week, rule: WeeklyRule, due: dt.datetime) -> Todo | None:
    """A paper that the office sends (WEEK-5, INFO-1), until it was sent to somebody."""
    reading = week.reading
    standing = standing_of(reading.session, week.actor, reading.today)
    if not any(plays(reading.policy, standing, role, OFFICE) for role in rule.tells):
        return None
    if any(one.state in {"sent", "file"} for one in sent_letters(reading, f"{rule.key}:{week.week}")):
        return None
    missing = len(week.open_rows(MEMBER_REPORT))
    left_out = f"，还有 {missing} 份员工周报未交" if missing else ""
    urgency, left = _nearness(due, week.now)
    text = f"{rule.title}：{week_text(week.week)}，待报送{left_out}"
    basis = f"{rule.rule} {rule.title}"
    item = _todo(urgency, due.date(), left, text, basis, "查看并发送", "", rule.strength.label)
    return replace(item, page=(PAPERS_PAGE, rule.key))


def _is_own(rule: WeeklyRule) -> bool:
    return bool(rule.form) and not rule.away


def _own(week: _Week, rule: WeeklyRule, due: dt.datetime, rows: Sequence[StatusRow]) -> Todo:
    urgency, left = _nearness(due, week.now)
    projects = [project_label(row.project) for row in rows]
    text = f"{rule.title}：{week_text(week.week)}，{_cut('、'.join(projects), len(projects))}"
    if rule.form == PROJECT_REPORT:
        first = rows[0].project
        return Todo(
            urgency=urgency,
            on=due.date(),
            days_text=left,
            text=text,
            project_id=first.id,
            project=project_label(first),
            rule=f"{rule.rule} {rule.title}",
            strength=rule.strength.label,
            action=f"填写《{rule.title}》",
            opens=rule.form,
        )
    return _todo(urgency, due.date(), left, text, f"{rule.rule} {rule.title}", "填写周报", _MINE, rule.strength.label)


def _is_told(week: _Week, rule: WeeklyRule, row: StatusRow) -> bool:
    standing = standing_of(week.reading.session, week.actor, week.reading.today)
    return any(plays(week.reading.policy, standing, role, subject_of(row.project)) for role in rule.tells)


def _nearness(due: dt.datetime, now: dt.datetime) -> tuple[Urgency, str]:
    if now > due:
        days = (now.date() - due.date()).days
        return Urgency.LATE, f"逾期 {days} 天" if days else f"已过 {due:%H:%M}"
    if now.date() == due.date():
        return Urgency.TODAY, f"今天 {due:%H:%M} 前"
    return Urgency.SOON, f"{due:%m-%d %H:%M} 前"


def _cut(names: str, count: int = 0) -> str:
    parts = names.split("、")
    return "、".join(parts[:_NAMED]) + (f" 等 {count or len(parts)} 个" if len(parts) > _NAMED else "")


def _todo(
    urgency: Urgency,
    on: dt.date | None,
    days: str,
    text: str,
    rule: str,
    action: str,
    part: str,
    strength: str = "",
) -> Todo:
    return Todo(urgency, on, days, text, None, "", rule, strength, action, page=(PAGE, part))
