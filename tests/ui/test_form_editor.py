"""The editor of a form, built from its declaration."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from desktop.domain.canonical import canonical_text
from desktop.domain.field import Facts
from desktop.domain.fields import MoneyField, TextField
from desktop.domain.form import Form, LineTable, lines_of
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PersonRef
from desktop.domain.plan import PROCUREMENT, register_table
from desktop.ui.fields.base import FieldContext
from desktop.ui.form_editor import UNREAD, FormEditor
from desktop.ui.form_sections import GridCard, LinesCard
from desktop.ui.line_editor import LineEditor
from desktop.ui.operations import Operations
from desktop.ui.paste_check import PasteCheck, read_pasted

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PEOPLE = (PersonRef(UUID(int=1), "张伟", "技术一部", "0012"), PersonRef(UUID(int=2), "㛃喆", "质量部", "0031"))
FACTS: Facts = {
    "today": "2026-11-22",
    "project.name": "管廊监测",
    "project.number": "JC-2026-007",
    "project.budget": 300_000_00,
}
Open = Callable[[str], FormEditor]


@pytest.fixture
def open_form(qtbot: QtBot, operations: Operations) -> Open:
    def build(key: str) -> FormEditor:
        editor = FormEditor(FORMS[key], FACTS, FieldContext(operations, PEOPLE))
        qtbot.addWidget(editor)
        editor.resize(1100, 700)
        editor.show()
        qtbot.waitExposed(editor)
        editor.activateWindow()
        qtbot.waitUntil(editor.isActiveWindow)
        return editor

    return build


def grid(editor: FormEditor, section: str) -> GridCard:
    card = editor.cards[section]
    assert isinstance(card, GridCard)
    return card


def lines(editor: FormEditor, section: str) -> LineEditor:
    card = editor.cards[section]
    assert isinstance(card, LinesCard)
    return card.lines


def line_of(editor: FormEditor, section: str, key: str) -> QLineEdit:
    found: QLineEdit | None = grid(editor, section).editors[key].findChild(QLineEdit)
    assert found is not None
    return found


def write(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    written = QInputMethodEvent()
    written.setCommitString(text)
    QApplication.sendEvent(line, written)


@pytest.mark.parametrize("key", sorted(FORMS))
def test_every_form_opens_empty_and_gives_back_what_it_was_given(open_form: Open, key: str) -> None:
    editor = open_form(key)
    empty = editor.content()
    editor.set_content(empty)
    assert editor.content() == empty
    assert canonical_text(empty)


def test_computed_values_follow_what_is_typed(open_form: Open, qtbot: QtBot) -> None:
    editor = open_form("suspension")
    write(line_of(editor, "progress", "spent"), "15万")
    used = grid(editor, "progress").editors["used_share"]
    qtbot.waitUntil(lambda: used.value() == "50")
    assert editor.content()["progress"]["spent"] == 150_000_00
    assert editor.content()["project"]["name"] == "管廊监测"


def test_problems_follow_what_is_typed_and_lead_to_their_place(open_form: Open, qtbot: QtBot) -> None:
    editor = open_form("suspension")
    before = len(editor.problems)
    with qtbot.waitSignal(editor.judged):
        write(line_of(editor, "reason", "pause_from"), "2026-12-01")
    assert len(editor.problems) == before - 1
    with qtbot.waitSignal(editor.judged):
        write(line_of(editor, "reason", "resume_by"), "2027年6月1日")
    late = next(problem for problem in editor.problems if problem.rule == "PAUSE-5")
    assert not late.blocks
    missing = next(problem for problem in editor.problems if problem.field == "contact")
    editor.guide.problem_wanted.emit(missing)
    assert line_of(editor, "meanwhile", "contact").hasFocus()


def test_a_draft_keeps_what_could_not_be_read(open_form: Open, qtbot: QtBot) -> None:
    editor = open_form("suspension")
    with qtbot.waitSignal(editor.judged):
        write(line_of(editor, "progress", "done_share"), "六成")
    draft = editor.content()
    assert draft[UNREAD] == {"progress/done_share": "六成"}
    assert [item.field for item in editor.problems if "六成" in item.text] == ["done_share"]
    again = open_form("suspension")
    again.set_content(draft)
    assert line_of(again, "progress", "done_share").text() == "六成"
    assert again.content() == draft
    write(line_of(again, "progress", "done_share"), "60")
    assert UNREAD not in again.content()


def test_an_edit_is_told_a_moment_later_and_at_once_when_the_form_is_left(open_form: Open, qtbot: QtBot) -> None:
    editor = open_form("suspension")
    with qtbot.waitSignal(editor.edited, timeout=5000):
        write(line_of(editor, "reason", "raised_by"), "监理通知")
    write(line_of(editor, "reason", "raised_by"), "甲方来函")
    with qtbot.waitSignal(editor.edited, timeout=0):
        editor.flush()
    with qtbot.assertNotEmitted(editor.edited):
        editor.flush()


def test_whoever_types_on_and_on_is_saved_all_the_same(open_form: Open, qtbot: QtBot) -> None:
    editor = open_form("suspension")
    line = line_of(editor, "reason", "raised_by")
    told: list[int] = []
    editor.edited.connect(lambda: told.append(len(line.text())))
    for count in range(1, 60):
        write(line, "字" * count)
        qtbot.wait(25)
    assert told
    assert told[0] < 59


def test_undo_takes_back_edits_in_their_order_whatever_has_the_keyboard(open_form: Open) -> None:
    editor = open_form("handover")
    start = editor.content()
    write(line_of(editor, "people", "duty"), "项目经理")
    lines(editor, "documents").add_line()
    lines(editor, "documents").model.setData(lines(editor, "documents").model.index(0, 0), "竣工图")
    last = line_of(editor, "people", "on")
    write(last, "2026-11-30")
    last.setFocus()
    undo = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(last, Qt.Key.Key_Z, undo)
    assert editor.content()["people"]["on"] is None
    assert editor.content()["documents"][0]["name"] == "竣工图"
    for _step in range(5):
        editor.undo()
    assert editor.content() == start
    for _step in range(6):
        editor.redo()
    assert editor.content()["people"] | {"on": None} == start["people"] | {"duty": "项目经理"}
    assert editor.content()["people"]["on"] == "2026-11-30"


def test_lines_keep_their_ids_and_are_summed(open_form: Open) -> None:
    table = lines(open_form("handover"), "money")
    for name, amount in (("差旅费", "1,200"), ("维修款", "800.50")):
        table.model.insert(table.model.rowCount())
        row = table.model.rowCount() - 1
        table.model.setData(table.model.index(row, 0), name)
        table.model.setData(table.model.index(row, 1), amount)
    ids = [line["id"] for line in table.value()]
    assert len(set(ids)) == len([UUID(key) for key in ids]) == 2
    table.view.go_to(1, 0)
    table.view.setFocus()
    assert table.model.move(1, -1) == 0
    assert [line["id"] for line in table.value()] == ids[::-1]
    assert table.model.totals()[0][1] == "2,000.50"
    table.model.setData(table.model.index(0, 1), "八百")
    assert table.model.index(0, 1).data() == "八百"
    assert table.value()[0]["amount"] is None
    assert table.written() == {f"{ids[1]}/amount": "八百"}
    table.model.remove([0])
    assert table.written() == {}


def test_tab_past_the_last_cell_begins_a_new_line(open_form: Open) -> None:
    table = lines(open_form("handover"), "contacts")
    table.add_line()
    table.view.go_to(0, table.model.columnCount() - 1)
    table.view.edit(table.view.currentIndex())
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert table.model.rowCount() == 2
    assert (table.view.currentIndex().row(), table.view.currentIndex().column()) == (1, 0)


def test_a_named_person_in_a_line_is_found_in_the_list(open_form: Open) -> None:
    table = lines(open_form("overdue_opinion"), "consulted")
    table.add_line()
    table.model.setData(table.model.index(0, 1), "㛃喆")
    assert table.value()[0]["person"] == {"id": str(PEOPLE[1].id), "name": "㛃喆"}
    assert "0031" in table.model.index(0, 1).data()


PASTED = "事项\t金额（元）\t备用\n差旅费\t1,200\tx\n维修款\t八百\t\n\n"


def test_what_is_pasted_goes_under_its_headings() -> None:
    section: Any = FORMS["handover"].section("money")
    pasted = read_pasted(PASTED, section)
    assert [field.key if field else None for field in pasted.columns] == ["name", "amount", None]
    assert pasted.rows == (("差旅费", "1,200", "x"), ("维修款", "八百", ""))
    assert pasted.dropped == 1
    plain = read_pasted("1,200\t待报销\n", section, first=1)
    assert [field.key for field in plain.columns if field] == ["amount", "state"]


def test_amounts_pasted_under_a_heading_with_its_unit_mean_that_unit() -> None:
    section: Any = FORMS["handover"].section("money")
    pasted = read_pasted("事项\t金额（万元）\n差旅费\t1.5\n维修款\t八百\n", section)
    assert pasted.rows == (("差旅费", "15,000.00"), ("维修款", "八百"))


def test_nothing_pasted_is_accepted_before_it_was_looked_at(open_form: Open) -> None:
    table = lines(open_form("handover"), "money")
    QGuiApplication.clipboard().setText(PASTED)
    table.add_line()
    QTest.keyClick(table.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    check = next(item for item in QApplication.topLevelWidgets() if isinstance(item, PasteCheck))
    assert table.model.rowCount() == 1
    assert [text for _line, _field, text, _why in check.model.unread()] == ["八百"]
    check.accept()
    assert [line.get("name") for line in table.value()] == ["差旅费", "维修款"], "the empty line waited for it"
    assert table.value()[0]["amount"] == 120_000
    assert list(table.written().values()) == ["八百"]


PLANNED = Form(
    key="planned",
    title="计划",
    subject="project",
    posts="keep",
    sections=(
        register_table(PROCUREMENT, copied=True),
        LineTable(
            key="dear",
            title="大额采购",
            columns=(TextField(key="name", label="名称"), MoneyField(key="amount", label="金额")),
            total=("amount",),
            compute=lambda _facts, content: [
                {"id": line["id"], "name": line["name"], "amount": line["amount"]}
                for line in lines_of(content, "procurement")
                if isinstance(line["amount"], int) and line["amount"] > 1_000_00
            ],
        ),
    ),
)
"""A table whose amounts are worked out line by line, and one that follows from it."""


def test_computed_columns_and_tables_follow_what_is_typed(qtbot: QtBot, operations: Operations) -> None:
    editor = FormEditor(PLANNED, {}, FieldContext(operations))
    qtbot.addWidget(editor)
    table, dear = lines(editor, "procurement"), lines(editor, "dear")
    keys = [field.key for field in PROCUREMENT.columns]
    table.add_line()
    for key, text in (("name", "交换机"), ("count", "3"), ("price", "500.50")):
        table.model.setData(table.model.index(0, keys.index(key)), text)
    qtbot.waitUntil(lambda: dear.model.rowCount() == 1)
    amount = table.model.index(0, keys.index("amount"))
    assert amount.data() == dear.model.index(0, 1).data() == "1,501.50"
    assert not amount.flags() & Qt.ItemFlag.ItemIsEditable
    assert amount.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert [text for _field, text in table.model.totals()] == ["1,501.50"]
    assert dear.findChildren(QToolButton) == [], "nobody types there"
    table.model.setData(table.model.index(0, keys.index("count")), "1")
    qtbot.waitUntil(lambda: dear.model.rowCount() == 0)
    assert editor.content()["procurement"][0]["amount"] == 500_50


def test_a_form_that_is_only_read_shows_what_was_signed(qtbot: QtBot, operations: Operations) -> None:
    editor = FormEditor(FORMS["suspension"], {}, FieldContext(operations), read_only=True)
    qtbot.addWidget(editor)
    content = {"project": {"name": "当时的名称"}, "reason": {"reason": "一\n二"}}
    editor.set_content(content)
    assert grid(editor, "project").editors["name"].value() == "当时的名称"
    assert editor.findChildren(QLineEdit) == []
