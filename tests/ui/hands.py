"""What a person's hands and eyes do at the screen, for tests."""

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QWidget

T = TypeVar("T", bound=QObject)


def shown(widget: QWidget, kind: type[T]) -> list[T]:
    """The parts and dialogs of that kind in a widget's window that can be seen, oldest first."""
    found: list[T] = list(widget.window().findChildren(kind))
    return [item for item in found if not isinstance(item, QWidget) or item.isVisible()]


def write(line: QLineEdit, text: str) -> None:
    """Type into a line, whatever stood there (Qt's own simulated keys know no Chinese)."""
    line.setText(text)
    line.textEdited.emit(text)


def answer(box: QMessageBox, text: str) -> None:
    """Press the button of that text."""
    next(button for button in box.buttons() if button.text() == text).click()


def shown_text(widget: QWidget) -> str:
    """All that can be read in a widget's window, a line for each label."""
    return "\n".join(label.text() for label in shown(widget, QLabel))
