"""Stand-ins, vacancies, reminders, and lines confirmed one by one."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.approval import Decision
from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import approving, confirming, due, handing, people, stand_ins, urging
from desktop.services.approving import PaperSignature
from desktop.services.checking import verify_office
from desktop.services.confirming import LineMark
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.printing import print_filing
from desktop.services.todos import Todo
from tests.services.chains import adopt, appoint, end_roles, leave
from tests.services.test_office import text_of
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
TODAY, NEXT_WEEK = D(2026, 11, 3), D(2026, 11, 10)


def stand_in(
    world: World, person: str, by: str, since: D = TODAY, until: D = NEXT_WEEK, role: str = "", actor: str = ""
) -> UUID:
    act = partial(
        stand_ins.set_stand_in,
        person_id=world.who(person),
        stand_in_id=world.who(by),
        since=since,
        until=until,
        role_key=role,
        reason="休假",
    )
    return world.office.run(world.who(actor or person), act).value


def waiting(world: World, name: str) -> list[FilingRow]:
    actor = world.who(name)
    query = FilingQuery(waiting_for=actor)
    return world.office.read(lambda reading: filing_rows(reading, filing_ids(reading, actor, query), actor))


def todos(world: World, name: str, *, everyone: bool = False) -> list[Todo]:
    return world.office.read(partial(due.todo, actor=world.who(name), everyone=everyone))


def test_ROLE_11_a_stand_in_signs_and_is_shown_and_printed_so(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY)
    filing = world.submitted("suspension")
    (row,) = waiting(world, QUALITY)
    assert (row.id, row.for_name) == (filing, TECHNICAL)
    told = next(item.text for item in todos(world, QUALITY) if item.filing_id == filing)
    assert told.startswith(f"审批（代 {TECHNICAL}）")
    page = world.page(filing, QUALITY)
    assert (page.may_decide, page.signs_for) == ("technical", TECHNICAL)
    assert [(a.name, b.name) for a, b in page.stand_ins["technical"]] == [(QUALITY, TECHNICAL)]
    assert world.page(filing, TECHNICAL).may_decide == "technical", "who is represented may still sign"
    world.sign(filing, QUALITY)
    (given,) = world.page(filing).sign_offs
    assert (given.signer_name, given.for_name, given.signed_by) == (QUALITY, TECHNICAL, f"{QUALITY}（代 {TECHNICAL}）")
    made = world.office.read(partial(print_filing, actor=world.who(CLERK), filing_id=filing))
    assert f"{QUALITY}（代{TECHNICAL}）" in text_of(made.pdf).replace(" ", "").replace("\n", "")
    world.sign(filing, HEAD)
    assert verify_office(world.office) == []


def test_ROLE_11_a_stand_in_begins_and_ends_by_date(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY, D(2026, 11, 5), D(2026, 11, 6))
    filing = world.submitted("suspension")
    for day, may in ((4, ""), (5, "technical"), (6, "technical"), (7, "")):
        world.clock.set(D(2026, 11, day))
        assert world.own_step(filing, QUALITY) == may
        assert bool(waiting(world, QUALITY)) == bool(may)


def test_ROLE_11_a_stand_in_ends_at_once_and_what_was_signed_stands(world: World) -> None:
    made = stand_in(world, TECHNICAL, QUALITY)
    filing = world.submitted("suspension")
    world.sign(filing, QUALITY)
    world.office.run(world.who(TECHNICAL), partial(stand_ins.end_stand_in, delegation_id=made))
    assert world.page(filing).progress.is_due("pmo")
    assert world.office.read(stand_ins.list_stand_ins) == []
    refusal(lambda: world.office.run(world.who(TECHNICAL), partial(stand_ins.end_stand_in, delegation_id=made)))


def test_ROLE_11_a_stand_in_in_one_role_signs_for_that_role_alone(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY, role="assistant")
    filing = world.submitted("suspension")
    assert (world.own_step(filing, QUALITY), waiting(world, QUALITY)) == ("", [])
    stand_in(world, TECHNICAL, QUALITY, role="technical_head")
    assert world.own_step(filing, QUALITY) == "technical"


def test_ROLE_11_standing_in_goes_one_level_and_no_further(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY)
    stand_in(world, QUALITY, FINANCE)
    filing = world.submitted("suspension")
    assert (world.own_step(filing, FINANCE), waiting(world, FINANCE)) == ("", [])


def test_ROLE_11_a_ring_of_stand_ins_is_refused_by_name(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY)
    stand_in(world, QUALITY, FINANCE)
    with world.unchanged():
        refused = refusal(partial(stand_in, world, FINANCE, TECHNICAL))
        refusal(partial(stand_in, world, FINANCE, FINANCE))
    assert f"{FINANCE} → {TECHNICAL} → {QUALITY} → {FINANCE}" in refused.what
    stand_in(world, FINANCE, TECHNICAL, D(2026, 11, 11), D(2026, 11, 12))


def test_ROLE_11_who_has_left_stands_in_for_nobody(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY)
    filing = world.submitted("suspension")
    leave(world, QUALITY)
    with world.unchanged():
        assert "离职" in refusal(partial(stand_in, world, FINANCE, QUALITY)).what
    assert world.page(filing).stand_ins["technical"] == ()


WRONG_DAYS = [(D(2026, 11, 5), D(2026, 11, 4), "早于"), (D(2026, 10, 1), D(2026, 10, 2), "过去")]


def test_ROLE_11_people_set_their_own_and_a_clerk_sets_anyones(world: World) -> None:
    with world.unchanged():
        refusal(partial(stand_in, world, TECHNICAL, QUALITY, actor=MANAGER), NotAllowed)
        for since, until, why in WRONG_DAYS:
            assert why in refusal(partial(stand_in, world, TECHNICAL, QUALITY, since, until)).what
    stand_in(world, TECHNICAL, QUALITY, actor=CLERK)
    with world.unchanged():
        assert "已经是" in refusal(partial(stand_in, world, TECHNICAL, QUALITY)).what
    (row,) = world.office.read(partial(stand_ins.list_stand_ins, person_id=world.who(QUALITY)))
    assert (row.person.name, row.stand_in.name, row.role, row.running) == (TECHNICAL, QUALITY, "全部角色", True)


def test_ROLE_11_a_stand_ins_signature_on_paper_is_recorded_as_such(world: World) -> None:
    stand_in(world, TECHNICAL, QUALITY)
    filing = world.submitted("suspension")
    seen, scan = world.page(filing).sha256, world.file()
    signature = PaperSignature("technical", world.who(QUALITY), "", TODAY)
    world.office.run(
        world.who(CLERK),
        lambda work: approving.record_paper_signatures(work, filing, [signature], scan=scan, seen_sha256=seen),
    )
    assert world.page(filing).sign_offs[0].signed_by == f"{QUALITY}（代 {TECHNICAL}）"


def test_ROLE_11_of_everyone_a_stand_in_signs_once_for_each(world: World) -> None:
    adopt(world)
    appoint(world, "欧阳总", "president")
    stand_in(world, "欧阳总", PRESIDENT, actor=CLERK)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE, PRESIDENT)
    assert world.page(filing, PRESIDENT).signs_for == "欧阳总"
    world.approve(filing, PRESIDENT, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED


# ---- nobody there


def test_ROLE_11_a_step_that_nobody_can_sign_is_told_and_listed_for_who_appoints(world: World) -> None:
    end_roles(world, "pmo_head")
    filing = world.submitted("suspension")
    (told,) = world.page(filing, MANAGER).stuck
    assert (told.due, "无人担任“项目管理部负责人”" in told.text, "项目管理员" in told.text) == (False, True, True)
    assert not [item for item in todos(world, CLERK) if item.filing_id == filing]
    world.sign(filing, TECHNICAL)
    (item,) = [item for item in todos(world, CLERK) if item.filing_id == filing]
    assert (item.urgency, item.text.startswith("无人可签")) == (Urgency.LATE, True)
    assert not [item for item in todos(world, MANAGER) if item.filing_id == filing]
    world.office.run(world.who(CLERK), partial(people.assign_role, person_id=world.who(QUALITY), role_key="pmo_head"))
    assert (world.page(filing).stuck, world.own_step(filing, QUALITY)) == ((), "pmo")


def test_a_step_handed_to_one_who_left_is_handed_on_by_who_appoints(world: World) -> None:
    filing = world.submitted("suspension")
    appoint(world, "短工", "")
    hand = partial(handing.hand_on, filing_id=filing, step_key="technical", reason="代办")
    seen = world.page(filing).sha256
    world.office.run(world.who(TECHNICAL), partial(hand, person_id=world.who("短工"), seen_sha256=seen))
    leave(world, "短工")
    (item,) = [item for item in todos(world, CLERK) if item.filing_id == filing]
    assert "短工已经离职" in item.rule
    assert world.page(filing).may_hand_on == "technical"
    with world.unchanged():
        refusal(
            lambda: world.office.run(world.who(MANAGER), partial(hand, person_id=world.who(QUALITY), seen_sha256=seen)),
            NotAllowed,
        )
    world.office.run(world.who(CLERK), partial(hand, person_id=world.who(QUALITY), seen_sha256=seen))
    world.approve(filing, QUALITY, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert verify_office(world.office) == []


# ---- reminders


def test_a_reminder_is_seen_by_the_one_reminded_and_comes_with_its_message(world: World) -> None:
    adopt(world)
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    world.clock.set(D(2026, 11, 9))
    text = world.office.run(world.who(MANAGER), partial(urging.urge, filing_id=filing, note="客户在等")).value
    for part in (
        "ZT-2026-0001",
        "项目暂停申请表",
        "综合监控",
        QUALITY,
        "2026-11-03",
        "应于 2026-11-05",
        "已逾期",
        "客户在等",
    ):
        assert part in text
    assert waiting(world, QUALITY)[0].urged_on == D(2026, 11, 9)
    assert any("【催办】" in item.text for item in todos(world, FINANCE) if item.filing_id == filing)
    world.sign(filing, QUALITY)
    world.sign(filing, FINANCE)
    assert waiting(world, PRESIDENT)[0].urged_on is None, "the next step was not reminded"
    assert verify_office(world.office) == []


def test_a_step_is_reminded_once_a_working_day(world: World) -> None:
    world.clock.set(D(2026, 11, 6))
    filing = world.submitted("suspension")

    def remind(by: str) -> None:
        world.office.run(world.who(by), partial(urging.urge, filing_id=filing))

    remind(MANAGER)
    for day in (6, 7, 8):
        world.clock.set(D(2026, 11, day))
        with world.unchanged():
            refused = refusal(partial(remind, CLERK))
        assert "2026-11-06" in refused.what
    world.clock.set(D(2026, 11, 9))
    remind(CLERK)
    world.sign(filing, TECHNICAL)
    remind(MANAGER)
    with world.unchanged():
        refusal(partial(remind, FINANCE), NotAllowed)
    world.sign(filing, HEAD, Decision.REJECT, "不同意")
    with world.unchanged():
        refusal(partial(remind, MANAGER))


# ---- line by line


NOTHING_ELSE: dict[str, Any] = {key: [] for key in ("tasks", "equipment", "money", "contacts", "problems")}
"""What a handover gathers besides documents, left out."""


@pytest.fixture
def handover(world: World) -> UUID:
    lines = [{"id": "d1", "name": "施工图", "count": "2"}, {"id": "d2", "name": "合同", "count": "1"}]
    filing = world.submitted("handover", documents=lines, **NOTHING_ELSE)
    world.sign(filing, MANAGER)
    return filing


def confirm(world: World, filing: UUID, *marks: LineMark, by: str = OTHER_MANAGER) -> None:
    seen = world.page(filing).sha256
    world.clock.pass_minutes()
    world.office.run(
        world.who(by),
        lambda work: confirming.confirm_lines(work, filing, "receiver", marks, seen_sha256=seen),
    )


def test_CHG_5_every_line_is_confirmed_before_the_signature(world: World, handover: UUID) -> None:
    with world.unchanged():
        refused = refusal(lambda: world.sign(handover, OTHER_MANAGER))
        assert "第 1、2 行" in refused.what
        refusal(partial(confirm, world, handover, LineMark("documents", "d1", right=True), by=TECHNICAL), NotAllowed)
        assert "哪里不符" in refusal(partial(confirm, world, handover, LineMark("documents", "d1", right=False))).what
        refusal(partial(confirm, world, handover, LineMark("documents", "d9", right=True)))
    confirm(
        world,
        handover,
        LineMark("documents", "d1", right=True),
        LineMark("documents", "d2", right=False, remark="只有复印件"),
    )
    assert [(line.verdict, line.remark) for line in world.page(handover, OTHER_MANAGER).lines] == [
        ("yes", ""),
        ("no", "只有复印件"),
    ]
    with world.unchanged():
        assert "第 2 行确认为“不符”" in refusal(lambda: world.sign(handover, OTHER_MANAGER)).what
    confirm(world, handover, LineMark("documents", "d2", right=True))
    world.approve(handover, OTHER_MANAGER, TECHNICAL)
    assert world.page(handover).row.state is FilingState.APPROVED
    assert verify_office(world.office) == []


def test_CHG_5_a_line_that_changed_is_confirmed_again(world: World, handover: UUID) -> None:
    confirm(world, handover, LineMark("documents", "d1", right=True), LineMark("documents", "d2", right=True))
    world.sign(handover, OTHER_MANAGER, Decision.RETURN, "数量不对")
    lines = [{"id": "d1", "name": "施工图", "count": "3"}, {"id": "d2", "name": "合同", "count": "1"}]
    world.submit(world.rework(handover, documents=lines, **NOTHING_ELSE))
    world.sign(handover, MANAGER)
    assert [line.verdict for line in world.page(handover, OTHER_MANAGER).lines] == ["", "yes"]
