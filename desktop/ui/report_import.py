"""Bringing in weekly reports kept in Excel: a colleague's, for those without network (WEEK-3), or one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.ledger import PersonRef
from desktop.domain.values import Unreadable, read_week
from desktop.domain.weeks import week_text
from desktop.services.book_import import BookPreview, ImportResult, Verdict
from desktop.services.book_layout import Choice
from desktop.services.office import Work
from desktop.services.people import people_refs
from desktop.services.report_import import ReportBook, Writer, import_report, keep_imported, open_report, report_kind
from desktop.ui.desk import Desk
from desktop.ui.fields.people import add_people, pick_person
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.import_kinds import ImportKind, Shown
from desktop.ui.operations import Ticket
from desktop.ui.pieces import named

_SHOWN = (
    Shown("project", "项目编号", 6.4),
    Shown("task", "任务名称", 8),
    Shown("status", "状态", 3.7),
    Shown("done", "完成", 3.4, "right"),
    Shown("forecast", "预计完成", 5.4),
    Shown("work", "本周工作完成情况", 9),
)
_PROMISES = """· 表头、列名会自动辨认，表头上方的姓名、周期也会读出；没有写明的请在下面填写。
· 导入之前，每一行的结果都先给您看；不通过的行不影响其他行，可以存成工作簿，改好再导入，并入同一份周报。
· 同一份周报再导入一次，不会重复。"""

TakeIn = Callable[[Work, BookPreview], ImportResult]


def _kind(writer: Writer, take_in: TakeIn, title: str, waiting: str) -> ImportKind:
    return ImportKind(
        book=report_kind(writer),
        take_in=take_in,
        title=title,
        noun="周报",
        thing="项任务",
        no_thing="不是任务",
        labels={Verdict.NEW: "将导入", Verdict.SAME: "已在周报中", Verdict.REFUSED: "不通过"},
        same="已在周报中",
        none_new="没有新的任务",
        waiting=waiting,
        promises=_PROMISES,
        shown=_SHOWN,
        search="项目、任务",
        see="查看周报",
        page="weekly",
    )


def colleagues_report(writer: Writer) -> ImportKind:
    """A report that goes to its signers at once, as its writer's."""
    return _kind(writer, partial(import_report, writer=writer), "代交周报", "正在提交周报")


def own_report(writer: Writer) -> ImportKind:
    """One's own report, whose tasks come into the week's grid to be looked over and sent."""

    def take_in(work: Work, preview: BookPreview) -> ImportResult:
        count = keep_imported(work.office, work, writer.person, preview, writer.week)
        return ImportResult(None, count, preview.count(Verdict.SAME), preview.count(Verdict.REFUSED))

    return _kind(writer, take_in, "从 Excel 导入我的周报", "正在导入")


class ReportImportDialog(ImportDialog):
    """The import dialog, told whose report a workbook is and of which week: by its heading, or by hand."""

    def __init__(self, desk: Desk, parent: QWidget | None = None, own_week: str = "") -> None:
        self._own_week = own_week
        self.who = named(QLineEdit(placeholderText="姓名、拼音首字母或工号；留空则读表头上方的姓名"), "填报人")
        self.when = named(QLineEdit(placeholderText="这一周中的任一天，如 2026-11-20；留空则读表头上方的周期"), "周次")
        self._people: list[PersonRef] = []
        writer = Writer(desk.actor, own_week)
        super().__init__(desk, parent, kind=own_report(writer) if own_week else colleagues_report(writer))
        if own_week:
            self.when.setText(week_text(own_week))
        else:
            desk.read(self, people_refs, self._know)

    def read_file(self, path: Path, choice: Choice | None = None) -> None:
        """See whose report it is, then show what would become of its rows."""
        if choice is not None:
            super().read_file(path, choice)
            return
        self.path = path
        office = self.desk.office

        def work(ticket: Ticket) -> ReportBook:
            return office.read(lambda reading: open_report(reading, path, ticket))

        def then(book: ReportBook) -> None:
            try:
                writer = self._writer(book)
            except Unreadable as what:
                self._ask_for(what)
                return
            self.trouble.hide()
            self.kind = own_report(writer) if self._own_week else colleagues_report(writer)
            super(ReportImportDialog, self).read_file(path)

        self.desk.operations.start(
            self, work, then, failed=self._could_not_read, key="whose", waiting=f"正在读取“{path.name}”"
        )

    def _choose_page(self) -> QWidget:
        page = super()._choose_page()
        if not self._own_week:
            form = QFormLayout()
            form.addRow("填报人", self.who)
            form.addRow("周次", self.when)
            column = page.layout()
            if isinstance(column, QVBoxLayout):
                column.insertLayout(column.count() - 2, form)
        return page

    def _know(self, people: list[PersonRef]) -> None:
        self._people = people
        add_people(self.who, people)

    def _writer(self, book: ReportBook) -> Writer:
        """Whose report it is and of which week: as written here, else as the workbook tells.

        Raises:
            Unreadable: neither tells enough.
        """
        week = str(read_week(self.when.text()).value or "") or book.heading.week
        if not week:
            raise Unreadable("表里没有写明周期，请在“周次”中填写")
        if self._own_week:
            return Writer(self.desk.actor, week)
        if self.who.text().strip():
            person, note = pick_person(self.who.text(), self._people)
            if person is None:
                raise Unreadable(f"填报人：{note or '请从名单中选择'}")
            return Writer(person.id, week)
        if len(book.people) == 1:
            return Writer(book.people[0], week)
        name = book.heading.writer
        if not name:
            raise Unreadable("表里没有写明姓名，请在“填报人”中填写")
        why = f"有 {len(book.people)} 位同名的“{name}”" if book.people else f"人员名单中没有“{name}”"
        raise Unreadable(f"{why}，请在“填报人”中填写")

    def _ask_for(self, what: Unreadable) -> None:
        self.trouble.setText(f"{what}，再选择这个文件。")
        self.trouble.show()
        self._stack.setCurrentWidget(self._first)

    def _again(self) -> None:
        self.who.clear()
        if not self._own_week:
            self.when.clear()
        super()._again()


def open_own_import(desk: Desk, owner: QWidget, week: str, then: Callable[[], object]) -> ReportImportDialog:
    """Bring a workbook of one's own into a week."""
    return _opened(ReportImportDialog(desk, owner.window(), own_week=week), then)


def open_report_import(desk: Desk, owner: QWidget, then: Callable[[], object]) -> ReportImportDialog:
    """Bring in colleagues' reports, one after the other."""
    return _opened(ReportImportDialog(desk, owner.window()), then)


def _opened(dialog: ReportImportDialog, then: Callable[[], object]) -> ReportImportDialog:
    dialog.imported.connect(lambda _filing: then())
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
