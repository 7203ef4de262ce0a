"""The password of a server's login, as commands come by it.

The system's keyring holds it; else it is typed at the screen, or read from standard input, a line each, where that is
no screen (``< password-file``). On the command line other users of the machine could read it.
"""

from __future__ import annotations

import getpass
import sys

from desktop.domain.errors import Refusal
from desktop.domain.server_place import has_password, is_server, server_place, with_password
from desktop.services.passwords import recall

_BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first character of a file."""


def known_way(target: str) -> str:
    """A server's URL with its password; a data file's path, and a server that wants no password, as they are."""
    if not is_server(target) or has_password(target):
        return target
    password = password_for(target)
    return with_password(target, password) if password else target


def password_for(target: str) -> str:
    """The password for a server's URL in which none stands; empty where there is none to be had."""
    return recall(target) or ask_password(f"“{login_of(target)}”的密码：")


def admin_way(target: str, missing: str) -> str:
    """A server's URL that is written on the command line, where no password may stand.

    Raises:
        Refusal: it is none (``missing`` says so), or a password stands in it.
    """
    if not is_server(target):
        raise Refusal(missing, todo="例如 --data postgresql://登录名@服务器/数据库。")
    if has_password(target):
        raise Refusal(
            "密码不要写在命令行里，同一台机器上的其他人看得到。",
            todo="请去掉地址里的密码；运行后按提示输入，或从标准输入逐行给出。",
        )
    return target


def ask_password(prompt: str, *, twice: bool = False) -> str:
    """A password, from the keyboard without showing it, or the next line of standard input (empty at its end)."""
    if sys.stdin is None:  # a windowed program that nobody pipes anything into
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n").removeprefix(_BYTE_ORDER_MARK)
    first = getpass.getpass(prompt)
    if twice and getpass.getpass("再输一遍：") != first:
        raise Refusal("两次输入的密码不一样。", kept="没有作任何改动。", todo="请再试一次。")
    return first


def login_of(target: str) -> str:
    """The login that a server's URL names."""
    place = server_place(target)
    return place.login if place else ""
