"""A person at work who is made to be killed: ``killed_clerk.py DATABASE FOLDER``, see `tests.nursery`.

Over and over: a draft is saved, submitted, its filing decided by whoever's turn it is. What was acknowledged is told:
``draft MARK``, ``submitted FILING MARK``, ``decided FILING STEP``. One filing is made in peace before: what the nursery
has loaded and compiled by then, its children need not.
"""

import datetime as dt
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.services.drafting import discard_draft, save_draft
from desktop.services.submitting import submit_draft
from tests.nursery import breed, tell
from tests.services.world import MANAGER, OTHER_MANAGER, TECHNICAL, World, merge, open_world
from tests.statements import share_statements

SIGNERS = {"giver": MANAGER, "receiver": OTHER_MANAGER, "witness": TECHNICAL}
LONG = "交接说明" * 4_000


def work_until_killed(turn: int) -> None:
    world = open_world(sys.argv[1], Path(sys.argv[2]))
    world.clock.now += dt.timedelta(minutes=turn)
    number = 0
    while True:
        number += 1
        hand_over(world, f"第{turn}-{number}次", tell)


def hand_over(world: World, mark: str, tell: Callable[..., None]) -> None:
    manager = world.who(MANAGER)
    draft = world.draft("handover", people={"note": mark})
    tell("draft", mark)
    longer = merge(draft.content, {"people": {"note": f"{mark} {LONG}"}})
    draft = save_draft(world.office, manager, replace(draft, content=longer))
    tell("draft", mark)
    filing = world.office.run(manager, lambda work: submit_draft(work, draft)).value
    tell("submitted", filing, mark)
    discard_draft(world.office, draft.id)
    for step, name in SIGNERS.items():
        world.approve(filing, name)
        tell("decided", filing, step)


def make_one_in_peace() -> None:
    world = open_world(sys.argv[1], Path(sys.argv[2]))
    hand_over(world, "第一次", lambda *_words: None)
    world.office.close()


if __name__ == "__main__":
    share_statements()
    make_one_in_peace()
    breed(work_until_killed)
