"""The papers of a week on the screen: looked at, printed, mailed, chased; the office's mail server."""

from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.mailing import mail_server, sent_letters
from desktop.services.office import Reading
from desktop.ui import mail_dialog
from desktop.ui.chase_dialog import ChaseDialog
from desktop.ui.desk import Desk
from desktop.ui.mail_dialog import MailDialog
from desktop.ui.operations import Operations
from desktop.ui.pages.settings_mail import MailPanel
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.week_papers import WeekPapers
from tests.bench.reporting_office import NOW, WEEK, fill_office
from tests.ui.conftest import Settle
from tests.ui.hands import shown, write
from tests.ui.offices import Seat


@pytest.fixture
def desk(seat: Seat, operations: Operations, tmp_path: Any) -> Desk:
    seat.clock.now = NOW
    fill_office(seat.office, projects=12, lines=60, weeks=2)
    return Desk(seat.office, seat.actor, operations, QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def papers(desk: Desk, qtbot: QtBot, settle: Settle) -> WeekPapers:
    made = WeekPapers(desk)
    qtbot.addWidget(made)
    made.resize(1340, 600)
    made.show()
    made.reload()
    settle()
    return made


def test_WEEK_5_and_INFO_1_are_shown_with_their_figures(papers: WeekPapers, settle: Settle) -> None:
    view = papers.view
    assert papers.week == WEEK
    assert view.report is not None
    assert view.title.text() == "周报提交情况通报"
    lines = view.table.lines
    assert lines.text(lines.rowCount() - 1, 0) == "合计"
    assert view.segments is not None
    view.segments.choose("missing")
    assert lines.text(0, 0), "the name of a department"
    papers.paper.choose("bulletin")
    settle()
    assert view.title.text() == "实施项目综合信息简报"
    assert not papers.chase.isVisible()
    papers.bar.go(1)
    settle()
    assert view.report is not None
    assert not papers.bar.after.isEnabled(), "the week after is still to come"


def test_INFO_1_the_pdf_opens_in_the_window_for_prints(papers: WeekPapers, settle: Settle) -> None:
    papers.view.open_pdf()
    settle()
    (dialog,) = shown(papers, PdfDialog)
    assert dialog.panel.view.pages > 1
    dialog.close()


def test_WEEK_5_chasing_puts_the_words_on_the_clipboard(papers: WeekPapers, settle: Settle) -> None:
    papers.open_chasing()
    settle()
    (dialog,) = shown(papers, ChaseDialog)
    dialog.copy_one()
    assert QApplication.clipboard().text() == dialog.found.people[0].text
    dialog.by.choose("managers")
    dialog.people.setCurrentRow(1)
    dialog.copy_one()
    assert QApplication.clipboard().text() == dialog.found.managers[1].text
    dialog.copy_all()
    assert QApplication.clipboard().text() == dialog.found.everyone
    dialog.reject()


def test_INFO_1_a_letter_is_written_and_noted(
    papers: WeekPapers, desk: Desk, settle: Settle, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "通报.eml"
    monkeypatch.setattr(mail_dialog, "ask_where_to_save", lambda *_args: path)
    report = papers.view.report
    assert report is not None
    papers.open_mail(report)
    settle()
    (dialog,) = shown(papers, MailDialog)
    assert not dialog.send.isEnabled(), "there is no server"
    write(dialog.more, "boss@binhai.example；head@binhai.example")
    dialog.write.click()
    settle()
    assert b"X-Unsent: 1" in path.read_bytes()
    noted = desk.office.read(partial(sent_letters, key=f"status_report:{WEEK}"))
    assert [(one.state, one.to) for one in noted] == [("file", ("boss@binhai.example", "head@binhai.example"))]
    for box in shown(papers, QMessageBox):
        box.accept()
    settle()
    assert "存为邮件文件" in papers.due.toolTip()


def test_INFO_1_the_mail_server_is_set_without_a_password(desk: Desk, qtbot: QtBot, settle: Settle) -> None:
    panel = MailPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    panel.reload()
    settle()
    for line, text in (
        (panel.host, "smtp.binhai.example"),
        (panel.user, "pmo"),
        (panel.address, "pmo@binhai.example"),
        (panel.port, "46x"),
    ):
        write(line, text)
    panel.save.click()
    assert "不是数字" in panel.wrong.text()
    write(panel.port, "465")
    panel.save.click()
    settle()

    def kept(reading: Reading) -> str:
        server = mail_server(reading)
        return server.host if server else ""

    assert desk.office.read(kept) == "smtp.binhai.example"
