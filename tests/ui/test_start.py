"""The first start: making, opening, trying; and what stands in the way is told."""

import sqlite3
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop import __version__
from desktop.domain.errors import Refusal
from desktop.services import opening
from desktop.services.home import Home, example_file
from desktop.services.office import Office
from desktop.services.people import list_departments, list_people
from desktop.services.policies import shipped_policies
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.instance import Claims
from desktop.ui.logo import read_logo
from desktop.ui.opener import Opener
from desktop.ui.operations import Operations, Ticket
from desktop.ui.progress_box import ProgressBox
from desktop.ui.start import StartDialog
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import NOW, Clock, new_office


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def dialog(qtbot: QtBot, home: Home, operations: Operations) -> StartDialog:
    made = StartDialog(home, operations, Claims(home), clock=Clock())
    qtbot.addWidget(made)
    made.show()
    return made


def type_place(qtbot: QtBot, dialog: StartDialog, place: Path) -> None:
    page = dialog.page
    page.place.setText(str(place))  # type: ignore[attr-defined] # only on pages that ask for a place
    qtbot.waitUntil(lambda: "正在查看" not in page.problem, timeout=5_000)


def test_office_is_made_step_by_step(
    qtbot: QtBot, dialog: StartDialog, home: Home, settle: Settle, tmp_path: Path
) -> None:
    dialog.welcome.make_button.click()
    type_place(qtbot, dialog, tmp_path / "滨海.epm")
    dialog.forward.click()
    assert not dialog.forward.isEnabled()
    dialog.company.company.setText("滨海信息技术有限公司")
    picture = QImage(40, 20, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    picture.save(str(tmp_path / "logo.jpg"))
    dialog.company.logo.take_file(tmp_path / "logo.jpg")
    dialog.forward.click()
    dialog.forward.click()
    assert dialog.departments.names == ("软件开发部", "系统集成部", "IT服务部")
    dialog.departments.lines.setPlainText("")
    assert not dialog.forward.isEnabled(), "projects would have no department"
    dialog.departments.lines.setPlainText(" 软件一部\n系统集成部\n\n软件一部")
    dialog.forward.click()
    offered = [dialog.person.department.itemText(place) for place in range(dialog.person.department.count())]
    assert {"软件一部", "系统集成部", "项目管理部"} < set(offered)
    assert "技术部门" not in offered
    assert dialog.person.chosen_roles == ("clerk",)
    assert not dialog.forward.isEnabled()
    dialog.person.person.setText("𠮷镕堃")
    dialog.person.department.setCurrentText("项目管理部")
    dialog.forward.click()
    settle()
    office = dialog.office
    assert office is not None
    assert office.name == "滨海信息技术有限公司"
    assert office.logo is not None
    assert office.logo.startswith(b"\x89PNG")
    [person] = office.read(list_people)
    assert (person.name, person.department, [role.title for role in person.roles]) == (
        "𠮷镕堃",
        "项目管理部",
        ["项目管理员"],
    )
    names = [row.name for row in office.read(list_departments)]
    assert {"软件一部", "系统集成部", "项目管理部"} < set(names)
    assert not {"技术部门", "IT服务部"} & set(names)
    assert home.remembered().person_id == str(person.id)
    assert home.remembered().target == str(tmp_path / "滨海.epm")
    office.close()


@pytest.mark.parametrize("moment", ["first sight", "later"])
def test_the_first_page_is_whole_and_works_from_its_first_sight_on(
    qtbot: QtBot, home: Home, operations: Operations, moment: str
) -> None:
    dialog = StartDialog(home, operations, Claims(home), clock=Clock())
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    places = placed(dialog)
    if moment == "later":
        qtbot.waitUntil(lambda: not sign(dialog).pixmap().isNull())
        assert placed(dialog) == places, "something moved when the page was finished"
    assert dialog.focusWidget() is dialog.welcome.make_button
    handle = dialog.windowHandle()
    words: list[QLabel] = list(dialog.welcome.open_button.findChildren(QLabel))
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=words[1].mapTo(dialog, words[1].rect().center()))
    assert dialog.page is dialog.existing


