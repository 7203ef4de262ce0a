"""The tour: the real window does the main job on an example office and leaves pictures and prints of all it passed.

On one day each run leaves the same prints and the same words, on every machine: that is how a packaged program is
compared with its source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from desktop.sample import make_sample
from desktop.services.resources import RESOURCES
from desktop.tour.founding import found_an_office
from desktop.tour.guide import Guide, desk_of, open_window
from desktop.tour.looking import look_around, look_at_filings, print_every_form, see_the_project, see_the_versions
from desktop.tour.sameness import SEED, Moment, same_home, same_keys
from desktop.tour.signing import file_a_pause, find_project, sign_on_paper, sign_on_screen
from desktop.tour.whole_life import see_whole_lives
from desktop.ui.application import Application
from desktop.ui.running import make_application

PROJECTS = 66
_LEFT_BEHIND = ("[0-9][0-9]-*.png", "[0-9][0-9]-*.txt", "*.pdf", "data/*/*.epm", "data/*/home/*.*")


def run_tour(folder: Path, tell: Callable[[str], None] = lambda _line: None) -> list[Path]:
    """Drive the real window through the main job; leaves pictures, their words and prints in ``folder``.

    Beside each picture (PNG) lies a text file of the same name with all that the window says (`desktop.tour.words`),
    one text a line in UTF-8; paths in ``folder`` are told as ``tour/…`` and those of the program's own files as
    ``resources/…``. Returns the files in the order they were made. The example offices stay in ``folder/data``.

    Raises:
        Lost: something that should have happened on the screen did not.
        Refusal: the folder cannot be written or holds the data of an earlier tour that is in use.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    app = make_application()
    app.setCursorFlashTime(0)  # a cursor that blinks is in one picture and not in the next
    moment = Moment(dt.datetime.now().astimezone().date())
    guide = Guide(folder, moment, tell, {RESOURCES: "resources", folder: "tour"})
    try:
        with same_keys(moment.now().date(), SEED):
            found_an_office(guide, folder / "data" / "new")
            _work_in_an_office(guide, folder / "data" / "example")
    finally:
        app.closeAllWindows()
    return guide.files


def _clear(folder: Path) -> None:
    """Remove what an earlier tour left, and nothing else."""
    for pattern in _LEFT_BEHIND:
        for path in folder.glob(pattern):
            path.unlink()


def _work_in_an_office(guide: Guide, place: Path) -> None:
    """A working day: a pause is filed, signed on screen and on paper, and the project's state follows."""
    home = same_home(place / "home")
    target = place / "示例办公室.epm"
    make_sample(target, home, projects=PROJECTS, seed=SEED, clock=guide.moment.now)
    application = Application(home, clock=guide.moment.now)
    application.begin(str(target))
    window = open_window(guide, application)
    desk = desk_of(application)
    clerk = desk.actor
    guide.picture(window, "工作台")
    project = find_project(guide, application, window)
    filing = file_a_pause(guide, application, window, project)
    sign_on_screen(guide, application, window, filing)
    sign_on_paper(guide, application, window, filing, clerk)
    see_the_project(guide, application, window, project)
    look_at_filings(guide, application, window)
    see_whole_lives(guide, application, window)
    look_around(guide, application, window)
    see_the_versions(guide, application, window)
    print_every_form(guide, desk)
    _lock(guide, application, clerk)
    application.close()


def _lock(guide: Guide, application: Application, clerk: UUID) -> None:
    if application.lock is not None:
        application.lock.lock()
        guide.wait(application)
        if application.lock.cover is not None:
            guide.picture(application.lock.cover, "锁定")
            application.lock.cover.opened.emit(clerk)
