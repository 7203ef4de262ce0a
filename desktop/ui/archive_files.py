"""Opening archived files: prints and scans in the program's own window, the rest with the system's programs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.domain.errors import Damaged
from desktop.domain.field import Facts
from desktop.services.archive import store_attachment
from desktop.services.documents import read_file
from desktop.services.people import people_refs
from desktop.services.printing import Printed
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.fields.base import FieldContext, FileRef
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.question import tell


def open_archived(desk: Desk, owner: QWidget, sha256: str, name: str) -> None:
    """Show an archived file, checked against its hash."""

    def show(content: bytes) -> None:
        if content.startswith(b"%PDF"):
            show_pdf(owner, content, name)
            return
        # a copy: what others do to it never reaches the archive
        path = Path(tempfile.mkdtemp(prefix="epm-")) / Path(name).name
        path.write_bytes(content)
        path.chmod(0o444)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            tell(owner, f"这台电脑上没有能打开“{name}”的程序。", f"文件的副本在：{path}")

    desk.read(owner, lambda reading: read_file(reading, desk.actor, sha256), show)


def show_pdf(owner: QWidget, content: bytes, name: str, notice: str = "") -> None:
    """Show a PDF over the owner's window; a broken one is told of."""
    try:
        PdfDialog(content, name, notice, owner.window()).show()
    except Damaged as error:
        show_error(owner, error)


def show_printed(owner: QWidget, printed: Printed, name: str) -> None:
    """Show a finished print, and which characters are missing in it."""
    show_pdf(owner, printed.pdf, name, missing_notice(printed))


def missing_notice(printed: Printed) -> str:
    """What is to be said before a print with characters that no font has."""
    if not printed.missing:
        return ""
    marks = "、".join(f"{mark}（U+{ord(mark):04X}）" for mark in sorted(printed.missing))
    return f"有 {len(printed.missing)} 个字没有字形，印成了〓：{marks}。请在打印后手工补写。"


def field_context(desk: Desk, owner: QWidget, facts: Facts | None = None) -> FieldContext:
    """What the widgets of a form with these facts need, taken from the desk.

    Called in the background: it reads who there is.
    """
    people = desk.ask(people_refs)
    actor = desk.actor

    def archive(path: Path) -> FileRef:
        return desk.office.run(actor, lambda work: store_attachment(work, path)).value

    def open_file(file: FileRef) -> None:
        open_archived(desk, owner, str(file["sha256"]), str(file["name"]))

    office = desk.office
    return FieldContext(desk.operations, people, archive, open_file, facts or {}, office.name, office.logo)
