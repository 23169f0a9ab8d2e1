"""The store opened for a process, with the tables it knows, and held against changes meanwhile.

Every process that uses a store holds it shared; whoever changes its tables has to have it alone. So
no older program goes on writing to tables that a newer one has changed, and a database is brought up
to date by itself only where nobody else works with it: after a copy of it was put aside (SQLite; of a
server's database the firm has its own backups).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from extractor.base.database import opened
from extractor.shares import refuse_share
from extractor.store import schema

USERS = 0x62696C73
"""The advisory lock that those who use a store on PostgreSQL share."""


@contextmanager
def store(address: str) -> Iterator[Engine]:
    """Give a store whose tables are of this program's version, brought up to it first if need be.

    Raises:
        SchemaError: if it is newer than the program, or has to be changed while others work with it.
        NetworkShareError: if it is SQLite on a network share.
    """
    engine = opened(address)
    if engine.dialect.name == "sqlite" and engine.url.database:
        refuse_share(Path(engine.url.database))
    made_privately(engine)
    try:
        if schema.version(engine) != schema.newest():
            upgraded(engine)
        with _held(engine, alone=False):
            schema.check(engine)
            yield engine
    finally:
        engine.dispose()


def upgraded(engine: Engine) -> bool:
    """Bring a store up to the program's version, a copy of it put aside first; tell whether it had to be.

    Raises:
        SchemaError: if it is newer than the program, or others work with it.
    """
    with _held(engine, alone=True):
        before = schema.version(engine)
        if before not in (None, schema.newest()):
            _put_aside(engine, before)
        return schema.upgrade(engine)


def _put_aside(engine: Engine, version: str | None) -> None:
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path:
        aside = Path(f"{path}.before-{schema.newest()}-from-{version}")
        with closing(sqlite3.connect(path)) as now, closing(sqlite3.connect(aside)) as copy:
            now.backup(copy)
        aside.chmod(0o600)


@contextmanager
def _held(engine: Engine, alone: bool) -> Iterator[None]:
    """Hold a store, shared with others who use it or alone.

    Raises:
        SchemaError: if it is wanted alone and others use it, or the other way round.
    """
    holding = _file_held if engine.dialect.name == "sqlite" else _server_held
    with holding(engine, alone):
        yield


@contextmanager
def _file_held(engine: Engine, alone: bool) -> Iterator[None]:
    database = Path(engine.url.database or "")
    with open(f"{database}.lock", "a", opener=_privately) as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(alone) from None
        yield


@contextmanager
def _server_held(engine: Engine, alone: bool) -> Iterator[None]:
    take, give = ("pg_try_advisory_lock", "pg_advisory_unlock")
    suffix = "" if alone else "_shared"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text(f"SELECT {take}{suffix}(:key)"), {"key": USERS}).scalar_one():
            raise _busy(alone)
        try:
            yield
        finally:
            connection.execute(text(f"SELECT {give}{suffix}(:key)"), {"key": USERS})


def _busy(alone: bool) -> schema.SchemaError:
    if alone:
        return schema.SchemaError(
            "the database is of an older version and another billclerk works with it;"
            " stop that one, then run `billclerk db upgrade`"
        )
    return schema.SchemaError("the database is being upgraded; try again when that is done")


def made_privately(engine: Engine) -> None:
    """Make the file of a new SQLite database, for nobody else to read; files beside it get its rights."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        os.close(_privately(engine.url.database, os.O_RDONLY | os.O_CREAT))


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
