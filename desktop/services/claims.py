"""What one copy of the program holds for itself, so that no second copy opens it: by what name it goes."""

from __future__ import annotations

import os
from pathlib import Path

from desktop.services.home import Home


def data_claim(target: str, home: Home) -> str:
    """An office's data under one name, however it was spelt; on a server one seat (home) is a copy of its own.

    May have to wait for a network drive.

    Raises:
        Refusal: the target is of no known kind.
    """
    if "://" not in target:
        return _name(Path(target).absolute())
    from desktop.services.opening import address
    from desktop.store.engine import open_database

    database = open_database(target)
    try:
        if database.file is None:
            return f"{address(database)} {_name(home.folder)}"
        return _name(database.file)
    finally:
        database.close()


def start_claim(home: Home) -> str:
    """The start pages, where no office is open yet: one per home."""
    return f"start {_name(home.folder)}"


def _name(path: os.PathLike[str]) -> str:
    """One name for a path: links followed, drive letters and short names resolved, upper and lower case alike there."""
    return os.path.normcase(os.path.realpath(path))
