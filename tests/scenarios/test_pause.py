"""A project pauses and goes on: the policy's story (A 2.4.3-7) through the services, in 2026 and in 2027."""

import datetime as dt
from functools import partial

import pytest
from sqlalchemy import select

from desktop.domain.approval import Decision
from desktop.domain.case import Case
from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.gates import pass_gate, unmet
from desktop.services import due, form_offers
from desktop.services.approving import PaperSignature, record_paper_signatures
from desktop.services.checking import verify_office
from desktop.services.gate_view import gate_view
from desktop.services.people import assign_role
from desktop.services.todos import Todo
from desktop.store.history import changes_of
from desktop.store.tables import Project
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    PRESIDENT,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
DAY = dt.timedelta(days=1)
WHEN = [D(2026, 11, 20), D(2027, 3, 15)]
when = pytest.mark.parametrize("day", WHEN, ids=["2026", "2027"])


def pause(world: World, day: D, months: int = 2) -> None:
    """The running project is paused with effect from ``day``."""
    world.clock.set(day)
    resume_by = (day + dt.timedelta(days=30 * months)).isoformat()
    dates = {"pause_from": day.isoformat(), "resume_by": resume_by}
    world.approved("suspension", TECHNICAL, HEAD, reason=dates)


def takes(world: World, gate: str, day: D, number: str = RUNNING) -> bool:
    """Whether weekly reports or claims of that day are taken."""
    policy = world.office.policy
    return not unmet(policy.gate(gate), Case(policy, day, world.project(number)))


def todo(world: World, by: str) -> list[Todo]:
    return world.office.read(lambda reading: due.todo(reading, world.who(by)))


def states(world: World, number: str = RUNNING) -> list[tuple[object, object]]:
    """Every change of the project's state as the journal has it."""
    key = world.project(number).id
    with world.office.reading() as reading:
        changes = changes_of(reading.session, "project", key)
    return [change.fields["state"] for change in changes if "state" in change.fields]


@when
def test_PAUSE_1_the_manager_files_the_form_with_the_pmo(world: World, day: D) -> None:
    world.clock.set(day)
    offers = world.office.read(
        partial(form_offers.allowed_forms, actor=world.who(MANAGER), project_id=world.project().id)
    )
    assert "suspension" in {offer.form_key for offer in offers if offer.allowed}
    for by in (OTHER_MANAGER, CLERK, HEAD):
        refusal(partial(world.draft, "suspension", by=by), NotAllowed)
    dates = {"pause_from": day.isoformat(), "resume_by": (day + 60 * DAY).isoformat()}
    filing = world.submitted("suspension", reason=dates)
    page = world.page(filing, HEAD)
    assert page.row.state is FilingState.IN_APPROVAL
    assert page.row.number == f"ZT-{day.year}-0001"
    assert page.rule.code == "EPM-ZT-01"
    assert [status.step.title for status in page.progress.steps] == ["技术部门负责人", "项目管理部"]
    assert world.project().state == "implementing", "filed is not yet approved"
    assert takes(world, "claim", day)


@when
def test_PAUSE_3_from_the_day_of_approval_no_reports_and_no_claims(world: World, day: D) -> None:
    pause(world, day)
    assert (world.project().state, world.project().paused_on) == ("paused", day)
    for gate in ("weekly_report", "claim"):
        assert takes(world, gate, day - DAY), "what happened before still goes in"
        assert not takes(world, gate, day)
        assert not takes(world, gate, day + DAY)
        refused = refusal(partial(pass_gate, gate, world.project(), world.office.policy, day))
        assert RUNNING in refused.what
    assert takes(world, "claim", day, SOFTWARE), "other projects go on"
    world.clock.set(day + DAY)
    view = world.office.read(partial(gate_view, project_id=world.project().id))
    assert {gate.key: [item.opens for item in gate.unmet] for gate in view} == {
        "weekly_report": ["resumption"],
        "claim": ["resumption"],
    }


