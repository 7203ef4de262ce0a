"""What the last step of founding an office on a server does: ask the server first, then make the office and open it."""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.server_place import with_password
from desktop.services.clock import Clock
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import Founding, open_office
from desktop.services.server_office import OfficePlan, Remains, found_on_server, look_before
from desktop.ui.operations import Operations, Ticket
from desktop.ui.question import ask, tell
from desktop.ui.start_server import LoginPage, ServerPage


def look_at_server(page: ServerPage, operations: Operations, go_on: Callable[[], None]) -> None:
    """Ask the server whether the office can be made there; what an interrupted founding left may be cleared away."""
    admin, name = page.admin, page.name

    def agreed() -> None:
        page.clear = True
        go_on()

    def found(remains: Remains) -> None:
        if remains is Remains.TAKEN:
            tell(
                page,
                f"服务器上已经有数据库“{name}”。",
                "请另起一个名称；如果那就是您单位的办公室，请返回，选“连接共享办公室”。",
            )
        elif remains is Remains.UNFINISHED and not page.clear:
            ask(
                page,
                f"数据库“{name}”上一次没有建完，里面没有办公室。",
                "可以在建立时先清除它，再从头建好；也可以返回，另起一个名称。",
                yes="清除后重新建立",
                then=agreed,
            )
        else:
            go_on()

    operations.start(page, lambda _ticket: look_before(admin, name), found, waiting="正在查看服务器")


def plan_of(server: ServerPage, login: LoginPage) -> OfficePlan:
    """What the pages say about where the office is to be made."""
    return OfficePlan(server.admin, server.name, login.login.text().strip(), login.password.text(), clear=server.clear)


def making_on_server(plan: OfficePlan, founding: Founding, home: Home, clock: Clock) -> Callable[[Ticket], Office]:
    """Work that makes the office, telling progress, and opens it by the first person's login."""

    def make(ticket: Ticket) -> Office:
        target = found_on_server(plan, founding, home, clock, tell=ticket)
        return open_office(with_password(target, plan.password), home, clock)

    return make
