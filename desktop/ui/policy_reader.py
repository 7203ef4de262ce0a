"""A policy told in sentences, to proofread: contents at the left, find box and the list of what must be confirmed."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import Chapter, Statement, count_assumed, narrowed, plain_text
from desktop.domain.policy_told import tell_policy
from desktop.ui.colours import ACCENT, CHOSEN, HEAD, INK, LINE, MUTED, TONES
from desktop.ui.pieces import Segments, button, named, row, words

_DELAY_MS = 150
_NAMES_STYLE = (
    f"QListView {{ border-right: 1px solid {LINE}; }} "
    "QListView::item { padding: 4px 8px; border: 0px solid; background: transparent; } "
    f"QListView::item:selected {{ background: {CHOSEN}; }}"
)
_CONFIRM = TONES["warning"]


class PolicyReader(QWidget):
    """Shows a policy's sentences; ``narrowed_to`` follows every change of what is shown.

    ``contents`` puts the list of headings beside it, for windows that are wide enough.
    """

    narrowed_to = Signal()

    def __init__(self, *, contents: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._policy: Policy | None = None
        self._whole: tuple[Chapter, ...] = ()
        self.shown: tuple[Chapter, ...] = ()
        self.search = named(QLineEdit(placeholderText="查找：角色、表单、条款编号……"), "在制度中查找")
        self.search.setClearButtonEnabled(True)
        self.which = Segments([("all", "全部"), ("assumed", "只看须确认的")], lambda _key: self._show())
        self.copy = button("复制", self._copy)
        self.copy.setToolTip("把现在列出的内容作为文字放进剪贴板")
        self.contents = named(QListWidget(), "制度的目录")
        self.contents.setFixedWidth(round(self.fontMetrics().height() * 13))
        self.contents.setStyleSheet(_NAMES_STYLE)
        self.contents.setVisible(contents)
        self.contents.currentRowChanged.connect(self._go_to)
        self.text = named(QTextBrowser(), "制度的内容")
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.nothing = words("没有找到。", "muted")
        self._delay = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._delay.timeout.connect(self._show)
        self.search.textChanged.connect(self._delay.start)
        self.search.returnPressed.connect(self._show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        bar = row(self.search, self.which, self.copy)
        bar.setStretch(0, 1)
        layout.addLayout(bar)
        layout.addWidget(self.nothing)
        body = row(self.contents, self.text, spacing=0)
        body.setStretch(1, 1)
        layout.addLayout(body, 1)

    @property
    def only_assumed(self) -> bool:
        """Whether only what must be confirmed is listed."""
        return self.which.current == "assumed"

    @property
    def part_of(self) -> str:
        """How what is shown is less than the whole, in words; nothing where it is the whole."""
        asked = self.search.text().strip()
        told = [f"含“{asked}”的" if asked else "", "须确认的" if self.only_assumed else ""]
        return "只列出" + "、".join(part for part in told if part) if any(told) else ""

    def show_policy(self, policy: Policy) -> None:
        """Tell this policy, from its beginning."""
        if policy is self._policy:
            return
        self._policy, self._whole = policy, tell_policy(policy)
        self.which.set_text("assumed", f"只看须确认的（{count_assumed(self._whole)}）")
        self._show()

    def _show(self) -> None:
        self._delay.stop()
        asked = self.search.text()
        self.shown = narrowed(self._whole, asked, only_assumed=self.only_assumed)
        self.nothing.setVisible(not self.shown)
        self.copy.setEnabled(bool(self.shown))
        self.text.setHtml(html_of(self.shown, asked))
        self.contents.blockSignals(True)  # nobody has chosen anything
        self.contents.clear()
        self.contents.addItems([part.title for chapter in self.shown for part in chapter.parts])
        self.contents.blockSignals(False)
        self.narrowed_to.emit()

    def _go_to(self, place: int) -> None:
        keys = [part.key for chapter in self.shown for part in chapter.parts]
        if 0 <= place < len(keys):
            self.text.scrollToAnchor(keys[place])

    def _copy(self) -> None:
        policy = self._policy
        if policy is None:
            return
        title = f"{policy.title}　{policy.version} 版{f'（{self.part_of}）' if self.part_of else ''}"
        QGuiApplication.clipboard().setText(plain_text(title, self.shown))
        self.copy.setText("已复制")
        QTimer.singleShot(2_000, self.copy, lambda: self.copy.setText("复制"))


def html_of(chapters: tuple[Chapter, ...], find: str = "") -> str:
    """Chapters in the few tags that Qt's rich text understands; what was looked for is marked."""
    pieces = [f"<body style='color:{INK}'>"]
    for chapter in chapters:
        pieces.append(f"<h3 style='margin:14px 0 2px 0; color:{ACCENT}'>{escape(chapter.title)}</h3>")
        for part in chapter.parts:
            pieces.append(f"<a name='{part.key}'></a><p style='margin:8px 0 3px 0'><b>{escape(part.title)}</b></p>")
            rows = "".join(_row(one, find) for one in part.statements)
            pieces.append(f"<table width='100%' cellspacing='0' cellpadding='4'>{rows}</table>")
    return "".join(pieces)


def _row(one: Statement, find: str) -> str:
    ground = f" bgcolor='{_CONFIRM.fill}'" if one.assumed else ""
    mark = f"<span style='color:{_CONFIRM.ink}'><b>须确认</b>　</span>" if one.assumed else ""
    return (
        f"<tr><td width='19%' bgcolor='{HEAD}'>{marked(one.label, find)}</td>"
        f"<td width='65%'{ground}>{mark}{marked(one.text, find)}</td>"
        f"<td width='16%'><span style='color:{MUTED}'>{marked(one.basis, find)}</span></td></tr>"
    )


def marked(text: str, find: str) -> str:
    """The text with every word of ``find`` on a bright ground."""
    asked = [re.escape(escape(word)) for word in find.split()]
    told = escape(text)
    if not asked:
        return told
    bright = f"<span style='background-color:{CHOSEN}'>\\g<0></span>"
    return re.sub("|".join(asked), bright, told, flags=re.IGNORECASE)
