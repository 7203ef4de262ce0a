"""Two baselines of a project's plan side by side: choose them, see lines, money and days, copy, print (CHG-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.field import Content
from desktop.domain.filing import DifferenceKind
from desktop.domain.form import Form, fields_of, lines_of, value_of
from desktop.domain.plan import BUDGET, PROCUREMENT, SCHEDULE
from desktop.services.baselines import (
    BaselineChanges,
    baseline_changes,
    print_baseline_changes,
    project_baselines,
)
from desktop.services.plans import BaselineRow
from desktop.services.printing import Printed
from desktop.ui.archive_files import show_printed
from desktop.ui.desk import Desk
from desktop.ui.pieces import button, words
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_TONES = dict(zip((kind.value for kind in DifferenceKind), ("good", "bad", "warning"), strict=True))


@dataclass(frozen=True)
class ChangeRow:
    """One line of a plan that differs, in words."""

    id: str
    kind: str
    part: str
    name: str
    before: str
    after: str
    moved: str
    note: str


def change_rows(form: Form, content: Content) -> list[ChangeRow]:
    """The lines of the four detail sheets as one list."""
    found = []
    for key, part, name in (
        ("procurement_change", PROCUREMENT.title, "name"),
        ("budget_change", BUDGET.title, "subject"),
        ("schedule_change", SCHEDULE.title, "name"),
        ("plan_change", "", "name"),
    ):
        fields = {item.key: item for item in fields_of(form.section(key))}
        for line in lines_of(content, key):
            texts = {item.key: item.text(line.get(item.key)) for item in fields.values()}
            called, _end, others = texts[name].partition("\n")
            notes = (_figures(texts), others, texts.get("note", ""))
            found.append(
                ChangeRow(
                    id=f"{key}/{line['id']}",
                    kind=texts["kind"],
                    part=part or texts["part"],
                    name=f"{called} {texts.get('month', '')}".strip(),
                    before=_side(line.get("before"), texts["before"]),
                    after=_side(line.get("after"), texts["after"]),
                    moved=_moved(line),
                    note="；".join(text for text in notes if text),
                )
            )
    return found


def _side(value: Json, text: str) -> str:
    """A value as it stands on one side; the year of a period's end only where it is another."""
    if not isinstance(value, Mapping):
        return text
    start, end = str(value["start"]), str(value["end"])
    return f"{start}～{end[5:] if end[:4] == start[:4] else end}"


def _moved(line: Mapping[str, Json]) -> str:
    """By how much: money with its sign, or days."""
    difference, days = line.get("difference"), line.get("days")
    if isinstance(difference, int):
        return f"+{money.yuan_text(difference)}" if difference > 0 else money.yuan_text(difference)
    if isinstance(days, str):
        return f"{days if days.startswith('-') else f'+{days}'} 天（{line.get('workdays')} 工作日）"
    return ""


def _figures(texts: dict[str, str]) -> str:
    shown = (("count", "数量"), ("price", "单价"))
    return "，".join(f"{label} {' '.join(texts[key].split())}" for key, label in shown if texts.get(key))


COLUMNS: tuple[Column[ChangeRow], ...] = (
    Column("变更", lambda row: row.kind, sort="kind", chip=True, tone=lambda row: _TONES[row.kind], width=2.4),
    Column("部分", lambda row: row.part, sort="part", width=3.6),
    Column("内容", lambda row: row.name, sort="name", width=6.5, stretch=True, tip=lambda row: row.name),
    Column("变更前", lambda row: row.before, align="right", width=7.2, tip=lambda row: row.before),
    Column("变更后", lambda row: row.after, align="right", width=7.2, tip=lambda row: row.after),
    Column("差额、移动", lambda row: row.moved, align="right", width=7),
    Column("其他改动", lambda row: row.note, width=4.4, tip=lambda row: row.note),
)


