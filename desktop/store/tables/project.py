"""The ledger: what is true of a project."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import Day, Fen, Key, Record, Words, link


class Project(Record, kw_only=True):
    """A project as the ledger has it; only an approved filing's posting changes it.

    ``program`` is the 大项目's name or empty; ``amount`` and ``budget`` are fen; ``resume_by`` is the expected
    resumption of a paused project and ``pause_until`` the limit that a 处理意见 extended (PAUSE-5); ``pinyin`` holds
    the initials of name and short name and ``sort_key`` the pinyin of the name, both made by the services.
    ``provisional`` is what a project is called until the office of record numbers it (APPT-3).
    """

    __tablename__ = "project"
    __table_args__ = (
        Index(
            "uq_project_number",
            "number",
            unique=True,
            sqlite_where=text("number IS NOT NULL"),  # PostgreSQL's as well, but saying so would load its dialect
        ),
        Index(None, "sort_key", "id"),
        Index(None, "state", "sort_key", "id"),
        Index(None, "manager_id"),
        Index(None, "department_id"),
        Index(None, "program_id"),
        Index(None, "contract_id"),
        Index(None, "amount", "id"),
        Index(None, "planned_final_on", "id"),
        Index(None, "origin_filing_id"),
    )

    number: Mapped[Words | None] = mapped_column(default=None)
    short_name: Mapped[Words] = mapped_column(default="")
    name: Mapped[Words]
    kind: Mapped[Words] = mapped_column(default="")
    program: Mapped[Words] = mapped_column(default="")
    contract_no: Mapped[Words] = mapped_column(default="")
    contract_kind: Mapped[Words] = mapped_column(default="")
    amount: Mapped[Fen | None] = mapped_column(default=None)
    budget: Mapped[Fen | None] = mapped_column(default=None)
    customer: Mapped[Words] = mapped_column(default="")
    department_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    sub_department_id: Mapped[Key | None] = mapped_column(link("department.id"), default=None)
    manager_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    client_manager_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    state: Mapped[Words]
    initiated_on: Mapped[Day | None] = mapped_column(default=None)
    planned_preliminary_on: Mapped[Day | None] = mapped_column(default=None)
    planned_final_on: Mapped[Day | None] = mapped_column(default=None)
    preliminary_on: Mapped[Day | None] = mapped_column(default=None)
    final_on: Mapped[Day | None] = mapped_column(default=None)
    paused_on: Mapped[Day | None] = mapped_column(default=None)
    resume_by: Mapped[Day | None] = mapped_column(default=None)
    pause_until: Mapped[Day | None] = mapped_column(default=None)
    resumed_on: Mapped[Day | None] = mapped_column(default=None)
    closing_started_on: Mapped[Day | None] = mapped_column(default=None)
    closed_on: Mapped[Day | None] = mapped_column(default=None)
    registered_on: Mapped[Day | None] = mapped_column(default=None)
    appointed_on: Mapped[Day | None] = mapped_column(default=None)
    withdrawing_on: Mapped[Day | None] = mapped_column(default=None)
    withdrawn_on: Mapped[Day | None] = mapped_column(default=None)
    completed_on: Mapped[Day | None] = mapped_column(default=None)
    contract_id: Mapped[Key | None] = mapped_column(link("contract.id"), default=None)
    program_id: Mapped[Key | None] = mapped_column(link("program.id"), default=None)
    predecessor_id: Mapped[Key | None] = mapped_column(link("project.id"), default=None)
    provisional: Mapped[Words | None] = mapped_column(default=None)
    note: Mapped[Words] = mapped_column(default="")
    pinyin: Mapped[Words] = mapped_column(default="")
    sort_key: Mapped[Words] = mapped_column(default="")
    origin_filing_id: Mapped[Key | None] = mapped_column(link("filing.id", closes_ring=True), default=None)
