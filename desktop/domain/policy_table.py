"""One table of a policy file while it is read: each entry asked for by its kind, what nobody asked for refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from desktop.domain.errors import PolicyError

_E = TypeVar("_E", bound=StrEnum)


class Table:
    """One TOML table being read; what was not asked for is refused at ``done``.

    Each method takes the entry of a key; one without a default must be there.

    Raises:
        PolicyError: what is to be read is no table; from each method: an entry is missing or of a wrong kind.
    """

    def __init__(self, file: str, path: str, data: object) -> None:
        self.file = file
        self.path = path
        if not isinstance(data, dict):
            raise PolicyError(file, path, "应当是一个表")
        self._data: dict[str, Any] = data
        self._seen: set[str] = set()

    def fault(self, key: str, reason: str) -> PolicyError:
        """The error that names the file, the entry and the reason; for raising."""
        return PolicyError(self.file, f"{self.path}.{key}" if self.path else key, reason)

    def _take(self, key: str, kind: type | tuple[type, ...], noun: str, default: object) -> Any:  # noqa: ANN401 - TOML holds anything
        self._seen.add(key)
        if key not in self._data:
            if default is None:
                raise self.fault(key, "缺少这一项")
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fault(key, f"应当是{noun}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text."""
        value: str = self._take(key, str, "一段文字", default)
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value: bool = self._take(key, bool, " true 或 false", default)
        return value

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number, zero or more."""
        value: int = self._take(key, int, "整数", default)
        if value < 0:
            raise self.fault(key, "不能是负数")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key, list, "文字的列表", default)
        if not all(isinstance(item, str) for item in value):
            raise self.fault(key, "应当是文字的列表")
        return tuple(value)

    def names(self, key: str) -> tuple[str, ...]:
        """One name or a list of them, or nothing at all."""
        value = self._take(key, (str, list), "一个名字或名字的列表", "")
        names = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in names):
            raise self.fault(key, "应当是一个名字或名字的列表")
        return tuple(item for item in names if item)

    def word(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        """One of the words of a closed list."""
        text = self.text(key, default)
        try:
            return kind(text)
        except ValueError:
            known = "、".join(item.value for item in kind)
            raise self.fault(key, f"“{text}”不认识，可以写：{known}") from None

    def tables(self, key: str, *, needed: bool = False) -> list[Table]:
        """A list of tables; an empty one where it is not there, unless ``needed``."""
        rows = self._take(key, list, "表的列表", None if needed else ())
        return [Table(self.file, f"{self.path}.{key}[{n}]".lstrip("."), row) for n, row in enumerate(rows, 1)]

    def table(self, key: str) -> Table:
        """A table of the table; an empty one where it is not there."""
        return Table(self.file, f"{self.path}.{key}".lstrip("."), self._take(key, dict, "一个表", {}))

    def mapping(self, key: str) -> dict[str, str]:
        """A table of texts; an empty one where it is not there."""
        rows = self._take(key, dict, "一个表", {})
        if not all(isinstance(item, str) for item in rows.values()):
            raise self.fault(key, "每一项都应当是文字")
        return dict(rows)

    def done(self) -> None:
        """Refuse what nobody asked for: it is misspelt."""
        for key in self._data:
            if key not in self._seen:
                raise self.fault(key, "没有这样的项，请检查拼写")


def is_assumed(row: Table) -> bool:
    """Whether a row is not the paper policy's own word (``source = "assumed"``)."""
    source = row.text("source", "policy")
    if source not in {"policy", "assumed"}:
        raise row.fault("source", "应当写 policy 或 assumed")
    return source == "assumed"
