"""备份与恢复: the backups there are, how they are kept, and what cares for the data as a whole."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.rotation import Keeping
from desktop.services.backups import (
    BackupRow,
    BackupRules,
    back_up_now,
    backup_folder,
    backup_rows,
    backup_rules,
    set_backup_rules,
)
from desktop.services.checking import Finding, verify_office
from desktop.services.logins import suggest_login
from desktop.services.office import Office, Reading
from desktop.services.opening import data_notice
from desktop.services.people import person_ref
from desktop.services.promotion import Promotion, copy_refusal, save_report, take_copy
from desktop.services.rebuilding import RebuiltOffice, rebuild_office
from desktop.services.restoring import Rehearsal, rehearse, rehearsing, restore
from desktop.services.server_move import move_refusal, move_to_server
from desktop.services.server_office import OfficePlan
from desktop.ui.check_dialog import FindingsDialog, RebuiltDialog
from desktop.ui.desk import Desk, Pause
from desktop.ui.error_dialog import show_error
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.move_dialog import MoveDialog, outcome
from desktop.ui.operations import Ticket
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.question import ask, tell
from desktop.ui.restore_dialog import RestoreDialog
from desktop.ui.retention_dialog import RetentionDialog
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_FILES = "数据文件 (*.epm)"
_TEXTS = "文本文件 (*.txt)"
_MOST = 366

COLUMNS: tuple[Column[BackupRow], ...] = (
    Column("日期", lambda item: item.day.isoformat(), sort="day", width=6),
    Column("来历", lambda item: item.kind, sort="kind", width=6),
    Column("数据截至", lambda item: item.last_change, sort="last", width=9),
    Column("项目", lambda item: item.projects, align="right", width=4),
    Column("表单", lambda item: item.filings, align="right", width=4),
    Column("大小", lambda item: f"{item.size / 1_000_000:,.1f} MB", align="right", width=6),
    Column("数据版本", lambda item: item.schema, align="centre", width=5),
    Column(
        "文件", lambda item: item.file.name, stretch=True, tip=lambda item: str(item.file),
        tone=lambda item: "" if item.readable else "bad",
    ),
)  # fmt: skip


class BackupsPanel(Panel):
    """The list of backups over the rules of keeping them and the deeds that concern the data as a whole."""

    key = "backups"
    title = "备份与恢复"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.chosen: BackupRow | None = None
        self.table = short_table(
            desk, COLUMNS, lambda: backup_rows(desk.office), lambda item: item.file, name="backups",
            empty="还没有备份。点“立即备份”就能做一份。",
        )  # fmt: skip
        self.table.chosen.connect(self._choose)
        self.state, self.notice = words(role="muted", wrap=False), words(role="problem")
        self.now = button("立即备份", self.back_up, primary=True)
        self.restore = button("恢复…", self._rehearse_chosen)
        self.other = button("从别处的备份恢复…", self._ask_backup)
        self.folder = named(QLineEdit(), "备份文件夹")
        self.automatic = named(QCheckBox("每天自动备份一次（有改动时）"), "自动备份")
        self.days, self.weeks, self.months = (self._number(name) for name in ("天数", "周数", "月数"))
        self.days.setMinimum(1)
        self.save, self.saved = button("保存设置", self._save_rules), words(role="muted", wrap=False)
        self.check = button("全面检查…", self.check_all)
        self.rebuild = button("从日志重建…", self._ask_to_rebuild)
        self.copy = button("取一份本地副本…", self._ask_copy)
        self.relocate = button("迁到服务器…", self._ask_move)
        self.retention = button("个人信息保存期限…", self._show_retention)
        self.refusal = words(role="muted")
        self._lay_out()

    def _number(self, name: str) -> QSpinBox:
        box = named(QSpinBox(), name)
        box.setRange(0, _MOST)
        return box

    def _lay_out(self) -> None:
        frame, column = card(margin=14)
        opened = button("打开文件夹", lambda: open_folder_of(backup_folder(self.desk.office.home)))
        column.addLayout(row(heading("备份", 1.15), self.state, None, opened, self.other, self.restore, self.now))
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self._rules_card(), 1)
        below.addWidget(self._care_card(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(frame, 1)
        layout.addLayout(below)

    def _rules_card(self) -> QWidget:
        frame, column = card(margin=14)
        column.addWidget(heading("本机怎样备份", 1.15))
        browse = button("选择…", self._ask_folder)
        place = row(self.folder, browse)
        place.setStretch(0, 1)
        form = QFormLayout()
        form.addRow("文件夹", place)
        form.addRow("自动备份", self.automatic)
        kept = row(
            words("最近", wrap=False), self.days, words("天、", wrap=False), self.weeks, words("周、", wrap=False),
            self.months, words("个月各留一份", wrap=False), None,
        )  # fmt: skip
        form.addRow("保留", kept)
        column.addLayout(form)
        column.addWidget(words("自动清理只涉及自动备份；手工做的、升级前和恢复前的备份不会自动删除。", "muted"))
        column.addStretch(1)
        column.addLayout(row(None, self.saved, self.save))
        return frame

    def _care_card(self) -> QWidget:
        frame, column = card(margin=14)
        column.addWidget(heading("照看数据", 1.15))
        moving = "；人多时把办公室整体迁到 PostgreSQL 服务器（单向）" if self.desk.office.database.file else ""
        copying = f"副本逐行核对，可作归档{moving}。"
        for deeds, hint in (
            ((self.check, self.rebuild), "检查结构、日志、台账、签字和存档；不一致时可按日志重建一份。"),
            ((self.copy, self.relocate), copying),
            ((self.retention,), "离职人员的联系方式到期后从数据和日志中清除。"),
        ):
            column.addLayout(row(*deeds, None))
            column.addWidget(words(hint, "muted"))
        column.addWidget(self.refusal)
        column.addStretch(1)
        return frame

    def reload(self) -> None:
        office, actor = self.desk.office, self.desk.actor

        def query(reading: Reading) -> tuple[str, str, str]:
            return copy_refusal(reading, actor), move_refusal(reading, actor), data_notice(office)

        self.desk.read(self, query, self._show_rights, key="rights")
        self._show_rules(backup_rules(office.home))
        self.table.reload()
        self.desk.operations.start(self, lambda _ticket: backup_rows(office), self._show_state, key="state")

    def _show_rights(self, found: tuple[str, str, str]) -> None:
        copying, moving, notice = found
        is_file = self.desk.office.database.file is not None
        self.copy.setEnabled(not copying)
        self.relocate.setVisible(is_file)
        self.relocate.setEnabled(not moving)
        self.restore.setVisible(is_file)
        self.other.setVisible(is_file)
        self.automatic.setEnabled(is_file)
        self.refusal.setText(copying or (moving if is_file else ""))
        self.refusal.setVisible(bool(self.refusal.text()))
        self.notice.setText(notice)
        self.notice.setVisible(bool(notice))

    def _show_state(self, backups: list[BackupRow]) -> None:
        newest = next((one for one in backups if one.readable), None)
        self.state.setText(f"最近一份：{newest.day}（{newest.kind}）" if newest else "还没有备份")
        self._choose(self.chosen)

    def _show_rules(self, rules: BackupRules) -> None:
        self.folder.setText(rules.folder or str(self.desk.office.home.backups))
        self.automatic.setChecked(rules.automatic)
        self.days.setValue(rules.keeping.days)
        self.weeks.setValue(rules.keeping.weeks)
        self.months.setValue(rules.keeping.months)

    def _choose(self, backup: BackupRow | None) -> None:
        self.chosen = backup
        self.restore.setEnabled(backup is not None and backup.readable)

    # -- rules

    def _ask_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "备份文件夹", self.folder.text())
        if found:
            self.folder.setText(found)

    def _save_rules(self) -> None:
        home = self.desk.office.home
        folder = self.folder.text().strip()
        keeping = Keeping(self.days.value(), self.weeks.value(), self.months.value())
        own = "" if not folder or Path(folder) == home.backups else folder
        try:
            set_backup_rules(home, BackupRules(own, self.automatic.isChecked(), keeping))
        except Refusal as refusal:
            show_error(self, refusal)
            return
        self.reload()
        self.saved.setText("已经保存。")

    # -- backups

    def back_up(self) -> None:
        """Make a backup now."""
        office, actor = self.desk.office, self.desk.actor

        def then(made: Path) -> None:
            self.reload()
            self.saved.setText("")
            tell(self, "备份已经做好，并已核对。", str(made))

        self.desk.operations.start(self, partial(_back_up, office, actor), then, waiting="正在备份")

    def _ask_backup(self) -> None:
        folder = str(backup_folder(self.desk.office.home))
        name, _kind = QFileDialog.getOpenFileName(self, "选择备份", folder, f"{_FILES};;所有文件 (*)")
        if name:
            self.rehearse(Path(name))

    def _rehearse_chosen(self) -> None:
        if self.chosen is not None:
            self.rehearse(self.chosen.file)

    def rehearse(self, backup: Path) -> None:
        """Try a backup out, and show what it would bring and take."""
        office = self.desk.office
        file = office.database.file
        if file is None:
            return

        root = office.keys.pin_of(office.id).key

        def work(ticket: Ticket) -> Rehearsal:
            return rehearse(backup, file, office.home, office.now, ticket, root=root)

        def then(found: Rehearsal) -> None:
            RestoreDialog(found, partial(self._restore, backup, file), self).open()

        self.desk.operations.start(self, work, then, waiting="正在演练恢复")

    def _restore(self, backup: Path, file: Path) -> None:
        """Let the window give the data back, put the backup in its place, and open it again."""
        office, actor = self.desk.office, self.desk.actor
        root = office.keys.pin_of(office.id).key

        def work(ticket: Ticket) -> str:
            with rehearsing(backup, file, office.home, office.now, ticket, root=root) as rehearsal:
                kept = restore(rehearsal, actor, office.home, office.now)
            return f"已恢复到“{backup.name}”。原来的数据留在：\n{kept}" if kept else f"已恢复到“{backup.name}”。"

        self.desk.pause_wanted.emit(Pause(work, str(file)))

    # -- the data as a whole

    def check_all(self) -> None:
        """Check everything, and show what was found."""
        office = self.desk.office

        def then(findings: list[Finding]) -> None:
            if findings:
                FindingsDialog(findings, self._rebuild, self).open()
            else:
                tell(self, "全部核对无误。", "结构、日志、台账、表单、签字和存档都一致。")

        self.desk.operations.start(self, lambda _ticket: verify_office(office), then, waiting="正在全面检查")

    def _ask_to_rebuild(self) -> None:
        ask(
            self,
            "从日志重建一份数据吗？",
            "程序按日志另做一份数据，与现在的逐条比较，列出不同之处。现在的数据不会改动。",
            yes="重建",
            then=self._rebuild,
        )

    def _rebuild(self) -> None:
        office, actor = self.desk.office, self.desk.actor

        def then(made: RebuiltOffice) -> None:
            self.reload()
            RebuiltDialog(made, partial(self.rehearse, made.file), self).open()

        self.desk.operations.start(self, lambda ticket: rebuild_office(office, actor, ticket), then, waiting="正在重建")

    def _ask_copy(self) -> None:
        path = ask_where_to_save(
            self, "取一份本地副本", f"{self.desk.office.name} {self.desk.office.today()}.epm", _FILES
        )
        if path is not None:
            self.take_copy(path)

    def take_copy(self, path: Path) -> None:
        """Copy the whole office there."""
        office, actor = self.desk.office, self.desk.actor
        self.desk.operations.start(
            self, lambda ticket: take_copy(office, actor, path, ticket), self._tell_copied, waiting="正在复制并核对"
        )

    def _tell_copied(self, done: Promotion) -> None:
        what, more = outcome(done)
        ask(self, what, more, yes="保存核对报告…", no="关闭", then=partial(self._save_report, done))

    def _save_report(self, done: Promotion) -> None:
        path = ask_where_to_save(self, "保存核对报告", f"核对报告 {done.ended.astimezone():%Y-%m-%d %H%M}.txt", _TEXTS)
        if path is not None:
            save_report(done, path)

    def _ask_move(self) -> None:
        read = partial(person_ref, person_id=self.desk.actor)

        def then(me: PersonRef) -> None:
            MoveDialog(self.move_to, self, login=suggest_login(me.name, me.staff_no)).open()

        self.desk.read(self, read, then, key="move")

    def move_to(self, plan: OfficePlan) -> None:
        """Move the office to that server; the report stays in the folder of backups, and the window opens it there."""
        office, actor = self.desk.office, self.desk.actor

        def work(ticket: Ticket) -> Promotion:
            done = move_to_server(office, actor, plan, ticket)
            folder = backup_folder(office.home)
            folder.mkdir(parents=True, exist_ok=True)
            save_report(done, folder / f"迁移报告 {done.ended.astimezone():%Y-%m-%d %H%M%S}.txt")
            return done

        def then(done: Promotion) -> None:
            what, more = outcome(done)
            said = f"{what}\n{more}\n核对报告在备份文件夹里。"
            self.desk.pause_wanted.emit(Pause(lambda _ticket: said, plan.place.target(plan.password)))

        self.desk.operations.start(self, work, then, waiting="正在迁移")

    def _show_retention(self) -> None:
        RetentionDialog(self.desk, self).open()


def _back_up(office: Office, actor: UUID, ticket: Ticket) -> Path:
    return back_up_now(office, actor, ticket)
