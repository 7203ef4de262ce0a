"""What every field's widget can do, and what it may ask of the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.domain.canonical import Json
from desktop.domain.field import Facts, Field
from desktop.domain.ledger import PersonRef
from desktop.domain.values import Unreadable
from desktop.ui.operations import Operations

FileRef = Mapping[str, Json]
"""An archived file: ``{"sha256", "name", "size"}``."""


def _no_archive(_path: Path) -> FileRef:
    raise LookupError("no archive")


def _no_opening(_file: FileRef) -> None:
    raise LookupError("no archive")


@dataclass(frozen=True)
class FieldContext:
    """What widgets need of the program: who there is, what the ledger tells (``facts``), and where files go.

    ``archive`` stores a local file and is run in the background; ``open_file`` shows an archived one. ``company`` and
    ``logo`` stand on what is printed from within a form.
    """

    operations: Operations
    people: Sequence[PersonRef] = ()
    archive: Callable[[Path], FileRef] = field(default=_no_archive)
    open_file: Callable[[FileRef], None] = field(default=_no_opening)
    facts: Facts = field(default_factory=dict)
    company: str = ""
    logo: bytes | None = None


class FieldEditor(QWidget):
    """Edits the value of one field. ``changed`` follows every edit by a person, never ``set_value``.

    What cannot be read is kept as it was written, marked with the reason, and counts as empty.
    """

    changed = Signal()
    wide = False

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__()
        self.field = field
        self.context = context
        self._wrong = ""
        self.setObjectName(f"field:{field.key}")
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def put(self, *parts: QWidget) -> None:
        """Lay out the parts above the note; the first takes the focus and bears the field's name."""
        for part in parts:
            self._column.addWidget(part)
        self._column.addWidget(self.note)
        parts[0].setAccessibleName(self.field.label)
        parts[0].setAccessibleDescription(self.field.hint)
        self.setFocusProxy(parts[0])

    def value(self) -> Json:
        """The value as it is stored; ``None`` where nothing, or nothing readable, stands."""
        raise NotImplementedError

    def set_value(self, value: Json) -> None:
        """Show a stored value."""
        raise NotImplementedError

    def written(self) -> str:
        """What stands there that cannot be read; nothing where all can be read."""
        return ""

    def set_written(self, text: str) -> None:
        """Put back what could not be read."""
        raise NotImplementedError

    def set_read_only(self, read_only: bool) -> None:
        """Whether a person may only look."""
        self.setEnabled(not read_only)

    @property
    def wrong(self) -> str:
        """Why what stands there cannot be read; empty where it can."""
        return self._wrong

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Write a line below the widget: how it was understood, or why it could not be."""
        self.note.setText(text)
        self.note.setProperty("role", "problem" if wrong else "muted")
        self.note.style().polish(self.note)
        self.note.setVisible(bool(text))

    def mark(self, part: QWidget, wrong: str) -> None:
        """Mark the part as unreadable for a reason, or as readable."""
        self._wrong = wrong
        part.setProperty("wrong", bool(wrong))
        part.style().polish(part)
        part.setAccessibleDescription(wrong or self.field.hint)


def read(field: Field, raw: object) -> tuple[Json, str, str]:
    """What ``raw`` means to a field: the value, how it was understood, and why it cannot be."""
    try:
        understood = field.read(raw)
    except Unreadable as reason:
        return None, "", str(reason)
    return understood.value, understood.note, ""
