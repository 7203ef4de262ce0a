"""Two people on one record: both values beside each other, field by field, and the choice between them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.conflicts import Conflict, Difference, Stale
from desktop.ui.colours import HEAD, LINE, MUTED, TONES
from desktop.ui.pieces import button, heading, named, row, take_size, words

_HEADS = ("", "您打开时", "对方的", "我的", "保存哪一个")
_BOTH, _WIDTHS = 2, (4, 7, 8, 8, 9)
_CHOSEN = f"background: {TONES['info'].fill}; color: {TONES['info'].ink}; border-radius: 4px; padding: 4px 6px;"
_PLAIN = "padding: 4px 6px;"
_SET_ASIDE = f"{_PLAIN} color: {MUTED};"


class ConflictTable(QWidget):
    """A row for each field that somebody changed; ``decided`` follows each choice. Without ``choose`` only to look."""

    decided = Signal()

    def __init__(self, conflict: Conflict, *, choose: bool = True) -> None:
        super().__init__()
        self._conflict = conflict
        self._groups: dict[str, QButtonGroup] = {}
        self._cells: dict[str, tuple[QLabel, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        unit = self.fontMetrics().height()
        mine = any(item.by_me for item in conflict.differences)
        self._columns = [place for place in range(len(_HEADS)) if mine or place < 3]  # noqa: PLR2004 - 我的 and on
        for place in self._columns:
            label = QLabel(_HEADS[place])
            label.setStyleSheet(f"background: {HEAD}; color: {MUTED}; font-weight: 600; padding: 4px 6px;")
            self._grid.addWidget(label, 0, place)
            self._grid.setColumnMinimumWidth(place, _WIDTHS[place] * unit)
            self._grid.setColumnStretch(place, _WIDTHS[place] if place else 0)
        for number, item in enumerate(conflict.differences):
            self._add(item, 2 * number + 1, choose=choose)
        self._grid.setRowStretch(2 * len(conflict.differences) + 1, 1)

    @property
    def theirs(self) -> frozenset[str] | None:
        """The clashing fields in which theirs is to stay; None while one is undecided."""
        chosen = {key: group.checkedId() for key, group in self._groups.items()}
        if any(side < 0 for side in chosen.values()):
            return None
        return frozenset(key for key, side in chosen.items() if side == 0)

    def choose(self, key: str, *, mine: bool) -> None:
        """Decide on a field."""
        self._groups[key].button(1 if mine else 0).setChecked(True)

    def choose_all(self, *, mine: bool) -> None:
        """Decide on all of them alike."""
        for key in self._groups:
            self.choose(key, mine=mine)

    def _add(self, item: Difference, place: int, *, choose: bool) -> None:
        before, theirs, mine = words(item.before), words(item.theirs), words(item.mine)
        before.setStyleSheet(_SET_ASIDE)
        label = words(item.label)
        label.setStyleSheet(_PLAIN + "font-weight: 600;")
        self._cells[item.key] = theirs, mine
        cells = [label, before, theirs, mine, self._choice(item, choose=choose)]
        for column in self._columns:
            self._grid.addWidget(cells[column], place, column, Qt.AlignmentFlag.AlignVCenter)
        line = QWidget()
        line.setFixedHeight(1)
        line.setStyleSheet(f"background: {LINE};")
        self._grid.addWidget(line, place + 1, 0, 1, len(self._columns))
        self._mark(item.key, None if item.clash else int(item.by_me))

    def _choice(self, item: Difference, *, choose: bool) -> QWidget:
        if not item.clash or not choose:
            told = "两边都改了" if item.clash else "只有您改了，保存您的" if item.by_me else "只有对方改了，保留对方的"
            label = words(told, "muted")
            label.setStyleSheet(_PLAIN)
            return label
        group = QButtonGroup(self)
        made = QWidget()
        line = row()
        for side, text in enumerate(("用对方的", "用我的")):
            part = named(QPushButton(text), f"{item.label}：{text}")
            part.setAutoDefault(False)
            part.setCheckable(True)
            part.setProperty("role", "segment")
            group.addButton(part, side)
            line.addWidget(part)
        line.addStretch(1)
        made.setLayout(line)
        self._groups[item.key] = group
        group.idToggled.connect(lambda side, down: self._decide(item.key, side) if down else None)
        return made

    def _decide(self, key: str, side: int) -> None:
        self._mark(key, side)
        self.decided.emit()

    def _mark(self, key: str, side: int | None) -> None:
        for place, cell in enumerate(self._cells[key]):
            cell.setStyleSheet(_PLAIN if side is None else _CHOSEN if side == place else _SET_ASIDE)


class ConflictDialog(QDialog):
    """Both sides of a save that came too late. ``settled`` brings the fields in which theirs is to stay.

    Where nothing was to be written but something to be done (``deed``: 结束), it shows what they changed and asks
    whether it is to be done all the same.
    """

    settled = Signal(object)

    def __init__(self, stale: Stale, conflict: Conflict, parent: QWidget | None = None, *, deed: str = "保存") -> None:
        super().__init__(parent)
        self.setObjectName("conflict")
        self.setWindowTitle("两个人改了同一条记录")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._conflict = conflict
        self.table = ConflictTable(conflict)
        self.table.decided.connect(self._judge)
        asks = not any(item.by_me for item in conflict.differences)
        self.save = button(f"仍然{deed}" if asks else "保存", self._settle, primary=True)
        self._missing = words(role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        what = heading(stale.what, 1.15)
        what.setWordWrap(True)
        layout.addWidget(what)
        layout.addWidget(words(self._advice(deed, asks=asks), "muted"))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.table)
        layout.addWidget(area, 1)
        line = row()
        if len(conflict.clashes) >= _BOTH:
            line.addWidget(button("全部用对方的", lambda: self.table.choose_all(mine=False)))
            line.addWidget(button("全部用我的", lambda: self.table.choose_all(mine=True)))
        line.addWidget(self._missing, 1)
        line.addWidget(button("取消" if asks else "返回修改", self.reject))
        line.addWidget(self.save)
        layout.addLayout(line)
        unit = self.fontMetrics().height()
        take_size(self, 560 if asks else 920, round((10 + 2.8 * min(10, len(conflict.differences))) * unit))
        self._judge()

    def _advice(self, deed: str, *, asks: bool) -> str:
        if asks:
            return f"还没有{deed}。请看过对方的改动，再决定是否仍然{deed}。"
        if self._conflict.clashes:
            return "您填写的内容仍在，谁的都没有被覆盖。两边都改了的，请逐项决定保存哪一个；只有一边改的会一起保存。"
        return "您填写的内容仍在，谁的都没有被覆盖。两边改的不是同一处，可以一起保存。"

    def _judge(self) -> None:
        ready = self.table.theirs is not None
        self.save.setEnabled(ready)
        self._missing.setText("" if ready else "还有没决定的项目。")

    def _settle(self) -> None:
        theirs = self.table.theirs
        if theirs is not None:
            self.settled.emit(theirs)
            self.accept()
