"""The tour passes every screen and prints every form, as an office would.

That two tours of one day are the same is held where packages are tried: their tours are compared with the source's.
"""

from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.domain.forms import FORMS
from desktop.services.policies import shipped_policies
from desktop.tour import run_tour

RARE = ("𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝")
A4 = (595, 842)
COLOURS_OF_A_PAGE = 12
LEAST_WORDS = 4


@pytest.fixture(scope="module")
def tour(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert qapp is not None
    folder = tmp_path_factory.mktemp("tour")
    (folder / "99-earlier.txt").touch()
    (folder / "note.md").touch()
    made = run_tour(folder)
    assert {path.name for path in made} == {path.name for path in folder.iterdir()} - {"data", "note.md"}
    return folder


def test_the_tour_leaves_pictures_of_every_screen_and_what_it_says(tour: Path) -> None:
    pictures = sorted(tour.glob("*.png"))
    check_pictures(pictures)
    said = {path.stem[3:]: path.with_suffix(".txt").read_text(encoding="utf-8") for path in pictures}
    assert all(len(text.splitlines()) >= LEAST_WORDS for text in said.values())
    assert "在管项目" in said["工作台"]
    assert "甲方来函（基建函〔2026〕37 号）" in said["暂停申请表（填好）"]
    assert "打开\n运行日志\ntour/data/example/home/log" in said["设置 本机"]
    assert str(tour) not in "".join(said.values())


def test_the_tour_leaves_prints_of_every_form(tour: Path) -> None:
    prints = [path for path in tour.glob("*.pdf") if path.name != "签字扫描件.pdf"]
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
    """Every form is there, on A4 (a wide one on its side), each font embedded as a subset."""
    prints = {path.name: PdfReader(path) for path in paths}
    policy = next(known for known in shipped_policies() if known.key == "epm")
    for key, form in FORMS.items():
        if policy.has_form(key):
            assert any(form.title.replace("/", " ") in name for name in prints), form.title
    lying = [form.title.replace("/", " ") for form in FORMS.values() if form.wide]
    assert any(title in name for title in lying for name in prints)
    for name, reader in prints.items():
        paper = tuple(reversed(A4)) if any(title in name for title in lying) else A4
        for page in reader.pages:
            assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == paper, name
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
