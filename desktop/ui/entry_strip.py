"""On a project's page: the contract that opened it and the program that it belongs to, each a click away."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain import money
from desktop.services.contract_list import ContractRow
from desktop.services.programs import ProgramRow
from desktop.ui.desk import Desk
from desktop.ui.pieces import Elided, button, clear, row


class EntryStrip(QWidget):
    """One line for the contract, one for the program; nothing where there is neither."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_entry(self, contract: ContractRow | None, program: ProgramRow | None) -> None:
        """Show what a project came from."""
        clear(self._column)
        if contract is not None:
            self._add(contract_line(contract), "查看合同", "contract", contract.id)
        if program is not None:
            self._add(program_line(program), "查看大项目", "program", program.id)
        self.setVisible(contract is not None or program is not None)

    def _add(self, text: str, words: str, kind: str, item: object) -> None:
        told = Elided()
        told.set_whole(text)
        see = button(words, lambda: self._desk.wanted.emit(kind, item))
        see.setProperty("role", "flat")
        holder = QWidget()
        line = row(told, see)
        line.setStretch(0, 1)
        holder.setLayout(line)
        self._column.addWidget(holder)


def contract_line(contract: ContractRow) -> str:
    """A contract in one line."""
    amount = f"{money.wan_text(contract.amount)} 万元" if contract.amount is not None else ""
    parts = (
        f"登记合同 {contract.number}《{contract.name}》",
        amount,
        f"{contract.in_force_on} 生效" if contract.in_force_on else "",
        f"外包 {contract.outsourcing}" if contract.outsourced else "",
        f"共 {contract.projects} 个项目" if contract.projects > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def program_line(program: ProgramRow) -> str:
    """A program in one line."""
    manager = f"大项目经理 {program.manager.name}" if program.manager else ""
    parts = (f"大项目“{program.name}”", manager, program.across, f"{program.count} 个项目")
    return " · ".join(part for part in parts if part)
