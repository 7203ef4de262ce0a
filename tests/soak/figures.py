"""A soak's tables: what was done how often, how long people waited, what they were told."""

from __future__ import annotations

import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tests.soak.ledger import DETAILS, SAVED, Entry

_HEAD = ("动作", "完成", "认出", "他人先改", "不合规则", "断线", "失败", "中位", "95%", "最长")
_WIDTHS = (10, 6, 6, 10, 10, 6, 6, 8, 8, 8)


def table(entries: Iterable[Entry]) -> list[str]:
    """One line for each kind of act; waits in seconds, of what was done (from the click to the answer)."""
    answers: Counter[tuple[str, str]] = Counter()
    waits: dict[str, list[float]] = defaultdict(list)
    for entry in entries:
        answers[entry.act, entry.answer] += 1
        if entry.answer in SAVED | {"read"}:
            waits[entry.act].append(entry.seconds)
    acts = sorted({act for act, _ in answers}, key=lambda act: (-answers[act, "saved"], act))
    lines = [_row(_HEAD)]
    for act in acts:
        done = answers[act, "saved"] + answers[act, "read"]
        told = (answers[act, name] for name in ("recognised", "stale", "refused", "interrupted", "failed"))
        lines.append(_row((act, done, *told, *_spread(waits[act]))))
    return lines


def _spread(waits: list[float]) -> tuple[str, str, str]:
    if not waits:
        return "-", "-", "-"
    ordered = sorted(waits)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.3f}", f"{high:.3f}", f"{ordered[-1]:.3f}"


def refusals(entries: Iterable[Entry], most: int = 8) -> list[str]:
    """The commonest refusals, so that a reader can judge whether they were due."""
    told = Counter(
        (entry.act, _general(entry.text)) for entry in entries if entry.answer in {"refused", "stale", "interrupted"}
    )
    return [f"  {times} 次 {act}：{text}" for (act, text), times in told.most_common(most)]


def _general(text: str) -> str:
    """The text without the numbers of its case."""
    return "".join("#" if letter.isdigit() else letter for letter in text.split(DETAILS, maxsplit=1)[0])[:110]


def _row(cells: Sequence[object]) -> str:
    return "".join(_padded(str(cell), width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _padded(text: str, width: int) -> str:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return text + " " * max(1, width - len(text) - wide)
