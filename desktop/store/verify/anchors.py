"""Heads that were seen before, held against the chains: a tail that was cut off or replaced leaves no other trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.store.verify.chain import Chains
from desktop.store.verify.finding import Finding


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of one installation's chain as it was seen once.

    ``seq`` and ``hash`` name its last header, whose moment ``at`` is spelled as in the journal; ``name`` is the
    installation's; ``seen`` says where the anchor was kept.
    """

    device: str
    name: str
    seq: int
    hash: str
    at: str
    seen: str


def check_anchors(chains: Chains, anchors: Sequence[Anchor]) -> Iterator[Finding]:
    """Each head that was seen must still stand in its chain."""
    ends: dict[str, int] = {}
    for device, seq in chains.seals:
        ends[device] = max(seq, ends.get(device, 0))
    for anchor in anchors:
        found = chains.seals.get((anchor.device, anchor.seq))
        if found is not None and found[0] == anchor.hash:
            continue
        where = f"安装点“{anchor.name}”的日志第 {anchor.seq} 条"
        seen = f"{anchor.seen}见过它（{anchor.at[:10]} 写入）"
        end = ends.get(anchor.device, 0)
        what = f"{seen}，现在只到第 {end} 条：末尾的日志被删去了，或者这是较早的一份备份。"
        if found is not None:
            what = f"{seen}，现在这里是另一条：从它起的日志被换过了。"
        yield Finding(where, what, "changeset", anchor.device)
