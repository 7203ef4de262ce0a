"""What the data remembers of its own schema."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import Base, InsertOnly, Moment, Whole, Words


class SchemaChange(InsertOnly, Base, kw_only=True):
    """That this data was made with a schema, or upgraded to it: by which version of the program, and when.

    ``program`` is empty and ``at`` may be missing where nobody noted it; ``upgraded_from`` is missing at the founding.
    Not journaled: it is true of this one file or database, whoever writes into it, and each is upgraded for itself.
    """

    __tablename__ = "schema_change"

    schema_no: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    program: Mapped[Words]
    at: Mapped[Moment | None] = mapped_column(default=None)
    upgraded_from: Mapped[Whole | None] = mapped_column(default=None)
