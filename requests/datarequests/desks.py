"""Counterparties as they are kept: every version of a file that was ever used, the latest taken in counts.

A firm that has taken none in works with those that the program brings, a newer program's as soon as it runs.
What a request was sent by is recorded with it (key and version), so that its clock reads the same in later
years, until it is rebased.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from datarequests.counterparties import Counterparty, CounterpartyError, read, shipped
from datarequests.history import named
from datarequests.tables import CounterpartyVersion


def desk(session: Session, key: str, version: str | None = None) -> Counterparty:
    """Return a counterparty: one version of it, or the one that counts now.

    Raises:
        CounterpartyError: if there is none of that name, or no such version.
    """
    asked = select(CounterpartyVersion).where(CounterpartyVersion.key == key)
    if version is not None:
        asked = asked.where(CounterpartyVersion.version == version)
    else:
        asked = asked.where(col(CounterpartyVersion.is_taken))
    row = session.exec(asked.order_by(col(CounterpartyVersion.id).desc())).first()
    if row is not None:
        return read(row.text, key)
    brought = shipped().get(key)
    if brought is None or version not in (None, brought.version):
        raise CounterpartyError(
            f"no counterparty {key!r}{f' of version {version}' if version else ''} is known;"
            f" known: {', '.join(desks(session))}"
        )
    return brought


def desks(session: Session) -> dict[str, Counterparty]:
    """Return the counterparties that count now, by key."""
    found = dict(shipped())
    asked = select(CounterpartyVersion).where(col(CounterpartyVersion.is_taken))
    for row in session.exec(asked.order_by(col(CounterpartyVersion.id))):
        found[row.key] = read(row.text, row.key)
    return dict(sorted(found.items()))


def take(session: Session, one: Counterparty, who: str, now: dt.datetime) -> bool:
    """Take a version in; it counts for what is new from now on. Tell whether that changes anything.

    Raises:
        NobodyError: if nobody says so.
    """
    named(who)
    rows = session.exec(select(CounterpartyVersion).where(CounterpartyVersion.key == one.key)).all()
    latest = max((row for row in rows if row.is_taken), key=lambda row: row.id or 0, default=None)
    if latest is not None and latest.version == one.version:
        return False
    for row in rows:
        if row.version == one.version:  # an earlier one counts again
            session.delete(row)
            session.flush()
    _keep(session, one, who, now, is_taken=True)
    return True


def used(session: Session, one: Counterparty, who: str, now: dt.datetime) -> None:
    """See that a version that something was sent by is kept."""
    asked = select(CounterpartyVersion.id).where(
        CounterpartyVersion.key == one.key, CounterpartyVersion.version == one.version
    )
    if session.exec(asked).first() is None:
        _keep(session, one, who, now, is_taken=False)


def _keep(session: Session, one: Counterparty, who: str, now: dt.datetime, is_taken: bool) -> None:
    row = CounterpartyVersion(
        key=one.key, version=one.version, text=one.text, recorded_at=now, who=who, is_taken=is_taken
    )
    session.add(row)
    session.flush()
