"""What native files say of themselves: whether they are native, their version, their signature."""

from __future__ import annotations

from pathlib import Path

import pefile

_SECURITY = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_SECURITY"]
_RESOURCE = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]
_PKCS_SIGNED_DATA = 2
_CERTIFICATE_HEAD = 8


def is_native(file: Path) -> bool:
    """Whether a file holds machine code: a Windows (PE) or a Linux (ELF) program or library."""
    with file.open("rb") as stream:
        head = stream.read(4)
    return head[:2] == b"MZ" or head == b"\x7fELF"


def is_windows(file: Path) -> bool:
    """Whether a file is a Windows program or library."""
    with file.open("rb") as stream:
        return stream.read(2) == b"MZ"


def product_version(file: Path) -> str:
    """The version that Windows shows of a file, without a fourth part that is 0; empty where there is none."""
    if not is_windows(file):
        return ""
    with pefile.PE(str(file), fast_load=True) as image:
        image.parse_data_directories([_RESOURCE])
        blocks = [block for blocks in getattr(image, "FileInfo", []) for block in blocks]
        tables = [table for block in blocks for table in getattr(block, "StringTable", [])]
        said = {name: text for table in tables for name, text in table.entries.items()}
    version: bytes = said.get(b"ProductVersion") or said.get(b"FileVersion") or b""
    text = version.decode("utf-8", "replace").split(" ")[0].replace(",", ".")
    return text.removesuffix(".0") if text.count(".") == 3 else text  # noqa: PLR2004 - Windows' four parts


def is_signed(file: Path) -> bool:
    """Whether a Windows program carries an Authenticode signature; whose, and whether it is trusted, is not asked.

    Raises:
        pefile.PEFormatError: the file is no Windows program.
    """
    with pefile.PE(str(file), fast_load=True) as image:
        entry = image.OPTIONAL_HEADER.DATA_DIRECTORY[_SECURITY]
        start, size = int(entry.VirtualAddress), int(entry.Size)
    content = file.read_bytes()
    if start == 0 or size <= _CERTIFICATE_HEAD or start + size > len(content):
        return False
    length, kind = int.from_bytes(content[start : start + 4], "little"), content[start + 6]
    return _CERTIFICATE_HEAD < length <= size and kind == _PKCS_SIGNED_DATA
