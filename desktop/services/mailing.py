"""The office's own mail server, and what was sent through it to whom: nothing goes out twice by a second click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.mail_address import is_address
from desktop.domain.policy_terms import Action
from desktop.exchange.mail import Letter
from desktop.exchange.smtp import MailServer, Security, send_letter
from desktop.services.office import Office, Reading, Work
from desktop.store.locks import take_turn
from desktop.store.tables import Setting

__all__ = [
    "MailServer",
    "Security",
    "SentLetter",
    "change_mail_server",
    "mail_server",
    "mail_server_version",
    "note_sent",
    "send_once",
    "sent_letters",
]

_SERVER = "mail server"
_UNCHANGED = "没有作任何改动。"
_PORTS = range(1, 65_536)
_UNDER_WAY = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class SentLetter:
    """A letter that went out, or was about to: ``state`` is ``sending``, ``sent``, ``failed`` or ``file`` (.eml)."""

    at: dt.datetime
    by: str
    to: tuple[str, ...]
    state: str
    note: str = ""

    @property
    def told(self) -> str:
        """In words."""
        word = {"sending": "正在发送", "sent": "已发送", "failed": "没有发出", "file": "存为邮件文件"}[self.state]
        return f"{self.at.astimezone():%m-%d %H:%M} {self.by}{word}，收件人 {len(self.to)} 位" + (
            f"（{self.note}）" if self.note else ""
        )


def mail_server(reading: Reading) -> MailServer | None:
    """The office's mail server, if it has one; the password is asked from whoever sends, and never kept."""
    found = _read(reading, _SERVER)
    if not isinstance(found, Mapping):
        return None
    texts = {key: str(found.get(key) or "") for key in ("host", "user", "sender", "name")}
    return MailServer(port=int(str(found["port"])), security=Security(str(found["security"])), **texts)


def mail_server_version(reading: Reading) -> int:
    """The version of the office's mail settings; 0 where nobody ever wrote any."""
    return reading.session.scalar(select(Setting.version).where(Setting.key == _SERVER)) or 0


def change_mail_server(work: Work, server: MailServer | None, version: int | None = None) -> None:
    """Save the office's mail server; ``None`` removes it. ``version`` is that of the settings as they were read.

    Raises:
        NotAllowed: the actor may not manage the office.
        Stale: somebody else saved them since.
        Refusal: something is missing or cannot be.
    """
    work.need(Action.MANAGE_OFFICE, what="修改邮件设置")
    if server is None:
        _write(work, _SERVER, None, version)
        return
    fault = _fault(server)
    if fault:
        raise Refusal(fault, kept=_UNCHANGED, todo="请更正后再保存。")
    content: dict[str, Json] = {
        "host": server.host.strip(),
        "port": server.port,
        "security": server.security.value,
        "user": server.user.strip(),
        "sender": server.sender.strip(),
        "name": server.name.strip(),
    }
    _write(work, _SERVER, content, version)


def _fault(server: MailServer) -> str:
    host = server.host.strip()
    if not host or any(mark.isspace() or mark in "/@:" for mark in host):
        return f"“{server.host}”不是服务器名称，应当像 smtp.example.com。"
    if server.port not in _PORTS:
        return f"端口 {server.port} 不对，应当是 1 到 65535。"
    if not is_address(server.sender.strip()):
        return f"发件人邮箱“{server.sender}”不是邮箱地址。"
    if server.security is Security.NONE and server.user.strip():
        return "不加密的连接上不能登录：请选择加密方式，或去掉用户名。"
    return ""


