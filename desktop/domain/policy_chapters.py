"""A policy in words, as it is read: chapters, their parts and sentences, found by words and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Statement:
    """One sentence of a policy. ``key`` is the same in every version; ``label`` says what the sentence is about.

    ``assumed`` marks what the paper policy does not say and the office must confirm.
    """

    key: str
    label: str
    text: str
    rule: str = ""
    strength: str = ""
    assumed: bool = False

    @property
    def basis(self) -> str:
        """Strength and rule, as they stand behind the sentence."""
        return "，".join(part for part in (self.strength, self.rule) if part)

    @property
    def whole(self) -> str:
        """The sentence with its basis and its mark."""
        basis = f"（{self.basis}）" if self.basis else ""
        return f"{self.label}：{self.text}{basis}{'【须确认】' if self.assumed else ''}"


@dataclass(frozen=True)
class Part:
    """Sentences under one heading: a form, the clocks, the roles."""

    key: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Chapter:
    """Parts under one heading."""

    key: str
    title: str
    parts: tuple[Part, ...]

    @property
    def statements(self) -> Iterator[Statement]:
        """Every sentence of the chapter."""
        for part in self.parts:
            yield from part.statements


def narrowed(chapters: tuple[Chapter, ...], find: str = "", *, only_assumed: bool = False) -> tuple[Chapter, ...]:
    """The sentences that hold every word of ``find`` (their heading counted), if asked those to confirm alone."""
    asked = find.casefold().split()

    def holds(part: Part, one: Statement) -> bool:
        said = f"{part.title} {one.whole}".casefold()
        return (one.assumed or not only_assumed) and all(word in said for word in asked)

    found = []
    for chapter in chapters:
        parts = [
            replace(part, statements=tuple(one for one in part.statements if holds(part, one)))
            for part in chapter.parts
        ]
        if kept := tuple(part for part in parts if part.statements):
            found.append(replace(chapter, parts=kept))
    return tuple(found)


def count_assumed(chapters: tuple[Chapter, ...]) -> int:
    """How many sentences the office must confirm."""
    return sum(one.assumed for chapter in chapters for one in chapter.statements)


def plain_text(title: str, chapters: tuple[Chapter, ...]) -> str:
    """The policy as plain text, for a mail or a note."""
    lines = [title]
    for chapter in chapters:
        lines += ["", f"【{chapter.title}】"]
        for part in chapter.parts:
            lines += [part.title, *(f"　　{one.whole}" for one in part.statements)]
    return "\n".join(lines) + "\n"
