"""How cells of tables are drawn: quiet text, slim chips, figures of one width."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.colours import CHOSEN, INK, LINE, PAPER, STRIPE, colour, shade
from desktop.ui.table_model import CHIP_ROLE, TONE_ROLE
from desktop.ui.theme import figures, sized

ROW_HEIGHT = 1.62
"""Height of a row in units of the font's height."""
_SIDE = 8


class CellPainter(QStyledItemDelegate):
    """Draws text and chips; the whole row shows whether it is chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        spot: Any = option  # Qt's stubs leave out what a style option holds
        metrics = QFontMetrics(spot.font)
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        return QSize(metrics.horizontalAdvance(str(text)) + 2 * _SIDE, round(metrics.height() * ROW_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        spot: Any = option
        painter.save()
        chosen = bool(spot.state & QStyle.StateFlag.State_Selected)
        ground = CHOSEN if chosen else (STRIPE if index.row() % 2 else PAPER)
        painter.fillRect(spot.rect, colour(ground))
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text:
            tone = index.data(TONE_ROLE)
            align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft)
            if index.data(CHIP_ROLE):
                space = QRectF(spot.rect).adjusted(_SIDE - 1, 0, -2, 0)
                draw_chip(painter, space, str(text), tone or "neutral", right=bool(align & Qt.AlignmentFlag.AlignRight))
            else:
                ink = shade(tone).ink if tone else INK
                painter.setFont(figures(spot.font))
                painter.setPen(colour(ink))
                draw_line(painter, spot.rect, str(text), align)
        painter.setPen(QPen(colour(LINE, 110), 1))
        painter.drawLine(spot.rect.bottomLeft(), spot.rect.bottomRight())
        painter.restore()


def draw_line(painter: QPainter, rect: QRect, text: str, align: Qt.AlignmentFlag) -> None:
    """Draw one line of text within a cell, cut short with dots."""
    space = rect.adjusted(_SIDE, 0, -_SIDE, 0)
    shown = painter.fontMetrics().elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, space.width())
    painter.drawText(space, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def draw_chip(painter: QPainter, space: QRectF, text: str, tone: str, *, right: bool = False) -> float:
    """Draw a chip at the left of ``space`` or at its right, half way down; the width it took."""
    font = sized(painter.font(), 0.92)
    painter.setFont(font)
    metrics = QFontMetrics(font)
    height = metrics.height() * 1.22
    inset = metrics.height() * 0.42
    width = min(metrics.horizontalAdvance(text) + 2 * inset, space.width())
    left = space.right() - width - _SIDE + 2 if right else space.left()
    box = QRectF(left, space.center().y() - height / 2 + 0.5, width, height)
    shades = shade(tone)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(shades.fill))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(colour(shades.ink))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(width - inset))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    return width
