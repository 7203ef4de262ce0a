"""One page of a Gantt chart: head and foot, the table of tasks, and the part of the chart that stands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.schedule.gantt import Box, GanttChart, Layout, Row
from desktop.domain.schedule.timescale import Unit, labels, lower_text, off_days, unit_at
from desktop.paper import gantt_shapes as shapes
from desktop.paper.faces import HEI, SONG
from desktop.paper.printing import shrunk
from desktop.paper.rows import Style

_COMPANY, _TITLE = Style(HEI, 10.5, 14), Style(HEI, 15, 20)
_TEXT, _SMALL, _TINY, _BOLD = Style(SONG, 8, 10), Style(SONG, 7, 9), Style(SONG, 6, 7), Style(HEI, 7.5, 9)
_EM = 9.0
_PAD = 1.2 * mm
_INDENT = 2.2 * mm
_LOGO = (36 * mm, 9 * mm)
_THICK, _THIN = 1.0, 0.35
_MIDDLE = 0.38
_SHADED = 0.9
_LINES = 2


@dataclass(frozen=True)
class GanttHead:
    """What stands above the chart: whose project, which plan, when it was printed.

    ``base_name`` says what the thin bars are.
    """

    company: str
    project: str
    plan: str
    dated: str
    logo: bytes | None = None
    base_name: str = "基线"
    title: str = "项目进度计划甘特图"
    draft: bool = False

    def texts(self) -> Iterator[str]:
        """Every text that is printed."""
        yield from (self.company, self.project, self.plan, self.base_name)


@dataclass(frozen=True, slots=True)
class Tile:
    """What stands on a page: its rows, the chart from ``left`` to ``right``, its place down and across, of how many."""

    rows: range
    left: float
    right: float
    down: tuple[int, int]
    across: tuple[int, int]


@dataclass(frozen=True)
class _Column:
    title: str
    width: float
    text: Callable[[Row], str]
    right: bool = False


def _days(row: Row) -> str:
    if row.days is None:
        return ""
    first, last = row.days
    return first.isoformat() if row.moment else f"{first} 至 {last}"


class GanttPage:
    """Draws pages of one chart; ``table`` is how wide the table of tasks is."""

    def __init__(
        self,
        canvas: Canvas,
        chart: GanttChart,
        head: GanttHead,
        logo: ImageReader | None,
        size: tuple[float, float],
        margin: float,
        name: float,
        high: float,
    ) -> None:
        self.canvas, self.chart, self.head, self.logo, self.margin, self.high = canvas, chart, head, logo, margin, high
        self.width, self.height = size
        columns = [
            _Column("序号", 8 * mm, lambda row: str(row.number), right=True),
            _Column("任务", name, lambda row: row.name),
            _Column("责任人", 14 * mm, lambda row: row.owner),
            _Column("起止", 37 * mm, _days),
            _Column("工作日", 10 * mm, lambda row: "" if row.moment or not row.days else str(row.length), right=True),
        ]
        if chart.reported:
            columns.append(
                _Column(
                    "进度", 9.5 * mm, lambda row: "" if row.progress is None else f"{row.progress:.0f}%", right=True
                )
            )
        self.columns = columns
        self.table = sum(column.width for column in columns)

    def draw(self, layout: Layout, tile: Tile, top: float, number: str) -> None:
        """Draw a page whose table begins at ``top``."""
        body = top - self.high
        bottom = body - len(tile.rows) * layout.row
        self._draw_head()
        self._draw_foot(tile, number)
        self._draw_chart(layout, tile, body, bottom)
        self._draw_labels(layout, tile, top, body)
        self._draw_table(layout, tile, body, top)
        self._frame(top, body, bottom)
        self._draw_legend()

    def _frame(self, top: float, body: float, bottom: float) -> None:
        canvas, split = self.canvas, self.margin + self.table
        canvas.setStrokeGray(0)
        canvas.setLineWidth(_THIN)
        x = self.margin
        for column in self.columns[:-1]:
            x += column.width
            canvas.line(x, top, x, bottom)
        canvas.line(self.margin, body, self.width - self.margin, body)
        canvas.setLineWidth(_THICK)
        canvas.line(split, top, split, bottom)
        canvas.rect(self.margin, bottom, self.width - 2 * self.margin, top - bottom)

    def _draw_head(self) -> None:
        head, base, left = self.head, self.height - 15 * mm, self.margin
        if self.logo is not None:
            width, height = self.logo.getSize()
            scale = min(_LOGO[0] / width, _LOGO[1] / height)
            self.canvas.drawImage(
                self.logo, left, base + 1.3 * mm - scale * height / 2, width * scale, height * scale, mask="auto"
            )
            left += width * scale + 3 * mm
        self.canvas.setFillGray(0)
        title = f"{head.title}（草稿）" if head.draft else head.title
        half = _TITLE.measure(title) / 2
        self._text(title, self.width / 2 - half, base, _TITLE)
        self._text(head.company, left, base, shrunk(_COMPANY, head.company, self.width / 2 - half - 5 * mm - left))
        self._text(head.dated, self.width - self.margin, base, _SMALL, right=True)
        below = base - 9.5 * mm
        told = f"项目：{head.project}"
        plan = _TEXT.measure(head.plan)
        self._text(told, self.margin, below, shrunk(_TEXT, told, self.width - 2 * self.margin - plan - 8 * mm))
        self._text(head.plan, self.width - self.margin, below, _TEXT, right=True)

    def _draw_foot(self, tile: Tile, number: str) -> None:
        base = 7.5 * mm
        self._text(number, self.width / 2 - _SMALL.measure(number) / 2, base, _SMALL)
        rows = f"任务 {tile.rows.start + 1}–{tile.rows.stop}，共 {len(self.chart.rows)} 项" if tile.rows else ""
        self._text(rows, self.margin, base, _SMALL)
        if tile.down[1] > 1 or tile.across[1] > 1:
            place = f"拼接：纵 {tile.down[0]}/{tile.down[1]}　横 {tile.across[0]}/{tile.across[1]}"
            self._text(place, self.width - self.margin, base, _SMALL, right=True)

    def _draw_legend(self) -> None:
        chart, x, y = self.chart, self.margin, 14.5 * mm
        for shown, text, draw in shapes.samples(chart, self.head.base_name):
            if not shown:
                continue
            draw(self.canvas, Box(x, -y - 2.4, 15, 4.8))
            self.canvas.setFillGray(0)
            self._text(text, x + 18, y - _MIDDLE * _SMALL.size, _SMALL)
            x += 18 + _SMALL.measure(text) + 11
        if chart.note:
            self._text(chart.note, self.margin, 11 * mm, _SMALL)

    def _draw_table(self, layout: Layout, tile: Tile, body: float, top: float) -> None:
        x = self.margin
        for column in self.columns:
            self._text(column.title, x + (column.width - _BOLD.measure(column.title)) / 2, self._base(top, body), _BOLD)
            x += column.width
        for place in tile.rows:
            row = layout.rows[place]
            y = body - (place - tile.rows.start) * layout.row
            self.canvas.setStrokeGray(0.6)
            self.canvas.setLineWidth(_THIN)
            self.canvas.line(self.margin, y, self.margin + self.table, y)
            x = self.margin
            for column in self.columns:
                if column.title == "任务":
                    self._draw_name(row, x, column.width, y, layout.row)
                else:
                    self._cell(column.text(row), x, column.width, y - layout.row / 2, right=column.right)
                x += column.width

    def _cell(self, text: str, x: float, width: float, middle: float, *, right: bool) -> None:
        style = shrunk(_TEXT, text, width - 2 * _PAD) if text else _TEXT
        at = x + width - _PAD if right else x + _PAD
        self._text(text, at, middle - _MIDDLE * style.size, style, right=right)

    def _draw_name(self, row: Row, x: float, width: float, y: float, high: float) -> None:
        left, right, middle = x + _PAD + (row.level - 1) * _INDENT, x + width - _PAD, y - high / 2
        if row.critical and row.leaf:
            self.canvas.setFillColor(HexColor(shapes.CRITICAL_DONE))
            self._text("关键", right, middle - _MIDDLE * _TINY.size, _TINY, right=True)
            self.canvas.setFillGray(0)
            right -= _TINY.measure("关键") + 2
        if row.milestone and row.leaf:
            shapes.diamond(self.canvas, Box(left, -middle - 2.2, 4.4, 4.4), critical=row.critical)
            self.canvas.setFillGray(0)
            left += 6.5
        room = max(right - left, 4.0)
        style = _TEXT if row.leaf else replace(_TEXT, face=HEI)
        if style.measure(row.name) > room:
            style = replace(style, size=_SMALL.size, leading=_SMALL.leading)
        if style.measure(row.name) <= room:
            self._text(row.name, left, middle - _MIDDLE * style.size, style)
            return
        tiny = replace(style, size=_TINY.size, leading=_TINY.leading)
        lines = [line.text for line in tiny.fit(row.name, room)]
        if len(lines) > _LINES:
            lines = [lines[0], _cut("".join(lines[1:]), tiny, room)]
        for at, line in enumerate(lines):
            lift = ((len(lines) - 1) / 2 - at) * tiny.leading
            self._text(line, left, middle + lift - _MIDDLE * tiny.size, tiny)

    def _draw_labels(self, layout: Layout, tile: Tile, top: float, body: float) -> None:
        unit = unit_at(layout.scale.day, _EM)
        middle = (top + body) / 2
        if unit.above is not None:
            self._labels(layout, tile, unit.above, (top, middle), lower=False)
            self.canvas.setLineWidth(_THIN)
            self.canvas.line(self.margin + self.table, middle, self.width - self.margin, middle)
        self._labels(layout, tile, unit, (middle if unit.above else top, body), lower=unit.above is not None)
        x = layout.scale.left(self.chart.today) + layout.scale.day / 2
        if tile.left <= x <= tile.right:
            text = f"今天 {self.chart.today:%m-%d}"
            at = self._x(tile, x) - _TINY.measure(text) / 2
            at = min(max(at, self.margin + self.table + 2), self.width - self.margin - _TINY.measure(text) - 2)
            self.canvas.setFillColor(HexColor(shapes.TODAY))
            self._text(text, at, top + 1.5, _TINY)
            self.canvas.setFillGray(0)

    def _labels(self, layout: Layout, tile: Tile, unit: Unit, sides: tuple[float, float], *, lower: bool) -> None:
        top, bottom = sides
        scale = layout.scale
        days = scale.between(tile.left, tile.right - scale.day / 2)
        for label in labels(unit, days):
            left = self._x(tile, max(scale.left(label.first), tile.left))
            right = self._x(tile, min(scale.right(label.last), tile.right))
            self.canvas.setStrokeGray(0.4)
            self.canvas.setLineWidth(_THIN)
            self.canvas.line(right, top, right, bottom)
            texts = (lower_text(unit, label),) if lower else (label.text, label.short)
            text = next((text for text in texts if _SMALL.measure(text) <= right - left - 1), "")
            off = unit is Unit.DAY and not self.chart.calendar.is_workday(label.first)
            self.canvas.setFillGray(0.55 if off else 0)
            x = (left + right - _SMALL.measure(text)) / 2
            self._text(text, x, self._base(top, bottom, _SMALL), _SMALL)
        self.canvas.setFillGray(0)

    def _draw_chart(self, layout: Layout, tile: Tile, body: float, bottom: float) -> None:
        """Everything in the chart's own measures: y downward from its first row."""
        canvas = self.canvas
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(self.margin + self.table, bottom, self.width - 2 * self.margin - self.table, body - bottom)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.translate(self._x(tile, 0), body + tile.rows.start * layout.row)
        self._draw_days(layout, tile)
        for place in tile.rows:
            base, row = layout.base(place), layout.rows[place]
            if base:
                moment = row.leaf and row.milestone and row.base is not None and row.base[0] == row.base[1]
                shapes.base(canvas, base, moment=moment)
        critical = {row.id for row in layout.rows if row.critical and row.leaf}
        for link, points in layout.arrows(tile.rows):
            shapes.arrow(canvas, points, critical={link.before, link.after} <= critical)
        for place in tile.rows:
            self._draw_bar(layout, tile, place)
        canvas.restoreState()

    def _draw_days(self, layout: Layout, tile: Tile) -> None:
        canvas, scale = self.canvas, layout.scale
        top, bottom = tile.rows.start * layout.row, tile.rows.stop * layout.row
        days = scale.between(tile.left, tile.right - scale.day / 2)
        if scale.day >= _SHADED:
            canvas.setFillGray(0.93)
            for first, last in off_days(self.chart.calendar, days):
                left = scale.left(first)
                canvas.rect(left, -bottom, scale.right(last) - left, bottom - top, stroke=0, fill=1)
        canvas.setStrokeGray(0.82)
        canvas.setLineWidth(_THIN)
        for label in labels(unit_at(scale.day, _EM), days):
            canvas.line(scale.left(label.first), -top, scale.left(label.first), -bottom)
        for place in tile.rows:
            canvas.line(tile.left, -place * layout.row, tile.right, -place * layout.row)
        canvas.setStrokeColor(HexColor(shapes.TODAY))
        canvas.setLineWidth(1.1)
        x = scale.left(self.chart.today) + scale.day / 2
        canvas.line(x, -top, x, -bottom)

    def _draw_bar(self, layout: Layout, tile: Tile, place: int) -> None:
        row, bar, reach = layout.rows[place], layout.bar(place), layout.reach(place)
        if bar is None or reach is None:
            return
        shapes.row(self.canvas, row, bar, layout.done(place))
        more = layout.extension(place)
        if more and row.leaf:
            shapes.extension(self.canvas, *more, row.light, bar.height * 0.7)
        if row.told and tile.left <= reach <= tile.right:
            self._draw_told(row, reach, bar.middle[1], tile)

    def _draw_told(self, row: Row, reach: float, middle: float, tile: Tile) -> None:
        """How late, on a ground of its own, and never over the side of the page."""
        width = _TINY.measure(row.told)
        x = min(reach + 3, tile.right - width - 2)
        self.canvas.setFillGray(1)
        self.canvas.rect(x - 1, -middle - 3.6, width + 2, 7.2, stroke=0, fill=1)
        self.canvas.setFillColor(HexColor(shapes.LIGHTS[row.light]))
        self._text(row.told, x, -middle - _MIDDLE * _TINY.size, _TINY)
        self.canvas.setFillGray(0)

    def _x(self, tile: Tile, x: float) -> float:
        return self.margin + self.table + x - tile.left

    def _base(self, top: float, bottom: float, style: Style = _BOLD) -> float:
        return (top + bottom) / 2 - _MIDDLE * style.size

    def _text(self, text: str, x: float, base: float, style: Style, *, right: bool = False) -> None:
        if text:
            self.canvas.setFont(style.face, style.size)
            self.canvas.drawString(x - style.measure(text) if right else x, base, text)


def _cut(text: str, style: Style, room: float) -> str:
    """A text that ends in … where there is no room for all of it."""
    if style.measure(text) <= room:
        return text
    while text and style.measure(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"
