"""The papers of a week, to be looked at and sent: 周报提交情况通报 (WEEK-5) and 综合信息简报 (INFO-1)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.domain.report import Report
from desktop.services.chasing import Chasing, chasing
from desktop.services.mailing import SentLetter, sent_letters
from desktop.services.office import Reading
from desktop.services.week_papers import BULLETIN, STATUS, PaperDue, paper_due, week_paper
from desktop.ui.chase_dialog import ChaseDialog
from desktop.ui.desk import Desk
from desktop.ui.mail_dialog import MailDialog, Outlook, outlook
from desktop.ui.pieces import Elided, Segments, button, row
from desktop.ui.report_view import ReportView
from desktop.ui.week_bar import WeekBar

_TITLES = ((STATUS, "周报提交情况"), (BULLETIN, "综合信息简报"))


@dataclass(frozen=True)
class _Shown:
    report: Report
    due: PaperDue
    sent: tuple[SentLetter, ...]


class WeekPapers(QWidget):
    """A paper and a week to choose, and the report below them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.paper = Segments(_TITLES, lambda _key: self.reload())
        self.bar = WeekBar(desk.office.today, self)
        self.bar.changed.connect(lambda _week: self.reload())
        self.due = Elided()
        self.due.setProperty("role", "muted")
        self.chase = button("催交…", self.open_chasing)
        self.view = ReportView(desk, self.open_mail, (self.chase,))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        top = row(self.paper, self.bar, self.due)
        top.setStretch(2, 1)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)

    @property
    def week(self) -> str:
        """The week that is looked at."""
        return self.bar.week

    def reload(self) -> None:
        """Read the paper of the week anew."""
        key, week, actor = self.paper.current, self.week, self.desk.actor
        self.bar.refresh()
        self.chase.setVisible(key == STATUS)

        def ask(reading: Reading) -> _Shown:
            return _Shown(
                week_paper(reading, actor, key, week),
                paper_due(reading, key, week),
                tuple(sent_letters(reading, f"{key}:{week}")),
            )

        self.desk.read(self, ask, self._show, key="paper", failed=self._failed)

    def open_chasing(self) -> None:
        """Show whom to chase, and with which words."""
        ask = functools.partial(chasing, actor=self.desk.actor, week=self.week)

        def show(found: Chasing) -> None:
            ChaseDialog(self.desk, found, self).open()

        self.desk.read(self, ask, show)

    def open_mail(self, report: Report) -> None:
        """Ask to whom and how the paper goes."""
        week = self.week

        def show(found: Outlook) -> None:
            dialog = MailDialog(self.desk, report, week, found, self)
            dialog.finished.connect(lambda _code: self.reload())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

        self.desk.read(self, functools.partial(outlook, report=report, week=week), show)

    def _show(self, shown: _Shown) -> None:
        self.view.show_report(shown.report)
        due = f"应于 {shown.due.at:%m-%d %H:%M} 前报送{shown.due.to}" if shown.due.at else "这一周没有工作日，不用报送"
        sent = shown.sent[-1].told if shown.sent else "还没有发送"
        self.due.set_whole(f"{due}；{sent}")

    def _failed(self, error: Exception) -> None:
        self.due.set_whole("")
        if not isinstance(error, Refusal):
            raise error
        self.view.show_nothing(str(error))
