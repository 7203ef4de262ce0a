"""Where a shared office lies: a server, a database and a login, as people type, paste and are told them."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

PORT = 5432
_LAST_PORT = 65_535
_SCHEMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = frozenset({"postgres", "template0", "template1", "public", "user", "guard"})


class Trust(StrEnum):
    """How it is made sure that the server is the one that is meant."""

    SYSTEM = "system"
    """Its certificate and name are checked, by the authorities that this machine trusts."""
    FILE = "file"
    """The same, by an authority whose certificate the office gave out as a file."""
    UNCHECKED = "unchecked"
    """Encrypted and not checked; only on this machine."""
    PLAIN = "plain"
    """Not encrypted; only on this machine."""

    @property
    def words(self) -> str:
        """What people are offered."""
        return _TRUST[self][0]

    @property
    def only_here(self) -> bool:
        """Whether this will do for a server on this very machine alone."""
        return self in {Trust.UNCHECKED, Trust.PLAIN}


_TRUST = {
    Trust.SYSTEM: ("加密，按本机信任的机构核对证书", "verify-full"),
    Trust.FILE: ("加密，按单位发的 CA 文件核对证书", "verify-full"),
    Trust.UNCHECKED: ("加密，不核对证书（仅限本机的服务器）", "require"),
    Trust.PLAIN: ("不加密（仅限本机的服务器）", "disable"),
}


@dataclass(frozen=True)
class ServerPlace:
    """A login's way to a database; the password is no part of it. ``ca_file`` belongs to ``Trust.FILE``."""

    host: str = ""
    port: int = PORT
    database: str = ""
    login: str = ""
    trust: Trust = Trust.SYSTEM
    ca_file: str = ""

    @property
    def problem(self) -> str:
        """What is still missing, or nothing."""
        for value, label in ((self.host, "服务器地址"), (self.database, "数据库名称"), (self.login, "登录名")):
            if not value:
                return f"请填写{label}。"
        if re.search(r"[\s/@?#,\\]", self.host):
            return "服务器地址只写主机名或 IP 地址，例如 db.example.com。"
        if not 0 < self.port <= _LAST_PORT:
            return "端口应当在 1 到 65535 之间，通常是 5432。"
        if self.trust is Trust.FILE and not self.ca_file:
            return "请选择单位发的 CA 证书文件。"
        if self.trust.only_here and not is_this_machine(self.host):
            return "不核对证书只适用于本机上的服务器；连接其他机器须核对证书，否则密码可能被冒充的服务器取走。"
        return ""

    @property
    def shown(self) -> str:
        """The place in one line, for messages."""
        return f"{self.host}{'' if self.port == PORT else f':{self.port}'}/{self.database}"

    def target(self, password: str = "") -> str:
        """The URL by which the database is opened; without a password it may be remembered and shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        secret = f":{quote(password, safe='')}" if password else ""
        query = {"sslmode": _TRUST[self.trust][1]}
        if self.trust is Trust.SYSTEM:
            query["sslrootcert"] = "system"
        elif self.trust is Trust.FILE:
            query["sslrootcert"] = self.ca_file
        user = f"{quote(self.login, safe='')}{secret}@" if self.login or secret else ""
        return f"postgresql://{user}{host}:{self.port}/{quote(self.database, safe='')}?{urlencode(query)}"


def is_server(target: str) -> bool:
    """Whether a target names a database on a server."""
    return target.partition("://")[0] in _SCHEMES and "://" in target


def server_place(target: str) -> ServerPlace | None:
    """The parts of a server's URL, whatever password it holds left out; None where it is no such URL."""
    if not is_server(target):
        return None
    try:
        parts = urlsplit(target)
        port = parts.port or PORT
    except ValueError:
        return None
    query = dict(parse_qsl(parts.query))
    mode, root, host = query.get("sslmode", ""), query.get("sslrootcert", ""), parts.hostname or ""
    trust = {"disable": Trust.PLAIN, "verify-full": Trust.FILE, "verify-ca": Trust.FILE}.get(mode, Trust.UNCHECKED)
    if root == "system" or (trust is not Trust.PLAIN and not root and not is_this_machine(host)):
        trust = Trust.SYSTEM
    elif root:
        trust = Trust.FILE
    return ServerPlace(
        host,
        port,
        unquote(parts.path.lstrip("/")),
        unquote(parts.username or ""),
        trust,
        root if trust is Trust.FILE else "",
    )


