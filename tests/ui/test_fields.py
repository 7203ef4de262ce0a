"""The widget of each kind of field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.choice_fields import ChoiceField, MultiChoiceField, Option
from desktop.domain.field import Field
from desktop.domain.fields import (
    FIELD_KINDS,
    AttachmentField,
    DateField,
    MoneyField,
    PercentField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
    long_text,
)
from desktop.domain.form import LineTable
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PersonRef
from desktop.ui.fields.attachments import AttachmentEditor
from desktop.ui.fields.base import FieldContext, FieldEditor
from desktop.ui.fields.choices import ChoiceEditor
from desktop.ui.fields.dates import CalendarPopup, DateEditor
from desktop.ui.fields.kinds import editor_for
from desktop.ui.fields.people import find_person
from desktop.ui.fields.texts import LineEditor, ParagraphEditor
from desktop.ui.line_cells import CELL_KINDS
from desktop.ui.operations import Operations

# popups take the keyboard, which there is none of off-screen
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Settle = Callable[[], None]
Make = Callable[[Field], Any]
ONE = PersonRef(UUID(int=1), "张伟", "技术一部", "0012")
OTHER = PersonRef(UUID(int=2), "张伟", "质量部", "0031")
RARE = PersonRef(UUID(int=3), "𠮷镕堃", "技术一部", "0102")
OPTIONS = (Option("a", "甲方原因"), Option("b", "现场条件"), Option("c", "其他"))


@pytest.fixture
def make(qtbot: QtBot, operations: Operations) -> Make:
    def archive(path: Path) -> dict[str, Any]:
        return {"sha256": f"{len(path.name):064}", "name": path.name, "size": path.stat().st_size}

    context = FieldContext(operations, (ONE, OTHER, RARE), archive)

    def build(field: Field) -> FieldEditor:
        editor = editor_for(field, context)
        qtbot.addWidget(editor)
        editor.show()
        return editor

    return build


def type_in(editor: LineEditor, text: str) -> None:
    """Write as an input method does."""
    editor.line.selectAll()
    written = QInputMethodEvent()
    written.setCommitString(text)
    QApplication.sendEvent(editor.line, written)
    editor.line.editingFinished.emit()


@pytest.mark.parametrize(
    ("field", "written", "stored", "shown"),
    [
        (MoneyField(key="x", label="金额"), "12.5万", 12_500_000, "125,000.00"),
        (DateField(key="x", label="日期"), "2026.5.30", "2026-05-30", "2026-05-30"),
        (DateField(key="x", label="日期"), "20260301", "2026-03-01", "2026-03-01"),
        (QuantityField(key="x", label="数量", unit="台"), "12.50", "12.5", "12.5"),
        (PercentField(key="x", label="进度"), "62.5%", "62.5", "62.5"),
        (TextField(key="x", label="文字"), "𬴂𪟝与㛃喆", "𬴂𪟝与㛃喆", "𬴂𪟝与㛃喆"),
    ],
)
def test_what_is_typed_is_understood(
    make: Make, qtbot: QtBot, field: Field, written: str, stored: object, shown: str
) -> None:
    editor = make(field)
    with qtbot.waitSignal(editor.changed):
        type_in(editor, written)
    assert editor.value() == stored
    assert editor.line.text() == shown


def test_what_cannot_be_read_stays_as_written_with_the_reason(make: Make) -> None:
    editor = make(DateField(key="x", label="日期"))
    type_in(editor, "2026-02-30")
    assert editor.line.text() == "2026-02-30"
    assert editor.value() is None
    assert editor.written() == "2026-02-30"
    assert "日历上没有这一天" in editor.note.text()
    again = make(DateField(key="x", label="日期"))
    again.set_written(editor.written())
    assert again.wrong == editor.wrong
    type_in(editor, "2026-02-28")
    assert (editor.value(), editor.written(), editor.note.text()) == ("2026-02-28", "", "")


def test_setting_a_value_is_no_edit(make: Make, qtbot: QtBot) -> None:
    for field, value in (
        (MoneyField(key="x", label="金额"), 100),
        (long_text("x", "文字"), "两段\n文字"),
        (ChoiceField(key="x", label="选择", options=OPTIONS), "b"),
        (MultiChoiceField(key="x", label="多选", options=OPTIONS), ["a", "c"]),
        (PeriodField(key="x", label="起止"), {"start": "2026-03-01", "end": "2026-05-31"}),
        (PersonField(key="x", label="人"), {"id": str(ONE.id), "name": "张伟"}),
    ):
        editor = make(field)
        with qtbot.assertNotEmitted(editor.changed):
            editor.set_value(value)
        assert editor.value() == value
        editor.set_value(None)
        assert editor.value() is None


def test_money_in_capitals_where_the_form_asks(make: Make) -> None:
    editor = make(MoneyField(key="x", label="金额", capital=True))
    type_in(editor, "1234.5")
    assert "壹仟贰佰叁拾肆元伍角整" in editor.note.text()


def test_a_day_is_picked_from_the_calendar_and_may_be_empty(make: Make, qtbot: QtBot) -> None:
    editor: DateEditor = make(DateField(key="x", label="日期"))
    editor.set_value("2026-11-22")
    editor.activateWindow()
    editor.line.setFocus()
    qtbot.waitUntil(editor.line.hasFocus)
    QTest.keyClick(editor.line, Qt.Key.Key_F4)
    popup = next(item for item in QApplication.topLevelWidgets() if isinstance(item, CalendarPopup))
    assert popup.calendar.selectedDate() == QDate(2026, 11, 22)
    popup.calendar.clicked.emit(QDate(2026, 12, 1))
    assert editor.value() == "2026-12-01"
    editor.line.selectAll()
    QTest.keyClick(editor.line, Qt.Key.Key_Delete)
    assert editor.value() is None
    assert not editor.wrong


def test_two_people_of_one_name_are_told_apart(make: Make) -> None:
    editor = make(PersonField(key="x", label="人"))
    type_in(editor, "张伟")
    assert editor.value() == {"id": "", "name": "张伟"}
    assert "2 位同名" in find_person("张伟", (ONE, OTHER))[1]
    editor.line.completer().activated.emit(OTHER.full)
    assert editor.value() == {"id": str(OTHER.id), "name": "张伟"}
    assert "0031" in editor.line.text()


def test_a_person_is_found_by_initials_and_an_outsider_kept_by_name(make: Make) -> None:
    editor = make(PersonField(key="x", label="人"))
    QTest.keyClicks(editor.line, "0102")
    assert editor.line.completer().completionModel().rowCount() == 1
    type_in(editor, "𠮷镕堃")
    assert editor.value() == {"id": str(RARE.id), "name": "𠮷镕堃"}
    type_in(editor, "监理老周")
    assert editor.value() == {"id": "", "name": "监理老周"}


def test_letters_left_standing_mean_the_only_colleague_they_fit(make: Make) -> None:
    editor = make(PersonField(key="x", label="人"))
    type_in(editor, "0102")
    editor.line.editingFinished.emit()
    assert editor.value() == {"id": str(RARE.id), "name": RARE.name}
    type_in(editor, "zw")
    editor.line.editingFinished.emit()
    assert editor.value() == {"id": "", "name": "zw"}, "two of them: left to choose"


def test_a_choice_of_an_older_policy_is_kept(make: Make) -> None:
    editor: ChoiceEditor = make(ChoiceField(key="x", label="选择", options=OPTIONS))
    editor.set_value("gone")
    assert editor.value() == "gone"


def test_files_are_archived_as_they_are_added_and_each_once(
    make: Make, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    editor: AttachmentEditor = make(AttachmentField(key="x", label="附件"))
    file = tmp_path / "甲方来函.pdf"
    file.write_bytes(b"x" * 2048)
    with qtbot.waitSignal(editor.changed):
        editor.add_files([file])
    settle()
    editor.add_files([file])
    settle()
    stored: Any = editor.value()
    assert [item["name"] for item in stored] == ["甲方来函.pdf"]
    editor.list.setCurrentRow(0)
    QTest.keyClick(editor.list, Qt.Key.Key_Delete)
    assert editor.value() is None


def test_paragraphs_grow_with_what_is_written(make: Make) -> None:
    editor: ParagraphEditor = make(long_text("x", "原因"))
    editor.resize(400, 100)
    low = editor.area.height()
    editor.set_value("一行\n" * 6)
    QApplication.processEvents()
    assert editor.area.height() > low
    tall = editor.area.height()
    editor.set_value("一行\n" * 500)
    QApplication.processEvents()
    assert tall < editor.area.height() < 30 * editor.fontMetrics().lineSpacing()


def test_tab_leaves_paragraphs(make: Make, qtbot: QtBot) -> None:
    first, second = make(long_text("x", "一")), make(long_text("y", "二"))
    both = QWidget()
    qtbot.addWidget(both)
    first.setParent(both)
    second.setParent(both)
    both.show()
    qtbot.waitExposed(both)
    both.activateWindow()
    first.area.setFocus()
    QTest.keyClick(first.area, Qt.Key.Key_Tab)
    assert "\t" not in first.area.toPlainText()


def test_every_column_of_every_form_can_be_filled_in() -> None:
    columns = {
        item.kind
        for form in FORMS.values()
        for section in form.sections
        if isinstance(section, LineTable)
        for item in section.columns
    }
    assert columns <= CELL_KINDS | {"computed"}
    assert CELL_KINDS | {"computed", "attachment"} == {kind.kind for kind in FIELD_KINDS}
