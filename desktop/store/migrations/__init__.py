"""The schema's history, run by ``desktop.store.schema`` through Alembic."""
