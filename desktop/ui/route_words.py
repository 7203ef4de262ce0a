"""Who will be asked to sign, in the words of the question before a form is submitted."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.services.route import Asked


def route_words(stages: Sequence[Sequence[Asked]]) -> str:
    """Who signs after whom, and who at the same time; where a role has nobody, what is to be done."""
    if not stages:
        return "提交后即生效，不用签字。"
    if len(stages) == 1:
        return _all_at_once(stages[0])
    lines = ["提交后依次请下列人员签字："]
    for number, stage in enumerate(stages, 1):
        if len(stage) == 1:
            lines.append(f"{number}. {asked_words(stage[0])}")
        else:
            lines += [f"{number}. 同时请（不分先后）：", *(f"　　{asked_words(asked)}" for asked in stage)]
    return "\n".join(lines)


def _all_at_once(stage: Sequence[Asked]) -> str:
    if len(stage) == 1:
        return f"提交后请签字：\n{asked_words(stage[0])}"
    return "\n".join(["提交后同时请下列人员签字，不分先后：", *map(asked_words, stage)])


def asked_words(asked: Asked) -> str:
    """One signature: the role, and who may give it or what is to be done so that somebody can."""
    if asked.missing:
        return f"{asked.title}：缺人——{asked.missing}"
    names = "、".join(asked.people)
    if len(asked.people) > 1:
        names += "（每人都要签）" if asked.every else "（任一位签即可）"
    return f"{asked.title}：{names}{_instead(asked)}"


def _instead(asked: Asked) -> str:
    return f"（可由代理人{'、'.join(asked.stand_ins)}代签）" if asked.stand_ins else ""
