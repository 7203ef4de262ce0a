"""The lists that the PMO watches: projects that may be paused in fact (PAUSE-2), and 终验 dates (FAT-1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.domain.clocks import Urgency
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project
from desktop.services.drafting import Draft, start_draft
from desktop.services.final_dates import FinalDate, final_dates
from desktop.services.office import Reading
from desktop.services.pause_candidates import PauseCandidate, pause_candidates
from desktop.ui.desk import Desk
from desktop.ui.pieces import button, row, take_size, words
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Ask, Column
from desktop.ui.tables import Table

Row = TypeVar("Row", bound=PauseCandidate | FinalDate)
_SIZE = (1080, 520)
_TONES = {Urgency.LATE: "bad", Urgency.TODAY: "warning", Urgency.SOON: "warning", Urgency.LATER: "neutral"}


class WatchList(QDialog, Generic[Row]):
    """A list of projects with what is to be known of each; a button starts the form that answers it.

    ``words_of`` are its title, what it is about, and what stands there when it is empty.
    """

    def __init__(
        self,
        desk: Desk,
        owner: QWidget,
        *,
        words_of: tuple[str, str, str],
        columns: Sequence[Column[Row]],
        load: Callable[[Reading, UUID], Sequence[Row]],
        form_key: str,
        ask: Ask,
    ) -> None:
        super().__init__(owner.window())
        title, note, empty = words_of
        self.desk = desk
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        take_size(self, *_SIZE)
        actor = desk.actor

        def rows() -> Sequence[Row]:
            return desk.ask(lambda reading: load(reading, actor))

        def key(item: Row) -> Hashable:
            return item.project.id

        self.table: Table[Row] = short_table(desk, columns, rows, key, name=title, empty=empty, ask=ask)
        self.table.opened.connect(lambda item: self._see(item.project.id))
        self.table.menu_for = lambda item: self._menu(item.project.id, form_key)
        self.start = button(f"填写《{FORMS[form_key].title}》", lambda: self._begin_chosen(form_key), primary=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(words(note, "muted"))
        column.addWidget(self.table, 1)
        column.addLayout(row(None, button("关闭", self.reject), self.start))
        self._chosen: UUID | None = None
        self.table.chosen.connect(self._choose)
        self.start.setEnabled(False)
        self.table.reload()

    def _choose(self, item: Row | None) -> None:
        self._chosen = item.project.id if item is not None else None
        self.start.setEnabled(item is not None)

    def _begin_chosen(self, form_key: str) -> None:
        if self._chosen is not None:
            self._begin(self._chosen, form_key)

    def _begin(self, project_id: UUID, form_key: str) -> None:
        office, actor, wanted = self.desk.office, self.desk.actor, self.desk.wanted

        def begun(draft: Draft) -> None:
            self.accept()
            wanted.emit("draft", draft)

        self.desk.operations.start(self, lambda _ticket: start_draft(office, actor, form_key, project_id), begun)

    def _see(self, project_id: UUID) -> None:
        self.accept()
        self.desk.wanted.emit("project", project_id)

    def _menu(self, project_id: UUID, form_key: str) -> Sequence[QAction]:
        begin = QAction(f"填写《{FORMS[form_key].title}》", self)
        begin.triggered.connect(lambda: self._begin(project_id, form_key))
        see = QAction("查看项目", self)
        see.triggered.connect(lambda: self._see(project_id))
        return begin, see


def _manager(project: Project) -> str:
    return project.manager.name if project.manager else ""


def _client(project: Project) -> str:
    return project.client_manager.name if project.client_manager else ""


CANDIDATES: tuple[Column[PauseCandidate], ...] = (
    Column("编号", lambda item: item.project.called, sort="number", width=7.4),
    Column("项目", lambda item: item.project.name, sort="name", stretch=True, tip=lambda item: item.project.name),
    Column("部门", lambda item: item.project.department, sort="department", width=6),
    Column("项目经理", lambda item: _manager(item.project), sort="manager", width=4.8),
    Column("最后记录", lambda item: item.since.isoformat(), align="centre", sort="since", width=6.6),
    Column("依据", lambda item: item.why, width=22, tip=lambda item: item.why),
)


def _days(item: FinalDate) -> str:
    if item.days is None:
        return "没有日期"
    if item.days == 0:
        return "今天"
    return f"逾期 {-item.days} 天" if item.days < 0 else f"还有 {item.days} 天"


DATES: tuple[Column[FinalDate], ...] = (
    Column("编号", lambda item: item.project.called, sort="number", width=7.4),
    Column("项目", lambda item: item.project.name, sort="name", stretch=True, tip=lambda item: item.project.name),
    Column("客户单位", lambda item: item.project.customer, sort="customer", width=9),
    Column("项目经理", lambda item: _manager(item.project), sort="manager", width=4.8),
    Column("客户经理", lambda item: _client(item.project), sort="client", width=4.8),
    Column(
        "合同终验",
        lambda item: item.on.isoformat() if item.on else "",
        align="centre",
        sort="on",
        width=6.6,
        order=lambda item: item.on.isoformat() if item.on else "9999",
    ),
    Column("期限", _days, chip=True, tone=lambda item: _TONES[item.urgency], width=6.5),
    Column("通知", lambda item: "已提前一个月通知" if item.told else "未到通知时间", width=8.5),
)


def open_candidates(desk: Desk, owner: QWidget) -> WatchList[PauseCandidate]:
    """Open the list of projects that may be paused in fact (PAUSE-2)."""
    weeks = desk.office.policy.pausing.quiet_weeks
    dialog = WatchList(
        desk,
        owner,
        words_of=(
            "疑似停工的项目",
            (
                f"实施中的项目连续 {weeks} 周没有任何记录的列在这里。列入只是提示："
                "须与部门负责人核实，由项目管理部填写办公室调整单，经部门负责人确认后才会转为暂停。"
            ),
            "没有疑似停工的项目",
        ),
        columns=CANDIDATES,
        load=pause_candidates,
        form_key="office_adjustment",
        ask=Ask("since"),
    )
    dialog.open()
    return dialog


def open_final_dates(desk: Desk, owner: QWidget) -> WatchList[FinalDate]:
    """Open the list of the contracts' 终验 dates (FAT-1)."""
    dialog = WatchList(
        desk,
        owner,
        words_of=(
            "合同终验日期",
            "已结项的集成项目和结项前的软件项目，按合同约定的终验日期排列；提前一个月列入项目经理和客户经理的工作台。",
            "没有待终验的项目",
        ),
        columns=DATES,
        load=final_dates,
        form_key="final_acceptance",
        ask=Ask("on"),
    )
    dialog.open()
    return dialog
