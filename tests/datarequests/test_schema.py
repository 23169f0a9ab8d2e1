"""The tables of requests are made beside the store's, on both databases, and say what the program knows."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from datarequests.schema import REQUESTS
from datarequests.tables import Table
from extractor.base.schema import SchemaError, schemas


def test_the_migrations_make_the_tables_that_the_program_knows(engine: Engine) -> None:
    assert REQUESTS.version(engine) is None
    assert REQUESTS.upgrade(engine)
    assert not REQUESTS.upgrade(engine)
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_name": lambda name, _kind, _: name != REQUESTS.version_table,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Table.metadata) == []


def test_both_packages_have_their_tables_and_versions_in_one_database(engine: Engine) -> None:
    for one in schemas():
        one.upgrade(engine)
        one.check(engine)
    names = set(inspect(engine).get_table_names())
    assert {"document", "data_request", "store_version", "requests_version"} <= names
    first, second = (set(one.metadata.tables) for one in schemas())
    assert not first & second


def test_a_database_without_them_has_to_be_upgraded(engine: Engine) -> None:
    with pytest.raises(SchemaError, match="billclerk db upgrade"):
        REQUESTS.check(engine)
