"""全面检查: what a whole check found, and rebuilding from the journal where that can mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.services.checking import Finding
from desktop.services.rebuilding import RebuiltOffice
from desktop.ui.pieces import button, heading, named, row, words

_SIZE = (820, 520)


class FindingsDialog(QDialog):
    """The findings as text that can be copied; ``rebuild`` is offered where there are any."""

    def __init__(self, findings: Sequence[Finding], rebuild: Callable[[], None], owner: QWidget) -> None:
        super().__init__(owner.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("全面检查")
        self.resize(*_SIZE)
        self.text = named(QPlainTextEdit(), "检查结果")
        self.text.setReadOnly(True)
        self.text.setPlainText("\n".join(f"{one.where}：{one.what}" for one in findings))
        self.rebuild = button("从日志重建…", self._rebuild)
        self._then = rebuild
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading(f"发现 {len(findings)} 处不符", 1.15))
        layout.addWidget(
            words(
                "台账、表单与日志不一致的，可以从日志重建：另做一份数据，列出撤销了哪些绕过程序的改动，核对后再决定是否换上。"
                "文件损坏的，请恢复最近的备份。",
                "muted",
            )
        )
        layout.addWidget(self.text, 1)
        layout.addLayout(row(None, self.rebuild, button("关闭", self.reject)))

    def _rebuild(self) -> None:
        self.accept()
        self._then()


class RebuiltDialog(QDialog):
    """What rebuilding from the journal came to, and whether the rebuilt data shall take the present data's place."""

    def __init__(self, made: RebuiltOffice, restore: Callable[[], None], owner: QWidget) -> None:
        super().__init__(owner.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("从日志重建")
        self.resize(*_SIZE)
        self.text = named(QPlainTextEdit(), "重建的结果")
        self.text.setReadOnly(True)
        self.text.setPlainText(told(made))
        self._then = restore
        self.restore = button("换上重建的数据…", self._restore, primary=True)
        self.restore.setEnabled(not made.findings and not made.rebuilt.equal)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading(_verdict(made), 1.15))
        layout.addWidget(words(f"重建的数据存在：{made.file}\n现在的数据没有改动。", "muted"))
        layout.addWidget(self.text, 1)
        layout.addLayout(row(None, self.restore, button("关闭", self.reject)))

    def _restore(self) -> None:
        self.accept()
        self._then()


def _verdict(made: RebuiltOffice) -> str:
    if made.rebuilt.equal:
        return "重建的数据与现在的完全一致"
    return f"撤销了 {len(made.rebuilt.undone)} 处绕过程序的改动"


def told(made: RebuiltOffice) -> str:
    """The result of rebuilding in words, part by part."""
    parts = [
        ("按日志改回的：", [f"{one.where}：{one.what}" for one in made.rebuilt.undone]),
        ("日志没有完整记载、按现状保留的：", [f"{one.where}：{one.what}" for one in made.rebuilt.kept]),
        ("内容与存入时不符的存档文件：", list(made.rebuilt.lost)),
        ("重建后仍有不符的：", [f"{one.where}：{one.what}" for one in made.findings]),
    ]
    blocks = ["\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in parts if lines]
    return "\n\n".join(blocks) or "没有任何差别。"
