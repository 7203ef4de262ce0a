"""What the tour looks at besides: every page of the window, and a print of every form."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project
from desktop.services.drafting import list_drafts
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.office import Reading
from desktop.services.printing import file_name, print_filing
from desktop.tour.guide import Guide, Lost, desk_of, page_of, top_of
from desktop.ui.application import Application
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_policy import PolicyPanel
from desktop.ui.window import Window

_LEDGER = "opening"
"""The form that carries a whole ledger; its shortest print is enough."""
_SEVERAL = 9


def see_the_project(guide: Guide, application: Application, window: Window, project: Project) -> None:
    """The paused project, and each of its tabs."""
    page = page_of(window, "projects", ProjectsPage)
    page.show_item("project", project.id)
    guide.wait(application)
    guide.picture(window, "项目已暂停")
    for place in range(1, page.view.tabs.count()):
        page.view.tabs.setCurrentIndex(place)
        guide.wait(application)
        guide.picture(window, f"项目的{page.view.tabs.tabText(place).split()[0]}")


def look_at_filings(guide: Guide, application: Application, window: Window) -> None:
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


def look_around(guide: Guide, application: Application, window: Window) -> None:
    """Every page and panel, and what a person is told of a policy file with a mistake in it."""
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


def see_the_versions(guide: Guide, application: Application, window: Window) -> None:
    """What the program says of itself; the words leave out what is of this machine."""
    dialog = application.diagnostics.show_about(window)
    guide.wait(application)
    guide.picture(dialog, "关于与诊断")
    dialog.close()
    guide.wait(application)


def _load_a_wrong_policy(guide: Guide, application: Application, settings: SettingsPage) -> None:
    """What a person is told of a policy file with a mistake in it."""
    wrong = guide.folder / "data" / "写错的制度.toml"
    wrong.write_text(desk_of(application).office.policy.text.replace("[[right]]", "[[rigth]]", 1), encoding="utf-8")
    settings.show_item("settings", "policy")
    panel = settings.current
    if not isinstance(panel, PolicyPanel):
        raise Lost("the policy's settings")
    panel.take_policy(wrong)
    guide.wait(application)
    guide.picture(top_of(ErrorDialog), "出错时的说明")
    top_of(ErrorDialog).accept()
    guide.wait(application)


def print_every_form(guide: Guide, desk: Desk) -> None:
    """One filing of every form that the policy has, an approved one where there is one."""
    for key, form in FORMS.items():
        if not desk.office.policy.has_form(key):
            continue
        fullest = form.subject == "office" and key != _LEDGER
        found = desk.office.read(partial(_best_filing, actor=desk.actor, form_key=key, fullest=fullest))
        if found is None:
            raise Lost(f"a filing of {form.title}")
        name, pdf = found
        guide.keep(name, pdf)


def _best_filing(reading: Reading, actor: UUID, form_key: str, *, fullest: bool) -> tuple[str, bytes] | None:
    """The newest that is approved, else the newest that waits; with ``fullest`` the one with most in it."""
    for state in (FilingState.APPROVED, FilingState.IN_APPROVAL):
        ids = filing_ids(reading, actor, FilingQuery(form_keys=(form_key,), states=(state,)))
        pages = [open_filing(reading, actor, key) for key in ids[: _SEVERAL if fullest else 1]]
        if pages:
            best = max(pages, key=lambda page: len(str(page.content)))
            return file_name(best), print_filing(reading, actor, best.row.id).pdf
    return None
