"""Making, choosing, opening and upgrading an office's data; settings and the policy in force."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from desktop.domain.approval import Decision
from desktop.domain.errors import Damaged, NotAllowed, PolicyError, Refusal
from desktop.domain.filing import FilingState
from desktop.services import drafting, filings, people, printing, settings
from desktop.services.checking import verify_office
from desktop.services.clock import local_clock
from desktop.services.home import Home, Remembered, default_home
from desktop.services.opening import create_office, inspect_target, open_office, upgrade_office
from desktop.services.policies import read_policy, read_policy_file, shipped_policies
from desktop.store.engine import open_database
from desktop.store.schema import SchemaState, create_schema
from tests.domain.samples import revised
from tests.services.world import (
    CLERK,
    EPM,
    HEAD,
    MANAGER,
    TECHNICAL,
    Clock,
    World,
    contents,
    founding,
    refusal,
)
from tests.store.offices import behind


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


# ---- making one


def test_a_new_office_has_its_policy_its_departments_and_its_first_person(database_url: str, home: Home) -> None:
    office = create_office(
        database_url, founding(department="系统集成部", roles=("clerk", "technical_head")), home, Clock()
    )
    assert (office.name, office.code, office.policy.key) == ("滨海系统集成有限公司", "BH", "epm")
    (first,) = office.read(people.list_people)
    assert (first.name, first.staff_no, first.department) == (CLERK, "0001", "系统集成部")
    assert {(role.role_key, role.where) for role in first.roles} == {
        ("clerk", "全办公室"),
        ("technical_head", "系统集成部"),
    }
    assert "项目管理部" in {row.name for row in office.read(people.list_departments)}
    assert verify_office(office) == []
    assert home.remembered().person_id == str(first.id)
    office.close()
    assert inspect_target(database_url).state is SchemaState.CURRENT
    again = open_office(database_url, home, Clock())
    assert again.id == office.id
    again.close()


UNFIT: dict[str, dict[str, Any]] = {
    "no company": {"company": " "},
    "no person": {"person": ""},
    "a name that cannot be stored": {"person": "甲\0"},
    "half a character": {"company": "\ud840"},
    "an unknown role": {"roles": ("emperor",)},
    "a wrong policy": {"policy_text": EPM.text.replace('version = "1.0"', "")},
    "a logo that is no picture": {"logo": b"GIF89a"},
    "a logo too large": {"logo": PNG + bytes(3_000_000)},
}


@pytest.mark.parametrize("case", UNFIT)
def test_an_office_that_cannot_be_made_leaves_nothing_behind(database_url: str, home: Home, case: str) -> None:
    refusal(lambda: create_office(database_url, founding(**UNFIT[case]), home, Clock()))
    assert inspect_target(database_url).state is SchemaState.MISSING
    assert home.remembered() == Remembered()
    create_office(database_url, founding(), home, Clock()).close()


def test_a_founding_that_was_interrupted_is_told_and_taken_up(database_url: str, home: Home) -> None:
    database = open_database(database_url)
    create_schema(database, Clock()())
    database.close()
    assert "没有完成" in refusal(lambda: open_office(database_url, home)).what
    office = create_office(database_url, founding(), home, Clock())
    assert verify_office(office) == []
    office.close()


def test_an_office_is_not_made_over_another(world: World, world_url: str) -> None:
    with world.unchanged():
        refusal(lambda: create_office(world_url, founding(), world.office.home, Clock()))


def test_an_office_in_a_place_that_cannot_be_written(tmp_path: Path, home: Home) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    refusal(lambda: create_office(tmp_path / "file" / "office.epm", founding(), home, Clock()))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


# ---- choosing one


def test_what_is_no_office_is_told_and_left_alone(tmp_path: Path, home: Home) -> None:
    refusal(lambda: open_office(tmp_path / "nothing.epm", home))
    assert not (tmp_path / "nothing.epm").exists()
    assert inspect_target(tmp_path / "nothing.epm").state is SchemaState.MISSING
    text = tmp_path / "text.epm"
    text.write_text("这不是数据文件。" * 500, encoding="utf-8")
    other = tmp_path / "other.epm"
    with closing(sqlite3.connect(other)) as lite:
        lite.execute("CREATE TABLE bookmarks (url TEXT)")
    before = text.read_bytes(), other.read_bytes()
    refusal(lambda: open_office(text, home), Damaged)
    refusal(lambda: inspect_target(text), Damaged)
    refusal(lambda: open_office(other, home))
    assert inspect_target(other).state is SchemaState.FOREIGN
    assert (text.read_bytes(), other.read_bytes()) == before
    refusal(lambda: open_office("mysql://x/y", home))


@pytest.mark.parametrize(("number", "state"), [("0099", SchemaState.NEWER), ("0000", SchemaState.OLDER)])
def test_a_newer_or_older_data_file_is_told_and_left_alone(world: World, number: str, state: SchemaState) -> None:
    behind(world.office.database, f"UPDATE schema_version SET version_num = '{number}'")
    before = contents(world.office)
    assert inspect_target(world.url).state is state
    refused = refusal(lambda: open_office(world.url, world.office.home))
    assert ("新版本" if state is SchemaState.NEWER else "升级") in refused.what + refused.todo
    refusal(lambda: world.office.read(people.list_people))
    if state is SchemaState.NEWER:
        refusal(lambda: upgrade_office(world.url, world.office.home))
    assert contents(world.office) == before


def test_a_data_file_of_this_schema_is_not_upgraded(world: World) -> None:
    with world.unchanged():
        refusal(lambda: upgrade_office(world.url, world.office.home))


def test_a_damaged_data_file_is_told_and_left_alone(tmp_path: Path, home: Home) -> None:
    file = tmp_path / "office.epm"
    create_office(file, founding(), home, Clock()).close()
    content = bytearray(file.read_bytes())
    content[5_000:] = b"\xff" * (len(content) - 5_000)
    file.write_bytes(content)
    with pytest.raises(Damaged, match=r"损坏|无法读取"):
        open_office(file, home).read(people.list_people)
    assert file.read_bytes() == content


def test_a_folder_kept_in_step_by_a_cloud_drive_is_warned_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDrive", str(tmp_path / "OneDrive"))
    (tmp_path / "OneDrive").mkdir()
    assert inspect_target(tmp_path / "OneDrive" / "office.epm").warning
    assert not inspect_target(tmp_path / "office.epm").warning


# ---- this installation


def test_an_installation_keeps_its_identity_and_what_it_remembers(tmp_path: Path) -> None:
    home = Home(tmp_path / "新 文件夹")
    assert home.remembered() == Remembered()
    home.remember(target="x.epm", locked=True)
    again = Home(tmp_path / "新 文件夹")
    assert again.remembered() == Remembered("x.epm", "", locked=True)
    assert again.installation == home.installation
    for broken in ("", "{", "[]", '{"target": 1}', "\udcff"):
        (home.folder / "remembered.json").write_text(broken, encoding="utf-8", errors="surrogateescape")
        assert home.remembered() == Remembered()
    assert local_clock().tzinfo is not None


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPM_DESK_HOME", str(tmp_path / "stick"))
    assert default_home().folder == tmp_path / "stick"
    assert default_home().log_file.is_relative_to(tmp_path / "stick")


# ---- settings


def test_name_code_and_logo_are_changed(world: World) -> None:
    change = partial(settings.change_office, name=" 新名 ", code="XM", logo=PNG)
    done = world.office.run(world.who(CLERK), change)
    assert done.changes.touches("office")
    assert (world.office.name, world.office.code, world.office.logo) == ("新名", "XM", PNG)
    world.office.run(world.who(CLERK), partial(settings.change_office, name="新名", code="", logo=None))
    assert world.office.logo is None


def test_settings_that_cannot_be_are_refused(world: World) -> None:
    def change(by: str = CLERK, **changes: Any) -> Callable[[], object]:
        values = {"name": "名", "code": "", "logo": None} | changes
        return lambda: world.office.run(world.who(by), partial(settings.change_office, **values))

    with world.unchanged():
        refusal(change(HEAD), NotAllowed)
        for wrong in ({"name": " "}, {"name": "\0"}, {"logo": b"GIF89a"}, {"logo": PNG + bytes(3_000_000)}):
            refusal(change(**wrong))
    assert world.office.name == "滨海系统集成有限公司"


# ---- policies


def test_the_shipped_policies_can_be_read() -> None:
    assert [policy.key for policy in shipped_policies()][:1] == ["epm"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"key = 1", b"", "键 = ".encode("gbk")])
def test_a_policy_file_that_is_wrong_is_told_by_its_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "我的制度.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PolicyError) as refused:
        read_policy_file(file)
    assert refused.value.file == "我的制度.toml"


def test_a_policy_file_may_begin_with_a_mark_and_end_its_lines_as_windows_does(tmp_path: Path) -> None:
    file = tmp_path / "epm.toml"
    file.write_bytes(b"\xef\xbb\xbf" + EPM.text.replace("\n", "\r\n").encode("utf-8"))
    assert read_policy_file(file).sha256 == EPM.sha256


def edited(*changes: tuple[str, str], version: str = "2.0") -> str:
    text = EPM.text.replace('version = "1.0"', f'version = "{version}"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


FIRST_STEP = (
    '[[form.step]]\nkey = "technical"\ntitle = "技术部门负责人"\nsigner = "technical_head"\n'
    'source = "assumed"\nrule = "PAUSE-1"\n'
)
FINANCE_FIRST = (FIRST_STEP, '[[form.step]]\nkey = "money"\ntitle = "财务部先审"\nsigner = "finance"\n' + FIRST_STEP)


def adopt(world: World, text: str, by: str = CLERK) -> None:
    world.office.run(world.who(by), partial(settings.change_policy, policy=read_policy(text, "新制度.toml")))


def test_DOC_6_filings_finish_on_the_version_they_began_with(world: World) -> None:
    begun = world.submitted("suspension")
    drafted = world.draft("suspension", "RJ-2026-902", "䶮𬭎")
    adopt(world, edited(FINANCE_FIRST))
    assert world.office.policy.version == "2.0"
    page = world.page(begun)
    assert [step.step.key for step in page.progress.steps] == ["technical", "pmo"]
    assert page.row.waiting == "技术部门负责人"
    world.approve(begun, TECHNICAL, HEAD)
    assert world.project().state == "paused"
    later = world.submit(drafted, "䶮𬭎")
    page = world.page(later)
    assert [step.step.key for step in page.progress.steps] == ["money", "technical", "pmo"]
    assert page.row.waiting == "财务部先审"
    assert verify_office(world.office) == []


def test_DOC_6_a_returned_filing_is_submitted_and_printed_on_its_own_version(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL, Decision.RETURN, "补充")
    adopt(world, edited(FINANCE_FIRST))
    draft = world.rework(filing, reason={"reason": "已补充"})
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert page.problems == ()
    printed = world.office.read(lambda reading: printing.print_draft(reading, world.who(MANAGER), draft))
    assert "财务部先审" not in text_of(printed.pdf)
    assert "技术部门负责人" in text_of(printed.pdf)
    world.submit(draft)
    assert world.page(filing).row.waiting == "技术部门负责人"


def test_DOC_6_who_signs_finds_what_began_on_an_earlier_version(world: World) -> None:
    filing = world.submitted("suspension")
    renamed = EPM.text.replace('"technical_head"', '"tech_boss"').replace('version = "1.0"', 'version = "3.0"')
    with world.unchanged():
        refused = refusal(lambda: adopt(world, renamed))
    assert "technical_head" in refused.what or "技术部门负责人" in refused.what
    world.approve(filing, TECHNICAL, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED
    adopt(world, renamed)


def test_a_policy_may_come_back(world: World) -> None:
    adopt(world, edited())
    adopt(world, EPM.text)
    assert (world.office.policy.version, world.office.policy.sha256) == ("1.0", EPM.sha256)
    with world.unchanged():
        refusal(lambda: adopt(world, EPM.text))
    assert verify_office(world.office) == []


def test_a_policy_that_lacks_what_the_ledger_uses_is_refused(world: World) -> None:
    unused = EPM.text.replace('"initiating"', '"preparing"')
    used = EPM.text.replace('"starting"', '"begun"')
    with world.unchanged():
        assert "starting" in refusal(lambda: adopt(world, used)).what
        refusal(lambda: adopt(world, edited(), HEAD), NotAllowed)
    adopt(world, revised(unused))


def test_another_seat_works_on_the_policy_that_was_put_in_force_meanwhile(world: World) -> None:
    other = open_office(world.url, Home(world.folder / "second"), world.clock)
    adopt(world, edited(FINANCE_FIRST))
    world.office.run(world.who(CLERK), partial(settings.change_office, name="新名", code="", logo=None))
    draft = drafting.start_draft(other, world.who(MANAGER), "suspension", world.project().id)
    assert (other.policy.version, other.name) == ("2.0", "新名")
    filled = replace(draft, content=world.draft("suspension").content)
    second = World(other, world.clock, world.folder, world.url)
    page = second.page(second.submit(filled))
    assert page.row.waiting == "财务部先审"
    other.close()


def test_a_number_bears_the_offices_code(world: World) -> None:
    adopt(world, edited(('"ZT-{year}-{n:04}"', '"{code}-ZT-{year}-{n:03}"')))
    filing = world.submitted("suspension")
    assert world.office.read(partial(filings.filing_rows, ids=[filing]))[0].number == "BH-ZT-2026-001"


def test_nothing_is_done_by_nobody(world: World) -> None:
    with pytest.raises(Refusal):
        world.office.run(world.project().id, partial(people.add_person, name="甲"))