def test_what_follows_the_first_sight_of_the_page_is_there(qtbot: QtBot, dialog: StartDialog) -> None:
    qtbot.waitUntil(lambda: not sign(dialog).pixmap().isNull())
    with qtbot.waitSignal(dialog.about_wanted):
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_F1)
    (hint,) = (label for label in shown(dialog, QLabel) if label.text() == dialog.welcome.hint)
    assert hint.textInteractionFlags() == Qt.TextInteractionFlag.TextSelectableByMouse


def placed(dialog: StartDialog) -> list[tuple[str, QRect]]:
    """Where everything on the page stands."""
    return [(type(part).__name__, part.geometry()) for part in shown(dialog, QWidget)]


def sign(dialog: StartDialog) -> QLabel:
    """The program's sign on the first page, without words."""
    return next(label for label in shown(dialog, QLabel) if not label.text())


def test_first_person_must_be_able_to_add_others(dialog: StartDialog) -> None:
    dialog.show_page(dialog.person)
    dialog.person.person.setText("张伟")
    dialog.person.roles["clerk"].setChecked(False)
    assert "否则没有人能添加其他人员" in dialog.person.problem
    dialog.person.roles["keeper"].setChecked(True)
    assert not dialog.person.problem


def test_department_role_asks_for_department(dialog: StartDialog) -> None:
    dialog.show_page(dialog.person)
    dialog.person.person.setText("张伟")
    dialog.person.roles["technical_head"].setChecked(True)
    assert "请填写您的部门" in dialog.person.problem
    dialog.person.department.setCurrentText("集成一部")
    assert not dialog.person.problem


def test_cloud_folder_warns_and_does_not_forbid(qtbot: QtBot, dialog: StartDialog, tmp_path: Path) -> None:
    (tmp_path / "OneDrive").mkdir()
    dialog.welcome.make_button.click()
    type_place(qtbot, dialog, tmp_path / "OneDrive" / "office.epm")
    assert dialog.place.found is not None
    assert "同步" in dialog.place.found.warning
    assert dialog.forward.isEnabled()


def test_place_that_cannot_be_written_is_told_at_the_first_step(
    qtbot: QtBot, dialog: StartDialog, tmp_path: Path
) -> None:
    (tmp_path / "文件").touch()
    dialog.welcome.make_button.click()
    type_place(qtbot, dialog, tmp_path / "文件" / "office.epm")
    assert dialog.place.problem == "这里不能新建数据文件，请另选一个位置。"
    assert not dialog.forward.isEnabled()
    assert any("不能在“" in label.text() for label in shown(dialog.place, QLabel))


@pytest.mark.usefixtures("empty_seat")
def test_place_with_data_is_not_taken_for_a_new_office(qtbot: QtBot, dialog: StartDialog, tmp_path: Path) -> None:
    dialog.welcome.make_button.click()
    type_place(qtbot, dialog, tmp_path / "office" / "office.epm")
    assert "已经有数据" in dialog.place.problem
    assert not dialog.forward.isEnabled()


@pytest.mark.usefixtures("empty_seat")
def test_existing_office_is_opened_and_remembered(
    qtbot: QtBot, dialog: StartDialog, home: Home, settle: Settle, tmp_path: Path
) -> None:
    file = tmp_path / "office" / "office.epm"
    dialog.welcome.open_button.click()
    type_place(qtbot, dialog, file)
    dialog.forward.click()
    settle()
    assert dialog.office is not None
    assert home.remembered().target == str(file)
    dialog.office.close()


