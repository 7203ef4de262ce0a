"""Files that go out: where to save them, and showing where they were saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

WORKBOOKS = "Excel 工作簿 (*.xlsx)"
_MARKS = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


def documents_folder() -> Path:
    """The person's own folder for documents."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def ask_where_to_save(
    owner: QWidget, title: str, name: str, kinds: str = WORKBOOKS, folder: Path | None = None
) -> Path | None:
    """Let the person choose a file to write; ``name`` is proposed, made fit for a file's name."""
    proposed = (folder or documents_folder()) / name.translate(_MARKS)
    chosen, _kind = QFileDialog.getSaveFileName(owner, title, str(proposed), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(proposed.suffix)


def open_folder_of(path: Path) -> None:
    """Show a folder, or the one in which a file lies; where it is not there yet, the nearest that is."""
    there = next((place for place in (path, *path.parents) if place.is_dir()), path.parent)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(there)))
