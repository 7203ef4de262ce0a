"""Rights in every way in: who has left does nothing, what one may not see is not shown, drafts are their author's."""

from dataclasses import replace
from functools import partial

import pytest

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed
from desktop.services import (
    approving,
    archive,
    documents,
    drafting,
    due,
    filings,
    form_offers,
    people,
    printing,
    projects,
    submitting,
)
from desktop.services.filings import FilingQuery
from desktop.services.projects import ProjectQuery
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)


def leave(world: World, name: str) -> None:
    rows = world.office.read(partial(people.list_people, everyone=True))
    (row,) = (item for item in rows if item.name == name)
    kept = {key: getattr(row, key) for key in ("name", "staff_no", "department_id", "phone")}
    change = partial(people.change_person, person_id=row.id, version=row.version, active=False, **kept)
    world.office.run(world.who(CLERK), change)


def test_who_has_left_does_nothing_any_more(world: World) -> None:
    draft = world.draft("suspension")
    leave(world, MANAGER)
    with world.unchanged():
        told = refusal(lambda: world.submit(draft), NotAllowed)
        refusal(
            lambda: drafting.start_draft(world.office, world.who(MANAGER), "handover", world.project().id), NotAllowed
        )
    assert MANAGER in told.what or "没有对应任何在职人员" in told.what


def test_who_has_left_sees_no_project_that_still_names_them(world: World) -> None:
    mine = partial(projects.project_ids, actor=world.who(MANAGER), query=ProjectQuery())
    assert world.office.read(mine)
    leave(world, MANAGER)
    assert world.office.read(mine) == []


def test_who_has_left_is_not_asked_to_sign_and_does_not_sign(world: World) -> None:
    filing = world.submitted("handover", by=MANAGER)
    leave(world, MANAGER)
    page = world.page(filing)
    assert page.progress.due
    assert page.may_record, "a signature on paper can still be recorded"
    with world.unchanged():
        refusal(lambda: world.sign(filing, MANAGER), NotAllowed)


def test_a_project_is_opened_by_those_who_see_it(world: World) -> None:
    project = world.project(RUNNING).id
    for name in (CLERK, MANAGER, CLIENT_MANAGER, TECHNICAL):
        opened = world.office.read(partial(projects.open_project, actor=world.who(name), project_id=project))
        assert opened.number == RUNNING
    stranger = world.who(OTHER_MANAGER)
    for look in (projects.open_project, form_offers.allowed_forms):
        refusal(partial(world.office.read, partial(look, actor=stranger, project_id=project)), NotAllowed)


def test_a_file_is_read_by_those_who_see_where_it_lies(world: World) -> None:
    own = world.file("方案.pdf", b"%PDF own")
    document = world.office.run(
        world.who(MANAGER), lambda work: archive.add_document(work, own, world.project(RUNNING).id)
    ).value
    read = partial(documents.read_file, sha256=document.sha256)
    assert world.office.read(partial(read, actor=world.who(TECHNICAL))) == b"%PDF own"
    refusal(lambda: world.office.read(partial(read, actor=world.who(OTHER_MANAGER))), NotAllowed)


def test_a_file_of_a_filing_is_read_by_its_signers(world: World) -> None:
    """The receiver of a handover does not see the project, and signs for what is attached."""
    filing = world.submitted("handover", by=MANAGER)
    world.sign(filing, MANAGER)
    scan = world.file("签字.pdf", b"%PDF signed")
    work = partial(archive.archive_file, path=scan, filing_id=filing, project_id=world.project().id)
    sha256 = world.office.run(world.who(CLERK), work).value.sha256
    read = partial(documents.read_file, sha256=sha256)
    assert world.office.read(partial(read, actor=world.who(OTHER_MANAGER))) == b"%PDF signed"


def test_a_file_of_an_unsent_draft_is_read_by_its_author(world: World) -> None:
    path = world.file("报告.pdf", b"%PDF report")
    stored = world.office.run(world.who(MANAGER), lambda work: archive.store_attachment(work, path)).value
    read = partial(documents.read_file, sha256=str(stored["sha256"]), actor=world.who(MANAGER))
    assert world.office.read(read) == b"%PDF report"


