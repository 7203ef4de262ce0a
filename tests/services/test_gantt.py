"""A project's Gantt chart: any baseline, held against another, with what weekly reports tell; on paper (CTRL-6)."""

import datetime as dt
from functools import partial

from desktop.domain.errors import NotAllowed
from desktop.services.gantt import PaperSize, open_gantt, print_gantt
from tests.services.plans import PLAN, change, edited, plan_in_force
from tests.services.test_office import text_of
from tests.services.world import CLERK, HEAD, OTHER_MANAGER, TECHNICAL, World, refusal


def test_CTRL_6_a_baseline_is_drawn_against_the_one_before_or_any_other(world: World) -> None:
    clerk, project = world.who(CLERK), world.project().id
    look = partial(open_gantt, actor=clerk, project_id=project)
    empty = world.office.read(look)
    assert (empty.shown, empty.against, empty.chart.rows) == (None, None, ())
    printing = partial(print_gantt, actor=clerk, project_id=project, shown=(None, None), size=PaperSize.A3)
    assert "还没有进度计划" in refusal(lambda: world.office.read(printing)).what
    plan_in_force(world)
    key = PLAN["schedule"][0]["id"]
    moved = {"start": "2026-11-02", "end": "2026-11-30"}
    world.approve(change(world, schedule=edited("schedule", key, period=moved)), TECHNICAL, HEAD)
    page = world.office.read(look)
    assert page.shown
    assert page.against
    assert (page.shown.no, page.against.no, page.base_name) == (2, 1, "第 1 版基线")
    row = next(row for row in page.chart.rows if row.id == key)
    old = PLAN["schedule"][0]["period"]
    assert row.days == (dt.date(2026, 11, 2), dt.date(2026, 11, 30))
    assert row.base == (dt.date.fromisoformat(old["start"]), dt.date.fromisoformat(old["end"]))
    assert page.chart.today == world.office.read(lambda reading: reading.today)
    alone = world.office.read(partial(look, against=0))
    assert (alone.against, alone.chart.compared) == (None, False)
    first = world.office.read(partial(look, no=1))
    assert (first.shown and first.shown.no, first.against) == (1, None)
    refusal(lambda: world.office.read(partial(look, actor=world.who(OTHER_MANAGER))), NotAllowed)
    text = "".join(text_of(world.office.read(printing).pdf).split())
    assert "第2版基线" in text
    assert PLAN["schedule"][0]["name"] in text
