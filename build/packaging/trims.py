"""What stays out of the packages, and why: the one list, read by the spec.

Patterns are of ``fnmatch``, on the place inside the program's library folder with ``/`` between its parts.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

MODULES = (
    # never imported by the program; analysis finds them behind optional imports of libraries
    "IPython", "PIL.ImageTk", "PIL.ImageQt", "PySide6.QtNetworkAuth", "_pytest", "doctest", "lib2to3", "numpy",
    "pandas", "pdb", "pkg_resources", "pydoc", "pytest", "setuptools", "tkinter", "unittest", "xmlrpc", "lxml",
    # drivers and dialects of databases that the program does not speak to
    "MySQLdb", "aiosqlite", "asyncpg", "cx_Oracle", "mysql", "oracledb", "pg8000", "psycopg2", "pymssql", "pymysql",
    "pyodbc", "pysqlcipher3", "sqlcipher3",
    # not used, and PyInstaller would prepare them at every start
    "distutils", "multiprocessing", "pygments",
    # line editing at a prompt, by a library under the GPL
    "readline",
    # the program runs no event loop of Python's own, and no greenlets
    "greenlet",
)  # fmt: skip

FILES = {
    "PySide6/translations/*": "only Qt's own words in Chinese are shown (kept: qtbase_zh_CN.qm)",
    "PySide6/plugins/generic/*": "touch screens and tablets without a window system",
    "PySide6/plugins/networkinformation/*": "the program asks nothing of any network",
    "PySide6/plugins/tls/*": "Qt carries no connection; PostgreSQL's is libpq's own",
    "PySide6/plugins/imageformats/*": "pictures are PNG and JPEG, icons ICO and SVG (kept)",
    "PySide6/plugins/platforms/*direct2d*": "one way to draw on Windows suffices (kept: qwindows, qoffscreen)",
    "PySide6/plugins/platforms/*minimal*": "for tests of Qt itself",
    "PySide6/plugins/platforms/*vnc*": "serves a screen over the network",
    "PySide6/plugins/platforms/*eglfs*": "Linux devices without a window system",
    "PySide6/plugins/platforms/*linuxfb*": "the same",
    "PySide6/plugins/platforms/*vkkhrdisplay*": "the same",
    "PySide6/plugins/egldeviceintegrations/*": "the same",
    "PySide6/plugins/platforminputcontexts/*virtualkeyboard*": "brings Qt Quick along; Windows has its own",
    "PySide6/plugins/platformthemes/*gtk3*": "would bring GTK; the program has a look of its own",
    "PySide6/plugins/styles/*": "the program is drawn in Fusion everywhere",
    "PySide6/plugins/xcbglintegrations/*": "OpenGL in windows, which would look for the system's graphics driver",
    "PySide6/plugins/wayland-*": "windows under Wayland come through XWayland",
    "PySide6/plugins/platforms/*wayland*": "the same",
    "*Qt6Wayland*": "the same",
    "*Qt6Pdf*": "PDFs are shown by pypdfium2",
    "*Qt6Quick*": "Qt Quick is not used",
    "*Qt6Qml*": "the same",
    "*Qt6VirtualKeyboard*": "the same",
    "*Qt6OpenGL*": "the same: widgets are drawn by the processor",
    "*Qt6Egl*": "Linux devices without a window system",
    "*opengl32sw.dll": "20 MB of software OpenGL for Qt Quick",
    "*d3dcompiler_*.dll": "shaders for Qt Quick",
    "reportlab/fonts/*": "sample fonts, one of them under the GPL; forms are set in resources/fonts",
    "PIL/_avif*": "pictures in AVIF",
    "PIL/_webp*": "pictures in WebP",
    "PIL/_imagingcms*": "colour management",
    "PIL/_imagingtk*": "Tk",
    "PIL/_imagingmath*": "not used",
    "*libavif*": "pictures in AVIF",
    "*libwebp*": "pictures in WebP",
    "*liblcms2*": "colour management",
    "resources/manual/*.png": "pictures for whoever reads the README; the program shows none of them",
    "tcl*": "Tk",
    "tk*": "Tk",
}
"""Patterns with the reason for leaving out what they name."""

KEPT = (
    "PySide6/translations/qtbase_zh_CN.qm",
    *(f"PySide6/plugins/imageformats/*q{kind}.*" for kind in ("ico", "jpeg", "svg")),
)
"""What stays although a pattern above names it."""


def is_trimmed(place: str) -> bool:
    """Whether a file stays out of the package."""
    name = place.replace("\\", "/").replace("PySide6/Qt/", "PySide6/")
    if any(fnmatchcase(name, pattern) for pattern in KEPT):
        return False
    return any(fnmatchcase(name, pattern) for pattern in FILES)
