"""Merging two records that turned out to mean one person or one department: what moves, what stays, what to mind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Moved:
    """Things of one kind that a merger moves to the record that counts, by the names people know them by."""

    kind: str
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """``担任项目经理的项目 3 个：JC-2026-901、…``."""
        shown = "、".join(self.names[:_SHOWN]) + ("…" if len(self.names) > _SHOWN else "")
        return f"{self.kind}（{len(self.names)}）：{shown}"


_SHOWN = 6


@dataclass(frozen=True)
class Merger:
    """What merging ``gone`` into ``counts`` does, told before it is done and after it was.

    ``kept`` is what stays with the record that is retired; ``warnings`` are what a person should look at first.
    """

    gone: str
    counts: str
    moved: tuple[Moved, ...] = ()
    kept: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it in lines."""
        lines = [f"“{self.gone}”将停用，以“{self.counts}”为准。"]
        lines += [f"移过去：{item.text}" for item in self.moved] or ["没有需要移过去的内容。"]
        lines += [f"不变：{text}" for text in self.kept]
        lines += [f"请注意：{text}" for text in self.warnings]
        return "\n".join(lines)
