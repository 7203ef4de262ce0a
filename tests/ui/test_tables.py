"""The one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop.ui.operations import Operations
from desktop.ui.table_source import Ask, Column, Filter, MemorySource, PagedSource
from desktop.ui.tables import Table

Settle = Callable[[], None]


@dataclass(frozen=True)
class Thing:
    key: int
    name: str
    amount: int


COLUMNS = (
    Column[Thing]("名称", lambda row: row.name, sort="name", stretch=True),
    Column[Thing]("金额", lambda row: f"{row.amount:,}", align="right", sort="amount", order=lambda row: row.amount),
)


class Ledger:
    """Five thousand things, and a note of what was asked for."""

    def __init__(self) -> None:
        self.things = {key: Thing(key, f"项目{key:04}", key * 10) for key in range(5000)}
        self.fetched: list[int] = []
        self.asked: list[Ask] = []

    def find(self, ask: Ask) -> list[int]:
        self.asked.append(ask)
        keys = [key for key, thing in self.things.items() if ask.text in thing.name]
        return keys[::-1] if ask.descending else keys

    def fetch(self, keys: Sequence[int]) -> list[Thing]:
        self.fetched.extend(keys)
        return [self.things[key] for key in keys]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def table(ledger: Ledger, operations: Operations, qtbot: QtBot, settle: Settle) -> Table[Thing]:
    made: Table[Thing] = Table(
        COLUMNS,
        PagedSource(ledger.find, ledger.fetch),
        operations,
        name="试验",
        empty="还没有",
        ask=Ask("name"),
        filters=(Filter("state", "状态", (("on", "实施"),)),),
    )
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.reload()
    settle()
    return made


def words(table: Table[Thing], number: int) -> list[str]:
    model = table.model
    return [str(model.index(number, column).data()) for column in range(model.columnCount())]


def test_rows_come_by_the_hundred_when_they_are_looked_at(
    table: Table[Thing], ledger: Ledger, settle: Settle, qtbot: QtBot
) -> None:
    assert table.model.rowCount() == 5000
    assert len(ledger.fetched) == 100
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: table.model.row_at(4999) is not None)
    settle()
    assert len(ledger.fetched) <= 300
    assert words(table, 4999) == ["项目4999", "49,990"]


def test_a_row_chosen_while_the_list_is_read_anew_stays_chosen(table: Table[Thing], settle: Settle) -> None:
    table.choose(12)
    settle()
    table.reload()
    table.choose(34)
    settle()
    assert table.view.currentIndex().row() == 34


def test_typing_searches_and_the_current_row_stays_current(
    table: Table[Thing], ledger: Ledger, settle: Settle, qtbot: QtBot
) -> None:
    table.choose(4321)
    QTest.keyClicks(table.search, "4321")
    qtbot.waitUntil(lambda: table.model.rowCount() == 1)
    settle()
    assert table.current() == ledger.things[4321]
    assert sum(ask.text == "4321" for ask in ledger.asked) == 1
    table.search.clear()
    qtbot.waitUntil(lambda: table.model.rowCount() == 5000)
    assert table.view.currentIndex().row() == 4321


def test_the_heading_sorts_in_the_query(table: Table[Thing], ledger: Ledger, settle: Settle) -> None:
    table.view.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    settle()
    assert (ledger.asked[-1].sort, ledger.asked[-1].descending) == ("amount", True)
    assert words(table, 0) == ["项目4999", "49,990"]


def test_filters_go_into_the_query(table: Table[Thing], ledger: Ledger, settle: Settle) -> None:
    button: QToolButton | None = table.findChild(QToolButton, "filter")
    assert button is not None
    next(action for action in button.menu().actions() if action.data() == "on").trigger()
    settle()
    assert ledger.asked[-1].chosen("state") == ("on",)


def test_rows_are_copied_as_excel_takes_them_with_those_not_seen_yet(
    table: Table[Thing], settle: Settle, ledger: Ledger
) -> None:
    ledger.things[4000] = Thing(4000, '两行\n带"引号"', 1)
    table.view.selectAll()
    table.copy()
    settle()
    lines = QGuiApplication.clipboard().text().split("\r\n")
    assert lines[:2] == ["名称\t金额", "项目0000\t0"]
    assert lines[4001] == '"两行\n带""引号"""\t1'
    assert len(lines) == 5002


def test_enter_opens_the_row(table: Table[Thing], qtbot: QtBot, ledger: Ledger) -> None:
    table.view.selectRow(3)
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.args == [ledger.things[3]]


def test_widths_are_remembered(table: Table[Thing], qtbot: QtBot, tmp_path: object, operations: Operations) -> None:
    memory = QSettings(f"{tmp_path}/memory.ini", QSettings.Format.IniFormat)
    table.remember_widths(memory)
    table.view.horizontalHeader().resizeSection(1, 177)
    again: Table[Thing] = Table(COLUMNS, PagedSource(lambda _ask: [], lambda _ids: []), operations, name="试验")
    qtbot.addWidget(again)
    again.remember_widths(memory)
    assert again.view.columnWidth(1) == 177


def test_a_short_list_is_found_by_initials_and_sorted_by_pinyin() -> None:
    things = [Thing(1, "滨海一卡通", 3), Thing(2, "电力综合布线", 1), Thing(3, "𠮷镕堃", 2)]
    source = MemorySource(lambda: things, COLUMNS, lambda row: row.key)
    assert source.find(Ask(text="bhykt")).ids == [1]
    assert source.find(Ask(text="镕")).ids == [3]
    assert source.find(Ask("amount", descending=True)).ids == [1, 3, 2]
    assert source.find(Ask("name")).ids[:2] == [1, 2]
