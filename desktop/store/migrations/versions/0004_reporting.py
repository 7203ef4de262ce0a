"""Reporting: weekly reports by line, tracked problems, absences, and what filings of a week or month speak of."""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the new tables, then the columns that older tables gain, filled where plans name people."""
    _make_reports()
    _make_problems()
    _add("filing", _words("period", null=True))
    _index("filing", "form_key", "period")
    _add("plan_line", _to("person_id", "person"))
    _index("plan_line", "person_id", "register")
    _add("person", _words("email", null=True))
    _name_people()
    _guard("report_line")


def _make_reports() -> None:
    _table(
        "report_line",
        _to("filing_id", "filing"),
        _to("project_id", "project", null=False),
        _to("person_id", "person"),
        _words("week"),
        _whole("place"),
        _words("line"),
        _words("task"),
        _words("plan_line"),
        _words("status"),
        _whole("done", null=True),
        _day("forecast_on"),
        _whole("needed", null=True),
        _whole("hours", null=True),
        _words("content"),
    )
    _index("report_line", "project_id", "week")
    _index("report_line", "person_id", "week")
    _index("report_line", "week")
    _index("report_line", "filing_id")
    _table(
        "absence",
        _to("person_id", "person", null=False),
        _day("starts_on", null=False),
        _day("ends_on", null=False),
        _words("reason"),
        _version(),
    )
    _index("absence", "person_id", "starts_on")


def _make_problems() -> None:
    _table(
        "problem",
        _to("project_id", "project"),
        _words("number"),
        _words("line"),
        _words("source"),
        _words("title"),
        _words("content"),
        _day("raised_on", null=False),
        _to("raised_by_id", "person"),
        _to("department_id", "department"),
        _to("owner_id", "person"),
        _day("due_on"),
        _words("severity"),
        _words("level"),
        _day("closed_on"),
        _words("evidence"),
        _to("filing_id", "filing"),
        _to("closing_id", "filing"),
        _version(),
    )
    _index("problem", "project_id", "closed_on")
    _index("problem", "closed_on", "due_on")
    _index("problem", "owner_id")
    _index("problem", "department_id")
    _index("problem", "number")


def _name_people() -> None:
    """Who a plan's line names, from its content, where that is a person of the office."""
    line = sa.table(
        "plan_line",
        *(sa.column(name, sa.Uuid) for name in ("id", "person_id")),
        *(sa.column(name, _TEXT) for name in ("register", "content")),
    )
    connection = op.get_bind()
    known = set(connection.execute(sa.select(sa.table("person", sa.column("id", sa.Uuid)).c.id)).scalars())
    named = sa.select(line).where(line.c.register.in_(("schedule", "organization", "risks")))
    for row in connection.execute(named).all():
        content = json.loads(row.content)
        person = content.get("person" if row.register == "organization" else "owner") or {}
        key = uuid.UUID(person["id"]) if person.get("id") else None
        if key in known:
            connection.execute(line.update().where(line.c.id == row.id).values(person_id=key))


def _add(table: str, *columns: sa.Column[Any]) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(sa.Column(column.name, column.type, nullable=True))
            if "link" in column.info:
                batch.create_foreign_key(
                    f"fk_{table}_{column.name}",
                    column.info["link"],
                    [str(column.name)],
                    ["id"],
                    deferrable=True,
                    initially="DEFERRED",
                )


def _table(name: str, *columns: sa.Column[Any], unique: list[str] | None = None) -> None:
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint("id", name=f"pk_{name}")]
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}"))
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


def _version() -> sa.Column[Any]:
    return _whole("version")


def _to(name: str, target: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=null, info={"link": target})


def _words(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=null)


def _day(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=null)
