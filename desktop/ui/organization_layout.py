"""Where the boxes of a project's organisation stand: posts side by side, their people in columns below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from desktop.domain.organization import Branch

WIDTH, HEIGHT, GROUP_HEIGHT = 138.0, 46.0, 28.0
_ASIDE, _DOWN, _STEP, _INDENT = 20.0, 26.0, 8.0, 18.0
_TALLEST = 10


@dataclass(frozen=True)
class Box:
    """A branch's box: its upper left corner and its size."""

    branch: Branch
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """The middle of its left edge."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Block:
    """Boxes and lines that belong together; ``foot`` is where the line from above meets them."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    foot: float = 0.0

    def moved(self, x: float, y: float) -> Block:
        """The same elsewhere."""
        return replace(
            self,
            boxes=tuple(replace(box, x=box.x + x, y=box.y + y) for box in self.boxes),
            strokes=tuple(Stroke(tuple((px + x, py + y) for px, py in item.points)) for item in self.strokes),
            foot=self.foot + x,
        )


def arranged(tops: Sequence[Branch]) -> Block:
    """The whole picture, beginning at nought."""
    return _side_by_side([_block(branch) for branch in tops])


def _block(branch: Branch) -> Block:
    height = HEIGHT if branch.post is not None else GROUP_HEIGHT
    leaves = [item for item in branch.below if not item.below]
    others = [_block(item) for item in branch.below if item.below]
    columns = [_column(leaves[at : at + _TALLEST]) for at in range(0, len(leaves), _TALLEST)]
    if len(leaves) == 1:
        columns = [_block(leaves[0])]
    elif len(columns) == 1 and not others:
        return _over_column(branch, height, columns[0])
    parts = [*others, *columns] if branch.post is None else [*columns, *others]
    if not parts:
        return Block(WIDTH, height, (Box(branch, 0, 0, height),), (), WIDTH / 2)
    below = _side_by_side(parts).moved(0, height + _DOWN)
    feet = [below_part.foot for below_part in _spread(parts)]
    middle = (min(feet) + max(feet)) / 2
    left = max(0.0, WIDTH / 2 - middle)
    below, middle = below.moved(left, 0), middle + left
    bus = height + _DOWN / 2
    strokes = [Stroke(((middle, height), (middle, bus)))]
    strokes += [Stroke(((middle, bus), (foot + left, bus), (foot + left, height + _DOWN))) for foot in feet]
    box = Box(branch, middle - WIDTH / 2, 0, height)
    width = max(below.width + left, middle + WIDTH / 2)
    return Block(width, height + _DOWN + below.height, (box, *below.boxes), (*strokes, *below.strokes), middle)


def _column(leaves: Sequence[Branch]) -> Block:
    """People one below the other, hanging on a line at their left."""
    boxes, strokes, y = [], [], 0.0
    for leaf in leaves:
        height = HEIGHT if leaf.post is not None else GROUP_HEIGHT
        box = Box(leaf, _INDENT, y, height)
        boxes.append(box)
        strokes.append(Stroke(((_STEP, 0.0), (_STEP, box.middle), (_INDENT, box.middle))))
        y += height + _STEP
    return Block(WIDTH + _INDENT, y - _STEP, tuple(boxes), tuple(strokes), _STEP)


def _over_column(branch: Branch, height: float, column: Block) -> Block:
    below = column.moved(0, height + _STEP)
    joint = Stroke(((_STEP, height), (_STEP, height + _STEP)))
    box = Box(branch, 0, 0, height)
    return Block(column.width, height + _STEP + column.height, (box, *below.boxes), (joint, *below.strokes), WIDTH / 2)


def _spread(parts: Iterable[Block]) -> list[Block]:
    placed, x = [], 0.0
    for part in parts:
        placed.append(part.moved(x, 0))
        x += part.width + _ASIDE
    return placed


def _side_by_side(parts: Sequence[Block]) -> Block:
    placed = _spread(parts)
    width = sum(part.width for part in parts) + _ASIDE * max(0, len(parts) - 1)
    return Block(
        width,
        max((part.height for part in parts), default=0.0),
        tuple(box for part in placed for box in part.boxes),
        tuple(stroke for part in placed for stroke in part.strokes),
        width / 2,
    )
