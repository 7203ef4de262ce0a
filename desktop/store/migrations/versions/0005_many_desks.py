"""Many desks: signed identities, erased personal data, who is here, where the data went; two indexes long missed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make the new tables and indexes."""
    _table(
        "identity_record",
        _words("kind"),
        _words("key"),
        _to("person_id", "person"),
        _words("text"),
        _words("signed_by"),
        _words("signature"),
        _moment("at"),
    )
    _index("identity_record", "person_id")
    _index("identity_record", "key")
    _table(
        "erasure",
        _words("entity"),
        _words("entity_id"),
        _moment("upto"),
        _whole("bodies"),
        _words("rule"),
        _to("by_id", "person"),
        _moment("at"),
    )
    _index("erasure", "entity", "entity_id")
    _table(
        "presence",
        _to("person_id", "person"),
        sa.Column("device_id", sa.Uuid, nullable=True),
        _words("host"),
        _words("program"),
        _moment("since"),
        _moment("seen_at"),
    )
    _index("presence", "seen_at")
    _table("relocation", _words("place"), _moment("at"))
    _index("filing", "revision_id")
    _index("project", "origin_filing_id")
    _guard("identity_record", "erasure", "relocation")


def _table(name: str, *columns: sa.Column[Any]) -> None:
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint("id", name=f"pk_{name}")]
    constraints += [
        sa.ForeignKeyConstraint(
            [column.name],
            [f"{column.info['link']}.id"],
            name=f"fk_{name}_{column.name}",
            deferrable=True,
            initially="DEFERRED",
        )
        for column in columns
        if "link" in column.info
    ]
    op.create_table(name, sa.Column("id", sa.Uuid, nullable=False), *columns, *constraints)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _guard(*tables: str) -> None:
    """Refuse to change or delete what is written once, as 0001 does for its tables."""
    for table in tables:
        if op.get_context().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: written once, {verb} refused'); END"
            )


def _to(name: str, target: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=True, info={"link": target})


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _INSTANT, nullable=False)
