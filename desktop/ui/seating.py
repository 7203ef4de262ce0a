"""Who sits down at a guarded office: whoever's login is connected, once their password is their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from PySide6.QtWidgets import QWidget

from desktop.domain.errors import Refusal
from desktop.domain.server_place import ServerPlace, server_place
from desktop.services.office import Office
from desktop.services.opening import moved_to
from desktop.services.sitting import Login, note_arrival
from desktop.ui.operations import Operations
from desktop.ui.server_password import PasswordDialog


def same_office(office: Office) -> str:
    """The way to the same office for somebody else, or where it was moved to from its file: without a login."""
    place = server_place(office.database.url.render_as_string(hide_password=True)) or moved_to(office) or ServerPlace()
    return replace(place, login="").target()


def seat_login(
    office: Office,
    login: Login,
    operations: Operations,
    owner: QWidget | None,
    *,
    seated: Callable[[UUID], object],
    left: Callable[[Refusal | None], object],
) -> None:
    """Seat the login's person, after a one-time password was changed; ``left`` where nobody sits down, and why."""
    person = login.person_id
    if person is None:
        left(
            Refusal(
                f"登录名“{login.name}”只管理服务器，在办公室里不是任何人。",
                kept="数据未作改动。",
                todo="请换用您自己的登录名。",
            )
        )
        return

    def sit() -> None:
        seated(person)
        operations.start(operations, lambda _ticket: note_arrival(office.database), lambda _nothing: None)

    if not login.one_time:
        sit()
        return
    dialog = PasswordDialog(office, operations, first=True, parent=owner)
    dialog.accepted.connect(sit)
    dialog.rejected.connect(lambda: left(None))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
