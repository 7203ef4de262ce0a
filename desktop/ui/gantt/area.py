"""Mouse and keys on a Gantt chart: choosing, folding, the divider, and pulling bars, which snap to working days."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.domain.schedule.moving import Grip, nudged, pulled
from desktop.ui.gantt.surface import GanttSurface, Pull
from desktop.ui.gantt.words import tip

_NEAR = 3
_EDGE = 24
_NOTCH = 120
_CURSORS = {
    Grip.WHOLE: Qt.CursorShape.OpenHandCursor,
    Grip.START: Qt.CursorShape.SizeHorCursor,
    Grip.FINISH: Qt.CursorShape.SizeHorCursor,
}
_ALT, _SHIFT, _CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class GanttArea(GanttSurface):
    """A chart to walk through and, where it is ``editable``, to pull at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dividing = False
        self.viewport().setMouseTracking(True)

    def nudge(self, grip: Grip, by: int) -> None:
        """Move the chosen task, or its end, by working days."""
        row = self.row
        if self.editable and self.chart and row and row.leaf and row.days:
            days = nudged(self.chart.workdays, row.days, grip, by, moment=row.moment)
            if days != row.days:
                self.pulled.emit(row.id, days)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._help(event)
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if abs(at.x() - self.left) <= _NEAR:
            self._dividing = True
            return
        place = self.row_at(at.y())
        if place < 0 or self.layout_ is None:
            return
        if at.x() < self.left and self.on_fold_mark(at.x(), place):
            self.fold(self.layout_.rows[place].id)
            return
        self.go_to(place)
        held, row = self._held(at), self.row
        if held and row and row.days:
            self.pull = Pull(held[0], held[1], self._x(at), row.days)
            closed = Qt.CursorShape.ClosedHandCursor
            self.viewport().setCursor(closed if held[1] is Grip.WHOLE else _CURSORS[held[1]])
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._dividing:
            self.set_left(at.x())
        elif self.pull is not None:
            self._scroll_along(at)
            self._pull_on(self.pull, at)
        elif abs(at.x() - self.left) <= _NEAR:
            self.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        else:
            held = self._held(at)
            self.viewport().setCursor(_CURSORS[held[1]] if held else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._dividing = False
        pull = self.pull
        self.let_go()
        row = self.layout_.rows[pull.place] if pull and self.layout_ else None
        if pull and row and pull.days != row.days:
            self.pulled.emit(row.id, pull.days)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.row_at(event.position().y())
        if self.layout_ and place >= 0 and not self.on_fold_mark(event.position().x(), place):
            self.opened.emit(self.layout_.rows[place].id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & _CONTROL:
            self.zoom_by(turned.y() / _NOTCH, max(0.0, event.position().x() - self.left))
            event.accept()
        elif event.modifiers() & _SHIFT:
            across = self.horizontalScrollBar()
            across.setValue(across.value() - turned.y() - turned.x())
            event.accept()
        else:
            super().wheelEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.current < 0:
            self.go_to(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.let_go()
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._act(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _takes(self, event: QKeyEvent) -> bool:
        """Whether a key is meant for the chart before anybody else: Esc lets a bar go and closes nothing."""
        return self.pull is not None or bool(event.modifiers() & _ALT and self._act(event))

    def _act(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does here; nothing for one that means nothing."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if key == Qt.Key.Key_Escape:
            return self.let_go if self.pull is not None else None
        if held & _ALT:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
            if step is None or not self.editable:
                return None
            return lambda: self.nudge(Grip.FINISH if held & _SHIFT else Grip.WHOLE, step)
        if held & _CONTROL and key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            last = len(self.layout_.rows) if self.layout_ else 0
            return lambda: self.go_to(0 if key == Qt.Key.Key_Home else last)
        return self._walk(key) or self._look(key)

    def _walk(self, key: Qt.Key) -> Callable[[], None] | None:
        """Keys that lead from row to row."""
        page = max(1, int((self.viewport().height() - self.head) // self.layout_.row)) if self.layout_ else 1
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        by, row = steps.get(key), self.row
        if by is not None:
            return lambda: self.go_to(self.current + by)
        if key == Qt.Key.Key_Space and row and not row.leaf:
            return lambda: self.fold(row.id)
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row:
            return lambda: self.opened.emit(row.id)
        return None

    def _look(self, key: Qt.Key) -> Callable[[], None] | None:
        """Keys that move or zoom the time."""
        across = self.horizontalScrollBar()
        acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: across.setValue(across.value() - across.singleStep()),
            Qt.Key.Key_Right: lambda: across.setValue(across.value() + across.singleStep()),
            Qt.Key.Key_Home: lambda: across.setValue(0),
            Qt.Key.Key_End: lambda: across.setValue(across.maximum()),
            Qt.Key.Key_Plus: lambda: self.zoom_by(1),
            Qt.Key.Key_Equal: lambda: self.zoom_by(1),
            Qt.Key.Key_Minus: lambda: self.zoom_by(-1),
        }
        return acts.get(key)

    def _help(self, event: QHelpEvent) -> None:
        at = QPointF(event.pos())
        place, layout, chart = self.row_at(at.y()), self.layout_, self.chart
        text = ""
        if layout and chart and place >= 0 and self.pull is None:
            bar, reach, slack = layout.bar(place), layout.reach(place), self.em * 0.3
            if at.x() < self.left:
                text = tip(layout.rows[place], self.base_name, editable=False)
            elif bar and reach and bar.x - slack <= self._x(at) <= reach + slack:
                text = tip(layout.rows[place], self.base_name, editable=self.editable)
        QToolTip.showText(event.globalPos(), text, self.viewport())

    def _x(self, at: QPointF) -> float:
        return at.x() - self.left + self.scrolled[0]

    def _held(self, at: QPointF) -> tuple[int, Grip] | None:
        """The bar at a place and how it would be held; nothing where it cannot be pulled."""
        if not self.editable or self.layout_ is None or at.x() <= self.left or at.y() < self.head:
            return None
        held = self.layout_.grip(self._x(at), at.y() - self.head + self.scrolled[1])
        return held if held and self.layout_.rows[held[0]].leaf else None

    def _pull_on(self, pull: Pull, at: QPointF) -> None:
        if self.layout_ is None or self.chart is None:
            return
        row = self.layout_.rows[pull.place]
        if row.days is None:
            return
        by = round((self._x(at) - pull.x) / self.layout_.scale.day)
        days = pulled(self.chart.workdays, row.days, pull.grip, by, moment=row.moment)
        self.pull = Pull(pull.place, pull.grip, pull.x, days)
        self.viewport().update()

    def _scroll_along(self, at: QPointF) -> None:
        """At the side of the window the chart goes along."""
        across = self.horizontalScrollBar()
        if at.x() > self.viewport().width() - _EDGE:
            across.setValue(across.value() + across.singleStep())
        elif at.x() < self.left + _EDGE:
            across.setValue(across.value() - across.singleStep())
