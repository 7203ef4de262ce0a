"""How the example's newer projects live: from their contract on, every paper filed and signed as offices do it.

Days are counted in working days before today, as in `desktop.sample.careers`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision, progress
from desktop.domain.ledger import PersonRef, Project
from desktop.domain.policy_papers import Step
from desktop.sample import phrases
from desktop.sample.acts import Deed, sign
from desktop.sample.company import PARTS, Cast
from desktop.services.chains import named_signer
from desktop.services.drafting import discard_draft, start_draft
from desktop.services.filings import current_content
from desktop.services.office import Office, Reading, Work
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.submitting import submit_draft

Content = dict[str, Any]

_ALL = 99
_TEAM = "team:"


@dataclass(frozen=True)
class Scene:
    """What a paper's writer has before them: ``begun`` is the form as it opened, ``team`` the project's people."""

    work: Work
    cast: Cast
    author: PersonRef
    project: Project | None
    begun: Mapping[str, Any]
    folder: Path
    days: Sequence[dt.date]

    @property
    def about(self) -> Project:
        """The project of a paper that is about one."""
        if self.project is None:
            raise LookupError("a paper of the office has no project")
        return self.project

    @property
    def team(self) -> tuple[PersonRef, ...]:
        """The project manager and the colleagues of the same room."""
        return team_of(self.cast, self.about)

    def day(self, days: int) -> str:
        """So many calendar days from now, or before it."""
        return (self.work.today + dt.timedelta(days=days)).isoformat()

    def month(self, months: int) -> str:
        """So many months from this one."""
        count = self.work.today.year * 12 + self.work.today.month - 1 + months
        return f"{count // 12}-{count % 12 + 1:02}"


def team_of(cast: Cast, project: Project) -> tuple[PersonRef, ...]:
    """A project's manager and the colleagues of the same room."""
    manager = project.manager or cast.clerk
    room = cast.managers[project.sub_department]
    return (manager, *(person for person in room if person.id != manager.id), *cast.others)


Write = Callable[[Scene], Content]


@dataclass(frozen=True)
class Paper:
    """A filing: on which project (by name; the office's own has none), by whom, how many working days ago, what.

    ``by`` is a role, or ``team:2`` for one of the project's people in their order.

    One step is signed a day from the day after it was submitted on; after ``signed`` steps it is left waiting.
    """

    form: str
    ago: int
    write: Write
    on: str = ""
    by: str = "manager"
    signed: int = _ALL


@dataclass(frozen=True)
class Errand:
    """Something else that is done on a day: ``do`` gets the project of that name, if there is one."""

    ago: int
    by: str
    do: Callable[[Scene], None]
    on: str = ""


@dataclass
class _Open:
    """A paper that is being signed: by whom at which steps, one after the other."""

    filing: UUID
    left: list[tuple[Step, UUID]]


@dataclass
class Lives:
    """Plays papers and errands on their days; the office's clock is moved by whoever asks."""

    cast: Cast
    days: Sequence[dt.date]
    rng: random.Random
    folder: Path
    papers: Sequence[Paper]
    errands: Sequence[Errand] = ()
    _open: list[_Open] = field(default_factory=list)

    def deeds(self, office: Office, ago: int) -> list[tuple[UUID, Deed]]:
        """What is done on a day, and by whom: signatures first, then what is filed anew."""
        found = [self._signature(item) for item in self._open if item.left]
        found += [self._errand(office, item) for item in self.errands if item.ago == ago]
        return found + [self._submission(office, item) for item in self.papers if item.ago == ago]

    def _signature(self, item: _Open) -> tuple[UUID, Deed]:
        (step, signer), item.left = item.left[0], item.left[1:]
        opinion = phrases.INSTRUCTION if step.asks else self.rng.choice(phrases.APPROVALS)
        return signer, lambda work: sign(work, item.filing, step, Decision.APPROVE, opinion)

    def _errand(self, office: Office, item: Errand) -> tuple[UUID, Deed]:
        project = office.read(lambda reading: self._find(reading, item.on)) if item.on else None
        actor = self._person(item.by, project)

        def run(work: Work) -> None:
            item.do(Scene(work, self.cast, actor, project, {}, self.folder, self.days))

        return actor.id, run

    def _submission(self, office: Office, item: Paper) -> tuple[UUID, Deed]:
        project = office.read(lambda reading: self._find(reading, item.on)) if item.on else None
        author = self._person(item.by, project)
        draft = start_draft(office, author.id, item.form, project.id if project else None)
        discard_draft(office, draft.id)

        def submit(work: Work) -> None:
            scene = Scene(work, self.cast, author, project, draft.content, self.folder, self.days)
            content = merged(draft.content, item.write(scene))
            filing = submit_draft(work, replace(draft, content=content))
            self._open.append(_Open(filing, self._chain(work, filing, item, project)[: item.signed]))

        return author.id, submit

    def _chain(self, work: Work, filing: UUID, item: Paper, project: Project | None) -> list[tuple[Step, UUID]]:
        """The steps that apply to a filing, each with who signs it."""
        stored = current_content(work, filing)
        chain = progress(work.policy.form(item.form).steps, (), stored.hashes, stored.conditions or frozenset())
        steps = [status.step for status in chain.steps if not status.state.settled]
        named = {step.key: named_signer(step, stored.content).get("id") for step in steps if not step.by_role}
        return [
            (step, UUID(named[step.key]) if named.get(step.key) else self._person(step.signer, project).id)
            for step in steps
        ]

    def _find(self, reading: Reading, name: str) -> Project:
        ids = project_ids(reading, self.cast.clerk.id, ProjectQuery(text=name))
        return next(row for row in project_rows(reading, ids) if row.name == name)

    def _person(self, role: str, project: Project | None) -> PersonRef:
        if project is not None and role.startswith(_TEAM):
            return team_of(self.cast, project)[int(role.removeprefix(_TEAM))]
        if project is None:
            return self.cast.signer(role, next(iter(PARTS)))
        named = {
            "manager": project.manager,
            "client_manager": project.client_manager,
            "program_manager": project.program_manager,
        }
        return named.get(role) or self.cast.signer(role, project.department)


def merged(begun: Mapping[str, Any], more: Content) -> Content:
    """What a form began with, and what was filled in: fields of a grid one by one, lines as a whole."""
    grids = {key: {**begun.get(key, {}), **value} for key, value in more.items() if isinstance(value, dict)}
    return {**begun, **more, **grids}
