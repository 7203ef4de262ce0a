"""What the screens read: what is due, a project's history, its files, its prints."""

import datetime as dt
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from desktop.domain.approval import Decision
from desktop.domain.clocks import Urgency
from desktop.domain.errors import Damaged, NotAllowed
from desktop.services import archive, documents, drafting, due, history, printing
from desktop.services.todos import Todo
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)
from tests.store.offices import behind

D = dt.date


def todo(world: World, by: str, **more: Any) -> list[Todo]:
    """What is due but weekly reports, which tests/services/test_weekly_items.py looks at."""
    items = world.office.read(lambda reading: due.todo(reading, world.who(by), **more))
    return [item for item in items if "WEEK-" not in item.rule]


# ---- due


def test_what_is_due_late_first_and_for_whom(world: World) -> None:
    world.clock.set(D(2026, 11, 9))
    assert [(item.urgency, item.opens, item.on) for item in todo(world, MANAGER)] == [
        (Urgency.SOON, "meeting", D(2026, 8, 17)),  # only advised: missed, and still not late
        (Urgency.SOON, "resumption", D(2026, 11, 10)),
    ]
    opens = [(item.urgency, item.opens) for item in todo(world, CLERK) if item.opens]
    assert opens == [(Urgency.SOON, "overdue_opinion")]
    world.clock.set(D(2026, 11, 12))
    (item,) = todo(world, HEAD)
    assert (item.urgency, item.days_text, item.strength) == (Urgency.LATE, "逾期 2 天", "原则上")
    assert "2026-08-10" in item.text
    assert item.project_id == world.project(PAUSED).id
    assert todo(world, FINANCE) == []
    dated = [one.answer or one.opens for one in todo(world, FINANCE, everyone=True) if one.on]
    assert dated == ["overdue_opinion", "resumption", "meeting", "meeting"]
    seen = [one.project_id for one in todo(world, OTHER_MANAGER, everyone=True) if one.on]
    assert seen == [world.project(SOFTWARE).id], "only what one may see"


def test_what_waits_for_a_signature_and_what_came_back_and_drafts(world: World) -> None:
    filing = world.submitted("suspension")
    world.clock.set(D(2026, 11, 6))
    (item,) = todo(world, TECHNICAL)
    assert (item.filing_id, item.days_text, item.action) == (filing, "等了 3 天", "审阅签字")
    world.sign(filing, TECHNICAL, Decision.RETURN, "补充")
    assert todo(world, TECHNICAL) == []
    back = [item for item in todo(world, MANAGER) if item.filing_id]
    assert [(item.filing_id, "退回待改" in item.text) for item in back] == [(filing, True)]
    draft = world.rework(filing)
    assert [item.draft_id for item in todo(world, MANAGER) if item.draft_id] == [draft.id]


def test_the_figures_of_the_workbench(world: World) -> None:
    world.submitted("suspension")
    world.clock.set(D(2026, 11, 12))

    def counts(by: str) -> due.Counts:
        return world.office.read(lambda reading: due.counts(reading, world.who(by)))

    assert counts(TECHNICAL) == due.Counts(waiting=1, reports=0, late=0, this_week=0, running=2)
    assert counts(CLERK) == due.Counts(waiting=0, reports=0, late=1, this_week=0, running=4)
    world.clock.set(D(2026, 11, 9))
    assert counts(CLERK).this_week == 3  # a pause that ends, who has reported, and the bulletin


def test_CLOSE_2_the_day_after_the_limit_is_a_weekend(world: World) -> None:
    world.approve(world.submitted("closing_start"), CLERK)
    assert world.project().closing_started_on == D(2026, 11, 3)
    texts = {}
    for day in (D(2026, 11, 13), D(2026, 11, 17), D(2026, 11, 18), D(2026, 11, 21), D(2026, 11, 23)):
        world.clock.set(day)
        texts[day.day] = [(item.days_text, item.text) for item in todo(world, CLERK) if item.answer == "closing"]
    assert texts == {
        13: [("还有 2 个工作日", "结项 10 个工作日：期限将到")],
        17: [("今天", "结项 10 个工作日：今天到期")],
        18: [("逾期 1 个工作日", "结项 10 个工作日：期限已过")],
        21: [("逾期 3 个工作日", "结项 10 个工作日：期限已过")],
        23: [("逾期 4 个工作日", "结项 10 个工作日：期限已过")],
    }, "how many days stands once in the row"


# ---- history


def test_every_change_of_state_stands_in_the_history(world: World) -> None:
    world.approved("suspension", TECHNICAL, HEAD)
    world.clock.set(D(2026, 11, 20))
    world.approved("resumption", TECHNICAL, HEAD)
    entries = world.office.read(partial(history.project_history, project_id=world.project().id))
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    states = [(entry.text, entry.author) for entry in reversed(entries) if entry.text.startswith("项目状态")]
    assert states == [("项目状态：实施 → 暂停", HEAD), ("项目状态：暂停 → 实施", HEAD)]
    texts = [entry.text for entry in reversed(entries)]
    assert texts[0] == "建账"
    assert "项目暂停申请表 ZT-2026-0001 提交" in texts
    assert f"项目暂停申请表 ZT-2026-0001 技术部门负责人：{TECHNICAL} 同意" in texts
    assert "项目暂停恢复实施申请表 HF-2026-0001 已批准" in texts
    first = entries[-1]
    assert f"项目经理：{MANAGER}" in first.details
    assert "合同金额：25,620,000.00 元" in first.details
    assert not [detail for detail in first.details if detail.endswith("（空）")]


