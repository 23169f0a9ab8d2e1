"""Alembic's way into the database: what is to be done is told by `extractor.base.schema`."""

from extractor.base.schema import run_migrations

run_migrations()
