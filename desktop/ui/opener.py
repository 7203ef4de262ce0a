"""Opening an office's data behind the screen, with the question that an older one raises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.services.clock import Clock, local_clock
from desktop.services.home import Home
from desktop.ui.instance import Claims
from desktop.ui.loading import load_office
from desktop.ui.operations import Cancelled, Operations, Ticket

if TYPE_CHECKING:
    from desktop.domain.errors import Refusal
    from desktop.services.office import Office
    from desktop.services.opening import TargetState
    from desktop.ui.server_connect import ServerConnectDialog


class Opener(QObject):
    """Opens an office's data unless another copy has it, after an upgrade where that is needed and agreed to.

    ``opened`` brings the office; ``refused`` the reason why not; ``declined`` follows an upgrade that nobody wanted, or
    a password that nobody gave. An opening that is given up gives back what it claimed and closes what it opened.
    Where a server asks for a password that the keyring does not hold, the person is asked.
    """

    opened = Signal(object)
    refused = Signal(object)
    declined = Signal()

    def __init__(
        self, home: Home, operations: Operations, claims: Claims, owner: QWidget, clock: Clock = local_clock
    ) -> None:
        super().__init__(owner)
        self._home, self._operations, self._claims, self._owner, self._clock = home, operations, claims, owner, clock
        self._asking: ServerConnectDialog | None = None
        self._under_way: Ticket | None = None

    def open(self, target: str, *, waiting: str = "正在打开数据文件", remember: bool | None = None) -> Ticket:
        """Open what lies there. ``waiting`` heads the box that is shown meanwhile; empty: the owner says so itself.

        ``remember`` says of a server's password in the target whether the keyring is to hold it; None leaves it.
        """

        def work(ticket: Ticket) -> Callable[[], None]:
            self._claims.seize(target, ticket)
            load_office()
            ticket.check()
            from desktop.domain.errors import NotAllowed
            from desktop.services.opening import address, inspect_target, open_office

            way = _with_known_password(target)
            found = inspect_target(way)
            if found.state == "older":
                if found.trouble:
                    raise NotAllowed(found.trouble)
                return partial(self._ask_to_upgrade, way, found)
            office = unless_given_up(open_office(way, self._home, self._clock), ticket)
            opened.append(office)
            if remember is not None:
                _remember_password(way, keep=remember)
            return partial(self._arrive, office, address(office.database))

        def then(go_on: Callable[[], None]) -> None:
            go_on()

        def dropped(_go_on: Callable[[], None] | None) -> None:
            for office in opened:
                office.close()
            claims.back(ticket)

        opened: list[Office] = []
        claims = self._claims
        ticket = self._operations.start(
            self._owner,
            work,
            then,
            failed=partial(self._not_opened, target),
            dropped=dropped,
            key="open",
            waiting=waiting,
        )
        self._under_way = ticket
        return ticket

    def connect_to(self, target: str = "", trouble: Refusal | None = None) -> ServerConnectDialog:
        """Ask for the way to a shared office, or for the password that is lacking, and open it."""
        from desktop.ui.server_connect import ServerConnectDialog

        dialog = ServerConnectDialog(
            self._operations, target, trouble=trouble, clock=self._clock, parent=self._owner.window()
        )
        dialog.wanted.connect(lambda way, keeps: self.open(way, waiting="", remember=keeps))
        dialog.rejected.connect(self._decline)
        dialog.finished.connect(dialog.deleteLater)
        self._asking = dialog
        dialog.open()
        return dialog

    def _not_opened(self, target: str, error: Exception) -> None:
        """Let what the person typed be corrected; ask for a password that was lacking; else tell the owner."""
        from desktop.domain.errors import PasswordMissing, PasswordWanted, Refusal

        asking = self._asking
        if asking is not None and isinstance(error, Refusal):
            self._claims.back()
            asking.tell(error)
        elif isinstance(error, PasswordWanted):
            self._claims.back()
            self.connect_to(target, None if isinstance(error, PasswordMissing) else error)
        else:
            self._stop_asking()
            self.refused.emit(error)

    def _stop_asking(self) -> None:
        asking, self._asking = self._asking, None
        if asking is not None and shiboken6.isValid(asking):
            asking.rejected.disconnect(self._decline)
            asking.accept()

    def _ask_to_upgrade(self, target: str, found: TargetState) -> None:
        self._stop_asking()
        from desktop.ui.question import ask

        first = "请先让服务器管理员做好备份；" if found.on_server else "升级前会先做一份核对过的备份，"
        ask(
            self._owner,
            "这是旧版本的数据，要升级后才能打开。",
            f"“{found.place}”\n{first}升级不成功时旧数据保持原样。升级后，旧版本的程序不能再打开它。",
            yes="升级" if found.on_server else "备份并升级",
            then=lambda: self._upgrade(target),
        ).rejected.connect(self._decline)

    def _decline(self) -> None:
        self._asking = None
        if self._under_way is not None:
            self._under_way.cancel()
        self._claims.back()
        self.declined.emit()

    def _upgrade(self, target: str) -> None:
        def work(_ticket: Ticket) -> object:
            from desktop.services.opening import upgrade_office

            return upgrade_office(target, self._home, self._clock)

        def then(backup: object) -> None:
            from desktop.ui.question import tell

            where = f"升级前的备份在：\n{backup}" if backup is not None else ""
            tell(self._owner, "数据已经升级。", where).finished.connect(lambda: self.open(target))

        def dropped(_backup: object) -> None:
            if shiboken6.isValid(self):
                self._decline()

        self._operations.start(
            self._owner, work, then, failed=self.refused.emit, dropped=dropped, waiting="正在备份并升级数据"
        )

    def _arrive(self, office: Office, target: str) -> None:
        """Remember where the data is: absolute, and without a server's password."""
        if self._home.remembered().target != target:
            self._home.remember(target=target, person_id="")
        self._stop_asking()
        self.opened.emit(office)


def unless_given_up(office: Office, ticket: Ticket) -> Office:
    """The office that was just opened; closed again if nobody waits for it any more.

    Raises:
        Cancelled: nobody does.
    """
    if ticket.cancelled:
        office.close()
        raise Cancelled
    return office


def _with_known_password(target: str) -> str:
    """A server's URL with the password that the keyring holds for it, where it says none itself."""
    if "://" not in target:
        return target
    from desktop.domain.server_place import has_password, is_server, with_password
    from desktop.services.passwords import recall

    if not is_server(target) or has_password(target):
        return target
    kept = recall(target)
    return with_password(target, kept) if kept else target


def _remember_password(target: str, *, keep: bool) -> None:
    from desktop.domain.server_place import password_of, without_password
    from desktop.services import passwords

    if keep:
        passwords.keep(without_password(target), password_of(target))
    else:
        passwords.forget(target)
