"""What the cards of one's own key and of the office's root key share: fingerprint, state, trouble, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.domain.identity import spoken
from desktop.services.identity_overview import KeysPage
from desktop.ui.desk import Desk
from desktop.ui.pieces import heading, row, words


class KeyCard(QFrame):
    """A card about one key. ``changed`` follows what changes nothing in the office's data."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: KeysPage | None = None
        self.setObjectName("card")
        self.mark = words("", wrap=False)
        self.state, self.trouble = words("", "muted"), words("", "problem")

    def _lay_out(self, title: str, deeds: Sequence[QWidget], *more: QWidget) -> None:
        """Put the card together: title, fingerprint, state, trouble and ``more``, and the ``deeds`` at its foot."""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addLayout(row(heading(title, 1.15), None))
        for part in (self.mark, self.state, self.trouble, *more):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(row(*deeds, None))

    def _show_key(self, page: KeysPage, key: str, state: str, trouble: str) -> None:
        """Show the key's fingerprint (none where there is no key), how it stands, and what is wrong with it."""
        self.page = page
        self.mark.setText(f"指纹　{spoken(key)}")
        self.mark.setVisible(bool(key))
        self.state.setText(state)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
