"""The version of one package's tables: found, compared with the program's, brought up to it.

Each package has its tables, its migrations and its version in the same database. A database that is newer
than the program is refused: an older program would write what the newer one no longer understands. Tables
are changed in one transaction, alone among writers; foreign keys are off while SQLite copies tables, and
checked afterwards (a copied parent would take its children with it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Engine, MetaData, column, inspect, select, table, text
from sqlmodel.sql.sqltypes import AutoString

from extractor.base.columns import Exact, Utc
from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from alembic.config import Config

PACKAGES = ("extractor.store.schema:STORE", "datarequests.schema:REQUESTS")
"""Where each package says which tables are its own: named here, not imported, so that they stay apart."""


class SchemaError(BillclerkError):
    """The database's tables are not the ones this program knows; the message says which to update."""

    exit_code = 2


@dataclass(frozen=True)
class Schema:
    """The tables of one package."""

    name: str
    modules: Sequence[str]
    """Where its tables are, the first one with `Table`, which all of them are made of."""
    migrations: Path
    """The folder of its migrations."""
    version_table: str
    """Where the version stands."""

    @property
    def metadata(self) -> MetaData:
        """All its tables: imported where they are asked for, as a process that only reads needs few."""
        tables, *_ = [import_module(name) for name in self.modules]
        known: MetaData = tables.Table.metadata
        return known

    def version(self, engine: Engine) -> str | None:
        """Return the version of a database's tables, None if it has none."""
        with engine.connect() as connection:
            return self.version_on(connection)

    def newest(self) -> str:
        """Return the version that this program knows."""
        known = self._known()
        if not known:
            raise RuntimeError("the program has lost its migrations")
        return known[-1]

    def check(self, engine: Engine) -> None:
        """Refuse a database that is not of this program's version.

        Raises:
            SchemaError: if it is newer, or older and not brought up to it yet.
        """
        there = self.version(engine)
        self.refuse_newer(there)
        if there != self.newest():
            raise SchemaError("the database is of an older version of billclerk; run `billclerk db upgrade`")

    def upgrade(self, engine: Engine, to: str = "head") -> bool:
        """Bring a database's tables up to a version; tell whether anything had to be done.

        Raises:
            SchemaError: if the database is newer than the program.
        """
        from alembic import command

        with changing(engine) as connection:
            before = self.version_on(connection)
            self.refuse_newer(before)
            config = self._config()
            config.attributes["connection"] = connection
            config.attributes["schema"] = self
            command.upgrade(config, to)
            return self.version_on(connection) != before

    def refuse_newer(self, there: str | None) -> None:
        """Refuse a version that this program does not know.

        Raises:
            SchemaError: if it does not.
        """
        if there is not None and there not in self._known():
            raise SchemaError("the database is of a newer version of billclerk; update the program")

    def version_on(self, connection: Connection) -> str | None:
        """Return the version of the tables that a connection sees, None if there are none."""
        if not inspect(connection).has_table(self.version_table):
            return None
        number: Any = column("version_num")
        return connection.execute(select(number).select_from(table(self.version_table))).scalar_one_or_none()

    def _known(self) -> list[str]:
        """Return the versions that this program knows, by the names of its migrations, in their order.

        Every command asks for them, so what runs migrations is not imported for it.
        """
        files = (self.migrations / "versions").glob("[0-9]*_*.py")
        return sorted(path.name.partition("_")[0] for path in files)

    def _config(self) -> Config:
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.migrations))
        config.set_main_option("path_separator", "os")
        return config


def schemas() -> tuple[Schema, ...]:
    """Return the tables of each package, in the order in which they are made."""
    found = []
    for place in PACKAGES:
        module, _, name = place.partition(":")
        found.append(getattr(import_module(module), name))
    return tuple(found)


def upgrade(engine: Engine) -> bool:
    """Bring the tables of all packages up to this program's version; tell whether anything had to be done.

    Raises:
        SchemaError: if the database is newer than the program.
    """
    done = [one.upgrade(engine) for one in schemas()]
    return any(done)


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


def run_migrations() -> None:
    """Run what Alembic asks for, on the connection and for the tables that `Schema.upgrade` named."""
    from alembic import context

    schema: Schema = context.config.attributes["schema"]
    tables = schema.metadata.tables
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=schema.metadata,
        version_table=schema.version_table,
        render_as_batch=True,
        compare_type=True,
        render_item=_rendered,
        include_name=lambda name, kind, _: kind != "table" or name in tables,
    )
    with context.begin_transaction():
        context.run_migrations()


def _rendered(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Return how a type is written in a migration that imports neither sqlmodel nor the tables."""
    if kind != "type":
        return False
    if isinstance(thing, Exact):
        return f"Exact({thing.places})"
    if isinstance(thing, Utc):
        return "Utc()"
    return f"sa.String({thing.length or ''})" if isinstance(thing, AutoString) else False


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
