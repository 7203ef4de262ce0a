"""What every field of a form has: key and label, and how it reads, tells and checks its values; where values stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from desktop.domain.canonical import Json
from desktop.domain.values import Read, Unreadable

Content = Mapping[str, Any]
"""Section key → grid (mapping) or lines (sequence of mappings with an ``id``)."""


Facts = Mapping[str, Json]
"""What the ledger says when the form is filled in, by dotted name (``project.number``)."""


def is_empty(value: Json) -> bool:
    """Whether a field was left blank (zero is an answer)."""
    return value is None or (isinstance(value, str | list | tuple) and not value)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing a form asks for.

    ``share`` is its width among its neighbours in a line table; ``initially`` names the fact that a new draft begins
    with (``today``, ``actor`` for the person who writes, or one of the ledger's); ``synonyms`` are other headings that
    offices give it. A ``spare`` column of a line table is left out on paper where no line fills it.
    """

    kind: ClassVar[str]
    key: str
    label: str
    required: bool = False
    hint: str = ""
    share: float = 1.0
    initially: str = ""
    synonyms: tuple[str, ...] = ()
    spare: bool = False

    def read(self, raw: object, *, unit: int = 1) -> Read:
        """Understand what a person wrote.

        Raises:
            Unreadable: it cannot be what this field asks for.
        """
        raise NotImplementedError

    @property
    def usual(self) -> Json:
        """What a new draft or a new line begins with where nothing is known of it; ``None`` leaves it blank."""
        return None

    def text(self, value: Json) -> str:
        """What a person reads for a stored value; nothing for an empty one."""
        return "" if value is None else str(value)

    def same(self, one: Json, other: Json) -> bool:
        """Whether two stored values mean the same."""
        return one == other or (is_empty(one) and is_empty(other))

    def written(self, value: Json) -> object:
        """A stored value in a writing that `read` takes."""
        return value

    def fault(self, value: Json) -> str:
        """What is wrong with a stored value, for those that did not come through `read`; nothing if it is sound."""
        if is_empty(value):
            return ""
        try:
            again = self.read(self.written(value)).value
        except Unreadable as reason:
            return str(reason)
        except (KeyError, TypeError):
            again = None
        return "" if self.same(again, value) else f"“{value}”不是{self.label}应有的内容，请重新填写"
