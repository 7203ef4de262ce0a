"""Where a shared office lies: URLs, what stays secret in them, invitations as people paste them."""

import pytest

from desktop.domain.server_place import (
    Invitation,
    ServerPlace,
    Trust,
    invitation_text,
    is_this_machine,
    name_trouble,
    password_of,
    read_invitation,
    server_place,
    with_password,
    without_password,
)

PLACES = [
    ServerPlace("db.example.com", 5432, "office", "zhangwei"),
    ServerPlace("10.1.2.3", 6432, "bh_2026", "lixiuying0001", Trust.FILE, "C:\\证书\\单位 CA.crt"),
    ServerPlace("127.0.0.1", 5432, "office", "clerk", Trust.UNCHECKED),
    ServerPlace("localhost", 5432, "office", "clerk", Trust.PLAIN),
    ServerPlace("fe80::1", 5432, "office", "a@b:c", Trust.SYSTEM),
]
SECRETS = ["", "plain", "滨海 2026", "a@b:c/d?e#f%20&g", "'; DROP --"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", SECRETS)
def test_urls_keep_every_part_and_let_go_of_the_password(place: ServerPlace, secret: str) -> None:
    target = place.target(secret)
    assert server_place(target) == place
    assert password_of(target) == secret
    bare = without_password(target)
    assert bare == place.target()
    assert password_of(bare) == ""
    assert with_password(bare, secret) == target


@pytest.mark.parametrize(
    ("target", "trust"),
    [
        ("postgresql://u@db/office", Trust.SYSTEM),
        ("postgresql://u@127.0.0.1/office", Trust.UNCHECKED),
        ("postgresql+psycopg://u@db/office?sslmode=verify-full&sslrootcert=/etc/ca.crt", Trust.FILE),
        ("postgresql://u@localhost/office?sslmode=disable", Trust.PLAIN),
    ],
)
def test_what_a_url_says_of_certificates_is_shown(target: str, trust: Trust) -> None:
    place = server_place(target)
    assert place is not None
    assert place.trust is trust


@pytest.mark.parametrize("target", ["", "/home/office.epm", "C:\\office.epm", "sqlite:///x", "postgresql://db:port/x"])
def test_other_targets_are_none_and_stay_as_they_are(target: str) -> None:
    assert server_place(target) is None
    if "postgresql" not in target:
        assert without_password(target) == target


@pytest.mark.parametrize("place", PLACES[:4])
def test_invitation_is_read_as_it_was_written(place: ServerPlace) -> None:
    invitation = Invitation(place, "h2pa-6dq3-qmh5-ksze", "滨海公司", "张伟（集成部，0003）", "SHA-256 AA:BB")
    text = invitation_text(invitation, "工程项目管理台")
    found = read_invitation(text)
    assert found is not None
    assert found.password == invitation.password
    assert (found.office, found.person, found.fingerprint) == (
        invitation.office,
        invitation.person,
        invitation.fingerprint,
    )
    assert (found.place.host, found.place.port, found.place.database) == (place.host, place.port, place.database)
    assert found.place.trust is place.trust
    assert found.place.ca_file == "", "a file lies elsewhere on another machine"


def test_invitation_is_read_out_of_a_letter_and_never_loosens_the_check() -> None:
    letter = (
        "张工您好：\n\n  服务器: db.example.com \n数据库：office\r\n登录名： zhangwei\n"
        "证书核对：不加密（仅限本机的服务器）\n一次性密码: ab: cd \n服务器：evil.example.com\n祝好"
    )
    found = read_invitation(letter)
    assert found is not None
    assert found.place == ServerPlace("db.example.com", 5432, "office", "zhangwei", Trust.SYSTEM)
    assert found.password == "ab: cd"
    assert read_invitation("今天下午三点开会：带上图纸") is None
    url = read_invitation(" postgresql://zhangwei:a%40b@db.example.com:6432/office ")
    assert url is not None
    assert (url.place.port, url.password) == (6432, "a@b")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (ServerPlace(), "服务器地址"),
        (ServerPlace("db", 5432, "", "a"), "数据库名称"),
        (ServerPlace("db", 5432, "office", ""), "登录名"),
        (ServerPlace("http://db/", 5432, "office", "a"), "只写主机名"),
        (ServerPlace("db", 0, "office", "a"), "端口"),
        (ServerPlace("db", 5432, "office", "a", Trust.FILE), "CA 证书文件"),
        (ServerPlace("10.0.0.5", 5432, "office", "a", Trust.UNCHECKED), "只适用于本机"),
    ],
)
def test_what_is_missing_is_told(place: ServerPlace, words: str) -> None:
    assert words in place.problem


def test_this_machine_is_told_by_its_spelling() -> None:
    assert all(is_this_machine(name) for name in ("localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "::1", "[::1]"))
    assert not any(is_this_machine(name) for name in ("localhost.example.com", "10.0.0.1", "128.0.0.1", "0.0.0.0"))


@pytest.mark.parametrize("name", ["a", "zhangwei0003", "u_1"])
def test_names_that_do_are_taken(name: str) -> None:
    assert name_trouble(name, "登录名") == ""


@pytest.mark.parametrize("name", ["", "1a", "A", "a-b", "a b", "a;b", "张伟", "pg_x", "postgres", "a" * 41, "guard"])
def test_names_that_do_not_are_told(name: str) -> None:
    assert name_trouble(name, "登录名")
