"""Beside a form: its sections to jump to, and what is still wrong or missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.domain.form import Form, Problem
from desktop.ui.colours import TONES, colour

_WIDTH, _READING_WIDTH = 11.5, 8.5
_LOOK = "QListWidget { background: transparent; } QListWidget::item { padding: 3px 6px; border-radius: 4px; }"
_WRAPPED = "QListWidget { background: transparent; padding-left: 6px; } QListWidget::item { padding: 3px 0px; }"
"""Padding beside a text that wraps is not reckoned with where its height is: its last words would be cut."""


class FormGuide(QWidget):
    """``section_wanted`` and ``problem_wanted`` ask the form to go there.

    ``barred`` says that a gate keeps the form from being submitted, however it is filled in.
    """

    section_wanted = Signal(str)
    problem_wanted = Signal(object)

    def __init__(self, form: Form, *, read_only: bool) -> None:
        super().__init__()
        self._form = form
        self.barred = False
        self.setFixedWidth(round(self.fontMetrics().height() * (_READING_WIDTH if read_only else _WIDTH)))
        self.sections = QListWidget()
        self.sections.setAccessibleName("表单各部分")
        self.problems = QListWidget()
        self.problems.setAccessibleName("还要处理的问题")
        self.problems.setWordWrap(True)
        self.problems.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.count = QLabel()
        for list_, role, look in ((self.sections, "sections", _LOOK), (self.problems, "problems", _WRAPPED)):
            list_.setObjectName(role)
            list_.setStyleSheet(look)
        for section in form.sections:
            QListWidgetItem(section.title, self.sections).setData(Qt.ItemDataRole.UserRole, section.key)
        row = self.sections.sizeHintForRow(0)
        self.sections.setFixedHeight(row * len(form.sections) + 8)
        self.sections.itemClicked.connect(lambda item: self.section_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.sections.itemActivated.connect(lambda item: self.section_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.problems.itemClicked.connect(lambda item: self.problem_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.problems.itemActivated.connect(lambda item: self.problem_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sections)
        layout.addSpacing(8)
        layout.addWidget(self.count)
        layout.addWidget(self.problems, 1)
        if read_only:
            self.count.hide()
            self.problems.hide()
            layout.addStretch(1)

    def show_section(self, key: str) -> None:
        """Mark the section that is looked at."""
        for place, section in enumerate(self._form.sections):
            if section.key == key:
                self.sections.setCurrentRow(place)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """List what is wrong: first what keeps the form from being submitted."""
        blocking = [problem for problem in problems if problem.blocks]
        per_section = Counter(problem.section for problem in blocking)
        for place, section in enumerate(self._form.sections):
            number = per_section[section.key]
            self.sections.item(place).setText(f"{section.title}　{number}" if number else section.title)
        self.problems.clear()
        for problem in problems:
            rule = f"（{problem.rule}）" if problem.rule else ""
            item = QListWidgetItem(f"{problem.text}{rule}", self.problems)
            item.setData(Qt.ItemDataRole.UserRole, problem)
            item.setForeground(colour(TONES["bad" if problem.blocks else "warning"].ink))
            item.setToolTip("必须处理后才能提交" if problem.blocks else "提醒，不影响提交")
        filled = "已填全，条件还没满足" if self.barred else "可以提交"
        self.count.setText(f"还有 {len(blocking)} 处要处理" if blocking else filled)
        tone = "bad" if blocking else "warning" if self.barred else "good"
        self.count.setStyleSheet(f"color: {TONES[tone].ink}")
