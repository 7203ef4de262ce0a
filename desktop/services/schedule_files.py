"""Schedules as files of project programs: a baseline goes out, a file comes into a draft once it has been looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid4

from desktop.domain.calendar import calendar_of
from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.field import Facts
from desktop.domain.ledger import PersonRef
from desktop.domain.plan import SCHEDULE, Line
from desktop.domain.schedule.project_file import ProjectFile
from desktop.domain.schedule.project_lines import Taken, project_of, take_project
from desktop.exchange.project_reading import read_project_xml
from desktop.exchange.project_writing import write_project_xml
from desktop.services.office import Reading
from desktop.services.plans import baselines, plan_lines
from desktop.services.projects import open_project

_MOST_BASELINES = 10
"""Project keeps so many baselines beside the one that it compares with."""


def export_schedule(reading: Reading, actor: UUID, project_id: UUID, path: Path, no: int | None = None) -> None:
    """Write the schedule in force, or as it was under baseline ``no``, as Microsoft Project XML.

    In the file baseline 0, the one that Project compares with, is that schedule itself; 1 to 10 are the project's own
    of those numbers.

    Raises:
        NotAllowed: the actor may not see the project.
        Refusal: there is no such project, it has no schedule, or the file cannot be written.
    """
    project = open_project(reading, actor, project_id)
    lines = plan_lines(reading, project_id, no)[SCHEDULE.key]
    if not lines:
        raise Refusal(
            f"“{project.name}”还没有进度计划。", kept="没有写文件。", todo="立项批准、有了计划基线以后再导出。"
        )
    known = {row.no for row in baselines(reading, project_id) if row.no <= _MOST_BASELINES}
    older: dict[int, Sequence[Line]] = {one: plan_lines(reading, project_id, one)[SCHEDULE.key] for one in known}
    write_project_xml(path, project_of(project.name, lines, reading.calendar(), {0: lines, **older}))


def export_draft_schedule(path: Path, lines: Sequence[Line], facts: Facts) -> None:
    """Write the schedule of a draft as it stands, with the plan in force as its baseline.

    Raises:
        Refusal: the file cannot be written.
    """
    standing = facts.get(SCHEDULE.fact)
    before = [line for line in standing if isinstance(line, dict)] if isinstance(standing, list | tuple) else []
    name = str(facts.get("project.name") or SCHEDULE.title)
    write_project_xml(path, project_of(name, lines, calendar_of(facts), {0: before} if before else {}))


def read_schedule_file(path: Path) -> ProjectFile:
    """A file of a project program, nothing taken yet.

    Raises:
        Refusal: it cannot be read as Microsoft Project XML.
    """
    return read_project_xml(path)


def compare_schedule_file(
    file: ProjectFile, lines: Sequence[Line], people: Sequence[PersonRef], *, without_missing: bool = False
) -> Taken:
    """What a file would make of the lines of a draft; owners are colleagues where a name is borne by one alone."""
    known: dict[str, list[PersonRef]] = {}
    for person in people:
        known.setdefault(person.name, []).append(person)
    owners: Mapping[str, Json] = {
        name: {"id": str(alike[0].id), "name": name} for name, alike in known.items() if len(alike) == 1
    }
    return take_project(file, lines, lambda: str(uuid4()), owners, without_missing=without_missing)
