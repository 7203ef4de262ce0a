"""Making the example office: its days one after the other, each person's work of a day in one transaction."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from desktop.sample import drafts, newer
from desktop.sample.acts import Act, Deed, Director, by_day_and_person, working_days
from desktop.sample.careers import careers
from desktop.sample.company import Cast, Clock, cast_of, found_office, hire
from desktop.sample.ledger import Line, LineMaker
from desktop.sample.lives import Lives
from desktop.sample.pictures import letter, logo
from desktop.services.archive import add_document
from desktop.services.drafting import Draft
from desktop.services.home import Home
from desktop.services.office import Office, Reading, Work
from desktop.services.people import assign_role
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.statutory import calendar_with
from desktop.services.submitting import submit_draft
from desktop.store.ids import new_id

Progress = Callable[[int, int], None]

_SPAN = 210
"""So many working days back the office was founded; all that happened lies between."""
_LATER_LEDGERS = ((99, "新增项目台账（上半年）.xlsx", 0.12), (24, "新增项目台账（上月）.xlsx", 0.06))
"""How many working days ago each further ledger came in, its file, and its share of the projects."""
_FIRST_LEDGER = "项目台账（建账）.xlsx"
_YOUNGEST = 40
_DOCUMENTED = 8
_MOST_AT_ONCE = 1_000
_OPENS, _HOURS = dt.time(8, 45), dt.timedelta(hours=8, minutes=40)
_FOUNDED, _TOOK_OVER = 0.0, 0.3
"""The founding and the first ledger, as parts of the first working day."""
_OWN_PROJECTS = frozenset({0, 3, 12, 16})
"""The careers of these places are on projects of one manager, whom an example can follow."""
_FOLLOWED = "𠮷镕堃"
_ROOM = 24
"""From so many projects on there is room for the newer ones, whose whole life is told."""
_FINISHED = 8
"""The career of this place ends closed: its project is accepted for good."""


@dataclass(frozen=True)
class Ledger:
    """A ledger that came in: when, from which file, and its lines."""

    day: dt.date
    file: str
    lines: list[Line]

    def come_in(self, work: Work) -> None:
        """Take the lines over as a 期初建账 filing."""
        source = {"file": self.file, "sheet": "项目台账", "on": work.today.isoformat()}
        content = {"source": source, "projects": [line.values for line in self.lines]}
        submit_draft(work, Draft(new_id(), work.actor, "opening", None, None, None, content, work.now))


class Making:
    """One example office in the making; the clock that its office reads is moved along."""

    def __init__(self, target: str, home: Home, projects: int, seed: int, clock: Clock) -> None:
        self._target = target
        self._home = home
        self._projects = projects
        self._rng = random.Random(seed)
        self._now = clock()
        today = self._now.astimezone().date()
        self._days = working_days(calendar_with({}), today, _SPAN)
        self._office: Office | None = None

    def run(self, progress: Progress) -> None:
        """Found the office, let its people work day by day up to yesterday, and leave some drafts."""
        with TemporaryDirectory() as folder:
            self._move(self._days[-1], _FOUNDED)
            office = self._office = found_office(self._target, self._home, lambda: self._now, logo())
            clerk = UUID(self._home.remembered().person_id)
            office.run(clerk, hire)
            cast = office.read(cast_of)
            told = newer.PROJECTS if self._projects >= _ROOM else 0
            lives = careers(self._projects - told, self._rng)
            first, *later = self._ledgers(cast, len(lives), self._projects - told)
            self._move(self._days[-1], _TOOK_OVER)
            office.run(clerk, first.come_in)
            ids = office.read(lambda reading: _ids_by_number(reading, clerk))
            director = Director(cast, self._days, self._rng, Path(folder))
            steps = {rule.key: rule.steps for rule in office.policy.forms}
            acts = [Act(ledger.day, clerk, ledger.come_in) for ledger in later]
            for career, line in zip(lives, first.lines, strict=False):
                acts += director.acts(career, line, ids[line.number], steps)
            acts += self._documents(first.lines[:_DOCUMENTED], ids, clerk, Path(folder))
            acts += [Act(self._days[-2], clerk, _team(cast, ids[line.number])) for line in first.lines[:_DOCUMENTED]]
            self._live(office, acts, self._newer(cast, first, Path(folder)) if told else None, progress)
            self._move(self._days[0], 1.0)
            drafts.leave(office, cast, first.lines[: len(lives)], ids, self._rng)
            office.close()

    def undo(self) -> None:
        """Leave nothing of an office that could not be made whole; what a server holds is left to its keeper."""
        if self._office is not None:
            self._office.close()
            if file := self._office.database.file:
                file.unlink(missing_ok=True)

    def _move(self, day: dt.date, share: float) -> None:
        """Set the clock to a part of a working day."""
        self._now = (dt.datetime.combine(day, _OPENS) + _HOURS * share).astimezone()

    def _newer(self, cast: Cast, first: Ledger, folder: Path) -> Lives:
        """The papers of the newer projects."""
        papers = newer.papers_of(first.lines[_FINISHED].values["name"], self._days)
        return Lives(cast, self._days, self._rng, folder, papers, newer.ERRANDS)

    def _live(self, office: Office, acts: Sequence[Act], told: Lives | None, progress: Progress) -> None:
        planned = dict(by_day_and_person(acts))
        days = [day for day in reversed(self._days) if told or day in planned]
        for done, day in enumerate(days, 1):
            self._move(day, 0.0)
            people = planned.get(day, [])
            more = told.deeds(office, self._days.index(day) + 1) if told else []
            people += [(actor, [deed]) for actor, deed in more]
            for place, (actor, deeds) in enumerate(people, 1):
                self._move(day, place / (len(people) + 1))
                with office.work(actor) as work:
                    for deed in deeds:
                        deed(work)
            progress(done, len(days))

    def _ledgers(self, cast: Cast, with_career: int, projects: int) -> list[Ledger]:
        maker = LineMaker(self._rng, cast)
        counts = [int(projects * share) for _, _, share in _LATER_LEDGERS]
        day = self._days[-1]
        lines = [
            maker.line("implementing", day, _YOUNGEST, _FOLLOWED if place in _OWN_PROJECTS else "")
            for place in range(with_career)
        ]
        others = projects - sum(counts) - with_career
        lines += [maker.line(state, day, _YOUNGEST) for state in maker.states(others)]
        found = [Ledger(day, _FIRST_LEDGER, lines)]
        for (ago, file, _), count in zip(_LATER_LEDGERS, counts, strict=True):
            day = self._days[ago]
            if count:
                found.append(Ledger(day, file, [maker.line(state, day, 4) for state in maker.new_states(count)]))
        return found

    def _documents(self, lines: Sequence[Line], ids: dict[str, UUID], clerk: UUID, folder: Path) -> list[Act]:
        """Papers archived on some projects outside any filing."""
        found = []
        for place, line in enumerate(lines):
            day = self._days[-2 - place]
            found.append(Act(day, clerk, _archive_notice(line, ids[line.number], folder)))
        return found


def _archive_notice(line: Line, project_id: UUID, folder: Path) -> Deed:
    def deed(work: Work) -> None:
        values = line.values
        file = folder / f"中标通知书 {line.number}.pdf"
        lines = (f"{work.office.name}：", f"{values['name']}经评审，确定贵公司为中标人，请于 30 日内签订合同。")
        begun = dt.date.fromisoformat(values["initiated_on"])
        file.write_bytes(letter("中标通知书", lines, values["customer"], begun - dt.timedelta(days=20)))
        add_document(work, file, project_id)

    return deed


def _team(cast: Cast, project_id: UUID) -> Deed:
    """Some colleagues lead a group or work on a project."""
    people = [person for group in cast.managers.values() for person in group][:4]

    def deed(work: Work) -> None:
        for place, person in enumerate(people):
            assign_role(work, person.id, "member" if place else "team_leader", project_id=project_id)

    return deed


def _ids_by_number(reading: Reading, actor: UUID) -> dict[str, UUID]:
    ids = project_ids(reading, actor, ProjectQuery())
    found: dict[str, UUID] = {}
    for start in range(0, len(ids), _MOST_AT_ONCE):
        found |= {row.number: row.id for row in project_rows(reading, ids[start : start + _MOST_AT_ONCE])}
    return found