def sent_letters(reading: Reading, key: str) -> list[SentLetter]:
    """What was sent of a paper (``bulletin:2026-W47``), the latest last."""
    rows = _read(reading, f"sent {key}")
    return [_letter(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []


def note_sent(work: Work, key: str, letter: SentLetter) -> None:
    """Write down that something was sent, or was about to be."""
    rows = [_spelled(one) for one in (*sent_letters(work, key), letter)]
    _write(work, f"sent {key}", rows)


def send_once(office: Office, actor: UUID, key: str, letter: Letter, password: str, *, again: bool = False) -> str:
    """Send a paper's letter through the office's server; what happened, in words.

    It is written down before it goes and after: whoever has got it does not get it twice, unless ``again`` says so.

    Raises:
        Refusal: there is no server, everyone has got it, or it is just being sent; or what `send_letter` says.
    """
    server, fresh = office.run(actor, lambda work: _begin(work, key, letter, again=again)).value
    try:
        refused = send_letter(server, password, fresh)
    except Refusal as refusal:
        told = refusal.what
        office.run(actor, lambda work: _end(work, key, "failed", told))
        raise
    note = f"拒收：{'、'.join(refused)}" if refused else ""
    reached = tuple(address for _name, address in fresh.to if address not in refused)
    office.run(actor, lambda work: _end(work, key, "sent", note, reached))
    return f"已发送给 {len(reached)} 位收件人。" + (f"服务器{note}。请核对这些邮箱。" if refused else "")


def _begin(work: Work, key: str, letter: Letter, *, again: bool) -> tuple[MailServer, Letter]:
    take_turn(work.session, f"mail:{key}")
    server = mail_server(work)
    if server is None:
        raise Refusal(
            "还没有设置邮件服务器。", kept="邮件没有发出。", todo="请在“设置—邮件”中填写，或存为邮件文件发送。"
        )
    earlier = sent_letters(work, key)
    if earlier and earlier[-1].state == "sending" and not again and work.now - earlier[-1].at < _UNDER_WAY:
        raise Refusal("这份邮件正在发送。", kept="没有再发一次。", todo="请稍候查看结果。")
    unsure = [one for one in earlier if one.state == "sending"]
    got = {address for one in earlier if one.state in {"sent", "sending"} for address in one.to}
    fresh = replace(letter, to=tuple(one for one in letter.to if again or one[1] not in got))
    if not letter.to:
        raise Refusal("没有收件人。", kept="邮件没有发出。", todo="请在“设置—人员”中填写收件人的邮箱。")
    if not fresh.to:
        last = (unsure or earlier)[-1]
        doubt = "上一次发送没有得到结果，可能已经送达。" if unsure else "这些收件人都已经收到过。"
        raise Refusal(f"{doubt}（{last.told}）", kept="没有再发一次。", todo="确需再发的，请选择“再次发送”。")
    now = SentLetter(work.now, work.actor_name, tuple(address for _name, address in fresh.to), "sending")
    note_sent(work, key, now)
    return server, fresh


def _end(work: Work, key: str, state: str, note: str, reached: tuple[str, ...] | None = None) -> None:
    take_turn(work.session, f"mail:{key}")
    rows = sent_letters(work, key)
    last = rows[-1]
    rows[-1] = replace(last, state=state, note=note, to=last.to if reached is None else reached)
    _write(work, f"sent {key}", [_spelled(one) for one in rows])


def _spelled(letter: SentLetter) -> dict[str, Json]:
    return {
        "at": letter.at.astimezone(dt.UTC).isoformat(),
        "by": letter.by,
        "to": list(letter.to),
        "state": letter.state,
        "note": letter.note,
    }


def _letter(row: Mapping[str, Json]) -> SentLetter:
    to = row["to"] if isinstance(row["to"], list | tuple) else ()
    return SentLetter(
        dt.datetime.fromisoformat(str(row["at"])),
        str(row["by"]),
        tuple(map(str, to)),
        str(row["state"]),
        str(row["note"]),
    )


def _read(reading: Reading, key: str) -> Json:
    text = reading.session.scalar(select(Setting.text).where(Setting.key == key))
    return read_canonical(text) if text else None


def _write(
    work: Work, key: str, content: Mapping[str, Json] | Sequence[Json] | None, version: int | None = None
) -> None:
    take_turn(work.session, f"setting:{key}")
    row = work.session.scalar(select(Setting).where(Setting.key == key))
    text = canonical_text(content)
    if row is not None:
        work.session.need_version(Setting, row.id, row, version, {"text": text})
    if row is None:
        work.session.add(Setting(key=key, text=text))
    else:
        row.text = text
