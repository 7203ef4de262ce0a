"""The step of the first start that asks which departments carry out the office's projects."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout

from desktop.domain.errors import Refusal
from desktop.domain.policy import Policy
from desktop.services.departments import clean_department_name
from desktop.ui.pieces import named, words
from desktop.ui.start_welcome import StartPage


class DepartmentsPage(StartPage):
    """The office's own departments, one a line, beginning with what the policy suggests."""

    title = "做项目的部门"
    hint = "每个项目都归一个部门。一行写一个，照您单位的叫法改；以后也可以在“设置”的“部门”里添加、改名。"

    def __init__(self) -> None:
        super().__init__()
        self._policy: Policy | None = None
        self.lines = named(QPlainTextEdit(), "做项目的部门")
        self.lines.setTabChangesFocus(True)
        self.setFocusProxy(self.lines)
        self._others = words(role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.lines, 1)
        layout.addWidget(self._others)
        self.lines.textChanged.connect(self.changed)

    def set_policy(self, policy: Policy) -> None:
        """Suggest the departments of this policy; what was written under it before stays."""
        if policy is self._policy:
            return
        if self._policy is None or self.names == self._policy.suggested_departments:
            self.lines.setPlainText("\n".join(policy.suggested_departments))
        self._policy = policy
        self._others.setText(f"另外照制度设立：{'、'.join(policy.standing_departments)}。")

    @property
    def names(self) -> tuple[str, ...]:
        """What is written, each once."""
        written = (line.strip() for line in self.lines.toPlainText().splitlines())
        return tuple(dict.fromkeys(name for name in written if name))

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every department that the new office will have."""
        standing = self._policy.standing_departments if self._policy else ()
        return tuple(dict.fromkeys((*standing, *self.names)))

    @property
    def problem(self) -> str:
        for name in self.names:
            try:
                clean_department_name(name)
            except Refusal as error:
                return error.what
        if self._policy and self._policy.suggested_departments and not self.names:
            return "请至少写一个做项目的部门，否则项目没有部门可归。"
        return ""
