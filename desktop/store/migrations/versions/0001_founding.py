"""All tables of the founding: office, ledger, filings, archive of files, and the journal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
_links: list[tuple[str, str, str, str]] = []


def upgrade() -> None:
    """Make the tables, their links, and the guards of what is written once."""
    _links.clear()
    _make_office()
    _make_ledger()
    _make_filings()
    _make_files()
    _make_journal()
    if op.get_context().dialect.name == "postgresql":
        for table, column, target, key in _links:
            op.create_foreign_key(
                f"fk_{table}_{column}", table, target, [column], [key], deferrable=True, initially="DEFERRED"
            )
    _guard("policy_version", "revision", "section", "sign_off", "document", "blob", "blob_chunk", "changeset", "change")


def _make_office() -> None:
    _table(
        "office",
        _id(),
        _words("name"),
        _words("code"),
        _blob("logo_sha"),
        _to("policy_id", "policy_version"),
        _moment("created_at"),
        _version(),
    )
    _table(
        "policy_version",
        _id(),
        _words("key"),
        _words("title"),
        _words("version_label"),
        _words("sha256"),
        _words("text"),
        _moment("loaded_at"),
    )
    _table(
        "department",
        _id(),
        _words("name"),
        _to("parent_id", "department"),
        _words("code", null=True),
        _words("pinyin"),
        _flag("active"),
        _version(),
    )
    _table(
        "person",
        _id(),
        _words("name"),
        _words("staff_no"),
        _to("department_id", "department"),
        _words("phone"),
        _words("pinyin"),
        _flag("active"),
        _version(),
    )
    _table(
        "assignment",
        _id(),
        _words("role_key"),
        _to("person_id", "person", null=False),
        _to("department_id", "department"),
        _to("project_id", "project"),
        _day("since", null=False),
        _day("until"),
        _version(),
    )
    _table(
        "calendar_day",
        _id(),
        _day("day", null=False),
        _words("kind"),
        _words("note"),
        _version(),
        unique=["day"],
    )
    _table("setting", _id(), _words("key"), _words("text"), _version(), unique=["key"])
    _table("counter", _id(), _words("key"), _whole("next"), _version(), unique=["key"])
    _index("department", "parent_id")
    _index("person", "name")
    _index("person", "department_id")
    _index("assignment", "person_id")
    _index("assignment", "role_key")
    _index("assignment", "project_id")


def _make_ledger() -> None:
    _table(
        "project",
        _id(),
        _words("number", null=True),
        _words("short_name"),
        _words("name"),
        _words("kind"),
        _words("program"),
        _words("contract_no"),
        _words("contract_kind"),
        _large("amount", null=True),
        _large("budget", null=True),
        _words("customer"),
        _to("department_id", "department"),
        _to("sub_department_id", "department"),
        _to("manager_id", "person"),
        _to("client_manager_id", "person"),
        _words("state"),
        _day("initiated_on"),
        _day("planned_preliminary_on"),
        _day("planned_final_on"),
        _day("preliminary_on"),
        _day("final_on"),
        _day("paused_on"),
        _day("resume_by"),
        _day("pause_until"),
        _day("resumed_on"),
        _day("closing_started_on"),
        _day("closed_on"),
        _words("note"),
        _words("pinyin"),
        _words("sort_key"),
        _to("origin_filing_id", "filing"),
        _version(),
    )
    _unique_where_given("project", "number")
    _index("project", "sort_key", "id")
    _index("project", "state", "sort_key", "id")
    _index("project", "manager_id")
    _index("project", "department_id")
    _index("project", "amount", "id")
    _index("project", "planned_final_on", "id")


def _make_filings() -> None:
    _table(
        "filing",
        _id(),
        _words("form_key"),
        _words("subject_kind"),
        _words("subject_id"),
        _to("project_id", "project"),
        _words("number", null=True),
        _words("title"),
        _words("state"),
        _to("author_id", "person"),
        _to("policy_id", "policy_version"),
        _to("revision_id", "revision"),
        _whole("revision_no"),
        _moment("created_at"),
        _moment("submitted_at", null=True),
        _moment("decided_at", null=True),
        _day("effective_on"),
        _words("step_key"),
        _words("step_role"),
        _to("step_person_id", "person"),
        _moment("waiting_since", null=True),
        _version(),
    )
    _unique_where_given("filing", "number")
    _index("filing", "project_id", "created_at")
    _index("filing", "state", "submitted_at")
    _index("filing", "subject_id")
    _index("filing", "author_id")
    _index("filing", "created_at", "id")
    _table(
        "revision",
        _id(),
        _to("filing_id", "filing", null=False),
        _to("parent_id", "revision"),
        _whole("n"),
        _to("author_id", "person"),
        _moment("at"),
        _words("sha256"),
        _words("note"),
        unique=["filing_id", "n"],
    )
    _table(
        "section",
        _id(),
        _to("revision_id", "revision", null=False),
        _words("key"),
        _words("text"),
        _words("sha256"),
        unique=["revision_id", "key"],
    )
    _table(
        "sign_off",
        _id(),
        _to("filing_id", "filing", null=False),
        _to("revision_id", "revision", null=False),
        _words("step_key"),
        _words("decision"),
        _to("signer_id", "person"),
        _words("signer_name"),
        _to("recorded_by", "person"),
        _day("signed_on", null=False),
        _moment("at"),
        _words("opinion"),
        _words("covers"),
        _words("policy_sha256"),
        _flag("on_paper"),
        _blob("scan_sha"),
        _words("signature"),
    )
    _index("sign_off", "filing_id", "at")
    _index("sign_off", "signer_id")


def _make_files() -> None:
    _table("blob", _words("sha256"), _large("size"), _words("media_type"), key=["sha256"])
    _table(
        "blob_chunk",
        _blob("sha256", null=False),
        _whole("n"),
        sa.Column("data", sa.LargeBinary, nullable=False),
        key=["sha256", "n"],
    )
    _table(
        "document",
        _id(),
        _to("project_id", "project"),
        _to("filing_id", "filing"),
        _words("name"),
        _blob("blob_sha", null=False),
        _large("size"),
        _words("media_type"),
        _words("kind"),
        _to("added_by", "person"),
        _moment("at"),
        _to("replaces_id", "document"),
    )
    _index("document", "project_id", "at")
    _index("document", "filing_id", "at")


def _make_journal() -> None:
    _table(
        "device",
        _id(),
        _words("name"),
        _large("seq"),
        _words("head_hash"),
        _large("lamport"),
        _moment("registered_at"),
    )
    _table(
        "changeset",
        _id(),
        _to("device_id", "device", null=False),
        _large("seq"),
        _uuid("author_id"),
        _moment("at"),
        _words("prev_hash"),
        _large("lamport"),
        _words("parents"),
        _whole("schema_no"),
        _words("root"),
        _words("header"),
        _words("hash"),
        _words("signature"),
        unique=["device_id", "seq"],
    )
    _index("changeset", "at")
    _table(
        "change",
        _to("changeset_id", "changeset", null=False),
        _whole("n"),
        _words("entity"),
        _words("entity_id"),
        _words("op"),
        _words("salt"),
        _words("body", null=True),
        _words("hash"),
        key=["changeset_id", "n"],
    )
    _index("change", "entity", "entity_id")


def _table(name: str, *columns: sa.Column[Any], key: list[str] | None = None, unique: list[str] | None = None) -> None:
    """One table; links stand inside it on SQLite, and follow all tables on PostgreSQL."""
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*(key or ["id"]), name=f"pk_{name}")]
    if unique is not None:
        constraints.append(sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}"))
    for column in columns:
        if "link" not in column.info:
            continue
        target, target_key = column.info["link"]
        _links.append((name, column.name, target, target_key))
        if op.get_context().dialect.name == "sqlite":
            constraints.append(
                sa.ForeignKeyConstraint(
                    [column.name],
                    [f"{target}.{target_key}"],
                    name=f"fk_{name}_{column.name}",
                    deferrable=True,
                    initially="DEFERRED",
                )
            )
    op.create_table(name, *columns, *constraints)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _unique_where_given(table: str, column: str) -> None:
    given = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"uq_{table}_{column}", table, [column], unique=True, sqlite_where=given, postgresql_where=given)


def _guard(*tables: str) -> None:
    """Refuse to change or delete what is written once, whoever asks."""
    if op.get_context().dialect.name == "sqlite":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table}: written once, {verb} refused'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%: written once, % refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def _id() -> sa.Column[Any]:
    return _uuid("id", null=False)


def _version() -> sa.Column[Any]:
    return _whole("version")


def _uuid(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=null)


def _to(name: str, target: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=null, info={"link": (target, "id")})


def _blob(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=null, info={"link": ("blob", "sha256")})


def _words(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=null)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _large(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _day(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _INSTANT, nullable=null)
