"""The words of a window: all that it says, whatever room there is for it."""

from collections.abc import Callable
from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.tour.words import ROWS, placeless, words_of
from desktop.ui.chips import Chip
from desktop.ui.nodes import Node, NodeLine
from desktop.ui.pieces import Elided
from desktop.ui.table_grid import TableView

Shown = Callable[..., QDialog]


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    """Show widgets below one another in a window, which is 600 pixels wide unless told otherwise."""

    def show(*parts: QWidget, width: int = 600) -> QDialog:
        window = QDialog()
        window.setWindowTitle("窗口")
        column = QVBoxLayout(window)
        for part in parts:
            column.addWidget(part)
        qtbot.addWidget(window)
        window.resize(width, 400)
        window.show()
        return window

    return show


def said(window: QWidget) -> list[str]:
    title, *rest = words_of(window)
    assert title == "窗口"
    return rest


def test_every_kind_of_widget_says_its_words_in_their_order(shown: Shown) -> None:
    ticked, chosen = QCheckBox("在职"), QComboBox()
    ticked.setChecked(True)
    chosen.addItems(["项目经理", "总裁室"])
    chosen.setCurrentIndex(1)
    tabs = QTabWidget()
    for title in ("全文", "签字 1", "变动 0"):
        tabs.addTab(QLabel(f"{title}的内容"), title)
    tabs.setTabVisible(2, False)
    life = NodeLine("项目状态")
    life.set_nodes([Node("启动", ("2026-01-05",), "done"), Node("实施", (), "now")])
    parts = (
        QLabel("<b>𠮷镕堃</b> &amp; 㛃喆"),
        QPushButton("保存(&S)"),
        ticked,
        chosen,
        QLineEdit("写好的"),
        QLineEdit(placeholderText="年-月-日"),
        QPlainTextEdit("第一行\n\n第二行"),
        QSpinBox(value=3),
        QGroupBox("角色"),
        tabs,
        Chip(),
        life,
    )
    chip = parts[10]
    window = shown(*parts)
    chip.show_chip("审批中", "info")
    assert said(window) == [
        "𠮷镕堃 & 㛃喆",
        "保存(S)",
        "[✓] 在职",
        "总裁室",
        "写好的",
        "年-月-日",
        "第一行 ⏎ 第二行",
        "3",
        "角色",
        "全文的内容",
        "全文",
        "签字 1",
        "审批中",
        "启动（已完成）2026-01-05；实施（进行中）",
    ]


def test_what_is_hidden_or_passing_is_not_said(shown: Shown) -> None:
    hidden, passing = QWidget(), QLabel("缩放 85%")
    QLabel("藏起来的", hidden)
    passing.setProperty("passing", True)
    window = shown(QLabel("看得见的"), hidden, passing)
    hidden.hide()
    QDialog(window).setWindowTitle("另一个窗口")
    assert said(window) == ["看得见的"]


@pytest.mark.parametrize("width", [60, 140, 900])
def test_what_is_cut_short_is_said_whole(shown: Shown, width: int) -> None:
    line, button = Elided(), QPushButton("李秀英 · 项目管…")
    line.set_whole("节假日数据到 2026-12-31 为止，之后的期限暂按周一至周五推算。")
    button.setToolTip("李秀英 · 项目管理员、系统管理")
    button.setMinimumWidth(1)
    browse = QPushButton("选择文件…")
    browse.setToolTip("从这台电脑里选一个文件")
    window = shown(line, button, browse, width=width)
    assert said(window) == [line.toolTip(), button.toolTip(), "选择文件…"]


@pytest.mark.parametrize("height", [120, 2000])
def test_a_table_says_its_headings_and_first_rows_whatever_room_there_is(shown: Shown, height: int) -> None:
    table = QTableWidget(ROWS + 20, 3)
    table.setHorizontalHeaderLabels(["编号", "名称", "金额"])
    table.setColumnHidden(2, True)
    for row in range(table.rowCount()):
        for column, text in enumerate((str(row), f"项目\n{row}", "1.00")):
            table.setItem(row, column, QTableWidgetItem(text))
    table.setCellWidget(1, 1, QPushButton("打开"))
    window = shown(table)
    window.resize(600, height)
    lines = said(window)
    assert lines[:3] == ["编号 | 名称 | 金额", "0 | 项目 ⏎ 0 | 1.00", "1 | 项目 ⏎ 1 | 1.00"]
    assert lines[-2:] == [f"{ROWS - 1} | 项目 ⏎ {ROWS - 1} | 1.00", "打开"]
    assert len(lines) == ROWS + 2


def test_lists_trees_and_ticks_are_said(shown: Shown) -> None:
    plain, tree = QListWidget(), QTreeWidget()
    plain.addItems(["人员与角色", "部门"])
    plain.item(1).setCheckState(Qt.CheckState.Unchecked)
    tree.setHeaderLabels(["名称", "状态"])
    QTreeWidgetItem(QTreeWidgetItem(tree, ["系统集成部", "在用"]), ["机房工程室", "停用"])
    assert said(shown(plain, tree)) == [
        "人员与角色",
        "[ ] 部门",
        "名称 | 状态",
        "系统集成部 | 在用",
        "机房工程室 | 停用",
    ]


def test_an_empty_table_says_why(shown: Shown) -> None:
    view = TableView("")
    view.setModel(QStandardItemModel(0, 2, view))
    view.setAccessibleDescription("没有符合条件的记录")
    assert said(shown(view))[-1] == "没有符合条件的记录"


def test_a_menu_says_its_actions(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("切换人员…")
    menu.addSeparator()
    menu.addAction("锁定\tCtrl+L")
    menu.addAction("藏起来的").setVisible(False)
    assert words_of(menu) == ["切换人员…", "锁定　Ctrl+L"]


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        (PurePosixPath("/home/李/走 查"), "数据在“/home/李/走 查/data/新/滨海.epm”，和“/home/李/走 查”。"),
        (PureWindowsPath("C:\\李\\走 查"), "数据在“C:\\李\\走 查\\data\\新\\滨海.epm”，和“C:\\李\\走 查”。"),
        (PureWindowsPath("C:\\李\\走 查"), "数据在“C:/李/走 查/data/新/滨海.epm”，和“C:/李/走 查”。"),
    ],
)
def test_paths_are_told_from_the_tour_on(folder: PurePath, line: str) -> None:
    assert placeless([line, "别的/话\\"], {folder: "tour"}) == [
        "数据在“tour/data/新/滨海.epm”，和“tour”。",
        "别的/话\\",
    ]
