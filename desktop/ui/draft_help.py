"""What the ledger can do for a draft that is open: bring a change onto the plan in force, fill a handover sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.plan_rebase import Conflict
from desktop.services.changing import newer_baseline, rebase_draft
from desktop.services.drafting import Draft, DraftPage
from desktop.services.handover_drafts import gather_again
from desktop.services.handovers import HANDOVER
from desktop.services.office import Office

_MOST_TOLD = 12


@dataclass(frozen=True)
class DraftHelp:
    """A button of the editor: its words, the notice above the form, and what it does to the draft.

    ``act`` answers with the new draft, what was done, and what is left to look at.
    """

    label: str
    notice: str
    act: Callable[[Office, UUID, Draft], tuple[Draft, str, str]]


def help_for(page: DraftPage) -> DraftHelp | None:
    """What can be done for a draft as it stands, if anything."""
    newer = newer_baseline(page)
    if newer:
        notice = f"起草期间计划已变为第 {newer} 版基线，请点“改按现行计划”，把您的改动移到现行计划上。"
        return DraftHelp("改按现行计划", notice, _rebase)
    if page.draft.form_key == HANDOVER:
        return DraftHelp("取台账内容", "", _gather)
    return None


def _rebase(office: Office, actor: UUID, draft: Draft) -> tuple[Draft, str, str]:
    taken = rebase_draft(office, actor, draft)
    what = f"您的改动已移到第 {taken.base} 版基线上。"
    if not taken.conflicts:
        return taken.draft, what, "没有相互冲突的改动；细目表已重新生成，请看过后提交。"
    return taken.draft, what, f"有 {len(taken.conflicts)} 处两边都改过，请逐处核对：\n{told(taken.conflicts)}"


def told(conflicts: Sequence[Conflict]) -> str:
    """Where both sides changed something, a line each."""
    lines = [
        f"{item.part}{item.place}：您改为 {item.mine}，现行计划为 {item.theirs}；{item.kept}"
        for item in conflicts[:_MOST_TOLD]
    ]
    more = [f"……另有 {len(conflicts) - _MOST_TOLD} 处"] if len(conflicts) > _MOST_TOLD else []
    return "\n".join([*lines, *more])


def _gather(office: Office, actor: UUID, draft: Draft) -> tuple[Draft, str, str]:
    filled = gather_again(office, actor, draft)
    return filled, "已取来台账中的最新内容。", "文档、在办事项、设备和费用余额已更新；您自己填写的行都保留着。"
