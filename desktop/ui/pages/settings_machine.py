"""This machine: where the program keeps what is its own, and the code of the lock."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop import __version__
from desktop.domain.errors import Refusal
from desktop.services.lock import code_fits, has_code, remove_code, set_code
from desktop.ui.desk import Desk
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pieces import button, card, heading, named, row, words


class MachinePanel(Panel):
    """Folders to open, and the lock."""

    key = "machine"
    title = "本机"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        home = desk.office.home
        frame, column = card()
        column.addWidget(heading("本机", 1.15))
        form = QFormLayout()
        form.addRow("程序版本", words(__version__))
        form.addRow("本机名称", words(home.installation.name))
        for label, place in (
            ("程序文件夹", home.folder),
            ("运行日志", home.log_file),
            ("升级前的备份", home.backups),
        ):
            form.addRow(label, self._place(place))
        column.addLayout(form)
        column.addWidget(words("草稿、记住的办公室和人员、本机的登记都在程序文件夹里；办公室的数据不在其中。", "muted"))
        lock, column = card()
        column.addWidget(heading("锁定", 1.15))
        column.addWidget(
            words(
                "离开座位时按 Ctrl+L 锁定，屏幕内容会被遮住。可以设一个锁定密码，"
                "防止旁人顺手操作；它不能代替电脑的登录密码。",
                "muted",
            )
        )
        self.state = words()
        self.change = button("设置锁定密码…", self._ask_for_code)
        self.drop = button("取消锁定密码…", self._ask_to_drop)
        column.addWidget(self.state)
        column.addLayout(row(self.change, self.drop, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(frame)
        layout.addWidget(lock)
        layout.addStretch(1)

    def reload(self) -> None:
        try:
            kept = has_code(self.desk.office.home)
        except Refusal as error:
            self.state.setText(str(error))
            self.drop.hide()
            return
        self.state.setText("已设锁定密码。" if kept else "没有设锁定密码，选定人员就能进入。")
        self.change.setText("更改锁定密码…" if kept else "设置锁定密码…")
        self.drop.setVisible(kept)

    def _place(self, place: Path) -> QWidget:
        made = QWidget()
        open_it = button("打开", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(_nearest_folder(place)))))
        line = row(words(str(place)), open_it)
        line.setStretch(0, 1)
        made.setLayout(line)
        return made

    def _ask_for_code(self) -> None:
        self._open(CodeDialog(self.desk, self, new=True))

    def _ask_to_drop(self) -> None:
        self._open(CodeDialog(self.desk, self, new=False))

    def _open(self, dialog: QDialog) -> None:
        dialog.accepted.connect(self.reload)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class CodeDialog(QDialog):
    """Sets another code, or with ``new`` false drops it; whoever knows the present one may."""

    def __init__(self, desk: Desk, parent: QWidget, *, new: bool) -> None:
        super().__init__(parent)
        self._desk, self._new = desk, new
        self.setWindowTitle("锁定密码")
        self.old, self.first, self.again = (self._line(name) for name in ("现在的密码", "新的密码", "再输一遍"))
        self.trouble = words(role="problem")
        self.trouble.hide()
        form = QFormLayout()
        if has_code(desk.office.home):
            form.addRow("现在的密码", self.old)
        if new:
            form.addRow("新的密码", self.first)
            form.addRow("再输一遍", self.again)
        buttons = QDialogButtonBox()
        yes = buttons.addButton("保存" if new else "取消密码", QDialogButtonBox.ButtonRole.AcceptRole)
        yes.setProperty("role", "primary")
        buttons.addButton("返回", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addWidget(buttons)
        self.setMinimumWidth(380)

    def save(self) -> None:
        """Do it if the present code fits and the new one was written twice alike."""
        if self._new and self.first.text() != self.again.text():
            self._tell("两次输入的密码不一样。")
            return
        home, old, code, new = self._desk.office.home, self.old.text(), self.first.text(), self._new

        def work(_ticket: object) -> bool:
            if not code_fits(home, old):
                return False
            if new:
                set_code(home, code)
            else:
                remove_code(home)
            return True

        self._desk.operations.start(self, work, self._finish)

    def _finish(self, fits: bool) -> None:
        if fits:
            self.accept()
        else:
            self._tell("现在的密码不对。")

    def _tell(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.show()

    def _line(self, name: str) -> QLineEdit:
        line = named(QLineEdit(), name)
        line.setEchoMode(QLineEdit.EchoMode.Password)
        return line


def _nearest_folder(place: Path) -> Path:
    """The folder itself, or the nearest one above that is there already."""
    return next(folder for folder in (place, *place.parents) if folder.is_dir())
