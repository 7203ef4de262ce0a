"""Why a server does not let this program in: the step at which it fails, and what a person is told.

libpq brings no SQLSTATE from a failed connection, only words: its own in English, the server's in the server's
language, of which English and Chinese are known here.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.errors import NotAdmitted, PasswordMissing, PasswordWanted, Refusal

NAME, PORT, TLS, LOGIN, VERSION, DATABASE, PERSON, CLOCK = (
    *("name", "port", "tls", "login"),
    *("version", "database", "person", "clock"),
)
"""The steps of a connection, in their order."""
KEPT = "已保存的数据未受影响。"


@dataclass(frozen=True)
class Fault:
    """One way in which connecting fails. ``marks`` are lower-case pieces of what libpq or the server says.

    ``password``: another password may help; ``passing``: trying again later may.
    """

    step: str
    marks: tuple[str, ...]
    what: str
    todo: str
    password: bool = False
    passing: bool = False

    def refusal(self, place: str, details: str) -> Refusal:
        """What is said when the office was to be opened."""
        kind = PasswordWanted if self.password else Refusal if self.passing else NotAdmitted
        kind = PasswordMissing if self is NO_PASSWORD else kind
        return kind(f"连接不上“{place}”：{self.what}", kept=KEPT, todo=self.todo, details=details)


def connect_fault(said: str) -> Fault | None:
    """The fault that these words tell of, or None."""
    words = said.lower()
    return next((fault for fault in FAULTS if any(mark in words for mark in fault.marks)), None)


NO_PASSWORD = Fault(
    LOGIN, ("no password supplied", "empty password returned"), "需要密码。", "请输入登录密码。", password=True
)
WRONG_PASSWORD = Fault(
    LOGIN,
    ("password authentication failed", "密码认证失败", "密码验证失败", "sasl authentication failed", "wrong password"),
    "登录名或密码不对。",
    "请核对后重新输入；忘记了密码，请管理员重设。",
    password=True,
)
CLOSED_LOGIN = Fault(
    LOGIN,
    ("is not permitted to log in", "不允许登录", "不允许角色"),
    "这个登录名已被关闭。",
    "如果您仍在这个单位工作，请与管理员联系。",
)
CROWDED = Fault(
    LOGIN,
    (
        *("too many connections", "too many clients", "remaining connection slots", "no more connections allowed"),
        *("太多的客户", "连接过多", "连接数过多"),
    ),
    "服务器的连接数已满。",
    "请稍候再试；经常如此时，请管理员调大服务器的连接上限或使用连接池。",
    passing=True,
)
NO_LOGIN = Fault(
    LOGIN, ('fatal:  role "',), "服务器上没有这个登录名。", "请核对登录名，或请管理员邀请您。", password=True
)
NO_TLS = Fault(
    TLS,
    ("server does not support ssl",),
    "服务器没有启用加密连接（TLS），没有发送密码。",
    "请管理员在服务器上启用 TLS；服务器就在本机时，可以改选“不加密（仅限本机的服务器）”。",
)
EXPIRED = Fault(
    TLS,
    ("certificate has expired", "certificate is not yet valid"),
    "服务器的证书已经过期或尚未生效，没有发送密码。",
    "请先核对本机的日期；日期无误时，请管理员更换服务器证书。",
)
OTHER_NAME = Fault(
    TLS,
    ("does not match host name", "hostname mismatch", "ip address mismatch"),
    "服务器的证书是发给别的名字的，可能连错了服务器，没有发送密码。",
    "请把服务器地址写成证书上的名字（问管理员），不要用 IP 地址代替。",
)
UNKNOWN_AUTHORITY = Fault(
    TLS,
    ("self-signed certificate", "self signed certificate", "unable to get local issuer"),
    "服务器的证书不是本机信任的机构签发的，不能确认对方就是您单位的服务器，没有发送密码。",
    "请向管理员索取单位的 CA 证书文件，在“核对证书”处选中它。",
)
UNTRUSTED = Fault(
    TLS,
    ("certificate verify failed",),  # libpq does not say why
    "服务器的证书没有通过核对：不是本机信任的机构签发的，或者已经过期；没有发送密码。",
    "请先核对本机的日期，再在连接窗口中点“测试连接”，会说明是哪一种；单位自己签发的证书，请选中单位的 CA 证书文件。",
)
NO_AUTHORITY_FILE = Fault(
    TLS,
    ("root certificate file", "could not read root certificate", "could not load system root"),
    "读不出用来核对证书的 CA 文件。",
    "请重新选择单位发的 CA 证书文件（PEM 格式，通常叫 *.crt 或 *.pem）。",
)
ENCRYPTION_WANTED = Fault(
    TLS,
    ("no encryption",),
    "服务器只接受加密的连接。",
    "请选择一种加密的连接方式。",
)
NOT_LET_IN = Fault(
    LOGIN,
    ("no pg_hba.conf entry", "pg_hba.conf rejects", "没有用于"),
    "服务器不接受从本机以这个登录名连接这个数据库。",
    "请核对登录名和数据库名称；都无误时，请管理员在服务器上放行本机的地址（pg_hba.conf）。",
)
NOT_GRANTED = Fault(
    DATABASE,
    ("permission denied for database", "对数据库"),
    "这个登录名不能使用这个数据库。",
    "请核对数据库名称，或请管理员重新邀请您。",
)
NO_DATABASE = Fault(
    DATABASE,
    ("does not exist", "no such database", "不存在"),
    "服务器上没有这个数据库。",
    "请核对数据库名称。",
)
STARTING = Fault(
    LOGIN,
    ("the database system is", "数据库系统"),
    "服务器正在启动、关闭或恢复，暂时不能使用。",
    "请过一两分钟再试。",
    passing=True,
)
UNKNOWN_HOST = Fault(
    NAME,
    (
        *("failed to resolve host", "could not translate host name", "name or service not known", "getaddrinfo"),
        *("no address associated", "temporary failure in name resolution"),
    ),
    "找不到这个服务器地址。",
    "请核对地址是否写对、网络（或 VPN）是否连通。",
    passing=True,
)
WRONG_PORT = Fault(
    PORT,
    ("connection refused", "actively refused", "积极拒绝"),
    "服务器没有在这个端口上接受连接。",
    "请核对端口（通常是 5432），或问管理员服务器是否在运行。",
    passing=True,
)
NO_ANSWER = Fault(
    PORT,
    (
        *("timeout expired", "connection timeout", "timed out", "timeout", "no route to host"),
        *("network is unreachable", "host is unreachable", "host is down"),
    ),
    "服务器在规定的时间内没有回应。",
    "请核对地址和端口，检查网络、VPN 和防火墙。",
    passing=True,
)
NOT_POSTGRES = Fault(
    TLS,
    ("received invalid response", "server closed the connection unexpectedly", "expected authentication request"),
    "这个端口上的不是 PostgreSQL 数据库，或它中途断开了连接。",
    "请核对地址和端口（通常是 5432）。",
    passing=True,
)
FAULTS = (
    *(NO_PASSWORD, WRONG_PASSWORD, CLOSED_LOGIN, CROWDED, NO_LOGIN, NO_TLS, EXPIRED, OTHER_NAME, UNKNOWN_AUTHORITY),
    *(UNTRUSTED, NO_AUTHORITY_FILE, ENCRYPTION_WANTED, NOT_LET_IN, NOT_GRANTED, UNKNOWN_HOST, NO_DATABASE, STARTING),
    *(WRONG_PORT, NO_ANSWER, NOT_POSTGRES),
)
"""What is looked for, in this order: the more telling words first."""
