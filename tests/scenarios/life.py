"""A project's whole life on the `epm` policy in a few words: who does what, with what they write."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project
from desktop.services import drafting, due
from desktop.services.archive import add_document
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.gate_view import gate_view
from desktop.services.projects import ProjectQuery, get_project, project_ids, project_rows
from desktop.services.todos import Todo
from tests.services.planning import PACKAGE, PLAN
from tests.services.world import CLERK, MANAGER, World, merge

EQUIPMENT: dict[str, Any] = {
    "id": "q1",
    "name": "联锁主机",
    "count": "2",
    "unit": "台",
    "price": 9_000_000,
    "needed_on": "2027-01-10",
    "supplier": "华信",
}
"""As the contract lists it, and cheaper."""
WRITTEN: dict[str, dict[str, Any]] = {
    "implementation_plan": PLAN,
    "initiation": merge(PACKAGE, {"procurement": [EQUIPMENT]}),
}
"""What the project's manager writes of the plan; what else people fill in is in `FILLED`."""


@dataclass
class Life:
    """One project in its world, whatever number it bears at the time."""

    world: World
    id: UUID
    papers: dict[str, UUID] = field(default_factory=dict)

    @property
    def now(self) -> Project:
        return self.world.office.read(partial(get_project, project_id=self.id))

    def draft(self, form: str, by: str = MANAGER, **changes: Any) -> drafting.Draft:
        """A draft with what people write over what the program knew."""
        return self.world.draft(form, self.now.called, by, **merge(WRITTEN.get(form, {}), changes))

    def file(self, form: str, *signers: str, by: str = MANAGER, **changes: Any) -> UUID:
        """A paper submitted and signed by these people in turn."""
        filing = self.world.submit(self.draft(form, by, **changes), by)
        self.world.approve(filing, *signers)
        self.papers[form] = filing
        return filing

    def judged(self, form: str, section: str, by: str = MANAGER, **found: Any) -> list[dict[str, Any]]:
        """The lines that a paper begins with, each with what was found of it."""
        actor = self.world.who(by)
        begun = drafting.start_draft(self.world.office, actor, form, self.id)
        drafting.discard_draft(self.world.office, begun.id)
        return [{**line, **found} for line in begun.content[section]]

    def archive(self, *kinds: str) -> None:
        path = self.world.file("资料.pdf", b"%PDF-1.4 papers")
        for kind in kinds:
            store = partial(add_document, path=path, project_id=self.id, kind=kind)
            self.world.office.run(self.world.who(MANAGER), store)

    def due(self, by: str, opens: str) -> list[Todo]:
        """What a person has to do here with a form."""
        found = self.world.office.read(partial(due.todo, actor=self.world.who(by)))
        return [item for item in found if opens in (item.opens, item.answer) and item.project_id == self.id]

    def closed_gates(self) -> set[str]:
        """What the project may not do as it stands: reports, claims."""
        return {gate.key for gate in self.world.office.read(partial(gate_view, project_id=self.id)) if gate.unmet}

    def seen_by(self, name: str) -> bool:
        actor = self.world.who(name)
        return self.id in self.world.office.read(partial(project_ids, actor=actor, query=ProjectQuery()))

    def filings(self, *states: FilingState) -> list[UUID]:
        query = FilingQuery(project_id=self.id, states=states)
        return self.world.office.read(partial(filing_ids, actor=self.world.who(CLERK), query=query))


def called(world: World, name: str) -> Project:
    """The project of that name."""
    query = ProjectQuery(text=name)
    ids = world.office.read(partial(project_ids, actor=world.who(CLERK), query=query))
    (found,) = (row for row in world.office.read(partial(project_rows, ids=ids)) if row.name == name)
    return found


def picked(world: World, name: str) -> dict[str, str]:
    """A colleague picked from the list."""
    return {"id": str(world.who(name)), "name": name}


def line_with(lines: list[dict[str, Any]], key: str, **changes: Any) -> list[dict[str, Any]]:
    """These lines with one of them changed."""
    return [{**line, **changes} if line["id"] == key else line for line in lines]