def test_PAUSE_3_a_returned_or_rejected_request_pauses_nothing(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    world.sign(filing, HEAD, Decision.RETURN, "请补充恢复条件")
    assert takes(world, "claim", D(2026, 11, 4))
    world.submit(world.rework(filing, resumption={"conditions": "机房移交并验收"}))
    world.sign(filing, TECHNICAL)
    world.sign(filing, HEAD, Decision.REJECT, "不必暂停")
    assert world.project().state == "implementing"
    assert takes(world, "claim", D(2026, 11, 4))
    assert states(world) == [(None, "implementing")]


@when
def test_PAUSE_3_approved_on_paper_it_counts_from_the_day_signed(world: World, day: D) -> None:
    """The clerk's day: printed, signed on paper, scanned, recorded days later."""
    world.clock.set(day)
    dates = {"pause_from": day.isoformat(), "resume_by": (day + 60 * DAY).isoformat()}
    filing = world.submitted("suspension", reason=dates)
    world.clock.set(day + 6 * DAY)
    signatures = [
        PaperSignature("technical", world.who(TECHNICAL), "", day + DAY),
        PaperSignature("pmo", world.who(HEAD), "", day + 3 * DAY),
    ]
    world.office.run(
        world.who(CLERK),
        lambda work: record_paper_signatures(
            work, filing, signatures, scan=world.file(), seen_sha256=world.page(filing).sha256
        ),
    )
    assert world.project().paused_on == day + 3 * DAY
    assert takes(world, "claim", day + 2 * DAY)
    assert not takes(world, "claim", day + 3 * DAY)


@when
def test_PAUSE_4_a_resumption_lets_reports_and_claims_in_again(world: World, day: D) -> None:
    pause(world, day)
    world.clock.set(day + 20 * DAY)
    offers = world.office.read(
        partial(form_offers.allowed_forms, actor=world.who(MANAGER), project_id=world.project().id)
    )
    looked_at = {"suspension", "resumption", "overdue_opinion", "closing", "handover"}
    assert {offer.form_key for offer in offers if offer.allowed} & looked_at == {"resumption", "handover"}
    filing = world.submitted("resumption")
    world.sign(filing, TECHNICAL)
    assert not takes(world, "claim", day + 20 * DAY), "the PMO has not reviewed it yet"
    world.sign(filing, HEAD)
    project = world.project()
    assert (project.state, project.resumed_on, project.paused_on) == ("implementing", day + 20 * DAY, None)
    assert takes(world, "claim", day + 20 * DAY)
    assert takes(world, "weekly_report", day + 20 * DAY)
    assert todo(world, CLERK) == [item for item in todo(world, CLERK) if item.project_id != project.id]
    assert states(world) == [(None, "implementing"), ("implementing", "paused"), ("paused", "implementing")]


@when
def test_PAUSE_4_a_project_pauses_again(world: World, day: D) -> None:
    pause(world, day)
    world.clock.set(day + 20 * DAY)
    world.approved("resumption", TECHNICAL, HEAD)
    pause(world, day + 40 * DAY)
    assert world.project().paused_on == day + 40 * DAY
    assert world.project().resumed_on is None
    assert len(states(world)) == 4


@pytest.mark.parametrize(
    ("paused_on", "limit"),
    [(D(2026, 8, 31), D(2026, 11, 30)), (D(2026, 11, 30), D(2027, 2, 28)), (D(2027, 1, 15), D(2027, 4, 15))],
)
def test_PAUSE_5_an_overdue_pause_is_listed_with_the_pmo(world: World, paused_on: D, limit: D) -> None:
    pause(world, paused_on)
    mine = world.project().id

    def listed(by: str) -> list[tuple[Urgency, str]]:
        return [(item.urgency, item.opens) for item in todo(world, by) if item.project_id == mine and item.on == limit]

    world.clock.set(limit - 15 * DAY)
    assert listed(HEAD) == []
    world.clock.set(limit - 14 * DAY)
    assert listed(HEAD) == [(Urgency.SOON, "overdue_opinion")]
    world.clock.set(limit)
    assert listed(CLERK) == [(Urgency.TODAY, "overdue_opinion")]
    world.clock.set(limit + DAY)
    assert listed(CLERK) == listed(HEAD) == [(Urgency.LATE, "overdue_opinion")]
    assert listed(MANAGER) == []


@when
def test_PAUSE_5_the_president_extends_an_overdue_pause(world: World, day: D) -> None:
    pause(world, day)
    late = day + 100 * DAY
    world.clock.set(late)
    until = late + 30 * DAY
    opinion = {"verdict": "extend", "until": until.isoformat()}
    for by in (MANAGER, TECHNICAL, FINANCE):
        refusal(partial(world.draft, "overdue_opinion", by=by), NotAllowed)
    filing = world.submitted("overdue_opinion", by=CLERK, opinion=opinion)
    assert int(world.page(filing).content["project"]["overdue"]) > 0
    world.sign(filing, HEAD)
    assert world.project().pause_until is None, "the president has not approved it yet"
    world.sign(filing, PRESIDENT)
    project = world.project()
    assert (project.state, project.pause_until, project.resume_by) == ("paused", until, until)
    assert not takes(world, "claim", late), "it is still paused"
    assert not [item for item in todo(world, CLERK) if item.project_id == project.id]
    world.clock.set(until + DAY)
    overdue = [item for item in todo(world, CLERK) if item.project_id == project.id]
    assert [(item.urgency, item.on) for item in overdue] == [(Urgency.LATE, until)]


def test_PAUSE_5_the_president_orders_resumption(world: World) -> None:
    world.clock.set(D(2026, 11, 20))
    opinion = {"verdict": "resume", "until": None}
    world.approved("overdue_opinion", HEAD, PRESIDENT, number=PAUSED, by=CLERK, opinion=opinion)
    project = world.project(PAUSED)
    assert (project.state, project.resumed_on, project.paused_on) == ("implementing", D(2026, 11, 20), None)
    assert takes(world, "claim", D(2026, 11, 20), PAUSED)
    assert states(world, PAUSED)[-1] == ("paused", "implementing")


def test_PAUSE_5_an_opinion_on_a_project_that_went_on_meanwhile_changes_nothing(world: World) -> None:
    world.clock.set(D(2026, 11, 20))
    filing = world.submitted("overdue_opinion", PAUSED, CLERK)
    world.sign(filing, HEAD)
    world.approved("resumption", TECHNICAL, HEAD, number=PAUSED)
    with world.unchanged():
        refused = refusal(partial(world.sign, filing, PRESIDENT))
    assert "实施" in refused.what
    assert world.project(PAUSED).pause_until is None
    world.sign(filing, PRESIDENT, Decision.REJECT, "已恢复")
    assert world.page(filing).row.state is FilingState.REJECTED


def test_a_second_request_to_pause_is_refused_while_one_is_in_approval(world: World) -> None:
    first = world.submitted("suspension")
    second = world.draft("suspension")
    with world.unchanged():
        refusal(partial(world.submit, second))
    world.sign(first, TECHNICAL, Decision.REJECT, "另行办理")
    world.approve(world.submit(second), TECHNICAL, HEAD)
    assert world.project().paused_on == D(2026, 11, 3)


def test_a_returned_request_is_not_submitted_again_beside_another(world: World) -> None:
    first = world.submitted("suspension")
    world.sign(first, TECHNICAL, Decision.RETURN, "请补充")
    second = world.submitted("suspension")
    again = world.rework(first)
    with world.unchanged():
        refusal(partial(world.submit, again))
    world.sign(second, TECHNICAL, Decision.REJECT, "以先前一份为准")
    assert world.submit(again) == first


def test_a_pause_signed_last_after_the_project_moved_on_changes_nothing(world: World) -> None:
    pause = world.submitted("suspension")
    world.sign(pause, TECHNICAL)
    world.approved("closing_start", CLERK)
    with world.unchanged():
        refusal(partial(world.sign, pause, HEAD))
    assert world.project().state == "closing"


def test_ROLE_11_who_stands_in_signs_for_a_time(world: World) -> None:
    stand_in = partial(
        assign_role,
        person_id=world.who(FINANCE),
        role_key="pmo_head",
        since=D(2026, 11, 9),
        until=D(2026, 11, 13),
    )
    world.office.run(world.who(CLERK), stand_in)
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    world.clock.set(D(2026, 11, 16))
    with pytest.raises(NotAllowed):
        world.sign(filing, FINANCE)
    world.clock.set(D(2026, 11, 12))
    world.sign(filing, FINANCE)
    world.clock.set(D(2026, 12, 1))
    assert world.page(filing).row.state is FilingState.APPROVED, "what was signed with the role stands"


def test_the_state_of_every_project_is_what_the_journal_says(world: World) -> None:
    pause(world, D(2026, 11, 20))
    world.clock.set(D(2027, 1, 4))
    world.approved("resumption", TECHNICAL, HEAD)
    world.approved("overdue_opinion", HEAD, PRESIDENT, number=PAUSED, by=CLERK, opinion={"verdict": "resume"})
    with world.office.reading() as reading:
        rows = {row.id: row.state for row in reading.session.scalars(select(Project))}
        for key, state in rows.items():
            changes = changes_of(reading.session, "project", key)
            moves = [change.fields["state"] for change in changes if "state" in change.fields]
            assert moves[-1][1] == state
            assert [new for _, new in moves[:-1]] == [old for old, _ in moves[1:]], "one leads to the next"
    assert verify_office(world.office) == []


def test_a_refused_signature_never_half_counts(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    with world.unchanged(), pytest.raises(Refusal):
        world.sign(filing, HEAD, seen="0" * 64)
    assert world.page(filing).row.state is FilingState.IN_APPROVAL
