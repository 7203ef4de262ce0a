"""The company's logo: taken from a picture file, shown, kept as PNG."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.ui.colours import LINE, PAPER
from desktop.ui.error_dialog import show_error

PICTURES = "图片 (*.png *.jpg *.jpeg)"
_LARGEST_FILE = 20 << 20
_LARGEST_SIDE = 800
_SHOWN = (168, 84)


def read_logo(path: Path) -> bytes:
    """The picture as PNG, turned upright, at most 800 pixels wide or high.

    Raises:
        Refusal: it cannot be read, is no PNG or JPEG, or is larger than 20 MB.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise Refusal(f"图片“{path.name}”超过 20 MB。", todo="请换一张小一些的图片。")
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"图片“{path.name}”无法读取。", todo="请确认文件仍在原处。", details=str(error)) from error
    buffer = QBuffer()
    buffer.setData(data)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    image = reader.read() if reader.format().data() in {b"png", b"jpeg"} else QImage()
    if image.isNull():
        raise Refusal(f"“{path.name}”不是能识别的 PNG 或 JPEG 图片。", todo="请另存为 PNG 或 JPEG 后再选。")
    if max(image.width(), image.height()) > _LARGEST_SIDE:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(_LARGEST_SIDE, _LARGEST_SIDE, keep, Qt.TransformationMode.SmoothTransformation)
    return _png(image)


def _png(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the stubs want the format as bytes, Qt takes text
    return bytes(kept.data())


class LogoField(QWidget):
    """Shows the logo and takes another one; ``changed`` follows every change."""

    changed = Signal()

    def __init__(self, logo: bytes | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._logo = logo
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedSize(*_SHOWN)
        self._picture.setStyleSheet(f"background: {PAPER}; border: 1px dashed {LINE}; border-radius: 4px;")
        self._choose = QPushButton("选择图片…")
        self._choose.clicked.connect(self._ask)
        self._clear = QPushButton("不用标志")
        self._clear.clicked.connect(lambda: self.set_logo(None))
        buttons = QVBoxLayout()
        buttons.addWidget(self._choose)
        buttons.addWidget(self._clear)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self._show()

    @property
    def logo(self) -> bytes | None:
        """The logo as PNG, if there is one."""
        return self._logo

    def set_logo(self, logo: bytes | None) -> None:
        """Take this logo."""
        self._logo = logo
        self._show()
        self.changed.emit()

    def take_file(self, path: Path) -> None:
        """Take the logo from a file, or tell why not."""
        try:
            self.set_logo(read_logo(path))
        except Refusal as error:
            show_error(self, error)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "选择单位标志", "", PICTURES)
        if name:
            self.take_file(Path(name))

    def _show(self) -> None:
        self._clear.setEnabled(self._logo is not None)
        if self._logo is None:
            self._picture.setPixmap(QPixmap())
            self._picture.setText("没有标志")
            return
        pixmap = QPixmap()
        pixmap.loadFromData(self._logo)
        ratio = self.devicePixelRatioF()
        room = (self._picture.size() - QSize(8, 8)) * ratio
        if pixmap.width() > room.width() or pixmap.height() > room.height():
            keep = Qt.AspectRatioMode.KeepAspectRatio
            pixmap = pixmap.scaled(room, keep, Qt.TransformationMode.SmoothTransformation)
        pixmap.setDevicePixelRatio(ratio)
        self._picture.setPixmap(pixmap)
