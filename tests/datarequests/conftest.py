"""A database with the tables of requests, once of each kind."""

import pytest
from sqlalchemy import Engine

from extractor.base.schema import upgrade


@pytest.fixture
def desk(engine: Engine) -> Engine:
    """A database with all tables."""
    upgrade(engine)
    return engine
