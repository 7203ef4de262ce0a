"""How many people a shared office lets in; who they are and how they are invited: `desktop.services.logins`."""

from __future__ import annotations

from desktop.services.office import Reading
from desktop.store.logins import count_open


def logins_handed_out(reading: Reading) -> int | None:
    """How many logins let somebody in, the asker's own among them; None where the asker hands out none."""
    login = reading.office.login
    if login is None or not login.administrator:
        return None
    return count_open(reading.session.connection())
