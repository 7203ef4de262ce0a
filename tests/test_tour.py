"""The tour passes every screen and prints every form, as an office would."""

from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.domain.forms import FORMS
from desktop.tour import run_tour

RARE = ("𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝")
A4 = (595, 842)
COLOURS_OF_A_PAGE = 12


def test_the_tour_leaves_pictures_of_every_screen_and_prints_of_every_form(qapp: QApplication, tmp_path: Path) -> None:
    assert qapp is not None
    made = run_tour(tmp_path / "tour")
    check_pictures([path for path in made if path.suffix == ".png"])
    prints = [path for path in made if path.suffix == ".pdf" and path.name != "签字扫描件.pdf"]
    check_prints(prints)
    check_rare_names(next(path for path in prints if path.name.startswith("ZT-")))


def check_pictures(pictures: list[Path]) -> None:
    """Numbered in order, and none is blank."""
    assert [path.name[:2] for path in pictures] == [f"{number:02d}" for number in range(1, len(pictures) + 1)]
    for path in pictures:
        image = QImage(str(path))
        step = max(1, image.width() // 120)
        colours = {image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)}
        assert len(colours) >= COLOURS_OF_A_PAGE, path.name


def check_prints(paths: list[Path]) -> None:
    """Every form is there, on A4, each font embedded as a subset."""
    prints = {path.name: PdfReader(path) for path in paths}
    for form in FORMS.values():
        if form.subject == "project":
            assert any(form.title in name for name in prints), form.title
    for name, reader in prints.items():
        for page in reader.pages:
            assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == A4, name
            for font in page.get("/Resources", {}).get("/Font", {}).values():
                described = font.get_object()
                assert described["/BaseFont"][7] == "+", (name, described["/BaseFont"])
                descriptor = described["/FontDescriptor"]
                assert "/FontFile2" in descriptor.get_object(), name


def check_rare_names(path: Path) -> None:
    """Rare names are read back from the print."""
    document = pypdfium2.PdfDocument(path)
    text = "".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    document.close()
    plain = "".join(text.split())
    assert [name for name in RARE if name not in plain] == []
