"""Heads that were seen before, held against the chains: a tail that was cut off or replaced leaves no other trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.store.heads import Printed, Seen
from desktop.store.verify.chain import Chains
from desktop.store.verify.finding import Finding


@dataclass(frozen=True, slots=True)
class Anchors:
    """What must still stand in the chains: heads that this machine has seen, and seals on paper."""

    seen: Sequence[Seen] = ()
    printed: Sequence[Printed] = ()


def check_anchors(chains: Chains, anchors: Anchors) -> Iterator[Finding]:
    """Each head that was seen must still stand in its chain, and each seal that was printed in one of them."""
    ends: dict[str, int] = {}
    for device, seq in chains.seals:
        ends[device] = max(seq, ends.get(device, 0))
    told: set[tuple[str, str]] = set()
    for one in anchors.seen:
        head = one.head
        found = chains.seals.get((head.device, head.seq))
        fault = _fault(one, found, ends.get(head.device, 0)) if found != head.hash else ""
        kind = (head.device, "cut" if found is None else "replaced")
        if fault and kind not in told:
            told.add(kind)
            where = f"安装点“{head.name}”的日志第 {head.seq} 条"
            yield Finding(where, fault, "changeset", head.device)
    for seal in anchors.printed:
        if not any(full.startswith(seal.code) for full in chains.numbers.get(seal.number, ())):
            what = "日志中没有这一条：打印以后，它和它以前的记录有改动，或者恢复过打印以前的备份。"
            yield Finding(f"流水校验 {seal.number}:{seal.code}", what, "changeset", str(seal.number))


def _fault(one: Seen, found: str | None, end: int) -> str:
    if found is None:
        return f"{one.where}见过它，现在只到第 {end} 条：末尾的日志被删去了，或者这是较早的一份备份。"
    return f"{one.where}见过它，现在这里是另一条：从它起的日志被换过了。"
