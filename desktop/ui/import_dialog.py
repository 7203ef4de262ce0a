"""A workbook comes in: choose it, see what becomes of every row, bring it in, get back what did not fit."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.services.book_import import BookPreview, ImportResult, Verdict, preview_book, save_refused
from desktop.services.book_layout import Choice, ImportBook, book_of, open_import_book
from desktop.services.changes import Done
from desktop.services.office import Work
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.import_kinds import LEDGER_KIND, ImportKind
from desktop.ui.import_preview import PreviewLine, PreviewView, lines_of_preview
from desktop.ui.mapping_dialog import MappingDialog
from desktop.ui.operations import Ticket
from desktop.ui.pieces import button, card, heading, take_size, words


class ImportDialog(QDialog):
    """Brings a workbook in. ``imported`` follows once it is done, with the id of the filing that it made, if any."""

    imported = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None, kind: ImportKind = LEDGER_KIND) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setObjectName("import")
        self.setWindowTitle(kind.title)
        take_size(self, 1120, 720)
        self.setAcceptDrops(True)
        self.desk = desk
        self.path: Path | None = None
        self.preview: BookPreview | None = None
        self.outcome: ImportResult | None = None
        self.refused_file: Path | None = None
        self._stack = QStackedWidget()
        self._first, self._second, self._third = self._choose_page(), self._preview_page(), self._result_page()
        for page in (self._first, self._second, self._third):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.addWidget(self._stack)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        dropped = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            self.read_file(Path(dropped[0]))

    # -- the three pages

    def _choose_page(self) -> QWidget:
        page, column = card(margin=28)
        column.addWidget(heading(self.kind.title, 1.5))
        column.addWidget(words(f"选择现有的{self.kind.noun}（.xlsx、.xlsm、.csv），或者把文件拖到这个窗口里。"))
        column.addWidget(words(self.kind.promises, "muted"))
        self.trouble = words(role="problem")
        self.trouble.hide()
        self.point_out = button("自己指定表头和列…", self._open_book)
        self.point_out.hide()
        self.choose = button("选择文件…", self._ask_file, primary=True)
        line = QHBoxLayout()
        line.addWidget(self.choose)
        line.addWidget(self.point_out)
        line.addStretch(1)
        column.addSpacing(6)
        column.addWidget(self.trouble)
        column.addLayout(line)
        column.addStretch(1)
        return page

    def _preview_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._file = heading("", 1.25)
        self.mapping = button("列的对应…", self._map_again)
        head = QHBoxLayout()
        head.addWidget(self._file, 1)
        head.addWidget(button("换一个文件…", self._ask_file))
        head.addWidget(self.mapping)
        self.view = PreviewView(self.desk.operations, self.kind)
        self._verdict = words(role="muted")
        self.save_before = button("把不通过的行存为工作簿…", self._ask_refused_file)
        self.take_in = button("导入", self.bring_in, primary=True)
        foot = QHBoxLayout()
        foot.addWidget(self._verdict, 1)
        foot.addWidget(self.save_before)
        foot.addWidget(button("关闭", self.reject))
        foot.addWidget(self.take_in)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        return page

    def _result_page(self) -> QWidget:
        page, column = card(margin=28)
        self._done = heading("", 1.5)
        self._told = words()
        self.save_after = button("把不通过的行存为工作簿…", self._ask_refused_file)
        self.open_folder = button("打开所在文件夹", self._open_folder)
        self.see_filing = button("查看建账表单", self._see_filing)
        self.see_page = button(self.kind.see, self._see_page)
        line = QHBoxLayout()
        for made in (self.save_after, self.open_folder, self.see_page, self.see_filing):
            line.addWidget(made)
        line.addStretch(1)
        line.addWidget(button("再导入一个文件", self._again))
        line.addWidget(button("完成", self.accept, primary=True))
        column.addWidget(self._done)
        column.addWidget(self._told)
        column.addSpacing(6)
        column.addLayout(line)
        column.addStretch(1)
        return page

    # -- reading

    def _ask_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, f"选择{self.kind.noun}", str(self.path or ""), self.kind.files)
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path, choice: Choice | None = None) -> None:
        """Read a workbook in the background and show what would become of it."""
        self.path = path
        office, kind = self.desk.office, self.kind

        def work(ticket: Ticket) -> tuple[BookPreview, list[PreviewLine]]:
            preview = office.read(
                lambda reading: preview_book(reading, kind.book, path, choice=choice, progress=ticket)
            )
            return preview, lines_of_preview(preview, kind)

        self.desk.operations.start(
            self, work, self._show, failed=self._could_not_read, key="read", waiting=f"正在读取“{path.name}”"
        )

    def _could_not_read(self, error: Exception) -> None:
        refusal = refusal_of(error)
        self.trouble.setText(str(refusal))
        self.trouble.show()
        self.point_out.setVisible(isinstance(error, Refusal))
        self._stack.setCurrentWidget(self._first)

    def _show(self, read: tuple[BookPreview, list[PreviewLine]]) -> None:
        preview, lines = read
        self.preview = preview
        new, changed, refused = (preview.count(verdict) for verdict in (Verdict.NEW, Verdict.CHANGED, Verdict.REFUSED))
        self._file.setText(preview.path.name)
        self.view.show_preview(preview, lines)
        told = [
            f"{preview.count(verdict)} 行{label}"
            for verdict, label in self.kind.labels.items()
            if preview.count(verdict)
        ]
        self._verdict.setText(
            "，".join(told) + ("。不通过的行不影响其他行。" if refused and (new or changed) else "。")
        )
        self.save_before.setVisible(bool(refused))
        self.take_in.setText(f"导入 {self.kind.counted(new, changed)}")
        self.take_in.setEnabled(bool(new or changed))
        self._stack.setCurrentWidget(self._second)
        self.view.table.view.setFocus()

    # -- mapping

    def _map_again(self) -> None:
        if self.preview is not None:
            self._open_mapping(MappingDialog(book_of(self.preview), self.preview.table, self.desk.operations, self))

    def _open_book(self) -> None:
        path, office, kind = self.path, self.desk.office, self.kind
        if path is None:
            return

        def work(ticket: Ticket) -> ImportBook:
            return office.read(lambda reading: open_import_book(reading, kind.book, path, ticket))

        def then(book: ImportBook) -> None:
            self._open_mapping(MappingDialog(book, None, self.desk.operations, self))

        self.desk.operations.start(self, work, then, waiting=f"正在读取“{path.name}”")

    def _open_mapping(self, dialog: MappingDialog) -> None:
        def accepted() -> None:
            if self.path is not None:
                self.read_file(self.path, dialog.choice)

        dialog.accepted.connect(accepted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- bringing in

    def bring_in(self) -> None:
        """Import the new rows in one transaction; giving up before its end undoes all of it."""
        preview, actor, office, kind = self.preview, self.desk.actor, self.desk.office, self.kind
        if preview is None:
            return

        def work(ticket: Ticket) -> Done[ImportResult]:
            def use_case(working: Work) -> ImportResult:
                result = kind.take_in(working, preview)
                ticket(1, 1, "正在保存")
                return result

            return office.run(actor, use_case)

        self.desk.operations.start(self, work, self._finish, waiting=kind.waiting)

    def _finish(self, result: ImportResult) -> None:
        self.outcome = result
        done = result.opened or result.changed
        self._done.setText(f"已导入 {self.kind.counted(result.opened, result.changed)}" if done else self.kind.none_new)
        told = [f"{result.same} 行{self.kind.same}，没有改动。"] if result.same else []
        if result.refused:
            told.append(
                f"{result.refused} 行没有通过，没有导入。可以存为工作簿，更正后再导入；每一行的原因写在最后一列。"
            )
        self._told.setText("\n".join(told) or "全部行都已导入。")
        self.save_after.setVisible(bool(result.refused))
        self.open_folder.setVisible(self.refused_file is not None)
        self.see_filing.setVisible(result.filing_id is not None)
        self.see_page.setVisible(bool(done))
        self._stack.setCurrentWidget(self._third)
        self.imported.emit(result.filing_id)

    # -- what did not fit

    def _ask_refused_file(self) -> None:
        if self.preview is None:
            return
        name = f"{self.preview.path.stem}（未通过的行）.xlsx"
        path = ask_where_to_save(self, "保存未通过的行", name, folder=self.preview.path.parent)
        if path is not None:
            self.save_refused_to(path)

    def save_refused_to(self, path: Path) -> None:
        """Write the refused rows with their reasons."""
        preview = self.preview
        if preview is None:
            return

        def then(_written: object) -> None:
            self.refused_file = path
            self.open_folder.show()
            self._told.setText(f"未通过的行已存为“{path}”。更正后可直接导入这个文件。")
            self._verdict.setText(f"未通过的行已存为“{path.name}”。")

        self.desk.operations.start(
            self, lambda ticket: save_refused(preview, path, ticket), then, waiting="正在保存未通过的行"
        )

    def _open_folder(self) -> None:
        if self.refused_file is not None:
            open_folder_of(self.refused_file)

    def _see_filing(self) -> None:
        filing: UUID | None = self.outcome.filing_id if self.outcome else None
        if filing is not None:
            self.accept()
            self.desk.wanted.emit("filing", filing)

    def _see_page(self) -> None:
        self.accept()
        self.desk.wanted.emit(self.kind.page, None)

    def _again(self) -> None:
        self.trouble.hide()
        self.point_out.hide()
        self.refused_file = None
        self._stack.setCurrentWidget(self._first)
