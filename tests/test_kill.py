"""The program killed at any moment while it saves: nothing acknowledged is lost, nothing half is left."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from desktop.services.checking import verify_office
from desktop.services.drafting import list_drafts
from desktop.services.filings import FilingQuery, filing_ids
from tests.databases import Prepare, moved_to
from tests.killed_clerk import LONG, SIGNERS
from tests.nursery import kill_children, rounds_for
from tests.services.world import CLERK, MANAGER, World, found_world, open_world

SEED = 20261124
LONGEST = 0.03
Told = list[list[str]]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_work_that_is_killed_loses_nothing_acknowledged(
    office_template: Callable[[Prepare], str], on_disk: Path
) -> None:
    url = moved_to(on_disk, office_template(found_world))
    world = open_world(url, on_disk)
    signed: dict[UUID, set[str]] = {}
    rounds = rounds_for(url)
    for heard in kill_children("tests.killed_clerk", url, str(on_disk), rounds=rounds, seed=SEED, longest=LONGEST):
        told = [line.split() for line in heard]
        for word, filing, step in (line for line in told if line[0] != "draft"):
            done = signed.setdefault(UUID(filing), set())
            if word == "decided":
                done.add(step)
        hold_drafts(world, told)
    assert signed
    hold_filings(world, signed)
    assert verify_office(world.office) == []
    world.office.close()


def hold_drafts(world: World, told: Told) -> None:
    """The draft that was saved last and not yet submitted is offered back whole."""
    drafts = list_drafts(world.office, world.who(MANAGER))
    assert len(drafts) <= 1
    saved = [line[1] for line in told if line[0] == "draft"]
    submitted = [line[2] for line in told if line[0] == "submitted"]
    if saved and saved[-1] not in submitted:
        assert [str(draft.content["people"]["note"]).split()[0] for draft in drafts] == [saved[-1]]


def hold_filings(world: World, signed: dict[UUID, set[str]]) -> None:
    """Every acknowledged filing and signature is there, and every filing that is there is whole."""
    query = FilingQuery(form_keys=("handover",))
    known = world.office.read(lambda reading: filing_ids(reading, world.who(CLERK), query))
    assert set(signed) <= set(known)
    order = list(SIGNERS)
    for filing in known:
        page = world.page(filing)
        steps = [item.step for item in page.sign_offs]
        assert steps == order[: len(steps)]
        assert signed.get(filing, set()) <= set(steps)
        assert str(page.content["people"]["note"]).endswith(LONG)
        assert (page.row.waiting == "") == (len(steps) == len(order))
    numbers = sorted(world.page(filing).row.number for filing in known)
    assert [int(number[-4:]) for number in numbers] == list(range(1, len(numbers) + 1))
