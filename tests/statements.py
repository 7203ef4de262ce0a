"""SQL statements are compiled once for all the databases of a test run, as they are once for an office in use.

SQLAlchemy keeps what it compiled by engine and by dialect object. A test opens an office, works in it for a moment and
closes it: without this most of the processor's time would go into compiling the same statements again.
"""

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_compiled: LRUCache[object, object] = LRUCache(3_000)


class _Sqlite(SQLiteDialect_pysqlite):
    """SQLite; one is as good as another."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class _Postgres(PGDialect_psycopg):
    """PostgreSQL, of which a test run has one server."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


def share_statements() -> None:
    """From now on, engines share what they compiled."""
    registry.register("sqlite", __name__, _Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, _Postgres.__name__)
    event.listen(Engine, "engine_connect", _use_what_is_compiled)


def _use_what_is_compiled(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
