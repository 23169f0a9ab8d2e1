"""The tables are made, brought up to date and refused, on both databases; no row is lost on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, String, func, inspect, select, text

from extractor.base.database import reading, writing
from extractor.base.schema import Schema, schemas
from extractor.model import Document as File
from extractor.model import ReadResult, Status
from extractor.store import schema
from extractor.store.documents import Arrival, Reader, add_reading, take
from extractor.store.tables import Bill, Document, Reading, Table

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_a_new_database_gets_the_tables_that_the_program_knows(engine: Engine) -> None:
    assert schema.version(engine) is None
    assert schema.upgrade(engine)
    assert schema.version(engine) == schema.newest()
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _: name != schema.VERSION_TABLE},
        )
        assert compare_metadata(context, Table.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Table.metadata.tables, schema.VERSION_TABLE}


@pytest.mark.parametrize("one", schemas(), ids=lambda one: one.name)
def test_versions_are_told_by_the_names_of_migrations_as_alembic_tells_them(one: Schema) -> None:
    script = ScriptDirectory.from_config(one._config())
    known = [each.revision for each in script.walk_revisions()]
    assert one._known() == known[::-1]
    assert one.newest() == script.get_current_head()


def test_a_database_of_this_version_is_left_alone(engine: Engine) -> None:
    schema.upgrade(engine)
    assert not schema.upgrade(engine)
    schema.check(engine)


def test_an_empty_database_has_to_be_upgraded_first(engine: Engine) -> None:
    with pytest.raises(schema.SchemaError, match="billclerk db upgrade"):
        schema.check(engine)


def test_a_newer_database_is_refused_and_not_touched(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    for look in (schema.check, schema.upgrade):
        with pytest.raises(schema.SchemaError, match="newer version of billclerk; update the program"):
            look(engine)
    assert schema.version(engine) == "9999"


def stored(engine: Engine) -> None:
    """Store a document with two readings of a record each."""
    result = ReadResult(document=File(path="a.pdf", reader="test"), status=Status.UNREADABLE)
    with writing(engine) as session:
        document = take(session, Arrival("a" * 64, "a.pdf", 9), NOW)
        for _ in range(2):
            add_reading(session, document, [result], Reader("test", "0" * 64), NOW)


def counts(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Document, Reading, Bill)
        ]


def test_changing_a_parent_table_takes_no_child_with_it(engine: Engine) -> None:
    """SQLite copies the table and drops the old one; with its checks on, that would drop all readings."""
    schema.upgrade(engine)
    stored(engine)
    with schema.changing(engine) as connection:
        change = Operations(MigrationContext.configure(connection))
        with change.batch_alter_table("document", recreate="auto") as table:
            table.add_column(Column("new", String(), nullable=True))
            table.alter_column("name", new_column_name="first_name")
    assert counts_of_children(engine) == (2, 2)
    with engine.connect() as connection:
        assert {"new", "first_name"} <= {
            column["name"] for column in inspect(connection).get_columns("document")
        }
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def counts_of_children(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        readings, bills = (
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("reading", "bill")
        )
    return readings, bills


def test_a_change_that_breaks_off_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    stored(engine)
    with pytest.raises(ZeroDivisionError), schema.changing(engine) as connection:
        change = Operations(MigrationContext.configure(connection))
        change.add_column("document", Column("new", String(), nullable=True))
        connection.execute(text("DELETE FROM finding"))
        raise ZeroDivisionError
    assert counts(engine) == [1, 2, 2]
    with engine.connect() as connection:
        assert "new" not in {column["name"] for column in inspect(connection).get_columns("document")}
