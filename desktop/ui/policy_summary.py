"""A policy told in a few words, for whoever chooses one or looks up which one is in force."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.forms import FORMS
from desktop.domain.policy import FormRule, Policy

Part = tuple[str, tuple[str, ...]]


def summary_of(policy: Policy) -> tuple[Part, ...]:
    """The policy by headings: departments, roles, the states of a project, who signs what, deadlines, open points."""
    assumed = [f"{FORMS[rule.key].title}：{step.title}" for rule in policy.forms for step in rule.steps if step.assumed]
    parts: list[Part] = [
        ("部门", ("、".join(item.title for item in policy.departments),)),
        ("角色", ("、".join(item.title for item in policy.roles),)),
        ("项目状态", ("、".join(item.title for item in policy.states),)),
        ("表单与审批", tuple(_chain(rule) for rule in policy.forms if rule.steps)),
        ("期限", tuple(f"{clock.title}（{clock.strength.label}，{clock.rule}）" for clock in policy.clocks)),
        ("制度原文没有写明、请核对的审批步骤", tuple(assumed)),
    ]
    return tuple((title, lines) for title, lines in parts if lines)


def _chain(rule: FormRule) -> str:
    return f"{FORMS[rule.key].title}（{rule.code}）：{' → '.join(step.title for step in rule.steps)}"


def html_of(policy: Policy) -> str:
    """The summary as the few tags that a label understands."""
    pieces = []
    for title, lines in summary_of(policy):
        body = "<br>".join(escape(line) for line in lines)
        pieces.append(f"<p style='margin:0 0 10px 0'><b>{escape(title)}</b><br>{body}</p>")
    return "".join(pieces)


class PolicySummary(QScrollArea):
    """The summary, to read through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("制度摘要")
        self._words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._words)
        layout.addStretch(1)
        self.setWidget(inner)
        for part in (self.viewport(), inner):  # the ground of what it lies on shines through
            part.setAutoFillBackground(False)

    def show_policy(self, policy: Policy) -> None:
        """Tell this policy."""
        self._words.setText(html_of(policy))
        self.verticalScrollBar().setValue(0)
