"""Requests and cards that travel as text, and those that are refused."""

from dataclasses import replace
from uuid import UUID

import pytest

from desktop.domain.errors import Refusal
from desktop.domain.identity import spoken
from desktop.domain.statements import Kind, Statement, statement_text
from desktop.services import identities as ids
from desktop.services.identity_papers import paper_text, read_paper
from desktop.store.keys import make_secret
from desktop.store.signing import statements_of
from tests.services.keyholders import found, issue, requested, take
from tests.services.world import PRESIDENT, TECHNICAL, World

pytestmark = pytest.mark.usefixtures("quick_keys")


def test_a_request_travels_as_text_and_a_card_comes_back(world: World) -> None:
    key, text = requested(world)
    assert spoken(key) in text
    quoted = "\r\n".join(f"> {line}" for line in text.splitlines())
    assert [one.key for one in take(world, quoted)] == [key]
    root = found(world)
    issue(world, root, key)
    card = world.office.read(lambda reading: ids.card_paper(reading, key))
    assert spoken(root.key) in card
    before = len(world.office.read(lambda reading: statements_of(reading.session)))
    take(world, card, TECHNICAL)
    assert len(world.office.read(lambda reading: statements_of(reading.session))) == before, "all of it was there"


def test_a_forged_request_is_refused(world: World) -> None:
    _key, text = requested(world)
    (one,) = read_paper(text)
    other = make_secret()
    forged = [
        replace(one, id=UUID(int=7), text=one.text.replace(str(world.who(TECHNICAL)), str(world.who(PRESIDENT)))),
        replace(one, id=UUID(int=8), signature=other.sign(one.text)),
        replace(one, id=UUID(int=9), key=other.key, signed_by=other.key, signature=other.sign(one.text)),
    ]
    for statement in forged:
        with world.unchanged(), pytest.raises(Refusal, match="不能接受"):
            take(world, paper_text((), [statement]))


def test_a_request_for_another_name_is_refused(world: World) -> None:
    secret = make_secret()
    says = {"public": secret.public, "person": str(world.who(PRESIDENT)), "name": TECHNICAL}
    text = statement_text(world.office.id, Kind.REQUEST, world.clock.now, says)
    one = Statement(UUID(int=7), "request", secret.key, world.who(PRESIDENT), text, secret.key, secret.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="姓名"):
        take(world, paper_text((), [one]))


def test_a_card_of_another_office_is_refused(world: World) -> None:
    secret, person = make_secret(), str(world.who(TECHNICAL))
    text = statement_text(
        UUID(int=99), Kind.REQUEST, world.clock.now, {"public": secret.public, "person": person, "name": TECHNICAL}
    )
    one = Statement(UUID(int=7), "request", secret.key, world.who(TECHNICAL), text, secret.key, secret.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="另一个单位"):
        take(world, paper_text((), [one]))


def test_a_root_from_elsewhere_does_not_come_in_by_a_file(world: World) -> None:
    found(world)
    other = make_secret()
    text = statement_text(
        world.office.id, Kind.ROOT, world.clock.now, {"public": other.public, "replaces": "", "vouches": []}
    )
    one = Statement(UUID(int=8), "root", other.key, None, text, other.key, other.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="不是同一把"):
        take(world, paper_text((), [one]))
