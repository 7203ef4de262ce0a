"""Schedules go out as Microsoft Project XML and come into a draft (CTRL-6, CHG-1)."""

import datetime as dt
from functools import partial
from pathlib import Path

from desktop.domain.calendar import calendar_facts
from desktop.domain.errors import NotAllowed
from desktop.domain.ledger import PersonRef
from desktop.domain.schedule.project_lines import Fate
from desktop.services import people
from desktop.services.schedule_files import (
    compare_schedule_file,
    export_draft_schedule,
    export_schedule,
    read_schedule_file,
)
from tests.services.plans import PLAN, change, edited, plan_in_force
from tests.services.world import CLERK, HEAD, MANAGER, OTHER_MANAGER, TECHNICAL, World, refusal


def out(world: World, path: Path, no: int | None = None, by: str = CLERK) -> None:
    export = partial(export_schedule, actor=world.who(by), project_id=world.project().id, path=path, no=no)
    world.office.read(export)


def test_CTRL_6_any_baseline_goes_out_with_those_before_it(world: World, tmp_path: Path) -> None:
    plan_in_force(world)
    moved = {"start": "2026-11-02", "end": "2026-11-30"}
    key = PLAN["schedule"][0]["id"]
    world.approve(change(world, schedule=edited("schedule", key, period=moved)), TECHNICAL, HEAD)
    out(world, tmp_path / "现行.xml")
    out(world, tmp_path / "一.xml", 1)
    now, first = (read_schedule_file(tmp_path / name) for name in ("现行.xml", "一.xml"))
    old = PLAN["schedule"][0]["period"]
    assert (str(now.tasks[0].start), str(now.tasks[0].end)) == ("2026-11-02", "2026-11-30")
    assert {no: str(one.finish) for no, one in now.tasks[0].baselines.items()} == {
        0: "2026-11-30",
        1: old["end"],
        2: "2026-11-30",
    }
    assert str(first.tasks[0].end) == old["end"]
    assert dt.date(2026, 10, 1) in now.calendar.holidays
    assert now.name == world.project().name
    people_of = world.office.read(people.people_refs)
    assert compare_schedule_file(first, PLAN["schedule"], people_of).count(Fate.SAME) == len(PLAN["schedule"])


def test_CTRL_6_a_schedule_goes_out_to_those_who_see_the_project_and_have_one(world: World, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    assert "还没有进度计划" in str(refusal(lambda: out(world, path)))
    plan_in_force(world)
    refusal(lambda: out(world, path, by=OTHER_MANAGER), NotAllowed)
    assert not path.exists()


def test_CTRL_6_a_draft_goes_out_with_the_plan_in_force_as_its_baseline(world: World, tmp_path: Path) -> None:
    plan_in_force(world)
    key = PLAN["schedule"][0]["id"]
    lines = edited("schedule", key, period={"start": "2026-11-02", "end": "2026-11-30"})
    facts = {
        "plan.schedule": PLAN["schedule"],
        "project.name": "草稿",
        **calendar_facts(world.office.read(lambda reading: reading.calendar())),
    }
    path = tmp_path / "草稿.xml"
    export_draft_schedule(path, lines, facts)
    file = read_schedule_file(path)
    assert str(file.tasks[0].baselines[0].finish) == PLAN["schedule"][0]["period"]["end"]
    taken = compare_schedule_file(file, PLAN["schedule"], ())
    assert [one.label for one in taken.rows[0].differences] == ["起止日期"]


def test_CTRL_6_owners_are_colleagues_where_one_alone_bears_the_name(world: World, tmp_path: Path) -> None:
    colleagues = world.office.read(people.people_refs)
    line = {**PLAN["schedule"][0], "owner": {"id": "", "name": MANAGER}}
    path = tmp_path / "x.xml"
    export_draft_schedule(path, [line], {})
    file = read_schedule_file(path)
    (new,) = compare_schedule_file(file, (), colleagues).lines
    assert new["owner"] == {"id": str(world.who(MANAGER)), "name": MANAGER}
    twice = [*colleagues, PersonRef(world.who(HEAD), MANAGER)]
    (unsure,) = compare_schedule_file(file, (), twice).lines
    assert unsure["owner"] == {"id": "", "name": MANAGER}
