"""On a project's page: the contract that opened it and the program that it belongs to, each a click away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.domain import money
from desktop.services.contract_list import ContractRow
from desktop.services.programs import ProgramRow
from desktop.ui.desk import Desk
from desktop.ui.pieces import Elided, clear


class EntryStrip(QWidget):
    """One line for both; nothing where there is neither."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)

    def show_entry(self, contract: ContractRow | None, program: ProgramRow | None) -> None:
        """Show what a project came from."""
        clear(self._line)
        if contract is not None:
            self._add(contract_line(contract), 3, "查看合同", lambda: self._desk.wanted.emit("contract", contract.id))
        if program is not None:
            self._add(program_line(program), 2, "查看大项目", lambda: self._desk.wanted.emit("program", program.id))
        self.setVisible(contract is not None or program is not None)

    def _add(self, text: str, share: int, words: str, see: Callable[[], object]) -> None:
        told = Elided()
        told.set_whole(text)
        link = QToolButton()
        link.setProperty("role", "flat")
        link.setText(f"{words} →")
        link.clicked.connect(see)
        self._line.addWidget(told, share)
        self._line.addWidget(link)


def contract_line(contract: ContractRow) -> str:
    """A contract in one line."""
    amount = f"{money.wan_text(contract.amount)} 万元" if contract.amount is not None else ""
    parts = (
        f"{contract.number}《{contract.name}》",
        amount,
        f"{contract.in_force_on} 生效" if contract.in_force_on else "",
        f"外包 {contract.outsourcing}" if contract.outsourced else "",
        f"共 {contract.projects} 个项目" if contract.projects > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def program_line(program: ProgramRow) -> str:
    """A program in one line."""
    manager = f"大项目经理 {program.manager.name}" if program.manager else program.name
    return " · ".join(part for part in (manager, program.across, f"{program.count} 个项目") if part)
