"""Pictures of the example office: its logo, papers of customers, and signed prints as a scanner would bring them."""

from __future__ import annotations

import datetime as dt
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from desktop.services.resources import RESOURCES

_TEAL, _ORANGE, _INK, _RED = (15, 92, 116), (226, 125, 47), (28, 40, 92), (196, 44, 40)
_SCALE = 1.25
"""Pixels of a scan to a point of the print (90 dpi)."""
_MARGIN = 57
"""From a print's edge to its frame, in points."""
_SCANS_QUALITY = 60
_LETTERS_LINE = 27

Colour = int | tuple[int, ...]


def logo() -> bytes:
    """The company's mark as a square PNG: waves under a rising sun."""
    size, edge = 960, 30
    inside = Image.new("RGB", (size, size), _TEAL)
    draw = ImageDraw.Draw(inside)
    draw.ellipse((size * 0.32, size * 0.2, size * 0.68, size * 0.56), fill=_ORANGE)
    for height, colour in ((0.5, "white"), (0.59, _TEAL), (0.69, "white"), (0.77, _TEAL)):
        waves = [(x, size * height + 26 * math.sin(x / size * 4 * math.pi)) for x in range(0, size + 1, 6)]
        draw.polygon([*waves, (size, size), (0, size)], fill=colour)
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).ellipse((edge, edge, size - edge, size - edge), fill=255)
    mark = Image.composite(inside, Image.new("RGB", (size, size), "white"), mask)
    return _png(mark.resize((240, 240), Image.Resampling.LANCZOS))


def letter(title: str, lines: Sequence[str], signed: str, on: dt.date) -> bytes:
    """A page in black and white, as customers' letters and acceptance reports come out of a scanner (PDF).

    The same on every machine: a fax's coding, whereas a PNG depends on the machine's zlib.
    """
    image = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(image)
    draw.text((310, 96), title, font=_font("hei-bold.ttf", 26), fill=0, anchor="mm")
    draw.line((70, 130, 550, 130), fill=0, width=2)
    top = 168
    for line in lines:
        for start in range(0, len(line), _LETTERS_LINE):
            _write(draw, (76, top), line[start : start + _LETTERS_LINE], 17, 0)
            top += 31
        top += 6
    _write(draw, (300, top + 60), signed, 17, 0)
    _write(draw, (300, top + 94), f"{on.year} 年 {on.month} 月 {on.day} 日", 17, 0)
    draw.ellipse((392, top + 14, 512, top + 134), outline=0, width=3)
    out = BytesIO()
    image.convert("1", dither=Image.Dither.NONE).save(out, "PDF", resolution=75, **_made(on))
    return out.getvalue()


@dataclass(frozen=True)
class Hand:
    """What ink puts into a box of the print: who signs, when, and whether the company's seal goes on it."""

    name: str
    on: dt.date
    sealed: bool


def signed_scan(pdf: bytes, hands: Sequence[Hand], company: str, rng: random.Random) -> bytes:
    """A print with its last boxes signed in ink and sealed, as a PDF of scanned pages."""
    document = pypdfium2.PdfDocument(pdf)
    boxes = [(number, place) for number in range(len(document)) for place in _places(document[number])]
    pages = []
    for number in range(len(document)):
        page = document[number].render(scale=_SCALE).to_pil().convert("RGB")
        for (at, place), hand in zip(boxes[-len(hands) :], hands, strict=True):
            if at == number:
                _sign(page, place, hand, company, rng)
        turned = page.rotate(rng.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor="white")
        pages.append(turned.filter(ImageFilter.GaussianBlur(0.3)))
    document.close()
    out = BytesIO()
    more = {"save_all": True, "append_images": pages[1:], "resolution": 72 * _SCALE, "quality": _SCANS_QUALITY}
    pages[0].save(out, "PDF", **more, **_made(hands[-1].on))
    return out.getvalue()


def _made(on: dt.date) -> dict[str, time.struct_time]:
    """What a PDF says of when it was made."""
    return {"creationDate": on.timetuple(), "modDate": on.timetuple()}


