"""A shared office as its people meet it: founded by one command, invited, let in by their own logins alone."""

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.errors import NotAdmitted, NotAllowed, PasswordWanted, Refusal, ShutOut
from desktop.domain.server_place import Trust, server_place, with_password
from desktop.services import server_office
from desktop.services.checking import check_office_lightly, verify_office
from desktop.services.clock import local_clock
from desktop.services.home import Home
from desktop.services.ledger_import import import_ledger, preview_ledger
from desktop.services.logins import (
    change_own_password,
    close_login,
    invite_person,
    list_logins,
    open_logins,
    reset_password,
    suggest_login,
)
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import add_person, change_person, list_people
from desktop.services.server_office import OfficePlan, Unfinished, found_on_server
from desktop.services.sitting import note_arrival
from tests.servers import OfficeServer
from tests.ui.offices import LEDGER, founding
from tests.ui.shared_office import PASSWORD, founded, office, target

__all__ = ["founded", "office", "target"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def plan(office_server: OfficeServer) -> OfficePlan:
    admin = office_server.managed
    return OfficePlan(f"{admin}?sslmode=disable", office_server.database, office_server.clerk, PASSWORD)


def hired(office: Office, name: str = "张伟", staff_no: str = "0003") -> UUID:
    assert office.login is not None
    assert office.login.person_id is not None
    return office.run(office.login.person_id, functools.partial(add_person, name=name, staff_no=staff_no)).value


def test_office_is_founded_and_opened_by_its_first_person(home: Home, plan: OfficePlan) -> None:
    target = found_on_server(plan, founding(), home, local_clock)
    office = open_office(with_password(target, PASSWORD), home, local_clock)
    assert office.name == "滨海信息技术有限公司"
    assert office.login is not None
    assert (office.login.person, office.login.administrator) == ("𠮷镕堃", True)
    assert home.remembered().person_id == str(office.login.person_id)
    remembered = home.remembered().target
    assert PASSWORD not in remembered
    assert server_place(remembered) == plan.place
    assert all(PASSWORD.encode() not in file.read_bytes() for file in home.folder.rglob("*") if file.is_file())
    [login] = list_logins(office)
    assert (login.name, login.person, login.state) == (plan.login, "𠮷镕堃（项目管理部，0001）", "在用")
    office.close()


def test_an_address_that_says_nothing_of_tls_leads_back_to_the_office_as_it_was_reached(
    home: Home, plan: OfficePlan
) -> None:
    bare = plan.admin.partition("?")[0]
    target = found_on_server(replace(plan, admin=bare), founding(), home, local_clock)
    place = server_place(target)
    assert place is not None
    assert place.trust is Trust.PLAIN  # this machine's server of the tests has no TLS
    open_office(with_password(target, PASSWORD), home, local_clock).close()


def test_founding_that_fails_leaves_nothing_on_the_server(
    office_server: OfficeServer, plan: OfficePlan, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise Refusal("网络断了。")

    monkeypatch.setattr(server_office, "complete_server", fail)
    before = office_server.roles()
    with pytest.raises(Refusal, match="网络断了"):
        found_on_server(plan, founding(), home, local_clock)
    assert office_server.databases() == set()
    assert office_server.roles() == before
    assert home.remembered().target == ""


def test_interrupted_founding_is_told_and_taken_up_when_that_is_wished(
    office_server: OfficeServer, plan: OfficePlan, home: Home
) -> None:
    server_office.prepare_server(plan.admin, plan.database, local_clock())  # and the machine dies
    with pytest.raises(Unfinished, match="上一次没有建完"):
        found_on_server(plan, founding(), home, local_clock)
    found_on_server(replace(plan, clear=True), founding(), home, local_clock)
    assert office_server.databases() == {plan.database}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short"}, "至少要"),
        ({"password": "aaaaaaaaaaaa"}, "容易被猜到"),
        ({"login": "张伟"}, "小写英文字母"),
        ({"database": "Office"}, "小写英文字母"),
    ],
)
def test_what_would_not_do_is_refused_before_anything_is_made(
    office_server: OfficeServer, plan: OfficePlan, home: Home, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        found_on_server(replace(plan, **changes), founding(), home, local_clock)
    assert office_server.databases() == set()


def test_invited_person_comes_in_by_the_one_time_password_and_makes_it_their_own(
    office: Office, office_server: OfficeServer, tmp_path: Path
) -> None:
    person = hired(office)
    login = office_server.login("zhangwei")
    invitation = invite_person(office, person, login)
    assert invitation.person.startswith("张伟")
    assert [row.state for row in list_logins(office) if row.name == login] == ["未改密码"]
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    assert theirs.login is not None
    assert (theirs.login.person_id, theirs.login.one_time, theirs.login.administrator) == (person, True, False)
    note_arrival(theirs.database)
    with pytest.raises(Refusal, match="不能与原来的相同"):
        change_own_password(theirs, invitation.password)
    change_own_password(theirs, "我自己的密码 2026")
    assert theirs.read(list_people), "the office stays open, with the new password"
    theirs.close()
    [row] = [row for row in list_logins(office) if row.name == login]
    assert (row.state, row.seen_at is not None) == ("在用", True)
    with pytest.raises(PasswordWanted, match="登录名或密码不对"):
        open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    again = open_office(invitation.place.target("我自己的密码 2026"), Home(tmp_path / "theirs"), local_clock)
    assert again.login is not None
    assert not again.login.one_time
    again.close()


def test_nobody_saves_in_anothers_name(office: Office, office_server: OfficeServer, tmp_path: Path) -> None:
    person = hired(office)
    invitation = invite_person(office, person, office_server.login("zhangwei"))
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    assert office.login is not None
    clerk = office.login.person_id
    assert clerk is not None
    with pytest.raises(NotAllowed, match="别人的登录名"):
        theirs.run(clerk, functools.partial(add_person, name="冒名", staff_no="9"))
    theirs.close()
    assert "冒名" not in {row.name for row in office.read(list_people)}


def test_only_administrators_care_for_logins(office: Office, office_server: OfficeServer, tmp_path: Path) -> None:
    person = hired(office)
    invitation = invite_person(office, person, office_server.login("zhangwei"))
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    for attempt in (
        lambda: list_logins(theirs),
        lambda: invite_person(theirs, person, office_server.login("more")),
        lambda: reset_password(theirs, office_server.clerk),
        lambda: close_login(theirs, office_server.clerk),
    ):
        with pytest.raises(NotAllowed, match="只有管理员"):
            attempt()
    theirs.close()


def test_closed_login_is_let_in_no_more_and_can_be_opened_again(
    office: Office, office_server: OfficeServer, tmp_path: Path
) -> None:
    person = hired(office)
    login = office_server.login("zhangwei")
    invitation = invite_person(office, person, login)
    standing = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    assert close_login(office, login)
    with pytest.raises(ShutOut, match="登录名已被关闭，或者您已登记为离职"):
        standing.run(person, functools.partial(add_person, name="某人", staff_no="7"))
    with pytest.raises(NotAdmitted, match="登录名已被关闭，或者您已登记为离职"):
        standing.reload()
    standing.close()
    with pytest.raises(Refusal, match="已被关闭"):
        open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    assert [row.state for row in list_logins(office) if row.name == login] == ["已关闭"]
    fresh = reset_password(office, login)
    again = open_office(fresh.place.target(fresh.password), Home(tmp_path / "theirs"), local_clock)
    again.close()
    with pytest.raises(Refusal, match="您自己"):
        close_login(office, office_server.clerk)


def test_login_of_somebody_who_left_is_told_and_lets_nobody_in(
    office: Office, office_server: OfficeServer, tmp_path: Path
) -> None:
    person = hired(office)
    login = office_server.login("zhangwei")
    invitation = invite_person(office, person, login)
    assert office.login is not None
    [row] = [row for row in office.read(list_people) if row.id == person]
    leave = functools.partial(
        change_person,
        person_id=row.id,
        version=row.version,
        name=row.name,
        staff_no=row.staff_no,
        department_id=row.department_id,
        phone=row.phone,
        active=False,
    )
    assert office.login.person_id is not None
    standing = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)
    office.run(office.login.person_id, leave)
    with pytest.raises(ShutOut, match="登记为离职"):
        standing.run(person, functools.partial(add_person, name="某人", staff_no="7"))
    with pytest.raises(ShutOut, match="登记为离职"):
        standing.need_entry()
    standing.close()
    assert open_logins(office, row.id) == [login]
    assert [one.state for one in list_logins(office) if one.name == login] == ["人已离职"]
    with pytest.raises(Refusal, match="已被关闭"):
        open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), local_clock)


