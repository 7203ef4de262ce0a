"""连接共享办公室: where it is, who one is there, and a trial that tells step by step what does not work."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.domain.server_place import Invitation, ServerPlace, server_place
from desktop.services.clock import Clock, local_clock
from desktop.services.connecting import ProbeStep, try_connection
from desktop.services.passwords import keeper, recall
from desktop.ui.error_dialog import show_error
from desktop.ui.operations import Operations, Ticket
from desktop.ui.pieces import button, heading, row, take_size, words
from desktop.ui.probe_list import ProbeList
from desktop.ui.server_form import ServerForm


class ServerConnectDialog(QDialog):
    """Asks for the way to a shared office. ``wanted`` brings a URL with its password, and whether to remember that.

    It stays open until its owner closes it, so that what the server refuses can be told and corrected here.
    """

    wanted = Signal(str, bool)
    _found = Signal(object)

    def __init__(
        self,
        operations: Operations,
        target: str = "",
        *,
        trouble: Refusal | None = None,
        clock: Clock = local_clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("connect")
        self.setWindowTitle("连接共享办公室")
        take_size(self, 740, 670)
        self._operations, self._clock = operations, clock
        self._fingerprint = ""
        self._trial: Ticket | None = None
        self.form = ServerForm()
        self.keeps = QCheckBox("记住密码")
        self.about_keeping = words(role="muted")
        self.trouble = words(role="problem")
        self.steps = ProbeList()
        self.try_button = button("测试连接", self.try_it)
        self.connect_button = button("连接", self.connect_now, primary=True)
        self.connect_button.setDefault(True)
        self._missing = words(role="muted")
        self._lay_out()
        self._found.connect(self.steps.add)
        self.form.changed.connect(self._refresh)
        self.form.invited.connect(self._invited)
        place = server_place(target)
        if place is not None:
            self.form.show_place(place)
        self._look_at_keyring(target if place is not None and place.login else "")
        self.tell(trouble)
        self._refresh()
        (self.form.password if place is not None and place.login else self.form.host).setFocus()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(10)
        paste = button("粘贴邀请函", self.paste)
        layout.addLayout(row(heading("连接共享办公室", 1.4), None, paste))
        layout.addWidget(
            words("单位的数据在一台数据库服务器上，每个人用自己的登录名。管理员发的邀请函里写有各项内容。", "muted")
        )
        layout.addWidget(self.trouble)
        layout.addWidget(self.form)
        keeping = row(self.keeps, self.about_keeping)
        keeping.setStretch(1, 1)
        layout.addLayout(keeping)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.steps)
        column.addStretch(1)
        scroll.setWidget(inside)
        layout.addWidget(scroll, 1)
        foot = row(self.try_button, self._missing, button("取消", self.reject), self.connect_button)
        foot.setStretch(1, 1)
        layout.addLayout(foot)

    @property
    def place(self) -> ServerPlace:
        """The way to the office as it is written."""
        return self.form.place

    @property
    def target(self) -> str:
        """The URL with its password."""
        return self.place.target(self.form.password.text())

    def tell(self, trouble: Refusal | None) -> None:
        """Say why the office was not opened, or nothing."""
        self.trouble.setText(f"{trouble.what}{trouble.todo}" if trouble is not None else "")
        self.trouble.setVisible(trouble is not None)
        self._set_busy(busy=False)

    def try_it(self) -> None:
        """Try the connection in the background, step by step."""
        if self.form.problem:
            return
        self.steps.begin()
        self.tell(None)
        place, password, fingerprint = self.place, self.form.password.text(), self._fingerprint

        def work(ticket: Ticket) -> tuple[ProbeStep, ...]:
            def tell(step: ProbeStep) -> None:
                ticket.check()
                self._found.emit(step)

            return try_connection(place, password, clock=self._clock, tell=tell, fingerprint=fingerprint)

        self.try_button.setText("正在测试……")
        self.try_button.setEnabled(False)
        self._trial = self._operations.start(self, work, lambda _steps: self._tried(), failed=self._failed, key="try")

    def connect_now(self) -> None:
        """Let the owner open the office."""
        if self.form.problem:
            return
        self.trouble.hide()
        self._set_busy(busy=True)
        self.wanted.emit(self.target, self.keeps.isChecked())

    def done(self, result: int) -> None:
        if self._trial is not None:
            self._trial.cancel()
        super().done(result)

    def _tried(self) -> None:
        self.try_button.setText("测试连接")
        self._refresh()
        if self.steps.passed and not self.form.problem:
            self._missing.setText("各项都通过了，可以连接。")

    def _failed(self, error: Exception) -> None:
        self.steps.begin()
        self._tried()
        show_error(self, error)

    def paste(self) -> None:
        """Fill everything from the invitation that lies on the clipboard."""
        if not self.form.paste():
            self._missing.setText("剪贴板上没有邀请函。请在邀请函里全选、复制，再点一次。")

    def _invited(self, invitation: Invitation) -> None:
        self._fingerprint = invitation.fingerprint
        self.steps.begin()
        self.tell(None)
        self.keeps.setChecked(False)  # a one-time password is of no use tomorrow
        self._refresh()

    def _set_busy(self, *, busy: bool) -> None:
        self.form.setEnabled(not busy)
        self.connect_button.setText("正在连接……" if busy else "连接")
        self._refresh()

    def _refresh(self) -> None:
        problem, busy = self.form.problem, not self.form.isEnabled()
        self._missing.setText(problem)
        self.connect_button.setEnabled(not problem and not busy)
        self.try_button.setEnabled(not problem and not busy and self.try_button.text() == "测试连接")

    def _look_at_keyring(self, target: str) -> None:
        """Find out behind the screen where passwords can be kept: a keyring may have to be unlocked first."""
        self.keeps.setEnabled(False)

        def then(found: tuple[str, str]) -> None:
            name, kept = found
            self.keeps.setEnabled(bool(name))
            where = f"存在本机的{name}里，不写进任何文件。"
            self.about_keeping.setText(where if name else "本机没有可用的系统密钥环，密码不能保存，每次打开时输入。")
            if kept and not self.form.password.text():
                self.form.password.setText(kept)
                self.keeps.setChecked(True)

        self._operations.start(self, lambda _ticket: (keeper(), recall(target) if target else ""), then, key="keyring")
