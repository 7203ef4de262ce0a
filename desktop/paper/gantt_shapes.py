"""What a Gantt chart is drawn of on paper; a printer without colour tells them apart by their shape and border.

Boxes have their y downward, paper has it upward: the origin of the canvas is the upper left corner of the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.monitor import Light
from desktop.domain.schedule.gantt import Box, GanttChart, Points, Row

_BAR, _BAR_DONE, _BAR_EDGE = "#cfdcf1", "#2f66b5", "#5b6f8d"
_CRITICAL = "#f6cfcb"
CRITICAL_DONE = "#a3211a"
TODAY = "#0f7f86"
_INK, _GREY = "#1b2733", "#6b7682"
LIGHTS = {Light.GREEN: "#1c7346", Light.YELLOW: "#8d5300", Light.RED: "#b0261e", Light.NONE: _GREY}
_HEAD = 2.2
Draw = Callable[[Canvas, Box], None]


def _rect(canvas: Canvas, box: Box, fill: str) -> None:
    canvas.setFillColor(HexColor(fill))
    canvas.rect(box.x, -box.bottom, box.width, box.height, stroke=0, fill=1)


def bar(canvas: Canvas, box: Box, done: float, *, critical: bool) -> None:
    """The bar of a task, its progress inside; a critical one has a strong border."""
    _rect(canvas, box, _CRITICAL if critical else _BAR)
    if done > 0:
        _rect(
            canvas,
            Box(box.x, box.y + box.height * 0.3, done, box.height * 0.4),
            CRITICAL_DONE if critical else _BAR_DONE,
        )
    canvas.setStrokeColor(HexColor(CRITICAL_DONE if critical else _BAR_EDGE))
    canvas.setLineWidth(1.2 if critical else 0.4)
    canvas.rect(box.x, -box.bottom, box.width, box.height, stroke=1, fill=0)


def summary(canvas: Canvas, box: Box, done: float) -> None:
    """The bracket over tasks."""
    _rect(canvas, box, _GREY)
    if done > 0:
        _rect(canvas, Box(box.x, box.y, done, box.height), _INK)
    foot, low = min(box.height, box.width / 2), box.bottom + box.height * 1.6
    canvas.setFillColor(HexColor(_INK))
    for x, inward in ((box.x, foot), (box.right, -foot)):
        _polygon(canvas, ((x, box.y), (x + inward, box.y), (x + inward, box.bottom), (x, low)))


def diamond(canvas: Canvas, box: Box, *, critical: bool, hollow: bool = False) -> None:
    """A milestone; a hollow one is that of the older baseline."""
    (x, y), half = box.middle, box.height * 0.58
    ink = _GREY if hollow else CRITICAL_DONE if critical else _INK
    canvas.setFillColor(HexColor("#ffffff" if hollow else ink))
    canvas.setStrokeColor(HexColor(ink))
    canvas.setLineWidth(0.7)
    _polygon(canvas, ((x, y - half), (x + half, y), (x, y + half), (x - half, y)), stroke=1)


def row(canvas: Canvas, one: Row, box: Box, done: float) -> None:
    """Whatever shape a row has."""
    if not one.leaf:
        summary(canvas, box, done)
    elif one.moment:
        diamond(canvas, box, critical=one.critical)
    else:
        bar(canvas, box, done, critical=one.critical)
        if one.milestone:
            diamond(canvas, Box(box.right - box.height / 2, box.y, box.height, box.height), critical=one.critical)


def base(canvas: Canvas, box: Box, *, moment: bool) -> None:
    """What an older baseline had."""
    if moment:
        diamond(canvas, box, critical=False, hollow=True)
    else:
        _rect(canvas, box, _GREY)


def extension(canvas: Canvas, begin: float, end: float, y: float, light: Light, height: float) -> None:
    """How much longer a task is going to take, dashed."""
    canvas.setStrokeColor(HexColor(LIGHTS[light]))
    canvas.setLineWidth(1.1)
    canvas.setDash(3, 2)
    canvas.line(begin, -y, end, -y)
    canvas.setDash()
    canvas.line(end, -y - height / 2, end, -y + height / 2)


def arrow(canvas: Canvas, points: Points, *, critical: bool) -> None:
    """A link, with its point at the end."""
    ink = HexColor(CRITICAL_DONE if critical else _GREY)
    canvas.setStrokeColor(ink)
    canvas.setLineWidth(0.6)
    path = canvas.beginPath()
    path.moveTo(points[0][0], -points[0][1])
    for x, y in points[1:]:
        path.lineTo(x, -y)
    canvas.drawPath(path, stroke=1, fill=0)
    (x, y), up = points[-1], points[-1][1] < points[-2][1]
    back = _HEAD * 1.5 if up else -_HEAD * 1.5
    canvas.setFillColor(ink)
    _polygon(canvas, ((x, y), (x - _HEAD, y + back), (x + _HEAD, y + back)))


def _polygon(canvas: Canvas, points: Points, stroke: int = 0) -> None:
    path = canvas.beginPath()
    path.moveTo(points[0][0], -points[0][1])
    for x, y in points[1:]:
        path.lineTo(x, -y)
    path.close()
    canvas.drawPath(path, stroke=stroke, fill=1)


def _today(canvas: Canvas, box: Box) -> None:
    canvas.setStrokeColor(HexColor(TODAY))
    canvas.setLineWidth(1.1)
    canvas.line(box.middle[0], -box.y + 1, box.middle[0], -box.bottom - 1)


def _arrow(canvas: Canvas, box: Box) -> None:
    x, y = box.middle
    arrow(canvas, ((box.x, box.y), (box.x, y), (x, y), (x, box.bottom + 1)), critical=False)


def samples(chart: GanttChart, base_name: str) -> Iterator[tuple[bool, str, Draw]]:
    """The shapes that a chart may have: whether it has, what it means, how it is drawn."""
    rows = chart.rows
    yield any(one.leaf for one in rows), "任务", lambda canvas, box: bar(canvas, box, 0, critical=False)
    yield chart.reported, "已完成部分", lambda canvas, box: bar(canvas, box, box.width * 0.6, critical=False)
    critical = any(one.critical for one in rows)
    yield critical, "关键任务（粗框）", lambda canvas, box: bar(canvas, box, 0, critical=True)
    brackets = any(not one.leaf for one in rows)
    yield brackets, "汇总任务", lambda canvas, box: summary(canvas, Box(box.x, box.y, box.width, box.height * 0.45), 0)
    yield (
        any(one.milestone for one in rows),
        "里程碑",
        lambda canvas, box: diamond(canvas, _square(box), critical=False),
    )
    yield bool(chart.links), "前置关系", _arrow
    yield (
        chart.compared,
        base_name,
        lambda canvas, box: base(
            canvas, Box(box.x, box.y + box.height * 0.35, box.width, box.height * 0.32), moment=False
        ),
    )
    yield (
        chart.reported,
        "周报预计推迟",
        lambda canvas, box: extension(canvas, box.x, box.right, box.middle[1], Light.RED, box.height),
    )
    yield True, "今天", _today
    yield True, "休息日", lambda canvas, box: _rect(canvas, box, "#e3e3e3")


def _square(box: Box) -> Box:
    return Box(box.x + (box.width - box.height) / 2, box.y, box.height, box.height)
