"""A home opened for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from extractor.cli.home import HomeOption, address_of, home_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from extractor.desk import Desk
    from extractor.home import Home


@dataclass
class Opened:
    """A home and its store."""

    home: "Home"
    engine: "Engine"

    @cached_property
    def desk(self) -> "Desk":
        """Where people work on its bills."""
        from extractor.cli.settings import from_environment
        from extractor.desk import Desk
        from extractor.settings import ReaderSettings

        return Desk(self.home, self.engine, from_environment(ReaderSettings, self.home))


@contextmanager
def opened(option: HomeOption) -> Iterator[Opened]:
    """Give a home and its store.

    Raises:
        NoHomeError: if there is none.
        SchemaError: if its database is of another version.
    """
    from extractor.store.opening import store

    place = home_of(option)
    with store(address_of(place), place.path) as engine:
        yield Opened(place, engine)