@pytest.mark.usefixtures("empty_seat")
def test_same_file_spelt_otherwise_keeps_who_sits_here(
    dialog: StartDialog, home: Home, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.remember(target=str(tmp_path / "office" / "office.epm"), person_id="somebody")
    monkeypatch.chdir(tmp_path)
    dialog.opener.open("office/office.epm")
    settle()
    assert home.remembered().target == str(tmp_path / "office" / "office.epm")
    assert home.remembered().person_id == "somebody"
    assert dialog.office is not None
    dialog.office.close()


@pytest.mark.parametrize(("name", "word"), [("没有.epm", "没有数据"), ("信件.epm", "不是")])
def test_what_cannot_be_opened_is_told(qtbot: QtBot, dialog: StartDialog, tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / "信件.epm").write_text("尊敬的客户：" * 400, encoding="utf-8")
    dialog.welcome.open_button.click()
    type_place(qtbot, dialog, tmp_path / name)
    assert word in dialog.existing.problem
    assert not dialog.forward.isEnabled()


@pytest.mark.usefixtures("empty_seat")
def test_newer_data_is_refused_in_words(qtbot: QtBot, dialog: StartDialog, tmp_path: Path) -> None:
    mark_schema(tmp_path / "office" / "office.epm", "9999")
    dialog.welcome.open_button.click()
    type_place(qtbot, dialog, tmp_path / "office" / "office.epm")
    assert "新版本的程序" in dialog.existing.problem
    verdict = " ".join(label.text() for label in shown(dialog.existing, QLabel))
    assert f"由更新版本的程序保存，本机是 {__version__} 版" in verdict


def mark_schema(file: Path, number: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE schema_version SET version_num = ?", (number,))
    connection.close()


@pytest.mark.usefixtures("empty_seat")
def test_older_data_is_upgraded_only_when_agreed_to(dialog: StartDialog, settle: Settle, tmp_path: Path) -> None:
    file = tmp_path / "office" / "office.epm"
    mark_schema(file, "0000")
    before = file.read_bytes()
    dialog.opener.open(str(file))
    settle()
    question = box(dialog)
    assert "备份" in question.informativeText()
    question.reject()
    settle()
    assert dialog.office is None
    assert file.read_bytes() == before


def test_example_office_is_offered_only_where_there_is_one(
    qtbot: QtBot, home: Home, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    def example(ticket: Ticket) -> object:
        ticket(1, 2, "正在准备")
        return new_office(tmp_path / "example").office

    dialog = StartDialog(home, operations, Claims(home), example=example, clock=lambda: NOW)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.welcome.example_button.isVisible()
    dialog.welcome.example_button.click()
    settle()
    assert dialog.office is not None
    dialog.office.close()


class Slow:
    """What opens an office, and is held up until the person has given up waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.freed = Event(), Event()
        self.closed: list[Office] = []
        close = Office.close

        def closing(office: Office) -> None:
            self.closed.append(office)
            close(office)

        monkeypatch.setattr(Office, "close", closing)

    def __call__(self, office: Office) -> Office:
        self.reached.set()
        self.freed.wait(10)
        return office

    def give_up(self, qtbot: QtBot, dialog: StartDialog) -> None:
        assert self.reached.wait(10)
        qtbot.waitUntil(lambda: bool(shown(dialog, ProgressBox)), timeout=5_000)
        shown(dialog, ProgressBox)[0].reject()
        self.freed.set()


@pytest.mark.usefixtures("empty_seat")
def test_an_opening_given_up_leaves_no_office_open_and_nothing_claimed(
    qtbot: QtBot, dialog: StartDialog, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, open_office = Slow(monkeypatch), opening.open_office
    monkeypatch.setattr(opening, "open_office", lambda *words: slow(open_office(*words)))
    file = str(tmp_path / "office" / "office.epm")
    dialog.opener.open(file)
    slow.give_up(qtbot, dialog)
    settle()
    assert [office.target for office in slow.closed] == [file]
    assert dialog.office is None
    free(tmp_path, file)


def test_an_example_given_up_leaves_no_office_open_and_nothing_claimed(
    qtbot: QtBot, home: Home, operations: Operations, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    dialog = StartDialog(
        *(home, operations, Claims(home)),
        example=lambda _ticket: slow(new_office(tmp_path / "example").office),
        clock=Clock(),
    )
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.welcome.example_button.click()
    slow.give_up(qtbot, dialog)
    settle()
    assert len(slow.closed) == 1
    assert dialog.office is None
    free(tmp_path, str(example_file(home)))


def free(tmp_path: Path, target: str) -> None:
    """Another copy may have it."""
    other = Claims(Home(tmp_path / "other"))
    other.seize(target)
    other.release()


def test_without_example_none_is_offered(dialog: StartDialog) -> None:
    assert not dialog.welcome.example_button.isVisible()


def test_why_the_last_office_did_not_open_is_told(qtbot: QtBot, home: Home, operations: Operations) -> None:
    dialog = StartDialog(
        home, operations, Claims(home), trouble=Refusal("找不到数据文件“Z:/office.epm”。", todo="请插好 U 盘。")
    )
    qtbot.addWidget(dialog)
    dialog.show()
    label = dialog.findChild(object, "trouble")
    assert "请插好 U 盘。" in label.text()  # type: ignore[attr-defined] # it is a label


def test_opener_tells_why_not(
    qtbot: QtBot, dialog: StartDialog, home: Home, operations: Operations, tmp_path: Path
) -> None:
    opener = Opener(home, operations, Claims(home), dialog, Clock())
    with qtbot.waitSignal(opener.refused) as told:
        opener.open(str(tmp_path / "没有.epm"))
    assert "找不到数据文件" in str(told.args[0])


def test_wrong_policy_file_is_named_with_key(dialog: StartDialog, tmp_path: Path) -> None:
    policy = shipped_policies()[0]
    wrong = tmp_path / "自己的.toml"
    wrong.write_text(policy.text.replace('scope = "office"', 'scopes = "office"', 1), encoding="utf-8")
    dialog.show_page(dialog.policy)
    count = dialog.policy.choice.count()
    dialog.policy.take_file(wrong)
    assert dialog.findChildren(ErrorDialog)
    assert dialog.policy.choice.count() == count


def test_own_policy_is_chosen_when_loaded(dialog: StartDialog, tmp_path: Path) -> None:
    policy = shipped_policies()[0]
    own = tmp_path / "自己的.toml"
    own.write_text(policy.text.replace('version = "1.0"', 'version = "2.3"', 1), encoding="utf-8")
    dialog.policy.take_file(own)
    assert dialog.policy.policy.version == "2.3"


def test_policy_is_told_in_words(dialog: StartDialog) -> None:
    dialog.show_page(dialog.policy)
    assert [dialog.policy.choice.itemText(at).split()[0] for at in range(dialog.policy.choice.count())] == [
        policy.title for policy in shipped_policies()
    ]
    told = dialog.policy.reader.text.toPlainText()
    assert "技术部门负责人 → 项目管理部" in told
    assert "自暂停日期起 3 个月" in told
    dialog.policy.choice.setCurrentIndex(1)
    assert "运营管理部负责人签字" in dialog.policy.reader.text.toPlainText()


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"\x89PNG\r\n\x1a\nbroken"])
def test_logo_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(content)
    with pytest.raises(Refusal, match="不是能识别的"):
        read_logo(file)


def test_large_logo_is_made_smaller(tmp_path: Path) -> None:
    picture = QImage(3000, 600, QImage.Format.Format_RGB32)
    picture.fill(QColor("blue"))
    picture.save(str(tmp_path / "logo.png"))
    made = QImage.fromData(read_logo(tmp_path / "logo.png"))
    assert (made.width(), made.height()) == (800, 160)


def box(dialog: StartDialog) -> QMessageBox:
    found: list[QMessageBox] = list(dialog.findChildren(QMessageBox))
    return found[0]
