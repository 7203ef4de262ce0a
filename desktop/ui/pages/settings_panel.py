"""The base of the settings' panels: who may change what it shows."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.services.office import Reading, who_may
from desktop.services.people import standing
from desktop.ui.desk import Desk
from desktop.ui.question import ask


class Panel(QWidget):
    """One part of the settings."""

    key = ""
    title = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._asked: QMessageBox | None = None
        self._judge_again: Callable[[], None] | None = None
        desk.operations.settled.connect(self._release)

    @property
    def unsaved(self) -> str:
        """What is written here and would be gone with the window, in words."""
        return ""

    def reload(self) -> None:
        """Read everything anew."""
        raise NotImplementedError

    def begin_new(self) -> None:
        """Let something new be written down, where the panel keeps a list of such things.

        Raises:
            LookupError: it keeps none.
        """
        raise LookupError(self.key)

    def choose(self, name: str) -> None:
        """Choose the thing of that name, where the panel keeps a list of such things.

        Raises:
            LookupError: it keeps none.
        """
        raise LookupError(self.key, name)

    def ask_to_leave(self, go: Callable[[], None], stay: Callable[[], None] = lambda: None) -> None:
        """Before what is written here gives way to something else: ask whether it is to be given up."""
        if self._asked is not None:
            return
        self._asked = box = ask(
            self, "刚才的修改还没有保存。", "放弃修改，还是回去保存？", yes="放弃修改", no="回去", then=go
        )
        box.rejected.connect(stay)
        box.finished.connect(self._answered)

    def hold(self, save: QPushButton, judge: Callable[[], None]) -> None:
        """Let nobody save twice what is being saved; when that is over ``judge`` says whether there is more to save."""
        save.setEnabled(False)
        self._judge_again = judge

    def _release(self) -> None:
        judge, self._judge_again = self._judge_again, None
        if judge is not None:
            judge()

    def _answered(self) -> None:
        self._asked = None


def changed_hint(who: str) -> str:
    """What is said beside unsaved input when somebody else has saved the same record (``张伟（2026-11-26 10:32）``)."""
    return f"这条记录刚被{who or '别人'}改动。您填写的内容仍在；保存时会列出两边的值，由您决定。"


def fault_of(check: Callable[[str], object], text: str) -> str:
    """Why a text would be refused, in words; nothing for one that passes the check."""
    try:
        check(text)
    except Refusal as refused:
        return refused.what
    return ""


def refusal_for(reading: Reading, actor: UUID, action: Action) -> str:
    """Why this person may only look, in words; nothing for one who may change."""
    if may(reading.policy, standing(reading, actor), action, OFFICE):
        return ""
    return f"您可以查看；修改由{who_may(reading.policy, action)}办理。"
