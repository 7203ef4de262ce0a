"""A handover sheet's draft brought up to date with the ledger (CHG-5)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.services.drafting import Draft, save_draft
from desktop.services.gatherers import gathered, with_gathered
from desktop.services.handovers import HANDOVER
from desktop.services.office import Office


def gather_again(office: Office, actor: UUID, draft: Draft) -> Draft:
    """Ask every gatherer again and bring the draft's lines up to date (取台账内容).

    Raises:
        NotAllowed: the draft is another's.
        Refusal: it is no handover sheet.
    """
    if draft.author_id != actor:
        raise NotAllowed("这份草稿是别人的。", kept="草稿没有改动。")
    if draft.form_key != HANDOVER:
        raise Refusal("只有《工作交接单》能取台账内容。", kept="草稿没有改动。")
    found = office.read(lambda reading: gathered(reading, actor, draft.form_key, draft.project_id))
    return save_draft(office, actor, replace(draft, content=with_gathered(draft.content, found)))
