"""代录: what was signed on a print is recorded, with the scan as evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.domain import values
from desktop.domain.approval import Decision
from desktop.domain.filing import short_hash
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_papers import Step
from desktop.services.approving import PaperSignature
from desktop.services.filings import FilingPage
from desktop.ui.fields.dates import add_calendar
from desktop.ui.fields.people import add_people, find_person
from desktop.ui.pieces import button, named, row, words

_SCANS = "扫描件 (*.pdf *.jpg *.jpeg *.png *.tif *.tiff *.bmp)"
Send = Callable[[Sequence[PaperSignature], Path], None]
_WIDTHS = {1: 11.5, 2: 7.2}
"""Least widths, in units of the font's height: for a name with department and number, and for a date."""


class _StepRow:
    """The widgets for one step's signature."""

    def __init__(self, step: Step, signers: Sequence[PersonRef], people: Sequence[PersonRef], today: dt.date) -> None:
        self.step = step
        self.people = people
        self.signed = named(QCheckBox(step.title), f"{step.title}已签")
        self.who = named(QLineEdit(placeholderText="签字人"), f"{step.title}签字人")
        add_people(self.who, signers or people)
        if len(signers) == 1:
            self.who.setText(signers[0].full)
            self.who.setCursorPosition(0)
        self.on = named(QLineEdit(today.isoformat()), f"{step.title}签字日期")
        add_calendar(self.on)
        self.decision = named(QComboBox(), f"{step.title}决定")
        for decision in Decision:
            self.decision.addItem(decision.label, decision)
        self.opinion = named(QLineEdit(placeholderText="纸上写的意见"), f"{step.title}意见")
        self.signed.toggled.connect(self._enable)
        self._enable(on=False)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets from left to right."""
        return self.signed, self.who, self.on, self.decision, self.opinion

    def _enable(self, on: bool) -> None:
        for part in self.parts()[1:]:
            part.setEnabled(on)

    def signature(self) -> PaperSignature:
        """What was filled in.

        Raises:
            Unreadable: the signer or the date is missing or cannot be read.
        """
        found, _note = find_person(self.who.text(), self.people)
        if not isinstance(found, dict):
            raise values.Unreadable(f"请填写“{self.step.title}”的签字人")
        day = values.read_date(self.on.text()).value
        if not isinstance(day, str):
            raise values.Unreadable(f"请填写“{self.step.title}”的签字日期")
        known = next((person.id for person in self.people if str(person.id) == found["id"]), None)
        return PaperSignature(
            step_key=self.step.key,
            signer_id=known,
            signer_name=str(found["name"]),
            on=dt.date.fromisoformat(day),
            decision=Decision(self.decision.currentData()),  # Qt hands a plain text back
            opinion=self.opinion.text().strip(),
        )


class PaperDialog(QDialog):
    """Records every signature on one sheet; stays open until it was recorded."""

    def __init__(
        self, page: FilingPage, people: Sequence[PersonRef], today: dt.date, send: Send, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._send = send
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("代录纸面签字")
        self.setMinimumWidth(880)
        self.setAcceptDrops(True)
        settled = {"signed", "skipped"}
        steps = [status.step for status in page.progress.steps if status.state.value not in settled]
        self.rows = [_StepRow(step, page.signers_by_step.get(step.key, ()), people, today) for step in steps]
        self.scan = named(QLineEdit(placeholderText="把签好字的扫描件拖到这里，或点“选择…”"), "扫描件")
        self._wrong = words("", "problem")
        self._wrong.hide()
        row_ = page.row
        check = words(
            f"请核对纸上的页脚：{row_.number}　第 {row_.revision_no} 版　{short_hash(page.sha256)}。"
            "不一致的，所签的不是现在这一版，不能代录。"
        )
        grid = QGridLayout()
        for place, word in enumerate(("已签的步骤", "签字人", "日期", "决定", "意见")):
            head = QLabel(word)
            head.setProperty("role", "muted")
            grid.addWidget(head, 0, place)
        for number, line in enumerate(self.rows, 1):
            for place, part in enumerate(line.parts()):
                grid.addWidget(part, number, place)
        for place, width in _WIDTHS.items():
            grid.setColumnMinimumWidth(place, round(self.fontMetrics().height() * width))
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 1)
        grid.setColumnStretch(4, 4)
        self.record = button("代录", self._record, primary=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(check)
        layout.addLayout(grid)
        scan = QHBoxLayout()
        scan.addWidget(QLabel("扫描件"))
        scan.addWidget(self.scan, 1)
        scan.addWidget(button("选择…", self._choose))
        layout.addLayout(scan)
        layout.addWidget(self._wrong)
        layout.addLayout(row(None, button("取消", self.reject), self.record))
        if self.rows:
            self.rows[0].signed.setChecked(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.scan.setText(url.toLocalFile())

    def tell(self, text: str) -> None:
        """Say what is wrong; the person mends it and tries again."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.record.setEnabled(True)

    def _choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, "选择扫描件", "", _SCANS)
        if name:
            self.scan.setText(name)

    def _record(self) -> None:
        try:
            signatures, scan = self._filled()
        except values.Unreadable as reason:
            self.tell(f"{reason}。")
            return
        self.tell("")
        self.record.setEnabled(False)
        self._send(signatures, scan)

    def _filled(self) -> tuple[list[PaperSignature], Path]:
        chosen = [line for line in self.rows if line.signed.isChecked()]
        if not chosen:
            raise values.Unreadable("请勾选纸上已经签字的步骤")
        for line in self.rows[: self.rows.index(chosen[-1])]:
            if not line.signed.isChecked():
                raise values.Unreadable(f"“{line.step.title}”在前，要先有它的签字")
        signatures = [line.signature() for line in chosen]
        scan = Path(self.scan.text())
        if not scan.is_file():
            raise values.Unreadable("请选择签好字的扫描件")
        return signatures, scan
