"""What is loaded when, so that the window stands at once and the first click does not wait.

1. *At first sight*: what `desktop.ui.running` imports at its top. That is Qt, the window's frame and the start
   page's, and nothing that speaks SQL, Excel or PDF. Modules of this part know an office's services by their types
   alone (``if TYPE_CHECKING``) and import them inside the functions that work behind the screen. Of Qt itself it does
   without the namespace ``Qt`` and without ``QStyle``: Python makes an enum of each of their two hundred lists when
   the name is first used, which takes as long as all of this part's own modules.
2. *With the office*: ``OFFICE``, loaded in the background while the office's data is being opened.
3. *The rest*: ``REST``, loaded in the background, one after the other, whenever nothing else is under way. Whoever
   is faster loads what they need themselves.

Python runs one thread at a time. Who runs must offer the others their turn every ``TURN_SECONDS``, so that the screen
never waits longer than for the longest piece that cannot be interrupted (pypinyin's dictionary, some 40 ms).

An import inside a function therefore stands only where the way leads from one part into the next, never to dodge a
cycle; pyproject.toml lists these files, and tests/ui/test_loading.py holds what the first two parts must not load.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from desktop.ui.garbage import spare_what_stays
from desktop.ui.operations import Operations

OFFICE = (
    "desktop.ui.error_dialog",
    "desktop.ui.furnishing",
    "desktop.ui.pages.workbench",
    "desktop.services.diagnosis_crash",
)
REST = (
    "desktop.services.opening",
    "desktop.ui.start_pages",
    *OFFICE,
    "desktop.ui.pages.projects",
    "desktop.ui.pages.approvals",
    "desktop.ui.pages.changes",
    "desktop.ui.pages.weekly",
    "desktop.ui.pages.draft",
    "desktop.ui.pages.control",
    "pypinyin",
    "desktop.ui.pages.settings",
    "desktop.ui.import_dialog",
    "desktop.services.ledger_export",
    "desktop.ui.about",
)
"""In the order in which people are likely to want it."""
TURN_SECONDS = 0.001
_PAUSE_MS = 50
_MS_TO_STOP = 10_000

log = logging.getLogger(__name__)


def load_office() -> None:
    """Load what an open office's window needs; to be called in the background."""
    for name in OFFICE:
        import_module(name)


class Rest(QObject):
    """Loads the rest in the background, module by module, each only while nothing else is under way.

    ``broken`` brings the error where a part of the program is missing or damaged.
    """

    broken = Signal(object)

    def __init__(self, operations: Operations, names: Sequence[str] = REST) -> None:
        super().__init__(operations)
        self._operations = operations
        self._names: Iterator[str] = iter(names)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        """Begin once the window stands."""
        self._timer.start()

    def stop(self) -> bool:
        """Load no more, and wait for what is being loaded; whether that came to its end."""
        self._timer.stop()
        return self._pool.waitForDone(_MS_TO_STOP)

    def _go_on(self) -> None:
        if not self._operations.idle or self._pool.activeThreadCount():
            return
        name = next((name for name in self._names if name not in sys.modules), None)
        if name is None:
            self._timer.stop()
            spare_what_stays()
            log.info("all is loaded")
        else:
            self._pool.start(lambda: self._load(name))

    def _load(self, name: str) -> None:
        try:
            import_module(name)
        except (ImportError, OSError) as error:
            log.exception("%s cannot be loaded", name)
            self.broken.emit(error)
