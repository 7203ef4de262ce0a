"""管理: how the office fares in one look, its installations, who is here, and whether the journal is whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.domain.identity import Target
from desktop.services.care import CarePage, DeviceRow, care_page
from desktop.services.checking import Finding, Printed, verify_office
from desktop.services.identities import revoke
from desktop.services.integrity import accept_heads, read_printed
from desktop.services.office import Work
from desktop.services.presence import Present
from desktop.services.record_words import moment_text
from desktop.services.root_key import need_root
from desktop.ui.chips import Chip
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.pages.settings_panel import Panel
from desktop.ui.pieces import button, card, clear, heading, named, row, words
from desktop.ui.question import ask
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_SHOWN = 30
_MARKS = {"good": "正常", "warning": "待办", "bad": "异常", "neutral": "说明"}
DEVICES: tuple[Column[DeviceRow], ...] = (
    Column("安装点", lambda item: item.name, sort="name", width=9, stretch=True),
    Column("日志条数", lambda item: f"{item.count:,}", align="right", sort="count", order=lambda item: item.count),
    Column("最近保存", lambda item: moment_text(item.last_at), sort="last", width=8.5),
    Column("由谁", lambda item: item.last_person, width=5.5),
    Column("登记于", lambda item: moment_text(item.registered_at)[:10], sort="made", width=6),
    Column(
        "状态",
        lambda item: item.state,
        chip=True,
        tone=lambda item: "bad" if item.revoked else "good" if item.own else "neutral",
        width=4.6,
        tip=lambda item: item.revoked,
    ),
)


class CarePanel(Panel):
    """Cards one below the other: the overview with places to go, the journal, installations, who is here."""

    key = "care"
    title = "管理"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = CarePage("")
        self.refusal = words(role="muted")
        self.verdict = heading("", 1.15)
        self.lines = QGridLayout()
        self.devices = short_table(
            desk,
            DEVICES,
            lambda: self._shown.devices,
            lambda item: item.id,
            name="安装点",
            empty="还没有安装点保存过",
        )
        self.stop = button("停用这个安装点…", self._ask_to_stop)
        self.here = words()
        self.seal = words("", "muted")
        self.printed = named(QLineEdit(placeholderText="序号:校验码，例如 358:3f9a1c2b7d4e88aa"), "打印的流水校验")
        self.check = button("核对全部数据", lambda: self.check_all(()), primary=True)
        self.check_printed = button("核对打印的流水校验", self._check_printed)
        self.accept = button("确认是有意换回的备份…", self._ask_to_accept)
        self.outcome = words()
        self.outcome.hide()
        self.body = QWidget()
        self._lay_out()
        self.devices.chosen.connect(lambda item: self.stop.setEnabled(item is not None and not item.revoked))

    def reload(self) -> None:
        office, actor = self.desk.office, self.desk.actor
        self.desk.operations.start(self, lambda _ticket: care_page(office, actor), self._show, key="care")

    def check_all(self, printed: Sequence[Printed]) -> None:
        """Verify everything, also that the seals copied from paper still stand."""
        office = self.desk.office
        self._say("", "")
        then = partial(self._checked, printed)
        self.desk.operations.start(
            self, lambda _ticket: verify_office(office, printed), then, waiting="正在核对全部数据"
        )

    # -- what it does

    def _check_printed(self) -> None:
        try:
            printed = read_printed(self.printed.text())
        except Refusal as refused:
            self._say(f"{refused.what}{refused.todo}", "problem")
            return
        self.check_all((printed,))

    def _checked(self, printed: Sequence[Printed], found: list[Finding]) -> None:
        if found:
            told = "\n".join(f"{one.where}：{one.what}" for one in found[:_SHOWN])
            more = f"\n等共 {len(found)} 处" if len(found) > _SHOWN else ""
            self._say(f"发现 {len(found)} 处不符。请停止使用这份数据，联系维护人员。\n{told}{more}", "problem")
            return
        at = f"{self.desk.office.now().astimezone():%Y-%m-%d %H:%M}"
        paper = "；打印的流水校验在日志中，此前的记录没有改动" if printed else ""
        self._say(f"{at} 核对：文件、日志、台账、表单、签字和档案全部相符{paper}。", "")

    def _ask_to_accept(self) -> None:
        what = "确认这份数据缺少的记录是有意放弃的（例如换回了较早的备份）？"
        more = f"{self._shown.missing}。确认以后，本机不再提醒；其他电脑上仍会各自提醒一次。"
        ask(self, what, more, yes="确认", no="取消", then=self._accept)

    def _accept(self) -> None:
        self.desk.run(self, accept_heads, lambda _none: self.reload())

    def _ask_to_stop(self) -> None:
        chosen = self.devices.current()
        if chosen is None:
            return
        more = (
            "停用由根密钥签发，不能撤销。此后它保存的内容在核对时都列为不符；"
            "丢失的电脑还应关闭那里的登录名，更换数据的存放处。"
        )
        dialog = ReasonDialog(f"停用安装点“{chosen.name}”", more, "停用", (), self.window())
        key = str(chosen.id)

        def act(work: Work, why: str) -> None:
            revoke(work, need_root(work), Target.DEVICE, key, work.now, why)

        def done(_none: None) -> None:
            dialog.accept()
            self.reload()

        def send(_key: str, why: str) -> None:
            self.desk.run(
                dialog,
                lambda work: act(work, why),
                done,
                failed=lambda error: dialog.tell(str(refusal_of(error))),
            )

        dialog.send = send
        dialog.open()

    # -- what it shows

    def _show(self, found: CarePage) -> None:
        self._shown = found
        self.refusal.setText(found.refusal)
        self.denied.setVisible(bool(found.refusal))
        self.area.setVisible(not found.refusal)
        if found.refusal:
            return
        self.verdict.setText(found.verdict)
        clear(self.lines)
        for place, line in enumerate(found.lines):
            chip = Chip()
            chip.show_chip(_MARKS[line.tone], line.tone)
            self.lines.addWidget(QLabel(line.topic), place, 0)
            self.lines.addWidget(chip, place, 1)
            self.lines.addWidget(words(line.text), place, 2)
            if line.place != self.key:
                go = button("前往", partial(self.desk.wanted.emit, "settings", line.place))
                go.setProperty("role", "segment")
                go.setAccessibleName(f"前往：{line.topic}")
                self.lines.addWidget(go, place, 3)
        self.lines.setColumnStretch(2, 1)
        self.devices.reload()
        self.accept.setVisible(bool(found.missing))
        self.seal.setText(f"现在的流水校验：{found.seal}" if found.seal else "")
        self.here.setText(_present(found.present))

    def _say(self, text: str, role: str) -> None:
        self.outcome.setText(text)
        self.outcome.setVisible(bool(text))
        self.outcome.setProperty("role", role)
        self.outcome.style().polish(self.outcome)

    # -- how it looks

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        for part in (self._overview(), self._journal(), self._installations()):
            inside.addWidget(part)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.body)
        for shown in (area.viewport(), self.body):
            shown.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.denied, column = card()
        column.addWidget(heading("管理", 1.15))
        self.refusal.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.refusal, 1)
        self.area = area
        layout.addWidget(self.denied)
        layout.addWidget(area)
        self.denied.hide()

    def _overview(self) -> QWidget:
        frame, column = card()
        column.addWidget(self.verdict)
        self.lines.setHorizontalSpacing(12)
        self.lines.setVerticalSpacing(4)
        column.addLayout(self.lines)
        return frame

    def _journal(self) -> QWidget:
        frame, column = card()
        column.addWidget(heading("核对", 1.15))
        told = "周二通报上印有流水校验：照着填进来，可以核对打印那天以前的记录有没有改动。"
        column.addWidget(words(told, "muted"))
        self.printed.setMinimumWidth(round(self.fontMetrics().height() * 20))
        column.addLayout(row(self.check, self.printed, self.check_printed, self.accept, None))
        column.addWidget(self.outcome)
        column.addWidget(self.seal)
        self.seal.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return frame

    def _installations(self) -> QWidget:
        frame, column = card()
        column.addWidget(heading("安装点", 1.15))
        told = "安装点是一台电脑上由一个系统用户使用的程序：每次保存都记下是从哪一个安装点来的。"
        column.addWidget(words(told, "muted"))
        self.devices.setMinimumHeight(round(self.fontMetrics().height() * 9))
        self.devices.search.hide()
        column.addWidget(self.devices)
        column.addLayout(row(self.stop, None))
        column.addWidget(self.here)
        return frame


def _present(people: Sequence[Present]) -> str:
    """Who has the office open now, in one line; empty where it is not shared."""
    if not people:
        return ""
    told = "、".join(
        f"{one.person or '（未选人员）'}（{one.host}，{moment_text(one.since)[-5:]} 起）" for one in people
    )
    return f"现在打开着的有 {len(people)} 处：{told}"
