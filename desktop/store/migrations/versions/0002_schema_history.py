"""The data remembers which program made or upgraded it, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make the table and its guard; of data that was there before, note what can still be known."""
    op.create_table(
        "schema_change",
        sa.Column("schema_no", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("program", _TEXT, nullable=False),
        sa.Column("at", _INSTANT, nullable=True),
        sa.Column("upgraded_from", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("schema_no", name="pk_schema_change"),
    )
    _guard()
    if not context.config.attributes["founding"]:
        op.execute(
            "INSERT INTO schema_change (schema_no, program, at) VALUES (1, '', (SELECT min(created_at) FROM office))"
        )


def _guard() -> None:
    """Refuse to change or delete what is written once, as 0001 does for its tables."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER schema_change_refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON schema_change "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER schema_change_refuse_{verb.lower()} BEFORE {verb} ON schema_change "
            f"BEGIN SELECT RAISE(ABORT, 'schema_change: written once, {verb} refused'); END"
        )
