"""The few rules by which plain Qt widgets look like one program."""

from __future__ import annotations

from desktop.services.resources import RESOURCES
from desktop.ui.colours import ACCENT, CHOSEN, FAINT, GROUND, HEAD, INK, LINE, MUTED, PAPER, TONES

_EDGE = "#c6ced8"
_BAD = TONES["bad"].ink
_CHEVRON = (RESOURCES / "icons" / "chevron.svg").as_posix()

STYLESHEET = f"""
QFrame#card, QWidget#card {{ background: {PAPER}; border: 1px solid {LINE}; border-radius: 6px; }}
QLabel[role="title"] {{ color: {INK}; font-weight: 600; }}
QLabel[role="muted"] {{ color: {MUTED}; }}
QLabel[role="faint"] {{ color: {FAINT}; }}
QLabel[role="problem"] {{ color: {_BAD}; }}
QToolTip {{ background: {INK}; color: {PAPER}; border: none; padding: 4px 6px; }}

QLineEdit, QPlainTextEdit, QComboBox {{
    background: {PAPER}; border: 1px solid {_EDGE}; border-radius: 4px; selection-background-color: {ACCENT};
}}
QLineEdit {{ padding: 3px 6px; min-height: 1.35em; }}
QPlainTextEdit {{ padding: 2px 2px; }}
QComboBox {{ padding: 3px 6px; min-height: 1.35em; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{_CHEVRON}"); width: 12px; height: 12px; }}
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover {{ border-color: {FAINT}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 1px solid {ACCENT}; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] {{ border: 1px solid {_BAD}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ background: {GROUND}; color: {FAINT}; }}
QComboBox[role="cell"]:disabled {{ background: transparent; border-color: transparent; }}
QComboBox[role="cell"]::down-arrow:disabled {{ image: none; }}
QLineEdit:read-only, QPlainTextEdit:read-only {{ background: {GROUND}; }}

QPushButton, QToolButton[role="button"] {{
    background: {PAPER}; border: 1px solid {_EDGE}; border-radius: 4px; padding: 4px 12px; min-height: 1.3em;
}}
QPushButton:hover, QToolButton[role="button"]:hover {{ background: {GROUND}; border-color: {FAINT}; }}
QPushButton:pressed, QToolButton[role="button"]:pressed {{ background: {HEAD}; }}
QPushButton:focus, QToolButton[role="button"]:focus {{ border-color: {ACCENT}; }}
QPushButton:disabled {{ color: {FAINT}; background: {GROUND}; border-color: {LINE}; }}
QPushButton[role="primary"], QToolButton[role="primary"] {{
    background: {ACCENT}; border: 1px solid {ACCENT}; color: {PAPER}; border-radius: 4px; padding: 4px 14px;
    min-height: 1.3em;
}}
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover {{ background: #174ea6; }}
QPushButton[role="primary"]:focus {{ border-color: {INK}; }}
QPushButton[role="primary"]:disabled {{ background: #b9cbe8; border-color: #b9cbe8; color: {PAPER}; }}
QPushButton[role="segment"] {{ border-radius: 11px; padding: 2px 12px; color: {MUTED}; }}
QPushButton[role="segment"]:checked {{
    background: {TONES["info"].fill}; border-color: {TONES["info"].fill}; color: {TONES["info"].ink};
}}
QPushButton[role="danger"] {{ color: {_BAD}; border-color: #e3b4b0; }}
QPushButton[role="danger"]:disabled {{ color: {FAINT}; border-color: {LINE}; }}
QToolButton[role="flat"] {{ border: none; background: transparent; padding: 3px 6px; border-radius: 4px; }}
QToolButton[role="flat"]:hover {{ background: {HEAD}; }}
QToolButton[role="flat"]:focus {{ border: 1px solid {ACCENT}; padding: 2px 5px; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton::menu-indicator {{ image: none; }}

QTableView, QListView, QTreeView {{ background: {PAPER}; border: none; outline: none; }}
QListView::item:selected {{ background: {CHOSEN}; color: {INK}; }}
QHeaderView {{ background: {HEAD}; border: none; }}
QHeaderView::section {{
    background: {HEAD}; color: {MUTED}; border: none; border-right: 1px solid {LINE}; border-bottom: 1px solid {LINE};
    padding: 4px 8px; font-weight: 600;
}}
QTableCornerButton::section {{ background: {HEAD}; border: none; border-bottom: 1px solid {LINE}; }}

QTabBar#tabs {{ background: {PAPER}; }}
QTabBar#tabs::tab {{
    background: transparent; color: {MUTED}; padding: 8px 16px; border: none; border-bottom: 2px solid transparent;
}}
QTabBar#tabs[role="many"]::tab {{ padding: 8px 10px; }}
QTabBar#tabs::tab:hover {{ color: {INK}; }}
QTabBar#tabs::tab:selected {{ color: {ACCENT}; font-weight: 600; border-bottom: 2px solid {ACCENT}; }}
QTabBar#tabs::tab:focus {{ background: {HEAD}; }}
QTabWidget::pane {{ border: none; }}

QDialogButtonBox {{ button-layout: 3; }}
QMessageBox QLabel#qt_msgbox_label, QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 22em; }}
QMenu {{ background: {PAPER}; border: 1px solid {LINE}; padding: 4px 0; }}
QMenu::item {{ padding: 5px 22px 5px 14px; }}
QMenu::item:selected {{ background: {HEAD}; color: {INK}; }}
QMenu::item:disabled {{ color: {FAINT}; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 4px 0; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
QScrollBar::handle {{ background: #c9d1da; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
QStatusBar {{ background: {PAPER}; border-top: 1px solid {LINE}; color: {MUTED}; }}
QStatusBar QLabel {{ padding: 0 8px; color: {MUTED}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ border: none; background: {HEAD}; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 3px; }}
"""
"""Rules by widget class, by object name (``card``, ``tabs``) and by the property ``role``."""
