"""Chains, lives, differences and prints as they are drawn."""

import datetime as dt
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from desktop.domain.approval import Decision, SignOff, progress
from desktop.domain.calendar import WorkCalendar
from desktop.domain.errors import Damaged
from desktop.domain.filing import Difference, DifferenceKind
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy
from desktop.domain.schedule.gantt import gantt_chart
from desktop.domain.schedule.reading import read_schedule
from desktop.services.gantt import GanttHead, PaperSize, render_gantt
from desktop.services.policies import shipped_policies
from desktop.ui.chain_view import ChainView
from desktop.ui.colours import shade
from desktop.ui.difference_view import DifferenceView, summary
from desktop.ui.life_view import life_nodes
from desktop.ui.nodes import Node, NodeLine
from desktop.ui.pdf_dialog import PdfPanel, print_document
from desktop.ui.pdf_view import PdfDocument

HASHES = {section.key: "seen" for section in FORMS["closing"].sections}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return next(item for item in shipped_policies() if item.key == "epm")


def signed(step: str, covers: dict[str, str], **changes: Any) -> SignOff:
    made = SignOff(
        id=uuid4(),
        step=step,
        decision=Decision.APPROVE,
        signer_id=UUID(int=1),
        signer_name="𬴂𪟝",
        recorded_by=UUID(int=1),
        recorded_name="𬴂𪟝",
        on=dt.date(2026, 11, 20),
        at=dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC),
        opinion="同意",
        covers=covers,
        policy_sha256="p",
        revision_no=1,
    )
    return replace(made, **changes)


def project(state: str, **changes: Any) -> Project:
    values: dict[str, Any] = {item.name: None for item in fields(Project)} | {"id": UUID(int=9), "state": state}
    return Project(**(values | changes))


def test_the_chain_shows_who_signed_whose_turn_it_is_and_what_no_longer_holds(qtbot: QtBot, policy: Policy) -> None:
    view = ChainView()
    qtbot.addWidget(view)
    before = {**HASHES, "summary": "older"}
    given = [signed("technical", HASHES, on_paper=True, recorded_name="王芳"), signed("quality", before)]
    chain = progress(policy.form("closing").steps, given, HASHES)
    view.show_chain(Node("填表", (), "done"), chain, FORMS["closing"], {"finance": "张三"}, live=True)
    assert [node.mark for node in view.nodes] == ["done", "done", "void", "todo", "todo"]
    assert view.nodes[1].lines == ("𬴂𪟝 11-20（纸面）",)
    assert "由王芳代录" in view.nodes[1].tip
    assert "制度原文没有写明" in view.nodes[1].tip
    assert "“完成情况”有改动，原签字失效" in view.nodes[2].tip
    assert "需重签" in view.nodes[2].lines[1]
    assert view.nodes[3].lines == ("张三",)
    view.resize(800, 90)
    assert not view.grab().isNull()


def test_the_turn_is_marked_only_while_in_approval(qtbot: QtBot, policy: Policy) -> None:
    view = ChainView()
    qtbot.addWidget(view)
    chain = progress(policy.form("suspension").steps, [], HASHES)
    first = Node("填表", (), "done")
    view.show_chain(first, chain, FORMS["suspension"], {"technical": "张三"}, live=True)
    assert (view.nodes[1].mark, view.nodes[1].lines) == ("now", ("张三 待签",))
    view.show_chain(first, chain, FORMS["suspension"], {}, live=False)
    assert view.nodes[1].mark == "todo"


def test_a_title_too_long_for_its_station_takes_a_second_line(qtbot: QtBot) -> None:
    line = NodeLine("审批流")
    qtbot.addWidget(line)
    line.set_nodes([Node("客户经理（虚拟合同）"), Node("商务部"), Node("总裁室")])
    line.resize(900, 80)
    wide = line.sizeHint().height()
    assert line.titles[0] == ("客户经理（虚拟合同）",)
    room = line.fontMetrics().horizontalAdvance("（虚拟合同）") + 12
    line.resize(3 * room, 80)
    assert line.titles == (("客户经理", "（虚拟合同）"), ("商务部",), ("总裁室",))
    assert line.sizeHint().height() == wide + line.fontMetrics().height()
    line.resize(3 * line.fontMetrics().horizontalAdvance("（虚拟合") + 24, 80)
    assert [*line.titles[0]] == ["客户经理", "（虚拟合", "同）"]


