"""The offices that were opened before, for whoever goes back to one without looking for it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.domain.server_place import is_server, server_place, without_password
from desktop.ui.pieces import button, words

_MOST = 3
_WIDTH = 12
"""How many lines of text a name may be wide."""


class RecentRow(QWidget):
    """A line of names; ``wanted`` brings the place of the one that was chosen."""

    wanted = Signal(str)

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(2, 4, 0, 0)
        line.setSpacing(8)
        line.addWidget(words("最近打开", "muted"))
        self.buttons = [self._button(place, name) for place, name in names_of(places[:_MOST]).items()]
        for one in self.buttons:
            line.addWidget(one)
        line.addStretch(1)

    def _button(self, place: str, name: str) -> QPushButton:
        made = button("", lambda: self.wanted.emit(place))
        made.setAccessibleName(f"打开 {name}")
        made.setToolTip(without_password(place))
        room = made.fontMetrics().height() * _WIDTH
        made.setText(made.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&"))
        return made


def names_of(places: Sequence[str]) -> dict[str, str]:
    """What each place is called in a few words: a file's name, or host and database, with more where two are alike."""
    names = {place: _name(place) for place in places}
    alike = Counter(names.values())
    return {place: name if alike[name] == 1 else _with_more(place) for place, name in names.items()}


def _name(place: str) -> str:
    found = server_place(place) if is_server(place) else None
    return found.shown if found is not None else _path(place).name


def _with_more(place: str) -> str:
    """What tells it from another of the same name: the folder, or the login."""
    found = server_place(place) if is_server(place) else None
    if found is not None:
        return f"{found.login}@{found.shown}"
    path = _path(place)
    return f"{path.name}（{path.parent.name or path.parent}）"


def _path(place: str) -> PurePath:
    """A path of whichever system: a stick may have been to both."""
    return PureWindowsPath(place) if "\\" in place else PurePosixPath(place)
