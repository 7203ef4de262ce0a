"""Steps that are signed only under a condition (`when`), from the policy's file to the printed sheet."""

from functools import partial
from uuid import UUID

from desktop.domain.approval import Decision, StepState
from desktop.domain.filing import FilingState
from desktop.services import printing, settings
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.policies import read_policy
from tests.domain.samples import revised
from tests.services.test_office import text_of
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    EPM,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
)

PMO = '[[form.step]]\nkey = "pmo"\ntitle = "项目管理部"\nsigner = "pmo_head"\nseal = true\nrule = "PAUSE-3"\n'


def adopt(world: World, condition: str) -> None:
    """On a suspension the client manager signs too, before the PMO, where ``condition`` holds."""
    step = f'[[form.step]]\nkey = "client"\ntitle = "客户经理确认"\nsigner = "client_manager"\nwhen = "{condition}"\n'
    policy = read_policy(revised(EPM.text.replace(PMO, step + PMO, 1)), "有条件.toml")
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=policy))


def states(world: World, filing: UUID) -> list[tuple[str, StepState]]:
    return [(item.step.key, item.state) for item in world.page(filing).progress.steps]


def printed(world: World, filing: UUID) -> str:
    return text_of(world.office.read(partial(printing.print_filing, actor=world.who(CLERK), filing_id=filing)).pdf)


def test_a_step_is_left_out_where_its_condition_does_not_hold(world: World) -> None:
    adopt(world, "virtual_contract")
    filing = world.submitted("suspension", RUNNING)
    assert states(world, filing)[1] == ("client", StepState.SKIPPED)
    assert "客户经理确认" not in printed(world, filing)
    world.approve(filing, TECHNICAL, HEAD)
    assert world.project(RUNNING).state == "paused"
    assert verify_office(world.office) == []


def test_a_step_is_asked_for_where_its_condition_holds(world: World) -> None:
    adopt(world, "virtual_contract")
    filing = world.submitted("suspension", SOFTWARE, OTHER_MANAGER)
    world.sign(filing, OTHER_TECHNICAL)
    client = world.who(CLIENT_MANAGER)
    waiting = partial(filing_ids, actor=client, query=FilingQuery(waiting_for=client))
    assert world.office.read(waiting) == [filing]
    assert world.page(filing, CLIENT_MANAGER).may_decide == "client"
    assert "客户经理确认" in printed(world, filing)
    world.approve(filing, CLIENT_MANAGER, HEAD)
    assert world.project(SOFTWARE).state == "paused"
    assert [state for _key, state in states(world, filing)] == [StepState.SIGNED] * 3


def test_what_was_signed_stays_signed_when_its_condition_ceases(world: World) -> None:
    """The approval itself pauses the project, and a paused one takes no claims any more."""
    adopt(world, "state_takes_claims")
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, CLIENT_MANAGER, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert states(world, filing)[1] == ("client", StepState.SIGNED)
    assert "客户经理确认" in printed(world, filing)


def test_the_chain_is_what_it_was_at_submission_whatever_comes_later(world: World) -> None:
    adopt(world, "state_takes_claims")
    refused = world.submitted("suspension")
    world.sign(refused, TECHNICAL, Decision.REJECT, "不同意")
    paused = world.approved("suspension", TECHNICAL, CLIENT_MANAGER, HEAD)
    assert states(world, refused)[1] == ("client", StepState.OPEN)
    world.clock.pass_minutes()
    world.approved("resumption", TECHNICAL, HEAD)
    assert states(world, refused)[1] == ("client", StepState.OPEN)
    assert [state for _key, state in states(world, paused)] == [StepState.SIGNED] * 3


def test_a_rejection_at_a_step_under_a_condition_is_still_told(world: World) -> None:
    adopt(world, "state_takes_claims")
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    world.sign(filing, CLIENT_MANAGER, Decision.REJECT, "客户不同意")
    world.approved("suspension", TECHNICAL, CLIENT_MANAGER, HEAD)
    assert states(world, filing)[1] == ("client", StepState.REJECTED)
    assert world.page(filing, MANAGER).row.state is FilingState.REJECTED
