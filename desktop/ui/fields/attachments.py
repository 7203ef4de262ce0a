"""The widget for attachments: choose or drop files, open them, take them off again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.ui.fields.base import FieldContext, FieldEditor, FileRef
from desktop.ui.icons import icon
from desktop.ui.operations import Ticket

_KILO = 1024
_MOST_LINES = 6


def size_text(size: int) -> str:
    """A file's size as people say it."""
    if size < _KILO:
        return f"{size} 字节"
    return f"{size / _KILO:,.0f} KB" if size < _KILO * _KILO else f"{size / _KILO / _KILO:,.1f} MB"


class _Files(QListWidget):
    """The list; Delete takes a file off."""

    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_pressed.emit()
            return
        super().keyPressEvent(event)


class AttachmentEditor(FieldEditor):
    """Archived files; each is stored the moment it is added, and bound by its hash."""

    wide = True

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self._files: list[FileRef] = []
        self.setAcceptDrops(True)
        self.list = _Files()
        self.list.itemActivated.connect(lambda item: self.context.open_file(item.data(Qt.ItemDataRole.UserRole)))
        self.add = QPushButton("添加文件…")
        self.remove = QPushButton("移除")
        self.add.clicked.connect(self._choose)
        self.remove.clicked.connect(self.remove_chosen)
        self.list.delete_pressed.connect(self.remove_chosen)
        self.list.itemSelectionChanged.connect(self._enable)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch(1)
        self.put(self.list, self._buttons)
        self.tell(field.hint)
        self._show()

    def value(self) -> Json:
        return [dict(item) for item in self._files] or None

    def set_value(self, value: Json) -> None:
        files = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        self._files = [item for item in files if isinstance(item, Mapping)]
        self._show()

    def set_read_only(self, read_only: bool) -> None:
        self._buttons.setVisible(not read_only)
        self.setAcceptDrops(not read_only)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Archive local files and attach them."""
        archive = self.context.archive

        def store(ticket: Ticket) -> list[FileRef]:
            stored = []
            for number, path in enumerate(paths):
                ticket(number, len(paths), path.name)
                stored.append(archive(path))
            return stored

        self.context.operations.start(self, store, self._take, waiting="正在归档附件")

    def remove_chosen(self) -> None:
        """Take the chosen files off the list; the archive keeps them."""
        gone = {index.row() for index in self.list.selectedIndexes()}
        if gone and self._buttons.isVisibleTo(self):
            self._files = [item for number, item in enumerate(self._files) if number not in gone]
            self._show()
            self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        files = [path for path in paths if path.is_file()]
        if files:
            event.acceptProposedAction()
            self.add_files(files)

    def _choose(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self, f"添加{self.field.label}")
        if names:
            self.add_files([Path(name) for name in names])

    def _take(self, stored: list[FileRef]) -> None:
        known = {item["sha256"] for item in self._files}
        self._files += [item for item in stored if item["sha256"] not in known]
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.list.clear()
        for item in self._files:
            size = item.get("size")
            text = f"{item['name']}　{size_text(size)}" if isinstance(size, int) else str(item["name"])
            entry = QListWidgetItem(icon("file"), text, self.list)
            entry.setData(Qt.ItemDataRole.UserRole, dict(item))
            entry.setToolTip(f"校验 {item['sha256']}")
        lines = min(len(self._files), _MOST_LINES)
        self.list.setFixedHeight(round(self.list.fontMetrics().height() * 1.4) * lines + 8)
        self.list.setVisible(bool(self._files))
        self._enable()

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self.list.selectedIndexes()))
        self.remove.setVisible(bool(self._files))