# ---- files


def test_DOC_3_a_file_is_archived_and_a_new_version_stands_beside_the_old(world: World) -> None:
    project = world.project().id
    first = world.office.run(
        world.who(MANAGER), partial(archive.add_document, path=world.file("图 纸.pdf", b"v1"), project_id=project)
    ).value
    world.clock.pass_minutes()
    second = world.office.run(
        world.who(CLERK),
        lambda work: archive.archive_file(
            work, world.file("图 纸.pdf", b"v2"), project_id=project, replaces_id=first.id
        ),
    ).value
    found = world.office.read(partial(archive.documents_of, project_id=project))
    assert [(row.id, row.name, row.size, row.added_by, row.media_type) for row in found] == [
        (second.id, "图 纸.pdf", 2, CLERK, "application/pdf"),
        (first.id, "图 纸.pdf", 2, MANAGER, "application/pdf"),
    ]
    assert world.office.read(partial(documents.read_file, actor=world.who(CLERK), sha256=first.sha256)) == b"v1"
    assert world.office.read(archive.documents_of) == []


def test_DOC_3_the_same_file_is_kept_once(world: World) -> None:
    file = world.file("大.bin", bytes(range(256)) * 8_000)
    one = world.office.run(world.who(CLERK), partial(archive.store_attachment, path=file)).value
    with world.unchanged():
        assert world.office.run(world.who(CLERK), partial(archive.store_attachment, path=file)).value == one
    assert (
        world.office.read(partial(documents.read_file, actor=world.who(CLERK), sha256=str(one["sha256"])))
        == file.read_bytes()
    )


def test_who_may_not_archive_is_refused(world: World) -> None:
    add = partial(archive.add_document, path=world.file(), project_id=world.project().id)
    with world.unchanged():
        for by in (OTHER_MANAGER, FINANCE, CLIENT_MANAGER):
            refusal(partial(world.office.run, world.who(by), add), NotAllowed)


def test_a_file_changed_behind_the_programs_back_is_not_handed_out(world: World) -> None:
    add = partial(archive.add_document, path=world.file(), project_id=world.project().id)
    sha256 = world.office.run(world.who(CLERK), add).value.sha256
    behind(world.office.database, "DELETE FROM blob_chunk")
    refusal(lambda: world.office.read(partial(documents.read_file, actor=world.who(CLERK), sha256=sha256)), Damaged)
    refusal(lambda: world.office.read(partial(documents.read_file, actor=world.who(CLERK), sha256="0" * 64)))


# ---- prints


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_filing_prints_as_its_form(world: World) -> None:
    filing = world.approved("suspension", TECHNICAL, HEAD)
    printed = world.office.read(lambda reading: printing.print_filing(reading, world.who(CLERK), filing))
    assert not printed.missing
    text = text_of(printed.pdf)
    for part in (
        "滨海系统集成有限公司",
        "项目暂停申请表",
        "EPM-ZT-01",
        "ZT-2026-0001",
        RUNNING,
        MANAGER,
        "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
        "甲方机房未交付，防水返工。",
        TECHNICAL,
        HEAD,
        "2026年11月3日",
    ):
        assert part in text, part
    assert "草稿" not in text
    name = printing.file_name(world.page(filing))
    assert name == "ZT-2026-0001_项目暂停申请表_JC-2026-901_滨海线综合监控系统集成.pdf"
    with pytest.raises(NotAllowed):
        world.office.read(lambda reading: printing.print_filing(reading, world.who(OTHER_MANAGER), filing))


def test_a_draft_prints_as_a_draft(world: World) -> None:
    draft = world.draft("suspension")
    printed = world.office.read(lambda reading: printing.print_draft(reading, world.who(MANAGER), draft))
    text = text_of(printed.pdf)
    assert "草稿" in text
    assert "ZT-2026" not in text
    assert "甲方机房未交付" in text


def test_names_of_files_hold_no_marks_that_systems_refuse(world: World) -> None:
    page = world.page(world.submitted("suspension"))
    odd = replace(page, row=replace(page.row, number='A/B\\C:*?"<>|', project_name="甲\n乙"))
    name = printing.file_name(odd)
    assert not set(name) & set('\\/:*?"<>|\n')
    assert name.endswith(".pdf")


@pytest.mark.parametrize("form", ["resumption", "overdue_opinion"])
def test_the_forms_of_a_paused_project_print(world: World, form: str, tmp_path: Path) -> None:
    by = MANAGER if form == "resumption" else CLERK
    filing = world.submitted(form, PAUSED, by)
    printed = world.office.read(lambda reading: printing.print_filing(reading, world.who(CLERK), filing))
    (tmp_path / "form.pdf").write_bytes(printed.pdf)
    assert not printed.missing
    assert PAUSED in text_of(printed.pdf)
    assert drafting.list_drafts(world.office, world.who(by)) == []
