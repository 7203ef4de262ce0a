"""A policy in words on paper."""

import pytest

from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import count_assumed, narrowed
from desktop.domain.policy_told import tell_policy
from desktop.paper.policy_sheet import policy_sheet
from desktop.paper.printing import render
from desktop.services.policies import shipped_policies
from tests.paper.sheets import texts_of


@pytest.mark.parametrize("policy", shipped_policies(), ids=lambda policy: policy.key)
def test_every_sentence_of_a_policy_is_printed(policy: Policy) -> None:
    told = tell_policy(policy)
    printed = render(policy_sheet(policy, told, company="滨海系统集成有限公司"))
    assert printed.missing == frozenset()
    text = "".join("".join(texts_of(printed.pdf)).split())
    for chapter in told:
        for part in chapter.parts:
            assert "".join(part.title.split()) in text
            for one in part.statements:
                assert "".join(one.text[:12].split()) in text, one.text
    assert f"须确认{count_assumed(told)}处" in text
    assert text.count("【须确认】") == count_assumed(told) + 1


def test_what_was_looked_for_is_printed_alone_and_says_so() -> None:
    policy = shipped_policies()[0]
    found = narrowed(tell_policy(policy), "CLOSE-4")
    printed = render(policy_sheet(policy, found, company="滨海", subtitle="只列出含“CLOSE-4”的"))
    (text,) = texts_of(printed.pdf)
    assert "只列出含“CLOSE-4”的" in text
    assert "PAUSE" not in text
