"""What only the screen knows of its surroundings, for a report: Qt, scale, and the fonts that are really used."""

from __future__ import annotations

import PySide6
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QFontInfo, QFontMetricsF, QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from desktop.ui.theme import SYSTEM_FAMILIES

_RARE = "𠮷䶮𬭎𪟝"


def qt_versions() -> list[tuple[str, str]]:
    """Qt and its binding; needs no screen."""
    return [("Qt", qVersion()), ("PySide6", PySide6.__version__)]


def screen_lines() -> tuple[tuple[str, str], ...]:
    """Qt, the screens and the fonts of the running program; to be asked in the thread of the screen."""
    lines = [*qt_versions(), ("窗口系统", QGuiApplication.platformName())]
    lines += [(f"屏幕 {number}", _screen(screen)) for number, screen in enumerate(QGuiApplication.screens(), 1)]
    font = QApplication.font()
    families = font.families()
    system = [name for name in families if name in SYSTEM_FAMILIES]
    metrics = QFontMetricsF(font)
    missing = sum(not metrics.inFontUcs4(ord(char)) for char in _RARE)
    lines += [
        ("界面语言", QLocale().name()),
        ("界面字体", f"{QFontInfo(font).family()}，{font.pointSizeF():g} 磅"),
        ("中文字体来自", f"系统（{system[0]}）" if system else "程序自带"),
        ("后备字体", "、".join(name for name in families if name not in system) or "没有"),
        ("生僻字", "能显示" if not missing else f"试的 {len(_RARE)} 个字里有 {missing} 个没有字形"),
    ]
    return tuple(lines)


def _screen(screen: QScreen) -> str:
    size, scale = screen.size(), screen.devicePixelRatio()
    main = "，主屏幕" if screen is QGuiApplication.primaryScreen() else ""
    dpi = f"{screen.logicalDotsPerInch():.0f} DPI"
    return f"{size.width()}×{size.height()}，缩放 {scale * 100:.0f}%，{dpi}{main}"
