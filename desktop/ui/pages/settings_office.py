"""The office: name and logo, the data and whether all of it agrees, the ledger as a workbook."""

from __future__ import annotations

import functools

from PySide6.QtWidgets import QFormLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.policy_terms import Action
from desktop.services.checking import Finding, verify_office
from desktop.services.office import Work
from desktop.services.settings import change_office
from desktop.services.watching import last_change
from desktop.ui.desk import Desk
from desktop.ui.logo import LogoField
from desktop.ui.pages.ledger_buttons import LedgerButtons
from desktop.ui.pages.settings_panel import Panel, changed_hint, refusal_for
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.saving import save_record

_SHOWN_FINDINGS = 50


class OfficePanel(Panel):
    """Cards one below the other."""

    key = "office"
    title = "单位与数据"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.name, self.code = named(QLineEdit(), "单位名称"), named(QLineEdit(), "编号前缀")
        self.code.setPlaceholderText("可以不填；表单编号中可以引用")
        self.logo = LogoField()
        self.save = button("保存", self._save, primary=True)
        self.refusal, self._missing = words(role="muted"), named(words(role="muted"), "还不能保存的原因")
        self.place, self.verdict = words(), words()
        self.findings = words()
        self.verify = button("现在核对", self.check_data)
        self.ledger = LedgerButtons(desk)
        self._version = 0
        self._lay_out()
        for part in (self.name.textEdited, self.code.textEdited, self.logo.changed):
            part.connect(lambda *_: self._judge())

    def reload(self) -> None:
        office, actor = self.desk.office, self.desk.actor
        self.desk.read(
            self, lambda reading: refusal_for(reading, actor, Action.MANAGE_OFFICE), self._set_refusal, key="right"
        )
        if not self.save.isEnabled() or not self.name.text():
            self.name.setText(office.name)
            self.code.setText(office.code)
            self.logo.set_logo(office.logo)
            self._version = office.version
            self.save.setEnabled(False)
            self._missing.clear()
        elif office.version != self._version:
            read = functools.partial(last_change, entity="office", key=office.id)
            self.desk.read(self, read, lambda who: self._missing.setText(changed_hint(who)), key="newer")
        self.place.setText(office.target)
        self.ledger.reload()

    @property
    def unsaved(self) -> str:
        changed = self.save.isEnabled() or not self.name.text().strip()
        return "单位名称、前缀和标志" if self._version and changed else ""

    # -- what it does

    def _judge(self) -> None:
        """Let what was changed be saved, or say why not."""
        missing = "" if self.name.text().strip() else "请填写单位名称。"
        self._missing.setText(missing)
        self.save.setEnabled(not missing)

    def _save(self) -> None:
        values = {"name": self.name.text(), "code": self.code.text(), "logo_sha": self.logo.logo}
        save_record(self.desk, self, _change, values, self._version, self._saved)

    def _saved(self, _nothing: None) -> None:
        self.save.setEnabled(False)

    def check_data(self) -> None:
        """Verify everything and show what was found."""
        office = self.desk.office
        self.verdict.setText("")
        self.findings.setText("")
        self.desk.operations.start(
            self, lambda _ticket: verify_office(office), self._show_findings, waiting="正在核对全部数据"
        )

    def _show_findings(self, found: list[Finding]) -> None:
        at = f"{self.desk.office.now().astimezone():%Y-%m-%d %H:%M}"
        if not found:
            self.verdict.setText(f"{at} 核对：文件、日志、台账、表单和档案全部相符。")
            self.verdict.setProperty("role", "")
        else:
            self.verdict.setText(f"{at} 核对：发现 {len(found)} 处不符。请停止使用这份数据，联系维护人员。")
            self.verdict.setProperty("role", "problem")
        self.verdict.style().polish(self.verdict)
        lines = [f"{item.where}：{item.what}" for item in found[:_SHOWN_FINDINGS]]
        more = [f"等共 {len(found)} 处"] if len(found) > _SHOWN_FINDINGS else []
        self.findings.setText("\n".join((*lines, *more)))

    # -- how it looks

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self._office_card(), self._ledger_card(), self._data_card()):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        for shown in (area.viewport(), inner):
            shown.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _office_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(heading("单位", 1.15))
        column.addWidget(self.refusal)
        form = QFormLayout()
        form.addRow("单位名称", self.name)
        form.addRow("编号前缀", self.code)
        form.addRow("单位标志", self.logo)
        column.addLayout(form)
        line = row(self._missing, self.save)
        line.setStretch(0, 1)
        column.addLayout(line)
        return frame

    def _ledger_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(heading("项目台账", 1.15))
        column.addWidget(words("导出的工作簿可以在 Excel 中查看，也可以原样再导入。", "muted"))
        column.addLayout(row(self.ledger, None))
        return frame

    def _data_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(heading("数据", 1.15))
        column.addWidget(self.place)
        column.addWidget(words("核对会检查数据文件、操作日志、台账、表单和档案是否互相一致，不改动任何内容。", "muted"))
        column.addLayout(row(self.verify, None))
        column.addWidget(self.verdict)
        column.addWidget(self.findings)
        return frame

    def _set_refusal(self, refusal: str) -> None:
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        for part in (self.name, self.code, self.logo):
            part.setEnabled(not refusal)


def _change(work: Work, *, version: int, name: str, code: str, logo_sha: bytes | str | None) -> None:
    change_office(work, name=name, code=code, logo=logo_sha, version=version)
