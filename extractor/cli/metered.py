"""What meters say of bills, as the settings of a home have them compared."""

from typing import TYPE_CHECKING

from extractor.cli.opened import Opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.home import Home
    from extractor.intervals.compared.compare import Tolerance
    from extractor.intervals.short import Meters
    from extractor.store.current import Wanted


def tolerance_of(home: "Home") -> "Tolerance":
    """Return how far bills and meters may be apart, by the settings."""
    from extractor.cli.settings import from_environment
    from extractor.intervals.compared.compare import Tolerance
    from extractor.settings import JoinSettings

    settings = from_environment(JoinSettings, home)
    return Tolerance(settings.join_kwh, settings.join_percent / 100, settings.join_kw)


def meters_beside(at: Opened, session: "Session", wanted: "Wanted") -> "Meters":
    """Return in short what the meters of bills say; nothing, and at no cost, where no readings are."""
    from extractor.store.metered import has_readings

    if not has_readings(session):
        return {}
    from extractor.intervals.summary import meters_of
    from extractor.store.current import current

    return meters_of(at.home, at.engine, session, current(session, wanted), tolerance_of(at.home))
