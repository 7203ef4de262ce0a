"""A project's organisation as a picture (ROLE-12): on the screen, as a page to print, on the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QPdfWriter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.domain.organization import Organization, Rank, tree_of
from desktop.ui.colours import FAINT, INK, MUTED, PAPER, shade
from desktop.ui.organization_layout import WIDTH, Block, Box, arranged
from desktop.ui.theme import sized

_MARGIN = 14.0
_SMALLEST = 0.62
_SHARPNESS = 2
_TITLE = 30.0
_TONES = {
    Rank.PRESIDENT: "bad",
    Rank.PROGRAM_MANAGER: "warning",
    Rank.MANAGER: "info",
    Rank.CLIENT_MANAGER: "warning",
    Rank.LEADER: "good",
    Rank.MEMBER: "neutral",
}


class OrganizationPicture(QWidget):
    """Shows an organisation, smaller where there is less room, but never too small to read."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("项目组织图")
        self.setAccessibleName("项目组织图")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._made = Organization("", ())
        self._block = Block(0, 0)
        self._room = 0

    def show_organization(self, made: Organization) -> None:
        """Show this one."""
        self._made, self._block = made, arranged(tree_of(made))
        self.setAccessibleDescription("；".join(f"{post.name} {post.duty}" for post in made.posts))
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """Take up this much room sideways, more only where the words would be too small."""
        self._room = room
        size = self._whole * self._scale
        self.setMinimumSize(QSize(round(size.width()), round(size.height())))
        self.update()

    @property
    def _whole(self) -> QSize:
        return QSize(round(self._block.width + 2 * _MARGIN), round(self._block.height + 2 * _MARGIN))

    @property
    def _scale(self) -> float:
        wide = self._block.width + 2 * _MARGIN
        return max(_SMALLEST, min(1.0, self._room / wide)) if wide and self._room else 1.0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(PAPER))
        scale = self._scale
        left = max(0.0, (self.width() - self._whole.width() * scale) / 2)
        painter.translate(left, 0)
        painter.scale(scale, scale)
        painter.translate(_MARGIN, _MARGIN)
        self._draw(painter)
        painter.end()

    def image(self) -> QImage:
        """The whole picture with its title, sharp enough for a document."""
        size = QSize(self._whole.width(), round(self._whole.height() + _TITLE)) * _SHARPNESS
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor(PAPER))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_SHARPNESS, _SHARPNESS)
        self._draw_titled(painter, self._whole.width())
        painter.end()
        return image

    def pdf(self) -> bytes:
        """One page of A4 (A3 where it would be too small), lying."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setTitle(f"{self._made.project} 项目组织")
        size = QPageSize.PageSizeId.A4 if self._whole.width() <= WIDTH * 8 else QPageSize.PageSizeId.A3
        writer.setPageLayout(
            QPageLayout(
                QPageSize(size),
                QPageLayout.Orientation.Landscape,
                QMarginsF(12, 12, 12, 12),
                QPageLayout.Unit.Millimeter,
            )
        )
        writer.setResolution(96)
        painter = QPainter(writer)
        page = painter.viewport()
        wide, high = self._whole.width(), self._whole.height() + _TITLE
        scale = min(1.2, page.width() / wide, page.height() / high) if wide else 1.0
        painter.translate((page.width() - wide * scale) / 2, 0)
        painter.scale(scale, scale)
        self._draw_titled(painter, wide)
        painter.end()
        return bytes(buffer.data().data())

    def _draw_titled(self, painter: QPainter, wide: float) -> None:
        painter.setPen(QColor(INK))
        painter.setFont(sized(self.font(), 1.15, bold=True))
        title = QRectF(_MARGIN, _MARGIN / 2, max(0.0, wide - 2 * _MARGIN), _TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, f"{self._made.project}　项目组织图")
        painter.translate(_MARGIN, _MARGIN + _TITLE)
        self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(FAINT), 1.2))
        for stroke in self._block.strokes:
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in stroke.points]))
        for box in self._block.boxes:
            self._draw_box(painter, box)

    def _draw_box(self, painter: QPainter, box: Box) -> None:
        rect = QRectF(box.x, box.y, WIDTH, box.height)
        post = box.branch.post
        tone = shade(_TONES[post.rank] if post else "neutral")
        painter.setPen(QPen(QColor(tone.ink), 1.0))
        painter.setBrush(QColor(tone.fill if post is None or post.rank is not Rank.MEMBER else PAPER))
        painter.drawRoundedRect(rect, 5, 5)
        inner = rect.adjusted(8, 3, -8, -3)
        if post is None:
            count = f"{box.branch.title}（{box.branch.count}）"
            self._write(painter, inner, count, MUTED, Qt.AlignmentFlag.AlignVCenter, bold=True)
            return
        upper, lower = QRectF(inner), QRectF(inner)
        upper.setHeight(inner.height() / 2)
        lower.setTop(inner.top() + inner.height() / 2)
        self._write(painter, upper, post.name, INK, Qt.AlignmentFlag.AlignVCenter, bold=True)
        told = "·".join(part for part in (post.duty, post.department) if part)
        self._write(painter, lower, told, tone.ink, Qt.AlignmentFlag.AlignVCenter, size=0.86)

    def _write(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        ink: str,
        align: Qt.AlignmentFlag,
        *,
        size: float = 1.0,
        bold: bool = False,
    ) -> None:
        font = sized(self.font(), size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        shown = QFontMetricsF(font, painter.device()).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, align | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)
