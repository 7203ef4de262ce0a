"""The first page of the first start: make, open, join or try; it stands before all else of the program is loaded."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import TITLE
from desktop.ui.theme import sized


class StartPage(QWidget):
    """One step. ``changed`` follows everything typed or chosen; ``problem`` says why it is not enough yet."""

    changed = Signal()
    title = ""
    hint = ""

    @property
    def problem(self) -> str:
        """What is still missing, or nothing."""
        return ""

    def start(self) -> None:
        """The page is shown now."""


class Choice(QPushButton):
    """A large button with a few words under its title."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        head, body = QLabel(title), QLabel(text)
        head.setFont(sized(self.font(), 1.15, bold=True))
        body.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(body)
        self._words, self._inside = (head, body), layout

    def finish(self) -> None:
        """Take the mouse for the words, too; until then they pass it on by themselves."""
        from PySide6.QtCore import Qt

        for label in self._words:
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.minimumSize()


class WelcomePage(StartPage):
    """Make, open, join or try."""

    title = f"欢迎使用{TITLE}"
    hint = (
        "照公司的项目管理制度办事：项目台账、表单与逐级签字、期限提醒、正式打印。\n"
        "数据只保存在您选定的地方，没有网络也照常使用。"
    )
    make = Signal()
    open = Signal()
    join = Signal()
    example = Signal()

    def __init__(self, *, with_example: bool) -> None:
        super().__init__()
        layout = self._column = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.setContentsMargins(0, 0, 0, 0)
        self.make_button = Choice(
            "新建办公室", "第一次使用：数据放在一个文件里，或数据库服务器上；填写单位名称、选定制度、写上您的姓名。"
        )
        self.open_button = Choice("打开已有的数据文件", "已经有人建好：本机的文件，或共享文件夹里的文件。")
        self.join_button = Choice("连接共享办公室", "单位用数据库服务器：用管理员发的邀请函，或服务器地址和登录名。")
        self.example_button = Choice("看一看示例办公室", "虚构的办公室，有各种状态的项目和表单，可以随意试用。")
        pairs = (
            (self.make_button, self.make),
            (self.open_button, self.open),
            (self.join_button, self.join),
            (self.example_button, self.example),
        )
        for button, signal in pairs:
            button.clicked.connect(lambda _checked, told=signal: told.emit())
            layout.addWidget(button)
        self.example_button.setVisible(with_example)
        self.setFocusProxy(self.make_button)
        layout.addStretch(1)

    def offer(self, row: QWidget) -> None:
        """Put a line under the choices."""
        self._column.insertWidget(self._column.count() - 1, row)

    def finish(self) -> None:
        """Do what the first sight of the page need not wait for."""
        for button in (self.make_button, self.open_button, self.join_button, self.example_button):
            button.finish()
