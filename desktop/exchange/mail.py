"""Letters: written down as ready to send (.eml), which the person's own mail program opens, or handed to `smtp`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from desktop.domain.errors import Refusal
from desktop.domain.mail_address import is_address
from desktop.exchange.atomic_file import replacing

_TYPES = {
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is written to whom; ``to`` are (name, address) pairs."""

    subject: str
    to: tuple[tuple[str, str], ...]
    body: str
    attachments: tuple[Attachment, ...] = ()


def write_mail(
    path: Path, subject: str, to: Sequence[tuple[str, str]], body: str, attachments: Sequence[Attachment] = ()
) -> None:
    """Write a letter that nobody has sent yet; a mail program opens it to be looked at and sent.

    Raises:
        Refusal: an address cannot be one, or the file cannot be written; what stood there is unchanged.
    """
    message = message_of(Letter(subject, tuple(to), body, tuple(attachments)))
    message["X-Unsent"] = "1"
    with replacing(path) as stream:
        stream.write(message.as_bytes(policy=policy.SMTP))


def message_of(letter: Letter, sender: tuple[str, str] | None = None) -> EmailMessage:
    """The letter as mail programs exchange it.

    Raises:
        Refusal: an address cannot be one.
    """
    message = EmailMessage()
    message["Subject"] = _line(letter.subject)
    if sender is not None:
        message["From"] = _address(sender)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=sender[1].rpartition("@")[2])
    if letter.to:
        message["To"] = tuple(map(_address, letter.to))
    message.set_content(letter.body, cte="base64")
    for item in letter.attachments:
        main, sub = _TYPES.get(Path(item.name).suffix.lower(), ("application", "octet-stream"))
        message.add_attachment(item.content, maintype=main, subtype=sub, filename=item.name)
    return message


def _address(one: tuple[str, str]) -> Address:
    name, address = _line(one[0]), one[1].strip()
    if not is_address(address):
        raise Refusal(
            f"{name or '收件人'}的邮箱“{address}”不是邮箱地址。", kept="邮件没有写出。", todo="请在人员页更正。"
        )
    return Address(name, addr_spec=address)


def _line(text: str) -> str:
    return " ".join(text.split())