def _places(page: pypdfium2.PdfPage) -> list[tuple[float, float]]:
    """Where each “签字：” of a page ends, in points from the upper left corner, from top to bottom."""
    text = page.get_textpage()
    search = text.search("签字：")
    found = []
    while match := search.get_next():
        _, bottom, right, _ = text.get_charbox(match[0] + 2)
        found.append((right, page.get_height() - bottom))
    return sorted(found, key=lambda place: place[1])


def _sign(page: Image.Image, place: tuple[float, float], hand: Hand, company: str, rng: random.Random) -> None:
    x, y = (round(value * _SCALE) for value in place)
    ink = Image.new("RGBA", (170, 70), (*_INK, 0))
    _write(ImageDraw.Draw(ink), (20, 14), hand.name, 30, _INK)
    ink = ink.transform(ink.size, Image.Transform.AFFINE, (1, 0.3, -8, 0, 1, 0), Image.Resampling.BICUBIC)
    ink = ink.rotate(rng.uniform(1, 6), Image.Resampling.BICUBIC)
    page.paste(ink, (x, y - 40), ink)
    _write_date(page, y - 16, hand.on)
    if hand.sealed:
        seal = _seal(company).rotate(rng.uniform(-14, 14), Image.Resampling.BICUBIC, fillcolor="white")
        left, top = x + 150, y - 88
        under = page.crop((left, top, left + seal.width, top + seal.height))
        page.paste(ImageChops.multiply(under, seal), (left, top))


def _write_date(page: Image.Image, top: int, on: dt.date) -> None:
    """Into the blanks of “  年  月  日” at the right edge of the frame."""
    draw = ImageDraw.Draw(page)
    edge = page.width - round(_MARGIN * _SCALE)
    for text, left in ((str(on.year), 118), (str(on.month), 62), (str(on.day), 32)):
        _write(draw, (edge - left, top), text, 15, _INK)


@cache
def _seal(company: str) -> Image.Image:
    """A round red seal on white: a star in the middle, the company's name along the rim."""
    size = 480
    seal = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(seal)
    draw.ellipse((8, 8, size - 8, size - 8), outline=_RED, width=12)
    centre = size / 2
    draw.polygon([_around(centre, 76 if corner % 2 == 0 else 29, corner * 36) for corner in range(10)], fill=_RED)
    for index, char in enumerate(company):
        angle = -125 + 250 * index / max(1, len(company) - 1)
        x, y = (round(value) for value in _around(centre, 176, angle))
        glyph = Image.new("L", (72, 72), 0)
        ImageDraw.Draw(glyph).text((36, 36), char, font=_font("song.ttf", 52), fill=255, anchor="mm")
        glyph = glyph.rotate(-angle, Image.Resampling.BICUBIC)
        seal.paste(_RED, (x - 36, y - 36), glyph)
    return seal.resize((108, 108), Image.Resampling.LANCZOS)


def _around(centre: float, radius: float, degrees: float) -> tuple[float, float]:
    """A point on a circle, clockwise from its top."""
    turn = math.radians(degrees)
    return centre + radius * math.sin(turn), centre - radius * math.cos(turn)


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, colour: Colour) -> None:
    """Write a line in the running face, rare characters in theirs."""
    x, y = float(place[0]), place[1]
    for rare, chars in groupby(text, key=_is_rare):
        run = "".join(chars)
        font = _font("rare.ttf" if rare else "song.ttf", size)
        draw.text((x, y + size), run, font=font, fill=colour, anchor="ls")
        x += font.getlength(run)


@cache
def _is_rare(char: str) -> bool:
    """Whether the running face lacks the character: it then draws what it draws for one that is none."""
    song = _font("song.ttf", 16)
    return bytes(song.getmask(char)) == bytes(song.getmask("\ufffe")) and not char.isspace()


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    # the plain layout is the same on every machine; the other one hangs on a library that some have
    return ImageFont.truetype(str(RESOURCES / "fonts" / file), size, layout_engine=ImageFont.Layout.BASIC)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
