"""What Windows shows under 属性 → 详细信息 of the program (and what antivirus programs look for)."""

from __future__ import annotations

from PyInstaller.utils.win32.versioninfo import (
    FixedFileInfo,
    StringFileInfo,
    StringStruct,
    StringTable,
    VarFileInfo,
    VarStruct,
    VSVersionInfo,
)

from desktop import TITLE

_CHINESE, _UNICODE = 0x0804, 1200


def version_info(version: str) -> VSVersionInfo:
    """The version resource for a version such as ``0.1.0``."""
    numbers = (*map(int, version.split(".")), 0, 0, 0)[:4]
    said = {
        "CompanyName": "epm-desk",
        "FileDescription": TITLE,
        "FileVersion": version,
        "InternalName": "epm-desk",
        "LegalCopyright": "MIT",
        "OriginalFilename": "epm-desk.exe",
        "ProductName": TITLE,
        "ProductVersion": version,
    }
    table = StringTable(f"{_CHINESE:04x}{_UNICODE:04x}", [StringStruct(name, text) for name, text in said.items()])
    languages = VarFileInfo([VarStruct("Translation", [_CHINESE, _UNICODE])])
    return VSVersionInfo(FixedFileInfo(filevers=numbers, prodvers=numbers), [StringFileInfo([table]), languages])
