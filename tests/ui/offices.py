"""A small populated office for the screens, made through the services alone."""

import datetime as dt
import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from desktop.domain.approval import Decision
from desktop.services.approving import decide
from desktop.services.drafting import draft_page, save_draft, start_draft
from desktop.services.filings import open_filing
from desktop.services.home import Home
from desktop.services.ledger_import import import_ledger, preview_ledger
from desktop.services.office import Office, Reading
from desktop.services.opening import Founding, create_office
from desktop.services.people import add_person, assign_role, list_departments
from desktop.services.policies import shipped_policies
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.submitting import submit_draft

LEDGER = Path(__file__).parent.parent / "data" / "项目台账.xlsx"
NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CLERK = "𠮷镕堃"


@dataclass
class Clock:
    """A clock that stands until a test moves it."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass(frozen=True)
class Seat:
    """An office and the person who sits before it."""

    office: Office
    actor: UUID
    clock: Clock


def founding(**changes: Any) -> Founding:
    """An office as a test founds it; the first person is clerk and head of the PMO."""
    policy = next(item for item in shipped_policies() if item.key == "epm")
    made = Founding(
        company="滨海信息技术有限公司",
        policy_text=policy.text,
        policy_file="epm.toml",
        person=CLERK,
        roles=("clerk", "pmo_head"),
        department="项目管理部",
        staff_no="0001",
        code="BH",
    )
    return replace(made, **changes)


def new_office(folder: Path) -> Seat:
    """An office with one person and nothing else."""
    clock = Clock()
    home = Home(folder / "home")
    office = create_office(folder / "office.epm", founding(), home, clock)
    return Seat(office, UUID(home.remembered().person_id), clock)


def fill(seat: Seat) -> None:
    """Bring in the practice ledger and some colleagues; pause one project, leave a second one in approval."""
    office, clerk = seat.office, seat.actor
    preview = office.read(lambda reading: preview_ledger(reading, LEDGER))
    office.run(clerk, lambda work: import_ledger(work, preview))
    going = _going(office, clerk)
    departments = {row.name: row.id for row in office.read(list_departments)}
    for name, number, role in (("㛃喆", "0002", "president"), ("张伟", "0003", "finance"), ("张伟", "0004", "")):
        person = office.run(clerk, functools.partial(add_person, name=name, staff_no=number)).value
        if role:
            office.run(clerk, functools.partial(assign_role, person_id=person, role_key=role))
    for department in dict.fromkeys(department for _project, _manager, department in going[:3]):
        head = departments[department]
        office.run(
            clerk, functools.partial(assign_role, person_id=clerk, role_key="technical_head", department_id=head)
        )
    for project_id, manager, _department in going[:3]:
        pause(seat, project_id, manager, approve=project_id == going[0][0])


def _going(office: Office, actor: UUID) -> list[tuple[UUID, UUID, str]]:
    def query(reading: Reading) -> list[tuple[UUID, UUID, str]]:
        rows = project_rows(reading, project_ids(reading, actor, ProjectQuery(states=("implementing",))))
        return [(row.id, row.manager.id, row.department) for row in rows if row.manager and row.department]

    return office.read(query)


def pause(seat: Seat, project_id: UUID, manager: UUID, *, approve: bool) -> UUID:
    """File a 暂停申请表 as the project's manager; with ``approve`` the clerk signs every step."""
    office = seat.office
    draft = start_draft(office, manager, "suspension", project_id)
    page = office.read(lambda reading: draft_page(reading, draft))
    content = {key: dict(value) if isinstance(value, dict) else value for key, value in page.draft.content.items()}
    content["reason"] |= {"resume_by": "2026-12-20", "cause": "site", "reason": "现场不具备进场条件。"}
    content["progress"] |= {"done_share": "40", "spent": 1_200_000_00, "done": "设备到货", "open": "安装调试"}
    content["meanwhile"] |= {"people": "留守一人", "equipment": "入库封存", "claims": "已清"}
    content["resumption"] |= {"conditions": "机房移交"}
    full = save_draft(office, manager, replace(draft, content=content))
    filing = office.run(manager, lambda work: submit_draft(work, full)).value
    office.home.drafts.delete(draft.id)
    while approve:
        shown = office.read(lambda reading: open_filing(reading, seat.actor, filing))
        if not shown.may_decide:
            break
        office.run(
            seat.actor,
            functools.partial(
                decide,
                filing_id=filing,
                step_key=shown.may_decide,
                decision=Decision.APPROVE,
                opinion="同意",
                seen_sha256=shown.sha256,
            ),
        )
    return filing
