"""What the tour looks at of the newer projects: contract and program, plan, baselines, money, a change, a closing."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project
from desktop.sample import newer
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.office import Reading
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.tour.guide import Guide, desk_of, page_of, top_of
from desktop.ui.application import Application
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.stand_in_dialog import StandInDialog
from desktop.ui.window import Window


def see_whole_lives(guide: Guide, application: Application, window: Window) -> None:
    """The screens on which a project's life is followed from its contract to its closing."""
    network = _project(application, newer.NETWORK)
    _see_beginnings(guide, application, window, network)
    _see_tabs(guide, application, window, network)
    closing = _project(application, newer.BACKUP)
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", closing.id)
    page.view.tabs.setCurrentIndex(_tab(page, "检查清单"))
    guide.wait(application)
    guide.picture(window, "结项前的检查清单")
    page.view.tabs.setCurrentIndex(0)
    _see_filing(guide, application, window, network, "change", "变更细目表", FilingState.APPROVED, "figures")
    _see_filing(guide, application, window, network, "claim", "费用报销单", FilingState.IN_APPROVAL)
    campus = _project(application, newer.CAMPUS)
    _see_filing(guide, application, window, campus, "withdrawal", "撤销审批表", FilingState.IN_APPROVAL)
    _begin_a_change(guide, application, window, network)
    window.go_to("control")
    guide.wait(application)
    guide.picture(window, "监控")
    window.stand_ins_wanted.emit()
    guide.wait(application)
    dialog = top_of(StandInDialog)
    guide.picture(dialog, "代理人")
    dialog.close()
    guide.wait(application)


def _project(application: Application, name: str) -> Project:
    desk = desk_of(application)

    def find(reading: Reading) -> Project:
        rows = project_rows(reading, project_ids(reading, desk.actor, ProjectQuery(text=name)))
        return next(row for row in rows if row.name == name)

    return desk.office.read(find)


def _see_beginnings(guide: Guide, application: Application, window: Window, project: Project) -> None:
    for kind, item, name in (("contract", project.contract_id, "合同"), ("program", project.program_id, "大项目")):
        window.show_item(kind, item)
        guide.wait(application)
        guide.picture(window, name)


def _see_tabs(guide: Guide, application: Application, window: Window, project: Project) -> None:
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", project.id)
    guide.wait(application)
    for word in ("计划", "组织", "费用", "基线"):
        page.view.tabs.setCurrentIndex(_tab(page, word))
        guide.wait(application)
        guide.picture(window, f"立项后的{word}")
    page.view.tabs.setCurrentIndex(0)


def _tab(page: ProjectsPage, word: str) -> int:
    tabs = page.view.tabs
    return next(place for place in range(tabs.count()) if tabs.tabText(place).startswith(word))


def _see_filing(
    guide: Guide,
    application: Application,
    window: Window,
    project: Project,
    form: str,
    name: str,
    state: FilingState,
    section: str = "",
) -> None:
    filing = desk_of(application).office.read(partial(_newest, application, project.id, form, state))
    approvals = page_of(window, "approvals", ApprovalsPage)
    approvals.show_item("filing", filing)
    shown = approvals.view
    guide.wait(application, lambda: shown.page is not None and shown.page.row.id == filing, what=name)
    if section and shown.reader is not None:
        shown.reader.go_to_section(section)
        guide.wait(application)
    guide.picture(window, name)


def _newest(application: Application, project: UUID, form: str, state: FilingState, reading: Reading) -> UUID:
    query = FilingQuery(project_id=project, form_keys=(form,), states=(state,))
    return filing_ids(reading, desk_of(application).actor, query)[0]


def _begin_a_change(guide: Guide, application: Application, window: Window, project: Project) -> None:
    """The manager's own view of a change that is being written."""
    desk, clerk = desk_of(application), desk_of(application).actor
    if project.manager is not None:
        desk.seat(project.manager.id)
        guide.wait(application)
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", project.id)
    guide.wait(application)
    page.view.begin_form("change")
    guide.wait(application, lambda: window.current == "draft", what="the change's page")
    view = page_of(window, "draft", DraftView)
    guide.wait(application, lambda: view.editor is not None, what="the change's editor")
    guide.picture(window, "项目变更申请表（新）")
    desk.seat(clerk)
    guide.wait(application)
