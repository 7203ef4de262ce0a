"""A fourth company's policy is a file and no code: other departments, another pause, one field more at the end."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services import people, printing
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import address
from desktop.ui.application import Application
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_policy import PolicyPanel
from desktop.ui.policy_difference_view import PolicyDialog
from tests.scenarios.screen import Screen
from tests.services.test_office import text_of
from tests.services.world import CLERK, EPM, FILLED, FINANCE, HEAD, MANAGER, PRESIDENT, RUNNING, World, merge

VICE = "𬭎工"
PAUSE = """
[[form]]
key = "suspension"
code = "GK-07"
number = "GKZT-{year}-{n:03}"
applicant = "申请人（项目经理）"
copies = "一式五份"
from_states = ["implementing"]
note = "经营计划部先核对合同。"
rule = "PAUSE-1"
labels = { "reason.raised_by" = "来函单位" }
[[form.step]]
key = "plan"
title = "经营计划部"
signer = "planning"
rule = "PAUSE-1"
[[form.step]]
key = "finance"
title = "财务中心"
signer = "finance"
sections = ["project", "progress", "attachments"]
rule = "PAUSE-1"
[[form.step]]
key = "president"
title = "港务公司经理层"
signer = "president"
seal = true
rule = "PAUSE-3"
"""
PLANNING = """
[[department]]
key = "planning"
title = "经营计划部"
[[role]]
key = "planning"
title = "经营计划部负责人"
scope = "office"
department = "planning"
[[right]]
role = "planning"
scope = "office"
action = "see"
"""
BONUS = """
[[form.field]]
section = "money"
kind = "percent"
key = "bonus"
label = "初验奖金核算比例"
required = true
"""


def fourth() -> str:
    """What an office makes of a copy of the shipped file in a text editor."""
    text = EPM.text.replace("工程项目管理制度（EPM）", "港口工程项目管理办法").replace('key = "epm"', 'key = "harbour"')
    for old, new in (("项目管理部", "工程管理中心"), ("总裁室", "港务公司经理层"), ("财务部", "财务中心")):
        text = text.replace(f'"{old}', f'"{new}')
    start, end = text.index('[[form]]\nkey = "suspension"'), text.index('[[form]]\nkey = "resumption"')
    text = f"{text[:start]}{PLANNING}{PAUSE}{text[end:]}"
    closing = re.search(r'\[\[form\]\]\nkey = "closing"\n(?:[^\[]|\[(?!\[))*', text)
    assert closing is not None
    return f"{text[: closing.end()]}{BONUS}{text[closing.end() :]}"


@pytest.fixture
def screen(world: World, qtbot: QtBot, tmp_path: Path) -> Iterator[Screen]:
    home = Home(tmp_path / "desk")
    home.remember(target=address(world.office.database), person_id=str(world.who(CLERK)))
    application = Application(home, clock=world.clock)
    application.begin(world.url)
    made = Screen(world, application, qtbot)
    made.wait(lambda: application.window is not None)
    yield made
    application.close()


def load(screen: Screen, file: Path) -> None:
    """Through the settings: read the file, read what it changes, agree."""
    settings = screen.page("settings", SettingsPage)
    settings.show_item("settings", "policy")
    screen.wait()
    panel = settings.current
    assert isinstance(panel, PolicyPanel)
    panel.take_policy(file)
    screen.wait(lambda: screen.shown(PolicyDialog) is not None)
    dialog = screen.shown(PolicyDialog)
    assert dialog is not None
    told = dialog.differences.toPlainText()
    assert "经营计划部 → 财务中心 → 港务公司经理层" in told
    assert "初验奖金核算比例" in told
    assert "“经营计划部负责人”还没有人担任" in dialog.notes.text()
    screen.press(dialog.agree)
    screen.wait(lambda: screen.shown(QMessageBox) is not None)
    screen.answer("知道了")
    assert "港口工程项目管理办法" in panel.reader.text.toPlainText() + panel.policy.title


def test_DOC_6_a_new_companys_policy_is_a_file(screen: Screen, tmp_path: Path) -> None:
    world = screen.world
    file = tmp_path / "港口工程项目管理办法.toml"
    file.write_text(fourth(), encoding="utf-8")
    load(screen, file)
    clerk = world.who(CLERK)
    made = world.office.run(clerk, partial(people.add_person, name=VICE)).value
    world.office.run(clerk, partial(people.assign_role, person_id=made, role_key="planning"))

    world.approved("closing_start", CLERK)
    screen.sit(MANAGER)
    screen.project(RUNNING).view.begin_form("closing")
    screen.wait(lambda: screen.window.current == "draft")
    editor = screen.page("draft", DraftView).editor
    assert editor is not None
    labels: list[QLabel] = list(editor.findChildren(QLabel))
    (label,) = (item for item in labels if item.text().startswith("初验奖金核算比例"))
    screen.wait(label.isVisible)
    assert "“费用”中的“初验奖金核算比例”还没有填写" in {problem.text for problem in editor.problems}
    draft = world.draft("closing", money={"bonus": "8.5"})
    printed = text_of(world.office.read(partial(printing.print_filing, actor=clerk, filing_id=world.submit(draft))).pdf)
    assert "初验奖金核算比例8.5%" in printed
    assert "财务中心" in printed
    assert "财务部" not in printed
    assert verify_office(world.office) == []


def test_PAUSE_1_another_companys_pause_is_signed_by_its_own_people(screen: Screen, tmp_path: Path) -> None:
    world = screen.world
    file = tmp_path / "港口工程项目管理办法.toml"
    file.write_text(fourth(), encoding="utf-8")
    load(screen, file)
    clerk = world.who(CLERK)
    made = world.office.run(clerk, partial(people.add_person, name=VICE)).value
    world.office.run(clerk, partial(people.assign_role, person_id=made, role_key="planning"))
    screen.sit(MANAGER)
    filing = screen.file("suspension", RUNNING)
    page = world.page(filing)
    assert page.row.number == "GKZT-2026-001"
    assert [status.step.title for status in page.progress.steps] == ["经营计划部", "财务中心", "港务公司经理层"]
    for signer in (VICE, FINANCE, PRESIDENT):
        assert world.project().state == "implementing"
        screen.approve(filing, signer)
    assert world.project().state == "paused"
    printed = text_of(world.office.read(partial(printing.print_filing, actor=clerk, filing_id=filing)).pdf)
    for words in ("GK-07", "一式五份", "来函单位", "经营计划部先核对合同", f"签字：{VICE}"):
        assert words in printed
    assert HEAD not in printed
    assert merge(FILLED["suspension"], {})["reason"]["reason"] in printed.replace("\n", "")
