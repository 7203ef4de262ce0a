"""Letters as files and through a real server: what arrives, and what is told when it does not."""

import email
import socket
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest

from desktop.domain.errors import Refusal
from desktop.exchange.mail import Attachment, Letter, write_mail
from desktop.exchange.smtp import MailServer, Security, send_letter
from tests.exchange.mail_server import Box, mail_server, make_certificate

LETTER = Letter(
    "简报 2026 年第 47 周",
    (("𬴂𪟝", "one@binhai.example"), ("李，“四”", "two@binhai.example")),
    "各位领导：\n附件是简报。\n.\n以上。",
    (Attachment("简报_第 47 周.pdf", b"%PDF-1.4 \x00\xff"),),
)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"), "localhost")


def server(box: Box, host: str = "localhost", security: Security = Security.TLS, user: str = "pmo") -> MailServer:
    return MailServer(host, box.port, security, user, "pmo@binhai.example", "项目管理部")


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def refused(box: Box, password: str = "geheim", **more: object) -> Refusal:
    with pytest.raises(Refusal) as told:
        send_letter(server(box, **more), password, LETTER)  # type: ignore[arg-type]
    assert told.value.kept == "邮件没有发出。"
    assert told.value.todo
    return told.value


def test_INFO_1_a_letter_arrives_as_it_was_written(trusted: Path) -> None:
    with mail_server(Box(), trusted) as box:
        assert send_letter(server(box), "geheim", LETTER) == ()
    ((to, content),) = box.letters
    assert to == ("one@binhai.example", "two@binhai.example")
    letter = email.message_from_bytes(content, policy=policy.default)
    assert letter["Subject"] == LETTER.subject
    assert letter["From"].addresses[0].display_name == "项目管理部"
    assert [(one.display_name, one.addr_spec) for one in letter["To"].addresses] == list(LETTER.to)
    assert letter["Message-ID"]
    body = letter.get_body()
    assert body is not None
    assert body.get_content().strip() == LETTER.body
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content()) == (LETTER.attachments[0].name, LETTER.attachments[0].content)


def test_INFO_1_a_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Path) -> None:
    with mail_server(Box(), certificate) as box:
        assert "证书核对不通过" in refused(box).what
    assert box.letters == []


def test_INFO_1_a_certificate_of_another_name_is_not_trusted(trusted: Path) -> None:
    with mail_server(Box(), trusted) as box:
        assert "证书核对不通过" in refused(box, host="127.0.0.1").what
    assert box.letters == []


def test_INFO_1_a_wrong_password_is_told(trusted: Path) -> None:
    with mail_server(Box(), trusted) as box:
        told = refused(box, "falsch")
    assert "不接受用户名“pmo”或密码" in told.what
    assert "falsch" not in f"{told}{told.details}"


def test_INFO_1_a_refused_recipient_is_named_and_the_others_get_it(trusted: Path) -> None:
    with mail_server(Box(refuses=frozenset({"two@binhai.example"})), trusted) as box:
        assert send_letter(server(box), "geheim", LETTER) == ("two@binhai.example",)
        assert [to for to, _content in box.letters] == [("one@binhai.example",)]
        box.refuses = frozenset(address for _name, address in LETTER.to)
        told = refused(box)
    assert "拒收全部收件人：one@binhai.example、two@binhai.example" in told.what


def test_INFO_1_what_cannot_be_reached_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box = Box(port=free.getsockname()[1])
    assert "拒绝连接" in refused(box).what
    assert "找不到邮件服务器“no-such-host.invalid”" in refused(box, host="no-such-host.invalid").what
    with mail_server(Box(closes=True)) as silent:
        assert "中断了连接" in refused(silent, security=Security.NONE, user="").what


def test_INFO_1_no_password_goes_over_an_open_line() -> None:
    with mail_server(Box()) as box:
        assert "不发送密码" in refused(box, security=Security.NONE).what
        assert "不支持所选的加密" in refused(box, security=Security.STARTTLS).what
        assert send_letter(server(box, security=Security.NONE, user=""), "", LETTER) == ()
    assert len(box.letters) == 1


@pytest.mark.parametrize("address", ["", "张三", "a@b.cn\r\nBcc: x@y.cn"])
def test_an_address_that_is_none_leaves_no_file(tmp_path: Path, address: str) -> None:
    path = tmp_path / "x.eml"
    with pytest.raises(Refusal, match="不是邮箱地址"):
        write_mail(path, "简报", (("张三", address),), "正文")
    assert not path.exists()


def test_no_line_of_the_subject_becomes_a_header(tmp_path: Path) -> None:
    letter = replace(LETTER, subject="简报\r\nBcc: x@y.cn")
    path = tmp_path / "x.eml"
    write_mail(path, letter.subject, letter.to, letter.body)
    made = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert made["Bcc"] is None
    assert made["Subject"] == "简报 Bcc: x@y.cn"
