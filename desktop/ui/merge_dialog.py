"""Merging two records of one person or department: choose the other one, see what moves, then do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QDialog, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from desktop.domain.mergers import Merger
from desktop.services.office import Reading, Work
from desktop.ui.colours import shade
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.pieces import button, heading, named, row, take_size, words
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

Row = TypeVar("Row")


@dataclass(frozen=True)
class Mergeable(Generic[Row]):
    """What is merged, for the dialog: rows, and the use-cases in the order (gone, counts)."""

    noun: str
    columns: tuple[Column[Row], ...]
    rows: Callable[[], Sequence[Row]]
    key: Callable[[Row], UUID]
    full: Callable[[Row], str]
    preview: Callable[[Reading, Row, Row], Merger]
    merge: Callable[[Work, Row, Row], Merger]
    search: str


class MergeDialog(QDialog, Generic[Row]):
    """Retires one record in favour of another; nothing is done before its preview was shown."""

    def __init__(self, desk: Desk, what: Mergeable[Row], first: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("merge")
        self.setWindowTitle(f"合并{what.noun}")
        take_size(self, 860, 560)
        self._desk, self._what, self._first = desk, what, first
        self._pair: tuple[Row, Row] | None = None
        self.table: Table[Row] = Table(
            what.columns,
            MemorySource(self._others, what.columns, what.key),
            desk.operations,
            name=f"合并{what.noun}",
            ask=Ask(sort="name"),
            search=what.search,
        )
        self.table.fit_columns()
        self.keep_first = QCheckBox(f"反过来：保留“{what.full(first)}”，停用选中的一条")
        self.told = named(QTextBrowser(), "合并的内容")
        self.told.setPlaceholderText("在左边选中与它是同一个的另一条记录，这里会列出合并将移动的内容。")
        self.go = button("合并", self._merge, primary=True)
        self.go.setEnabled(False)
        split = QSplitter()
        split.addWidget(self.table)
        split.addWidget(self.told)
        split.setSizes([420, 420])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading(f"“{what.full(first)}”与哪一条是同一个{what.noun}？", 1.15))
        layout.addWidget(words("选中的一条保留，这一条停用。签过的字、归档的表单都不改动。", "muted"))
        layout.addWidget(split, 1)
        layout.addWidget(self.keep_first)
        layout.addLayout(row(None, button("取消", self.reject), self.go))
        self.table.chosen.connect(lambda _row: self._look())
        self.keep_first.toggled.connect(lambda _on: self._look())
        self.table.reload()
        self.table.search.setFocus()

    def _others(self) -> list[Row]:
        own = self._what.key(self._first)
        return [item for item in self._what.rows() if self._what.key(item) != own]

    def _look(self) -> None:
        other = self.table.current()
        self._pair = None
        self.go.setEnabled(False)
        if other is None:
            self.told.clear()
            return
        pair = (other, self._first) if self.keep_first.isChecked() else (self._first, other)
        what = self._what

        def then(merger: Merger) -> None:
            self._pair = pair
            self.told.setHtml(_html(merger))
            self.go.setEnabled(True)

        self._desk.read(self, lambda reading: what.preview(reading, *pair), then, key="preview", failed=self._not_so)

    def _not_so(self, error: Exception) -> None:
        self.told.setHtml(f"<span style='color:{shade('bad').ink}'>{refusal_of(error)}</span>")

    def _merge(self) -> None:
        pair, what = self._pair, self._what
        if pair is not None:
            self._desk.run(
                self, lambda work: what.merge(work, *pair), lambda _merger: self.accept(), waiting="正在合并"
            )


def _html(merger: Merger) -> str:
    bad = shade("warning").ink
    parts = [f"<p><b>停用：</b>{merger.gone}<br><b>保留：</b>{merger.counts}</p>"]
    parts += [f"<p style='color:{bad}'>请注意：{text}</p>" for text in merger.warnings]
    moved = [f"<li>{item.text}</li>" for item in merger.moved] or ["<li>没有需要移动的内容</li>"]
    parts.append(f"<p><b>移到保留的一条：</b></p><ul>{''.join(moved)}</ul>")
    parts += [f"<p>不变：{text}。</p>" for text in merger.kept]
    return "".join(parts)
