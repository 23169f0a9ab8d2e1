"""One database, SQLite or PostgreSQL: how it is opened, read and written.

Writers wait for one another from their first statement on, on either database: a writer that had
read before it got the lock would write over what another wrote meanwhile. On SQLite that is
`BEGIN IMMEDIATE`, on PostgreSQL an advisory lock until the transaction ends. Readers never wait:
they see the database as it was when they began. No error or log shows what a statement carried.

>>> import tempfile, pathlib
>>> engine = opened(f"sqlite:///{tempfile.mkdtemp()}/bills.db")
>>> with writing(engine) as session:
...     session.execute(text("select 1")).scalar_one()
1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, SQLModel

from extractor.base.errors import SettingsError

BUSY_SECONDS = 60
"""Seconds that one writer waits for another before it gives up."""

READS, GLANCES = "billclerk_reads", "billclerk_glances"
"""Options of a connection that only reads, and of one without a transaction."""

WRITERS = 0x62696C6C
"""The advisory lock that writers on PostgreSQL hold."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of indexes and constraints: migrations have to know them."""


def opened(url: str | URL) -> Engine:
    """Return an engine for a database; nothing is connected to yet.

    Raises:
        SettingsError: if it is neither SQLite nor PostgreSQL, or its driver is not installed.
    """
    try:
        place = make_url(url)
    except ArgumentError:
        raise SettingsError(
            "BILLCLERK_DATABASE_URL is no database's address; write postgresql://USER@HOST/DATABASE"
        ) from None
    if place.get_backend_name() == "sqlite":
        engine = create_engine(place, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if place.get_backend_name() != "postgresql":
        raise SettingsError(
            f"BILLCLERK_DATABASE_URL names {place.get_backend_name()}; use sqlite or postgresql"
        )
    try:
        server = place.set(drivername="postgresql+psycopg")
        engine = create_engine(server, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError:
        raise SettingsError(
            "the driver of PostgreSQL is not installed; install the extra `billclerk[postgresql]`"
        ) from None
    event.listen(engine, "begin", _begin_postgresql)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session for one transaction, alone among writers; it is kept whole or not at all."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        session.connection()  # begins at once, so that nothing is read before the lock
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that only reads, and sees one state of the database all along."""
    with Session(engine.execution_options(**{READS: True})) as session:
        session.connection()
        yield session
        session.expunge_all()  # what was read can be used when the transaction is over
        session.rollback()


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """Give a connection for single questions: each sees what is there then, with no transaction around it."""
    options: dict[str, Any] = {GLANCES: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "AUTOCOMMIT"
    with engine.connect() as connection:
        yield connection.execution_options(**options)


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model: rows that go straight into it are spared what the mapper does for each."""
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table


def add_many(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns; on PostgreSQL by its COPY, in a third of the time."""
    session.flush()  # what these rows point at
    connection, table = session.connection(), table_of(model)
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), list(rows))
        return
    columns = [table.c[name] for name in rows[0]]
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in columns)
    made = [
        column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns
    ]
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [make(value) if make else value for make, value in zip(made, row.values(), strict=True)]
            )


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # else the driver begins by itself, and never at once
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(GLANCES):
        return
    reads = connection.get_execution_options().get(READS)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")
    if reads:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # what is seen is what is there now


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(GLANCES):
        return
    if connection.get_execution_options().get(READS):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("SELECT 1"))  # what is seen is what is there now
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
