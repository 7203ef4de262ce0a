"""What a paper asks for before it is submitted, item by item, with the buttons that bring it about (CLOSE-3, DOC-2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.gates import Unmet
from desktop.services.form_offers import FormOffer
from desktop.services.gate_view import Checklist, FiledPaper, GateLine
from desktop.ui.chips import Chip
from desktop.ui.colours import TONES
from desktop.ui.pieces import button, clear, heading, words


@dataclass(frozen=True)
class Deeds:
    """What the buttons of a checklist do: begin a form, archive a document, set something aside, open a filing."""

    begin: Callable[[FormOffer], None]
    store: Callable[[str], None]
    waive: Callable[[Unmet], None]
    see: Callable[[UUID], None]


class ChecklistView(QScrollArea):
    """Every form that belongs to the project's state, with what it asks for: met, missing, or only advised."""

    def __init__(self, deeds: Deeds) -> None:
        super().__init__()
        self._deeds = deeds
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("checklists")
        body.setStyleSheet("QWidget#checklists { background: transparent; }")
        self.viewport().setAutoFillBackground(False)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 8, 8, 0)
        self._column.setSpacing(2)
        self.setWidget(body)

    def show_checklists(
        self, lists: Sequence[Checklist], offers: Sequence[FormOffer], *, may_store: bool, may_waive: bool
    ) -> None:
        """Show these, the pressing ones first."""
        clear(self._column)
        by_key = {offer.form_key: offer for offer in offers}
        for item in sorted(lists, key=lambda one: not one.pressing):
            self._column.addWidget(self._head(item, by_key.get(item.form_key)))
            for gate in item.gates:
                for missing in gate.unmet:
                    self._column.addWidget(self._line(gate, missing, by_key, may_store=may_store, may_waive=may_waive))
                for paper in gate.filed:
                    self._column.addWidget(self._paper(gate, paper))
                if not gate.unmet and not gate.filed:
                    self._column.addWidget(_met(gate))
        if not lists:
            self._column.addWidget(words("项目现在的状态下，没有须先备齐资料的表单。", "faint"))
        self._column.addStretch(1)

    def _head(self, item: Checklist, offer: FormOffer | None) -> QWidget:
        frame = QWidget()
        line = QHBoxLayout(frame)
        line.setContentsMargins(0, 8, 0, 4)
        line.addWidget(heading(f"填写《{item.title}》之前", 1.05))
        state = Chip()
        line.addWidget(state)  # first: a chip that is shown while it stands alone would be a window
        if item.missing:
            state.show_chip(f"还差 {item.missing} 项", "warning")
        else:
            state.show_chip("已备齐", "good")
        line.addStretch(1)
        if offer is not None and offer.allowed:
            line.addWidget(button(f"填写《{item.title}》", lambda: self._deeds.begin(offer)))
        return frame

    def _line(
        self, gate: GateLine, missing: Unmet, offers: dict[str, FormOffer], *, may_store: bool, may_waive: bool
    ) -> QWidget:
        frame, line = _row("✗" if missing.stops else "○", gate.title)
        line.addWidget(_small(f"{missing.rule}　{missing.strength.label}"))
        line.addWidget(words(missing.text), 1)
        offer = offers.get(missing.opens)
        if offer is not None:
            start = button(f"填写《{offer.title}》", lambda: self._deeds.begin(offer))
            start.setToolTip("" if offer.permitted else f"按制度由{offer.who}填写")
            line.addWidget(start)
        if missing.document and may_store:
            line.addWidget(button("存入…", lambda: self._deeds.store(missing.document)))
        if missing.waivable and may_waive:
            line.addWidget(button("例外…", lambda: self._deeds.waive(missing)))
        return frame

    def _paper(self, gate: GateLine, paper: FiledPaper) -> QWidget:
        frame, line = _row("✓", gate.title)
        line.addWidget(_small(""))
        same = "" if paper.document == paper.title else f"“{paper.document}”："
        line.addWidget(words(f"{same}《{paper.title}》{paper.number}，{paper.on} 生效，不用另存", "faint"), 1)
        line.addWidget(button("查看", lambda: self._deeds.see(paper.filing_id)))
        return frame


def _met(gate: GateLine) -> QWidget:
    frame, line = _row("✓", gate.title)
    line.addWidget(_small(""))
    line.addWidget(words("已具备，或不需要", "faint"), 1)
    return frame


_MARKS = {"✗": "bad", "○": "neutral", "✓": "good"}
_SPOKEN = {"✗": "缺少", "○": "建议", "✓": "已具备"}


def _row(mark: str, title: str) -> tuple[QWidget, QHBoxLayout]:
    frame = QWidget()
    frame.setMinimumHeight(round(frame.fontMetrics().height() * 1.9))
    line = QHBoxLayout(frame)
    line.setContentsMargins(6, 0, 0, 0)
    line.setSpacing(8)
    sign = QLabel(mark)
    sign.setStyleSheet(f"color: {TONES[_MARKS[mark]].ink}; font-weight: bold")
    sign.setFixedWidth(frame.fontMetrics().height())
    sign.setAccessibleName(_SPOKEN[mark])
    line.addWidget(sign)
    named = QLabel(title)
    named.setFixedWidth(round(frame.fontMetrics().height() * 8.5))
    line.addWidget(named)
    return frame, line


def _small(text: str) -> QLabel:
    label = words(text, "muted", wrap=False)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    label.setFixedWidth(round(label.fontMetrics().height() * 8.5))
    return label
