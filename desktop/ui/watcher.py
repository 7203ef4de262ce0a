"""Keeps the window up to date with what others save, and says so when the data is out of reach until it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop.domain.errors import NotAdmitted, Refusal, Unreachable
from desktop.services.changes import Changes
from desktop.services.office import Office
from desktop.services.presence import EVERY, Attendance, Present, is_shared, who_is_here
from desktop.services.watching import News, Watch, everything, rest_after_news
from desktop.ui.colours import LINE, TONES
from desktop.ui.desk import Desk
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.pieces import button, words
from desktop.ui.status_line import StatusLine
from desktop.ui.window import Window

log = logging.getLogger(__name__)

FOLD_MS, FOLD_MOST_MS = 300, 3_000
"""How long to wait for more before the views reload, and how long at most while it does not cease."""
_LISTEN_SECONDS = 20
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 30.0
SECONDS_TO_STOP = 5
_TELL_MS = 1_000
_SHADE = TONES["warning"]


class Watching(QObject):
    """Waits for news and for the data to come back; says every few minutes that somebody sits here.

    It ends by itself where the server lets whoever is connected in no more (``shut_out``). Its thread may hang in a
    dead network, and is left behind then.
    """

    news = Signal(object)
    here = Signal(object)
    lost = Signal(object)
    back = Signal(object)
    shut_out = Signal(object)

    def __init__(self, office: Office, actor: UUID) -> None:
        super().__init__()
        self._thread = Thread(target=self._run, name="watching", daemon=True)
        self.actor = actor
        self.first_delay = _FIRST_DELAY
        self._office = office
        self._watch = Watch(office)
        self._stop, self._go = Event(), Event()
        self._go.set()
        self._tried = Event()
        self._gone = False
        self._due = 0.0
        self._desks = 1
        self._outcomes: list[bool] = []

    def begin(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def check(self) -> None:
        """Look at once."""
        self._tried.set()
        self._watch.wake()

    def attend_now(self) -> None:
        """Say at once who sits here, and learn who else does."""
        self._due = 0.0
        self.check()

    def pause(self, *, on: bool) -> None:
        """Nobody looks at the window: ask for nothing until somebody does."""
        if on:
            self._go.clear()
        else:
            self._go.set()
        self.check()

    def end(self) -> bool:
        """Stop; whether it came to an end in time."""
        self._stop.set()
        self._go.set()
        self.check()
        if self._thread.is_alive():
            self._thread.join(SECONDS_TO_STOP)
        if self._thread.is_alive():
            _left_behind.append(self)
        return not self._thread.is_alive()

    def _run(self) -> None:
        attendance = Attendance(self._office) if is_shared(self._office) else None
        try:
            self._watch_on(attendance)
            if attendance is not None and not self._gone:
                attendance.leave(self.actor)
        except Refusal:
            log.info("could not say that nobody sits here any more")
        except Exception:
            log.exception("watching has come to its end")
        finally:
            self._watch.close()

    def _watch_on(self, attendance: Attendance | None) -> None:
        self._due, delay = 0.0, self.first_delay
        while not self._stop.is_set():
            try:
                self._outcomes += self._watch.settle()
                if attendance is not None and time.monotonic() >= self._due:
                    self._attend(attendance)
                    self._due = time.monotonic() + EVERY.total_seconds()
                if self._go.wait(EVERY.total_seconds()):
                    self._listen()
                    delay = self.first_delay
            except NotAdmitted as error:
                self._stop.set()
                self._gone = True
                self.shut_out.emit(error)
            except Refusal as error:
                self._lose(error)
                self._due = 0.0
                self._tried.wait(delay)
                self._tried.clear()
                delay = min(2 * delay, _LONGEST_DELAY)

    def _listen(self) -> None:
        heard = self._watch.hark(_LISTEN_SECONDS)
        if not self._go.is_set():
            return
        found = self._watch.look() if heard else None
        outcomes = self._outcomes + self._watch.settle()
        self._outcomes = []
        if self._gone or outcomes:
            self._gone = False
            self.back.emit(outcomes)
        if found is not None:
            self.news.emit(found)
            self._rest()

    def _rest(self) -> None:
        """Let news gather, the longer the more desks ask, and not all of them at one moment."""
        self._tried.clear()
        if not self._stop.is_set():
            self._tried.wait(rest_after_news(self._desks, self.actor))

    def _attend(self, attendance: Attendance) -> None:
        try:
            attendance.appear(self.actor)
        except Unreachable:
            raise
        except Refusal as error:  # who may only look (a file that is read-only) is not seen by others
            log.info("not said that somebody sits here: %s", error.details or error)
            self._office.need_entry()
        present = self._office.read(who_is_here)
        self._desks = max(1, len(present))
        self.here.emit(present)

    def _lose(self, error: Refusal) -> None:
        if not self._gone and not self._stop.is_set():
            self._gone = True
            log.warning("out of reach: %s", error.details or error)
            self.lost.emit(error)


_left_behind: list[Watching] = []
"""Whose threads hang and would else be the last to hold them: what is the screen's must not die in another thread."""


