"""The made portfolio for tests: of all accounts on SQLite, of a few on each kind of database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.extractor.portfolio.made import ACCOUNTS, SMALL, copied, made


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test session that all its workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def portfolio(cache: Path, tmp_path: Path) -> Iterator[Engine]:
    """The whole portfolio, a copy for one test to change; SQLite."""
    engine = copied(tmp_path / "portfolio.db", cache, ACCOUNTS)
    yield engine
    engine.dispose()


@pytest.fixture
def small(cache: Path, tmp_path: Path) -> Iterator[Engine]:
    """All planted cases and few clean accounts, a copy for one test to change; SQLite."""
    engine = copied(tmp_path / "small.db", cache, SMALL)
    yield engine
    engine.dispose()


@pytest.fixture
def small_kept(engine: Engine) -> Engine:
    """All planted cases and few clean accounts, made anew on each kind of database."""
    made(engine, SMALL)
    return engine
