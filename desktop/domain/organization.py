"""项目组织 (ROLE-12): a project's people, their duties and whom they report to, as a list and as a tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from desktop.domain.ledger import PersonRef


class Rank(IntEnum):
    """Where a post stands when nobody says whom it reports to; the smaller, the higher."""

    PRESIDENT = 0
    PROGRAM_MANAGER = 1
    MANAGER = 2
    CLIENT_MANAGER = 3
    LEADER = 4
    MEMBER = 5

    @property
    def label(self) -> str:
        """The word for the level."""
        return _RANK_WORDS[self]


_RANK_WORDS = {
    Rank.PRESIDENT: "总裁室",
    Rank.PROGRAM_MANAGER: "大项目经理",
    Rank.MANAGER: "项目经理",
    Rank.CLIENT_MANAGER: "客户经理",
    Rank.LEADER: "小组负责人",
    Rank.MEMBER: "成员",
}


@dataclass(frozen=True)
class Post:
    """One person's place in a project: ``key`` is the person's id, or the name of one from outside.

    ``reports_to`` is another post's key, empty where nothing says so; ``source`` tells where it is written.
    """

    key: str
    person: PersonRef | None
    name: str
    duty: str
    rank: Rank
    group: str = ""
    reports_to: str = ""
    since: dt.date | None = None
    source: str = ""

    @property
    def department(self) -> str:
        """The person's department."""
        return self.person.department if self.person else ""

    @property
    def full(self) -> str:
        """The name, told apart."""
        return self.person.full if self.person else f"{self.name}（外部）"


@dataclass(frozen=True)
class Organization:
    """A project's posts, each person once, with those they report to by key; ``notes`` say what was put right."""

    project: str
    posts: tuple[Post, ...]
    notes: tuple[str, ...] = ()

    def name_of(self, key: str) -> str:
        """The name of the post of that key, nothing for none."""
        return next((post.name for post in self.posts if post.key == key), "")


@dataclass(frozen=True)
class Branch:
    """A post (or, without one, a group by its ``title``) with what is below it."""

    title: str
    post: Post | None = None
    below: tuple[Branch, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many people are in it."""
        return (self.post is not None) + sum(branch.count for branch in self.below)


def organized(project: str, posts: Sequence[Post]) -> Organization:
    """One post for each person, everybody below somebody, without loops.

    Posts of one person are joined: the highest rank counts, duties are listed, the plan's group and line of report
    stand. Whoever reports to nobody here reports to the next one above: members to their group's leader or the
    project manager, the manager to the 大项目经理 or 总裁室.
    """
    joined: dict[str, Post] = {}
    for post in posts:
        joined[post.key] = _joined(joined[post.key], post) if post.key in joined else post
    notes: list[str] = []
    found = _without_loops({key: _placed(post, joined) for key, post in joined.items()}, joined, notes)
    order = sorted(found.values(), key=lambda post: (post.rank, post.group))
    return Organization(project, tuple(order), tuple(notes))


def _joined(one: Post, other: Post) -> Post:
    first, second = sorted((one, other), key=lambda post: post.rank)
    duties = dict.fromkeys(duty for post in (first, second) for duty in post.duty.split("、") if duty)
    days = [post.since for post in (one, other) if post.since]
    return replace(
        first,
        duty="、".join(duties),
        group=first.group or second.group,
        reports_to=first.reports_to or second.reports_to,
        since=min(days, default=None),
        source="、".join(dict.fromkeys(part for post in (first, second) for part in post.source.split("、") if part)),
    )


def _placed(post: Post, posts: Mapping[str, Post]) -> Post:
    """The post with whom it reports to: as written, where that one is here, else the next one above."""
    if post.reports_to in posts and post.reports_to != post.key:
        return post
    return replace(post, reports_to=_above(post, posts))


def _above(post: Post, posts: Mapping[str, Post]) -> str:
    others = [other for other in posts.values() if other.key != post.key and other.rank < post.rank]
    if post.rank is Rank.MEMBER and post.group:
        leaders = [other for other in others if other.rank is Rank.LEADER and other.group == post.group]
        if leaders:
            return leaders[0].key
    wanted = [Rank.MANAGER, Rank.PROGRAM_MANAGER, Rank.PRESIDENT]
    if post.rank is Rank.CLIENT_MANAGER:
        wanted = [Rank.PRESIDENT]
    ranked = [next((other.key for other in others if other.rank is rank), "") for rank in wanted]
    return next((key for key in ranked if key), "")


def _without_loops(found: dict[str, Post], posts: Mapping[str, Post], notes: list[str]) -> dict[str, Post]:
    for key in list(found):
        chain = [key]
        while (above := found[chain[-1]].reports_to) and above not in chain:
            chain.append(above)
        if above == key:
            post = found[key]
            found[key] = replace(post, reports_to=_outside(post, posts, found, set(chain)))
            notes.append(f"{'、'.join(found[item].name for item in chain)}互为上级，已改按级别排列，请更正组织计划")
    return found


def _outside(post: Post, posts: Mapping[str, Post], found: Mapping[str, Post], loop: set[str]) -> str:
    """Whom a post of a loop reports to instead: the next above who is not below it."""
    rest = {key: other for key, other in posts.items() if key not in loop}
    above = _above(post, rest)
    seen: set[str] = set()
    here = above
    while here and here not in seen:
        if here in loop:
            return ""
        seen.add(here)
        here = found[here].reports_to
    return above


def tree_of(organization: Organization) -> tuple[Branch, ...]:
    """The tops of the organisation, with groups between a post and the members of a group who report to it."""
    below: dict[str, list[Post]] = {}
    for post in organization.posts:
        below.setdefault(post.reports_to, []).append(post)
    return tuple(_branch(post, below) for post in below.get("", []))


def _branch(post: Post, below: Mapping[str, Sequence[Post]]) -> Branch:
    direct: list[Branch] = []
    groups: dict[str, list[Branch]] = {}
    for other in below.get(post.key, ()):
        branch = _branch(other, below)
        if other.rank is Rank.MEMBER and other.group and other.group != post.group:
            groups.setdefault(other.group, []).append(branch)
        else:
            direct.append(branch)
    made = [Branch(name, None, tuple(branches)) for name, branches in groups.items()]
    return Branch(post.name, post, tuple(direct + made))
