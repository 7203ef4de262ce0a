"""Two seats at work in the same moment: whoever comes second judges by what the first has done."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook

from desktop.domain.errors import Refusal
from desktop.services import people
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.ledger_import import import_ledger, preview_ledger
from desktop.services.office import Office, Work
from desktop.services.opening import open_office
from desktop.services.projects import ProjectQuery, project_ids
from tests.services.world import CLERK, HEAD, World, refusal

A_WHILE = 0.7


@pytest.fixture
def other(world: World) -> Office:
    return open_office(world.url, Home(world.folder / "second"), world.clock)


def meanwhile(first: Callable[[], object], second: Callable[[], object], hold: threading.Event) -> object:
    """Do the first job up to its commit, the second beside it; returns how the second fared."""
    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(first)
        hold.wait(timeout=60)
        beside = pool.submit(second)
        begun.result()
        try:
            return beside.result()
        except Refusal as refused:
            return refused


def slowly(use_case: Callable[[Work], object], done: threading.Event) -> Callable[[Work], object]:
    def run(work: Work) -> object:
        value = use_case(work)
        work.session.flush()
        done.set()
        time.sleep(A_WHILE)  # the other seat comes in before this one commits
        return value

    return run


def ledger(folder: Path) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (("项目编号", "项目名称", "项目状态", "所属部门"), (None, "无编号的项目", "实施", "新成立的部门")):
        sheet.append(row)
    path = folder / "台账.xlsx"
    workbook.save(path)
    return path


def test_two_seats_import_one_ledger_and_its_projects_come_in_once(world: World, other: Office) -> None:
    path = ledger(world.folder)
    preview = world.office.read(lambda reading: preview_ledger(reading, path))
    take = partial(import_ledger, preview=preview)
    clerk, held = world.who(CLERK), threading.Event()
    second = meanwhile(lambda: world.office.run(clerk, slowly(take, held)), lambda: other.run(clerk, take), held)
    assert isinstance(second, Refusal)
    found = world.office.read(partial(project_ids, actor=clerk, query=ProjectQuery(text="无编号的项目")))
    assert len(found) == 1
    assert verify_office(world.office) == []
    other.close()


def test_two_seats_do_not_leave_the_office_without_anybody_who_manages_people(world: World, other: Office) -> None:
    clerk, held = world.who(CLERK), threading.Event()
    give = partial(people.assign_role, person_id=world.who(HEAD), role_key="keeper")
    world.office.run(clerk, give)
    roles = {role.role_key: role for row in world.office.read(people.list_people) for role in row.roles}
    ends = [partial(people.end_role, assignment_id=roles[key].assignment_id) for key in ("clerk", "keeper")]
    second = meanwhile(
        lambda: world.office.run(clerk, slowly(ends[0], held)), lambda: other.run(world.who(HEAD), ends[1]), held
    )
    assert isinstance(second, Refusal)
    other.close()


def test_a_department_does_not_take_anothers_name(world: World) -> None:
    rows = {row.name: row for row in world.office.read(people.list_departments)}
    change = partial(
        people.change_department,
        department_id=rows["财务部"].id,
        version=rows["财务部"].version,
        name="系统集成部",
        active=True,
    )
    with world.unchanged():
        refusal(lambda: world.office.run(world.who(CLERK), change))
    world.office.run(world.who(CLERK), partial(change, name=" 财务中心 "))
    assert "财务中心" in {row.name for row in world.office.read(people.list_departments)}
