"""The drafts that people of the example office left open yesterday evening."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from desktop.domain.ledger import PersonRef
from desktop.sample import papers
from desktop.sample.company import Cast
from desktop.sample.ledger import Line
from desktop.sample.papers import Content, Writer
from desktop.services.drafting import save_draft, start_draft
from desktop.services.office import Office

_OVERDUE, _LATE_CLOSING, _RUNNING = 1, 16, 12
"""The places of `desktop.sample.careers.SHOWN` on whose projects drafts are open."""


def leave(office: Office, cast: Cast, lines: Sequence[Line], ids: dict[str, UUID], rng: random.Random) -> None:
    """Leave a draft of the clerk's and two of a manager's, each filled in so far; fewer in a very small office."""

    def begin(place: int, form: str, author: PersonRef | None = None) -> None:
        if place >= len(lines):
            return
        line = lines[place]
        team = cast.managers[line.values["sub_department"]]
        manager = next(person for person in team if person.name == line.values["manager"]["name"])
        writer = Writer(rng, cast, line, manager, team[-1], office.today())
        actor = (author or manager).id
        draft = start_draft(office, actor, form, ids[line.number])
        save_draft(office, actor, replace(draft, content=_merged(dict(draft.content), _half(form, writer))))

    begin(_OVERDUE, "overdue_opinion", cast.clerk)
    begin(_LATE_CLOSING, "closing")
    begin(_RUNNING, "suspension")


def _half(form: str, writer: Writer) -> Content:
    """As much of a form as was filled in before going home."""
    if form == "overdue_opinion":
        opinion = papers.overdue_opinion(writer, "extend")
        return {"situation": opinion["situation"], "consulted": opinion["consulted"][:2]}
    if form == "closing":
        whole = papers.closing(writer)
        return {key: whole[key] for key in ("summary", "results")}
    whole = papers.suspension(writer)
    return {"reason": whole["reason"], "progress": {"done_share": whole["progress"]["done_share"]}}


def _merged(begun: Content, more: Content) -> Content:
    """What the form began with, and what was filled in since."""
    grids = {key: {**begun[key], **value} for key, value in more.items() if isinstance(value, dict)}
    return {**begun, **more, **grids}
