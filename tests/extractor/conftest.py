"""A home and a store for tests that keep bills."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.home import Home, created
from extractor.store import schema


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A new home with the default settings."""
    return created(tmp_path / "bills", "")


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A store without documents, once on each kind of database."""
    schema.upgrade(engine)
    return engine
