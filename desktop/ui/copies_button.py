"""抄送: the words of a paper on the clipboard, or a letter ready to send to those whom the policy names (MON-2)."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QToolButton

from desktop.domain.filing import FilingState
from desktop.services.copies import recipients_text
from desktop.services.filings import FilingPage
from desktop.services.minutes import Notice, notice_of, write_notice
from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save
from desktop.ui.question import tell

LETTERS = "邮件 (*.eml)"


class CopiesButton(QToolButton):
    """Seen on papers that the policy sends to somebody, once they are submitted."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._page: FilingPage | None = None
        self.setText("抄送 ▾")
        self.setProperty("role", "button")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction("复制文字", self.copy_text)
        menu.addAction("存为邮件…", self.ask_letter)
        self.setMenu(menu)
        self.hide()

    def show_page(self, page: FilingPage) -> None:
        """Offer to pass this filing on."""
        self._page = page
        self.setVisible(bool(page.rule.sends) and page.row.state in {FilingState.IN_APPROVAL, FilingState.APPROVED})

    def copy_text(self) -> None:
        """Put the paper's words on the clipboard."""
        page, actor = self._page, self._desk.actor
        if page is None:
            return

        def copied(notice: Notice) -> None:
            QGuiApplication.clipboard().setText(notice.text)
            tell(self, "文字已复制，可以粘贴到微信、邮件里发出。", f"按制度抄送：{recipients_text(notice.people)}。")

        self._desk.read(self, lambda reading: notice_of(reading, actor, page.row.id), copied)

    def ask_letter(self) -> None:
        """Ask where to write the letter, and write it."""
        page, desk = self._page, self._desk
        if page is None:
            return
        path = ask_where_to_save(self, "存为邮件", f"{page.row.number}_{page.row.title}.eml", LETTERS)
        if path is None:
            return
        office, actor = desk.office, desk.actor

        def written(notice: Notice) -> None:
            missing = "、".join(notice.unreached)
            more = f"\n{missing}没有登记邮箱，请在邮件里补上。" if missing else ""
            tell(self, "邮件已写好，双击它就在您的邮件程序里打开，核对后发出。", f"{path}{more}")

        desk.operations.start(self, lambda _ticket: write_notice(office, actor, page.row.id, path), written)
