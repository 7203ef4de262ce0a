"""The fields that are answered by choosing, and the options that they offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain import values
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.values import Read, Unreadable


@dataclass(frozen=True)
class Option:
    """One answer of a choice; ``synonyms`` are other words offices use for it.

    An option of the policy's that is ``assumed`` is not the paper policy's own.
    """

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class ChoiceField(Field):
    """One of the options; ``options_from`` names a list of the policy (``states``, ``kinds``) that supplies them.

    ``usually`` is the key of the option that nearly all take.
    """

    kind = "choice"
    options: tuple[Option, ...] = ()
    options_from: str = ""
    usually: str = ""

    @property
    def usual(self) -> Json:
        return self.usually if any(item.key == self.usually for item in self.options) else None

    def read(self, raw: object, *, unit: int = 1) -> Read:
        text = values.read_text(raw).value
        if text is None:
            return values.NOTHING
        option = _find_option(self.options, str(text))
        if option is None:
            known = "、".join(item.label for item in self.options)
            raise Unreadable(f"{self.label}“{text}”不认识，可以填：{known}")
        known_as = {option.key, option.label}
        return Read(option.key, "" if text in known_as else f"“{text}”读作“{option.label}”")

    def text(self, value: Json) -> str:
        return next((item.label for item in self.options if item.key == value), "" if value is None else str(value))


@dataclass(frozen=True, kw_only=True)
class MultiChoiceField(Field):
    """Any number of the options, a list of keys in the options' order."""

    kind = "multi-choice"
    options: tuple[Option, ...] = ()

    def read(self, raw: object, *, unit: int = 1) -> Read:
        if raw is None or raw == "":
            return values.NOTHING
        words = raw if isinstance(raw, list | tuple) else str(raw).replace("，", "、").split("、")
        chosen: set[str] = set()
        for word in words:
            option = _find_option(self.options, str(word).strip())
            if option is None:
                raise Unreadable(f"{self.label}“{word}”不认识")
            chosen.add(option.key)
        return Read([item.key for item in self.options if item.key in chosen] or None)

    def text(self, value: Json) -> str:
        keys = value if isinstance(value, list | tuple) else ()
        return "、".join(item.label for item in self.options if item.key in keys)


def _find_option(options: Sequence[Option], word: str) -> Option | None:
    """The option that ``word`` names, whatever its letter case, width and blanks (``系统 集成``)."""
    asked = _folded(word)
    return next((item for item in options if asked in map(_folded, (item.key, item.label, *item.synonyms))), None)


def _folded(word: str) -> str:
    return "".join(values.plain(word).casefold().split())
