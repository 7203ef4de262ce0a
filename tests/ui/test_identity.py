"""The program's face: name, version, and an icon that is drawn for every size."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

import desktop
from desktop.ui.colours import ACCENT, PAPER, TONES
from desktop.ui.emblem import SIZES, app_icon, draw_file_sign, draw_sign, emblem
from desktop.ui.identity import introduce, wear_icon

pytestmark = pytest.mark.usefixtures("qapp")

every_size = pytest.mark.parametrize("side", SIZES)


def test_the_system_is_told_who_the_program_is(qapp: QApplication) -> None:
    introduce(qapp)
    wear_icon(qapp)
    assert qapp.applicationName() == qapp.desktopFileName() == desktop.NAME
    assert qapp.applicationDisplayName() == desktop.TITLE
    assert qapp.applicationVersion() == desktop.__version__
    assert {size.width() for size in qapp.windowIcon().availableSizes()} == set(SIZES)


def test_each_size_of_the_icon_is_its_own_drawing() -> None:
    icon = app_icon()
    for side in SIZES:
        assert icon.pixmap(side, side).toImage().convertToFormat(QImage.Format.Format_ARGB32) == draw_sign(
            side
        ).convertToFormat(QImage.Format.Format_ARGB32)


def test_the_sign_on_a_screen_of_another_scale_has_that_many_pixels() -> None:
    made = emblem(52, 1.5)
    assert (made.width(), made.deviceIndependentSize().width()) == (78, 52)


@every_size
def test_edges_stand_on_whole_pixels(side: int) -> None:
    """Through the middle from the left there is ground, then paper, and no mixture of the two."""
    image = draw_sign(side)
    row = [image.pixelColor(x, int(side * 0.2)) for x in range(1, side - 1)]
    changes = [(one, two) for one, two in pairwise(row) if one != two]
    assert (QColor(ACCENT), QColor(PAPER)) in changes
    assert (QColor(PAPER), QColor(ACCENT)) in changes


@every_size
def test_the_tick_is_seen_and_the_sign_is_alike_on_both_sides(side: int) -> None:
    image = draw_sign(side)
    tick, ground = QColor(TONES["good"].ink), QColor(ACCENT)
    colours = [[image.pixelColor(x, y) for x in range(side)] for y in range(side)]
    assert sum(row.count(tick) for row in colours) >= side * side / 60
    assert image.pixelColor(0, 0).alpha() < 128
    across = colours[int(side * 0.2)]
    assert across.index(QColor(PAPER)) == across[::-1].index(QColor(PAPER))
    assert sum(row.count(ground) for row in colours) > side * side / 3


@every_size
def test_the_data_file_bears_the_mark_on_a_sheet(side: int) -> None:
    image = draw_file_sign(side)
    found = {image.pixelColor(x, y).name() for x in range(side) for y in range(side)}
    assert {ACCENT, PAPER} <= found
    assert image.pixelColor(side // 2, side // 4).name() == PAPER
    assert image.pixelColor(side - 1, 0).alpha() == 0
