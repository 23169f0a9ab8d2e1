"""Who puts reminders and reports into the outbox: the one place that ticks and reports ask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from datarequests.notices import Drafter
    from extractor.home import Home


def drafter_of(_home: "Home", _engine: "Engine") -> "Drafter":
    """Return what puts letters into the outbox of a home."""
    from datarequests.notices import kept_nowhere

    return kept_nowhere
