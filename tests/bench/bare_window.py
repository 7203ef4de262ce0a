"""The least that a PySide6 program can be: one window with an empty table; what our own start is measured against.

``bare_window.py FILE`` shows the window, waits until it has painted itself and answered an event posted to it, writes
that moment into ``FILE`` (seconds since 1970) and ends. It is packaged just as the program is.
"""

import sys
import time

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QTableView

ANSWER = QEvent.Type(QEvent.registerEventType())


class Bare(QTableView):
    """Posts an event to itself when it has painted for the first time, and ends when that arrives."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file
        self._asked = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._asked:
            self._asked = True
            QCoreApplication.postEvent(self, QEvent(ANSWER))

    def event(self, event: QEvent) -> bool:
        if event.type() == ANSWER:
            moment = time.time()
            with open(self._file, "w", encoding="utf-8") as stream:  # noqa: PTH123 - nothing more than it needs
                stream.write(f"{moment:.3f}\n")
            QCoreApplication.quit()
        return super().event(event)


def main() -> int:
    app = QApplication(sys.argv[:1])
    window = Bare(sys.argv[1])
    window.resize(1366, 820)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
