"""The tour's first story: a clerk's first morning, when the office's data is made and its ledger comes in."""

from __future__ import annotations

from pathlib import Path

from desktop.sample.pictures import logo
from desktop.services.resources import RESOURCES
from desktop.tour.guide import Guide, Lost, desk_of, open_window
from desktop.tour.sameness import same_home
from desktop.ui.application import Application
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.mapping_dialog import MappingDialog
from desktop.ui.window import Window


def found_an_office(guide: Guide, place: Path) -> None:
    """Make an office at the first start, and take its ledger over from Excel."""
    application = Application(same_home(place / "home"), clock=guide.moment.now)
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
    start.show_page(start.departments)
    guide.wait(application)
    guide.picture(start, "做项目的部门")
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
