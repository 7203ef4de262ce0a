"""What keeps the last errors: light, since it stands beside the log from the first moment.

What an error is made into is loaded with the first one (`desktop.services.diagnosis_errors`).
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.store.writable import write_whole

if TYPE_CHECKING:
    from desktop.services.diagnosis_errors import Incident

FILE = "errors.json"


class ErrorKeeper(logging.Handler):
    """Keeps the last errors in a small file of the log's folder; where that cannot be written, in memory alone.

    The same error over and over is one entry with a count, written at the first time and then ever more rarely.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self.file = folder / FILE
        self.incidents: list[Incident] = []
        self._counts: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error of an entry."""
        try:
            from desktop.services.diagnosis_errors import incident_of

            self._keep(incident_of(record))
        except Exception:  # noqa: BLE001 – as every handler: what it fails at must not fail the work
            self.handleError(record)

    def _keep(self, incident: Incident) -> None:
        import json

        from desktop.services.diagnosis_errors import joined, read_errors

        key = incident.signature
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count & (count - 1):
            self.incidents = joined(self.incidents, incident)
            return
        missed = count // 2 or 1  # since it was last written
        self.incidents = joined(self.incidents, incident)
        kept = joined(read_errors(self.file), replace(incident, count=missed))
        text = json.dumps({"errors": [asdict(item) for item in kept]}, ensure_ascii=False)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.file, text)
        except OSError:
            return  # full, read-only, gone: those in memory still reach a report that is made now


def recent_errors(folder: Path) -> list[Incident]:
    """The last errors of this installation, newest first, with those that could not be written."""
    from desktop.services.diagnosis_errors import KEPT, read_errors

    kept = {item.signature: item for item in read_errors(folder / FILE)}
    for handler in logging.getLogger().handlers:
        if isinstance(handler, ErrorKeeper):
            for item in handler.incidents:
                written = kept.get(item.signature)
                kept[item.signature] = item if written is None or item.count > written.count else written
    return sorted(kept.values(), key=lambda item: item.last, reverse=True)[:KEPT]
