"""A project's whole life: contracts, programs, plans with baselines, money, and what happens around a chain."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make the new tables, then the columns that older tables gain (empty in every row that is there)."""
    _make_contracts()
    _make_plans()
    _make_money()
    _make_around_chains()
    _add_columns()
    _move_turns()
    _guard("baseline", "expense", "waiver", "chain_edit", "urge", "line_check")


def _make_contracts() -> None:
    _table(
        "contract",
        _words("number"),
        _words("name"),
        _words("kind"),
        _words("customer"),
        _fen("amount", null=True),
        _day("signed_on"),
        _day("in_force_on"),
        sa.Column("outsourced", sa.Boolean, nullable=False),
        _words("outsourcing"),
        _to("client_manager_id", "person"),
        _words("content"),
        _words("pinyin"),
        _to("filing_id", "filing"),
        _version(),
    )
    _index("contract", "number")
    _index("contract", "pinyin")
    _table(
        "program",
        _words("name"),
        _to("manager_id", "person"),
        _words("across"),
        _words("note"),
        _to("filing_id", "filing"),
        _version(),
        unique=["name"],
    )
    _index("program", "manager_id")


def _make_plans() -> None:
    _table(
        "baseline",
        _to("project_id", "project", null=False),
        _whole("n"),
        _to("filing_id", "filing"),
        _day("effective_on", null=False),
        _moment("at"),
        _words("note"),
        unique=["project_id", "n"],
    )
    _table(
        "plan_line",
        _to("project_id", "project", null=False),
        _words("register"),
        _words("line"),
        _whole("place"),
        _whole("from_baseline"),
        sa.Column("to_baseline", sa.Integer, nullable=True),
        _words("content"),
        _fen("amount", null=True),
        _words("subject"),
        _words("month"),
        _day("starts_on"),
        _day("ends_on"),
        _version(),
    )
    _index("plan_line", "project_id", "register", "to_baseline")
    _index("plan_line", "register", "month")


def _make_money() -> None:
    _table(
        "month_budget",
        _to("project_id", "project", null=False),
        _words("month"),
        _words("subject"),
        _fen("amount"),
        _to("filing_id", "filing"),
        _version(),
    )
    _index("month_budget", "project_id", "month")
    _index("month_budget", "month")
    _table(
        "expense",
        _to("project_id", "project", null=False),
        _words("subject"),
        _words("month"),
        _fen("amount"),
        _day("spent_on", null=False),
        _to("person_id", "person"),
        _words("text"),
        _to("filing_id", "filing"),
    )
    _index("expense", "project_id", "month")
    _index("expense", "filing_id")
    _table(
        "waiver",
        _to("project_id", "project", null=False),
        _words("gate"),
        _words("condition"),
        _words("reason"),
        _to("by_id", "person", null=False),
        _moment("at"),
    )
    _index("waiver", "project_id")


def _make_around_chains() -> None:
    _table(
        "turn",
        _to("filing_id", "filing", null=False),
        _whole("place"),
        _words("step_key"),
        _words("role"),
        _to("person_id", "person"),
        _moment("since"),
        _day("due_on"),
    )
    for column in ("filing_id", "role", "person_id"):
        _index("turn", column)
    _table(
        "delegation",
        _to("person_id", "person", null=False),
        _to("stand_in_id", "person", null=False),
        _words("role_key"),
        _day("since", null=False),
        _day("until", null=False),
        _words("reason"),
        _version(),
    )
    _index("delegation", "person_id")
    _index("delegation", "stand_in_id")
    _table(
        "chain_edit",
        _to("filing_id", "filing", null=False),
        _words("kind"),
        _words("step_key"),
        _words("new_key"),
        _to("person_id", "person", null=False),
        _to("by_id", "person", null=False),
        _to("for_id", "person"),
        _moment("at"),
        _words("reason"),
    )
    _table(
        "urge",
        _to("filing_id", "filing", null=False),
        _words("step_key"),
        _to("by_id", "person", null=False),
        _moment("at"),
        _words("note"),
    )
    _table(
        "line_check",
        _to("filing_id", "filing", null=False),
        _words("section"),
        _words("line"),
        _words("sha256"),
        _words("verdict"),
        _words("remark"),
        _to("by_id", "person", null=False),
        _moment("at"),
    )
    for table in ("chain_edit", "urge", "line_check"):
        _index(table, "filing_id", "at")


def _add_columns() -> None:
    """Add columns that may be empty. SQLite has to rebuild a table for a link, and loses its guards by that."""
    dates = ("registered_on", "appointed_on", "withdrawing_on", "withdrawn_on", "completed_on")
    _add(
        "project",
        *(_day(name) for name in dates),
        _to("contract_id", "contract"),
        _to("program_id", "program"),
        _to("predecessor_id", "project"),
        _words("provisional", null=True),
    )
    _index("project", "program_id")
    _index("project", "contract_id")
    _add("department", _to("merged_into_id", "department"))
    _add("person", _to("merged_into_id", "person"))
    _add("revision", _words("conditions", null=True))
    _add("sign_off", _to("for_id", "person"), _words("back_to", null=True))
    if op.get_context().dialect.name == "sqlite":
        _guard("sign_off")


def _move_turns() -> None:
    """Whose turn it is moves from the filing, which had room for one step alone, into rows of its own."""
    waits = ("step_key", "step_role", "step_person_id", "waiting_since")
    filing = sa.table(
        "filing",
        *(sa.column(name, sa.Uuid) for name in ("id", "step_person_id")),
        *(sa.column(name, _TEXT) for name in ("state", "step_key", "step_role")),
        sa.column("waiting_since", _INSTANT),
    )
    turn = sa.table(
        "turn",
        *(sa.column(name, sa.Uuid) for name in ("id", "filing_id", "person_id")),
        *(sa.column(name, _TEXT) for name in ("step_key", "role")),
        sa.column("place", sa.Integer),
        sa.column("since", _INSTANT),
    )
    connection = op.get_bind()
    going = sa.select(filing).where(filing.c.state == "in approval", filing.c.step_key != "")
    rows = [
        {
            "id": uuid.uuid4(),
            "filing_id": row.id,
            "person_id": row.step_person_id,
            "step_key": row.step_key,
            "role": row.step_role,
            "place": 0,
            "since": row.waiting_since,
        }
        for row in connection.execute(going)
    ]
    if rows:
        connection.execute(turn.insert(), rows)
    with op.batch_alter_table("filing") as batch:
        batch.drop_constraint("fk_filing_step_person_id", type_="foreignkey")
        for name in waits:
            batch.drop_column(name)


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


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _fen(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _day(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=null)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _INSTANT, nullable=False)
