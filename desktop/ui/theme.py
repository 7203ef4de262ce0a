"""How the program looks: palette, Fusion, fonts that can show every name, Qt's own words in Chinese."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from desktop.services.resources import RESOURCES
from desktop.ui.colours import ACCENT, FAINT, GROUND, INK, LINE, PAPER, STRIPE
from desktop.ui.stylesheet import STYLESHEET

log = logging.getLogger(__name__)

SYSTEM_FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "HarmonyOS Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
)
POINT_SIZE = 10.0
STYLE = ("-style", "Fusion")
"""Words for the QApplication to be made: Qt then makes the style itself. Made in Python it would bring all of QStyle's
enums, which no window needs to stand."""
_TABULAR = QFont.Tag("tnum")


def install(app: QApplication) -> None:
    """Give the application, made with ``STYLE``, its colours, fonts and Qt's own words in Chinese."""
    app.setPalette(palette())
    app.setFont(ui_font(ui_families(RESOURCES / "fonts")))
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    _translate(app)
    app.setStyleSheet(STYLESHEET)


def finish(app: QApplication) -> None:
    """Give the application what its first window need not wait for: menus without icons."""
    from PySide6.QtCore import Qt

    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, on=True)


def palette() -> QPalette:
    """The light palette of the program, whatever the system's is."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, colour in (
        (roles.Window, GROUND),
        (roles.Base, PAPER),
        (roles.AlternateBase, STRIPE),
        (roles.Button, PAPER),
        (roles.WindowText, INK),
        (roles.Text, INK),
        (roles.ButtonText, INK),
        (roles.ToolTipBase, INK),
        (roles.ToolTipText, PAPER),
        (roles.PlaceholderText, FAINT),
        (roles.Highlight, ACCENT),
        (roles.HighlightedText, PAPER),
        (roles.Accent, ACCENT),
        (roles.Link, ACCENT),
        (roles.Mid, LINE),
        (roles.Light, PAPER),
    ):
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT))
    return made


def ui_families(folder: Path, present: list[str] | None = None) -> list[str]:
    """The families for the screen, best first: the system's Chinese one or ours, then marks and rare characters.

    ``present`` stands for the system's families.
    """
    known = set(QFontDatabase.families() if present is None else present)
    system = next((name for name in SYSTEM_FAMILIES if name in known), "")
    own = () if system else ("hei.ttf",)
    families = [system] if system else []
    for name in (*own, "marks.ttf", "rare.ttf"):
        families.extend(_add(folder / name))
    return families


def _add(file: Path) -> list[str]:
    number = QFontDatabase.addApplicationFont(str(file))
    if number < 0:
        log.error("font %s could not be loaded", file)
        return []
    return QFontDatabase.applicationFontFamilies(number)


def ui_font(families: list[str]) -> QFont:
    """The program's font."""
    font = QFont()
    font.setFamilies(families)
    font.setPointSizeF(POINT_SIZE)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def figures(font: QFont) -> QFont:
    """The font with figures of one width, for columns of numbers."""
    made = QFont(font)
    made.setFeature(_TABULAR, 1)
    return made


def sized(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """The font larger or smaller, and bold where asked."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    made.setBold(bold)
    return made


def _translate(app: QApplication) -> None:
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    else:
        log.error("qtbase_zh_CN is missing")
