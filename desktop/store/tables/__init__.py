"""All tables of an office's data file."""

from __future__ import annotations

from desktop.store.tables.approval import ChainEdit, Delegation, LineCheck, Turn, Urge
from desktop.store.tables.base import SCHEMA_NO, Base, Fact, InsertOnly, Journaled, Record, table_of
from desktop.store.tables.care import Erasure, IdentityRecord, Presence, Relocation
from desktop.store.tables.filing import Blob, BlobChunk, Document, Filing, Revision, Section, SignOff, subject_text
from desktop.store.tables.journal import Change, Changeset, Device
from desktop.store.tables.office import (
    Assignment,
    CalendarDay,
    Counter,
    Department,
    Office,
    Person,
    PolicyVersion,
    Setting,
)
from desktop.store.tables.plan import Baseline, Contract, Expense, MonthBudget, PlanLine, Program, Waiver
from desktop.store.tables.project import Project
from desktop.store.tables.report import Absence, ReportLine, TrackedProblem
from desktop.store.tables.schema import SchemaChange

__all__ = [
    "SCHEMA_NO",
    "Absence",
    "Assignment",
    "Base",
    "Baseline",
    "Blob",
    "BlobChunk",
    "CalendarDay",
    "ChainEdit",
    "Change",
    "Changeset",
    "Contract",
    "Counter",
    "Delegation",
    "Department",
    "Device",
    "Document",
    "Erasure",
    "Expense",
    "Fact",
    "Filing",
    "IdentityRecord",
    "InsertOnly",
    "Journaled",
    "LineCheck",
    "MonthBudget",
    "Office",
    "Person",
    "PlanLine",
    "PolicyVersion",
    "Presence",
    "Program",
    "Project",
    "Record",
    "Relocation",
    "ReportLine",
    "Revision",
    "SchemaChange",
    "Section",
    "Setting",
    "SignOff",
    "TrackedProblem",
    "Turn",
    "Urge",
    "Waiver",
    "subject_text",
    "table_of",
]
