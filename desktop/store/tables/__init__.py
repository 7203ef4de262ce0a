"""All tables of an office's data file."""

from __future__ import annotations

from desktop.store.tables.base import SCHEMA_NO, Base, Fact, InsertOnly, Journaled, Record, table_of
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
from desktop.store.tables.project import Project
from desktop.store.tables.schema import SchemaChange

__all__ = [
    "SCHEMA_NO",
    "Assignment",
    "Base",
    "Blob",
    "BlobChunk",
    "CalendarDay",
    "Change",
    "Changeset",
    "Counter",
    "Department",
    "Device",
    "Document",
    "Fact",
    "Filing",
    "InsertOnly",
    "Journaled",
    "Office",
    "Person",
    "PolicyVersion",
    "Project",
    "Record",
    "Revision",
    "SchemaChange",
    "Section",
    "Setting",
    "SignOff",
    "subject_text",
    "table_of",
]
