"""恢复: what a backup would bring and take, before it takes the present data's place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.services.restoring import COUNTED, SHOWN, LostEntry, Rehearsal
from desktop.ui.pieces import button, heading, named, row, words

_SIZE = (860, 600)
_RIGHT = Qt.AlignmentFlag.AlignRight


class RestoreDialog(QDialog):
    """The rehearsal's result; ``then`` follows when the person wants the backup in the data's place."""

    def __init__(self, rehearsal: Rehearsal, then: Callable[[], None], owner: QWidget) -> None:
        super().__init__(owner.window())
        self.rehearsal = rehearsal
        self._then = then
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("恢复备份")
        self.resize(*_SIZE)
        self.text = named(QPlainTextEdit(), "会失去的内容")
        self.text.setReadOnly(True)
        self.text.setPlainText(self._told())
        self.go = button("恢复", self._go)
        self.go.setProperty("role", "danger")
        self.go.setEnabled(rehearsal.sound)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading(rehearsal.backup.name, 1.1))
        layout.addWidget(words(self._verdict(), "" if rehearsal.sound else "problem"))
        layout.addLayout(self._grid())
        layout.addWidget(words(self._loss(), "problem" if rehearsal.lost_count else "muted"))
        layout.addWidget(self.text, 1)
        layout.addWidget(
            words("现在的数据会作为“恢复前备份”留下来，可以再恢复回去。恢复时其他人必须先关闭程序。", "muted")
        )
        layout.addLayout(row(None, button("取消", self.reject), self.go))

    def _go(self) -> None:
        self.accept()
        self._then()

    def _verdict(self) -> str:
        found = self.rehearsal
        if not found.sound:
            return f"演练没有通过：备份中有 {len(found.findings)} 处不符，不能恢复。"
        upgraded = "，并已升级到本程序的数据版本" if found.upgraded else ""
        return f"演练已通过：备份复制到临时文件{upgraded}，全面核对无误。"

    def _grid(self) -> QGridLayout:
        then, now = self.rehearsal.then, self.rehearsal.now
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(4)
        last = now.last_change if now else None
        lines = [("", "备份中", "现在", ""), ("最后改动", _moment(then.last_change), _moment(last), "")]
        for key, title in COUNTED:
            before, after = then.counts.get(key, 0), now.counts.get(key, 0) if now else None
            change = f"{before - after:+,}" if after is not None and after != before else ""
            lines.append((title, f"{before:,}", "—" if after is None else f"{after:,}", change))
        for place, cells in enumerate(lines):
            for column, text in enumerate(cells):
                label = words(text, "muted" if place == 0 or column in {0, 3} else "", wrap=False)
                grid.addWidget(label, place, column, _RIGHT if column else Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(4, 1)
        return grid

    def _loss(self) -> str:
        if self.rehearsal.now is None:
            return "现在的数据读不出来，无法比较。"
        if not self.rehearsal.lost_count:
            return "备份以后没有新的改动，不会失去任何内容。"
        return f"恢复后会失去备份以后的 {self.rehearsal.lost_count:,} 次保存："

    def _told(self) -> str:
        found = self.rehearsal
        lines = [f"{one.where}：{one.what}" for one in found.findings]
        width = max((len(one.person) for one in found.lost), default=0)
        lines += [_line(one, width) for one in found.lost]
        if found.lost_count > SHOWN:
            lines.append(f"……还有 {found.lost_count - SHOWN:,} 次")
        return "\n".join(lines)


def _line(lost: LostEntry, width: int) -> str:
    """Who saved when, and what; from where only where it cannot be told what. Names take ``width`` characters."""
    return f"{_moment(lost.at)}　{(lost.person or '（没有记名）').ljust(width, '　')}　{lost.text or lost.device}"


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else "—"
