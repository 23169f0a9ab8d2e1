"""What came of the data, checked off item by item: the right account, the right data, and all of the days.

What is in a file is told by whoever reads files (the inbox's own readers, handed in by the command line). An
item is there when the files that came for its request, all of them together, leave none of its days out. What
is in doubt, of another account, or of an option that files do not show checks nothing off: a person looks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlmodel import Session, select

from datarequests.counterparties import Counterparty
from datarequests.desks import desk
from datarequests.history import Happened, add, events_of, items_of, request_of, state_of
from datarequests.outside import RecordError, Told, record, refuse_too_early, taken_back
from datarequests.received import item_words
from datarequests.tables import IncomingMail, RequestItem
from datarequests.workflow import Event, State

Holds = Literal["billing", "interval", "generation"]
"""Billing history, interval readings, or what is charged for generation."""

PROGRAM = "billclerk"
"""Who does what the program does by itself."""

BILLING = "1"
"""The option of the form that is billing history."""

ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days of which a file holds all."""

    service_account: str
    holds: Holds
    first: dt.date
    last: dt.date
    """Local days, both inclusive."""

    def to_json(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {
            "service_account": self.service_account,
            "holds": self.holds,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Span:
        """Return what was kept."""
        first, last = (dt.date.fromisoformat(kept[name]) for name in ("first", "last"))
        return cls(kept["service_account"], kept["holds"], first, last)


@dataclass(frozen=True)
class Found:
    """What a file is, once it was read."""

    name: str
    sha256: str
    kind: str
    """`bill`, `intervals`, or `other`: nobody reads it."""
    is_sound: bool
    """Whether what it holds is proven."""
    spans: tuple[Span, ...] = ()
    """What it holds, if it is sound."""
    said: str = ""
    """What a person has to know of it."""


@dataclass(frozen=True)
class Receipt:
    """What came of files that arrived."""

    event: Event | None
    """`completed`, `data_received`; None where nothing of it was asked for."""
    received: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unused: tuple[str, ...] = field(default=())
    """Files that check nothing off, each with why."""
    had: tuple[str, ...] = ()
    """Items that the files bring again: they had arrived before."""


def arrived(session: Session, mail: IncomingMail, files: Sequence[Found], now: dt.datetime) -> Receipt:
    """Check off what the files of a message bring its request; add the event, all in this transaction.

    Raises:
        IllegalMoveError: if nothing can arrive in the state that the request is in.
        UnknownRequestError: if there is no such request.
    """
    by = _Way(mail.received_at, PROGRAM, {"mail": mail.id}, mail.message_id)
    return _checked_off(session, mail.request_id or 0, files, by, now)


def brought(session: Session, number: int, files: Sequence[Found], told: Told) -> Receipt:
    """Check off what files bring that came another way than by mail; what brings nothing is noted.

    Raises:
        IllegalMoveError: if nothing can arrive in the state that the request is in.
        RecordError: if no file is given, or it came on a day before the request went out.
        UnknownRequestError: if there is no such request.
    """
    if not files:
        raise RecordError("name the file that arrived")
    refuse_too_early(session, number, Event.DATA_RECEIVED, told)
    spans = [span.to_json() for one in files for span in one.spans]
    by = _Way(told.at, told.who, {"why": told.why, "evidence": told.evidence, "spans": spans})
    receipt = _checked_off(session, number, files, by, told.now)
    if receipt.event is None:
        record(session, number, Event.NOTE, told, {"files": [one.sha256 for one in files]})
    return receipt


@dataclass(frozen=True)
class _Way:
    """How files came, and who says so."""

    at: dt.datetime
    who: str
    detail: Mapping[str, Any]
    message_id: str | None = None


def _checked_off(
    session: Session, number: int, files: Sequence[Found], by: _Way, now: dt.datetime
) -> Receipt:
    request = request_of(session, number)
    items = items_of(session, number)
    counterparty = desk(session, request.counterparty)
    day = by.at.astimezone(counterparty.zone).date()
    kinds = {item.id: holds_of(item, counterparty, day) for item in items}
    asked = {(plain(item.service_account), kinds[item.id]) for item in items}
    spans = [*_spans_before(session, number), *(span for one in files for span in one.spans)]
    unused = tuple(f"{one.name}: {why}" for one in files if (why := _unused(one, asked)))
    had = tuple(item_words(item) for item in items if item.received_at and _is_in(item, kinds, files))
    new = [item for item in items if item.received_at is None and not days_missing(item, kinds, spans)]
    if len(unused) == len(files) and not new:
        return Receipt(None, unused=unused)
    for item in new:
        item.received_at, item.received_sha256 = by.at, _by(item, kinds, files)
        session.add(item)
    left = [item for item in items if item.received_at is None]
    missing = tuple(_missing_words(item, kinds, spans) for item in left)
    if state_of(events_of(session, number)) is State.COMPLETED:
        return Receipt(None, tuple(map(item_words, new)), missing, unused, had)
    event = Event.DATA_RECEIVED if left else Event.COMPLETED
    detail = {
        **by.detail,
        "items": [item.id for item in new],
        "files": [one.sha256 for one in files],
        "missing": list(missing),
    }
    kept = {name: value for name, value in detail.items() if value}
    add(session, number, Happened(event, by.at, by.who, kept, by.message_id), now)
    if event is Event.COMPLETED:
        taken_back(session, number)
    return Receipt(event, tuple(map(item_words, new)), missing, unused, had)


def holds_of(item: RequestItem, counterparty: Counterparty, day: dt.date) -> Holds | None:
    """Return what a file must hold for an item; None of options that no file shows by itself."""
    option = counterparty.form_on(day).option(item.option)
    kind = "generation" if item.option == "generation" else option.kind if option else None
    if kind in ("interval", "generation"):
        return kind
    return "billing" if item.option == BILLING else None


def plain(account: str) -> str:
    """Return the digits of a service account."""
    return re.sub(r"\D", "", account)


def days_missing(
    item: RequestItem, kinds: dict[int | None, Holds | None], spans: Iterable[Span]
) -> list[tuple[dt.date, dt.date]]:
    """Return the days of an item that no span has; all that can be said of one without days is that."""
    if item.first is None or item.last is None:
        return [(dt.date.min, dt.date.max)]
    mine = [one for one in spans if (plain(one.service_account), one.holds) == _wanted(item, kinds)]
    missing, day = [], item.first
    for one in sorted(mine, key=lambda span: span.first):
        if one.first > day:
            missing.append((day, min(one.first - ONE, item.last)))
        day = max(day, one.last + ONE)
        if day > item.last:
            break
    if day <= item.last:
        missing.append((day, item.last))
    return [span for span in missing if span[0] <= span[1]]


def _wanted(item: RequestItem, kinds: dict[int | None, Holds | None]) -> tuple[str, Holds | None]:
    return plain(item.service_account), kinds[item.id]


def _is_in(item: RequestItem, kinds: dict[int | None, Holds | None], files: Sequence[Found]) -> bool:
    """Tell whether files hold any day of an item."""
    first, last = item.first or dt.date.min, item.last or dt.date.max
    mine = (span for one in files for span in one.spans)
    return any(
        (plain(span.service_account), span.holds) == _wanted(item, kinds)
        and span.first <= last
        and first <= span.last
        for span in mine
    )


def _by(item: RequestItem, kinds: dict[int | None, Holds | None], files: Sequence[Found]) -> str:
    """Return the hash of the last file that brought something of an item."""
    wanted = _wanted(item, kinds)
    mine = [
        one for one in files if any((plain(span.service_account), span.holds) == wanted for span in one.spans)
    ]
    return (mine or list(files))[-1].sha256


def _missing_words(item: RequestItem, kinds: dict[int | None, Holds | None], spans: Iterable[Span]) -> str:
    days = days_missing(item, kinds, spans)
    if item.first is None or days == [(item.first, item.last)]:
        return item_words(item)
    said = ", ".join(f"{first} to {last}" if first != last else str(first) for first, last in days)
    return f"{item_words(item)}: {said} missing"


def _unused(one: Found, asked: set[tuple[str, Holds | None]]) -> str | None:
    """Return why a file checks nothing off, None if it may."""
    if any((plain(span.service_account), span.holds) in asked for span in one.spans):
        return None
    if one.spans:
        others = sorted({f"{span.holds} data of {span.service_account}" for span in one.spans})
        return f"{', '.join(others)}, which was not asked for"
    return one.said or "nothing can be read in it"


def _spans_before(session: Session, number: int) -> list[Span]:
    """Return what all earlier files of a request hold, but those of messages that a person ignores."""
    asked = select(IncomingMail).where(IncomingMail.request_id == number, IncomingMail.state != "ignored")
    rows = session.exec(asked).all()
    by_mail = [kept for row in rows for one in row.attachments for kept in one.get("spans", ())]
    by_hand = [kept for event in events_of(session, number) for kept in event.detail.get("spans", ())]
    return [Span.of(kept) for kept in (*by_mail, *by_hand)]
