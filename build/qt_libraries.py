"""The system libraries that Qt's wheels expect of a Linux, found by loading them as Qt will."""

import ctypes
import platform

from environment import SetupFailure, has_apt, install_system_packages

# library -> Debian package; enough to draw without a screen
OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
# what windows on a screen need besides
SCREEN = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(*, screen: bool) -> dict[str, str]:
    """Return those of the libraries that this system cannot load, with their Debian packages."""
    wanted = {**OFFSCREEN, **SCREEN} if screen else OFFSCREEN
    return {library: package for library, package in wanted.items() if not _loads(library)}


def ensure_libraries(*, screen: bool) -> None:
    """Install what Qt misses (as root on a Debian), or raise SetupFailure with the names.

    Only Linux needs this: elsewhere the wheels bring everything.
    """
    if platform.system() != "Linux":
        return
    missing = missing_libraries(screen=screen)
    if not missing:
        return
    reason = f"系统缺少图形界面所需的库：{'、'.join(missing)}。"
    if not has_apt():
        message = f"{reason}\n请用本系统的软件包工具装上它们，然后再试一次。"
        raise SetupFailure(message)
    install_system_packages(sorted(missing.values()), reason)
    still = missing_libraries(screen=screen)
    if still:
        message = f"装完软件包后仍缺少：{'、'.join(still)}。请检查系统后再试一次。"
        raise SetupFailure(message)
