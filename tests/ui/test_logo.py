"""The logo that is shown before it is printed."""

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.ui.logo import LogoField, read_logo


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("side", [40, 900])
def test_the_whole_logo_is_seen_on_a_sharp_screen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ratio: float, side: int
) -> None:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(QColor("teal"))
    image.save(str(tmp_path / "标志.png"))
    monkeypatch.setattr(LogoField, "devicePixelRatioF", lambda _field: ratio)
    field = LogoField(read_logo(tmp_path / "标志.png"))
    qtbot.addWidget(field)
    (label,) = cast("list[QLabel]", list(field.findChildren(QLabel)))
    shown = label.pixmap().deviceIndependentSize()
    assert 0 < shown.width() <= label.width()
    assert 0 < shown.height() <= label.height()
    assert label.pixmap().width() == min(side, round((label.height() - 8) * ratio)), "as sharp as the screen"