class BaselineView(QWidget):
    """Compares two baselines; reads once it is seen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.changes: BaselineChanges | None = None
        self._project: UUID | None = None
        self._fresh = True
        self.older, self.newer = QComboBox(), QComboBox()
        for box, name in ((self.older, "原基线"), (self.newer, "新基线")):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(round(self.fontMetrics().height() * 12))
            box.activated.connect(lambda _at: self._compare())
        self.print = button("打印对照表", self._print)
        self.table = short_table(
            *(desk, COLUMNS, self._rows, lambda row: row.id), name="基线对照", empty="这个项目还没有计划基线"
        )
        self.figures = words("", "muted")
        self.table.bar.insertWidget(0, QLabel("从"))
        self.table.bar.insertWidget(1, self.older)
        self.table.bar.insertWidget(2, QLabel("到"))
        self.table.bar.insertWidget(3, self.newer)
        self.table.bar.addWidget(self.print)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.figures)

    def show_project(self, project_id: UUID) -> None:
        """Show a project's newest baseline against the one before."""
        self._project, self._fresh = project_id, False
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fresh:
            self._read()

    def compare(self, older: int, newer: int) -> None:
        """Compare these two."""
        self.older.setCurrentIndex(self.older.findData(older))
        self.newer.setCurrentIndex(self.newer.findData(newer))
        self._compare()

    def _read(self) -> None:
        project = self._project
        if project is None:
            return
        self._fresh = True
        actor = self.desk.actor
        self.desk.read(self, lambda reading: project_baselines(reading, actor, project), self._offer, key="baselines")

    def _offer(self, rows: list[BaselineRow]) -> None:
        for box in (self.older, self.newer):
            box.clear()
            for row in rows:
                box.addItem(_told(row), row.no)
            box.setEnabled(len(rows) > 1)
        self.older.setCurrentIndex(max(0, len(rows) - 2))
        self.newer.setCurrentIndex(len(rows) - 1)
        self.print.setEnabled(len(rows) > 1)
        if rows:
            self._compare()
        else:
            self._show(None)

    def _compare(self) -> None:
        project, actor = self._project, self.desk.actor
        older, newer = self.older.currentData(), self.newer.currentData()
        if project is not None and older is not None and newer is not None:
            self.desk.read(
                *(self, lambda reading: baseline_changes(reading, actor, project, older, newer), self._show),
                key="compare",
            )

    def _show(self, changes: BaselineChanges | None) -> None:
        self.changes = changes
        alone = self.older.count() <= 1
        none = "这个项目还没有计划基线" if changes is None else "这两版基线没有差别"
        self.table.set_empty("只有一版基线，还没有可对照的" if changes and alone else none)
        self.figures.setText(_summed(changes.content) if changes else "")
        self.table.reload()

    def _rows(self) -> Sequence[ChangeRow]:
        return change_rows(self.changes.form, self.changes.content) if self.changes else ()

    def _print(self) -> None:
        project, actor, shown = self._project, self.desk.actor, self.changes
        if project is None or shown is None:
            return
        name = f"基线对照_第{shown.older.no}版_第{shown.newer.no}版.pdf"

        def show(printed: Printed) -> None:
            show_printed(self, printed, name)

        self.desk.read(
            self,
            lambda reading: print_baseline_changes(reading, actor, project, shown.older.no, shown.newer.no),
            show,
        )


def mount_baselines(desk: Desk, tabs: QTabBar, stack: QStackedWidget) -> BaselineView:
    """A tab of its own behind those that are there."""
    view = BaselineView(desk)
    tabs.addTab("基线")
    stack.addWidget(view)
    return view


def _told(row: BaselineRow) -> str:
    return "　".join(part for part in (f"第 {row.no} 版", row.effective_on.isoformat(), row.note) if part)


def _summed(content: Content) -> str:
    """The figures of both sides in one line."""
    parts = []
    for key, label in (("budget", "费用预算"), ("procurement", "采购计划")):
        old, new = value_of(content, "figures", f"{key}_before"), value_of(content, "figures", f"{key}_after")
        if isinstance(old, int) and isinstance(new, int):
            sign = "+" if new > old else ""
            change = f"（{sign}{money.yuan_text(new - old)}）" if new != old else "（不变）"
            parts.append(f"{label} {money.yuan_text(old)} → {money.yuan_text(new)} 元{change}")
    moved = value_of(content, "figures", "moved")
    if isinstance(moved, str):
        parts.append(f"最后里程碑{moved}")
    return "；".join(parts)
