"""What stands in the window while its office is being opened."""

from __future__ import annotations

import re

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

_PATIENCE_MS = 2_000


class Waiting(QWidget):
    """Says what is awaited; whoever waits long may give up."""

    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = QLabel()
        self._text.setProperty("role", "muted")
        self._stop = QPushButton("不等了")
        self._stop.hide()
        self._stop.clicked.connect(self.given_up)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._stop.show)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(1)
        for widget in (self._text, self._stop):
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(widget)
            row.addStretch(1)
            layout.addLayout(row)
        layout.addStretch(1)

    def wait_for(self, text: str) -> None:
        """Say what is awaited; nothing is where the text is empty."""
        self._text.setText(text)
        self._stop.hide()
        if text:
            self._timer.start()
        else:
            self._timer.stop()


def name_of(target: str) -> str:
    """The data file's name, or a server's database, without the way there."""
    return re.split(r"[\\/]", target.rstrip("\\/"))[-1].partition("?")[0]
