"""项目管理制度: the policy in force in words, its earlier versions, and taking an office's own copy out and in."""

from __future__ import annotations

import functools
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QFileDialog, QVBoxLayout

from desktop.domain.errors import Refusal
from desktop.domain.filing import short_hash
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.services.office import Reading
from desktop.services.policies import read_policy_file
from desktop.services.policy_change import (
    PolicyPreview,
    VersionRow,
    export_policy,
    policy_versions,
    preview_policy,
)
from desktop.services.printing import Printed, print_policy
from desktop.services.settings import change_policy
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.operations import Ticket
from desktop.ui.pages.settings_panel import Panel, refusal_for
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.pieces import button, card, heading, local_day, named, row, words
from desktop.ui.policy_difference_view import PolicyDialog
from desktop.ui.policy_reader import PolicyReader
from desktop.ui.question import ask, tell

_FILES = "制度文件 (*.toml)"


class PolicyPanel(Panel):
    """The policy to proofread; those who may manage the office put another version in force."""

    key = "policy"
    title = "项目管理制度"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.policy: Policy = desk.office.policy
        self._title = heading("", 1.15)
        self.facts, self.refusal = words(role="muted"), words(role="muted")
        self.version = named(QComboBox(), "制度的版本")
        self.version.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.version.activated.connect(self._choose_version)
        self.reader = PolicyReader()
        self.give_out = button("导出制度文件…", self._ask_where)
        self.load = button("载入新版制度…", self._ask_policy)
        self.print = button("打印…", self._print)
        self.reader.narrowed_to.connect(lambda: self.print.setEnabled(bool(self.reader.shown)))
        self._lay_out()

    def reload(self) -> None:
        actor = self.desk.actor
        self.desk.read(
            self, lambda reading: refusal_for(reading, actor, Action.MANAGE_OFFICE), self._set_refusal, key="right"
        )
        self.desk.read(self, policy_versions, self._show_versions, key="versions")
        self._show(self.desk.office.policy)

    # -- what it does

    def take_policy(self, path: Path) -> None:
        """Read another version of the policy, show what it would change, and ask whether to put it in force."""
        try:
            policy = read_policy_file(path)
        except Refusal as error:
            show_error(self, error)
            return
        self.desk.read(
            self,
            functools.partial(preview_policy, policy=policy),
            functools.partial(self._offer, title=f"载入“{path.name}”"),
        )

    def export_to(self, path: Path) -> None:
        """Write the file of the version that is shown."""
        policy = self.policy

        def then(_none: None) -> None:
            more = f"{path}\n改好以后把 version 改成新的版本号，再用“载入新版制度”读回来。"
            ask(self, "制度文件已经导出。", more, yes="打开所在文件夹", no="关闭", then=lambda: open_folder_of(path))

        self.desk.operations.start(self, lambda _ticket: export_policy(policy, path), then)

    def _offer(self, preview: PolicyPreview, title: str) -> None:
        dialog = PolicyDialog(preview, title, self)
        dialog.accepted.connect(lambda: self._put_in_force(preview))
        dialog.open()

    def _put_in_force(self, preview: PolicyPreview) -> None:
        use_case = functools.partial(change_policy, policy=preview.policy, instead_of=preview.instead_of)
        self.desk.run(self, use_case, self._tell_policy)

    def _tell_policy(self, _nothing: None) -> None:
        tell(self, "新版制度已经生效。", "正在办理的表单仍按开始时的那一版办完。")

    def _print(self) -> None:
        office, policy, shown, part = self.desk.office, self.policy, self.reader.shown, self.reader.part_of

        def work(_ticket: Ticket) -> Printed:
            return print_policy(policy, shown, company=office.name, logo=office.logo, subtitle=part)

        def then(made: Printed) -> None:
            PdfDialog(made.pdf, f"{policy.title} {policy.version} 版.pdf", parent=self).show()

        self.desk.operations.start(self, work, then, waiting="正在准备打印")

    def _ask_where(self) -> None:
        path = ask_where_to_save(self, "导出制度文件", f"{self.policy.title} {self.policy.version}.toml", _FILES)
        if path is not None:
            self.export_to(path)

    def _ask_policy(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, "载入制度文件", "", _FILES)
        if name:
            self.take_policy(Path(name))

    # -- how it looks

    def _lay_out(self) -> None:
        frame, column = card(margin=14)
        column.addLayout(row(self._title, None, self.version, self.give_out, self.load, self.print))
        column.addWidget(self.facts)
        column.addWidget(self.refusal)
        column.addWidget(self.reader, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def _set_refusal(self, refusal: str) -> None:
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        self.load.setEnabled(not refusal)

    def _show_versions(self, versions: list[VersionRow]) -> None:
        self.version.clear()
        for item in versions:
            now = "现行" if item.in_force else "以前"
            going = f"，{item.under_way} 份表单仍按它办" if item.under_way and not item.in_force else ""
            self.version.addItem(f"{now}　{item.version} 版（{local_day(item.loaded_at)}{going}）", item.id)
            if item.in_force:
                self.version.setCurrentIndex(self.version.count() - 1)

    def _choose_version(self, _place: int) -> None:
        policy_id: UUID = self.version.currentData()

        def version(reading: Reading) -> Policy:
            return reading.policy_version(policy_id)

        self.desk.read(self, version, self._show, key="version")

    def _show(self, policy: Policy) -> None:
        self.policy = policy
        self._title.setText(f"{policy.title}　{policy.version} 版")
        now = "现行制度" if policy.sha256 == self.desk.office.policy.sha256 else "以前的制度，只供查阅"
        self.facts.setText(
            f"{now}；校验码 {short_hash(policy.sha256)}。换上新版以后，正在办理的表单仍按开始时的那一版办完。"
        )
        self.reader.show_policy(policy)
