"""Who sits here: choosing a person, and the cover that hides the screen while nobody does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from uuid import UUID

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.services.home import Home
from desktop.services.lock import code_fits, has_code
from desktop.services.office import Office
from desktop.services.people import PersonRow, list_people, people_refs
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.icons import icon
from desktop.ui.operations import Operations
from desktop.ui.pieces import button, card, heading, named, row, take_size, words
from desktop.ui.question import ask
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

log = logging.getLogger(__name__)


def _roles(person: PersonRow) -> str:
    return "、".join(dict.fromkeys(role.title for role in person.roles))


COLUMNS: tuple[Column[PersonRow], ...] = (
    Column("姓名", lambda person: person.name, sort="name", width=6),
    Column("部门", lambda person: person.department, sort="department", width=8),
    Column("工号", lambda person: person.staff_no, sort="staff_no", width=5),
    Column("角色", _roles, stretch=True, tip=_roles),
)


class PeopleChooser(QWidget):
    """The office's people to choose one of. ``chosen`` brings the id of the one entered.

    Where the server holds everybody to a login of their own, the login's person is all there is to choose, unless
    ``everyone`` is wanted for another end than sitting down.
    """

    chosen = Signal(object)

    def __init__(self, office: Office, operations: Operations, sitting: UUID | None, *, everyone: bool = False) -> None:
        super().__init__()
        login = None if everyone else office.login

        def people() -> list[PersonRow]:
            found = office.read(list_people)
            return found if login is None else [person for person in found if person.id == login.person_id]

        self.table = Table(
            COLUMNS,
            MemorySource(people, COLUMNS, _key),
            operations,
            name="选择人员",
            empty="还没有人员",
            ask=Ask(sort="name"),
            search="姓名、拼音首字母、工号、部门",
        )
        if sitting is not None:
            self.table.choose(sitting)
        self.table.opened.connect(lambda person: self.chosen.emit(person.id))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.setFocusProxy(self.table.search)
        self.table.reload()

    @property
    def current(self) -> UUID | None:
        """The person who is marked."""
        person = self.table.current()
        return person.id if person else None


class WhoDialog(QDialog):
    """Asks who sits here. ``person_id`` holds the answer once the dialog was accepted."""

    def __init__(
        self, office: Office, operations: Operations, sitting: UUID | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("who")
        self.setWindowTitle("您是哪一位？")
        take_size(self, 640, 520)
        self.person_id: UUID | None = None
        self.people = PeopleChooser(office, operations, sitting)
        self.people.chosen.connect(self._take)
        self.sit = button("就是这位", self._take_current, primary=True)
        self.sit.setEnabled(False)
        self.people.table.chosen.connect(lambda person: self.sit.setEnabled(person is not None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading("您是哪一位？", 1.4))
        layout.addWidget(words("此后办理的事都记在这个人名下。", "muted"))
        layout.addWidget(self.people, 1)
        layout.addLayout(row(None, button("取消", self.reject), self.sit))
        self.people.setFocus()

    def _take_current(self) -> None:
        if self.people.current is not None:
            self._take(self.people.current)

    def _take(self, person_id: UUID) -> None:
        self.person_id = person_id
        self.accept()


def seat_person(
    office: Office,
    home: Home,
    operations: Operations,
    owner: QWidget | None,
    *,
    seated: Callable[[UUID], object],
    left: Callable[[], object],
) -> None:
    """Seat the person who sat here last, or the only one there is, else ask; ``left`` where nobody says who it is."""
    remembered = home.remembered().person_id
    known = {str(person.id): person.id for person in office.read(people_refs)}
    if remembered in known:
        seated(known[remembered])
        return
    if len(known) == 1:
        seated(next(iter(known.values())))
        return
    dialog = WhoDialog(office, operations, parent=owner)

    def answered(result: int) -> None:
        if result == WhoDialog.DialogCode.Accepted and dialog.person_id is not None:
            seated(dialog.person_id)
        else:
            left()
        dialog.deleteLater()

    dialog.finished.connect(answered)
    dialog.open()


class Cover(QWidget):
    """What stands on the screen while it is locked. ``opened`` brings the person who sits down."""

    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._home = desk.office.home
        self.setObjectName("cover")
        self.setWindowTitle(f"{desk.office.name} - 已锁定")
        self.people = PeopleChooser(desk.office, desk.operations, desk.actor)
        self.people.chosen.connect(lambda _person: self.try_to_open())
        self.code = named(QLineEdit(placeholderText="锁定密码"), "锁定密码")
        self.code.setEchoMode(QLineEdit.EchoMode.Password)
        self.code.returnPressed.connect(self.try_to_open)
        self.trouble = words(role="problem")
        self.open_button = button("进入", self.try_to_open, primary=True)
        frame, column = card(margin=24)
        frame.setMaximumWidth(720)
        column.addLayout(row(heading("已锁定", 1.5), None))
        column.addWidget(words("请选择您是哪一位。", "muted"))
        column.addWidget(self.people, 1)
        column.addWidget(self.trouble)
        column.addLayout(row(self.code, None, self.open_button))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 40, 40, 40)
        layout.addWidget(frame, 1, Qt.AlignmentFlag.AlignHCenter)
        frame.setMinimumWidth(560)
        self.trouble.hide()
        self._ask_for_code()

    def try_to_open(self) -> None:
        """Let the marked person in, if the code fits."""
        person, code, home = self.people.current, self.code.text(), self._home
        if person is None:
            self._tell("请先选择人员。")
            return

        def then(fits: bool) -> None:
            self.open_button.setEnabled(True)
            if fits:
                self.opened.emit(person)
            else:
                self.code.clear()
                self.code.setFocus()
                self._tell("锁定密码不对。")

        self.open_button.setEnabled(False)
        self._desk.operations.start(self, lambda _ticket: code_fits(home, code), then, failed=self._failed)

    def _ask_for_code(self) -> None:
        try:
            self.code.setVisible(has_code(self._home))
        except Exception as error:
            if not isinstance(error, Refusal):
                log.exception("whether there is a code cannot be told")
            self._failed(error)  # whatever it is, it must be told here

    def _failed(self, error: Exception) -> None:
        self.open_button.setEnabled(True)
        self._tell(str(refusal_of(error)))

    def _tell(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.show()


class Lock(QObject):
    """Hides every window of the program behind a cover until somebody sits down again.

    ``login_wanted`` asks for another login where the server holds everybody to their own.
    """

    login_wanted = Signal()

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._hidden: list[QWidget] = []
        self.cover: Cover | None = None

    def switch(self) -> None:
        """Ask who sits here from now on."""
        if (login := self._desk.office.login) is not None:
            ask(
                self._window,
                f"您现在是“{login.person}”，用登录名“{login.name}”连接。",
                "在共享办公室里，服务器凭登录名认人，不能只在程序里换人。换人要用那个人自己的登录名和密码重新连接。",
                yes="用另一个登录名连接…",
                then=self.login_wanted.emit,
            )
            return
        dialog = WhoDialog(self._desk.office, self._desk.operations, self._desk.actor, self._window)

        def take() -> None:
            if dialog.person_id is not None:
                self._seat(dialog.person_id)

        dialog.accepted.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def lock(self) -> None:
        """Cover the screen; it stays so over the next start, too."""
        if self.cover is not None:
            return
        self._desk.office.home.remember(locked=True)
        self._desk.office.keys.lock()
        cover = Cover(self._desk)
        cover.setWindowIcon(icon("lock"))
        cover.opened.connect(self._unlock)
        self.cover = cover
        cover.setGeometry(self._window.geometry())
        cover.show()
        self._hidden = [item for item in QApplication.topLevelWidgets() if item is not cover and item.isVisible()]
        for item in self._hidden:
            item.hide()
        cover.people.setFocus()

    def drop(self) -> None:
        """The office is let go of: take the cover away without opening what lay under it; the next start is locked."""
        if self.cover is not None:
            self.cover.close()
            self.cover.deleteLater()
            self.cover = None

    def _unlock(self, person_id: UUID) -> None:
        cover, self.cover = self.cover, None
        self._desk.office.home.remember(locked=False)
        self._seat(person_id)
        for item in self._hidden:
            if shiboken6.isValid(item):
                item.show()
        self._hidden = []
        if cover is not None:
            cover.hide()
            cover.deleteLater()

    def _seat(self, person_id: UUID) -> None:
        self._desk.office.home.remember(person_id=str(person_id))
        if person_id != self._desk.actor:
            self._desk.office.keys.lock()
            self._desk.seat(person_id)


def _key(person: PersonRow) -> Hashable:
    return person.id
