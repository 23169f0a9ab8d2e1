"""The one question of coverage: what is billed, what the roster has, what tables of history say."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from extractor.portfolio.coverage.model import Coverage

GRACE = 10
"""Days after a statement's expected date in which it is not late yet: mail, and whoever hands it on."""


def coverage(
    session: Session,
    today: dt.date,
    months: int = 24,
    customer: str | None = None,
    manager: str | None = None,
    account: str | None = None,
    grace: int = GRACE,
) -> Coverage:
    """Return what is kept of the last months, today's with them, and what is not.

    By customer, by who looks after it, or of one account by any of its numbers.
    """
    raise NotImplementedError
