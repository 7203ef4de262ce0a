"""One contract: its facts, its projects, modules, equipment, work products and the departments' task targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.ledger import Project
from desktop.services.contract_list import ContractPage
from desktop.services.task_targets import Target
from desktop.ui.chips import Chip
from desktop.ui.desk import Desk
from desktop.ui.facts_grid import FactsGrid
from desktop.ui.pieces import button, card, row
from desktop.ui.project_columns import project_columns
from desktop.ui.short_table import short_table
from desktop.ui.tabbed_tables import TabbedTables
from desktop.ui.table_source import Column
from desktop.ui.tables import Table
from desktop.ui.theme import sized

Line = Mapping[str, Json]


def _text(key: str) -> Callable[[Line], str]:
    return lambda line: str(line.get(key) or "")


def _yuan(key: str) -> Callable[[Line], str]:
    def text(line: Line) -> str:
        value = line.get(key)
        return money.yuan_text(value) if isinstance(value, int) else ""

    return text


MODULES: tuple[Column[Line], ...] = (
    Column("模块", _text("name"), width=10, stretch=True, tip=_text("name")),
    Column("责任部门", _text("department"), width=8),
    Column("价格（元）", _yuan("price"), "right", width=8),
    Column("说明", _text("note"), width=10, tip=_text("note")),
)
ITEMS: tuple[Column[Line], ...] = (
    Column("设备", _text("name"), width=9, stretch=True, tip=_text("name")),
    Column("型号", _text("model"), width=7),
    Column("配置", _text("spec"), width=9, tip=_text("spec")),
    Column("数量", _text("count"), "right", width=4),
    Column("单价（元）", _yuan("price"), "right", width=7),
    Column("金额（元）", _yuan("amount"), "right", width=8),
)
PRODUCTS: tuple[Column[Line], ...] = (
    Column("工作产品", _text("name"), width=10, tip=_text("name")),
    Column("合同要求", _text("requirement"), width=20, stretch=True, tip=_text("requirement")),
)
TARGETS: tuple[Column[Target], ...] = (
    Column("部门", lambda item: item.department, width=9),
    Column("任务指标（元）", lambda item: money.yuan_text(item.amount), "right", width=8),
    Column("依据", lambda item: item.basis, width=18, stretch=True, tip=lambda item: item.basis),
)


class ContractView(QWidget):
    """Shows one contract."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: ContractPage | None = None
        self.title = QLabel()
        self.title.setFont(sized(self.font(), 1.15, bold=True))
        self.title.setWordWrap(True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.kind = Chip()
        self.paper = button("查看登记表", self._open_paper)
        self.facts = FactsGrid()
        self.projects = short_table(
            *(desk, project_columns(desk.office.policy), self._projects, lambda item: item.id),
            name="合同的项目",
            empty="您能看到的项目中没有属于这份合同的",
        )
        self.projects.opened.connect(lambda item: desk.wanted.emit("project", item.id))
        self.modules = self._lines(MODULES, lambda page: page.modules, "合同模块", "合同没有划分模块")
        self.tables = TabbedTables(
            (
                ("项目", self.projects),
                ("模块", self.modules),
                ("设备", self._lines(ITEMS, lambda page: page.items, "设备清单", "合同没有设备清单")),
                ("工作产品", self._lines(PRODUCTS, lambda page: page.products, "工作产品", "合同没有列出工作产品")),
                ("任务指标", self._target_table()),
            )
        )
        head, column = card(margin=14, spacing=8)
        line = row(self.title, self.kind, self.paper)
        line.setStretch(0, 1)
        column.addLayout(line)
        column.addWidget(self.facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(self.tables, 1)

    def show_contract(self, page: ContractPage) -> None:
        """Show a contract."""
        self.page = page
        self.title.setText(f"{page.row.number}　{page.row.name}")
        self.kind.show_chip(page.row.kind, "info")
        self.paper.setEnabled(page.row.filing_id is not None)
        self.facts.show_facts(facts_of(page))
        self.tables.reload(
            [len(page.projects), len(page.modules), len(page.items), len(page.products), len(page.targets.lines)]
        )

    def _lines(
        self, columns: Sequence[Column[Line]], lines: Callable[[ContractPage], Sequence[Line]], name: str, empty: str
    ) -> Table[Line]:
        def load() -> Sequence[Line]:
            return lines(self.page) if self.page else ()

        made = short_table(self.desk, columns, load, lambda line: str(line["id"]), name=name, empty=empty)
        made.fit_columns()
        return made

    def _target_table(self) -> Table[Target]:
        def load() -> Sequence[Target]:
            return self.page.targets.lines if self.page else ()

        empty = "还没有任务指标：合同没有划分模块价格，须由软件部门负责人在项目上填写《任务指标表》"
        return short_table(self.desk, TARGETS, load, lambda item: item.department, name="任务指标", empty=empty)

    def _projects(self) -> Sequence[Project]:
        return self.page.projects if self.page else ()

    def _open_paper(self) -> None:
        if self.page is not None and self.page.row.filing_id is not None:
            self.desk.wanted.emit("filing", self.page.row.filing_id)


def facts_of(page: ContractPage) -> list[tuple[str, str]]:
    """The facts at the head of a contract."""
    found = page.row
    outsourced = (found.outsourcing or "有") if found.outsourced else "无"
    return [
        ("客户单位", found.customer),
        ("合同金额", f"{money.wan_text(found.amount)} 万元" if found.amount is not None else ""),
        ("客户经理", found.client_manager.name if found.client_manager else ""),
        ("签订", str(found.signed_on or "")),
        ("生效", str(found.in_force_on or "")),
        ("外包", outsourced),
        *([("备注", page.note)] if page.note else []),
    ]
