"""An office whose policy is older than the program: what it does not know is not offered (DOC-6)."""

from functools import partial

from desktop.services import drafting, due, form_offers, history, settings
from desktop.services.checking import verify_office
from desktop.services.policies import read_policy
from tests.domain.samples import revised
from tests.domain.test_policy_file import without
from tests.services.world import CLERK, EPM, HEAD, MANAGER, TECHNICAL, World, refusal


def test_a_form_that_the_policy_does_not_know_is_not_offered(world: World) -> None:
    draft = world.draft("handover")
    policy = read_policy(revised(without("handover")), "早先的制度.toml")
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=policy))
    manager, project = world.who(MANAGER), world.project().id
    offers = world.office.read(partial(form_offers.allowed_forms, actor=manager, project_id=project))
    assert "handover" not in {offer.form_key for offer in offers}
    (kept,) = drafting.list_drafts(world.office, manager)
    assert kept.title == "工作交接单"
    assert [item.draft_id for item in world.office.read(partial(due.todo, actor=manager)) if item.draft_id] == [
        draft.id
    ]
    told = refusal(lambda: world.office.read(partial(drafting.draft_page, draft=kept)))
    assert "工作交接单" in told.what
    with world.unchanged():
        refusal(lambda: world.submit(kept))
        refusal(lambda: drafting.start_draft(world.office, world.who(CLERK), "handover", project))


def test_the_rest_goes_on_as_before(world: World) -> None:
    policy = read_policy(revised(without("handover")), "早先的制度.toml")
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=policy))
    world.approved("suspension", TECHNICAL, HEAD)
    assert world.project().state == "paused"
    assert world.office.read(partial(history.project_history, project_id=world.project().id))
    assert verify_office(world.office) == []


def test_forms_may_swap_their_numbers(world: World) -> None:
    """A series goes with its pattern: the second policy's first number is none that the first has given."""
    first = world.submitted("suspension")
    assert world.page(first).row.number == "ZT-2026-0001"
    swapped = EPM.text.replace("ZT-{year}", "swap").replace("JJ-{year}", "ZT-{year}").replace("swap", "JJ-{year}")
    world.office.run(
        world.who(CLERK), partial(settings.change_policy, policy=read_policy(revised(swapped), "编号对调的制度.toml"))
    )
    assert world.page(world.submitted("handover")).row.number == "ZT-2026-0002"


def test_a_filing_on_an_earlier_policy_tells_of_a_state_that_only_a_later_one_knows(world: World) -> None:
    begun = world.submitted("closing_start")
    frozen = (
        '[[state]]\nkey = "frozen"\ntitle = "冻结"\ntone = "warning"\nsince = "paused_on"\n[[state]]\nkey = "paused"'
    )
    later = EPM.text.replace('[[state]]\nkey = "paused"', frozen, 1)
    later = later.replace('to = "paused"', 'to = "frozen"').replace('from = ["paused"]', 'from = ["paused", "frozen"]')
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=read_policy(revised(later), "冻结.toml")))
    world.approved("suspension", TECHNICAL, HEAD)
    assert world.project().state == "frozen"
    with world.unchanged():
        told = refusal(lambda: world.sign(begun, CLERK))
    assert "frozen" in told.what
