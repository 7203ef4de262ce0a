"""A project file is looked at line by line before anything of it is taken into a draft."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.ledger import PersonRef
from desktop.domain.plan import SCHEDULE, Line
from desktop.domain.schedule.project_file import ProjectFile
from desktop.domain.schedule.project_lines import Fate, Taken, TakenLine
from desktop.services.schedule_files import compare_schedule_file
from desktop.ui.colours import TONES

_TONES = {Fate.NEW: "good", Fate.CHANGED: "info", Fate.SAME: "neutral", Fate.MISSING: "warning"}
_MOST_TOLD = 6
_BLANK = "（空）"


class ProjectCheck(QDialog):
    """Shows what a file makes of a draft's lines; ``accepted`` says that it may."""

    judged = Signal()

    def __init__(
        self, file: ProjectFile, lines: Sequence[Line], people: Sequence[PersonRef], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"导入进度计划：{file.name}")
        self.resize(1160, 600)
        self._file, self._before, self._people = file, lines, people
        self.taken = compare_schedule_file(file, lines, people)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setProperty("role", "problem")
        self.only_changes = QCheckBox("只看有变化或有提示的")
        self.drop_missing = QCheckBox()
        self.rows = _table()
        self.rows.currentItemChanged.connect(self._tell_whole)
        self.whole = QLabel()
        self.whole.setWordWrap(True)
        self.whole.setProperty("role", "muted")
        self._buttons = QDialogButtonBox()
        self.take = self._buttons.addButton("导入到表中", QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setProperty("role", "primary")
        self._buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self.verdict, self.told, self.only_changes):
            layout.addWidget(part)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.whole)
        layout.addWidget(self.drop_missing)
        layout.addWidget(self._buttons)
        self.only_changes.setChecked(self.taken.count(Fate.SAME) > 0)
        self.only_changes.toggled.connect(self._fill)
        self.drop_missing.toggled.connect(self._choose)
        self._show(self.taken)

    def _choose(self, dropped: bool) -> None:
        self._show(compare_schedule_file(self._file, self._before, self._people, without_missing=dropped))

    def _show(self, taken: Taken) -> None:
        self.taken = taken
        counts = "，".join(f"{fate.value} {count} 项" for fate in Fate if (count := taken.count(fate)))
        missing = taken.count(Fate.MISSING)
        self.verdict.setText(f"文件中有 {len(self._file.tasks)} 项任务：{counts}。导入后可以撤销（Ctrl+Z）。")
        self.told.setText("\n".join((*taken.told[:_MOST_TOLD], *(["……"] if len(taken.told) > _MOST_TOLD else []))))
        self.told.setVisible(bool(taken.told))
        self.drop_missing.setText(f"同时删除文件中没有的 {missing} 项任务")
        self.drop_missing.setVisible(missing > 0)
        self.take.setEnabled(bool(taken.count(Fate.NEW) + taken.count(Fate.CHANGED)) or self.drop_missing.isChecked())
        self._fill()

    def _fill(self) -> None:
        self.rows.clear()
        shown = [
            _item(row, dropped=self.drop_missing.isChecked())
            for row in self.taken.rows
            if row.fate is not Fate.SAME or row.notes or not self.only_changes.isChecked()
        ]
        self.rows.addTopLevelItems(shown)
        self.judged.emit()

    def _tell_whole(self, item: QTreeWidgetItem | None) -> None:
        """What the chosen line's cells have no room for."""
        texts = [item.toolTip(column).rstrip("。") for column in (3, 4)] if item is not None else []
        self.whole.setText("\n".join(text for text in texts if text))
        self.whole.setVisible(bool(self.whole.text()))


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setHeaderLabels(["结果", "任务", "起止日期", "改动", "提示"])
    widths = (92, 230, 190, 320)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    table.header().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
    return table


def _item(row: TakenLine, *, dropped: bool) -> QTreeWidgetItem:
    fate = "删除" if dropped and row.fate is Fate.MISSING else row.fate.value
    changes = "；".join(
        f"{one.label}：{one.before or _BLANK} → {one.after or _BLANK}".replace("\n", " ") for one in row.differences
    )
    notes = "；".join(row.notes)
    days = next(item for item in SCHEDULE.columns if item.key == "period").text(row.line.get("period"))
    item = QTreeWidgetItem([fate, str(row.line.get("name") or ""), days, changes, notes])
    item.setForeground(0, QColor(TONES[_TONES[row.fate]].ink))
    if notes:
        item.setForeground(4, QColor(TONES["warning"].ink))
    for column, text in ((1, str(row.line.get("name") or "")), (3, changes), (4, notes)):
        item.setToolTip(column, text)
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignCenter)
    return item
