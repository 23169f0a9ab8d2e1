"""The version of the tables: found, compared with the program's, brought up to it.

A database that is newer than the program is refused: an older program would write what the newer
one no longer understands. Tables are changed in one transaction, alone among writers; foreign keys
are off while SQLite copies tables, and checked afterwards (a copied parent would take its children
with it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from extractor.base.errors import BillclerkError

VERSION_TABLE = "store_version"
"""Where the version stands; requests have theirs beside it in the same database."""


class SchemaError(BillclerkError):
    """The database's tables are not the ones this program knows; the message says which to update."""

    exit_code = 2


def version(engine: Engine) -> str | None:
    """Return the version of a database's tables, None if it has none."""
    with engine.connect() as connection:
        return _version(connection)


def newest() -> str:
    """Return the version that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("the program has lost its migrations")
    return head


def check(engine: Engine) -> None:
    """Refuse a database that is not of this program's version.

    Raises:
        SchemaError: if it is newer, or older and not brought up to it yet.
    """
    there = version(engine)
    refuse_newer(there)
    if there != newest():
        raise SchemaError("the database is of an older version of billclerk; run `billclerk db upgrade`")


def upgrade(engine: Engine, to: str = "head") -> bool:
    """Bring a database's tables up to a version; tell whether anything had to be done.

    Raises:
        SchemaError: if the database is newer than the program.
    """
    with changing(engine) as connection:
        before = _version(connection)
        refuse_newer(before)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        return _version(connection) != before


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which tables may be changed, all of it or nothing.

    Raises:
        SchemaError: if a row would be left without its parent; nothing is changed then.
    """
    with engine.connect() as connection:
        _check_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if lost := _orphan(connection):
                    raise SchemaError(f"nothing was changed: a row of {lost} would have lost its parent")
        finally:
            _check_foreign_keys(connection, "ON")


def _check_foreign_keys(connection: Connection, wanted: Literal["ON", "OFF"]) -> None:
    """Turn the checks of SQLite on or off, which no transaction can."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA foreign_keys={wanted}")


def _orphan(connection: Connection) -> str | None:
    """Return the table of a row whose parent is gone; PostgreSQL has none."""
    if connection.dialect.name != "sqlite":
        return None
    row = connection.execute(text("PRAGMA foreign_key_check")).first()
    return None if row is None else str(row[0])


def refuse_newer(there: str | None) -> None:
    """Refuse a version that this program does not know.

    Raises:
        SchemaError: if it does not.
    """
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if there is not None and there not in known:
        raise SchemaError("the database is of a newer version of billclerk; update the program")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
