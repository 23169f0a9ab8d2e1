"""A whole store copied into another one, from either kind of database to either kind.

The copy is of one moment, however long it takes: what is written meanwhile is not in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, func, insert, select, text

from extractor.base.database import opened, reading
from extractor.base.errors import BillclerkError
from extractor.store import people, schema
from extractor.store.tables import Table

ROWS = 500
"""Rows in memory at a time."""

METADATAS: tuple[MetaData, ...] = (Table.metadata,)

_ = people  # its tables are in the same metadata


class NotEmptyError(BillclerkError):
    """The database has documents already; restore into an empty one."""

    exit_code = 2


def copied_to_file(engine: Engine, path: Path) -> dict[str, int]:
    """Copy a store into a new SQLite file, for nobody else to read; return how many rows each table has."""
    path.touch(mode=0o600)
    copy = opened(f"sqlite:///{path}")
    try:
        schema.upgrade(copy)
        with reading(engine) as session, copy.begin() as target:
            return _copied(session.connection(), target)
    finally:
        copy.dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def copied_from_file(path: Path, engine: Engine) -> dict[str, int]:
    """Copy a store from an SQLite file into an empty one; return how many rows each table has.

    Raises:
        NotEmptyError: if there are documents in it.
        SchemaError: if the file is newer than the program.
    """
    copy = opened(f"sqlite:///{path}")
    try:
        schema.upgrade(copy)
        schema.upgrade(engine)
        with reading(copy) as session, engine.begin() as target:
            if any(_count(target, table.name) for table in _tables()):
                raise NotEmptyError("the database has rows already; restore into an empty one")
            counts = _copied(session.connection(), target)
            _go_on_counting(target)
        return counts
    finally:
        copy.dispose()


def counts_of(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with reading(engine) as session:
        return {table.name: _count(session.connection(), table.name) for table in _tables()}


def _tables() -> Iterable[Any]:
    return [table for metadata in METADATAS for table in metadata.sorted_tables]


def _count(connection: Connection, name: str) -> int:
    table = next(table for table in _tables() if table.name == name)
    found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def _copied(source: Connection, target: Connection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in _tables():
        order = list(table.primary_key.columns)
        rows = source.execution_options(yield_per=ROWS).execute(select(table).order_by(*order)).mappings()
        count = 0
        while batch := [dict(row) for row in islice(rows, ROWS)]:
            target.execute(insert(table), batch)
            count += len(batch)
        counts[table.name] = count
    return counts


def _go_on_counting(target: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    if target.dialect.name != "postgresql":
        return
    for table in _tables():
        if "id" in table.columns:
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'),"
                    f' (SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                )
            )
