"""The tour: the real window does the main job on an example office and leaves pictures and prints of all it passed."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDialog

from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PersonRef, Project
from desktop.sample import make_sample
from desktop.sample.pictures import Hand, logo, signed_scan
from desktop.services.drafting import list_drafts
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.home import Home
from desktop.services.office import Reading
from desktop.services.people import people_refs
from desktop.services.printing import file_name, print_filing
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.resources import RESOURCES
from desktop.tour.guide import Guide, Lost, answer, desk_of, open_window, page_of, top_dialog, top_of
from desktop.ui.application import Application, make_application
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.mapping_dialog import MappingDialog
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_office import OfficePanel
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.window import Window

PROJECTS, SEED = 60, 2026
MANAGER = "𠮷镕堃"


def run_tour(folder: Path, tell: Callable[[str], None] = lambda _line: None) -> list[Path]:
    """Drive the real window through the main job; leaves pictures (PNG) and prints (PDF) in ``folder``.

    Returns the files in the order they were made. The example offices stay in ``folder/data``.

    Raises:
        Lost: something that should have happened on the screen did not.
        Refusal: the folder cannot be written or holds the data of an earlier tour that is in use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    app = make_application()
    guide = Guide(folder, tell)
    try:
        _found_an_office(guide, folder / "data" / "new")
        _work_in_an_office(guide, folder / "data" / "example")
    finally:
        app.closeAllWindows()
    return guide.files


def _clear(folder: Path) -> None:
    """Remove what an earlier tour left, and nothing else."""
    for pattern in ("[0-9][0-9]-*.png", "*.pdf", "data/*/*.epm", "data/*/home/*.*"):
        for path in folder.glob(pattern):
            path.unlink()


def _found_an_office(guide: Guide, place: Path) -> None:
    """A clerk's first morning: the office's data is made, and its ledger comes in from Excel."""
    application = Application(Home(place / "home"))
    application.show_start()
    start = application.start
    if start is None:
        raise Lost("the first start")
    start.show()
    guide.wait(application)
    guide.picture(start, "首次启动")
    start.show_page(start.place)
    start.place.place.setText(str(place / "滨海分公司.epm"))
    guide.wait(application, lambda: not start.place.problem, what="the place of the data file")
    guide.picture(start, "选择数据文件")
    start.show_page(start.company)
    start.company.company.setText("滨海系统集成有限公司网络分公司")
    start.company.logo.set_logo(logo())
    guide.wait(application)
    guide.picture(start, "单位名称与标志")
    start.show_page(start.policy)
    guide.wait(application)
    guide.picture(start, "选定制度")
    start.show_page(start.person)
    start.person.person.setText("李秀英")
    guide.wait(application)
    guide.picture(start, "姓名与角色")
    start.forward.click()
    window = open_window(guide, application)
    guide.picture(window, "空办公室的工作台")
    _import_ledger(guide, application, window)
    window.go_to("projects")
    guide.wait(application)
    guide.picture(window, "建账后的项目")
    application.close()


def _import_ledger(guide: Guide, application: Application, window: Window) -> None:
    desk = desk_of(application)
    dialog = ImportDialog(desk, window)
    dialog.open()
    guide.wait(application)
    guide.picture(dialog, "导入台账")
    dialog.read_file(RESOURCES / "fonts" / "README.md")
    guide.wait(application, dialog.trouble.isVisible, what="the refusal of what is no workbook")
    guide.picture(dialog, "不是工作簿的文件")
    dialog.read_file(RESOURCES / "manual" / "example-ledger.xlsx")
    guide.wait(application, lambda: dialog.preview is not None, what="the ledger's preview")
    guide.picture(dialog, "导入前的预览")
    dialog.mapping.click()
    guide.wait(application)
    mapping: list[MappingDialog] = list(dialog.findChildren(MappingDialog))
    guide.picture(mapping[-1], "列的对应")
    mapping[-1].reject()
    guide.wait(application)
    dialog.take_in.click()
    guide.wait(application, lambda: dialog.outcome is not None, what="the ledger's import")
    guide.picture(dialog, "导入的结果")
    dialog.close()


def _work_in_an_office(guide: Guide, place: Path) -> None:
    """A working day: a pause is filed, signed on screen and on paper, and the project's state follows."""
    home = Home(place / "home")
    target = place / "示例办公室.epm"
    make_sample(target, home, projects=PROJECTS, seed=SEED)
    application = Application(home)
    application.begin(str(target))
    window = open_window(guide, application)
    desk = desk_of(application)
    clerk = desk.actor
    guide.picture(window, "工作台")
    project = _find_project(guide, application, window)
    filing = _file_a_pause(guide, application, window, project)
    _sign_on_screen(guide, application, window, filing)
    _sign_on_paper(guide, application, window, filing, clerk)
    _see_the_project(guide, application, window, project)
    _look_at_filings(guide, application, window)
    _look_around(guide, application, window)
    _print_every_form(guide, desk)
    if application.lock is not None:
        application.lock.lock()
        guide.wait(application)
        if application.lock.cover is not None:
            guide.picture(application.lock.cover, "锁定")
            application.lock.cover.opened.emit(clerk)
    application.close()


