"""The policy on the screen: found in, narrowed, copied, printed, taken out, compared before another takes its place."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.policies import read_policy_file, shipped_policies
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.settings_policy import PolicyPanel
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.policy_difference_view import PolicyDialog
from desktop.ui.policy_reader import PolicyReader, marked
from tests.domain.samples import revised
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.offices import Seat


@pytest.fixture
def reader(qtbot: QtBot) -> PolicyReader:
    made = PolicyReader()
    qtbot.addWidget(made)
    made.show_policy(next(one for one in shipped_policies() if one.key == "epm"))
    made.resize(1100, 600)
    made.show()
    return made


@pytest.fixture
def panel(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, tmp_path: Path) -> PolicyPanel:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    made = PolicyPanel(Desk(seat.office, seat.actor, operations, memory))
    qtbot.addWidget(made)
    made.show()
    made.reload()
    settle()
    return made


def headings(reader: PolicyReader) -> list[str]:
    return [reader.contents.item(at).text() for at in range(reader.contents.count())]


def test_what_is_looked_for_is_found_and_marked(reader: PolicyReader) -> None:
    whole = reader.text.toPlainText()
    reader.search.setText("CLOSE-4")
    reader.search.returnPressed.emit()
    assert headings(reader) == ["成果一致性审核表", "项目结项申请表", "关口"]
    assert "background-color" in reader.text.toHtml()
    assert reader.part_of == "只列出含“CLOSE-4”的"
    reader.search.setText("没有这样的话")
    reader.search.returnPressed.emit()
    assert reader.nothing.isVisible()
    assert not reader.copy.isEnabled()
    reader.search.clear()
    reader.search.returnPressed.emit()
    assert reader.text.toPlainText() == whole


def test_what_must_be_confirmed_is_listed_alone_and_copied(reader: PolicyReader) -> None:
    reader.which.choose("assumed")
    assert "项目暂停申请表" in headings(reader)
    assert "工作交接单" not in headings(reader)
    reader.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "（只列出须确认的）" in copied
    assert all("【须确认】" in line for line in copied.splitlines() if line.startswith("　　"))


def test_a_heading_leads_to_its_place(reader: PolicyReader) -> None:
    reader.contents.setCurrentRow(headings(reader).index("期限"))
    assert reader.text.verticalScrollBar().value() > 0


def test_what_people_look_for_is_no_pattern_and_no_markup() -> None:
    assert marked("a<b & (x", "(") == "a&lt;b &amp; <span style='background-color:#dce8fb'>(</span>x"
    assert "<span" in marked("PAUSE-1", "pause")


def test_the_policy_is_printed_as_far_as_it_is_shown(panel: PolicyPanel, settle: Settle) -> None:
    panel.reader.which.choose("assumed")
    panel.print.click()
    settle()
    [dialog] = shown(panel, PdfDialog)
    assert dialog.panel.view.pages in range(3, 7), "what is only assumed, not the whole policy"


def test_DOC_6_the_file_goes_out_and_earlier_versions_can_be_read(
    panel: PolicyPanel, settle: Settle, tmp_path: Path
) -> None:
    panel.export_to(tmp_path / "本单位.toml")
    settle()
    answer(shown(panel, QMessageBox)[0], "关闭")
    own = read_policy_file(tmp_path / "本单位.toml").text.replace("length = 3\n", "length = 4\n", 1)
    (tmp_path / "本单位.toml").write_text(revised(own, "1.1"), encoding="utf-8")
    panel.take_policy(tmp_path / "本单位.toml")
    settle()
    dialog = shown(panel, PolicyDialog)[-1]
    assert "4 个月" in dialog.differences.toPlainText()
    dialog.accept()
    settle()
    answer(shown(panel, QMessageBox)[-1], "知道了")
    panel.reload()
    settle()
    assert panel.policy.version == "1.1"
    assert "1.0 版" in panel.version.itemText(1)
    assert "2 份表单仍按它办" in panel.version.itemText(1)
    panel.version.setCurrentIndex(1)
    panel.version.activated.emit(1)
    settle()
    assert (panel.policy.version, "只供查阅" in panel.facts.text()) == ("1.0", True)
    assert "自暂停日期起 3 个月" in panel.reader.text.toPlainText()


def test_what_stands_against_a_policy_is_told_and_it_cannot_be_agreed_to(
    panel: PolicyPanel, settle: Settle, tmp_path: Path
) -> None:
    text = panel.desk.office.policy.text.replace('"implementing"', '"running"')
    (tmp_path / "错.toml").write_text(text, encoding="utf-8")
    panel.take_policy(tmp_path / "错.toml")
    settle()
    dialog = shown(panel, PolicyDialog)[-1]
    assert "实施（implementing）" in dialog.obstacles.text()
    assert not dialog.agree.isEnabled()
    dialog.reject()
    assert panel.desk.office.policy.version == "1.0"
