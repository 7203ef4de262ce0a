"""The licences of the program and of what comes with it, in the source tree and in the packaged program alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.services.resources import RESOURCES

_ENDINGS = frozenset({"", ".txt", ".md", ".rst", ".apache", ".bsd", ".mit", ".psf"})


@dataclass(frozen=True)
class Licence:
    """A text to read: what it is about, and its file."""

    title: str
    file: Path

    def text(self) -> str:
        """The text, or why it cannot be shown."""
        try:
            return self.file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            return f"“{self.file}”读不出来：{error.strerror}"


def list_licences(root: Path = RESOURCES.parent) -> list[Licence]:
    """The program's own licence, the notices on what it brings, then the texts of fonts and libraries.

    ``root`` holds ``LICENSE``, ``THIRD_PARTY_NOTICES.md``, ``resources/`` and, packaged, ``licences/``.
    """
    found = [Licence("本程序", root / "LICENSE"), Licence("第三方组件一览", root / "THIRD_PARTY_NOTICES.md")]
    found += [Licence(f"字体 {file.stem}", file) for file in sorted((root / "resources" / "fonts").glob("*.txt"))]
    folder = root / "licences"
    texts = sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix.lower() in _ENDINGS)
    found += [Licence(file.relative_to(folder).as_posix(), file) for file in texts]
    return [licence for licence in found if licence.file.is_file()]
