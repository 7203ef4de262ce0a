"""逐项确认: each line of some sections is found right or not before the signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.field import Content
from desktop.domain.filing import line_text
from desktop.domain.form import LineTable, Section, lines_of
from desktop.services.confirming import LineMark
from desktop.services.filings import FilingPage
from desktop.services.line_checks import NO, YES, CheckedLine
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.pieces import button, heading, named, row, take_size, words

Send = Callable[[Sequence[LineMark]], None]
_OPTIONS = (("", "未确认"), (YES, "相符"), (NO, "不符"))


class ConfirmDialog(QDialog):
    """Shows each line with its verdict and a remark; ``send`` gets the lines that were marked anew."""

    def __init__(self, page: FilingPage, send: Send, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("逐项确认")
        take_size(self, 860, 520)
        self._send = send
        self._lines = page.lines
        keys = page.progress.status(page.may_decide).step.confirms
        sections = {key: page.form.section(key) for key in keys}
        texts = {(key, line): text for key in keys for line, text in _texts(sections[key], page.content)}
        self.verdicts = [_box(line) for line in self._lines]
        self.remarks = [named(QLineEdit(line.remark), f"第 {line.number} 行说明") for line in self._lines]
        grid = QGridLayout()
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(3, 3)
        place = 0
        for line, verdict, remark in zip(self._lines, self.verdicts, self.remarks, strict=True):
            if line.number == 1:
                grid.addWidget(heading(sections[line.section].title, 1.05), place, 0, 1, 4)
                place += 1
            remark.setPlaceholderText("不符时写明哪里不符")
            grid.addWidget(QLabel(str(line.number)), place, 0)
            grid.addWidget(words(texts[line.section, line.line]), place, 1)
            grid.addWidget(verdict, place, 2)
            grid.addWidget(remark, place, 3)
            place += 1
        grid.setRowStretch(place, 1)
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
        layout.addWidget(heading("逐项确认", 1.2))
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
            LineMark(line.section, line.line, verdict.currentData() == YES, remark.text())
            for line, verdict, remark in zip(self._lines, self.verdicts, self.remarks, strict=True)
            if verdict.currentData() and (verdict.currentData(), remark.text()) != (line.verdict, line.remark)
        ]
        if not marks:
            self.accept()
            return
        self.save.setEnabled(False)
        self._send(marks)


def _texts(section: Section, content: Content) -> list[tuple[str, str]]:
    """Each line of a section, by id, in one row of words."""
    if not isinstance(section, LineTable):
        raise TypeError(section)
    return [(str(line["id"]), line_text(section, line)) for line in lines_of(content, section.key)]


def _box(line: CheckedLine) -> QuietCombo:
    made = named(QuietCombo(), f"第 {line.number} 行")
    for key, text in _OPTIONS:
        made.addItem(text, key)
    made.setCurrentIndex(made.findData(line.verdict))
    return made
