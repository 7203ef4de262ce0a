"""Two tours are compared: what is the same passes, and each kind of difference is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4, A5
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tour_comparison import compare, main

FONTS = Path(__file__).parents[2] / "resources" / "fonts"
OURS = "EPM Desk Marks"
PICTURE, WORDS, PRINT = "01-工作台.png", "01-工作台.txt", "ZT-1.pdf"
Change = Callable[[Path], object]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tour")
    registerFont(TTFont(OURS, FONTS / "marks.ttf"))
    window(folder)
    say("工作台 11", "待我办理")(folder)
    form("①②③", "④⑤⑥")(folder)
    (folder / "data").mkdir()
    (folder / "data" / "office.epm").touch()
    return folder


def window(folder: Path, size: tuple[int, int] = (400, 300)) -> None:
    image = Image.new("RGB", size, "white")
    image.paste(Image.linear_gradient("L").convert("RGB"), (20, 20))
    image.save(folder / PICTURE)


def blank(folder: Path) -> None:
    image = Image.new("RGB", (400, 300), "white")
    image.paste(Image.linear_gradient("L").resize((10, 40)).convert("RGB"), (20, 20))
    image.save(folder / PICTURE)


def boxes(folder: Path) -> None:
    image = Image.new("RGB", (400, 300), "white")
    image.paste((0, 0, 0), (0, 0, 200, 200))
    image.save(folder / PICTURE)


def tiny(folder: Path) -> None:
    window(folder, (40, 30))


def say(*lines: str) -> Change:
    return lambda folder: (folder / WORDS).write_text("\n".join(lines), encoding="utf-8")


def form(*pages: str, font: str = OURS, size: tuple[float, float] = A4) -> Change:
    def change(folder: Path) -> None:
        canvas = Canvas(str(folder / PRINT), pagesize=size, initialFontName=font)  # type: ignore[arg-type]  # its stubs are wrong
        for text in pages:
            canvas.setFont(font, 12)
            canvas.drawString(72, 300, text)
            canvas.showPage()
        canvas.save()

    return change


def removed(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def spoiled(name: str) -> Change:
    return lambda folder: (folder / name).write_bytes(b"spoiled")


def added(folder: Path) -> None:
    (folder / "02-项目.txt").write_text("项目", encoding="utf-8")


def another(tour: Path, place: Path, change: Change) -> Path:
    shutil.copytree(tour, place, dirs_exist_ok=True)
    change(place)
    return place


def test_two_tours_that_left_the_same_are_the_same(tour: Path, tmp_path: Path) -> None:
    assert compare(tour, another(tour, tmp_path, lambda _folder: None)) == []


def test_other_pictures_of_the_same_are_the_same(tour: Path, tmp_path: Path) -> None:
    assert compare(tour, another(tour, tmp_path, lambda folder: window(folder, (470, 330)))) == []


def test_seals_of_two_systems_differ_but_how_far_they_reach_does_not(tour: Path, tmp_path: Path) -> None:
    seals = "流水校验：445:1907169566d6c4a5", "流水校验：445:c984372e13517949", "流水校验：446:c984372e13517949"
    one, same, other = (another(tour, tmp_path / seal[-20:], say("工作台", seal)) for seal in seals)
    assert compare(one, same) == []
    assert any("流水校验：446" in line for line in compare(one, other))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (removed(PRINT), f"中缺少“{PRINT}”"),
        (removed(WORDS), f"中缺少“{WORDS}”"),
        (added, "中多出“02-项目.txt”"),
        (
            say("工作台 11", "待我审批"),
            f"“{WORDS}”的文字不同：\n  @@ -1,2 +1,2 @@\n   工作台 11\n  -待我办理\n  +待我审批",
        ),
        (say("待我办理", "工作台 11"), f"“{WORDS}”的文字不同"),
        (form("①②③", "④⑤"), f"“{PRINT}”第 2 页的文字不同"),
        (form("①②③"), f"“{PRINT}”的页数不同：2 页，1 页"),
        (form("①②③", "④⑤⑥", size=A5), f"“{PRINT}”第 1 页的大小不同：595×842 点 和 420×595 点"),
        (form("abc", "def", font="Helvetica"), "没有嵌入字体：/Helvetica"),
        (spoiled(PRINT), f"{PRINT}”不能读"),
        (blank, f"{PICTURE}”几乎是空白"),
        (boxes, f"{PICTURE}”几乎是空白：2 种颜色"),
        (tiny, f"{PICTURE}”太小：40×30"),
        (lambda folder: window(folder, (800, 300)), f"“{PICTURE}”的大小相差太多：400×300 和 800×300"),
        (spoiled(PICTURE), f"{PICTURE}”不是完好的图片"),
    ],
)
def test_each_kind_of_difference_is_told(tour: Path, tmp_path: Path, change: Change, told: str) -> None:
    found = compare(tour, another(tour, tmp_path, change))
    assert any(told in line for line in found), found


def test_what_is_wrong_in_both_is_told_too(tour: Path, tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        blank(folder)
        form("abc", font="Helvetica")(folder)
        say()(folder)

    one = another(tour, tmp_path / "one", change)
    found = "\n".join(compare(one, another(one, tmp_path / "other", lambda _folder: None)))
    assert found.count("几乎是空白") == found.count("没有嵌入字体") == 2
    assert f"“{WORDS}”中没有文字" in found


def test_a_long_difference_is_cut_short(tour: Path, tmp_path: Path) -> None:
    (said,) = compare(tour, another(tour, tmp_path, say(*map(str, range(100)))))
    assert len(said.splitlines()) == 14
    assert said.endswith("……还有 91 行")


def test_a_folder_without_a_tour_is_no_tour(tour: Path, tmp_path: Path) -> None:
    assert f"“{tmp_path / 'none'}”中没有走查的结果。" in compare(tour, tmp_path / "none")
    assert compare(tmp_path, tmp_path) == [f"“{tmp_path}”中没有走查的结果。"]


def test_the_command_tells_by_its_exit_code(tour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tour), str(tour)]) == 0
    assert "结果相同" in capsys.readouterr().out
    assert main([str(tour), str(tmp_path)]) == 1
    assert "缺少" in capsys.readouterr().out
    assert main([]) == 2
