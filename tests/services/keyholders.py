"""An office that has keys: its root, people with cards, what their signatures are told to be, papers that travel."""

import datetime as dt
from uuid import UUID

from desktop.domain.identity import Request, Target
from desktop.services import identities as ids
from desktop.services import root_key
from desktop.services.identity_papers import read_paper
from desktop.store.keys import SecretKey
from tests.services.world import CLERK, TECHNICAL, World

ROOTS, OWN = "单位根密钥的密码", "自己的密码 2026"


def found(world: World) -> SecretKey:
    root_key.found_root(world.office, world.who(CLERK), ROOTS)
    root = world.office.keys.of(world.office.id)
    assert root is not None
    return root


def carded(world: World, root: SecretKey, *names: str) -> dict[str, str]:
    """These people have a key each, unlocked, with a card; fingerprints by name."""
    made = {}
    for name in names:
        made[name] = ids.make_key(world.office, world.who(name), OWN).value
        issue(world, root, made[name])
    return made


def issue(world: World, root: SecretKey, key: str, *, revoke_older: bool = True) -> None:
    (request,) = (one for one in world.office.read(ids.identities).requests if one.key == key)
    world.office.run(world.who(CLERK), lambda work: ids.issue_card(work, root, request.id, revoke_older=revoke_older))


def states(world: World, filing: UUID) -> list[tuple[str, str]]:
    page = world.page(filing)
    return [(page.signatures[one.id].label, page.signatures[one.id].words) for one in page.sign_offs]


def revoke(world: World, root: SecretKey, key: str, since: dt.datetime | None = None) -> None:
    at = since or world.clock.now
    world.office.run(world.who(CLERK), lambda work: ids.revoke(work, root, Target.CARD, key, at, "密码泄露"))


def requested(world: World, name: str = TECHNICAL) -> tuple[str, str]:
    key = ids.make_key(world.office, world.who(name), OWN).value
    return key, world.office.read(lambda reading: ids.request_paper(reading, world.who(name)))


def take(world: World, text: str, by: str = CLERK) -> tuple[Request, ...]:
    statements = read_paper(text)
    return world.office.run(world.who(by), lambda work: ids.take_paper(work, statements)).value
