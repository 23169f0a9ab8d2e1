"""What the database has of requests, read for many at once: a report of a thousand asks no thousand times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from datarequests.counterparties import Counterparty
from datarequests.desks import desk
from datarequests.history import is_move
from datarequests.tables import (
    Authorization,
    AuthorizationEventRow,
    DataRequest,
    OutgoingMail,
    RequestEvent,
    RequestItem,
)

AT_ONCE = 500
"""Requests that one statement asks for."""


@dataclass(frozen=True)
class Rows:
    """The rows of some requests, by number."""

    session: Session
    events: Mapping[int, Sequence[RequestEvent]]
    """In their order."""
    items: Mapping[int, Sequence[RequestItem]]
    authorizations: Mapping[int, Authorization]
    """Those that they are under, or were."""
    authorization_events: Mapping[int, Sequence[AuthorizationEventRow]]
    written: Collection[int]
    """Requests whose own message lies in a file."""
    held_letters: Collection[int]
    """Requests of which a letter to the manager waits for a person to release it."""
    _desks: dict[tuple[str, str | None], Counterparty] = field(default_factory=dict)

    def desk(self, key: str, version: str | None) -> Counterparty:
        """Return a counterparty, as `desks.desk` does, each asked for once."""
        if (key, version) not in self._desks:
            self._desks[key, version] = desk(self.session, key, version)
        return self._desks[key, version]


def rows_of(session: Session, requests: Sequence[DataRequest]) -> Rows:
    """Return what the database has of some requests, `AT_ONCE` at most."""
    numbers = [one.id or 0 for one in requests]
    asked = select(RequestEvent).where(col(RequestEvent.request_id).in_(numbers))
    events = session.exec(asked.order_by(col(RequestEvent.number))).all()
    forms = sorted(set(_forms(requests, events)))
    items = select(RequestItem).where(col(RequestItem.request_id).in_(numbers))
    papers = select(Authorization).where(col(Authorization.id).in_(forms))
    of_papers = select(AuthorizationEventRow).where(col(AuthorizationEventRow.authorization_id).in_(forms))
    written = select(OutgoingMail.request_id).where(
        col(OutgoingMail.request_id).in_(numbers),
        OutgoingMail.kind == "request",
        OutgoingMail.state == "written",
    )
    held = select(OutgoingMail.request_id).where(
        col(OutgoingMail.request_id).in_(numbers),
        OutgoingMail.kind == "escalation",
        OutgoingMail.state == "draft",
    )
    return Rows(
        session,
        _by("request_id", events),
        _by("request_id", session.exec(items.order_by(col(RequestItem.id)))),
        {one.id or 0: one for one in session.exec(papers)},
        _by("authorization_id", session.exec(of_papers.order_by(col(AuthorizationEventRow.number)))),
        {number for number in session.exec(written) if number is not None},
        {number for number in session.exec(held) if number is not None},
    )


def _forms(requests: Iterable[DataRequest], events: Iterable[RequestEvent]) -> Iterator[int]:
    """Give the authorizations that requests are under, or were before they were moved."""
    yield from (one.authorization_id for one in requests if one.authorization_id is not None)
    yield from (one.detail["was"] for one in events if is_move(one) and one.detail.get("was") is not None)


def _by(name: str, rows: Iterable[Any]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
