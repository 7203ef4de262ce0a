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
    from desktop.services.office import Office
    from desktop.services.opening import TargetState


class Opener(QObject):
    """Opens an office's data unless another copy has it, after an upgrade where that is needed and agreed to.

    ``opened`` brings the office; ``refused`` the reason why not; ``declined`` follows an upgrade that nobody wanted.
    An opening that is given up gives back what it claimed and closes what it opened.
    """

    opened = Signal(object)
    refused = Signal(object)
    declined = Signal()

    def __init__(
        self, home: Home, operations: Operations, claims: Claims, owner: QWidget, clock: Clock = local_clock
    ) -> None:
        super().__init__(owner)
        self._home, self._operations, self._claims, self._owner, self._clock = home, operations, claims, owner, clock

    def open(self, target: str, *, waiting: str = "正在打开数据文件") -> Ticket:
        """Open what lies there. ``waiting`` heads the box that is shown meanwhile; empty: the owner says so itself."""

        def work(ticket: Ticket) -> Callable[[], None]:
            self._claims.seize(target, ticket)
            load_office()
            ticket.check()
            from desktop.services.opening import address, inspect_target, open_office

            found = inspect_target(target)
            if found.state == "older":
                return partial(self._ask_to_upgrade, target, found)
            office = unless_given_up(open_office(target, self._home, self._clock), ticket)
            opened.append(office)
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
            self._owner, work, then, failed=self.refused.emit, dropped=dropped, key="open", waiting=waiting
        )
        return ticket

    def _ask_to_upgrade(self, target: str, found: TargetState) -> None:
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
