"""Stand-ins: on which days and in which roles, and no ring of people who stand in for each other (ROLE-11)."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.stand_ins import StandIn, ring

A, B, C = (uuid.uuid5(uuid.NAMESPACE_URL, name) for name in ("𠮷", "㛃", "䶮"))
D = dt.date


def link(person: uuid.UUID, stand_in: uuid.UUID, first: int = 1, last: int = 10, role: str = "") -> StandIn:
    return StandIn(person, stand_in, role, D(2026, 11, first), D(2026, 11, last))


def test_ROLE_11_a_stand_in_holds_from_the_first_to_the_last_day_in_its_role() -> None:
    every, one = link(A, B), link(A, B, role="pmo_head")
    assert [every.covers("pmo_head", D(2026, 11, day)) for day in (1, 10)] == [True, True]
    assert not every.covers("", D(2026, 11, 11))
    assert one.covers("pmo_head", D(2026, 11, 5))
    assert not one.covers("", D(2026, 11, 5)), "in one role is not for what a form asks of the person"
    assert not one.covers("clerk", D(2026, 11, 5))


def test_ROLE_11_a_ring_is_found_however_long() -> None:
    assert ring([], link(A, A)) == (A, A)
    assert ring([link(B, A)], link(A, B)) == (A, B, A)
    assert ring([link(B, C), link(C, A)], link(A, B)) == (A, B, C, A)
    assert ring([link(B, C)], link(A, B)) == ()
    assert ring([link(B, C), link(C, B)], link(A, B)) == (), "a ring of others is not this one's"


def test_ROLE_11_only_what_holds_on_one_day_in_one_role_makes_a_ring() -> None:
    assert ring([link(B, A, 11, 20)], link(A, B)) == ()
    assert ring([link(B, A, 10, 20)], link(A, B)) == (A, B, A)
    assert ring([link(B, C, 1, 4), link(C, A, 6, 9)], link(A, B)) == ()
    assert ring([link(B, A, role="clerk")], link(A, B, role="pmo_head")) == ()
    assert ring([link(B, A, role="clerk")], link(A, B)) == (A, B, A)


LINKS = st.builds(
    lambda people, first, length: link(people[0], people[1], first, first + length),
    st.permutations([A, B, C]).map(lambda people: people[:2]),
    st.integers(1, 20),
    st.integers(0, 8),
)


@given(st.lists(LINKS, max_size=8))
def test_ROLE_11_who_adds_no_ring_never_has_one(links: list[StandIn]) -> None:
    known: list[StandIn] = []
    for item in links:
        if not ring(known, item):
            known.append(item)
    for day in (D(2026, 11, number) for number in range(1, 30)):
        now = {(item.person_id, item.stand_in_id) for item in known if item.covers("", day)}
        reached = {(a, b) for a, b in now} | {(a, d) for a, b in now for c, d in now if b == c}
        assert not any(a == b for a, b in reached | {(a, d) for a, b in reached for c, d in now if b == c})
