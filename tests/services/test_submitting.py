"""Drafting, submitting, recalling and submitting again."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from desktop.domain.approval import Decision, StepState
from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.services import drafting, filings, submitting
from desktop.services.documents import read_file
from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.submitting import Incomplete
from desktop.store.tables import Change, Counter
from tests.services.world import (
    CLERK,
    CLOSED,
    FILLED,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    contents,
    merge,
    refusal,
)

D = dt.date


def recall(world: World, filing: UUID, by: str = MANAGER) -> None:
    page = world.page(filing)
    world.office.run(world.who(by), lambda work: submitting.recall_filing(work, page.row.id, page.sha256))


def test_a_draft_begins_with_what_the_ledger_knows(world: World) -> None:
    draft = drafting.start_draft(world.office, world.who(MANAGER), "suspension", world.project().id)
    assert draft.title == "项目暂停申请表"
    assert draft.content["project"]["number"] == RUNNING
    assert draft.content["project"]["department"] == "系统集成部 / 一组"
    assert draft.content["reason"]["pause_from"] == "2026-11-03"
    assert draft.content["meanwhile"]["contact"]["name"] == MANAGER
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert {item.field for item in page.problems} >= {"resume_by", "cause", "reason", "conditions"}
    assert page.unmet == ()


def test_the_second_click_takes_up_the_same_draft(world: World) -> None:
    actor, project = world.who(MANAGER), world.project().id
    first = drafting.start_draft(world.office, actor, "suspension", project)
    drafting.save_draft(world.office, actor, replace(first, content=merge(first.content, {"reason": {"reason": "水"}})))
    again = drafting.start_draft(world.office, actor, "suspension", project)
    assert again.id == first.id
    assert again.content["reason"]["reason"] == "水"
    other = drafting.start_draft(world.office, actor, "handover", project)
    assert other.id != first.id
    assert {draft.id for draft in drafting.list_drafts(world.office, actor)} == {first.id, other.id}
    drafting.discard_draft(world.office, first.id)
    assert drafting.start_draft(world.office, actor, "suspension", project).id != first.id
    refusal(lambda: drafting.load_draft(world.office, first.id))


def test_drafts_never_enter_the_offices_data(world: World) -> None:
    with world.unchanged():
        draft = world.draft("suspension")
    with world.office.reading() as reading:
        bodies = [body for body in reading.session.scalars(select(Change.body)) if body]
    assert not [body for body in bodies if "防水返工" in body or str(draft.id) in body]
    assert drafting.list_drafts(world.office, world.who(CLERK)) == [], "another's drafts are not shown"


def test_a_draft_survives_the_program(world: World, world_url: str) -> None:
    draft = world.draft("suspension")
    again = open_office(world_url, Home(world.folder / "home"), world.clock)
    (found,) = drafting.list_drafts(again, world.who(MANAGER))
    assert found == draft
    again.close()


def test_text_that_cannot_be_stored_is_refused_and_the_draft_stays(world: World) -> None:
    draft = world.draft("suspension")
    for text in ("甲\0乙", "\ud840"):
        broken = replace(draft, content=merge(draft.content, {"reason": {"reason": text}}))
        with world.unchanged():
            refusal(partial(drafting.save_draft, world.office, world.who(MANAGER), broken))
            refusal(partial(world.submit, broken))
    assert drafting.load_draft(world.office, draft.id).content == draft.content


def test_PAUSE_1_the_projects_manager_files(world: World) -> None:
    start = partial(drafting.start_draft, world.office, form_key="suspension", project_id=world.project().id)
    draft = world.draft("suspension")
    with world.unchanged():
        for by in (OTHER_MANAGER, CLERK, TECHNICAL, FINANCE):
            assert refusal(partial(start, world.who(by)), NotAllowed).todo == "按制度应由项目经理办理。"
            refusal(partial(world.submit, draft, by), NotAllowed)


def test_a_form_is_filed_from_its_states_only(world: World) -> None:
    for form, number in (("suspension", PAUSED), ("resumption", RUNNING), ("closing", RUNNING)):
        assert "只有" in refusal(partial(world.draft, form, number)).what


def test_a_project_that_moved_on_while_the_draft_lay_there(world: World) -> None:
    late = world.draft("suspension")
    begun = world.draft("closing_start")
    world.submit(begun)
    (filing,) = (row.id for row in rows(world) if row.form_key == "closing_start")
    world.sign(filing, CLERK)
    with world.unchanged():
        refused = refusal(lambda: world.submit(late))
    assert "结项中" in refused.what
    assert drafting.load_draft(world.office, late.id).content == late.content


def rows(world: World, by: str = CLERK, **query: Any) -> list[filings.FilingRow]:
    wanted = filings.FilingQuery(**query)
    return world.office.read(
        lambda reading: filings.filing_rows(reading, filings.filing_ids(reading, world.who(by), wanted))
    )


def test_an_incomplete_form_is_refused_with_every_problem(world: World) -> None:
    draft = drafting.start_draft(world.office, world.who(MANAGER), "suspension", world.project().id)
    with world.unchanged():
        refused = refusal(lambda: world.submit(draft), Incomplete)
    assert isinstance(refused, Incomplete)
    assert len(refused.problems) > 5
    assert f"共 {len(refused.problems)} 处" in refused.what
    assert drafting.load_draft(world.office, draft.id).content == draft.content


def test_a_contradiction_is_refused(world: World) -> None:
    draft = world.draft("suspension", reason={"resume_by": "2026-11-03"})
    with world.unchanged():
        refused = refusal(lambda: world.submit(draft), Incomplete)
    assert "2026-11-03" in refused.what


def test_facts_are_copied_at_submission(world: World) -> None:
    draft = world.draft("suspension")
    stale = replace(draft, content=merge(draft.content, {"project": {"name": "假名", "amount": 1}}))
    content = world.page(world.submit(stale)).content
    assert content["project"]["name"] == world.project().name
    assert content["project"]["amount"] == 2_562_000_000
    assert content["progress"]["used_share"] == "6.9"


def test_numbers_have_no_gaps_and_begin_anew_each_year(world: World) -> None:
    numbers = []
    for day in (D(2026, 11, 3), D(2026, 12, 31), D(2027, 1, 4)):
        world.clock.set(day)
        later: dict[str, Any] = {"reason": {"resume_by": "2027-02-01", "pause_from": day.isoformat()}}
        incomplete = drafting.start_draft(world.office, world.who(MANAGER), "suspension", world.project().id)
        refusal(partial(world.submit, incomplete), Incomplete)
        filing = world.submitted("suspension", **later)
        numbers.append(world.page(filing).row.number)
        world.sign(filing, TECHNICAL, Decision.REJECT, "另行办理")
    numbers.append(world.page(world.submitted("handover")).row.number)
    assert numbers == ["ZT-2026-0001", "ZT-2026-0002", "ZT-2027-0001", "JJ-2027-0001"]
    with world.office.reading() as reading:
        counters = {row.key: row.next for row in reading.session.scalars(select(Counter))}
    assert counters["filing:ZT-{year}-{n:04}:2026"] == 3
    assert counters["filing:ZT-{year}-{n:04}:2027"] == 2


def test_two_people_submit_at_once_and_get_numbers_in_a_row(world: World, world_url: str) -> None:
    drafts = [(MANAGER, world.draft("suspension")), (OTHER_MANAGER, world.draft("suspension", SOFTWARE, OTHER_MANAGER))]

    def submit(at: int) -> str:
        name, draft = drafts[at]
        office = open_office(world_url, Home(world.folder / f"home{at}"), world.clock)
        filing = office.run(world.who(name), lambda work: submitting.submit_draft(work, draft)).value
        number = office.read(lambda reading: filings.filing_rows(reading, [filing]))[0].number
        office.close()
        return number

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(submit, range(2))) == ["ZT-2026-0001", "ZT-2026-0002"]


def test_one_draft_submitted_twice_at_once_is_one_filing_reworked_once(world: World) -> None:
    filing = world.submitted("suspension")
    recall(world, filing)
    draft = world.rework(filing, reason={"reason": "改"})
    world.office.run(world.who(MANAGER), lambda work: submitting.submit_draft(work, draft))
    with world.unchanged():
        refused = refusal(lambda: world.submit(draft), Stale)
    assert "审批中" in refused.what
    assert world.page(filing).row.revision_no == 2


# ---- recalled, returned, submitted again


def test_a_recalled_filing_can_be_changed_and_submitted_again_under_its_number(world: World) -> None:
    filing = world.submitted("suspension")
    number = world.page(filing).row.number
    assert world.page(filing, MANAGER).may_recall
    assert not world.page(filing).may_recall
    recall(world, filing)
    page = world.page(filing, MANAGER)
    assert (page.row.state, page.row.waiting, page.may_rework) == (FilingState.RECALLED, "", True)
    refusal(lambda: recall(world, filing))
    refusal(lambda: world.sign(filing, TECHNICAL))
    world.submit(world.rework(filing, reason={"reason": "改"}))
    page = world.page(filing)
    assert (page.row.number, page.row.revision_no, page.row.state) == (number, 2, FilingState.IN_APPROVAL)
    assert [(item.place, item.before, item.after) for item in page.changed] == [
        ("暂停原因", FILLED["suspension"]["reason"]["reason"], "改")
    ]
    assert [row.no for row in page.revisions] == [1, 2]


def test_only_the_author_recalls_and_reworks(world: World) -> None:
    filing = world.submitted("suspension")
    with world.unchanged():
        refusal(lambda: recall(world, filing, TECHNICAL))
    recall(world, filing)
    refusal(lambda: drafting.rework_filing(world.office, world.who(CLERK), filing))


def test_a_recall_of_another_revision_is_refused(world: World) -> None:
    filing = world.submitted("suspension")
    with world.unchanged():
        refusal(
            lambda: world.office.run(world.who(MANAGER), lambda work: submitting.recall_filing(work, filing, "0" * 64)),
            Stale,
        )


def test_a_rework_is_taken_up_where_it_was_left(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL, Decision.RETURN, "请补充")
    draft = world.rework(filing, reason={"reason": "改到一半"})
    again = drafting.rework_filing(world.office, world.who(MANAGER), filing)
    assert (again.id, again.content["reason"]["reason"]) == (draft.id, "改到一半")
    fresh = drafting.start_draft(world.office, world.who(MANAGER), "suspension", world.project().id)
    assert fresh.id != draft.id, "a new form is not the rework of another"


def test_sections_that_did_not_change_keep_their_signatures(world: World) -> None:
    world.approve(world.submitted("closing_start"), CLERK)
    filing = world.submitted("closing")
    world.approve(filing, TECHNICAL, QUALITY)
    world.sign(filing, FINANCE, Decision.RETURN, "实际发生不符")
    world.submit(world.rework(filing, money={"spent": 200_000}))
    page = world.page(filing)
    steps = {item.step.key: item for item in page.progress.steps}
    assert steps["technical"].state is StepState.VOID, "it signed for all"
    assert steps["technical"].changed == ("money",)
    assert steps["quality"].state is StepState.SIGNED, "money is not among its sections"
    assert steps["finance"].state is StepState.RETURNED
    assert page.row.waiting == "技术部门负责人"
    world.approve(filing, TECHNICAL)
    page = world.page(filing, FINANCE)
    assert page.row.waiting == "财务部"
    assert [(item.place, item.before, item.after) for item in page.changed] == [
        ("实际发生", "1,000.00", "2,000.00"),
        ("预算结余", "17,999,000.00", "17,998,000.00"),
    ]
    assert page.changed_since == 1
    world.approve(filing, FINANCE, HEAD)
    assert world.project().state == "closed"


def test_submitted_again_unchanged_every_signature_stands(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    recall(world, filing)
    world.submit(world.rework(filing))
    page = world.page(filing)
    assert page.progress.status("technical").state is StepState.SIGNED
    assert page.row.waiting == "项目管理部"
    assert page.changed == ()


def test_changed_lines_are_told_by_line(world: World) -> None:
    filing = world.submitted("handover")
    world.sign(filing, MANAGER)
    world.sign(filing, OTHER_MANAGER, Decision.RETURN, "缺钥匙")
    lines = [{"id": "d1", "name": "施工图", "count": "3"}, {"id": "d2", "name": "钥匙"}]
    world.submit(world.rework(filing, documents=lines))
    changed = world.page(filing, MANAGER).changed
    assert [(item.place, item.kind.value, item.before, item.after) for item in changed] == [
        ("第 1 行 份数", "改", "2", "3"),
        ("第 2 行", "增", "", "钥匙"),
    ]


# ---- attachments


def test_attachments_are_bound_by_their_hash_and_listed(world: World) -> None:
    filing = world.submitted("closing_start")
    page = world.page(filing)
    (attached,) = page.content["acceptance"]["report"]
    (document,) = page.documents
    assert (document.sha256, document.name) == (attached["sha256"], "验收报告.pdf")
    assert (
        world.office.read(partial(read_file, actor=world.who(MANAGER), sha256=attached["sha256"])) == b"%PDF-1.4 report"
    )


def test_an_attachment_that_is_not_in_the_archive_is_refused(world: World) -> None:
    report = [{"sha256": "0" * 64, "name": "没有.pdf", "size": 3}]
    draft = world.draft("closing_start", acceptance={"report": report})
    with world.unchanged():
        refusal(lambda: world.submit(draft))


# ---- lists


def test_filings_are_found_by_number_title_project_and_state(world: World) -> None:
    one = world.submitted("suspension")
    two = world.submitted("handover")
    world.sign(two, MANAGER)
    mine = {row.id for row in rows(world, MANAGER)}
    assert {one, two} <= mine
    assert [row.id for row in rows(world, text="zt-2026")] == [one]
    assert [row.id for row in rows(world, text="交接")] == [two]
    assert {row.id for row in rows(world, text="bhxzhjk")} == {one, two}, "the project's initials"
    assert [row.id for row in rows(world, text="综合监控 暂停")] == [one]
    assert [row.id for row in rows(world, form_keys=("handover",), states=(FilingState.IN_APPROVAL,))] == [two]
    assert [row.id for row in rows(world, author_id=world.who(MANAGER), sort="number")] == [one, two]
    assert rows(world, text="100%") == []
    assert world.office.read(partial(filings.find_filing, number=" ZT-2026-0001 ")) == one
    refusal(lambda: world.office.read(partial(filings.find_filing, number="ZT-2026-9999")))


def test_what_waits_for_whom(world: World) -> None:
    filing = world.submitted("suspension")
    receiver = {"id": str(world.who(MANAGER)), "name": MANAGER}
    handover = world.submitted("handover", SOFTWARE, OTHER_MANAGER, people={"receiver": receiver})

    def waiting(name: str) -> set[object]:
        return {row.id for row in rows(world, name, waiting_for=world.who(name))}

    assert waiting(TECHNICAL) == {filing}
    assert waiting(OTHER_MANAGER) == {handover}
    assert waiting(HEAD) == waiting(CLERK) == set()
    world.sign(filing, TECHNICAL)
    world.approve(handover, OTHER_MANAGER)
    assert waiting(HEAD) == {filing}
    assert waiting(MANAGER) == {handover}
    assert waiting(TECHNICAL) == set()


def test_who_has_no_part_in_a_filing_does_not_see_it(world: World) -> None:
    filing = world.submitted("suspension")
    assert filing not in {row.id for row in rows(world, OTHER_MANAGER)}
    with pytest.raises(NotAllowed):
        world.page(filing, OTHER_MANAGER)
    assert filing in {row.id for row in rows(world, FINANCE)}


def test_a_closed_project_takes_no_forms(world: World) -> None:
    for form in ("suspension", "resumption", "closing_start", "closing", "overdue_opinion", "handover"):
        with pytest.raises(Refusal):
            world.draft(form, CLOSED, CLERK)
    assert contents(world.office)["filing"]


def test_a_draft_that_was_submitted_before_is_not_submitted_twice(world: World) -> None:
    """A second click, or a program killed between the commit and the discarding of the draft."""
    draft = world.draft("suspension")
    first = world.submit(draft)
    with world.unchanged():
        assert world.submit(draft) == first
