"""A report on the screen: its figures, its tables, and the ways out: PDF and printer, Excel, mail."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.policy_terms import Tone
from desktop.domain.report import Fact, Paragraph, Report
from desktop.exchange.sheet_writing import Written
from desktop.services.reporting import Printed, report_book, report_pdf
from desktop.ui.colours import MUTED, shade
from desktop.ui.desk import Desk
from desktop.ui.fields.flow import FlowLayout
from desktop.ui.files import ask_where_to_save
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.pieces import Segments, button, clear, heading, row, words
from desktop.ui.question import tell
from desktop.ui.report_table import ReportTable


class ReportView(QWidget):
    """Shows one report after another; ``mail`` is what the mail button does, without it there is none.

    ``extra`` are more buttons before those of the ways out.
    """

    def __init__(
        self, desk: Desk, mail: Callable[[Report], object] | None = None, extra: tuple[QWidget, ...] = ()
    ) -> None:
        super().__init__()
        self.desk = desk
        self.report: Report | None = None
        self._mail = mail
        self.title, self.subtitle = heading("", 1.2), words(role="muted", wrap=False)
        self.pdf = button("PDF 与打印…", self.open_pdf)
        self.book = button("Excel…", self.save_book)
        self.mail = button("邮件…", self._send, primary=True)
        self.mail.setVisible(mail is not None)
        self._buttons = (*extra, self.pdf, self.book, self.mail)
        self._facts = QWidget()
        self._flow = FlowLayout(self._facts)
        self._parts = QHBoxLayout()
        self.segments: Segments | None = None
        self.table = ReportTable()
        self.table.opened.connect(lambda project: desk.wanted.emit("project", project))
        self.empty = words(role="muted")
        self.notes = words(role="muted")
        self._lay_out()
        self._enable(on=False)

    def show_report(self, report: Report) -> None:
        """Show a report; the table looked at stays the same where it has one of that key."""
        before = self.segments.current if self.segments else ""
        self.report = report
        self.title.setText(report.title)
        self.subtitle.setText("　".join(part for part in (report.subtitle, report.dated) if part))
        clear(self._flow)
        for fact in report.facts:
            self._flow.addWidget(_figure(fact))
        self._offer_tables(report, before)
        paragraphs = [f"{part.title}：{part.text}" for part in report.parts if isinstance(part, Paragraph)]
        self.notes.setText("\n".join((*paragraphs, *report.notes)))
        self.notes.setVisible(bool(self.notes.text()))
        self._enable(on=True)

    def show_nothing(self, text: str) -> None:
        """Say why there is no report."""
        self.report = None
        self.title.setText("")
        self.subtitle.setText("")
        clear(self._flow)
        clear(self._parts)
        self.segments = None
        self.table.hide()
        self.notes.hide()
        self.empty.setText(text)
        self.empty.show()
        self._enable(on=False)

    def open_pdf(self) -> None:
        """Show the report as it is printed."""
        if self.report is not None:
            open_report_pdf(self.desk, self, self.report)

    def save_book(self) -> None:
        """Save the report as a workbook."""
        if self.report is not None:
            save_report_book(self.desk, self, self.report)

    def _send(self) -> None:
        if self.report is not None and self._mail is not None:
            self._mail(self.report)

    def _offer_tables(self, report: Report, before: str) -> None:
        clear(self._parts)
        tables = report.tables
        self.segments = None
        if len(tables) > 1:
            self.segments = Segments(
                tuple((one.key, _called(one.title, one.count)) for one in tables), self._show_table
            )
            self._parts.addWidget(self.segments)
            self._parts.addStretch(1)
        chosen = next((one for one in tables if one.key == before), tables[0] if tables else None)
        if chosen is None:
            self.table.hide()
            return
        if self.segments is not None and chosen is not tables[0]:
            self.segments.choose(chosen.key)
        else:
            self._show_table(chosen.key)

    def _show_table(self, key: str) -> None:
        if self.report is None:
            return
        table = self.report.table(key)
        self.table.show_table(table)
        self.table.setVisible(bool(table.count))
        self.empty.setText(table.empty)
        self.empty.setVisible(not table.count)

    def _enable(self, *, on: bool) -> None:
        for part in (self.pdf, self.book, self.mail):
            part.setEnabled(on)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row(self.title, self.subtitle, None, *self._buttons))
        layout.addWidget(self._facts)
        layout.addLayout(self._parts)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.notes)
        self.empty.hide()


def open_report_pdf(desk: Desk, owner: QWidget, report: Report) -> None:
    """Show a report as it is printed."""

    def show(made: Printed) -> None:
        missing = f"字体里没有这些字，以〓代替：{'、'.join(sorted(made.missing))}" if made.missing else ""
        PdfDialog(made.pdf, f"{report.name}.pdf", missing, owner.window()).show()

    desk.operations.start(owner, lambda _ticket: report_pdf(desk.office, report), show, waiting="正在排版")


def save_report_book(desk: Desk, owner: QWidget, report: Report) -> None:
    """Save a report as a workbook, where the person says."""
    path = ask_where_to_save(owner, "另存为 Excel", f"{report.name}.xlsx")
    if path is None:
        return
    write = functools.partial(report_book, report, path)

    def told(written: Written) -> None:
        tell(owner, f"已存为“{written.path.name}”。", "\n".join((str(written.path), *written.notes)))

    desk.operations.start(owner, lambda _ticket: write(), told, waiting="正在写 Excel")


def _called(title: str, count: int) -> str:
    return f"{title} {count}" if count else title


def _figure(fact: Fact) -> QFrame:
    """A figure on the ground of its tone, its label before it."""
    shades = shade((fact.tone or Tone.NEUTRAL).value)
    frame = QFrame()
    frame.setObjectName("figure")
    frame.setStyleSheet(f"QFrame#figure {{ background: {shades.fill}; border-radius: 4px; }}")
    label, text = QLabel(fact.label), QLabel(fact.text)
    label.setStyleSheet(f"color: {MUTED}")
    text.setStyleSheet(f"color: {shades.ink}; font-weight: 600")
    frame.setAccessibleName(f"{fact.label} {fact.text}")
    line = QHBoxLayout(frame)
    line.setContentsMargins(9, 3, 9, 3)
    line.setSpacing(6)
    line.addWidget(label)
    line.addWidget(text)
    return frame
