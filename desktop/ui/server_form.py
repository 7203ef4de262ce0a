"""The fields of a way to a server: address, database, login, password, and how its certificate is checked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QIntValidator, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from desktop.domain.server_place import (
    PORT,
    Invitation,
    ServerPlace,
    Trust,
    is_this_machine,
    read_invitation,
)
from desktop.ui.pieces import button, named, row, words

_CERTIFICATES = "证书 (*.crt *.pem *.cer);;所有文件 (*)"
_LAST_PORT = 65_535


class PastingLine(QLineEdit):
    """A line into which a whole invitation may be pasted; ``invited`` brings it instead of its first line."""

    invited = Signal(object)

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholderText=placeholder)
        self.textEdited.connect(self._look)

    def _look(self, text: str) -> None:
        """Take what was pasted by keys, from the menu or by dragging: a line keeps the ends of lines that it hides."""
        address = "://" in text and text.strip() == QGuiApplication.clipboard().text().strip()
        if "\n" not in text.strip() and not address:
            return
        invitation = read_invitation(text)
        if invitation is not None:
            self.invited.emit(invitation)


class ServerForm(QWidget):
    """A server's place and a login to it. ``changed`` follows everything typed or chosen, ``invited`` a paste.

    With ``founding`` it is the server administrator's way to the server as a whole, and the database is a new one.
    """

    changed = Signal()
    invited = Signal(object)

    def __init__(self, *, founding: bool = False) -> None:
        super().__init__()
        self._founding = founding
        example = "例如：db.example.com" + ("" if founding else "，也可以把邀请函整段粘贴在这里")
        self.host = named(PastingLine(example), "服务器地址")
        self.port = named(QLineEdit(str(PORT)), "端口")
        self.port.setValidator(QIntValidator(1, _LAST_PORT, self.port))
        self.port.setFixedWidth(76)
        self.database = named(
            QLineEdit(placeholderText="给新数据库起个名字" if founding else "管理员给的数据库名称"), "数据库"
        )
        self.login = named(QLineEdit(placeholderText="服务器管理员，例如 postgres" if founding else ""), "登录名")
        self.password = named(QLineEdit(), "密码")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.trust = named(QComboBox(), "核对证书")
        for one in Trust:
            self.trust.addItem(one.words, one)
        self.ca_file = named(QLineEdit(placeholderText="单位发的 CA 证书文件"), "CA 证书文件")
        self._browse = button("选择…", self._choose_file)
        self._about_trust = words(role="muted", wrap=False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusProxy(self.host)
        self._lay_out()
        for line in (self.host, self.port, self.database, self.login, self.password, self.ca_file):
            line.textChanged.connect(self._refresh)
        self.trust.currentIndexChanged.connect(self._refresh)
        self.host.invited.connect(self.take)
        self._refresh()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(9)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        address = row(self.host, words("端口", wrap=False), self.port)
        address.setStretch(0, 1)
        form.addRow("服务器", address)
        form.addRow("新数据库" if self._founding else "数据库", self.database)
        self.password.setMinimumWidth(1)
        person = row(self.login, words("密码", wrap=False), self.password)
        person.setStretch(0, 1)
        person.setStretch(2, 1)
        form.addRow("登录名", person)
        form.addRow("证书", self.trust)
        file = row(self.ca_file, self._browse)
        file.setStretch(0, 1)
        form.addRow("CA 文件", file)
        form.addRow("", self._about_trust)
        self._form = form
        self._file_row = form.rowCount() - 2

    @property
    def place(self) -> ServerPlace:
        """What is written, the password left out."""
        port = self.port.text()
        trust = Trust(self.trust.currentData())
        return ServerPlace(
            self.host.text().strip(),
            int(port) if port.isdigit() else 0,
            "postgres" if self._founding else self.database.text().strip(),
            self.login.text().strip(),
            trust,
            self.ca_file.text().strip() if trust is Trust.FILE else "",
        )

    @property
    def problem(self) -> str:
        """What is still missing, or nothing."""
        return self.place.problem or ("" if self.password.text() else "请输入密码。")

    def show_place(self, place: ServerPlace) -> None:
        """Write this place into the fields; the password stays."""
        self.host.setText(place.host)
        self.port.setText(str(place.port))
        self.database.setText(place.database)
        self.login.setText(place.login)
        self.ca_file.setText(place.ca_file)
        self.trust.setCurrentIndex(self.trust.findData(place.trust))

    def take(self, invitation: Invitation) -> None:
        """Fill everything from an invitation; a CA file that was chosen before stays."""
        chosen = self.ca_file.text()
        self.show_place(invitation.place)
        if not invitation.place.ca_file:
            self.ca_file.setText(chosen)
        self.password.setText(invitation.password)
        self.invited.emit(invitation)

    def paste(self) -> bool:
        """Take the invitation that lies on the clipboard; whether there is one."""
        invitation = read_invitation(QGuiApplication.clipboard().text())
        if invitation is not None:
            self.take(invitation)
        return invitation is not None

    def _choose_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, "CA 证书文件", self.ca_file.text(), _CERTIFICATES)
        if name:
            self.ca_file.setText(name)

    def _refresh(self) -> None:
        here = is_this_machine(self.host.text())
        model = self.trust.model()
        if isinstance(model, QStandardItemModel):
            for place, one in enumerate(Trust):
                model.item(place).setEnabled(here or not one.only_here)
        trust = Trust(self.trust.currentData())
        self._form.setRowVisible(self._file_row, trust is Trust.FILE)
        self._about_trust.setText(_ABOUT[trust])
        self.changed.emit()


_ABOUT = {
    Trust.SYSTEM: "证书核对通过才会发送密码。单位自己签发证书的，请改选“按单位发的 CA 文件核对”。",
    Trust.FILE: "证书核对通过才会发送密码。CA 文件向管理员索取，不要从不明来处取得。",
    Trust.UNCHECKED: "只适用于就在本机上的服务器：内容不出这台机器，用不着核对对方是谁。",
    Trust.PLAIN: "只适用于就在本机上的服务器：内容不出这台机器，不加密也没有别人看得到。",
}


def password_line(name: str) -> QLineEdit:
    """A line for a password."""
    line = named(QLineEdit(), name)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


def reveal_button(*lines: QLineEdit) -> QPushButton:
    """A button that shows what is in lines for passwords while it is down."""
    made = button("显示", lambda: None)
    made.setCheckable(True)
    modes = {False: QLineEdit.EchoMode.Password, True: QLineEdit.EchoMode.Normal}

    def show(down: bool) -> None:
        for line in lines:
            line.setEchoMode(modes[down])

    made.toggled.connect(show)
    return made
