"""A home and a store for tests that keep bills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.schema import upgrade
from extractor.home import Home, created
from tests.servers.postgresql import Postgresql


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A new home with the default settings."""
    return created(tmp_path / "bills", "")


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A store without documents, once on each kind of database."""
    upgrade(engine)
    return engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a backup goes: the new home's own database, or a server's empty one."""
    if request.param == "sqlite":
        yield None
        return
    server: Postgresql = request.getfixturevalue("postgresql_server")
    with server.empty() as address:
        yield address
