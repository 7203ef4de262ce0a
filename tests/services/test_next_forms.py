"""The form that leads a project on stands on the workbench of who may file it, until it is on its way."""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from desktop.domain.approval import Decision
from desktop.services import drafting, due
from desktop.services.todos import Todo
from tests.services.entry import nominated, opened, registered
from tests.services.planning import PLAN, PLAN_CHAIN, begin, draft_on
from tests.services.world import CLERK, FINANCE, MANAGER, OTHER_MANAGER, TECHNICAL, World, line

D = dt.date


def listed(world: World, by: str, project: UUID | None = None, **more: Any) -> list[Todo]:
    items = world.office.read(lambda reading: due.todo(reading, world.who(by), **more))
    return [item for item in items if project is None or item.project_id == project]


def test_INIT_3_the_manager_of_a_project_that_starts_is_told_to_plan_until_the_plan_is_on_its_way(
    world: World,
) -> None:
    project = begin(world)
    (item,) = listed(world, MANAGER, project)
    assert (item.text, item.on, item.opens) == ("下一步：填写《项目实施计划》", None, "implementation_plan")
    assert item.rule.startswith("INIT-")
    assert "启动" in item.rule
    assert [one.opens for one in listed(world, CLERK, project)] == [], "it is not the clerk's"
    draft = draft_on(world, "implementation_plan", project, PLAN)
    assert [one.draft_id for one in listed(world, MANAGER, project)] == [draft.id], "the draft itself stands there"
    filing = world.submit(draft)
    assert listed(world, MANAGER, project) == []
    world.sign(filing, TECHNICAL, Decision.RETURN, "补充")
    assert [one.filing_id for one in listed(world, MANAGER, project)] == [filing], "to be reworked, not begun anew"
    world.submit(world.rework(filing))
    world.approve(filing, *PLAN_CHAIN)
    (item,) = listed(world, MANAGER, project)
    assert item.opens == "initiation"


def test_what_has_a_date_comes_first_and_drafts_come_last(world: World) -> None:
    begin(world)
    world.draft("suspension")
    world.clock.set(D(2026, 11, 9))
    others = ("WEEK", "MON")
    shown = [item for item in listed(world, MANAGER) if not item.rule.startswith(others)]
    told = [(item.opens, item.draft_id is not None) for item in shown]
    assert told == [("resumption", False), ("implementation_plan", False), ("", True)]


def test_APPT_2_what_a_clock_tells_already_is_not_told_twice(world: World) -> None:
    (project,) = opened(world, registered(world))
    (item,) = listed(world, TECHNICAL, project.id)
    assert (item.opens, item.on) == ("appointment", D(2026, 11, 5))
    for more in ({}, {"everyone": True}):
        (followed,) = listed(world, CLERK, project.id, **more)
        assert (followed.on, followed.action, followed.opens) == (item.on, "查看项目", ""), "the department nominates"
    nominated(world, project)
    assert listed(world, TECHNICAL, project.id) == []


def test_the_whole_office_sees_what_comes_next_and_who_may_not_file_it_is_led_to_the_project(world: World) -> None:
    project = begin(world)
    (item,) = listed(world, FINANCE, project, everyone=True)
    assert (item.text, item.action, item.opens) == ("下一步：填写《项目实施计划》", "查看项目", "")
    assert listed(world, FINANCE, project) == []
    assert listed(world, OTHER_MANAGER, project, everyone=True) == []


def test_how_many_projects_there_are_makes_no_more_questions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = world.who(MANAGER)

    def asked() -> int:
        said: list[str] = []
        listen = partial(_note, said)
        event.listen(Engine, "before_cursor_execute", listen)
        with world.office.reading() as reading:
            monkeypatch.setattr(world.office, "reading", None)
            assert [item for item in due.todo(reading, manager) if item.opens == "implementation_plan"]
        monkeypatch.undo()
        event.remove(Engine, "before_cursor_execute", listen)
        return len(said)

    begin(world)
    before = asked()
    more = [line(None, f"新项目{n}", "starting", manager={"id": "", "name": MANAGER}) for n in range(9)]
    draft = drafting.start_draft(world.office, world.who(CLERK), "opening", None)
    content = {"source": {"file": "台账.xlsx", "on": "2026-11-03"}, "projects": more}
    world.submit(replace(draft, content=content), CLERK)
    assert len(listed(world, MANAGER)) >= len(more)
    assert asked() == before


def _note(said: list[str], _connection: object, _cursor: object, statement: str, *_more: object) -> None:
    said.append(statement)
