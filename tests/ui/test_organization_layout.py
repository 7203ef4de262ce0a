"""Where the boxes of an organisation stand: none over another, all inside, every one with a line to it."""

from itertools import combinations

import pytest

from desktop.domain.organization import Post, Rank, organized, tree_of
from desktop.ui.organization_layout import WIDTH, Block, Box, arranged


def post(key: str, rank: Rank = Rank.MEMBER, group: str = "", above: str = "") -> Post:
    return Post(key, None, key, "", rank, group, above)


def picture(groups: int, members: int, loose: int) -> Block:
    posts = [
        post("总", Rank.PRESIDENT),
        post("副", Rank.PRESIDENT),
        post("大", Rank.PROGRAM_MANAGER),
        post("经", Rank.MANAGER),
        post("客", Rank.CLIENT_MANAGER),
    ]
    for number in range(groups):
        if number % 2:
            posts.append(post(f"长{number}", Rank.LEADER, f"组{number}"))
        posts += [post(f"员{number}-{item}", group=f"组{number}") for item in range(members)]
    posts += [post(f"散{item}") for item in range(loose)]
    posts.append(post("孙", above="散0" if loose else ""))
    return arranged(tree_of(organized("甲", posts)))


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + WIDTH <= other.x
        or other.x + WIDTH <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


@pytest.mark.parametrize(("groups", "members", "loose"), [(0, 0, 0), (1, 1, 1), (4, 8, 3), (2, 3, 25), (6, 0, 0)])
def test_ROLE_12_boxes_stand_apart_and_inside(groups: int, members: int, loose: int) -> None:
    made = picture(groups, members, loose)
    named = [box for box in made.boxes if box.branch.post is not None]
    assert len(named) == 6 + groups // 2 + groups * members + loose
    assert all(apart(one, other) for one, other in combinations(made.boxes, 2))
    assert all(box.x >= 0 and box.x + WIDTH <= made.width and box.y + box.height <= made.height for box in made.boxes)


def test_ROLE_12_forty_people_in_groups_fit_a_wide_window() -> None:
    made = picture(4, 8, 2)
    assert made.width < 1_400
    assert made.height < 900


def test_an_empty_organisation_is_nothing() -> None:
    assert arranged(()) == Block(0, 0)
