"""A project's organisation: everybody once, everybody below somebody, no loops (ROLE-12)."""

import datetime as dt
from typing import Any

from desktop.domain.organization import Branch, Organization, Post, Rank, organized, tree_of


def post(key: str, rank: Rank = Rank.MEMBER, **more: Any) -> Post:
    return Post(key, None, key, more.pop("duty", rank.label), rank, **more)


TOP = (
    post("总", Rank.PRESIDENT),
    post("大", Rank.PROGRAM_MANAGER),
    post("经", Rank.MANAGER),
    post("客", Rank.CLIENT_MANAGER),
)


def above(made: Organization) -> dict[str, str]:
    return {item.key: item.reports_to for item in made.posts}


def shape(branch: Branch) -> Any:
    return (branch.title, [shape(item) for item in branch.below]) if branch.below else branch.title


def test_ROLE_12_who_says_nothing_reports_to_the_next_one_above() -> None:
    made = organized("甲", [*TOP, post("长", Rank.LEADER, group="网络组"), post("员", group="网络组"), post("散")])
    assert above(made) == {"总": "", "大": "总", "经": "大", "客": "总", "长": "经", "员": "长", "散": "经"}
    assert organized("甲", [post("散"), post("经", Rank.MANAGER)]).posts[0].key == "经"


def test_ROLE_12_the_plans_line_of_report_counts() -> None:
    made = organized("甲", [*TOP, post("员", reports_to="客"), post("散", reports_to="不在此")])
    assert (above(made)["员"], above(made)["散"]) == ("客", "经")


def test_ROLE_12_one_person_stands_once_with_all_duties() -> None:
    early, late = dt.date(2026, 1, 1), dt.date(2026, 5, 1)
    made = organized(
        "甲",
        [
            post("经", Rank.MANAGER, since=late, source="项目台账"),
            post("经", duty="统筹", group="管理组", since=early, source="组织计划"),
            post("经", duty="统筹"),
        ],
    )
    (only,) = made.posts
    assert (only.rank, only.duty, only.group, only.since) == (Rank.MANAGER, "项目经理、统筹", "管理组", early)
    assert only.source == "项目台账、组织计划"


def test_ROLE_12_loops_are_cut_and_told() -> None:
    circle = [
        post("甲", reports_to="乙"),
        post("乙", reports_to="丙"),
        post("丙", reports_to="甲"),
        post("丁", reports_to="丁"),
    ]
    made = organized("甲", [post("经", Rank.MANAGER), *circle])
    tree = tree_of(made)
    assert sum(branch.count for branch in tree) == 5
    assert len(made.notes) == 1
    assert "互为上级" in made.notes[0]
    assert above(made)["丁"] == "经"
    alone = organized("甲", circle[:3])
    assert sum(branch.count for branch in tree_of(alone)) == 3
    manager = organized("甲", [post("经", Rank.MANAGER, reports_to="员"), post("员", reports_to="经")])
    assert sum(branch.count for branch in tree_of(manager)) == 2


def test_ROLE_12_members_of_a_group_stand_under_its_name() -> None:
    made = organized(
        "甲", [post("经", Rank.MANAGER), post("一", group="网络组"), post("二", group="网络组"), post("三")]
    )
    assert [shape(branch) for branch in tree_of(made)] == [("经", ["三", ("网络组", ["一", "二"])])]
    assert tree_of(organized("甲", [])) == ()
