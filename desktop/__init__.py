"""epm-desk (工程项目管理台): project offices carry out their paper policy on a desktop."""

from time import perf_counter

STARTED = perf_counter()
"""When Python began with this program, on ``perf_counter``'s clock."""

__version__ = "0.5.0"

TITLE = "工程项目管理台"
"""What people call the program: in titles of windows, in the start menu, on the installer."""
NAME = "epm-desk"
"""What machines call it: the command, the desktop entry, folders."""
