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
    _let_erasures_through()


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


_KEPT = ("changeset_id", "n", "entity", "entity_id", "op", "hash")
_ERASED = """
    NEW.body IS NULL AND NEW.salt = '' AND OLD.body IS NOT NULL AND OLD.entity = 'person' AND {kept}
    AND EXISTS (
        SELECT 1 FROM erasure JOIN changeset ON changeset.id = OLD.changeset_id
        WHERE erasure.entity = OLD.entity AND erasure.entity_id = OLD.entity_id AND changeset.at <= erasure.upto
    )"""
"""The one rewriting of the journal that is allowed: a person's body taken out, where an erasure says so."""


def _let_erasures_through() -> None:
    """Let the body and the salt of a person's change be emptied, with an erasure that covers it, and nothing else."""
    if op.get_context().dialect.name == "sqlite":
        erased = _ERASED.format(kept=" AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT))
        op.execute("DROP TRIGGER change_refuse_update")
        op.execute(
            f"CREATE TRIGGER change_refuse_update BEFORE UPDATE ON change WHEN NOT ({erased}) "
            "BEGIN SELECT RAISE(ABORT, 'change: written once, UPDATE refused'); END"
        )
        return
    erased = _ERASED.format(kept=" AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _KEPT))
    op.execute("DROP TRIGGER change_refuse_rewriting ON change")
    op.execute(
        "CREATE TRIGGER change_refuse_rewriting BEFORE DELETE OR TRUNCATE ON change "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        f"CREATE FUNCTION refuse_rewriting_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT ({erased}) "
        "THEN RAISE EXCEPTION '%: written once, % refused', TG_TABLE_NAME, TG_OP; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER change_refuse_update BEFORE UPDATE ON change "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_change()"
    )


def _to(name: str, target: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=True, info={"link": target})


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _INSTANT, nullable=False)
