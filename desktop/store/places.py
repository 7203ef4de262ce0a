"""Where a user's data lies, and whether a cloud drive would get in its way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

from desktop import NAME
from desktop.domain.errors import Refusal
from desktop.store.shares import share_warning
from desktop.store.writable import reason

PORTABLE = "portable.txt"
"""The file beside the program that makes it keep its data there, too (on a stick)."""

# beginnings of folder names, lower case, as these programs make them
_DRIVES = (
    ("OneDrive", ("onedrive",)),
    ("百度网盘", ("百度网盘", "baidusyncdisk", "baidunetdisk", "baiduyun")),
    ("坚果云", ("坚果云", "我的坚果云", "nutstore")),
    ("Dropbox", ("dropbox",)),
    ("iCloud", ("icloud", "com~apple~clouddocs", "mobile documents")),
    ("腾讯微云", ("腾讯微云", "微云", "weiyun")),
    ("WPS云盘", ("wps云盘", "wps 云盘", "wpsdrive", "wps cloud")),
    ("Google Drive", ("google drive", "googledrive", "我的云端硬盘", "drivefs")),
)
_VARIABLES = (
    ("OneDrive", ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")),
    ("坚果云", ("NUTSTORE_HOME",)),
    ("Dropbox", ("DROPBOX_HOME",)),
)


def portable_folder(program: Path) -> Path | None:
    """Where a program that is carried about keeps its data: beside itself; None where it is not marked as such."""
    return program / "data" if (program / PORTABLE).is_file() else None


def data_folder(override: Path | None = None, *, todo: str) -> Path:
    """The folder of this user's data, made if it is missing; ``override`` takes its place.

    Raises:
        Refusal: it cannot be made; ``todo`` says what to do then.
    """
    folder = (override or _own_folder()).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"不能建立程序的数据文件夹“{folder}”：{reason(error)}。",
            kept="没有改动任何数据。",
            todo=todo,
            details=str(error),
        ) from error
    return folder


def _own_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path(NAME, appauthor=False)


def place_warning(place: Path, environment: Mapping[str, str]) -> str:
    """What to tell a user about the place of a data file: a folder kept in step, a share; empty if all is well."""
    return "　".join(part for part in (sync_warning(place, environment), share_warning(place)) if part)


def sync_warning(place: Path, environment: Mapping[str, str]) -> str:
    """What to tell a user whose data lies in a folder that a cloud drive keeps in step; empty if it does not.

    ``environment`` is the process's (``os.environ``); such drives copy a data file while it is being written.
    """
    drive = _drive_of(place, environment) or _drive_of(place.resolve(), environment)
    if not drive:
        return ""
    return (
        f"“{place}”在“{drive}”的同步文件夹中。同步程序会在保存时复制或替换数据文件，可能造成数据损坏或出现两份。"
        "请把数据文件放到不同步的文件夹；需要异地携带时，请用程序的备份或数据包。"
    )


def _drive_of(place: PurePath, environment: Mapping[str, str]) -> str:
    for drive, names in _VARIABLES:
        for name in names:
            root = environment.get(name, "")
            if root and place.is_relative_to(root):
                return drive
    for part in place.parts:
        for drive, beginnings in _DRIVES:
            if part.lower().startswith(beginnings):
                return drive
    return ""
