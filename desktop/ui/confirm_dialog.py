"""逐项确认: each line of a section is found right or not before the signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.filing import line_text
from desktop.domain.form import LineTable, lines_of
from desktop.services.confirming import LineMark
from desktop.services.filings import FilingPage
from desktop.services.line_checks import NO, YES, CheckedLine
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.pieces import button, heading, named, row, words

Send = Callable[[Sequence[LineMark]], None]
_OPTIONS = (("", "未确认"), (YES, "相符"), (NO, "不符"))


class ConfirmDialog(QDialog):
    """Shows each line with its verdict and a remark; ``send`` gets the lines that were marked anew."""

    def __init__(self, page: FilingPage, send: Send, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("逐项确认")
        self.resize(860, 520)
        self._send = send
        self._lines = page.lines
        key = page.progress.status(page.may_decide).step.confirms
        section = page.form.section(key)
        if not isinstance(section, LineTable):
            raise TypeError(section)
        texts = [line_text(section, line) for line in lines_of(page.content, key)]
        self.verdicts = [_box(line) for line in self._lines]
        self.remarks = [named(QLineEdit(line.remark), f"第 {line.number} 行说明") for line in self._lines]
        grid = QGridLayout()
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(3, 3)
        parts = zip(self._lines, texts, self.verdicts, self.remarks, strict=True)
        for place, (line, text, verdict, remark) in enumerate(parts):
            remark.setPlaceholderText("不符时写明哪里不符")
            grid.addWidget(QLabel(str(line.number)), place, 0)
            grid.addWidget(words(text), place, 1)
            grid.addWidget(verdict, place, 2)
            grid.addWidget(remark, place, 3)
        grid.setRowStretch(len(self._lines), 1)
        body = QWidget()
        body.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        self._wrong = words("", "problem")
        self._wrong.hide()
        self.save = button("保存", self._save, primary=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading(f"逐项确认：{section.title}", 1.2))
        layout.addWidget(words("每一项都相符，才能同意；有不符的，请退回并写明理由。", "muted"))
        layout.addWidget(area, 1)
        layout.addWidget(self._wrong)
        layout.addLayout(row(button("全部相符", self.mark_all), None, button("取消", self.reject), self.save))

    def mark_all(self) -> None:
        """Find every line right that was not marked yet."""
        for verdict in self.verdicts:
            if not verdict.currentData():
                verdict.setCurrentIndex(verdict.findData(YES))

    def tell(self, text: str) -> None:
        """Say what is wrong; the person mends it and tries again."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.save.setEnabled(True)

    def _save(self) -> None:
        marks = [
            LineMark(line.line, verdict.currentData() == YES, remark.text())
            for line, verdict, remark in zip(self._lines, self.verdicts, self.remarks, strict=True)
            if verdict.currentData() and (verdict.currentData(), remark.text()) != (line.verdict, line.remark)
        ]
        if not marks:
            self.accept()
            return
        self.save.setEnabled(False)
        self._send(marks)


def _box(line: CheckedLine) -> QuietCombo:
    made = named(QuietCombo(), f"第 {line.number} 行")
    for key, text in _OPTIONS:
        made.addItem(text, key)
    made.setCurrentIndex(made.findData(line.verdict))
    return made
