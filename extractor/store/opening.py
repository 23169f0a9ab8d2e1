"""The store opened for a process, with the tables it knows, and held against changes meanwhile.

Every process that uses a store holds it shared; whoever changes its tables has to have it alone. So
no older program goes on writing to tables that a newer one has changed, and a database is brought up
to date by itself only where nobody else works with it: after a copy of it was put aside, as SQLite.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from extractor.base.database import opened
from extractor.base.schema import schemas, upgrade
from extractor.store import schema
from extractor.store.copying import copied_as_it_is
from extractor.store.shares import refuse_share

USERS = 0x62696C73
"""The advisory lock that those who use a store on PostgreSQL share."""


ASIDE = "billclerk.db.before-"
"""What the name of a copy that is put aside begins with."""


@contextmanager
def store(address: str, aside: Path) -> Iterator[Engine]:
    """Give a store whose tables are of this program's version, brought up to it first if need be.

    A copy of what is brought up to date goes to the folder `aside`.

    Raises:
        SchemaError: if it is newer than the program, or has to be changed while others work with it.
        NetworkShareError: if it is SQLite on a network share.
    """
    engine = opened(address)
    if engine.dialect.name == "sqlite" and engine.url.database:
        refuse_share(Path(engine.url.database))
    made_privately(engine)
    try:
        if any(one.version(engine) != one.newest() for one in schemas()):
            upgraded(engine, aside)
        with _held(engine, alone=False):
            for one in schemas():
                one.check(engine)
            yield engine
    finally:
        engine.dispose()


def upgraded(engine: Engine, aside: Path) -> bool:
    """Bring a store up to the program's version, a copy put aside in a folder; tell whether it had to be.

    Raises:
        SchemaError: if it is newer than the program, or others work with it.
    """
    with _held(engine, alone=True):
        before = {one.name: one.version(engine) for one in schemas()}
        for one in schemas():
            one.refuse_newer(before[one.name])
        if changes := [*_changes(before)]:
            copied_as_it_is(engine, before, aside / f"{ASIDE}{'-and-'.join(changes)}")
        return upgrade(engine)


def _changes(before: Mapping[str, str | None]) -> Iterator[str]:
    """Name the packages' tables that are there and of an older version."""
    for one in schemas():
        was = before[one.name]
        if was is not None and was != one.newest():
            prefix = "" if one is schema.STORE else f"{one.name}-"
            yield f"{prefix}{one.newest()}-from-{was}"


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
