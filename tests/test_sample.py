"""The example office: everything an office may hold is in it, made by the services, and sound."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest

from desktop.domain.clocks import Urgency
from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.sample import make_sample, newer
from desktop.services.approving import SCAN
from desktop.services.archive import documents_of
from desktop.services.checking import verify_office
from desktop.services.documents import read_file
from desktop.services.drafting import draft_page, list_drafts
from desktop.services.due import todo
from desktop.services.filings import FilingPage, FilingQuery, filing_ids, filing_rows, open_filing
from desktop.services.gate_view import checklists
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import inspect_target, open_office
from desktop.services.people import list_people, people_refs
from desktop.services.plans import baselines
from desktop.services.printing import print_filing
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.roles import project_role_holders
from desktop.services.spending import project_balances
from desktop.services.todos import Todo

PROJECTS = 66
SUNDAY = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def made(target: str | Path, home: Home, projects: int, now: dt.datetime = SUNDAY, seed: int = 1) -> Office:
    make_sample(target, home, projects=projects, seed=seed, clock=lambda: now)
    return open_office(target, home, lambda: now)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("sample")
    opened = made(folder / "office.epm", Home(folder / "home"), PROJECTS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def clerk(office: Office) -> UUID:
    return UUID(office.home.remembered().person_id)


@pytest.fixture(scope="module")
def pages(office: Office, clerk: UUID) -> list[FilingPage]:
    with office.reading() as reading:
        return [open_filing(reading, clerk, key) for key in filing_ids(reading, clerk, FilingQuery())]


@pytest.fixture(scope="module")
def todos(office: Office, clerk: UUID) -> list[Todo]:
    return office.read(lambda reading: todo(reading, clerk, everyone=True))


def test_it_holds_as_many_projects_as_asked_in_every_state(office: Office, clerk: UUID) -> None:
    with office.reading() as reading:
        rows = project_rows(reading, project_ids(reading, clerk, ProjectQuery()))
    assert len(rows) == PROJECTS
    assert {row.state for row in rows} == {state.key for state in office.policy.states}
    assert len({row.called for row in rows}) == len({row.name for row in rows}) == PROJECTS


IN_EVERY_STATE = ("suspension", "resumption", "overdue_opinion", "closing_start", "closing", "handover")


@pytest.mark.parametrize("form", IN_EVERY_STATE)
def test_it_holds_every_form_in_every_state_and_waiting_at_every_step(pages: list[FilingPage], form: str) -> None:
    mine = [page for page in pages if page.row.form_key == form]
    assert {page.row.state for page in mine} == set(FilingState) - {FilingState.DRAFT}
    waiting = {page.row.waiting for page in mine if page.row.state is FilingState.IN_APPROVAL}
    assert waiting == {step.title for step in mine[0].rule.steps}


def test_it_holds_every_form_of_the_policy_approved_or_waiting(office: Office, pages: list[FilingPage]) -> None:
    told = {page.row.form_key for page in pages if page.row.state in {FilingState.APPROVED, FilingState.IN_APPROVAL}}
    assert told == {rule.key for rule in office.policy.forms}


def test_newer_projects_stand_at_every_part_of_their_lives(office: Office, clerk: UUID, todos: list[Todo]) -> None:
    with office.reading() as reading:
        rows = {row.name: row for row in project_rows(reading, project_ids(reading, clerk, ProjectQuery()))}
        network, backup = rows[newer.NETWORK], rows[newer.BACKUP]
        assert sorted(row.no for row in baselines(reading, network.id)) == [1, 2]
        assert sum(row.used > 0 for row in project_balances(reading, office.policy, network.id)) > 1
        assert {row.role_key for _person, row in project_role_holders(reading, network.id)} == {"team_leader", "member"}
        missing = {gate.key for line in checklists(reading, backup.id) for gate in line.gates if gate.unmet}
    states = {name: rows[name].state for name in (newer.DISPATCH, newer.UPKEEP, newer.CAMPUS, newer.AIRPORT)}
    assert list(states.values()) == ["initiating", "starting", "implementing", "nominating"]
    assert backup.state == "closing"
    assert {"closing_summary", "closing_transfer", "closing_documents"} <= missing
    assert "closing_conformity" not in missing
    late = [item.project for item in todos if item.answer == "appointment" and item.urgency is Urgency.LATE]
    assert [newer.AIRPORT in project for project in late] == [True]


def test_newer_projects_wait_at_several_steps(pages: list[FilingPage]) -> None:
    waiting = {page.row.form_key: page.row.waiting for page in pages if page.row.state is FilingState.IN_APPROVAL}
    assert {"initiation", "implementation_plan", "change", "claim", "month_budget", "appointment"} <= set(waiting)
    assert {"withdrawal", "summary_report", "maintenance_transfer", "contract"} <= set(waiting)
    assert len(set(waiting.values())) > 5


def test_some_came_back_and_were_mended(pages: list[FilingPage]) -> None:
    again = [page for page in pages if page.row.revision_no == 2]
    assert {page.row.form_key for page in again} == {"suspension", "closing"}
    assert all(page.changed for page in again)


def test_paper_signatures_have_their_scans(office: Office, clerk: UUID, pages: list[FilingPage]) -> None:
    on_paper = [page for page in pages if any(item.on_paper for item in page.sign_offs)]
    assert {page.row.form_key for page in on_paper} >= {"suspension", "handover", "closing", "overdue_opinion"}
    with office.reading() as reading:
        for page in on_paper:
            (scan,) = [item for item in documents_of(reading, filing_id=page.row.id) if item.kind == SCAN]
            assert {item.scan_sha256 for item in page.sign_offs} == {scan.sha256}
            pages_of_scan = len(pypdfium2.PdfDocument(read_file(reading, clerk, scan.sha256)))
            assert pages_of_scan >= 1


def test_what_is_due_late_and_coming_is_to_be_seen(todos: list[Todo]) -> None:
    found = Counter((item.rule.partition(" ")[0], item.urgency) for item in todos)
    for rule in ("PAUSE-5", "CLOSE-2"):
        assert found[rule, Urgency.LATE]
        assert found[rule, Urgency.SOON]


def test_every_role_is_held_and_two_people_bear_one_name(office: Office) -> None:
    with office.reading() as reading:
        people = list_people(reading)
        managed = {row.manager.id for row in project_rows(reading, _all(reading)) if row.manager}
    held = {role.role_key for person in people for role in person.roles}
    by_project = {role.key for role in office.policy.roles if role.held_as}
    assert held | by_project == {role.key for role in office.policy.roles}
    same = [person for person in people if person.name == "王伟"]
    assert len(same) == 2
    assert len({person.department for person in same}) == len({person.staff_no for person in same}) == 2
    assert len(managed) > 10
    names = "".join(person.name for person in people)
    assert all(char in names for char in "𠮷镕堃㛃喆䶮𬭎𬴂𪟝𫖯")


def _all(reading: Any) -> list[UUID]:
    return project_ids(reading, UUID(reading.office.home.remembered().person_id), ProjectQuery())


def test_drafts_lie_open_and_say_what_is_missing(office: Office) -> None:
    with office.reading() as reading:
        drafts = [draft for person in people_refs(reading) for draft in list_drafts(office, person.id)]
        assert {draft.form_key for draft in drafts} == {"overdue_opinion", "closing", "suspension"}
        for draft in drafts:
            page = draft_page(reading, draft)
            assert not [item for item in page.unmet if not item.gate], "only what its gates ask is missing"
            assert [problem for problem in page.problems if problem.blocks]


def test_its_papers_print_with_every_name(office: Office, clerk: UUID, pages: list[FilingPage]) -> None:
    longest = max((page for page in pages if page.row.form_key == "handover"), key=lambda page: len(str(page.content)))
    with office.reading() as reading:
        printed = print_filing(reading, clerk, longest.row.id)
    assert printed.missing == frozenset()
    assert printed.pages >= 3


def test_nothing_lies_in_the_future_and_everything_agrees(office: Office, pages: list[FilingPage]) -> None:
    last = max(item.at for page in pages for item in page.sign_offs)
    assert last < SUNDAY
    assert verify_office(office) == []


@pytest.mark.parametrize("projects", [2, 9])
def test_it_is_made_on_both_engines_of_any_size(database_url: str, tmp_path: Path, projects: int) -> None:
    office = made(database_url, Home(tmp_path), projects)
    with office.reading() as reading:
        assert len(_all(reading)) == projects
    assert verify_office(office) == []
    office.close()


@pytest.mark.parametrize(
    "now", [dt.datetime(2027, 2, 10, 8, tzinfo=dt.UTC), dt.datetime(2026, 10, 9, 1, tzinfo=dt.UTC)]
)
def test_it_can_be_made_on_any_day(tmp_path: Path, now: dt.datetime) -> None:
    office = made(tmp_path / "office.epm", Home(tmp_path), 5, now)
    with office.reading() as reading:
        rows = filing_rows(reading, filing_ids(reading, _clerk(office), FilingQuery()))
    assert max(row.submitted_at for row in rows if row.submitted_at) < now
    office.close()


def _clerk(office: Office) -> UUID:
    return UUID(office.home.remembered().person_id)


def _story(folder: Path, seed: int) -> list[tuple[Any, ...]]:
    """What the office tells, without its keys."""
    folder.mkdir()
    office = made(folder / "office.epm", Home(folder), 9, seed=seed)
    with office.reading() as reading:
        projects = project_rows(reading, _all(reading))
        filings = filing_rows(reading, filing_ids(reading, _clerk(office), FilingQuery(sort="number")))
    office.close()
    told = [(row.number, row.name, row.state, row.amount, row.manager and row.manager.name) for row in projects]
    return [*told, *((row.number, row.project_number, row.state, row.submitted_at) for row in filings)]


def test_a_seed_tells_one_story(tmp_path: Path) -> None:
    first = _story(tmp_path / "a", 5)
    assert _story(tmp_path / "b", 5) == first
    assert _story(tmp_path / "c", 6) != first


def test_data_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    made(tmp_path / "office.epm", Home(tmp_path), 1).close()
    before = (tmp_path / "office.epm").read_bytes()
    with pytest.raises(Refusal, match="已有数据"):
        make_sample(tmp_path / "office.epm", Home(tmp_path), projects=1)
    assert (tmp_path / "office.epm").read_bytes() == before


def test_no_projects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="至少要有 1 个项目"):
        make_sample(tmp_path / "office.epm", Home(tmp_path), projects=0)


def test_one_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    class GivenUpError(Exception):
        pass

    def give_up(done: int, _total: int) -> None:
        if done == 3:
            raise GivenUpError

    home = Home(tmp_path / "home")
    home.remember(target="别处.epm", person_id="某人")
    with pytest.raises(GivenUpError):
        make_sample(tmp_path / "office.epm", home, projects=3, progress=give_up)
    assert inspect_target(tmp_path / "office.epm").state == "missing"
    assert (home.remembered().target, home.remembered().person_id) == ("别处.epm", "某人")
    assert list(tmp_path.glob("office.epm*")) == []
