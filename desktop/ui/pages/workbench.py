"""工作台: what is due, for the person who sits here or for the whole office."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtGui import QAction, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.clocks import Urgency
from desktop.services.drafting import Draft, discard_draft, drafts_of, start_draft
from desktop.services.due import Counts, counts, todo
from desktop.services.office import Reading
from desktop.services.todos import Todo
from desktop.services.weekly_items import PAGE as WEEKLY
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.pages.deadline_button import DeadlineButton
from desktop.ui.pages.first_steps import UNINVITED, Beginnings, FirstSteps, beginnings
from desktop.ui.pages.ledger_buttons import open_import
from desktop.ui.pages.tiles import Tile
from desktop.ui.pieces import Segments, button, card, heading, row, words
from desktop.ui.question import ask
from desktop.ui.register_buttons import RegisterButtons
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_TONES = {Urgency.LATE: "bad", Urgency.TODAY: "warning", Urgency.SOON: "warning", Urgency.LATER: "neutral"}
_ORDER = {Urgency.LATE: 0, Urgency.TODAY: 1, Urgency.SOON: 2, Urgency.LATER: 3}
_ESTIMATED = "节假日数据不到这一天，暂按周一至周五推算。"


def _when(item: Todo) -> tuple[int, str]:
    return _ORDER[item.urgency], item.on.isoformat() if item.on else "9999"


def _date(item: Todo) -> str:
    return f"{item.on.isoformat()}{'（推算）' if item.estimated else ''}" if item.on else ""


def _grounds(item: Todo) -> str:
    return f"{item.rule}（{item.strength}）" if item.strength else item.rule


COLUMNS: tuple[Column[Todo], ...] = (
    Column(
        "期限",
        lambda item: item.days_text,
        sort="when",
        chip=True,
        tone=lambda item: _TONES[item.urgency],
        width=5.8,
        order=_when,
    ),
    Column("日期", _date, sort="date", width=6.6, tip=lambda item: _ESTIMATED if item.estimated else ""),
    Column("事项", lambda item: item.text, sort="text", stretch=True, width=16, tip=lambda item: item.text),
    Column("项目", lambda item: item.project, sort="project", width=11, tip=lambda item: item.project),
    Column("依据", _grounds, sort="rule", width=14, tip=_grounds),
    Column(
        "下一步",
        lambda item: item.action,
        sort="action",
        tone=lambda _item: "info",
        width=11,
        tip=lambda _item: "点一下就开始办理；双击这一行或按回车也行",
        opens=True,
    ),
)


@dataclass(frozen=True)
class Standing:
    """What the page reads besides its list."""

    figures: Counts
    begun: Beginnings
    drafts: tuple[Draft, ...]
    notice: str


def key_of(item: Todo) -> Hashable:
    """What tells one thing that is due from another."""
    return item.filing_id or item.draft_id or item.project_id, item.rule, item.text


class WorkbenchPage(Page):
    """Tiles, an offer to go on with a draft, and the list of what is due."""

    reads = frozenset(
        {
            *("project", "filing", "sign_off", "person", "assignment", "calendar_day", "office"),
            *("chain_edit", "delegation", "urge"),
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._latest: Draft | None = None
        self.tiles = {
            "waiting": Tile("待我办理", "info"),
            "late": Tile("已经逾期", "bad"),
            "week": Tile("本周到期", "warning"),
            "running": Tile("在管项目", "neutral"),
        }
        for key, tile in self.tiles.items():
            tile.clicked.connect(lambda _down, key=key: self._press(key))
        self.whose = Segments((("mine", "我的"), ("office", "全办公室")), lambda _key: self.table.reload())
        source = MemorySource(self._load, COLUMNS, key_of, self._passes)
        self.table = Table(
            COLUMNS,
            source,
            desk.operations,
            name="该做的事",
            empty="没有该办的事。\n要办新的事，请到“项目”中选定项目，点右上角的“发起”。",
            ask=Ask(sort="when"),
            search="事项、项目、拼音",
        )
        self.deadlines = DeadlineButton(desk, lambda: self.whose.current == "office")
        self.table.bar.addWidget(self.deadlines)
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(self.open)
        self.table.menu_for = self._menu
        self.first_steps = FirstSteps()
        self.first_steps.wanted.connect(self._begin)
        self._register = RegisterButtons(desk, ())
        self._lay_out()
        self.setFocusProxy(self.table.view)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for tile in self.tiles.values():
            tiles.addWidget(tile)
        layout.addLayout(tiles)
        self.offer, column = card(margin=10)
        self._offered = words()
        self.take_up = button("继续填写", self._take_up, primary=True)
        line = row(self._offered, self.take_up)
        line.setStretch(0, 1)
        column.addLayout(line)
        self.offer.hide()
        layout.addWidget(self.offer)
        self.vacancy, column = card(margin=10)
        self._vacant = words()
        line = row(self._vacant, button("登记人员", lambda: self.desk.wanted.emit("settings", "people")))
        line.setStretch(0, 1)
        column.addLayout(line)
        self.vacancy.hide()
        layout.addWidget(self.vacancy)
        self.uninvited, column = card(margin=10)
        line = row(words(UNINVITED), button("邀请同事", lambda: self.desk.wanted.emit("settings", "logins")))
        line.setStretch(0, 1)
        column.addLayout(line)
        self.uninvited.hide()
        layout.addWidget(self.uninvited)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list())
        self._stack.addWidget(self.first_steps)
        layout.addWidget(self._stack, 1)

    def _list(self) -> QWidget:
        frame, column = card(margin=14)
        self.table.bar.insertWidget(0, heading("该做的事", 1.15))
        self.table.bar.addWidget(self.whose)
        self.table.search.setMaximumWidth(320)
        self.table.bar.insertStretch(1, 1)
        column.addWidget(self.table)
        return frame

    # -- reading

    def reload(self) -> None:
        actor, office = self.desk.actor, self.desk.office

        def query(reading: Reading) -> Standing:
            drafts = tuple(drafts_of(reading, actor))
            return Standing(counts(reading, actor), beginnings(reading, actor), drafts, office.home.drafts.notice)

        self.desk.read(self, query, self._show, key="figures")
        self.table.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stale = True  # drafts are kept outside the office's data, so that nobody tells of their change

    def _load(self) -> list[Todo]:
        actor, everyone = self.desk.actor, self.whose.current == "office"
        return self.desk.ask(lambda reading: todo(reading, actor, everyone=everyone))

    def _passes(self, item: Todo, wish: Ask) -> bool:
        chosen = wish.chosen("tile")
        if not chosen:
            return True
        if chosen[0] == "waiting":
            return item.filing_id is not None or item.page == (WEEKLY, "queue")
        if chosen[0] == "late":
            return item.urgency is Urgency.LATE
        today = self.desk.office.today()
        return item.on is not None and 0 <= (item.on - today).days <= 6 - today.weekday()

    def _show(self, found: Standing) -> None:
        figures = found.figures
        for key, number in (
            ("waiting", figures.waiting),
            ("late", figures.late),
            ("week", figures.this_week),
            ("running", figures.running),
        ):
            self.tiles[key].show_figure(number)
        self.first_steps.show_beginnings(found.begun)
        self._stack.setCurrentIndex(0 if found.begun.complete or not found.begun.may_import else 1)
        self._vacant.setText(found.begun.vacancy)
        self.vacancy.setVisible(bool(found.begun.vacant) and found.begun.complete and found.begun.may_manage)
        self.uninvited.setVisible(found.begun.alone and found.begun.complete)
        self._latest = found.drafts[0] if found.drafts else None
        self._offered.setText(_offer_text(found))
        self.take_up.setVisible(self._latest is not None)
        self.offer.setVisible(bool(found.drafts or found.notice))

    # -- doing

    def open(self, item: Todo) -> None:
        """Go where the thing is done: the filing, the draft, the form that answers it, or the project."""
        desk = self.desk
        if item.filing_id is not None:
            desk.wanted.emit("filing", item.filing_id)
        elif item.draft_id is not None:
            desk.wanted.emit("draft", item.draft_id)
        elif item.page is not None:
            desk.wanted.emit(*item.page)
        elif item.opens:
            self._start(item.opens, item.project_id)
        elif item.project_id is not None:
            desk.wanted.emit("project", item.project_id)

    def _start(self, form_key: str, project_id: UUID | None) -> None:
        office, actor = self.desk.office, self.desk.actor
        self.desk.operations.start(
            self,
            lambda _ticket: start_draft(office, actor, form_key, project_id),
            lambda draft: self.desk.wanted.emit("draft", draft.id),
            key="start",
        )

    def _press(self, key: str) -> None:
        if key == "running":
            self.tiles[key].setChecked(False)
            self.desk.wanted.emit("projects", None)
            return
        for other, tile in self.tiles.items():
            tile.setChecked(tile.isChecked() and other == key)
        down = self.tiles[key].isChecked()
        self.table.model.reload(filters={"tile": frozenset({key})} if down else {})

    def _take_up(self) -> None:
        if self._latest is not None:
            self.desk.wanted.emit("draft", self._latest.id)

    def _menu(self, item: Todo) -> Sequence[QAction]:
        go = QAction(item.action, self.table)
        go.triggered.connect(lambda: self.open(item))
        actions = [go]
        if item.project_id is not None:
            see = QAction("查看项目", self.table)
            see.triggered.connect(lambda: self.desk.wanted.emit("project", item.project_id))
            actions.append(see)
        if item.draft_id is not None:
            drop = QAction("删除草稿…", self.table)
            drop.triggered.connect(lambda: self._ask_to_discard(item))
            actions.append(drop)
        return actions

    def _ask_to_discard(self, item: Todo) -> None:
        ask(
            self,
            "删除这份草稿吗？",
            f"{item.text}\n{item.project}\n删除后不能恢复。",
            yes="删除草稿",
            danger=True,
            then=lambda: self._discard(item),
        )

    def _discard(self, item: Todo) -> None:
        office, draft_id = self.desk.office, item.draft_id
        if draft_id is not None:
            self.desk.operations.start(
                self, lambda _ticket: discard_draft(office, draft_id), lambda _nothing: self.reload()
            )

    def _begin(self, step: str) -> None:
        if step == "import":
            open_import(self.desk, self)
        elif step == "contract":
            self._register.begin(step)
        else:
            self.desk.wanted.emit("settings", "people/new" if step == "people" else step)


def _offer_text(found: Standing) -> str:
    if not found.drafts:
        return found.notice
    latest = found.drafts[0]
    saved = f"{latest.saved_at.astimezone():%m-%d %H:%M}"
    many = (
        f"您有 {len(found.drafts)} 份没有提交的草稿，最近的是" if len(found.drafts) > 1 else "您有一份没有提交的草稿："
    )
    return f"{many}《{latest.title}》，{saved} 保存。{found.notice}"