def _find_project(guide: Guide, application: Application, window: Window) -> Project:
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


def _file_a_pause(guide: Guide, application: Application, window: Window, project: Project) -> UUID:
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
    for section, values in _pause(QDate.currentDate()).items():
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


def _pause(today: QDate) -> dict[str, dict[str, Any]]:
    """What a field manager writes into a 暂停申请表."""
    return {
        "reason": {
            "pause_from": today.addDays(1).toString("yyyy-MM-dd"),
            "resume_by": today.addDays(75).toString("yyyy-MM-dd"),
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


def _sign_on_screen(guide: Guide, application: Application, window: Window, filing: UUID) -> None:
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


def _sign_on_paper(guide: Guide, application: Application, window: Window, filing: UUID, clerk: UUID) -> None:
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


def _see_the_project(guide: Guide, application: Application, window: Window, project: Project) -> None:
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", project.id)
    guide.wait(application)
    guide.picture(window, "项目已暂停")
    for place in range(1, page.view.tabs.count()):
        page.view.tabs.setCurrentIndex(place)
        guide.wait(application)
        guide.picture(window, f"项目的{page.view.tabs.tabText(place).split()[0]}")


def _look_at_filings(guide: Guide, application: Application, window: Window) -> None:
    """A filing that came back and was mended, with what is different in it; a handover's tables; an overdue pause."""
    desk = desk_of(application)
    approvals = page_of(window, "approvals", ApprovalsPage)
    changed = desk.office.read(partial(_changed_filing, actor=desk.actor))
    approvals.show_item("filing", changed)
    guide.wait(application, lambda: _shows(approvals, changed), what="the filing that was mended")
    guide.picture(window, "退回后重新提交的差别")
    handover = desk.office.read(partial(_any_filing, actor=desk.actor, form_key="handover"))
    approvals.show_item("filing", handover)
    guide.wait(application, lambda: _shows(approvals, handover), what="the handover sheet")
    if approvals.view.reader is not None:
        approvals.view.reader.go_to_section("documents")
    guide.wait(application)
    guide.picture(window, "工作交接单的明细")
    draft = next(item for item in list_drafts(desk.office, desk.actor) if item.form_key == "overdue_opinion")
    window.show_item("draft", draft.id)
    view = page_of(window, "draft", DraftView)
    guide.wait(application, lambda: view.editor is not None, what="the draft of a 处理意见")
    guide.picture(window, "逾期暂停项目处理意见")


def _changed_filing(reading: Reading, *, actor: UUID) -> UUID:
    """A filing in approval whose content is not that of its first revision."""
    query = FilingQuery(states=(FilingState.IN_APPROVAL,))
    return next(key for key in filing_ids(reading, actor, query) if open_filing(reading, actor, key).changed)


def _any_filing(reading: Reading, *, actor: UUID, form_key: str) -> UUID:
    return filing_ids(reading, actor, FilingQuery(form_keys=(form_key,)))[0]


def _shows(approvals: ApprovalsPage, filing: UUID) -> bool:
    return approvals.view.page is not None and approvals.view.page.row.id == filing


def _look_around(guide: Guide, application: Application, window: Window) -> None:
    for key, name in (("weekly", "周报"), ("changes", "变更"), ("approvals", "审批"), ("workbench", "工作台（之后）")):
        window.go_to(key)
        guide.wait(application)
        guide.picture(window, name)
    settings = page_of(window, "settings", SettingsPage)
    for panel in settings.panels:
        settings.show_item("settings", panel.key)
        guide.wait(application)
        guide.picture(window, f"设置 {panel.title}")
    _load_a_wrong_policy(guide, application, settings)


def _load_a_wrong_policy(guide: Guide, application: Application, settings: SettingsPage) -> None:
    """What a person is told of a policy file with a mistake in it."""
    wrong = guide.folder / "data" / "写错的制度.toml"
    wrong.write_text(desk_of(application).office.policy.text.replace("[[right]]", "[[rigth]]", 1), encoding="utf-8")
    settings.show_item("settings", "office")
    panel = settings.current
    if not isinstance(panel, OfficePanel):
        raise Lost("the office's settings")
    panel.take_policy(wrong)
    guide.wait(application)
    guide.picture(top_of(ErrorDialog), "出错时的说明")
    top_of(ErrorDialog).accept()
    guide.wait(application)


def _print_every_form(guide: Guide, desk: Desk) -> None:
    """One filing of every form about projects, an approved one where there is one."""
    for key, form in FORMS.items():
        if form.subject != "project":
            continue
        found = desk.office.read(partial(_best_filing, actor=desk.actor, form_key=key))
        if found is None:
            raise Lost(f"a filing of {form.title}")
        name, pdf = found
        guide.keep(name, pdf)


def _best_filing(reading: Reading, actor: UUID, form_key: str) -> tuple[str, bytes] | None:
    for state in (FilingState.APPROVED, FilingState.IN_APPROVAL):
        ids = filing_ids(reading, actor, FilingQuery(form_keys=(form_key,), states=(state,)))
        if ids:
            return file_name(open_filing(reading, actor, ids[0])), print_filing(reading, actor, ids[0]).pdf
    return None