@pytest.mark.usefixtures("office")
def test_login_that_nobody_invited_is_told_whose_it_is_not(office_server: OfficeServer, tmp_path: Path) -> None:
    with office_server.connection() as connection:
        name = office_server.login("outsider")
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE {office_server.people}".encode())
    with pytest.raises(Refusal, match="没有对应这个办公室里的任何人"):
        open_office(office_server.target(name, "x"), Home(tmp_path / "theirs"), local_clock)


@pytest.mark.parametrize(
    ("name", "number", "login"),
    [("张伟", "0003", "zhangwei0003"), ("㛃喆", "", "jiezhe"), ("Anna Lee", "E-7", "annaleee7"), ("", "12", "u12")],
)
def test_logins_are_suggested_from_pinyin_and_staff_number(name: str, number: str, login: str) -> None:
    assert suggest_login(name, number) == login


@pytest.mark.usefixtures("office")
def test_day_of_the_office_is_that_of_its_own_wall(office_server: OfficeServer) -> None:
    with office_server.connection(office_server.database) as connection:
        found = connection.execute("SELECT guard.today(), (guard.now() AT TIME ZONE 'Asia/Shanghai')::date").fetchone()
    assert found is not None
    assert found[0] == found[1]


def test_what_a_login_may_not_see_is_no_tampering(office: Office, office_server: OfficeServer, tmp_path: Path) -> None:
    assert office.login is not None
    assert office.login.person_id is not None
    preview = office.read(lambda reading: preview_ledger(reading, LEDGER))
    office.run(office.login.person_id, lambda work: import_ledger(work, preview))
    invitation = invite_person(office, hired(office), office_server.login("zhangwei"))
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"))
    assert check_office_lightly(theirs) == []
    with pytest.raises(NotAllowed, match="只看得到其中一部分"):
        verify_office(theirs)
    theirs.close()
    assert check_office_lightly(office) == []
    assert verify_office(office) == []
