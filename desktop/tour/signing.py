"""The tour's main story: a field manager asks for a pause, which is signed on the screen and on paper."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QDialog

from desktop.domain.filing import FilingState
from desktop.domain.ledger import PersonRef, Project
from desktop.sample.pictures import Hand, signed_scan
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.people import people_refs
from desktop.services.printing import print_filing
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.tour.guide import Guide, Lost, answer, desk_of, page_of, top_dialog, top_of
from desktop.tour.sameness import SEED
from desktop.ui.application import Application
from desktop.ui.desk import Desk
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.window import Window

MANAGER = "𠮷镕堃"


def find_project(guide: Guide, application: Application, window: Window) -> Project:
    """A running project of the manager whom the example follows, found by its name."""
    desk = desk_of(application)
    page = page_of(window, "projects", ProjectsPage)
    guide.wait(application)
    guide.picture(window, "项目")

    def running(person: PersonRef) -> list[Project]:
        query = ProjectQuery(text=person.name, states=("implementing",))
        rows = desk.office.read(lambda reading: project_rows(reading, project_ids(reading, desk.actor, query)))
        return [row for row in rows if row.manager and row.manager.id == person.id]

    people = desk.office.read(people_refs)
    first = [person for person in people if person.name == MANAGER]
    busy = {
        item.project_id
        for item in desk.office.read(
            lambda reading: [open_filing(reading, desk.actor, key).row for key in _in_approval(desk)]
        )
    }
    project = next(row for person in (*first, *people) for row in running(person) if row.id not in busy)
    page.table.search.setText(project.short_name)
    guide.wait(application)
    page.show_item("project", project.id)
    guide.wait(application)
    guide.picture(window, "一个项目")
    page.table.search.clear()
    return project


def _in_approval(desk: Desk) -> list[UUID]:
    query = FilingQuery(states=(FilingState.IN_APPROVAL,))
    return desk.office.read(lambda reading: filing_ids(reading, desk.actor, query))


def file_a_pause(guide: Guide, application: Application, window: Window, project: Project) -> UUID:
    """Its manager fills in a 暂停申请表, reads its print and submits it; the filing."""
    desk = desk_of(application)
    if project.manager is None:
        raise Lost("the project's manager")
    desk.seat(project.manager.id)
    guide.wait(application)
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", project.id)
    guide.wait(application)
    page.view.begin_form("suspension")
    guide.wait(application, lambda: window.current == "draft", what="the form's page")
    view = page_of(window, "draft", DraftView)
    guide.wait(application, lambda: view.editor is not None, what="the form's editor")
    guide.picture(window, "暂停申请表（新）")
    editor = view.editor
    if editor is None:
        raise Lost("the form's editor")
    content: dict[str, Any] = {key: dict(part) for key, part in editor.content().items()}
    for section, values in _pause(desk.office.today()).items():
        content[section] |= values
    editor.set_content(content)
    editor.judge()
    guide.wait(application)
    guide.picture(window, "暂停申请表（填好）")
    view.preview.click()
    guide.wait(application, lambda: top_dialog() is not None, what="the draft's print")
    guide.picture(top_of(QDialog), "草稿的打印预览")
    top_of(QDialog).close()
    guide.wait(application)
    view.submit.click()
    answer(guide, application, "提交", picture="确认提交")
    approvals = page_of(window, "approvals", ApprovalsPage)
    guide.wait(application, lambda: approvals.view.page is not None, what="the submitted filing")
    guide.picture(window, "已提交")
    if approvals.view.page is None:
        raise Lost("the submitted filing")
    return approvals.view.page.row.id


def _pause(today: dt.date) -> dict[str, dict[str, Any]]:
    """What a field manager writes into a 暂停申请表."""
    return {
        "reason": {
            "pause_from": (today + dt.timedelta(days=1)).isoformat(),
            "resume_by": (today + dt.timedelta(days=75)).isoformat(),
            "cause": "site",
            "raised_by": "甲方来函（基建函〔2026〕37 号）",
            "reason": "甲方新建机房的防水与承重加固尚未完工，UPS 与精密空调无法进场；监理单位已书面要求暂停设备安装。"
            "经与甲方、监理三方会商（2026年11月18日会议纪要），在机房移交之前，本项目的安装与联调不具备条件。",
        },
        "progress": {
            "done_share": "62.5",
            "received": 768_600_000,
            "spent": 123_456_789,
            "committed": 45_600_000,
            "done": "①主干光缆敷设 12.6 km，已全部完成并通过 OTDR 测试；②前端传感器安装 1,286 套（计划 2,000 套）；"
            "③平台软件第一轮测试完成，遗留问题 37 项，其中严重问题 2 项。",
            "open": "机房设备安装、平台与传感器联调、试运行和初验。",
        },
        "meanwhile": {
            "people": "保留项目经理𠮷镕堃、软件工程师㛃喆、䶮𬭎三人，继续修复平台遗留问题；"
            "其余施工人员由部门统一调配。",
            "equipment": "已到货的 UPS、精密空调存放于甲方 2 号库房，由𬴂𪟝负责看护，"
            "每周巡检一次（温度≤25℃，湿度≤60%RH）。",
            "claims": "批准之日前已发生的差旅费 3.2 万元在本月内报清；看护费用按月列支。",
            "customer": "每两周与甲方基建处通报一次机房进度，由客户经理参加。",
            "contact_phone": "139 0000 1027",
        },
        "resumption": {
            "conditions": "1. 机房防水、承重加固经第三方检测合格，甲方书面移交；\n"
            "2. 监理单位签发复工令；\n3. UPS、精密空调开箱复检合格。",
        },
    }


def sign_on_screen(guide: Guide, application: Application, window: Window, filing: UUID) -> None:
    """The first signer gives an opinion and approves."""
    desk = desk_of(application)
    page = desk.office.read(lambda reading: open_filing(reading, desk.actor, filing))
    desk.seat(page.signers[0].id)
    approvals = page_of(window, "approvals", ApprovalsPage)
    guide.wait(application)
    approvals.show_item("filing", filing)
    guide.wait(application, approvals.approve.isVisible, what="the signer's buttons")
    approvals.opinion.setText("情况属实，同意暂停；看护责任要落实到人。")
    guide.picture(window, "部门负责人审批")
    approvals.approve.click()
    guide.wait(application, lambda: _signed(desk, filing) == 1, what="the first signature")


def _signed(desk: Desk, filing: UUID) -> int:
    page = desk.office.read(lambda reading: open_filing(reading, desk.actor, filing))
    return len(page.sign_offs)


def sign_on_paper(guide: Guide, application: Application, window: Window, filing: UUID, clerk: UUID) -> None:
    """The clerk's day: print, have it signed and sealed, scan, record."""
    desk = desk_of(application)
    desk.seat(clerk)
    approvals = page_of(window, "approvals", ApprovalsPage)
    guide.wait(application)
    approvals.show_item("filing", filing)
    guide.wait(application)
    approvals.view.show_print()
    guide.wait(application)
    guide.picture(window, "打印件")
    printed = desk.office.read(lambda reading: print_filing(reading, clerk, filing))
    page = desk.office.read(lambda reading: open_filing(reading, clerk, filing))
    signer = page.signers[0]
    hand = Hand(signer.name, desk.office.today(), sealed=True)
    scan = guide.keep("签字扫描件.pdf", signed_scan(printed.pdf, [hand], desk.office.name, random.Random(SEED)))  # noqa: S311
    approvals.paper.click()
    guide.wait(application, lambda: isinstance(top_dialog(), PaperDialog), what="the dialog for signatures on paper")
    dialog = top_of(PaperDialog)
    dialog.rows[0].who.setText(signer.full)
    dialog.rows[0].opinion.setText("同意。")
    dialog.scan.setText(str(scan))
    guide.wait(application)
    guide.picture(dialog, "代录纸面签字")
    dialog.record.click()
    guide.wait(application, lambda: _signed(desk, filing) == 2, what="the recorded signature")  # noqa: PLR2004
    approvals.show_item("filing", filing)
    guide.wait(application)
    guide.picture(window, "已批准")
