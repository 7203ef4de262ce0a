"""Python's cyclic garbage is collected in the thread of the screen alone.

A widget that is part of a cycle may else be freed by whichever thread happens to trigger a collection, and Qt ends the
process when a widget dies outside the thread it lives in.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer

_INTERVAL_MS = 500


class Collector(QObject):
    """Collects by Python's own thresholds, from a timer; lives as long as the application."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self.setObjectName("collector")
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation whose threshold is passed, if any."""
        thresholds = gc.get_threshold()
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > thresholds[generation]:
                gc.collect(generation)
                return


def collect_here() -> None:
    """From now on collect in this thread, that of the screen; more than one call changes nothing."""
    application = QCoreApplication.instance()
    if application is not None and application.findChild(Collector, "collector") is None:
        Collector(application)


def spare_what_stays() -> None:
    """What a start has made stays to the end: no collection looks at it any more, which would hold up the screen."""
    gc.freeze()
