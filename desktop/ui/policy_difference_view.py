"""What a new version of the policy would change: what to know, what stands against it, what it says otherwise."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop.domain.policy_difference import Difference
from desktop.services.policy_change import PolicyPreview
from desktop.ui.colours import HEAD, INK, MUTED, TONES
from desktop.ui.pieces import Segments, heading, named, row, take_size, words
from desktop.ui.policy_reader import PolicyReader

_TONES = {"新增": "good", "修改": "info", "删去": "bad"}


class PolicyDialog(QDialog):
    """A policy that could take the place of the one in force; it cannot where there are obstacles."""

    def __init__(self, preview: PolicyPreview, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        take_size(self, 980, 640)
        self.preview = preview
        policy = preview.policy
        self.obstacles = named(words("\n".join(str(one) for one in preview.obstacles), "problem"), "不能更换的原因")
        self.obstacles.setVisible(bool(preview.obstacles))
        self.notes = named(words("\n".join(f"· {note}" for note in preview.notes)), "更换前须知")
        self.notes.setVisible(bool(preview.notes))
        self.differences = named(QTextBrowser(), "改动")
        self.differences.setFrameShape(QFrame.Shape.NoFrame)
        self.differences.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.differences.setHtml(html_of(preview.differences))
        self.reader = PolicyReader()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.differences)
        self.pages.addWidget(self.reader)
        which = Segments(
            [("changes", f"与现行制度不同的（{len(preview.differences)}）"), ("whole", "新版全文")], self._turn
        )
        buttons = QDialogButtonBox()
        self.agree = buttons.addButton("换成这一版", QDialogButtonBox.ButtonRole.AcceptRole)
        self.agree.setProperty("role", "primary")
        self.agree.setEnabled(not preview.obstacles)
        buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading(f"{policy.title}　{policy.version} 版", 1.2))
        for part in (self.obstacles, self.notes):
            layout.addWidget(part)
        layout.addLayout(row(which, None))
        layout.addWidget(self.pages, 1)
        layout.addWidget(buttons)

    def _turn(self, key: str) -> None:
        if key == "whole":
            self.reader.show_policy(self.preview.policy)
        self.pages.setCurrentIndex(1 if key == "whole" else 0)


def html_of(differences: tuple[Difference, ...]) -> str:
    """The differences as a table: where, what became of it, before, after."""
    if not differences:
        return "<p>用文字说出来的内容没有不同；不同的只是文件里的注释或写法。</p>"
    head = "".join(
        f"<td bgcolor='{HEAD}' width='{width}'><b>{title}</b></td>"
        for title, width in (("何处", "20%"), ("", "7%"), ("现行", "36%"), ("新版", "37%"))
    )
    rows = "".join(map(_row, differences))
    return (
        f"<body style='color:{INK}'><table width='100%' cellspacing='0' cellpadding='4'><tr>{head}</tr>{rows}</table>"
    )


def _row(one: Difference) -> str:
    tone = TONES[_TONES[one.kind]]
    where = f"{escape(one.where)}<br><span style='color:{MUTED}'>{escape(one.label)}</span>"
    kind = f"<span style='color:{tone.ink}'>{one.kind}</span>"
    cells = (where, kind, escape(one.before), escape(one.after))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
