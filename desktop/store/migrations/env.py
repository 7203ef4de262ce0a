"""What Alembic runs: the migrations inside the transaction that ``desktop.store.schema`` has opened."""

from alembic import context

from desktop.store.engine import VERSION_TABLE
from desktop.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transaction_per_migration=False,
)
context.run_migrations()