def test_a_draft_is_submitted_by_its_author(world: World) -> None:
    draft = world.draft("closing_start", by=MANAGER)
    with world.unchanged():
        refusal(lambda: world.submit(draft, by=CLERK), NotAllowed)


def test_a_draft_shows_nothing_of_a_project_that_its_author_does_not_see_any_more(world: World) -> None:
    draft = world.draft("suspension")
    leave(world, MANAGER)
    refusal(lambda: world.office.read(partial(drafting.draft_page, draft=draft)), NotAllowed)
    print_it = partial(printing.print_draft, actor=world.who(MANAGER), draft=draft)
    refusal(lambda: world.office.read(print_it), NotAllowed)


def test_nobody_prints_anothers_draft(world: World) -> None:
    draft = world.draft("suspension")
    print_it = partial(printing.print_draft, actor=world.who(OTHER_MANAGER), draft=draft)
    refusal(lambda: world.office.read(print_it), NotAllowed)


@pytest.mark.parametrize("form", ["suspension", "opening"])
def test_a_form_is_about_what_it_says(world: World, form: str) -> None:
    """A form about projects is not submitted without one, and the office's own not on a project."""
    by = CLERK if form == "opening" else MANAGER
    project = world.project().id if form == "opening" else None
    with world.unchanged():
        refusal(lambda: drafting.start_draft(world.office, world.who(by), form, project))
    made = replace(world.draft("suspension"), form_key=form, project_id=project, author_id=world.who(by))
    with world.unchanged():
        told = refusal(lambda: world.submit(made, by))
    assert not isinstance(told, submitting.Incomplete)


def test_a_rework_stays_what_it_was(world: World) -> None:
    """A returned filing keeps its form and project whatever the draft says."""
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL, Decision.RETURN, "写明原因")
    assert world.submit(replace(world.rework(filing), project_id=world.project(SOFTWARE).id)) == filing
    page = world.page(filing)
    assert page.row.project_number == RUNNING
    assert page.content["project"]["number"] == RUNNING


def test_who_may_not_file_it_any_more_does_not_submit_it_again(world: World) -> None:
    filing = world.submitted("overdue_opinion", "FW-2026-903", by=CLERK)
    world.sign(filing, HEAD, Decision.RETURN, "请再商议")
    rework = world.rework(filing, by=CLERK)
    clerk = world.who(CLERK)
    give = partial(people.assign_role, person_id=world.who(HEAD), role_key="keeper")
    world.office.run(clerk, give)
    rows = {row.id: row for row in world.office.read(people.list_people)}
    (role,) = rows[clerk].roles
    world.office.run(clerk, lambda work: people.end_role(work, role.assignment_id))
    with world.unchanged():
        refusal(lambda: world.submit(rework, by=CLERK), NotAllowed)


def test_lists_show_what_waits_for_nobody_who_left(world: World) -> None:
    filing = world.submitted("suspension")
    waiting = partial(filings.filing_ids, actor=world.who(CLERK))
    query = FilingQuery(waiting_for=world.who(TECHNICAL))
    assert world.office.read(partial(waiting, query=query)) == [filing]
    leave(world, TECHNICAL)
    assert world.office.read(partial(waiting, query=query)) == []
    assert world.office.read(partial(due.todo, actor=world.who(TECHNICAL))) == []
    assert world.page(filing).signers == ()


def test_only_who_may_record_records_from_paper(world: World) -> None:
    filing = world.submitted("suspension")
    signature = approving.PaperSignature("technical", world.who(TECHNICAL), "", world.office.today())
    seen = world.page(filing).sha256
    record = partial(
        approving.record_paper_signatures, filing_id=filing, signatures=[signature], scan=world.file(), seen_sha256=seen
    )
    with world.unchanged():
        for name in (MANAGER, TECHNICAL, HEAD):
            refusal(partial(world.office.run, world.who(name), record), NotAllowed)


def test_who_may_not_archive_is_told_who_may(world: World) -> None:
    look = partial(archive.archive_refusal, project_id=world.project().id)
    assert world.office.read(partial(look, actor=world.who(CLERK))) == ""
    assert world.office.read(partial(look, actor=world.who(MANAGER))) == ""
    assert "项目管理员" in world.office.read(partial(look, actor=world.who(CLIENT_MANAGER)))
