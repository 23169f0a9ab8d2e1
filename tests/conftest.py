"""What tests of many folders use: both kinds of database, each a real one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from extractor.base.database import opened
from tests.servers import postgresql

os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")  # pytest loads readline, which sets it behind os.environ; it is the width of tables

settings.register_profile("same", derandomize=True)  # a change is judged by the same examples each time
settings.register_profile("anew")  # `make laws`
settings.load_profile("same")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Postgresql]:
    """A PostgreSQL server of this test run."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/billclerk.db"
        return
    server: postgresql.Postgresql = request.getfixturevalue("postgresql_server")
    with server.empty() as address:
        yield address


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """An empty database, once of each kind."""
    found = opened(address)
    yield found
    found.dispose()
