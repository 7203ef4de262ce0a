"""A Project file is looked at before it comes into the lines of a draft."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.field import Facts
from desktop.domain.forms import FORMS
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.fields.base import FieldContext
from desktop.ui.form_editor import FormEditor
from desktop.ui.form_sections import LinesCard
from desktop.ui.operations import Operations
from desktop.ui.project_check import ProjectCheck
from desktop.ui.schedule_files import ScheduleFiles
from tests.ui.conftest import Settle

FACTS: Facts = {"project.name": "管廊监测"}
TASKJUGGLER = Path(__file__).parents[1] / "data" / "project-xml" / "taskjuggler-3.7.1.xml"
LINE: dict[str, Any] = {
    "id": "mine",
    "name": "方案设计",
    "period": {"start": "2026-09-21", "end": "2026-09-30"},
    "milestone": "no",
    "note": "已开工",
}
OWN: dict[str, Any] = {**LINE, "id": "own", "name": "培训"}
Opened = Callable[[Path], ProjectCheck]


@pytest.fixture
def editor(qtbot: QtBot, operations: Operations) -> FormEditor:
    made = FormEditor(FORMS["implementation_plan"], FACTS, FieldContext(operations, facts=FACTS))
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.set_content({"schedule": [LINE, OWN]})
    made.show()
    return made


def card(editor: FormEditor) -> LinesCard:
    found = editor.cards["schedule"]
    assert isinstance(found, LinesCard)
    return found


def files(editor: FormEditor) -> ScheduleFiles:
    found = card(editor).files
    assert found is not None
    return found


def shown(editor: FormEditor, kind: type[Any]) -> Any:
    return editor.window().findChild(kind) or next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind))


def test_CTRL_6_a_file_is_previewed_taken_and_taken_back(editor: FormEditor, settle: Settle) -> None:
    files(editor).read(TASKJUGGLER)
    settle()
    check = shown(editor, ProjectCheck)
    assert "新增 7 项，修改 1 项，文件中没有 1 项" in check.verdict.text()
    rows = [check.rows.topLevelItem(place) for place in range(check.rows.topLevelItemCount())]
    assert [row.text(0) for row in rows if row.text(1) in {"方案设计", "培训"}] == ["修改", "文件中没有"]
    assert "起止日期：2026-09-21 至 2026-09-30 → 2026-09-21 至 2026-10-09" in rows[1].text(3)
    before = editor.content()["schedule"]
    check.drop_missing.setChecked(True)
    check.accept()
    lines = editor.content()["schedule"]
    assert [line["name"] for line in lines][:2] == ["一期", "方案设计"]
    assert len(lines) == 8
    assert (lines[1]["id"], lines[1]["note"], lines[1]["work"]) == ("mine", "已开工", "10")
    assert lines[1]["owner"] == {"id": "", "name": "张伟"}
    editor.undo()
    assert editor.content()["schedule"] == before


def test_CTRL_6_what_cannot_be_read_in_a_cell_outlives_an_import(editor: FormEditor, settle: Settle) -> None:
    lines = card(editor).lines
    lines.model.write(0, 1, "下周三")
    files(editor).read(TASKJUGGLER)
    settle()
    shown(editor, ProjectCheck).accept()
    assert lines.written() == {}
    lines.set_value([LINE, OWN])
    lines.model.write(1, 1, "下周三")
    files(editor).read(TASKJUGGLER)
    settle()
    shown(editor, ProjectCheck).accept()
    assert lines.written() == {"own/period": "下周三"}, "the file has no such task"


def test_CTRL_6_lines_go_out_and_a_bad_file_is_told(editor: FormEditor, settle: Settle, tmp_path: Path) -> None:
    path = tmp_path / "草稿.xml"
    files(editor).write(path)
    settle()
    assert "<Title>管廊监测</Title>" in path.read_text("utf-8")
    path.write_text("<project/>", "utf-8")
    files(editor).read(path)
    settle()
    told = shown(editor, ErrorDialog)
    assert any("不是 Microsoft Project 的 XML 文件" in label.text() for label in told.findChildren(QLabel))
    told.close()
    assert len(editor.content()["schedule"]) == 2
