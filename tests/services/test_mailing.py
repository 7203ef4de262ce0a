"""The office's mail server, and that nothing goes out twice."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from desktop.exchange.mail import Letter
from desktop.services.mailing import (
    MailServer,
    Security,
    SentLetter,
    change_mail_server,
    mail_server,
    note_sent,
    send_once,
    sent_letters,
)
from tests.exchange.mail_server import Box
from tests.exchange.mail_server import mail_server as running
from tests.services.world import CLERK, MANAGER, World, refusal

KEY = "bulletin:2026-W47"
LETTER = Letter("简报", (("总裁", "boss@binhai.example"), ("部长", "head@binhai.example")), "附件是简报。")
PLAIN = MailServer("127.0.0.1", 25, Security.NONE, "", "pmo@binhai.example", "项目管理部")


def put(world: World, server: MailServer | None, by: str = CLERK) -> None:
    world.office.run(world.who(by), partial(change_mail_server, server=server))


def send(world: World, letter: Letter = LETTER, *, again: bool = False) -> str:
    return send_once(world.office, world.who(CLERK), KEY, letter, "", again=again)


def states(world: World) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.state, one.to) for one in world.office.read(partial(sent_letters, key=KEY))]


def test_INFO_1_the_server_is_kept_without_a_password(world: World) -> None:
    server = replace(PLAIN, security=Security.TLS, port=465, user="pmo", host="smtp.binhai.example")
    put(world, server)
    assert world.office.read(mail_server) == server
    put(world, None)
    assert world.office.read(mail_server) is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"host": " "}, "不是服务器名称"),
        ({"host": "http://smtp.x.cn/"}, "不是服务器名称"),
        ({"port": 0}, "端口 0 不对"),
        ({"sender": "项目管理部"}, "不是邮箱地址"),
        ({"user": "pmo"}, "不能登录"),
    ],
)
def test_INFO_1_a_server_that_cannot_be_is_refused(world: World, change: dict[str, object], what: str) -> None:
    wrong = replace(PLAIN, **change)  # type: ignore[arg-type]
    with world.unchanged():
        assert what in refusal(lambda: put(world, wrong)).what


def test_INFO_1_only_who_manages_the_office_sets_the_server(world: World) -> None:
    with world.unchanged():
        assert "没有修改邮件设置的权限" in refusal(lambda: put(world, PLAIN, MANAGER)).what


def test_INFO_1_a_second_click_sends_nothing_twice(world: World) -> None:
    with running(Box()) as box:
        put(world, replace(PLAIN, port=box.port))
        assert send(world) == "已发送给 2 位收件人。"
        assert "已经收到过" in refusal(lambda: send(world)).what
        assert len(box.letters) == 1
        third = replace(LETTER, to=(*LETTER.to, ("后来的", "late@binhai.example")))
        send(world, third)
        assert [to for to, _content in box.letters] == [
            ("boss@binhai.example", "head@binhai.example"),
            ("late@binhai.example",),
        ]
        send(world, again=True)
        assert len(box.letters) == 3
    assert [state for state, _to in states(world)] == ["sent", "sent", "sent"]


def test_INFO_1_who_was_refused_may_get_it_later(world: World) -> None:
    with running(Box(refuses=frozenset({"head@binhai.example"}))) as box:
        put(world, replace(PLAIN, port=box.port))
        assert "拒收：head@binhai.example" in send(world)
        box.refuses = frozenset()
        assert send(world) == "已发送给 1 位收件人。"
    assert states(world) == [("sent", ("boss@binhai.example",)), ("sent", ("head@binhai.example",))]


def test_INFO_1_what_failed_is_written_down_and_may_be_tried_again(world: World) -> None:
    with running(Box(closes=True)) as box:
        put(world, replace(PLAIN, port=box.port))
        refusal(lambda: send(world))
        assert [state for state, _to in states(world)] == ["failed"]
        box.closes = False
        send(world)
    assert [state for state, _to in states(world)] == ["failed", "sent"]


def test_INFO_1_a_send_that_never_told_its_end_is_not_repeated_unasked(world: World) -> None:
    begun = SentLetter(world.clock.now, CLERK, tuple(address for _name, address in LETTER.to), "sending")
    world.office.run(world.who(CLERK), lambda work: note_sent(work, KEY, begun))
    with running(Box()) as box:
        put(world, replace(PLAIN, port=box.port))
        assert "正在发送" in refusal(lambda: send(world)).what
        world.clock.pass_minutes(10)
        assert "可能已经送达" in refusal(lambda: send(world)).what
        assert box.letters == []
        send(world, again=True)
        assert len(box.letters) == 1


def test_INFO_1_without_a_server_or_recipients_it_is_told(world: World, tmp_path: Path) -> None:
    assert "还没有设置邮件服务器" in refusal(lambda: send(world)).what
    put(world, PLAIN)
    assert "没有收件人" in refusal(lambda: send(world, replace(LETTER, to=()))).what
    assert not list(tmp_path.glob("*.eml"))
