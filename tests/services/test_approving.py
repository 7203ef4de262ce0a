"""Deciding: whose turn it is, on which content, and what paper signatures need."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.approval import Decision, StepState
from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.services import approving, people, submitting
from desktop.services.approving import PaperSignature
from desktop.services.archive import documents_of
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import open_office
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    QUALITY,
    RUNNING,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def decide(world: World, filing: UUID, step: str, by: str, seen: str, decision: Decision = Decision.APPROVE) -> None:
    world.office.run(
        world.who(by), lambda work: approving.decide(work, filing, step, decision, opinion="好", seen_sha256=seen)
    )


def record(world: World, filing: UUID, *signatures: PaperSignature, by: str = CLERK, **more: Any) -> None:
    scan = more.pop("scan", None) or world.file()
    seen = more.pop("seen", None) or world.page(filing).sha256
    world.office.run(
        world.who(by),
        lambda work: approving.record_paper_signatures(work, filing, signatures, scan=scan, seen_sha256=seen),
    )


def on_paper(world: World, step: str, name: str, on: D, decision: Decision = Decision.APPROVE) -> PaperSignature:
    opinion = "" if decision is Decision.APPROVE else "请补充"
    return PaperSignature(step, world.who(name), "", on, decision, opinion)


def test_a_filing_goes_from_signer_to_signer_and_is_posted_with_the_last(world: World) -> None:
    filing = world.submitted("suspension")
    page = world.page(filing, TECHNICAL)
    assert (page.row.state, page.row.waiting, page.may_decide) == (
        FilingState.IN_APPROVAL,
        "技术部门负责人",
        "technical",
    )
    assert [person.name for person in page.signers] == [TECHNICAL]
    world.sign(filing, TECHNICAL)
    assert world.project().state == "implementing"
    assert world.page(filing, HEAD).may_decide == "pmo"
    world.sign(filing, HEAD)
    page = world.page(filing)
    assert (page.row.state, page.row.waiting, page.row.waiting_since) == (FilingState.APPROVED, "", None)
    assert page.progress.complete
    assert (page.may_decide, page.may_record, page.may_recall, page.may_rework) == ("", "", False, False)
    assert [(one.signer_name, one.recorded_name, one.on_paper) for one in page.sign_offs] == [
        (TECHNICAL, "", False),
        (HEAD, "", False),
    ]
    assert world.project().state == "paused"


def test_the_wrong_person_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    with world.unchanged():
        for wrong in (OTHER_TECHNICAL, HEAD, MANAGER, CLERK, FINANCE):
            refused = refusal(partial(decide, world, filing, "technical", wrong, seen), NotAllowed)
            assert "不由您签字" in refused.what or "不能（或已不能）查看" in refused.what
    assert {world.page(filing, by).may_decide for by in (HEAD, MANAGER, CLERK, FINANCE)} == {""}


def test_a_step_out_of_turn_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    with world.unchanged():
        refused = refusal(lambda: decide(world, filing, "pmo", HEAD, seen))
    assert "技术部门负责人" in refused.what
    world.sign(filing, TECHNICAL)
    refusal(lambda: decide(world, filing, "technical", TECHNICAL, seen))


def test_a_signature_on_content_that_has_changed_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    world.sign(filing, TECHNICAL, Decision.RETURN, "请写明原因")
    world.submit(world.rework(filing, reason={"reason": "甲方机房漏水"}))
    with world.unchanged():
        refused = refusal(lambda: decide(world, filing, "technical", TECHNICAL, seen), Stale)
    assert f"{MANAGER}于 " in refused.what
    assert "第 2 版" in refused.what
    decide(world, filing, "technical", TECHNICAL, world.page(filing).sha256)


@pytest.mark.parametrize("decision", [Decision.RETURN, Decision.REJECT])
def test_returning_and_rejecting_need_a_reason(world: World, decision: Decision) -> None:
    filing = world.submitted("suspension")
    with world.unchanged():
        refused = refusal(lambda: world.sign(filing, TECHNICAL, decision, "  "))
    assert "写明理由" in refused.what
    world.sign(filing, TECHNICAL, decision, "材料不全")
    page = world.page(filing)
    assert page.row.state is (FilingState.RETURNED if decision is Decision.RETURN else FilingState.REJECTED)
    assert page.sign_offs[0].opinion == "材料不全"
    assert page.row.waiting == ""


def test_what_was_rejected_is_over(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL, Decision.REJECT, "不同意")
    assert world.page(filing).row.decided_at is not None
    refusal(lambda: world.rework(filing))
    refusal(lambda: world.sign(filing, TECHNICAL))
    assert world.project().state == "implementing"


def test_what_was_approved_cannot_be_signed_or_changed_again(world: World) -> None:
    filing = world.approved("suspension", TECHNICAL, HEAD)
    seen = world.page(filing).sha256
    with world.unchanged():
        refusal(lambda: decide(world, filing, "pmo", HEAD, seen))
        refusal(lambda: world.rework(filing))
        refusal(lambda: record(world, filing, on_paper(world, "pmo", HEAD, D(2026, 11, 3))))


def test_two_people_decide_at_once_and_one_of_them_is_told(world: World) -> None:
    world.office.run(
        world.who(CLERK),
        partial(
            people.assign_role,
            person_id=world.who(QUALITY),
            role_key="technical_head",
            department_id=world.department("系统集成部"),
        ),
    )
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    decide(world, filing, "technical", TECHNICAL, seen)
    with world.unchanged():
        refused = refusal(lambda: decide(world, filing, "technical", QUALITY, seen))
    assert "项目管理部" in refused.what


def test_two_seats_sign_the_same_step_in_the_same_moment_and_one_signature_counts(world: World) -> None:
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    signer = world.who(TECHNICAL)
    begin = Barrier(2)

    def sign(seat: int) -> bool:
        office = open_office(world.url, Home(world.folder / f"seat{seat}"), world.clock)
        begin.wait()
        try:
            office.run(
                signer,
                lambda work: approving.decide(work, filing, "technical", Decision.APPROVE, seen_sha256=seen),
            )
        except Refusal:
            return False
        finally:
            office.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, range(2))) == [False, True]
    assert len(world.page(filing).sign_offs) == 1
    assert verify_office(world.office) == []


# ---- on paper


def test_signatures_on_paper_are_recorded_together_with_one_scan(world: World) -> None:
    filing = world.submitted("suspension")
    world.clock.set(D(2026, 11, 9))
    record(
        world,
        filing,
        on_paper(world, "technical", TECHNICAL, D(2026, 11, 5)),
        on_paper(world, "pmo", HEAD, D(2026, 11, 6)),
    )
    page = world.page(filing)
    assert page.row.state is FilingState.APPROVED
    assert page.row.effective_on == D(2026, 11, 6)
    assert world.project().paused_on == D(2026, 11, 6)
    assert [(one.signer_name, one.recorded_name, one.on) for one in page.sign_offs] == [
        (TECHNICAL, CLERK, D(2026, 11, 5)),
        (HEAD, CLERK, D(2026, 11, 6)),
    ]
    (document,) = page.documents
    assert (document.name, document.kind, document.sha256) == (
        "扫描.pdf",
        approving.SCAN,
        page.sign_offs[0].scan_sha256,
    )
    project = world.project()
    assert document in world.office.read(partial(documents_of, project_id=project.id))


def test_the_approval_counts_from_the_last_signature_given(world: World) -> None:
    """On paper the PMO may have signed before the department: the approval is whole on the later day."""
    filing = world.submitted("suspension")
    world.clock.set(D(2026, 11, 9))
    record(
        world,
        filing,
        on_paper(world, "technical", TECHNICAL, D(2026, 11, 6)),
        on_paper(world, "pmo", HEAD, D(2026, 11, 4)),
    )
    assert world.page(filing).row.effective_on == D(2026, 11, 6)
    assert world.project().paused_on == D(2026, 11, 6)


def test_a_return_on_paper_is_recorded_too(world: World) -> None:
    filing = world.submitted("suspension")
    record(world, filing, on_paper(world, "technical", TECHNICAL, D(2026, 11, 3), Decision.RETURN))
    page = world.page(filing)
    assert page.row.state is FilingState.RETURNED
    assert page.sign_offs[0].opinion == "请补充"


def test_paper_and_screen_go_together(world: World) -> None:
    filing = world.submitted("suspension")
    record(world, filing, on_paper(world, "technical", TECHNICAL, D(2026, 11, 3)))
    world.sign(filing, HEAD)
    assert world.project().state == "paused"


IMPOSSIBLE = [
    ("technical", TECHNICAL, D(2026, 11, 4), "还没有到"),
    ("technical", TECHNICAL, D(2026, 11, 2), "早于本版提交"),
    ("technical", HEAD, D(2026, 11, 3), "不是“技术部门负责人”这一步的签字人"),
    ("pmo", HEAD, D(2026, 11, 3), "正等待“技术部门负责人”"),
]


def test_a_paper_signature_that_cannot_be_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    with world.unchanged():
        for step, name, on, reason in IMPOSSIBLE:
            assert reason in refusal(partial(record, world, filing, on_paper(world, step, name, on))).what


def test_of_several_paper_signatures_all_count_or_none(world: World) -> None:
    filing = world.submitted("suspension")
    good, bad = (
        on_paper(world, "technical", TECHNICAL, D(2026, 11, 3)),
        on_paper(world, "pmo", HEAD, D(2026, 11, 30)),
    )
    with world.unchanged():
        refusal(lambda: record(world, filing, good, bad))
        refusal(lambda: record(world, filing))
    assert world.page(filing).documents == ()


def test_a_print_of_an_older_revision_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    seen = world.page(filing).sha256
    world.office.run(world.who(MANAGER), partial(submitting.recall_filing, filing_id=filing, seen_sha256=seen))
    world.submit(world.rework(filing, reason={"reason": "另一个原因"}))
    with world.unchanged():
        refusal(
            lambda: record(world, filing, on_paper(world, "technical", TECHNICAL, D(2026, 11, 3)), seen=seen), Stale
        )


def test_only_a_clerk_records_for_others(world: World) -> None:
    filing = world.submitted("suspension")
    signature = on_paper(world, "technical", TECHNICAL, D(2026, 11, 3))
    with world.unchanged():
        refused = refusal(lambda: record(world, filing, signature, by=MANAGER), NotAllowed)
    assert "项目管理员" in refused.todo
    assert world.page(filing, MANAGER).may_record == ""
    assert world.page(filing).may_record == "technical"


def test_a_scan_that_cannot_be_read_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    signature = on_paper(world, "technical", TECHNICAL, D(2026, 11, 3))
    with world.unchanged():
        for scan in (world.folder / "无.pdf", world.file("空.pdf", b""), world.folder):
            assert scan.name in refusal(partial(record, world, filing, signature, scan=scan)).what


def test_a_registered_signer_may_be_named_by_name(world: World) -> None:
    filing = world.submitted("suspension")
    record(world, filing, PaperSignature("technical", None, f" {TECHNICAL} ", D(2026, 11, 3)))
    assert world.page(filing).sign_offs[0].signer_id == world.who(TECHNICAL)
    with world.unchanged():
        refusal(lambda: record(world, filing, PaperSignature("pmo", None, "路人甲", D(2026, 11, 3))))


def test_a_bare_name_is_taken_where_the_office_has_registered_nobody(world: World) -> None:
    held = [
        role.assignment_id
        for row in world.office.read(people.list_people)
        for role in row.roles
        if role.role_key == "pmo_head"
    ]
    for assignment in held:
        world.office.run(world.who(CLERK), partial(people.end_role, assignment_id=assignment))
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    assert world.page(filing).signers == ()
    with world.unchanged():
        refusal(lambda: record(world, filing, PaperSignature("pmo", None, "  ", D(2026, 11, 3))))
    record(world, filing, PaperSignature("pmo", None, "𠮷 镕堃", D(2026, 11, 3)))
    last = world.page(filing).sign_offs[-1]
    assert (last.signer_id, last.signer_name) == (None, "𠮷镕堃")
    assert world.project().state == "paused"


def test_who_has_left_is_no_signer_any_more(world: World) -> None:
    row = next(row for row in world.office.read(people.list_people) if row.name == TECHNICAL)
    leave = partial(
        people.change_person,
        person_id=row.id,
        version=row.version,
        name=row.name,
        staff_no=row.staff_no,
        department_id=row.department_id,
        phone=row.phone,
        active=False,
    )
    world.office.run(world.who(CLERK), leave)
    filing = world.submitted("suspension")
    page = world.page(filing)
    assert page.signers == ()
    with world.unchanged():
        refusal(lambda: decide(world, filing, "technical", TECHNICAL, page.sha256), NotAllowed)
    record(world, filing, PaperSignature("technical", None, "代理负责人", D(2026, 11, 3)))


# ---- people named by the form


def test_CHG_5_those_named_in_the_form_sign_it(world: World) -> None:
    filing = world.submitted("handover")
    assert world.page(filing, MANAGER).may_decide == "giver"
    refusal(lambda: world.sign(filing, TECHNICAL), NotAllowed)
    world.approve(filing, MANAGER)
    page = world.page(filing, OTHER_MANAGER)
    assert page.may_decide == "receiver", "a receiver from elsewhere can open it"
    world.approve(filing, OTHER_MANAGER, TECHNICAL)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert world.page(filing, OTHER_MANAGER).row.state is FilingState.APPROVED, "who signed can read it again"
    assert world.project().state == "implementing"


def test_CHG_5_a_person_named_without_record_signs_on_paper(world: World) -> None:
    outsider = {"id": "", "name": "㛃 外"}
    filing = world.submitted("handover", people={"receiver": {"id": "", "name": "外聘张三"}, "witness": outsider})
    world.sign(filing, MANAGER)
    with world.unchanged():
        refusal(lambda: record(world, filing, PaperSignature("receiver", None, "李四", D(2026, 11, 3))))
    record(world, filing, PaperSignature("receiver", None, "外聘张三", D(2026, 11, 3)))
    assert world.page(filing).progress.status("receiver").state is StepState.SIGNED


def test_ROLE_11_two_of_one_name_are_told_apart(world: World) -> None:
    both = []
    for number in ("0101", "0102"):
        both.append(world.office.run(world.who(CLERK), partial(people.add_person, name="张伟", staff_no=number)).value)
        world.office.run(world.who(CLERK), partial(people.assign_role, person_id=both[-1], role_key="pmo_head"))
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    with world.unchanged():
        refused = refusal(lambda: record(world, filing, PaperSignature("pmo", None, "张伟", D(2026, 11, 3))))
    assert "0101" in refused.todo
    record(world, filing, PaperSignature("pmo", both[0], "", D(2026, 11, 3)))
    assert world.page(filing).sign_offs[-1].signer_id == both[0]


def test_a_filing_that_does_not_exist(world: World) -> None:
    with pytest.raises(Refusal):
        world.page(world.project(RUNNING).id)