def password_of(target: str) -> str:
    """The password that a server's URL carries; empty where it carries none."""
    try:
        return unquote(urlsplit(target).password or "") if is_server(target) else ""
    except ValueError:
        return ""


def has_password(target: str) -> bool:
    """Whether a server's URL carries a password."""
    return bool(password_of(target))


def with_password(target: str, password: str) -> str:
    """The same URL with this password in it; an empty one takes it out. Other targets stay as they are."""
    if not is_server(target):
        return target
    head, slashes, rest = target.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    name = user.partition(":")[0]
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{head}{slashes}{name}{secret if at else ''}{at}{host}{slash}{path}"


def without_password(target: str) -> str:
    """The target as it may be shown, logged and remembered."""
    return with_password(target, "")


def is_this_machine(host: str) -> bool:
    """Whether a name or address means this very machine, by its spelling alone: nobody is asked."""
    name = host.strip().strip("[]").rstrip(".").lower()
    if name in {"localhost", socket.gethostname().lower()}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def name_trouble(name: str, what: str) -> str:
    """Why a name does not do for a database or a login that the program makes, or nothing."""
    if name in _TAKEN or name.startswith("pg_"):
        return f"{what}不能叫“{name}”，这是服务器自己的名字。"
    if not _NAME.fullmatch(name):
        return f"{what}只能用小写英文字母、数字和下划线，以字母开头，最多 40 个字符。"
    return ""


@dataclass(frozen=True)
class Invitation:
    """What a person needs to sit down at a shared office for the first time."""

    place: ServerPlace
    password: str
    office: str = ""
    person: str = ""
    fingerprint: str = ""


_LABELS = {
    "office": "单位",
    "person": "姓名",
    "host": "服务器",
    "port": "端口",
    "database": "数据库",
    "login": "登录名",
    "password": "一次性密码",
    "trust": "证书核对",
    "fingerprint": "证书指纹",
}


def invitation_text(invitation: Invitation, program: str) -> str:
    """The invitation as it is printed or sent; ``program`` is what the program is called."""
    place = invitation.place
    values = {
        "office": invitation.office,
        "person": invitation.person,
        "host": place.host,
        "port": str(place.port),
        "database": place.database,
        "login": place.login,
        "password": invitation.password,
        "trust": _TRUST[place.trust][0],
        "fingerprint": invitation.fingerprint,
    }
    lines = [f"{_LABELS[key]}：{value}" for key, value in values.items() if value]
    steps = [
        f"1. 打开“{program}”，选“连接共享办公室”，把这封邀请函整段粘贴进去。",
        "2. 点“测试连接”，各项都通过后点“连接”。",
        "3. 第一次连接时改成自己的密码，此后这里的一次性密码作废。",
    ]
    if place.trust is Trust.FILE:
        steps.insert(1, "   CA 证书文件随本邀请函另发，请存在本机上再选中它。")
    warning = "请只交给本人，不要转发；一次性密码用过以后，请销毁这封邀请函。"
    return "\n".join([f"{program}　共享办公室邀请函", "", *lines, "", *steps, "", warning, ""])


def read_invitation(text: str) -> Invitation | None:
    """The invitation that a pasted text holds; None where it names no server. A server's URL is taken, too."""
    bare = text.strip()
    if "\n" not in bare and (place := server_place(bare)) is not None:
        return Invitation(place, password_of(bare))
    found: dict[str, str] = {}
    keys = {label: key for key, label in _LABELS.items()}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*([^：:\s]+)\s*[：:]\s*(.*?)\s*", line)
        if match and match[1] in keys:
            found.setdefault(keys[match[1]], match[2])
    if not found.get("host"):
        return None
    port = found.get("port", "")
    trust = next((one for one, (title, _mode) in _TRUST.items() if title == found.get("trust")), Trust.SYSTEM)
    place = ServerPlace(
        found["host"],
        int(port) if port.isascii() and port.isdigit() else PORT,
        found.get("database", ""),
        found.get("login", ""),
        trust,
    )
    if trust.only_here and not is_this_machine(place.host):
        place = replace(place, trust=Trust.SYSTEM)
    return Invitation(
        place,
        found.get("password", ""),
        found.get("office", ""),
        found.get("person", ""),
        found.get("fingerprint", ""),
    )
