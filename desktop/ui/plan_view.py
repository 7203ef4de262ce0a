"""A project's plan by register, as it is in force or as it was under an earlier baseline: to read, copy and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.crosswise import crosswise
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField, PeriodField, TextField
from desktop.domain.form import LineTable, lines_of
from desktop.domain.plan import REGISTERS, SCHEDULE, total
from desktop.services.plan_page import PlanPage, open_plan
from desktop.services.printing import Printed, print_register
from desktop.ui.archive_files import show_printed
from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save
from desktop.ui.gantt.project_gantt import ProjectGantt
from desktop.ui.pieces import Elided, Segments, button, row, words
from desktop.ui.schedule_files import PROJECT_FILES, export_baseline
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Align, Column
from desktop.ui.tables import Table

Line = Mapping[str, Any]
Sums = tuple[str, ...]
_FIGURES = frozenset({"money", "quantity", "percent"})
_CENTRED = frozenset({"date", "month", "week", "period"})
_WIDTH, _WORDS = 5.6, 4.6
_SEARCH = 9
_HEIGHT = 20
"""Of the whole, in units of the font's height: a handful of lines is to be seen."""
_EMPTY = "没有内容"
_NONE = "还没有计划基线；立项批准后，这里按各项计划列出现行基线。"


class PlanView(QWidget):
    """Shows the plan of one project."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: PlanPage | None = None
        self._wanted: UUID | None = None
        self.versions = QComboBox()
        self.versions.setAccessibleName("基线")
        self.versions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.versions.activated.connect(self._choose)
        self.told = Elided()
        self.told.setProperty("role", "muted")
        self._searches = QStackedWidget()
        self._searches.setFixedWidth(round(self.fontMetrics().height() * _SEARCH))
        self.print = button("打印本页", self._print)
        self.export = button("导出 Project…", self._export)
        self.export.setToolTip("把这一版的进度计划存为 Microsoft Project 能打开的 XML")
        self.switch = Segments(
            (("table", "表"), ("gantt", "甘特图")), lambda _key: self._turn_to(self.tabs.currentIndex())
        )
        self.gantt = ProjectGantt(desk)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setProperty("role", "many")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.sum = words("", "", wrap=False)
        self.tables: dict[str, Table[Any]] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.gantt)
        self.tabs.currentChanged.connect(self._turn_to)
        self.setMinimumHeight(round(self.fontMetrics().height() * _HEIGHT))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        bar = row(self.versions, self.told, self._searches, self.export, self.print)
        bar.setStretchFactor(self.told, 1)
        column.addLayout(bar)
        column.addLayout(row(self.tabs, None, self.switch))
        column.addWidget(self._stack, 1)
        column.addLayout(row(None, self.sum))

    def show_project(self, project_id: UUID) -> None:
        """Read and show the plan in force of a project."""
        self._wanted = project_id
        self._load()

    def show_page(self, page: PlanPage) -> None:
        """Show a plan that was read."""
        another = self.page is None or self.page.form != page.form
        self.page = page
        self._show_versions(page)
        if another:
            self._make_tables(page)
        for key, title in self._titles(page):
            count = len(self._lines(key)) if key in REGISTERS else 0
            self.tabs.setTabText(list(self.tables).index(key), f"{title} {count}" if count else title)
        self._make_sums(page)
        for table in self.tables.values():
            table.reload()
        self._turn_to(self.tabs.currentIndex())

    def _load(self, no: int | None = None) -> None:
        project_id, actor = self._wanted, self.desk.actor
        if project_id is not None:
            self.desk.read(self, lambda reading: open_plan(reading, actor, project_id, no), self.show_page, key="plan")

    def _choose(self, place: int) -> None:
        self._load(int(self.versions.itemData(place)))

    def _show_versions(self, page: PlanPage) -> None:
        self.versions.clear()
        for item in reversed(page.baselines):
            latest = "（现行）" if item is page.baselines[-1] else ""
            self.versions.addItem(f"第 {item.no} 版基线{latest}", item.no)
        self.versions.setVisible(bool(page.baselines))
        shown = page.shown
        if shown is None:
            self.told.set_whole(_NONE)
        else:
            self.versions.setCurrentIndex(self.versions.findData(shown.no))
            parts = (f"自 {shown.effective_on} 起执行", shown.note, shown.filing_number)
            self.told.set_whole("　".join(part for part in parts if part))
        for part in (self.tabs, self._stack, self._searches, self.print, self.sum):
            part.setVisible(shown is not None)
        self.export.hide()
        self.switch.hide()

    def _titles(self, page: PlanPage) -> list[tuple[str, str]]:
        titles = []
        for section in page.form.sections:
            if isinstance(section, LineTable):
                titles.append((section.key, section.title))
                if section.pivot is not None:
                    titles.append((f"{section.key}/crosswise", f"{section.title}（按月）"))
        return titles

    def _make_tables(self, page: PlanPage) -> None:
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for table in self.tables.values():
            self._drop(table)
        self.tables = {}
        for key, title in self._titles(page):
            self.tabs.addTab(title)
            section = page.form.section(key.partition("/")[0])
            if isinstance(section, LineTable) and key in REGISTERS:
                self._keep(key, self._table(section))
            else:
                self._keep(key, self._crosswise((), ()))
        self.tabs.blockSignals(False)

    def _keep(self, key: str, table: Table[Any]) -> None:
        self.tables[key] = table
        self._stack.addWidget(table)
        self._searches.addWidget(table.search)

    def _drop(self, table: Table[Any]) -> None:
        self._stack.removeWidget(table)
        self._searches.removeWidget(table.search)
        table.search.deleteLater()
        table.deleteLater()

    def _table(self, section: LineTable) -> Table[Line]:
        load = partial(self._lines, section.key)
        columns = columns_of(section)
        return short_table(
            self.desk, columns, load, lambda line: str(line["id"]), name=f"计划{section.title}", empty=_EMPTY
        )

    def _make_sums(self, page: PlanPage) -> None:
        """The tables of sums have the columns that the lines ask for."""
        for section in page.form.sections:
            if not isinstance(section, LineTable) or section.pivot is None:
                continue
            found = crosswise(section, lines_of(page.lines, section.key))
            rows = [
                (
                    title,
                    *("" if value is None else money.yuan_text(value) for value in cells),
                    money.yuan_text(value_sum),
                )
                for title, cells, value_sum in zip(found.down, found.cells, found.row_sums, strict=True)
            ]
            if rows:
                rows.append(("合计", *map(money.yuan_text, found.column_sums), money.yuan_text(found.total)))
            key = f"{section.key}/crosswise"
            old, place = self.tables[key], list(self.tables).index(key)
            made = self._crosswise((found.corner, *found.across, "合计"), rows)
            self.tables[key] = made
            self._stack.insertWidget(place, made)
            self._searches.insertWidget(place, made.search)
            self._drop(old)

    def _crosswise(self, titles: Sequence[str], rows: Sequence[Sums]) -> Table[Sums]:
        columns = [_sum_column(place, title) for place, title in enumerate(titles)]
        return short_table(self.desk, columns, lambda: rows, lambda line: line[0], name="计划按月", empty=_EMPTY)

    def _lines(self, key: str) -> Sequence[Line]:
        return lines_of(self.page.lines, key) if self.page else ()

    def _turn_to(self, place: int) -> None:
        if not 0 <= place < len(self.tables):
            return
        key = list(self.tables)[place]
        some = key == SCHEDULE.key and bool(self._lines(key))
        drawn = some and self.switch.current == "gantt"
        self._stack.setCurrentWidget(self.gantt if drawn else self.tables[key])
        self._searches.setCurrentWidget(self.tables[key].search)
        self._searches.setVisible(key in REGISTERS and not drawn)
        self.export.setVisible(some)
        self.switch.setVisible(some)
        if drawn and self.page and self.page.shown:
            self.gantt.show_baseline(self.page.project_id, self.page.shown.no)
        register = REGISTERS[key.partition("/")[0]]
        lines = self._lines(register.key)
        sums = [f"金额合计 {money.yuan_text(total(lines, column))} 元" for column in register.total]
        self.sum.setText("　".join([f"共 {len(lines)} {register.noun}", *sums]))
        self.sum.setHidden(drawn)

    def _export(self) -> None:
        page = self.page
        if page is None or page.shown is None:
            return
        name = f"{page.project_name} 进度计划_第{page.shown.no}版基线.xml"
        path = ask_where_to_save(self, "导出进度计划", name, PROJECT_FILES)
        if path is not None:
            export_baseline(self.desk, self, page.project_id, page.shown.no, path)

    def _print(self) -> None:
        page, place = self.page, self.tabs.currentIndex()
        if page is None or page.shown is None or place < 0:
            return
        key = list(self.tables)[place].partition("/")[0]
        actor, no, project_id = self.desk.actor, page.shown.no, page.project_id

        def show(printed: Printed) -> None:
            show_printed(self, printed, f"{REGISTERS[key].paper}_第{no}版基线.pdf")

        self.desk.read(self, lambda reading: print_register(reading, actor, project_id, key, no), show)


def columns_of(section: LineTable) -> list[Column[Line]]:
    """A register's columns as those of a table, the first one taking what room is left."""
    return [_column(item, first=item is section.columns[0]) for item in section.columns]


def _column(item: Field, *, first: bool) -> Column[Line]:
    shown = item.shows if isinstance(item, ComputedField) else item
    long = isinstance(shown, TextField) and shown.lines
    wide = (
        13.5
        if isinstance(shown, PeriodField)
        else max(3.4, (_WIDTH if shown.kind in _FIGURES else _WORDS) * min(item.share, 2))
    )
    align: Align = "right" if shown.kind in _FIGURES else "centre" if shown.kind in _CENTRED else "left"

    def text(line: Line) -> str:
        return item.text(line.get(item.key)).replace("\n", " ")

    def whole(line: Line) -> str:
        return item.text(line.get(item.key))

    def order(line: Line) -> Any:  # noqa: ANN401 - whatever sorts: figures as such, blanks first
        value: Json = line.get(item.key)
        return (value is not None, float(str(value)) if value is not None else 0.0)

    return Column(
        item.label,
        text,
        align=align,
        sort=item.key,
        width=wide,
        stretch=first,
        tip=whole if long or first else None,
        order=order if shown.kind in _FIGURES else None,
    )


def _sum_column(place: int, title: str) -> Column[Sums]:
    return Column(title, lambda line: line[place], align="right" if place else "left", width=7.5)
