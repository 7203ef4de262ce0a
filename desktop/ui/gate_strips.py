"""What a project may not do and why, and what was decided about it: strips at the head of its page, with buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.domain.gates import Unmet
from desktop.services.form_offers import FormOffer
from desktop.services.gate_view import Checklist, GateLine
from desktop.services.next_steps import NextStep
from desktop.ui.colours import TONES
from desktop.ui.pieces import button, words

Begin = Callable[[FormOffer], None]


def gate_strips(
    gates: Sequence[GateLine], offers: Sequence[FormOffer], begin: Begin, *, over: bool = False
) -> list[QWidget]:
    """A strip for every form that opens gates, and one for what no form opens.

    Of a project whose course is ``over`` only what a form can still bring about is told.
    """
    by_form: dict[str, list[str]] = {}
    for gate in gates:
        for item in gate.unmet:
            if item.opens or not over:
                by_form.setdefault(item.opens, []).append(_gate_text(gate, item))
    return [_strip(told, _offered((key,), offers), begin) for key, told in by_form.items()]


def step_strips(steps: Iterable[NextStep], offers: Sequence[FormOffer], begin: Begin) -> list[QWidget]:
    """A strip for everything that was decided and is to be carried out (PAUSE-5, WDR-1)."""
    return [_strip([f"{item.text}（{item.rule}）"], _offered(item.opens, offers), begin, "info") for item in steps]


def checklist_strips(lists: Iterable[Checklist], turn_to: Callable[[], None]) -> list[QWidget]:
    """A strip for every paper that the project's state is about and that still lacks something (CLOSE-3)."""
    found = []
    for item in lists:
        if item.pressing and item.missing:
            titles = "、".join(gate.title for gate in item.gates if any(one.stops for one in gate.unmet))
            strip = _strip([f"《{item.title}》还差 {item.missing} 项：{titles}"], (), lambda _offer: None)
            line = strip.layout()
            if isinstance(line, QHBoxLayout):
                line.addWidget(button("逐项办理", turn_to))
            found.append(strip)
    return found


def _offered(keys: Sequence[str], offers: Sequence[FormOffer]) -> tuple[FormOffer, ...]:
    by_key = {offer.form_key: offer for offer in offers}
    return tuple(by_key[key] for key in keys if key in by_key)


def _strip(lines: Sequence[str], offers: Sequence[FormOffer], begin: Begin, tone: str = "warning") -> QWidget:
    strip = QFrame()
    strip.setObjectName("gate")
    strip.setStyleSheet(f"QFrame#gate {{ background: {TONES[tone].fill}; border-radius: 4px; }}")
    told = words("\n".join(lines))
    told.setStyleSheet(f"color: {TONES[tone].ink}")
    line = QHBoxLayout(strip)
    line.setContentsMargins(10, 3, 6, 3)
    line.addWidget(told, 1)
    for offer in offers:
        line.addWidget(button(f"填写《{offer.title}》", partial(begin, offer)))
    return strip


def _gate_text(gate: GateLine, item: Unmet) -> str:
    return f"{gate.title}：{item.text}（{item.rule}，{item.strength.label}）"
