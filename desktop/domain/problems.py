"""Tracked problems in words that every form shares: how grave, who must settle them, and the lines that raise them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Field
from desktop.domain.fields import DateField, PersonField, TextField
from desktop.domain.form import Line, LineTable, Problem, day_of, lines_of
from desktop.domain.outcome import RaisedProblem

GRAVE, USUAL = "grave", "usual"
SEVERITIES = (
    Option(GRAVE, "严重", ("重大", "高", "紧急")),
    Option(USUAL, "一般", ("中", "普通")),
    Option("light", "轻微", ("低", "小")),
)
"""程度 of a problem."""

IN_PROJECT, TO_OFFICE, TO_PRESIDENT = "project", "pmo", "president"
LEVELS = (
    Option(IN_PROJECT, "项目内处理"),
    Option(TO_OFFICE, "上报项目管理部"),
    Option(TO_PRESIDENT, "上报总裁室"),
)
"""Who settles a problem: what a project cannot settle itself is raised higher (INFO-3)."""


def problem_columns(what: str, hint: str = "") -> tuple[Field, ...]:
    """The columns of lines that open tracked problems: ``what`` is how the form calls their subject."""
    return (
        TextField(key="what", label=what, required=True, share=3, lines=True, longest=2_000, hint=hint),
        PersonField(key="owner", label="责任人", required=True, share=1),
        TextField(key="department", label="责任部门", share=1.3, offers="offers.departments"),
        DateField(key="due", label="期限", required=True, share=1.2),
        ChoiceField(key="severity", label="程度", required=True, options=SEVERITIES, share=0.8),
    )


def problem_table(key: str, title: str, what: str, noun: str, note: str = "") -> LineTable:
    """A section whose lines are tracked once the form is approved."""
    return LineTable(key=key, title=title, noun=noun, note=note, columns=problem_columns(what))


def late_lines(content: Content, section: str, since: dt.date | None, what: str, rule: str) -> Iterator[Problem]:
    """Lines that would be due before the day (``what``) on which they were decided."""
    for number, line in enumerate(lines_of(content, section), 1):
        due = line.get("due")
        if since is not None and isinstance(due, str) and dt.date.fromisoformat(due) < since:
            text = f"第 {number} 行的期限 {due} 早于{what} {since}"
            yield Problem(section, "due", text, line=str(line["id"]), rule=rule)


def raised(lines: Iterable[Line], on: dt.date) -> Sequence[RaisedProblem]:
    """What such lines open."""
    return [
        RaisedProblem(
            line=line,
            title=str(line.get("what") or ""),
            raised_on=on,
            owner=line.get("owner"),
            department=str(line.get("department") or ""),
            due_on=day(line.get("due")),
            severity=str(line.get("severity") or ""),
            place=place,
        )
        for place, line in enumerate(lines, 1)
    ]


def day(value: Json) -> dt.date | None:
    """A stored date."""
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else None


def not_ahead(content: Content, section: str, field: str, label: str, today: Json) -> Iterator[Problem]:
    """A day on which something happened is not one to come."""
    on = day_of(content, section, field)
    if on is not None and isinstance(today, str) and on > dt.date.fromisoformat(today):
        yield Problem(section, field, f"{label} {on} 还没有到")