def test_a_pause_stands_on_the_line_only_while_it_lasts(policy: Policy) -> None:
    day = dt.date(2026, 8, 1)
    paused = life_nodes(project("paused", paused_on=day, resume_by=dt.date(2026, 11, 1)), policy)
    assert next(node for node in paused if node.mark == "pause").lines == ("2026-08-01 起", "至 2026-11-01")
    going = [node.title for node in life_nodes(project("implementing"), policy)]
    assert going == ["启动", "立项", "实施", "初验", "结项中", "结项", "终验完成"]


@pytest.mark.parametrize("place", range(8))
def test_every_state_has_its_place_on_the_line(policy: Policy, place: int) -> None:
    state = policy.states[place]
    nodes = life_nodes(project(state.key), policy)
    assert state.title in [node.title for node in nodes if node.mark != "todo"]


def test_what_changed_is_coloured_by_what_happened_and_copied(qtbot: QtBot) -> None:
    view = DifferenceView()
    qtbot.addWidget(view)
    view.resize(900, 300)
    found = [
        Difference("reason", "暂停事由", "预计恢复日期", DifferenceKind.CHANGED, "2027-02-01", "2027-03-31"),
        Difference("money", "费用", "第 3 行", DifferenceKind.ADDED, "", "差旅费"),
    ]
    view.show_differences(found)
    assert summary(found) == "共 2 处变动：增 1 处、改 1 处"
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text().split("\r\n")[2] == "增\t费用\t第 3 行\t—\t差旅费"
    picture = view.viewport().grab().toImage()
    seen = {QColor(picture.pixel(x, y)).name() for x in (3, 300) for y in range(2, 60, 4)}
    assert {shade("warning").fill, shade("good").fill} <= seen


@pytest.fixture
def pdf(tmp_path: Path) -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.new_page(842, 595)
    document.save(tmp_path / "two.pdf")
    document.close()
    return (tmp_path / "two.pdf").read_bytes()


def test_a_print_is_shown_page_by_page_and_zoomed(qtbot: QtBot, pdf: bytes) -> None:
    panel = PdfPanel()
    qtbot.addWidget(panel)
    panel.resize(700, 600)
    panel.show()
    panel.set_pdf(pdf, "暂停申请表.pdf", "有 1 个字没有字形")
    assert panel.view.pages == 2
    panel.view.go_to(1)
    assert panel.view.page == 1
    panel.view.set_zoom(2)
    assert panel.view.document is not None
    drawn = panel.view.document.draw(0, 96)
    assert (drawn.width(), drawn.height()) == (794, 1123)
    assert panel.grab().toImage().format() != QImage.Format.Format_Invalid


def test_a_broken_pdf_is_told_of_and_the_one_before_stays(qtbot: QtBot, pdf: bytes) -> None:
    panel = PdfPanel()
    qtbot.addWidget(panel)
    panel.set_pdf(pdf, "好的.pdf")
    with pytest.raises(Damaged, match="无法显示"):
        panel.set_pdf(b"%PDF-1.7 nothing", "坏的.pdf")
    assert panel.view.pages == 2


def test_every_page_reaches_the_printer_in_its_own_direction(pdf: bytes, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(72)
    print_document(PdfDocument(pdf), printer)
    printed = PdfDocument((tmp_path / "printed.pdf").read_bytes())
    assert [size.width() > size.height() for size in printed.sizes] == [False, True]


def test_CTRL_6_a_larger_sheet_reaches_the_printer_in_its_own_size(tmp_path: Path) -> None:
    chart = gantt_chart(read_schedule([]), WorkCalendar(frozenset(), frozenset(), dt.date.max), dt.date(2026, 9, 24))
    head = GanttHead("公司", "项目", "计划", "")
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(72)
    print_document(PdfDocument(render_gantt(chart, head, PaperSize.A3).pdf), printer)
    (size,) = PdfDocument((tmp_path / "printed.pdf").read_bytes()).sizes
    assert (round(size.width(), -1), round(size.height(), -1)) == (1190, 840)


def test_a_step_that_gave_back_has_its_turn_again(qtbot: QtBot, policy: Policy) -> None:
    view = ChainView()
    qtbot.addWidget(view)
    returned = signed("technical", HASHES, decision=Decision.RETURN)
    chain = progress(policy.form("suspension").steps, [returned], HASHES)
    view.show_chain(Node("填表", (), "done"), chain, FORMS["suspension"], {"technical": "张三"}, live=True)
    assert (view.nodes[1].mark, view.nodes[1].lines) == ("now", ("张三 待签", "11-20 曾退回"))
    view.show_chain(Node("填表", (), "done"), chain, FORMS["suspension"], {}, live=False)
    assert view.nodes[1].mark == "wrong"
