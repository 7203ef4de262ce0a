"""Mail addresses, as an office writes them down."""

from __future__ import annotations

import re

from desktop.domain.values import Unreadable, plain

_LONGEST = 254
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)


def is_address(text: str) -> bool:
    """Whether a text has the shape of a mail address."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def read_address(text: str) -> str:
    """An address as it is kept: of plain width, without blanks around it; empty for none.

    Raises:
        Unreadable: it is no address.
    """
    address = plain(text).strip().removeprefix("mailto:").strip("<> ")
    if address and not is_address(address):
        raise Unreadable(f"“{text.strip()}”不是邮箱地址，请写成 name@example.com 的样子")
    return address
