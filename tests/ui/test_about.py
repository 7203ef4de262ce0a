"""关于与诊断: what it says, where it leads, and the report that it saves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

import desktop
from desktop.domain.errors import Refusal
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.resources import RESOURCES
from desktop.ui import about as about_module
from desktop.ui.about import AboutDialog
from desktop.ui.application import Application
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.operations import Operations
from desktop.ui.reports import Reports
from desktop.ui.theme import ui_families, ui_font
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.offices import CLERK, Clock, Seat

Make = Callable[[Office | str], AboutDialog]


@pytest.fixture
def make(qtbot: QtBot, operations: Operations, settle: Settle, tmp_path: Path) -> Make:
    def made(subject: Office | str) -> AboutDialog:
        dialog = AboutDialog(Reports(Home(tmp_path / "home"), operations, lambda: subject))
        qtbot.addWidget(dialog)
        dialog.show()
        settle()
        return dialog

    return made


def save_to(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> list[str]:
    """Answer the system's own dialog for files; returns the names that were proposed."""
    proposed: list[str] = []

    def ask(_owner: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        proposed.append(Path(name).name)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return proposed


def words_of(dialog: AboutDialog) -> str:
    return "\n".join([*(label.text() for label in shown(dialog, QLabel)), *_places(dialog)])


def _places(dialog: AboutDialog) -> list[str]:
    return [line.text() for line in shown(dialog, QLineEdit)]


def test_versions_and_places_are_told(make: Make, seat: Seat, tmp_path: Path) -> None:
    dialog = make(seat.office)
    told = words_of(dialog)
    assert f"版本 {desktop.__version__} · 源代码" in told
    assert "SQLite 3." in told
    assert "6.8" in told
    home = tmp_path / "home"
    assert _places(dialog)[:4] == [
        seat.office.target,
        str(home),
        str(home / "log" / "epm-desk.log"),
        str(home / "backups"),
    ]
    assert all(line.isReadOnly() for line in shown(dialog, QLineEdit))


def test_each_place_opens_its_folder(make: Make, seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog = make(seat.office)
    for button in shown(dialog, QPushButton):
        if button.text() == "打开所在文件夹":
            button.click()
    home = tmp_path / "home"
    # neither log nor backups are there yet: the nearest folder that is
    assert opened[:4] == [str(Path(seat.office.target).parent), str(home), str(home), str(home)]
    assert Path(opened[4], "desktop").is_dir()


def test_a_server_is_told_without_its_password_and_down(make: Make) -> None:
    dialog = make("postgresql://ouyang:geheim@127.0.0.1:9/office")
    assert _places(dialog)[0] == "postgresql://ouyang@127.0.0.1:9/office"
    assert "数据库服务器连接不上" in words_of(dialog)


def test_without_any_data_it_says_so(make: Make) -> None:
    assert "还没有建立或打开数据" in words_of(make(""))


def test_the_versions_are_copied_without_places(make: Make, seat: Seat) -> None:
    dialog = make(seat.office)
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert f"版本：{desktop.__version__}" in text
    assert "数据引擎：SQLite" in text
    assert "PySide6：6.8" in text
    assert seat.office.target not in text
    assert seat.office.name not in text


def test_the_licences_can_be_read(make: Make, seat: Seat) -> None:
    dialog = make(seat.office)
    next(button for button in shown(dialog, QPushButton) if button.text() == "许可").click()
    view = dialog.licences
    assert view is not None
    assert view.text.isVisible()
    assert "MIT License" in view.text.toPlainText()
    view.names.setCurrentRow(1)
    assert "PySide6_Essentials" in view.text.toPlainText()
    assert view.names.count() >= 5


def test_a_program_without_licences_says_what_that_means(
    make: Make, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about_module, "list_licences", list)
    dialog = make(seat.office)
    next(button for button in shown(dialog, QPushButton) if button.text() == "许可").click()
    assert dialog.licences is not None
    assert "请重新安装" in dialog.licences.text.toPlainText()


@pytest.fixture
def houses_font() -> Iterator[None]:
    """The program's own font for the screen, as `theme.install` sets it."""
    before = QApplication.font()
    QApplication.setFont(ui_font(ui_families(RESOURCES / "fonts")))
    yield
    QApplication.setFont(before)


@pytest.mark.usefixtures("qapp", "houses_font")
def test_a_report_is_saved_and_shown(
    make: Make, seat: Seat, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "报告.txt"
    proposed = save_to(monkeypatch, path)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog = make(seat.office)
    dialog.report.click()
    settle()
    assert proposed[0].startswith("诊断报告-20")
    text = path.read_text(encoding="utf-8-sig")
    assert "核对结果：全部核对无误" in text
    assert "生僻字：能显示" in text
    assert "缩放" in text
    assert CLERK not in text
    (told,) = shown(dialog, QMessageBox)
    assert str(path) in told.informativeText()
    answer(told, "打开所在文件夹")
    assert opened == [str(tmp_path)]


def test_not_choosing_a_file_saves_nothing(make: Make, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    save_to(monkeypatch, "")
    dialog = make(seat.office)
    dialog.report.click()
    assert not shown(dialog, QMessageBox)


def test_a_place_that_cannot_be_written_is_told(
    make: Make, seat: Seat, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_to(monkeypatch, tmp_path / "没有" / "报告.txt")
    dialog = make(seat.office)
    dialog.report.click()
    settle()
    (told,) = shown(dialog, ErrorDialog)
    assert "不存在" in " ".join(label.text() for label in shown(told, QLabel))
    told.accept()


@pytest.fixture
def application(qtbot: QtBot, seat: Seat, tmp_path: Path) -> Application:
    """The program's window over the populated office."""
    home = Home(tmp_path / "desk")
    home.remember(target=seat.office.target, person_id=str(seat.actor))
    made = Application(home, clock=Clock())
    made.begin()
    qtbot.waitUntil(lambda: made.window is not None and made.operations.idle, timeout=20_000)
    return made


def about() -> AboutDialog | None:
    return next((item for item in QApplication.topLevelWidgets() if isinstance(item, AboutDialog)), None)


def test_the_window_leads_there_by_its_menu_and_by_f1(qtbot: QtBot, application: Application) -> None:
    window = application.window
    assert window is not None
    menu = window.who.menu()
    entry = menu.actions()[-1]
    assert isinstance(entry, QAction)
    assert entry.text().startswith("关于与诊断…")
    assert menu.actions()[-2].isSeparator()
    for summon in (entry.trigger, lambda: QTest.keyClick(window, Qt.Key.Key_F1)):
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        summon()
        qtbot.waitUntil(lambda: about() is not None and application.operations.idle)
        dialog = about()
        assert dialog is not None
        assert "滨海信息技术有限公司" not in words_of(dialog)
        dialog.accept()
        qtbot.waitUntil(lambda: about() is None)
    application.close()


def test_every_entry_of_the_menu_does_what_it_says(qtbot: QtBot, application: Application) -> None:
    window = application.window
    assert window is not None
    signals = {
        "切换人员…": window.switch_wanted,
        "锁定\tCtrl+L": window.lock_wanted,
        "代理人…": window.stand_ins_wanted,
        "打开其他办公室…": window.other_wanted,
        "关于与诊断…\tF1": window.about_wanted,
    }
    seen = [action for action in window.who.menu().actions() if action.isVisible() and not action.isSeparator()]
    entries = {action.text(): action for action in seen}
    assert entries.keys() == signals.keys()
    for text, signal in signals.items():
        signal.disconnect()
        with qtbot.waitSignal(signal):
            entries[text].trigger()
    application.close()


def test_the_start_pages_lead_there_and_report_on_data_that_did_not_open(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "坏.epm"
    broken.write_bytes(b"x" * 5000)
    made = Application(Home(tmp_path / "home"), clock=Clock())
    made.begin(str(broken))
    qtbot.waitUntil(lambda: made.start is not None and made.operations.idle, timeout=20_000)
    assert made.start is not None
    made.start.about.click()
    qtbot.waitUntil(lambda: about() is not None and made.operations.idle)
    dialog = about()
    assert dialog is not None
    save_to(monkeypatch, tmp_path / "报告.txt")
    dialog.report.click()
    qtbot.waitUntil(lambda: (tmp_path / "报告.txt").exists() and made.operations.idle, timeout=20_000)
    text = (tmp_path / "报告.txt").read_text(encoding="utf-8-sig")
    assert "不是本程序的数据文件" in text
    dialog.close()
    made.start.reject()
    made.close()


def test_only_the_unexpected_offers_a_report(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window = application.window
    assert window is not None

    def fail(error: Exception) -> ErrorDialog:
        def work(_ticket: object) -> None:
            raise error

        application.operations.start(window, work, lambda _nothing: None)
        qtbot.waitUntil(lambda: application.operations.idle)
        return shown(window, ErrorDialog)[-1]

    refused = fail(Refusal("磁盘已满。", todo="请清理。", details="ENOSPC"))
    assert [button.text() for button in shown(refused, QPushButton)] == ["知道了", "详细信息"]
    refused.accept()
    unexpected = fail(KeyError("张三"))
    assert {button.text() for button in shown(unexpected, QPushButton)} == {"知道了", "详细信息", "保存诊断报告…"}
    said = " ".join(label.text() for label in shown(unexpected, QLabel))
    assert "没有预料到" in said
    assert "没有受影响" in said
    assert "保存诊断报告" in said
    assert "张三" not in said
    save_to(monkeypatch, tmp_path / "报告.txt")
    next(button for button in shown(unexpected, QPushButton) if "报告" in button.text()).click()
    qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
    assert (tmp_path / "报告.txt").exists()
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QMessageBox):
            box.close()
    unexpected.accept()
    application.close()
