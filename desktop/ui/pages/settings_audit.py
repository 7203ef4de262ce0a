"""审计日志: every entry of the journal in words, searched by person, day, record and text, with what it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desktop.services.audit import (
    AuditChoices,
    AuditDetail,
    AuditEntry,
    AuditQuery,
    EntryId,
    audit_choices,
    audit_detail,
    audit_ids,
    audit_rows,
)
from desktop.services.audit_export import export_audit
from desktop.services.audit_words import noun_of
from desktop.services.record_words import moment_text
from desktop.ui.desk import Desk
from desktop.ui.fields.dates import add_calendar
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.operations import Ticket
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.question import ask
from desktop.ui.table_source import Ask, Column, Filter, PagedSource
from desktop.ui.tables import Table

_KINDS = (
    ("filing", ("filing", "revision", "section", "chain_edit", "urge", "line_check")),
    ("sign_off", ("sign_off",)),
    ("project", ("project", "program", "contract", "waiver")),
    ("plan_line", ("plan_line", "baseline", "month_budget", "expense")),
    ("report_line", ("report_line", "problem", "absence")),
    ("document", ("document", "blob")),
    ("person", ("person", "erasure")),
    ("assignment", ("assignment", "delegation")),
    ("department", ("department",)),
    ("office", ("office", "policy_version", "calendar_day", "setting", "counter")),
    ("identity_record", ("identity_record",)),
    ("device", ("device",)),
)
"""Kinds of records by the one that names them, and the tables that belong to each."""
_UNFOLDED = 3
COLUMNS: tuple[Column[AuditEntry], ...] = (
    Column("时间", lambda entry: moment_text(entry.at), sort="at", width=8.2),
    Column("人员", lambda entry: entry.person, width=11, tip=lambda entry: entry.person),
    Column("办理内容", lambda entry: entry.text, stretch=True, width=16, tip=lambda entry: entry.text),
    Column("安装点", lambda entry: entry.device, width=6.5, tip=lambda entry: entry.device),
    Column("序号", lambda entry: str(entry.seq or ""), align="right", width=3.6),
    Column("签名", lambda entry: entry.signature, chip=True, tone=lambda entry: entry.tone, width=4.4),
)


class AuditPanel(Panel):
    """The list above, what the chosen entry changed below it."""

    key = "audit"
    title = "审计日志"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.person, self.device = named(QComboBox(), "人员"), named(QComboBox(), "安装点")
        self.since = named(QLineEdit(placeholderText="从 年-月-日"), "从哪天")
        self.until = named(QLineEdit(placeholderText="到 年-月-日"), "到哪天")
        self.refusal = words(role="muted")
        self.export = button("导出…", self._ask_where)
        self.table = Table(
            COLUMNS,
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="审计日志",
            empty="没有符合条件的记录",
            ask=Ask(sort="at", descending=True),
            filters=(Filter("kind", "涉及", tuple((key, noun_of(key)) for key, _tables in _KINDS)),),
            search="姓名、编号、项目、内容",
        )
        self.table.remember_widths(desk.memory)
        self.table.fit_columns()
        self.table.wants_first = lambda: True
        self.table.chosen.connect(self._choose)
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 条"))
        self.table.foot.show()
        self.tree = named(QTreeWidget(), "改动明细")
        self.tree.setHeaderHidden(True)
        self.signed = words("", "muted")
        self._query = AuditQuery()
        self._lay_out()
        for line in (self.since, self.until):
            add_calendar(line)
            line.textChanged.connect(lambda _text: self._narrow())
        for box in (self.person, self.device):
            box.currentIndexChanged.connect(lambda _index: self._narrow())

    def reload(self) -> None:
        self.desk.read(self, partial(audit_choices, actor=self.desk.actor), self._show_choices, key="choices")

    def export_to(self, path: Path) -> None:
        """Write what was found as a workbook."""
        office, actor, query = self.desk.office, self.desk.actor, self._query

        def work(ticket: Ticket) -> None:
            office.read(lambda reading: export_audit(reading, actor, path, query, ticket))

        def then(_none: None) -> None:
            ask(
                self,
                "审计日志已经导出。",
                str(path),
                yes="打开所在文件夹",
                no="关闭",
                then=lambda: open_folder_of(path),
            )

        self.desk.operations.start(self, work, then, waiting="正在导出审计日志")

    # -- what it reads

    def _find(self, wish: Ask) -> Sequence[EntryId]:
        tables = dict(_KINDS)
        self._query = AuditQuery(
            text=wish.text,
            since=_day(self.since.text()),
            until=_day(self.until.text()),
            person=self.person.currentData(),
            device=self.device.currentData(),
            entities=tuple(one for key in wish.chosen("kind") for one in tables[key]),
            descending=wish.descending,
        )
        actor, query = self.desk.actor, self._query
        return self.desk.ask(lambda reading: audit_ids(reading, actor, query))

    def _fetch(self, ids: Sequence[EntryId]) -> Sequence[AuditEntry]:
        return self.desk.ask(lambda reading: audit_rows(reading, ids))

    def _choose(self, entry: AuditEntry | None) -> None:
        if entry is None:
            self._clear()
            return
        actor, key = self.desk.actor, entry.id
        self.desk.read(self, lambda reading: audit_detail(reading, actor, key), self._show_detail, key="detail")

    def _narrow(self) -> None:
        if all(not line.text().strip() or _day(line.text()) for line in (self.since, self.until)):
            self.table.reload()

    # -- what it shows

    def _show_choices(self, found: AuditChoices) -> None:
        self.refusal.setText(found.refusal)
        self.refusal.setVisible(bool(found.refusal))
        for part in (self.body, self.export):
            part.setVisible(not found.refusal)
        _offer(self.person, "全部人员", found.people)
        _offer(self.device, "全部安装点", found.devices)
        if not found.refusal:
            self.table.reload()

    def _clear(self) -> None:
        self.tree.clear()
        self.signed.setText("")

    def _show_detail(self, found: AuditDetail) -> None:
        self._clear()
        self.signed.setText(f"{moment_text(found.entry.at)}　{found.entry.person}　{found.words}")
        for change in found.changes:
            item = QTreeWidgetItem(self.tree, [change.text])
            item.addChildren([QTreeWidgetItem([line]) for line in change.lines])
            item.setExpanded(len(found.changes) <= _UNFOLDED)
        if found.more:
            QTreeWidgetItem(self.tree, [f"……还有 {found.more} 项改动，导出的明细中有总数"])

    # -- how it looks

    def _lay_out(self) -> None:
        frame, column = card(margin=14)
        column.addLayout(row(heading("审计日志", 1.15), None, self.export))
        self.refusal.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.refusal, 1)
        self.refusal.hide()
        self.body = QSplitter(Qt.Orientation.Vertical)
        self.body.setChildrenCollapsible(False)
        unit = self.fontMetrics().height()
        for part, width in ((self.person, 11.0), (self.device, 9.0), (self.since, 7.6), (self.until, 7.6)):
            part.setFixedWidth(round(unit * width))
        for place, box in enumerate((self.person, self.device, self.since, self.until)):
            self.table.bar.insertWidget(place, box)
        below = QWidget()
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        inside.addWidget(self.signed)
        inside.addWidget(self.tree, 1)
        self.body.addWidget(self.table)
        self.body.addWidget(below)
        self.body.setSizes([390, 190])
        column.addWidget(self.body, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def _ask_where(self) -> None:
        today = self.desk.office.today()
        path = ask_where_to_save(self, "导出审计日志", f"{self.desk.office.name} 审计日志 {today}.xlsx")
        if path is not None:
            self.export_to(path)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _offer(box: QComboBox, everything: str, options: Sequence[tuple[UUID, str]]) -> None:
    """Offer other choices, and keep the one that is made."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(everything, None)
    for key, name in options:
        box.addItem(name, key)
    box.setCurrentIndex(max(0, next((n for n in range(box.count()) if box.itemData(n) == chosen), 0)))
    box.blockSignals(False)
