"""A whole store copied into another one, from either kind of database to either kind.

The copy is of one moment, however long it takes: what is written meanwhile is not in it.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Numeric, func, insert, select, text

from extractor.base.database import opened, reading
from extractor.base.errors import BillclerkError
from extractor.base.schema import schemas, upgrade

ROWS = 500
"""Rows in memory at a time."""


class NotEmptyError(BillclerkError):
    """The database has documents already; restore into an empty one."""

    exit_code = 2


def copied_to_file(engine: Engine, path: Path) -> dict[str, int]:
    """Copy a store into a new SQLite file, for nobody else to read; return how many rows each table has."""
    path.touch(mode=0o600)
    copy = opened(f"sqlite:///{path}")
    try:
        upgrade(copy)
        with reading(engine) as session, copy.begin() as target:
            return _copied(session.connection(), target)
    finally:
        copy.dispose()
        _in_one_file(path)


def _in_one_file(path: Path) -> None:
    """Leave an SQLite database in one file, nothing beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def copied_from_file(path: Path, engine: Engine) -> dict[str, int]:
    """Copy a store from an SQLite file into an empty one; return how many rows each table has.

    Raises:
        NotEmptyError: if there are documents in it.
        SchemaError: if the file is newer than the program.
    """
    copy = opened(f"sqlite:///{path}")
    try:
        upgrade(copy)
        upgrade(engine)
        with reading(copy) as session, engine.begin() as target:
            if any(_count(target, table.name) for table in _tables()):
                raise NotEmptyError("the database has rows already; restore into an empty one")
            counts = _copied(session.connection(), target)
            _go_on_counting(target)
        return counts
    finally:
        copy.dispose()


def copied_as_it_is(engine: Engine, versions: Mapping[str, str | None], path: Path) -> None:
    """Copy a store of any version, as it is, into an SQLite file for nobody else to read.

    What an earlier try left there is written anew.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(engine.url.database or "")) as now,
            closing(sqlite3.connect(part)) as copy,
        ):
            now.backup(copy)
    else:
        _copied_from_server(engine, versions, part)
    _in_one_file(part)
    part.replace(path)


def _copied_from_server(engine: Engine, versions: Mapping[str, str | None], path: Path) -> None:
    """Copy the tables of a server's database, whose columns are known by what the database says of them."""
    copy = opened(f"sqlite:///{path}")
    try:
        for one in schemas():
            if version := versions[one.name]:
                one.upgrade(copy, version)
        with engine.connect() as source, copy.begin() as target:
            there, here = MetaData(), MetaData()
            there.reflect(source)
            here.reflect(target)
            for table in here.sorted_tables:
                if table.name not in {one.version_table for one in schemas()}:
                    for rows in _rows_of(source, there.tables[table.name]):
                        target.execute(insert(table), rows)
    finally:
        copy.dispose()


def _rows_of(source: Connection, table: Any) -> Iterator[list[dict[str, Any]]]:
    places = {column.name: column.type.scale for column in table.columns if isinstance(column.type, Numeric)}
    order = list(table.primary_key.columns)
    rows = source.execution_options(yield_per=ROWS).execute(select(table).order_by(*order)).mappings()
    while batch := list(islice(rows, ROWS)):
        yield [{name: _for_sqlite(row[name], places.get(name)) for name in row} for row in batch]


def _for_sqlite(value: Any, places: int | None) -> Any:
    """Return a server's value as SQLite has it: exact numbers whole, moments in UTC."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return int(value.scaleb(places)) if isinstance(value, Decimal) and places is not None else value


def counts_of(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with reading(engine) as session:
        return {table.name: _count(session.connection(), table.name) for table in _tables()}


def _tables() -> Iterable[Any]:
    return [table for one in schemas() for table in one.metadata.sorted_tables]


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
