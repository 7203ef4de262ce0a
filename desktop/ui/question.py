"""Asking before something is done that cannot simply be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask(
    owner: QWidget, what: str, more: str, *, yes: str, then: Callable[[], None], no: str = "取消", danger: bool = False
) -> QMessageBox:
    """Open a question over the owner's window; ``then`` follows only the answer ``yes``. Escape means ``no``."""
    box = QMessageBox(owner.window())
    box.setWindowTitle("请确认")
    box.setIcon(QMessageBox.Icon.Warning if danger else QMessageBox.Icon.Question)
    box.setText(what)
    box.setInformativeText(more)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    agree.setProperty("role", "danger" if danger else "primary")
    decline = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(decline)
    box.setDefaultButton(decline if danger else agree)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    agree.clicked.connect(then)
    box.open()
    return box


def tell(owner: QWidget, what: str, more: str = "") -> QMessageBox:
    """Tell a person something that needs no answer; its words can be marked and copied, a path say."""
    box = QMessageBox(owner.window())
    box.setWindowTitle("说明")
    box.setIcon(QMessageBox.Icon.Information)
    box.setText(what)
    box.setInformativeText(more)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.addButton("知道了", QMessageBox.ButtonRole.AcceptRole).setProperty("role", "primary")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
