"""What the policy permits passes on a guarded server, with nothing but each person's own login and password."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from desktop.domain.approval import Decision
from desktop.services import people
from desktop.services.absences import note_absence
from desktop.services.approving import PaperSignature, chain_progress, record_paper_signatures
from desktop.services.checking import verify_office
from desktop.services.filing_content import current_revision
from desktop.services.handing import add_signer, hand_on
from desktop.services.merging import merge_people
from desktop.services.office import Reading
from desktop.services.stand_ins import set_stand_in
from desktop.services.submitting import recall_filing
from desktop.services.urging import urge
from desktop.store.tables import Filing, Person
from tests.databases import PostgresDatabases
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    SOFTWARE,
    TECHNICAL,
    refusal,
)
from tests.store.attacked import Attacked, found_attacked, open_attacked, superuser


@pytest.fixture
def office(_postgres_databases: PostgresDatabases, tmp_path: Path) -> Iterator[Attacked]:
    """The office that others attack, at peace."""
    url = _postgres_databases.create(found_attacked)
    made = open_attacked(url, tmp_path)
    yield made
    assert verify_office(made.world.office) == []
    assert due_on_server(made) == due_in_domain(made)
    made.world.office.close()
    _postgres_databases.drop(url)


_DUE = text(
    "SELECT f.id, l.key FROM public.filing f CROSS JOIN LATERAL (SELECT guard.progress(f) AS links) c "
    "CROSS JOIN LATERAL unnest(c.links) l WHERE f.state = 'in approval' AND guard.is_due(c.links, l.key)"
)


def due_on_server(office: Attacked) -> set[tuple[UUID, str]]:
    """Whose turn it is in every filing, as the server works it out for itself."""
    with superuser(office.world.url) as connection:
        connection.execute(text("SELECT set_config('test.now', :now, true)"), {"now": office.world.clock().isoformat()})
        return {(filing, key) for filing, key in connection.execute(_DUE)}


def due_in_domain(office: Attacked) -> set[tuple[UUID, str]]:
    """The same by the program."""

    def read(reading: Reading) -> set[tuple[UUID, str]]:
        rows = reading.session.scalars(select(Filing).where(Filing.state == "in approval"))
        chains = {row.id: chain_progress(reading, row, current_revision(reading.session, row)) for row in rows}
        return {(filing, step.key) for filing, chain in chains.items() for step in chain.due}

    return office.world.office.read(read)


def signed(office: Attacked, paper: str, by: str, decision: Decision = Decision.APPROVE, opinion: str = "") -> None:
    office.pass_minutes()
    with office.seat(by) as seat:
        seat.sign(office.papers[paper].filing, by, decision, opinion)


def test_signers_sign_in_turn_and_the_last_one_posts(office: Attacked) -> None:
    signed(office, "filing", TECHNICAL)
    assert office.world.project().state == "implementing"
    signed(office, "filing", HEAD)
    assert office.world.project().state == "paused"
    assert office.world.project().resume_by == dt.date(2027, 1, 15)


def test_a_returned_filing_is_mended_and_keeps_its_number(office: Attacked) -> None:
    filing = office.papers["filing"].filing
    number = office.world.page(filing).row.number
    signed(office, "filing", TECHNICAL, Decision.RETURN, "请写明原因")
    with office.seat(MANAGER) as seat:
        seat.submit(seat.rework(filing, reason={"reason": "甲方机房未交付，防水返工三个月。"}))
    signed(office, "filing", TECHNICAL)
    signed(office, "filing", HEAD)
    assert office.world.page(filing).row.number == number
    assert office.world.project().state == "paused"


def test_an_author_recalls_and_reminds(office: Attacked) -> None:
    filing = office.papers["filing"]
    with office.seat(MANAGER) as seat:
        me = seat.who(MANAGER)
        seat.office.run(me, partial(urge, filing_id=filing.filing))
        seat.office.run(me, partial(recall_filing, filing_id=filing.filing, seen_sha256=filing.sha256))
        seat.submit(seat.rework(filing.filing))
    assert office.world.page(filing.filing).row.state == "in approval"


def test_numbers_follow_one_another_whoever_files(office: Attacked) -> None:
    signed(office, "half", HEAD)
    with office.seat(OTHER_MANAGER) as seat:
        first = seat.submitted("resumption", SOFTWARE, by=OTHER_MANAGER)
    numbers = [office.world.page(key).row.number for key in (office.papers["approved"].filing, first)]
    assert numbers == ["HF-2026-0001", "HF-2026-0002"]


def test_the_clerk_records_what_was_signed_on_paper(office: Attacked) -> None:
    half = office.papers["half"]
    with office.seat(CLERK) as seat:
        head = PaperSignature("pmo", seat.who(HEAD), HEAD, dt.date(2026, 11, 3))
        record = partial(
            record_paper_signatures, filing_id=half.filing, signatures=[head], scan=seat.file(), seen_sha256=half.sha256
        )
        seat.office.run(seat.who(CLERK), record)
    assert office.world.project(SOFTWARE).state == "paused"


def test_a_step_is_handed_on_and_a_signer_added(office: Attacked) -> None:
    filing = office.papers["filing"]
    with office.seat(TECHNICAL) as seat:
        step: dict[str, Any] = {
            "filing_id": filing.filing,
            "step_key": "technical",
            "reason": "请一并看",
            "seen_sha256": filing.sha256,
        }
        me, clerk, other = (seat.who(name) for name in (TECHNICAL, CLERK, OTHER_TECHNICAL))
        seat.office.run(me, partial(add_signer, person_id=clerk, before=True, **step))
    signed(office, "filing", CLERK)
    office.pass_minutes()
    with office.seat(TECHNICAL) as seat:
        seat.office.run(me, partial(hand_on, person_id=other, **step))
    signed(office, "filing", OTHER_TECHNICAL)
    signed(office, "filing", HEAD)
    assert office.world.project().state == "paused"


def test_a_stand_in_signs_for_the_head(office: Attacked) -> None:
    with office.seat(HEAD) as seat:
        ids: dict[str, Any] = {"person_id": seat.who(HEAD), "stand_in_id": seat.who(TECHNICAL)}
        days: dict[str, Any] = {"since": dt.date(2026, 11, 3), "until": dt.date(2026, 11, 9)}
        seat.office.run(seat.who(HEAD), partial(set_stand_in, **ids, **days))
    signed(office, "half", TECHNICAL)
    assert office.world.project(SOFTWARE).state == "paused"


def test_people_note_their_own_absence_and_the_clerk_takes_on_colleagues(office: Attacked) -> None:
    day = dt.date(2026, 11, 9)
    with office.seat(MANAGER) as seat:
        me = seat.who(MANAGER)
        seat.office.run(me, partial(note_absence, person_id=me, starts_on=day, ends_on=day, reason="年假"))
    with office.seat(CLERK) as seat:
        clerk = seat.who(CLERK)
        added = partial(people.add_person, name="新来的", staff_no="0099", department_id=None)
        made = seat.office.run(clerk, added).value
        seat.office.run(clerk, partial(people.assign_role, person_id=made, role_key="finance"))


def test_two_records_of_one_person_are_merged_with_their_projects(office: Attacked) -> None:
    with office.seat(CLERK) as seat:
        gone, counts = seat.who(OTHER_MANAGER), seat.who(MANAGER)
        versions = seat.office.read(
            lambda reading: [reading.session.fetch(Person, key).version for key in (gone, counts)]
        )
        merge = partial(
            merge_people, gone_id=gone, counts_id=counts, gone_version=versions[0], counts_version=versions[1]
        )
        seat.office.run(seat.who(CLERK), merge)
    manager = office.world.project(SOFTWARE).manager
    assert manager is not None
    assert manager.id == counts


def test_a_wrong_clock_is_told_with_how_much_it_is_wrong(office: Attacked) -> None:
    office.world.clock.now -= dt.timedelta(days=400)
    with office.seat(MANAGER) as seat:
        me, day = seat.who(MANAGER), dt.date(2026, 11, 9)
        told = refusal(
            lambda: seat.office.run(me, partial(note_absence, person_id=me, starts_on=day, ends_on=day, reason="年假"))
        )
    assert "本机的时钟与服务器相差 1 年 34 天，本机走慢了" in told.what
    assert "时区" in told.todo
