"""What summary tasks have of the tasks below them: their work and their progress (CTRL-6, WEEK-6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_NOUGHT = Decimal(0)


@dataclass(slots=True)
class Share:
    """Sums over tasks: how many, their length in working days, their work, and how much of each is done (× 100).

    ``whole`` says that every task that takes time has its work planned; ``reported`` that any has its progress told.
    """

    count: int = 0
    length: int = 0
    work: Decimal = _NOUGHT
    done_of_count: Decimal = _NOUGHT
    done_of_length: Decimal = _NOUGHT
    done_of_work: Decimal = _NOUGHT
    worked: bool = False
    whole: bool = True
    reported: bool = False

    @classmethod
    def of(cls, length: int, work: Decimal | None, progress: Decimal | None) -> Share:
        """One task's."""
        done, planned = progress or _NOUGHT, work or _NOUGHT
        return cls(
            1,
            length,
            planned,
            done,
            done * length,
            done * planned,
            work is not None,
            work is not None or not length,
            progress is not None,
        )

    def add(self, other: Share) -> None:
        """Take in what stands below."""
        self.count += other.count
        self.length += other.length
        self.work += other.work
        self.done_of_count += other.done_of_count
        self.done_of_length += other.done_of_length
        self.done_of_work += other.done_of_work
        self.worked |= other.worked
        self.whole &= other.whole
        self.reported |= other.reported

    @property
    def planned_work(self) -> Decimal | None:
        """The sum of the work; nothing where none is planned."""
        return self.work if self.worked else None

    @property
    def progress(self) -> Decimal | None:
        """How much is done, in points of 100; nothing where none is told.

        Weighted by work where all of it is planned, else by length; where nothing takes time, all count alike.
        """
        if not self.reported:
            return None
        if self.whole and self.work:
            return self.done_of_work / self.work
        if self.length:
            return self.done_of_length / self.length
        return self.done_of_count / self.count
