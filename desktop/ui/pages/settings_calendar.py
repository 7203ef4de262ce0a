"""The working-day calendar: the statutory days, the office's own over them, and where the data ends."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QLineEdit, QSplitter, QToolButton, QVBoxLayout

from desktop.domain import values
from desktop.domain.policy_terms import Action
from desktop.services.calendar_files import CalendarImport, export_calendar, import_calendar
from desktop.services.office import Reading, Work
from desktop.services.work_calendar import (
    DayRow,
    SeenDay,
    calendar_days,
    calendar_notice,
    clear_day,
    set_day,
)
from desktop.ui.desk import Desk
from desktop.ui.fields.dates import add_calendar
from desktop.ui.files import ask_where_to_save
from desktop.ui.pages.settings_panel import Panel, changed_hint, refusal_for
from desktop.ui.pages.year_view import YearView
from desktop.ui.pieces import Segments, button, card, heading, named, row, words
from desktop.ui.question import tell
from desktop.ui.saving import save_record
from desktop.ui.status_line import WEEKDAYS
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_KINDS = (("holiday", "休"), ("workday", "班"))
_SHOWN_FAULTS = 10

COLUMNS: tuple[Column[DayRow], ...] = (
    Column("日期", lambda item: item.day.isoformat(), sort="day", width=5.6),
    Column("星期", lambda item: f"周{WEEKDAYS[item.day.weekday()]}", width=3.2),
    Column(
        "休/班",
        lambda item: item.label,
        sort="kind",
        chip=True,
        tone=lambda item: "bad" if item.label == "休" else "info",
        width=3.4,
    ),
    Column("说明", lambda item: item.note, sort="note", stretch=True, tip=lambda item: item.note),
    Column("来源", lambda item: "本单位" if item.own else "法定", sort="own", width=4),
)


@dataclass(frozen=True)
class Year:
    """What the panel shows of one year."""

    year: int
    days: tuple[DayRow, ...]
    known_until: dt.date
    notice: str
    refusal: str


class CalendarPanel(Panel):
    """The year as a sheet and as a list; one day to set or to give back."""

    key = "calendar"
    title = "工作日历"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.year = desk.office.today().year
        self._days: tuple[DayRow, ...] = ()
        self.sheet = YearView()
        self.sheet.picked.connect(self.pick)
        self.table = Table(
            COLUMNS,
            MemorySource(lambda: list(self._days), COLUMNS, lambda item: item.day),
            desk.operations,
            name="节假日与补班",
            empty="这一年没有节假日数据",
            ask=Ask(sort="day"),
            search="日期、说明",
        )
        self.table.chosen.connect(self._choose)
        self.notice = words(role="problem")
        self.refusal = words(role="muted")
        self.day = named(QLineEdit(placeholderText="年-月-日"), "日期")
        add_calendar(self.day)
        self.kind = Segments(_KINDS, lambda _key: None)
        self.note = named(QLineEdit(placeholderText="例如：春节、厂休"), "说明")
        self.set = button("保存这一天", self.save, primary=True)
        self._missing = named(words(role="muted"), "还不能保存的原因")
        self.clear = button("撤销本单位的规定", self.give_back)
        self.take = button("从 Excel 导入…", self._ask_file)
        self.give = button("导出…", self._ask_export)
        self._refused = True
        self._picked: DayRow | None = None
        self._lay_out()
        self.day.textChanged.connect(lambda _text: self._judge())

    def reload(self) -> None:
        actor, year = self.desk.actor, self.year

        def query(reading: Reading) -> Year:
            return Year(
                year,
                tuple(calendar_days(reading, year)),
                reading.calendar().known_until,
                calendar_notice(reading),
                refusal_for(reading, actor, Action.MANAGE_OFFICE),
            )

        self.desk.read(self, query, self._show, key="year")

    def show_year(self, year: int) -> None:
        """Go to another year."""
        self.year = year
        self.reload()

    def pick(self, day: dt.date) -> None:
        """Put a day into the lines below the list."""
        known = next((item for item in self._days if item.day == day), None)
        self._picked = known or DayRow(day, "", "", own=False)
        self._missing.clear()
        self.day.setText(day.isoformat())
        self.note.setText(known.note if known else "")
        if known is not None:
            self.kind.choose(known.kind)
        else:
            self.kind.choose("workday" if day.weekday() > 4 else "holiday")  # noqa: PLR2004 – Friday
        self.clear.setEnabled(known is not None and known.own)
        self.sheet.choose(day)

    def save(self) -> None:
        """Say what the day written in the line is."""
        day, _missing = self._read_day()
        if day is not None:
            self._write(set_day, day, {"kind": self.kind.current, "note": self.note.text()}, "保存")

    def give_back(self) -> None:
        """Take the office's own word about that day back."""
        day, _missing = self._read_day()
        if day is not None:
            self._write(clear_day, day, {}, "撤销")

    def _write(self, write: Callable[..., None], day: dt.date, values: Mapping[str, object], deed: str) -> None:
        seen = self._picked if self._picked is not None and self._picked.day == day else None
        known = seen or next((item for item in self._days if item.day == day), None)
        own = known.id if known else None

        def save(work: Work, *, version: int, **written: object) -> None:
            write(work, day, seen=SeenDay(own, version), **written)

        version = known.version if known else 0
        save_record(self.desk, self, save, values, version, lambda _nothing: self._saved(day), deed=deed)

    def _saved(self, day: dt.date) -> None:
        self._picked = None
        self._go_to(day)

    def import_file(self, path: Path) -> None:
        """Take the days of a workbook."""
        self.desk.run(self, functools.partial(import_calendar, path=path), self._imported, waiting="正在导入日历")

    def export_to(self, path: Path) -> None:
        """Write the year's special days as a workbook that comes in again."""
        office, year = self.desk.office, self.year

        def work(_ticket: object) -> object:
            return office.read(lambda reading: export_calendar(reading, path, year))

        def then(_written: object) -> None:
            tell(self, "日历已经导出。", str(path))

        self.desk.operations.start(self, work, then)

    def _lay_out(self) -> None:
        left, column = card(margin=14)
        back, on = QToolButton(), QToolButton()
        for made, text, step in ((back, "‹", -1), (on, "›", 1)):
            made.setText(text)
            made.setProperty("role", "button")
            made.setAccessibleName("上一年" if step < 0 else "下一年")
            made.clicked.connect(lambda _checked, step=step: self.show_year(self.year + step))
        self._title = heading("", 1.15)
        legend = QLabel("红：休　蓝：补班　带框：本单位规定")
        legend.setProperty("role", "muted")
        column.addLayout(row(back, self._title, on, None, legend))
        column.addWidget(self.notice)
        column.addWidget(self.sheet, 1)
        right, column = card(margin=14)
        column.addLayout(row(heading("节假日与补班", 1.15), None, self.take, self.give))
        column.addWidget(self.refusal)
        column.addWidget(self.table, 1)
        form = QFormLayout()
        form.addRow("日期", self.day)
        form.addRow("休/班", self.kind)
        form.addRow("说明", self.note)
        column.addLayout(form)
        line = row(self._missing, self.clear, self.set)
        line.setStretch(0, 1)
        column.addLayout(line)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([660, 480])
        split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    def _show(self, found: Year) -> None:
        self._days = found.days
        self._title.setText(f"{found.year} 年")
        self.sheet.show_year(
            found.year, {item.day: item for item in found.days}, found.known_until, self.desk.office.today()
        )
        beyond = found.year > found.known_until.year
        here = f"{found.year} 年没有公布的放假安排，周一至周五都按工作日计算。" if beyond else ""
        self.notice.setText(here or found.notice)
        self.notice.setVisible(bool(here or found.notice))
        self.refusal.setText(found.refusal)
        self.refusal.setVisible(bool(found.refusal))
        for part in (self.day, self.kind, self.note, self.clear, self.take):
            part.setEnabled(not found.refusal)
        self._refused = bool(found.refusal)
        self._judge()
        self.clear.setEnabled(False)
        self.table.reload()

    def _choose(self, item: DayRow | None) -> None:
        picked = self._picked
        if item is None or item == picked:
            return
        if picked is not None and picked.day == item.day and self._written(picked):
            self._missing.setText(changed_hint(""))  # what is written stays
        else:
            self.pick(item.day)

    def _written(self, picked: DayRow) -> bool:
        """Whether something else is written than what was picked."""
        return (self.note.text(), self.kind.current) != (picked.note, picked.kind)

    def _judge(self) -> None:
        """Let the day written be saved, or say why not."""
        _day, missing = self._read_day()
        self._missing.setText("" if self._refused else missing)
        self.set.setEnabled(not missing and not self._refused)

    def _read_day(self) -> tuple[dt.date | None, str]:
        """The day written, or why there is none."""
        try:
            value = values.read_date(self.day.text()).value
        except values.Unreadable as error:
            return None, f"{error}。"
        if not isinstance(value, str):
            return None, "请先填写日期，或在左边的日历上点一天。"
        return dt.date.fromisoformat(value), ""

    def _go_to(self, day: dt.date) -> None:
        self.table.choose(day)
        if day.year != self.year:
            self.show_year(day.year)

    def _imported(self, result: CalendarImport) -> None:
        faults = [f"第 {item.row} 行：{fault.text}" for item in result.refused for fault in item.faults]
        shown = "\n".join(faults[:_SHOWN_FAULTS])
        more = f"\n等共 {len(faults)} 处" if len(faults) > _SHOWN_FAULTS else ""
        refused = f"{len(result.refused)} 行没有读懂，没有导入：\n{shown}{more}" if result.refused else ""
        tell(self, f"已导入 {result.days} 天。", refused)

    def _ask_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, "导入日历", "", "Excel 工作簿 (*.xlsx *.xlsm *.csv)")
        if name:
            self.import_file(Path(name))

    def _ask_export(self) -> None:
        path = ask_where_to_save(self, "导出日历", f"{self.year} 年节假日与补班.xlsx")
        if path is not None:
            self.export_to(path)