class LostBar(QFrame):
    """One quiet line while the data is out of reach; ``say`` is asked time and again what holds at that moment."""

    def __init__(self, say: Callable[[], str], retry: Callable[[], None]) -> None:
        super().__init__()
        self._say = say
        self.setObjectName("lost")
        self.setStyleSheet(f"QFrame#lost {{ background: {_SHADE.fill}; border-bottom: 1px solid {LINE}; }}")
        self._label = words("")
        self._label.setStyleSheet(f"color: {_SHADE.ink}")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 10, 6)
        line.addWidget(self._label, 1)
        line.addWidget(button("现在重试", retry))
        self.tell()
        timer = QTimer(self, interval=_TELL_MS)
        timer.timeout.connect(self.tell)
        timer.start()

    def tell(self) -> None:
        """Say what holds now."""
        text = self._say()
        if text != self._label.text():
            self._label.setText(text)
            self.setAccessibleName(text)


class Watcher(QObject):
    """Owns the thread that watches, and folds its news into the path by which views reload."""

    def __init__(self, window: Window, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self.bar: LostBar | None = None
        self._pending = Changes()
        self._first = 0.0
        self._fold = QTimer(self, singleShot=True, interval=FOLD_MS)
        self._fold.timeout.connect(self._publish)
        self.watching = Watching(desk.office, desk.actor)
        self.watching.news.connect(self._on_news)
        self.watching.here.connect(self._on_here)
        self.watching.lost.connect(self._on_lost)
        self.watching.back.connect(self._on_back)
        self.watching.shut_out.connect(desk.operations.shut_out)
        desk.operations.lost.connect(self.check)
        desk.seat_changed.connect(self._on_seat)
        window.installEventFilter(self)

    def begin(self) -> None:
        """Watch from now on."""
        self._desk.operations.watched = True
        self.watching.begin()

    @Slot()
    def check(self) -> None:
        """Look at once whether the data can be reached."""
        self.watching.check()

    def end(self) -> bool:
        """Watch no more; whether the thread came to an end (it may hang in a dead network)."""
        self._desk.operations.watched = False
        self._window.removeEventFilter(self)
        return self.watching.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for nothing while nobody can see the window."""
        if event.type() in {QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide}:
            self.watching.pause(on=self._window.isMinimized() or not self._window.isVisible())
        return super().eventFilter(watched, event)

    @Slot(object)
    def _on_news(self, news: News) -> None:
        self._refresh(news.changes)

    def _refresh(self, changes: Changes) -> None:
        """Reload soon: once no more comes in, or when it does not cease."""
        if not self._fold.isActive():
            self._first = time.monotonic()
        self._pending = self._pending.with_(changes)
        left = FOLD_MOST_MS - round((time.monotonic() - self._first) * 1000)
        self._fold.start(max(0, min(FOLD_MS, left)))

    def _publish(self) -> None:
        changes, self._pending = self._pending, Changes()
        self._desk.operations.changed.emit(changes)

    @Slot(object)
    def _on_here(self, present: Sequence[Present]) -> None:
        line = self._window.statusBar()
        if isinstance(line, StatusLine):
            line.show_here(present)

    @Slot(object)
    def _on_lost(self, error: Refusal) -> None:
        if self.bar is None:
            database = self._desk.office.database
            lost = _lost_text(error, on_server=database.file is None)
            self.bar = LostBar(
                lambda: f"{lost}{kept(self._window, in_doubt=bool(database.doubts))}",
                self.check,
            )
            self._window.show_bar(self.bar)

    @Slot(object)
    def _on_back(self, outcomes: Sequence[bool]) -> None:
        if self.bar is not None:
            self.bar.hide()
            self.bar.deleteLater()
            self.bar = None
        if outcomes:
            self._window.show_bar(NoticeBar(_settled_text(outcomes), ()))
        self._refresh(everything())

    def _on_seat(self) -> None:
        self.watching.actor = self._desk.actor
        self.watching.attend_now()


def _lost_text(error: Refusal, *, on_server: bool) -> str:
    if not isinstance(error, Unreachable):
        return f"{error} "
    if on_server:
        return "与服务器的连接断开，正在重新连接… "
    return "数据文件暂时读不到（网络盘或 U 盘可能断开），正在等它恢复… "


def kept(window: Window, *, in_doubt: bool = False) -> str:
    """What of that which is being written lies on this machine, and what does not.

    With ``in_doubt`` some of it may be saved already: nobody is to save it a second time.
    """
    drafts = "填写中的表单已在本机保存。"
    if in_doubt:
        return f"刚才的那次保存还不知道有没有存上：请不要关闭窗口，也不要重复保存，恢复以后会告诉您。{drafts}"
    if not window.unsaved:
        return drafts
    return f"{window.unsaved}的修改还没有保存：请不要关闭窗口，恢复以后再保存。{drafts}"


def _settled_text(outcomes: Sequence[bool]) -> str:
    if all(outcomes):
        return "连接已恢复。断开时的那次保存：已保存，不用再做一次。"
    if not any(outcomes):
        return "连接已恢复。断开时的那次保存：没有保存，请再保存一次。"
    saved = outcomes.count(True)
    return f"连接已恢复。断开时的几次保存：{saved} 次已保存，{len(outcomes) - saved} 次没有保存，请核对。"
