"""A project closes (A 2.4.4): from the customer's acceptance, ten working days."""

import datetime as dt
from functools import partial

import pytest

from desktop.domain.calendar import HOLIDAY, WORKDAY
from desktop.domain.case import Case
from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed
from desktop.domain.gates import unmet
from desktop.services import due, form_offers, submitting, work_calendar
from desktop.services.checking import verify_office
from desktop.services.todos import Todo
from desktop.store.history import changes_of
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    QUALITY,
    RUNNING,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
DAY = dt.timedelta(days=1)
SPRING_2027 = [D(2027, 2, 5) + DAY * step for step in range(7)]


def start_closing(world: World, day: D) -> None:
    world.clock.set(day)
    accepted = (day - DAY).isoformat()
    world.approved("closing_start", CLERK, acceptance={"accepted_on": accepted})


def countdown(world: World, by: str = MANAGER) -> Todo:
    """The closing's deadline as the workbench lists it (everything, however far)."""
    found = world.office.read(lambda reading: due.todo(reading, world.who(by), everyone=True))
    (item,) = (one for one in found if one.answer == "closing")
    return item


@pytest.mark.parametrize(
    ("day", "limit", "estimated"),
    [
        (D(2026, 11, 9), D(2026, 11, 23), False),
        (D(2026, 11, 20), D(2026, 12, 4), False),
        (D(2026, 9, 28), D(2026, 10, 16), False),
        (D(2026, 9, 30), D(2026, 10, 20), False),
        (D(2026, 12, 18), D(2027, 1, 1), True),
        (D(2027, 1, 29), D(2027, 2, 12), True),
        (D(2027, 9, 28), D(2027, 10, 12), True),
    ],
)
def test_CLOSE_2_ten_working_days_from_the_start(world: World, day: D, limit: D, estimated: bool) -> None:
    start_closing(world, day)
    assert (world.project().state, world.project().closing_started_on) == ("closing", day)
    item = countdown(world)
    assert (item.on, item.days_text, item.estimated) == (limit, "还有 10 个工作日", estimated)
    world.clock.set(limit)
    assert countdown(world).urgency is Urgency.TODAY
    world.clock.set(limit + 3 * DAY)
    assert countdown(world).urgency is Urgency.LATE
    assert countdown(world).strength == "必须"


def test_CLOSE_2_the_countdown_stands_still_over_the_feast(world: World) -> None:
    start_closing(world, D(2026, 9, 28))
    seen = {}
    for day in (D(2026, 9, 29), D(2026, 9, 30), D(2026, 10, 4), D(2026, 10, 7), D(2026, 10, 8), D(2026, 10, 10)):
        world.clock.set(day)
        seen[day.isoformat()[5:]] = countdown(world).days_text
    assert seen == {
        "09-29": "还有 9 个工作日",
        "09-30": "还有 8 个工作日",
        "10-04": "还有 8 个工作日",
        "10-07": "还有 8 个工作日",
        "10-08": "还有 7 个工作日",
        "10-10": "还有 5 个工作日",
    }


def test_CLOSE_2_in_2027_the_office_enters_its_feast_and_the_estimate_gives_way(world: World) -> None:
    start_closing(world, D(2027, 1, 29))
    assert (countdown(world).on, countdown(world).estimated) == (D(2027, 2, 12), True)
    more = [D(2027, 1, 1), D(2027, 4, 5), D(2027, 5, 1), D(2027, 6, 9)]
    for day in (*SPRING_2027, *more):
        world.office.run(world.who(CLERK), partial(work_calendar.set_day, day=day, kind=HOLIDAY))
    world.office.run(world.who(CLERK), partial(work_calendar.set_day, day=D(2027, 2, 14), kind=WORKDAY))
    # 1, 2, 3, 4 February, then 12, 14 (补班), 15 to 18
    assert (countdown(world).on, countdown(world).estimated) == (D(2027, 2, 18), False)


def test_CLOSE_2_the_manager_and_the_clerk_are_reminded(world: World) -> None:
    start_closing(world, D(2026, 11, 9))
    world.clock.set(D(2026, 11, 18))

    def reminded(by: str) -> bool:
        found = world.office.read(lambda reading: due.todo(reading, world.who(by)))
        return any(item.answer == "closing" for item in found)

    assert [reminded(by) for by in (MANAGER, CLERK, OTHER_MANAGER, FINANCE)] == [True, True, False, False]


def test_CLOSE_2_it_takes_the_customers_report(world: World) -> None:
    refused = refusal(partial(world.submitted, "closing_start", acceptance={"report": None}), submitting.Incomplete)
    assert "验收报告" in refused.what
    refused = refusal(
        partial(world.submitted, "closing_start", acceptance={"accepted_on": "2026-11-04"}), submitting.Incomplete
    )
    assert "还没有到" in refused.what
    refusal(partial(world.draft, "closing_start", by=OTHER_MANAGER), NotAllowed)
    assert world.project().state == "implementing"


@pytest.mark.parametrize("day", [D(2026, 11, 9), D(2027, 3, 8)], ids=["2026", "2027"])
def test_CLOSE_5_all_approved_the_project_is_closed_and_takes_no_claims(world: World, day: D) -> None:
    start_closing(world, day)
    assert world.project().preliminary_on == day - DAY
    world.clock.set(day + 7 * DAY)
    filing = world.submitted("closing")
    assert world.page(filing).content["project"]["closing_due"] == countdown(world).on.isoformat()  # type: ignore[union-attr]
    policy = world.office.policy
    for signer in (TECHNICAL, QUALITY, FINANCE):
        world.sign(filing, signer)
        assert world.project().state == "closing"
    assert not unmet(policy.gate("claim"), Case(policy, day + 7 * DAY, world.project())), (
        "claims go on until it is closed"
    )
    world.sign(filing, HEAD)
    project = world.project()
    assert (project.state, project.closed_on) == ("closed", day + 7 * DAY)
    assert unmet(policy.gate("claim"), Case(policy, day + 7 * DAY, project))
    assert unmet(policy.gate("weekly_report"), Case(policy, day + 7 * DAY, project))
    assert not unmet(policy.gate("claim"), Case(policy, day + 6 * DAY, project))
    found = world.office.read(lambda reading: due.todo(reading, world.who(CLERK), everyone=True))
    left = {item.answer for item in found if item.project_id == project.id}
    assert left == {"final_acceptance"}, "nothing is due any more but the contract's 终验 (FAT-1)"
    offers = world.office.read(partial(form_offers.allowed_forms, actor=world.who(MANAGER), project_id=project.id))
    moving = {"suspension", "resumption", "closing_start", "closing", "withdrawal"}
    assert not [offer for offer in offers if offer.allowed and offer.form_key in moving]
    with world.office.reading() as reading:
        changes = changes_of(reading.session, "project", project.id)
    moves = [change.fields["state"] for change in changes if "state" in change.fields]
    assert moves == [(None, "implementing"), ("implementing", "closing"), ("closing", "closed")]
    assert verify_office(world.office) == []
    assert project.number == RUNNING
