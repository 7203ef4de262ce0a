"""What stays out of the packages."""

import pytest

from trims import FILES, KEPT, is_trimmed


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6\\plugins\\platforms\\qoffscreen.dll",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/imageformats/libqjpeg.so",
        "PySide6/translations/qtbase_zh_CN.qm",
        "PySide6/Qt6Network.dll",
        "resources/fonts/rare.ttf",
        "pillow.libs/libtiff-20b7e810.so.6.3.0",
        "PIL/_imagingft.cp311-win_amd64.pyd",
        "tzdata/zoneinfo/Asia/Shanghai",
    ],
)
def test_what_the_program_needs_stays(place: str) -> None:
    assert not is_trimmed(place)


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/opengl32sw.dll",
        "PySide6\\Qt6Quick.dll",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/plugins/imageformats/qwebp.dll",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "reportlab/fonts/DarkGardenMK.pfb",
        "PIL/_avif.cp311-win_amd64.pyd",
    ],
)
def test_what_it_does_not_need_goes(place: str) -> None:
    assert is_trimmed(place)


def test_every_trim_says_why() -> None:
    assert all(reason.strip() for reason in FILES.values())
    assert KEPT
