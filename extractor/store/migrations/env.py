"""Alembic's way into the database: the connection comes from `extractor.store.schema`."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from extractor.base.columns import Exact, Utc
from extractor.store import mappings, metered, people  # noqa: F401  (their tables stand in the same metadata)
from extractor.store.schema import VERSION_TABLE
from extractor.store.tables import Table


def rendered(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Return how a type is written in a migration that imports neither sqlmodel nor the tables."""
    if kind != "type":
        return False
    if isinstance(thing, Exact):
        return f"Exact({thing.places})"
    if isinstance(thing, Utc):
        return "Utc()"
    return f"sa.String({thing.length or ''})" if isinstance(thing, AutoString) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    compare_type=True,
    render_item=rendered,
    include_name=lambda name, kind, _: kind != "table" or name in Table.metadata.tables,
)
with context.begin_transaction():
    context.run_migrations()
