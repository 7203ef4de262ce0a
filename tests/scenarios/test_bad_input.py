"""What goes wrong in an office's day and must not stick, double or vanish, on both engines (issue: bad input)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

from desktop.domain.errors import Refusal
from desktop.services import due, settings, submitting
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.policies import read_policy
from desktop.services.submitting import Incomplete
from desktop.store.ids import new_id
from tests.domain.samples import revised
from tests.scenarios.life import picked
from tests.services.plans import plan_in_force
from tests.services.test_spending import LEFT, balance, claim
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    EPM,
    FINANCE,
    HEAD,
    MANAGER,
    PAUSED,
    TECHNICAL,
    World,
    refusal,
)


def at_once(world: World, acts: list[Callable[[Office], object]]) -> list[str]:
    """Each act at a seat of its own in the same moment; what refused ones were told, empty for those that went well."""
    begin = Barrier(len(acts))

    def sit(seat: int) -> str:
        office = open_office(world.url, Home(world.folder / f"seat{seat}"), world.clock)
        begin.wait()
        try:
            acts[seat](office)
        except Refusal as refused:
            return refused.what
        finally:
            office.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(sit, range(len(acts))))


def test_BUD_3_two_claims_reach_for_the_last_fen_in_the_same_moment(world: World) -> None:
    claim(world, LEFT - 1)
    amount = {"id": "c1", "spent_on": "2026-11-02", "subject": "travel", "text": "车票", "amount": 1}
    draft = world.draft("claim", claim={"reason": "联调"}, lines=[amount])
    drafts = [draft, replace(draft, id=new_id())]

    def submit(office: Office, place: int) -> None:
        office.run(world.who(MANAGER), lambda work: submitting.submit_draft(work, drafts[place]))

    told = at_once(world, [partial(submit, place=place) for place in range(2)])
    assert sorted(bool(text) for text in told) == [False, True]
    assert "可用余额 0.00 元" in "".join(told)
    assert balance(world) == {"": (LEFT, 0, LEFT)}
    assert verify_office(world.office) == []


def test_BUD_3_a_policy_keeps_the_subjects_on_which_money_is_planned_or_spent(world: World) -> None:
    waiting = claim(world, 100, subject="meeting")
    world.approve(waiting, TECHNICAL, FINANCE)
    plan_in_force(world)
    text = EPM.text
    for key in ("travel", "meeting", "material"):
        text = re.sub(rf'\[\[subject\]\]\nkey = "{key}".*?(?=\[\[)', "", text, flags=re.DOTALL)
    shorter = read_policy(revised(text), "科目.toml")
    take_over = partial(settings.change_policy, policy=shorter)
    with world.unchanged():
        told = refusal(lambda: world.office.run(world.who(CLERK), take_over)).what
    assert "差旅费（travel）" in told
    assert "会议招待费（meeting）" in told
    assert "材料费" not in told, "no money stands on it"


def test_ROLE_11_a_step_for_whom_the_ledger_names_nobody_says_by_which_paper_to_name_one(world: World) -> None:
    world.approved("resumption", TECHNICAL, HEAD, number=PAUSED)
    filing = world.submitted("preliminary_acceptance", PAUSED)
    world.sign(filing, TECHNICAL)
    (stuck,) = world.page(filing).stuck
    assert "台账" in stuck.text
    assert "《办公室调整单》" in stuck.text
    assert "设置" not in stuck.text, "who is named on a project is not appointed there"
    todo = world.office.read(partial(due.todo, actor=world.who(CLERK)))
    assert [item.filing_id for item in todo if item.text.startswith("无人可签")] == [filing]
    nothing = {"pause": dict.fromkeys(("quiet_since", "resume_by", "evidence"))}
    adjust = partial(world.submitted, "office_adjustment", PAUSED, CLERK, **nothing)
    right = {"adjustment": {"kind": "correct", "reason": "登记时漏填"}}
    unknown = {"people": {"client_manager": {"id": "", "name": "外人"}}}
    assert "不在人员名册里" in refusal(partial(adjust, **right, **unknown), Incomplete).what
    named = {"people": {"client_manager": picked(world, CLIENT_MANAGER)}}
    world.approve(adjust(**right, **named), TECHNICAL, HEAD)
    assert world.page(filing).stuck == ()
    world.approve(filing, CLIENT_MANAGER, HEAD)
    assert world.project(PAUSED).preliminary_on is not None
