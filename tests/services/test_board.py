"""The portfolio at a glance, held against plain counts."""

import datetime as dt
from collections import Counter
from functools import partial

from desktop.domain.weekly_clock import Timing
from desktop.services.board import open_board
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from tests.services.test_weekly import FRIDAY, line, send
from tests.services.world import CLERK, MANAGER, OTHER_MANAGER, RUNNING, World


def test_the_board_counts_states_money_lights_and_reports(world: World) -> None:
    world.clock.now = FRIDAY.astimezone().replace(hour=16)
    send(world, MANAGER, line(world))
    world.clock.now += dt.timedelta(hours=1)
    report = {"week": {"week": "2026-W45", "light": "yellow"}, "told": {"work": "按计划推进"}}
    world.submitted("project_report", RUNNING, MANAGER, **report)
    with world.office.reading() as reading:
        board = open_board(reading, world.who(CLERK))
        rows = project_rows(reading, project_ids(reading, world.who(CLERK), ProjectQuery()))
    assert {one.state.key: one.count for one in board.states} == Counter(row.state for row in rows)
    assert sum(one.amount for one in board.states) == sum(row.amount or 0 for row in rows)
    assert dict(board.lights) == {"yellow": 1}
    assert board.silent == sum(row.state in {"implementing", "starting"} for row in rows) - 1
    assert board.planned == sum(row.budget or 0 for row in rows)
    week, tally = board.weeks[-1]
    assert (week, tally.of(Timing.ON_TIME)) == ("2026-W45", 1)
    assert board.problems == (0, 0)


def test_the_board_shows_only_what_one_may_see(world: World) -> None:
    read = partial(open_board, actor=world.who(OTHER_MANAGER))
    assert sum(one.count for one in world.office.read(read).states) == 2
