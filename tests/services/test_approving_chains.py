"""Chains side by side and of everyone (会签), returns to earlier steps, hand-ons (转办), added signers (加签)."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision, StepState
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.services import approving, handing, people
from desktop.services.approving import PaperSignature
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.history import project_history
from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.printing import print_filing
from tests.services.chains import WIDE, adopt, appoint, end_roles
from tests.services.test_office import text_of
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_TECHNICAL,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
SECOND = "欧阳总"


def back(world: World, filing: UUID, by: str, to: str, reason: str = "请再看") -> None:
    page = world.page(filing, by)
    world.clock.pass_minutes()
    world.office.run(
        world.who(by),
        lambda work: approving.decide(
            work, filing, page.may_decide, Decision.RETURN, opinion=reason, seen_sha256=page.sha256, back_to=to
        ),
    )


def hand_on(world: World, filing: UUID, by: str, to: str, reason: str = "出差") -> None:
    page = world.page(filing, by)
    world.clock.pass_minutes()
    act = partial(
        handing.hand_on,
        filing_id=filing,
        step_key=page.may_hand_on or page.progress.due[0].key,
        person_id=world.who(to),
        reason=reason,
        seen_sha256=page.sha256,
    )
    world.office.run(world.who(by), act)


def add(world: World, filing: UUID, by: str, whom: str, *, before: bool, reason: str = "懂行") -> None:
    page = world.page(filing, by)
    world.clock.pass_minutes()
    act = partial(
        handing.add_signer,
        filing_id=filing,
        step_key=page.may_decide or page.progress.due[0].key,
        person_id=world.who(whom),
        before=before,
        reason=reason,
        seen_sha256=page.sha256,
    )
    world.office.run(world.who(by), act)


def waiting(world: World, name: str) -> list[FilingRow]:
    actor = world.who(name)
    query = FilingQuery(waiting_for=actor)
    return world.office.read(lambda reading: filing_rows(reading, filing_ids(reading, actor, query), actor))


def due(world: World, filing: UUID) -> list[str]:
    return [step.key for step in world.page(filing).progress.due]


def printed(world: World, filing: UUID) -> str:
    return text_of(world.office.read(partial(print_filing, actor=world.who(CLERK), filing_id=filing)).pdf)


def test_steps_of_one_stage_wait_at_the_same_time_each_by_its_own_day(world: World) -> None:
    adopt(world)
    world.clock.set(D(2026, 11, 6))
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    assert due(world, filing) == ["quality", "finance"]
    (row,) = waiting(world, FINANCE)
    assert (row.waiting, row.due_on) == ("质量会审、财务会审", D(2026, 11, 10)), "two working days over a weekend"
    assert [one.id for one in waiting(world, QUALITY)] == [filing]
    turns = world.page(filing).turns
    assert {key: turn.due_on for key, turn in turns.items()} == {
        "quality": D(2026, 11, 10),
        "finance": D(2026, 11, 11),
    }
    world.sign(filing, FINANCE)
    assert (due(world, filing), waiting(world, FINANCE)) == (["quality"], [])
    world.sign(filing, QUALITY)
    assert due(world, filing) == ["president"]
    assert verify_office(world.office) == []


def test_ROLE_11_everyone_who_holds_the_role_signs_and_each_sees_it_until_then(world: World) -> None:
    adopt(world)
    appoint(world, SECOND, "president")
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE)
    assert {len(waiting(world, name)) for name in (PRESIDENT, SECOND)} == {1}
    world.sign(filing, PRESIDENT)
    page = world.page(filing, PRESIDENT)
    assert page.progress.status("president").state is StepState.PARTLY
    assert (page.may_decide, waiting(world, PRESIDENT), len(waiting(world, SECOND))) == ("", [], 1)
    with world.unchanged():
        refused = refusal(lambda: world.sign(filing, PRESIDENT))
    assert "已经签过" in refused.what
    assert printed(world, filing).count("总裁室会签（会签）") == 2
    world.approve(filing, SECOND, HEAD)
    page = world.page(filing)
    assert page.row.state is FilingState.APPROVED
    assert {one.signer_name for one in page.progress.status("president").sign_offs} == {PRESIDENT, SECOND}
    assert world.project().state == "paused"
    appoint(world, "后来人", "president")
    assert world.page(filing).progress.complete, "who comes later is not asked about what is decided"
    assert verify_office(world.office) == []


def test_who_leaves_before_signing_does_not_hold_a_filing_up(world: World) -> None:
    adopt(world)
    appoint(world, SECOND, "president")
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE, PRESIDENT)
    held = next(row for row in world.office.read(people.list_people) if row.name == SECOND).roles[0]
    world.office.run(world.who(CLERK), partial(people.end_role, assignment_id=held.assignment_id))
    page = world.page(filing)
    assert page.progress.is_due("pmo"), "the chain itself does not wait for them"
    assert waiting(world, HEAD) == []
    world.office.run(world.who(CLERK), partial(approving.go_on, filing_id=filing))
    assert [row.id for row in waiting(world, HEAD)] == [filing]
    assert verify_office(world.office) == []


def test_paper_signatures_of_a_stage_and_of_everyone_are_recorded_in_any_order(world: World) -> None:
    adopt(world)
    appoint(world, SECOND, "president")
    filing = world.submitted("suspension")
    names = (
        ("technical", TECHNICAL),
        ("finance", FINANCE),
        ("quality", QUALITY),
        ("president", SECOND),
        ("president", PRESIDENT),
        ("pmo", HEAD),
    )
    signatures = [PaperSignature(step, world.who(name), "", D(2026, 11, 3)) for step, name in names]
    scan = world.file()
    seen = world.page(filing).sha256
    world.office.run(
        world.who(CLERK),
        lambda work: approving.record_paper_signatures(work, filing, signatures, scan=scan, seen_sha256=seen),
    )
    assert world.page(filing).row.state is FilingState.APPROVED
    assert verify_office(world.office) == []


def test_a_return_to_an_earlier_step_is_looked_at_again_and_comes_straight_back(world: World) -> None:
    adopt(world)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE, PRESIDENT)
    assert [item.step.key for item in world.page(filing, HEAD).back] == ["technical", "quality", "finance", "president"]
    back(world, filing, HEAD, "quality")
    page = world.page(filing, QUALITY)
    assert (page.row.state, page.may_decide) == (FilingState.IN_APPROVAL, "quality")
    given = page.progress.status("quality").given_back
    assert given is not None
    assert (given.signer_name, given.opinion) == (HEAD, "请再看")
    assert (waiting(world, HEAD), len(waiting(world, QUALITY))) == ([], 1)
    with world.unchanged():
        refusal(lambda: world.sign(filing, FINANCE))
    world.sign(filing, QUALITY)
    assert (due(world, filing), len(waiting(world, HEAD))) == (["pmo"], 1), "what was signed in between stands"
    world.sign(filing, HEAD)
    assert world.project().state == "paused"
    assert verify_office(world.office) == []


def test_a_return_goes_only_to_a_signed_step_before(world: World) -> None:
    adopt(world)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY)
    with world.unchanged():
        for step in ("quality", "pmo", "finance", "nobody"):
            refused = refusal(partial(back, world, filing, FINANCE, step))
            assert "不能退回到这一步" in refused.what
        assert "写明理由" in refusal(partial(back, world, filing, FINANCE, "technical", " ")).what


def test_reworked_by_its_author_it_comes_straight_back_where_nothing_else_changed(world: World) -> None:
    adopt(world)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE)
    back(world, filing, PRESIDENT, "")
    assert world.page(filing).row.state is FilingState.RETURNED
    world.submit(world.rework(filing))
    assert due(world, filing) == ["president"]


# ---- handed on, added


def test_a_step_handed_on_is_the_others_alone(world: World) -> None:
    filing = world.submitted("suspension")
    hand_on(world, filing, TECHNICAL, OTHER_TECHNICAL)
    assert world.page(filing, TECHNICAL).may_decide == ""
    assert [row.id for row in waiting(world, OTHER_TECHNICAL)] == [filing]
    assert waiting(world, TECHNICAL) == []
    with world.unchanged():
        refusal(lambda: world.sign(filing, TECHNICAL), NotAllowed)
    world.sign(filing, OTHER_TECHNICAL)
    world.sign(filing, HEAD)
    page = world.page(filing)
    (edit,) = page.progress.edits_of("technical")
    assert (edit.text, page.sign_offs[0].signer_name) == (f"{TECHNICAL}转办{OTHER_TECHNICAL}：出差", OTHER_TECHNICAL)
    assert f"{TECHNICAL}转办{OTHER_TECHNICAL}" in printed(world, filing)
    told = world.office.read(partial(project_history, project_id=world.project().id))
    assert any(f"转办{OTHER_TECHNICAL}" in entry.text for entry in told)
    assert verify_office(world.office) == []


def test_one_of_everyone_hands_on_their_own_signature(world: World) -> None:
    adopt(world)
    appoint(world, SECOND, "president")
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, QUALITY, FINANCE)
    hand_on(world, filing, SECOND, OTHER_TECHNICAL)
    assert (waiting(world, SECOND), len(waiting(world, OTHER_TECHNICAL)), len(waiting(world, PRESIDENT))) == ([], 1, 1)
    world.approve(filing, OTHER_TECHNICAL, PRESIDENT, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED


def test_an_added_signer_signs_before_and_another_after(world: World) -> None:
    filing = world.submitted("suspension")
    add(world, filing, TECHNICAL, FINANCE, before=True)
    assert (waiting(world, TECHNICAL), [row.waiting for row in waiting(world, FINANCE)]) == ([], [f"加签：{FINANCE}"])
    world.sign(filing, FINANCE)
    add(world, filing, TECHNICAL, QUALITY, before=False)
    world.sign(filing, TECHNICAL)
    assert [row.id for row in waiting(world, QUALITY)] == [filing]
    world.approve(filing, QUALITY, HEAD)
    page = world.page(filing)
    assert page.row.state is FilingState.APPROVED
    assert [item.step.title for item in page.progress.steps] == [
        f"加签：{FINANCE}",
        "技术部门负责人",
        f"加签：{QUALITY}",
        "项目管理部",
    ]
    assert f"加签：{FINANCE}（{TECHNICAL}前加签）" in printed(world, filing).replace("\n", "")
    assert verify_office(world.office) == []


def test_what_cannot_be_handed_on_or_added_is_refused_with_the_reason(world: World) -> None:
    filing = world.submitted("suspension")
    left = appoint(world, "离职者", "")
    row = next(row for row in world.office.read(people.list_people) if row.id == left)
    change: dict[str, Any] = {"name": row.name, "staff_no": row.staff_no, "department_id": None, "phone": ""}
    world.office.run(
        world.who(CLERK),
        lambda work: people.change_person(work, left, row.version, active=False, **change),
    )
    with world.unchanged():
        refusal(partial(hand_on, world, filing, HEAD, QUALITY), NotAllowed)
        refusal(partial(add, world, filing, MANAGER, QUALITY, before=True), NotAllowed)
        assert "自己" in refusal(partial(hand_on, world, filing, TECHNICAL, TECHNICAL)).what
        assert "离职" in refusal(partial(hand_on, world, filing, TECHNICAL, "离职者")).what
        assert "理由" in refusal(partial(add, world, filing, TECHNICAL, QUALITY, before=True, reason=" ")).what
        assert "已经是" in refusal(partial(add, world, filing, TECHNICAL, HEAD, before=True)).what
    add(world, filing, TECHNICAL, QUALITY, before=False)
    with world.unchanged():
        assert "已经是" in refusal(partial(add, world, filing, TECHNICAL, QUALITY, before=True)).what
    world.sign(filing, TECHNICAL, Decision.REJECT, "不同意")
    with world.unchanged():
        refusal(partial(hand_on_late, world, filing))


def hand_on_late(world: World, filing: UUID) -> None:
    seen = world.page(filing).sha256
    act = partial(
        handing.hand_on,
        filing_id=filing,
        step_key="technical",
        person_id=world.who(QUALITY),
        reason="晚了",
        seen_sha256=seen,
    )
    world.office.run(world.who(TECHNICAL), act)


# ---- two at once


def test_two_of_one_stage_sign_in_the_same_moment_and_the_chain_goes_on_once(world: World) -> None:
    adopt(world, WIDE.replace("every = true\n", ""))
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    seen = world.page(filing).sha256
    seats = [(world.who(QUALITY), "quality"), (world.who(FINANCE), "finance")]
    begin = Barrier(2)

    def sign(number: int) -> str:
        office = open_office(world.url, Home(world.folder / f"seat{number}"), world.clock)
        signer, step = seats[number]
        begin.wait()
        try:
            office.run(signer, lambda work: approving.decide(work, filing, step, Decision.APPROVE, seen_sha256=seen))
        except Refusal as refused:
            return refused.what
        finally:
            office.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(sign, range(2))) == ["", ""]
    assert due(world, filing) == ["president"]
    assert [row.id for row in waiting(world, PRESIDENT)] == [filing]
    assert verify_office(world.office) == []


def test_who_is_a_moment_late_is_told_who_signed(world: World) -> None:
    appoint(world, SECOND, "pmo_head")
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    seen = world.page(filing).sha256
    world.sign(filing, SECOND)
    end_roles(world, "president")
    with world.unchanged():
        late = partial(approving.decide, filing_id=filing, step_key="pmo", decision=Decision.APPROVE, seen_sha256=seen)
        refused = refusal(lambda: world.office.run(world.who(HEAD), late))
    assert "已批准" in refused.what
