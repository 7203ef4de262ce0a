"""The bundled fonts: every name is drawn, what cannot be is told, digits line up, names are our own."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from reportlab.pdfgen.canvas import Canvas

from desktop.paper.faces import FONTS, HEI, SONG, face, missing, to_unicode
from tests.paper.sheets import NAMES, plain_texts_of, texts_of

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(FONTS.glob("*.ttf"))


def drawn(text: str, name: str = SONG) -> bytes:
    face(name)
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont(name, 12)
    canvas.drawString(50, 700, text)
    canvas.save()
    return buffer.getvalue()


def test_all_characters_of_the_national_list_are_drawn() -> None:
    listed = (ROOT / "tests" / "data" / "通用规范汉字表.txt").read_text(encoding="utf-8")
    assert len(listed.replace("\n", "")) == 8105
    assert missing([listed]) == frozenset()


def test_office_marks_are_drawn() -> None:
    assert missing(["☐☑✓√〓①⑩㎡℃‰≤≥×÷±→￥¥“”‘’《》—…·～ΩμАяあ"]) == frozenset()


def test_what_no_font_has_is_told_and_replaced() -> None:
    text = "喜😀\ud800完"
    assert missing([text]) == {"😀", "\ud800"}
    assert texts_of(drawn(text)) == ["喜〓〓完"]


def test_controls_and_variation_selectors_take_no_room() -> None:
    assert missing(["葛\U000e0100\u200b\x07"]) == frozenset()
    assert face(SONG).stringWidth("葛\U000e0100\u200b", 10) == face(SONG).stringWidth("葛", 10)


@pytest.mark.parametrize("name", [SONG, HEI])
def test_rare_names_are_extracted_as_they_were_written(name: str) -> None:
    text = "、".join((*NAMES, "𠀀𪚥"))
    pdf = drawn(text, name)
    assert [page.strip() for page in texts_of(pdf)] == [text]
    assert [page.strip() for page in plain_texts_of(pdf)] == [text]


@pytest.mark.parametrize("name", [SONG, HEI])
def test_digits_are_of_one_width(name: str) -> None:
    assert len({face(name).stringWidth(digit, 10) for digit in "0123456789"}) == 1


def test_to_unicode_writes_surrogate_pairs_in_short_blocks() -> None:
    written = to_unicode([0x20BB7] * 150)
    assert "<00> <D842DFB7>" in written
    assert "100 beginbfchar" in written
    assert "50 beginbfchar" in written


def test_fonts_bear_names_of_their_own() -> None:
    names = {}
    for path in FILES:
        with TTFont(path, lazy=True) as font:
            names[path.name] = font["name"]
    assert set(names) == {"song.ttf", "hei.ttf", "hei-bold.ttf", "rare.ttf", "marks.ttf"}
    postscript = [table.getDebugName(6) for table in names.values()]
    assert len(set(postscript)) == len(postscript)
    for table in names.values():
        shown = " ".join(str(table.getDebugName(key)) for key in (1, 4, 6))
        assert not [word for word in ("Noto", "Hana", "DejaVu", "Vera", "Source") if word in shown]


def test_each_font_has_its_licence_beside_it() -> None:
    readme = (FONTS / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        row = next(line for line in readme.splitlines() if line.startswith(f"| {path.name} "))
        assert (FONTS / row.strip("| ").rsplit("|", 1)[-1].strip()).is_file()


def test_the_rare_font_is_read_only_when_it_is_needed() -> None:
    script = (
        "from desktop.paper.faces import SONG, face, link\n"
        "face(SONG).stringWidth('项目暂停申请表☑¥1,234.50', 10)\n"
        "before = link.cache_info().currsize\n"
        "face(SONG).stringWidth('𠀀', 10)\n"
        "print(before, link.cache_info().currsize)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == ["2", "3"]
