"""Seats whose clocks differ, people whose roles end: what was signed counts by what it was signed on, not by when."""

import datetime as dt
from functools import partial
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.filing import FilingState
from desktop.services import people
from desktop.services.approving import PaperSignature, record_paper_signatures
from desktop.services.checking import verify_office
from tests.services.world import CLERK, FINANCE, HEAD, MANAGER, QUALITY, TECHNICAL, World, refusal


def test_a_signature_from_a_slow_clock_counts_after_an_earlier_return(world: World) -> None:
    """The one who returned it had a clock that was an hour fast; the approval on the new revision still counts."""
    filing = world.submitted("suspension")
    started = world.clock.now
    world.clock.now = started + dt.timedelta(hours=1)
    world.sign(filing, TECHNICAL, Decision.RETURN, "写明原因")
    world.clock.now = started + dt.timedelta(minutes=10)
    world.submit(world.rework(filing, reason={"reason": "写明了"}), MANAGER)
    world.approve(filing, TECHNICAL, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert verify_office(world.office) == []


def role_of(world: World, name: str) -> people.RoleHeld:
    rows = world.office.read(people.list_people)
    (held,) = (role for row in rows if row.name == name for role in row.roles)
    return held


def record(world: World, filing: UUID, name: str, on: dt.date) -> None:
    signature = PaperSignature("technical", world.who(name), "", on)
    seen = world.page(filing).sha256
    work = partial(
        record_paper_signatures, filing_id=filing, signatures=[signature], scan=world.file(), seen_sha256=seen
    )
    world.office.run(world.who(CLERK), work)


def test_a_paper_signature_is_recorded_though_the_role_has_ended_since(world: World) -> None:
    filing = world.submitted("suspension")
    signed_on = world.clock.now.date() + dt.timedelta(days=2)
    world.clock.set(signed_on + dt.timedelta(days=7))
    end = partial(people.end_role, assignment_id=role_of(world, TECHNICAL).assignment_id)
    world.office.run(world.who(CLERK), partial(end, on=signed_on + dt.timedelta(days=1)))
    follow = partial(people.assign_role, person_id=world.who(QUALITY), role_key="technical_head")
    world.office.run(world.who(CLERK), partial(follow, department_id=world.department("系统集成部")))
    with world.unchanged():
        refusal(lambda: record(world, filing, TECHNICAL, signed_on + dt.timedelta(days=3)))
        refusal(lambda: record(world, filing, FINANCE, signed_on))
    record(world, filing, TECHNICAL, signed_on)
    assert [item.signer_name for item in world.page(filing).sign_offs] == [TECHNICAL]


def test_a_paper_signature_is_recorded_though_the_signer_has_left_since(world: World) -> None:
    filing = world.submitted("suspension")
    signed_on = world.clock.now.date()
    follow = partial(people.assign_role, person_id=world.who(QUALITY), role_key="technical_head")
    world.office.run(world.who(CLERK), partial(follow, department_id=world.department("系统集成部")))
    (row,) = (item for item in world.office.read(people.list_people) if item.name == TECHNICAL)
    kept = {key: getattr(row, key) for key in ("name", "staff_no", "department_id", "phone")}
    leave = partial(people.change_person, person_id=row.id, version=row.version, active=False, **kept)
    world.office.run(world.who(CLERK), leave)
    world.clock.set(signed_on + dt.timedelta(days=1))
    record(world, filing, TECHNICAL, signed_on)
    assert [item.signer_name for item in world.page(filing).sign_offs] == [TECHNICAL]
