"""The box that shows how far a long piece of work is, and lets it be given up."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

_PATIENCE_MS = 300


class ProgressBox(QDialog):
    """Appears only if the work takes longer than a blink."""

    given_up = Signal()

    def __init__(self, heading: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("请稍候")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._text = QLabel("正在处理……")
        self._text.setProperty("role", "muted")
        self._cancel = QPushButton("取消")
        self._cancel.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(QLabel(heading))
        layout.addWidget(self._bar)
        foot = QHBoxLayout()
        foot.addWidget(self._text, 1)
        foot.addWidget(self._cancel)
        layout.addLayout(foot)
        self.setMinimumWidth(420)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self.show)
        self._timer.start()

    @Slot(int, int, str)
    def move_to(self, done: int, total: int, text: str) -> None:
        """Show that ``done`` of ``total`` is through."""
        self._bar.setRange(0, max(0, total))
        self._bar.setValue(min(done, total))
        self._text.setText(text or (f"{done:,} / {total:,}" if total else f"{done:,}"))

    def reject(self) -> None:
        """Give up; the box stays until the work has stopped."""
        self._cancel.setEnabled(False)
        self._text.setText("正在停止，未完成的部分不会保存……")
        self.given_up.emit()

    def finish(self) -> None:
        """The work has come to its end."""
        self._timer.stop()
        self.hide()
        self.deleteLater()
