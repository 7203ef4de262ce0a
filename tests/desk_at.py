"""Opens an office in a bad place, tries what a person would, and prints what was said, as JSON.

``python -m tests.desk_at HOME DATA [PICTURE]``
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.errors import Refusal
from desktop.services.home import Home
from desktop.services.people import add_person
from desktop.store.drafts import Draft
from desktop.store.ids import new_id
from desktop.ui.application import Application
from desktop.ui.pieces import Elided
from desktop.ui.running import make_application
from tests.ui.offices import Clock


def main(home: Path, data: str, picture: str = "") -> None:
    app = make_application()
    application = Application(Home(home), clock=Clock())
    application.begin(data)
    wait(app, lambda: (application.window or application.start) is not None and application.operations.idle)
    said = {"notice": "", "saving": "", "draft": "", "start": "", "left": ""}
    if application.start is not None:
        labels: list[QLabel] = list(application.start.findChildren(QLabel))
        said["start"] = " ".join(label.text() for label in labels if label.isVisible())
    if application.window is not None and application.desk is not None:
        desk = application.desk
        notices: list[Elided] = list(application.window.statusBar().findChildren(Elided))
        said["notice"] = notices[0].toolTip()
        said["saving"] = told(lambda: desk.office.run(desk.actor, partial(add_person, name="𠮷镕堃")))
        draft = Draft(new_id(), desk.office.id, desk.actor, "handover", "project", "", "稿" * 500_000, Clock()())
        said["draft"] = told(lambda: application.home.drafts.save(draft))
    application.home.remember(locked=True)
    said["left"] = " ".join(sorted(file.name for file in home.iterdir()))
    if picture:
        shown = application.window or application.start
        assert shown is not None
        shown.grab().save(picture)
    json.dump(said, sys.stdout, ensure_ascii=False)
    application.close()


def told(work: Callable[[], object]) -> str:
    try:
        work()
    except Refusal as refusal:
        return str(refusal)
    return ""


def wait(app: QApplication, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not ready() and time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)
    app.processEvents()


if __name__ == "__main__":
    logging.disable()
    main(Path(sys.argv[1]), *sys.argv[2:])
