"""问题跟踪: tracked problems, the sheet that raised each, and the papers that end it (CTRL-7, INFO-3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.forms import FORMS
from desktop.domain.problems import SEVERITIES
from desktop.services.drafting import Draft
from desktop.services.office import Office
from desktop.services.problem_drafts import start_closing, start_raising
from desktop.services.problems import ProblemQuery, ProblemRow, ProblemState, problem_ids, problem_rows, sources_of
from desktop.ui.desk import Desk
from desktop.ui.pieces import Segments, button, heading
from desktop.ui.table_source import Ask, Column, Filter, PagedSource
from desktop.ui.tables import Table

_OPEN, _ALL = "open", "all"
_STATES: dict[str, tuple[ProblemState, ...]] = {
    _OPEN: (ProblemState.OPEN, ProblemState.OVERDUE),
    "overdue": (ProblemState.OVERDUE,),
    "closed": (ProblemState.CLOSED,),
    _ALL: (),
}
_TITLES = (("open", "未关闭"), ("overdue", "已逾期"), ("closed", "已关闭"), ("all", "全部"))
_TONES = {ProblemState.OPEN: "info", ProblemState.OVERDUE: "bad", ProblemState.CLOSED: "neutral"}

Starts = Callable[[Office, UUID, UUID], Draft]


def columns_of(*, one_project: bool) -> tuple[Column[ProblemRow], ...]:
    """The list's columns; on a project's own page without the project."""
    project = Column[ProblemRow]("项目", lambda row: row.project, sort="project", width=9, tip=lambda row: row.project)
    return (
        Column("编号", lambda row: row.number, sort="number", width=7.4),
        Column("问题", lambda row: row.title, sort="title", stretch=True, width=12, tip=lambda row: row.title),
        *(() if one_project else (project,)),
        Column("状态", lambda row: row.state.label, chip=True, tone=lambda row: _TONES[row.state], width=4.2),
        Column(
            "程度",
            lambda row: row.severity_label,
            sort="severity",
            tone=lambda row: "bad" if row.severity == "grave" else "",
            width=3,
        ),
        Column("责任人", lambda row: row.owner, sort="owner", width=4.4, tip=lambda row: row.owner),
        Column("责任部门", lambda row: row.department, sort="department", width=5.6, tip=lambda row: row.department),
        Column(
            "期限", lambda row: row.due_on.isoformat() if row.due_on else "", align="centre", sort="due_on", width=5.8
        ),
        Column("时间", lambda row: row.time_text, width=7.4, tip=_level),
        Column("来源", lambda row: row.source_title, sort="source", width=5.6),
    )


def _level(row: ProblemRow) -> str:
    return "，".join(part for part in (row.level_label, row.evidence and f"关闭依据：{row.evidence}") if part)


class ProblemList(QWidget):
    """The problems of the projects that one may see, or of the one project that is shown."""

    def __init__(self, desk: Desk, *, one_project: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self._project: UUID | None = None
        self._one = one_project
        self._states = _STATES[_OPEN]
        self.table: Table[ProblemRow] = Table(
            columns_of(one_project=one_project),
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="项目问题" if one_project else "问题跟踪",
            empty="没有这样的问题",
            ask=Ask("due_on"),
            filters=(
                Filter("source", "来源", sources_of(desk.office.policy)),
                Filter("severity", "程度", tuple((item.key, item.label) for item in SEVERITIES)),
                Filter("mine", "范围", (("mine", "我负责的"),)),
            ),
            search="问题、编号、责任人、部门" if one_project else "问题、项目、责任人、部门、拼音",
        )
        self.table.fit_columns()
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._choose)
        self.table.menu_for = self._menu
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 个问题"))
        self.table.foot.show()
        self.by = Segments(_TITLES, self._narrow)
        tracking = desk.office.policy.tracking
        self.close_it = button(f"填写《{FORMS[tracking.close_with].title}》", self._close, primary=True)
        self.raise_it = button("上报…", self._raise)
        for part in (self.close_it, self.raise_it):
            part.setEnabled(False)
        if not one_project:
            self.table.bar.insertWidget(0, heading("问题跟踪", 1.15))
        self.table.bar.insertWidget(0 if one_project else 1, self.by)
        self.table.bar.addWidget(self.raise_it)
        self.table.bar.addWidget(self.close_it)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.setFocusProxy(self.table.view)

    def show_project(self, project_id: UUID) -> None:
        """Show one project's problems."""
        self._project = project_id
        self.table.reload()

    def show_problem(self, problem_id: UUID) -> None:
        """Make that problem current in the list of the open ones, from where it is closed or raised."""
        self.by.choose(_OPEN)
        self.table.choose(problem_id)
        self.table.reload()

    def reload(self) -> None:
        """Read anew."""
        self.table.reload()

    def _find(self, wish: Ask) -> Sequence[UUID]:
        actor = self.desk.actor
        if self._one and self._project is None:
            return []
        query = ProblemQuery(
            text=wish.text,
            states=self._states,
            sources=wish.chosen("source"),
            severities=wish.chosen("severity"),
            project_id=self._project,
            owner_id=actor if wish.chosen("mine") else None,
            sort=wish.sort,
            descending=wish.descending,
        )
        return self.desk.ask(lambda reading: problem_ids(reading, actor, query))

    def _fetch(self, ids: Sequence[UUID]) -> Sequence[ProblemRow]:
        return self.desk.ask(lambda reading: problem_rows(reading, ids))

    def _narrow(self, key: str) -> None:
        self._states = _STATES[key]
        self.table.reload()

    def _open(self, row: ProblemRow) -> None:
        if row.filing_id is not None:
            self.desk.wanted.emit("filing", row.filing_id)

    def _choose(self, row: ProblemRow | None) -> None:
        alive = row is not None and row.state is not ProblemState.CLOSED
        for part in (self.close_it, self.raise_it):
            part.setEnabled(alive)

    def _close(self) -> None:
        self._start(start_closing)

    def _raise(self) -> None:
        self._start(start_raising)

    def _start(self, start: Starts) -> None:
        row = self.table.current()
        if row is None:
            return
        office, actor, problem = self.desk.office, self.desk.actor, row.id
        self.desk.operations.start(
            self,
            lambda _ticket: start(office, actor, problem),
            lambda draft: self.desk.wanted.emit("draft", draft),
        )

    def _menu(self, row: ProblemRow) -> Sequence[QAction]:
        deeds: list[tuple[str, Callable[[], object]]] = [("打开提出它的表单", lambda: self._open(row))]
        if row.state is not ProblemState.CLOSED:
            deeds += [(self.close_it.text(), self._close), ("上报…", self._raise)]
        elif row.closing_id is not None:
            deeds.append(("打开《问题关闭单》", lambda: self.desk.wanted.emit("filing", row.closing_id)))
        if row.project_id is not None and not self._one:
            deeds.append(("查看项目", lambda: self.desk.wanted.emit("project", row.project_id)))
        actions = []
        for text, act in deeds:
            action = QAction(text, self)
            action.triggered.connect(lambda _on=False, act=act: act())
            actions.append(action)
        return actions
