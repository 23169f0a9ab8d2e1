"""The made portfolio for tests: of all accounts on SQLite, of a few on each kind of database.

A copy of the whole has 130 MB: tests that only read share one, those that write have their own of the small.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.home import Home
from tests.extractor.portfolio.made import ACCOUNTS, SMALL, copied, home_copied, made


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test session that all its workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def portfolio(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The whole portfolio, to read from; SQLite."""
    engine = copied(tmp_path_factory.mktemp("portfolio") / "whole.db", cache, ACCOUNTS)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def small(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All planted cases and few clean accounts, to read from; SQLite."""
    engine = copied(tmp_path_factory.mktemp("portfolio") / "small.db", cache, SMALL)
    yield engine
    engine.dispose()


@pytest.fixture
def own_small(cache: Path, tmp_path: Path) -> Iterator[Engine]:
    """The same, to write to."""
    engine = copied(tmp_path / "small.db", cache, SMALL)
    yield engine
    engine.dispose()


@pytest.fixture
def small_home(cache: Path, tmp_path: Path) -> Home:
    """The same in a home of its own, without originals: for commands."""
    return home_copied(tmp_path / "home", cache, SMALL)


@pytest.fixture
def small_kept(engine: Engine) -> Engine:
    """All planted cases and few clean accounts, made anew on each kind of database."""
    made(engine, SMALL)
    return engine
