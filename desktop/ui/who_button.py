"""The button in the window's head that says who sits here, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from desktop.ui.icons import icon
from desktop.ui.window import Window

_WIDTH = 14


class WhoButton(QToolButton):
    """Opens the menu of the window's own wishes."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.setObjectName("who")
        self.setProperty("role", "flat")
        self.setIcon(icon("person"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName("当前人员")
        menu = QMenu(self)
        menu.addAction("切换人员…").triggered.connect(window.switch_wanted)
        menu.addAction(icon("lock"), "锁定\tCtrl+L").triggered.connect(window.lock_wanted)
        menu.addAction("代理人…").triggered.connect(window.stand_ins_wanted)
        self.password = menu.addAction("修改登录密码…")
        self.password.triggered.connect(window.password_wanted)
        self.password.setVisible(False)
        menu.addSeparator()
        menu.addAction("打开其他办公室…").triggered.connect(window.other_wanted)
        menu.addSeparator()
        menu.addAction("关于与诊断…\tF1").triggered.connect(window.about_wanted)
        self.setMenu(menu)

    def show_sitter(self, words: str) -> None:
        """Say who sits here, as far as there is room."""
        room = self.fontMetrics().height() * _WIDTH
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))
        self.setToolTip(words)
