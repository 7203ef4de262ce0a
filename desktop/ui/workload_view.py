"""工作量: person-days per member, project and month against plan, overload, totals that look wrong (WEEK-7)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.workload import PersonMonth
from desktop.services.workload import LoadRow, WorkloadPage, open_workload
from desktop.ui.desk import Desk
from desktop.ui.pieces import Segments, row, words
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_BY_PROJECT, _BY_MONTH = "project", "month"
_MOST_TOLD = 4


def _days(value: Decimal | None) -> str:
    return f"{value:.1f}" if value is not None else ""


def _by_month(one: LoadRow) -> str:
    return "　".join(f"{month[2:]} {days:.1f}" for month, days in sorted(one.by_month.items()))


LOADS: tuple[Column[LoadRow], ...] = (
    Column("成员", lambda one: one.person.shown if one.person else "（未知）", sort="person", width=5),
    Column("部门", lambda one: one.department, sort="department", width=7),
    Column("项目", lambda one: one.project, sort="project", stretch=True, width=10, tip=lambda one: one.project),
    Column("计划人日", lambda one: _days(one.planned), "right", width=5),
    Column("已投入人日", lambda one: _days(one.spent), "right", sort="spent", width=5.6, order=lambda one: one.spent),
    Column(
        "与计划相比",
        lambda one: "" if one.planned is None else f"{one.spent - one.planned:+.1f}",
        "right",
        chip=True,
        tone=lambda one: "bad" if one.over else "neutral",
        width=5.6,
    ),
    Column("各月", _by_month, width=18, tip=_by_month),
)


class WorkloadView(QWidget):
    """Two lists over the last half year: by member and project, or each member's months."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: WorkloadPage | None = None
        self.loads = short_table(
            desk,
            LOADS,
            self._loads,
            lambda one: (one.person.id if one.person else None, one.project_id),
            name="工作量",
            empty="还没有批准的周报，工作量由周报的工时汇总",
        )
        self.loads.opened.connect(lambda one: desk.wanted.emit("project", one.project_id))
        self.months = short_table(
            desk, self._month_columns(), self._months, _key, name="成员月工作量", empty="还没有批准的周报"
        )
        self.by = Segments(((_BY_PROJECT, "按成员和项目"), (_BY_MONTH, "按成员和月份")), self._choose)
        self.doubts = words("", "problem")
        self.doubts.hide()
        self.months.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.by, None))
        layout.addWidget(self.doubts)
        layout.addWidget(self.loads, 1)
        layout.addWidget(self.months, 1)

    def reload(self) -> None:
        """Read anew."""
        actor = self.desk.actor
        self.desk.read(self, lambda reading: open_workload(reading, actor), self._take, key="workload")

    def _take(self, page: WorkloadPage) -> None:
        self.page = page
        self.loads.reload()
        self.months.reload()
        told = [f"{page.name(one.person)} {one.week}：{one.text}" for one in page.doubts[-_MOST_TOLD:]]
        more = f"；等共 {len(page.doubts)} 处" if len(page.doubts) > _MOST_TOLD else ""
        self.doubts.setText(f"请核对：{'；'.join(told)}{more}" if told else "")
        self.doubts.setVisible(bool(told))

    def _choose(self, by: str) -> None:
        self.loads.setVisible(by == _BY_PROJECT)
        self.months.setVisible(by == _BY_MONTH)

    def _loads(self) -> Sequence[LoadRow]:
        return self.page.rows if self.page else ()

    def _months(self) -> Sequence[PersonMonth]:
        return self.page.table.months[::-1] if self.page else ()

    def _month_columns(self) -> tuple[Column[PersonMonth], ...]:
        return (
            Column("成员", lambda one: self.page.name(one.person) if self.page else "", sort="person", width=6),
            Column("月份", lambda one: one.month, "centre", sort="month", width=5),
            Column("人日", lambda one: _days(one.days), "right", sort="days", width=5, order=lambda one: one.days),
            Column("工作日", lambda one: str(one.working), "right", width=5),
            Column(
                "负荷",
                lambda one: f"{one.share}%",
                "right",
                sort="share",
                chip=True,
                tone=lambda one: "bad" if one.overloaded else "neutral",
                width=5,
                order=lambda one: one.share,
            ),
            Column("", lambda one: "超负荷" if one.overloaded else "", stretch=True, width=6),
        )


def _key(one: PersonMonth) -> Hashable:
    return one.person, one.month
