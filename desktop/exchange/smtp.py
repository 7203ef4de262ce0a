"""Handing letters to the office's mail server, over a connection whose certificate is checked."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import Refusal
from desktop.exchange.mail import Letter, message_of

_SECONDS = 30
_KEPT = "邮件没有发出。"


class Security(StrEnum):
    """How the connection is kept from others."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"

    @property
    def label(self) -> str:
        """The word for it."""
        return _SECURITIES[self]


_SECURITIES = {
    Security.TLS: "SSL/TLS（常用端口 465）",
    Security.STARTTLS: "STARTTLS（常用端口 587）",
    Security.NONE: "不加密（仅限内网，不能登录）",
}


@dataclass(frozen=True)
class MailServer:
    """The office's mail server; ``sender`` is the address that letters come from, ``name`` what stands before it."""

    host: str
    port: int
    security: Security
    user: str
    sender: str
    name: str = ""


def send_letter(server: MailServer, password: str, letter: Letter) -> tuple[str, ...]:
    """Hand a letter to the server; the addresses that it refused while it took the others.

    Raises:
        Refusal: nobody gets it: the server cannot be reached or trusted, does not let the office in, or refuses the
            sender or every recipient.
    """
    message = message_of(letter, (server.name, server.sender))
    with _told(server):
        connection = _connect(server)
        try:
            if server.user:
                connection.login(server.user, password)
            refused = connection.send_message(message)
        finally:
            _leave(connection)
    return tuple(refused)


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
    if server.security is Security.NONE and server.user:
        raise Refusal(
            "不加密的连接上不发送密码。", kept=_KEPT, todo="请在“设置—邮件”中改用 SSL/TLS 或 STARTTLS，或去掉用户名。"
        )
    connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    if server.security is Security.STARTTLS:
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
    return connection


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye; what was accepted before stays accepted however the line ends."""
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()


@contextmanager
def _told(server: MailServer) -> Iterator[None]:
    """Turn what goes wrong into words for the person who sends."""
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        what, todo = _words(server, error)
        raise Refusal(what, kept=_KEPT, todo=todo, details=repr(error)) from error


_CHECK = "请在“设置—邮件”中核对服务器、端口和加密方式。"
_BY_HAND = "请稍后再试，或另存邮件文件后用邮箱发送。"
_TROUBLES: tuple[tuple[type[Exception], str, str], ...] = (
    (
        smtplib.SMTPAuthenticationError,
        "邮件服务器不接受用户名“{user}”或密码。",
        "请核对；许多邮箱要用“授权码”，不是登录密码。",
    ),
    (smtplib.SMTPRecipientsRefused, "邮件服务器拒收全部收件人：{refused}。", "请在人员页核对他们的邮箱。"),
    (
        smtplib.SMTPSenderRefused,
        "邮件服务器不接受发件人 {sender}。",
        "请在“设置—邮件”中核对发件人邮箱，一般须与用户名一致。",
    ),
    (
        smtplib.SMTPDataError,
        "邮件服务器拒收这封邮件（{answer}）。",
        "附件过大或内容被拦截时会这样，请另存邮件文件后用邮箱发送。",
    ),
    (smtplib.SMTPNotSupportedError, "{place} 不支持所选的加密或登录方式。", _CHECK),
    (smtplib.SMTPException, "{place} 中断了连接，或者不是邮件服务器（{answer}）。", _CHECK),
    (
        ssl.SSLCertVerificationError,
        "{place} 的证书核对不通过（{reason}），为安全起见没有连接。",
        "请核对服务器名称；自签证书须由管理员装入系统。",
    ),
    (ssl.SSLError, "与 {place} 建立加密连接失败。", _CHECK),
    (socket.gaierror, "找不到邮件服务器“{host}”。", "请核对服务器名称，并检查网络是否接通。"),
    (ConnectionRefusedError, "{place} 拒绝连接。", _CHECK),
    (TimeoutError, "{place} 在 {seconds} 秒内没有回答。", "请检查网络和防火墙，核对端口后再试。"),
    (OSError, "与 {place} 的连接出了问题（{answer}）。", _BY_HAND),
)
"""What went wrong, in words, and what to do; the first kind that fits holds."""


def _words(server: MailServer, error: Exception) -> tuple[str, str]:
    what, todo = next((what, todo) for kind, what, todo in _TROUBLES if isinstance(error, kind))
    refused = error.recipients if isinstance(error, smtplib.SMTPRecipientsRefused) else {}
    fields = {
        "place": f"{server.host}:{server.port}",
        "host": server.host,
        "user": server.user,
        "sender": server.sender,
        "seconds": _SECONDS,
        "refused": "、".join(refused),
        "answer": _answer(error),
        "reason": getattr(error, "verify_message", "") or "证书不受信任",
    }
    return what.format(**fields), todo


def _answer(error: Exception) -> str:
    if not isinstance(error, smtplib.SMTPResponseException):
        return str(error)
    text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    return f"{error.smtp_code} {text}".strip()
