"""Counterparties as they are kept: every version of a file that was ever used, the latest for what is new.

A firm that has taken none in works with those that the program brings. What a request was sent by is
recorded with it (key and version), so that its clock reads the same in later years, until it is rebased.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from datarequests.counterparties import Counterparty, CounterpartyError, read, shipped
from datarequests.tables import CounterpartyVersion


def desk(session: Session, key: str, version: str | None = None) -> Counterparty:
    """Return a counterparty: one version of it, or the one that counts now.

    Raises:
        CounterpartyError: if there is none of that name, or no such version.
    """
    asked = select(CounterpartyVersion).where(CounterpartyVersion.key == key)
    if version is not None:
        asked = asked.where(CounterpartyVersion.version == version)
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
    for row in session.exec(select(CounterpartyVersion).order_by(col(CounterpartyVersion.id))):
        found[row.key] = read(row.text, row.key)
    return dict(sorted(found.items()))


def take(session: Session, one: Counterparty, who: str, now: dt.datetime) -> bool:
    """Take a version in; it counts for what is new from now on. Tell whether that changes anything."""
    rows = session.exec(select(CounterpartyVersion).where(CounterpartyVersion.key == one.key)).all()
    latest = max(rows, key=lambda row: row.id or 0, default=None)
    if latest is not None and latest.version == one.version:
        return False
    for row in rows:
        if row.version == one.version:  # an earlier one counts again
            session.delete(row)
            session.flush()
    session.add(
        CounterpartyVersion(key=one.key, version=one.version, text=one.text, recorded_at=now, who=who)
    )
    session.flush()
    return True


def used(session: Session, one: Counterparty, who: str, now: dt.datetime) -> None:
    """See that a version that something was sent by is kept."""
    asked = select(CounterpartyVersion.id).where(
        CounterpartyVersion.key == one.key, CounterpartyVersion.version == one.version
    )
    if session.exec(asked).first() is None:
        take(session, one, who, now)
