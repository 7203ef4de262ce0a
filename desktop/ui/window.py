"""The one window: tabs with badges over the pages; what else stands in it comes with its office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QStatusBar,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop import TITLE
from desktop.services.changes import Changes
from desktop.ui.desk import Desk
from desktop.ui.page import Page, Tab
from desktop.ui.pieces import take_size
from desktop.ui.waiting import Waiting, name_of

if TYPE_CHECKING:
    from desktop.ui.command_bar import CommandBar
    from desktop.ui.who_button import WhoButton


class Window(QMainWindow):
    """Shows pages by tab; made anew for another office.

    It stands, and can be moved, sized and closed, before its office is open (``wait_for``); a tab chosen meanwhile is
    shown as soon as it is (``furnish``). ``switch_wanted`` and ``lock_wanted`` ask for a new sitter,
    ``stand_ins_wanted`` for who signs in their stead, ``login_wanted`` for another login of a shared office,
    ``password_wanted`` for another password of one's own, ``about_wanted`` for 关于与诊断; ``given_up`` says that
    nobody wants to wait any more.
    """

    switch_wanted = Signal()
    lock_wanted = Signal()
    stand_ins_wanted = Signal()
    other_wanted = Signal()
    login_wanted = Signal()
    password_wanted = Signal()
    about_wanted = Signal()
    given_up = Signal()
    desk: Desk
    command: CommandBar
    who: WhoButton
    """The open office, the search box and the button of whoever sits here, once the window is furnished."""

    def __init__(self, tabs: Sequence[Tab], memory: QSettings) -> None:
        super().__init__()
        self._memory = memory
        self._furnished = False
        self._tabs = {tab.key: tab for tab in tabs}
        self._bar_keys = [tab.key for tab in tabs if tab.title]
        self._last_tab = self._bar_keys[0]
        self._pages: dict[str, Page] = {}
        self._shut = False
        self.setWindowTitle(TITLE)
        self.setMinimumSize(1024, 640)
        self.stack = QStackedWidget()
        self._waiting = Waiting()
        self._waiting.given_up.connect(self.given_up)
        self.stack.addWidget(self._waiting)
        self.tabs = self._tab_bar()
        self._lay_out()
        QShortcut(QKeySequence("F1"), self, self.about_wanted.emit)
        take_size(self, 1366, 820)
        place = memory.value("window")
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)

    def wait_for(self, target: str) -> None:
        """Say that the data there is being opened; an empty target: that nothing is."""
        self._waiting.wait_for(f"正在打开“{name_of(target)}”……" if target else "")

    def furnish(self, desk: Desk, command: CommandBar, who: WhoButton, line: QStatusBar) -> None:
        """Give the window its office, and what stands beside the tabs and below the pages. Only once."""
        self.desk, self.command, self.who = desk, command, who
        self._furnished = True
        self.setWindowTitle(f"{desk.office.name} - {TITLE}")
        self._head.addWidget(command)
        self._head.addWidget(who)
        self.setStatusBar(line)
        self.stack.removeWidget(self._waiting)
        self._waiting.deleteLater()
        self._connect()

    @property
    def chosen(self) -> str:
        """The key of the tab that is chosen; before the window is furnished its page does not stand yet."""
        return self._last_tab

    def go_to(self, key: str) -> Page:
        """Show the page of that key, made when it is first asked for.

        Raises:
            KeyError: there is no such page.
            ImportError: it cannot be loaded; the page before it stays.
        """
        left = self.stack.currentWidget()
        if key not in self._pages:
            try:
                page = self._tabs[key].make(self.desk)
            except ImportError:
                self._mark(self._last_tab)
                raise
            self._pages[key] = page
            self.stack.addWidget(page)
        page = self._pages[key]
        if isinstance(left, Page) and left is not page:
            left.leave()
        if key in self._bar_keys:
            self._last_tab = key
            self._mark(key)
        self.stack.setCurrentWidget(page)
        if page is not left and page.focusProxy() is not None:
            page.setFocus()
        return page

    @property
    def current(self) -> str:
        """The key of the page that is shown."""
        return next(key for key, page in self._pages.items() if page is self.stack.currentWidget())

    def show_item(self, kind: str, item: object) -> None:
        """Show something on the page that takes its kind; a page's own key shows that page, ``back`` the last tab."""
        if kind == "back":
            self.go_to(self._last_tab)
            return
        for key, tab in self._tabs.items():
            if kind in tab.takes:
                self.go_to(key).show_item(kind, item)
                return
        self.go_to(kind)

    def show_bar(self, bar: QWidget) -> None:
        """Show a notice above the pages that stays until it is dismissed."""
        self._column.insertWidget(1, bar)

    @property
    def unsaved(self) -> str:
        """What is written on the pages and would be gone with the window, in words; nothing where all is kept."""
        return "、".join(page.unsaved for page in self._pages.values() if page.unsaved)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before what is written and not saved is gone with the window."""
        unsaved = self.unsaved
        if unsaved and not self._shut:
            event.ignore()
            self._ask_to_close(unsaved)
            return
        for page in self._pages.values():
            page.leave()
        self._memory.setValue("window", self.saveGeometry())
        self._memory.sync()
        super().closeEvent(event)

    def _ask_to_close(self, unsaved: str) -> None:
        from desktop.ui.question import ask

        more = "现在关闭窗口，这些修改就没有了；填写中的表单不受影响，草稿已经保存。"
        ask(
            self,
            f"{unsaved}的修改还没有保存。",
            more,
            yes="不保存，关闭",
            no="回去",
            then=self.shut,
            danger=True,
        )

    def shut(self) -> None:
        """Close without asking: it was asked before, or another window takes this one's place."""
        self._shut = True
        self.close()

    def _tab_bar(self) -> QTabBar:
        bar = QTabBar()
        bar.setObjectName("tabs")
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(False)
        bar.setAccessibleName("页面")
        for key in self._bar_keys:
            bar.addTab(self._tabs[key].title)
        bar.currentChanged.connect(self._choose)
        bar.tabBarClicked.connect(self._choose)
        return bar

    def _choose(self, place: int) -> None:
        if place >= 0 and self._furnished:
            self.go_to(self._bar_keys[place])
        elif place >= 0:
            self._last_tab = self._bar_keys[place]

    def _mark(self, key: str) -> None:
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(self._bar_keys.index(key))
        self.tabs.blockSignals(False)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("head")
        head.setStyleSheet("QFrame#head { background: white; border-bottom: 1px solid #dce2e9; }")
        self._head = row = QHBoxLayout(head)
        row.setContentsMargins(6, 0, 10, 1)
        row.addWidget(self.tabs)
        row.addStretch(1)
        body = QWidget()
        self._column = column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(body)

    def _connect(self) -> None:
        self.desk.operations.changed.connect(self._on_changed)
        self.desk.seat_changed.connect(self._on_seat)
        self.desk.wanted.connect(self.show_item)
        QShortcut(QKeySequence("Ctrl+K"), self, self.command.summon)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock_wanted.emit)
        for place, key in enumerate(self._bar_keys, 1):
            QShortcut(QKeySequence(f"Ctrl+{place}"), self, lambda key=key: self.go_to(key))

    def _on_changed(self, changes: Changes) -> None:
        for page in self._pages.values():
            page.on_changed(changes)

    def _on_seat(self) -> None:
        for page in self._pages.values():
            page.reseat()

    def show_badges(self, counts: Mapping[str, int]) -> None:
        """Show the figures on the tabs, by their keys."""
        for place, key in enumerate(self._bar_keys):
            number = counts.get(key, 0)
            title = self._tabs[key].title
            self.tabs.setTabText(place, f"{title} {number}" if number else title)
