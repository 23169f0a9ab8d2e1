"""What arrived, checked off item by item: the last one completes a request, any before is a part of it.

An item is checked off by its number in the request, from 1. A file by which nothing can be checked off is
noted, and moves nothing. Who or what says which items a file is of, is handed in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from datarequests.history import events_of, items_of, request_of, state_of
from datarequests.outside import RecordError, Told, record, taken_back
from datarequests.tables import RequestItem
from datarequests.workflow import NOT_SENT, Event, State


@dataclass(frozen=True)
class Receipt:
    """What came of files that arrived."""

    event: Event
    """What was added: `completed`, `data_received`, or `note` where nothing could be checked off; of what is
    not out yet `cancelled` or `changed`."""
    received: tuple[str, ...]
    """What was checked off, in words."""
    missing: tuple[str, ...]


def item_words(item: RequestItem) -> str:
    """Return an item as people call it.

    >>> item_words(RequestItem(request_id=1, service_account="8000000001", option="5"))
    'option 5 of 8000000001'
    """
    span = f", {item.first} to {item.last}" if item.first and item.last else ""
    return f"option {item.option} of {item.service_account}{span}"


def receive(
    session: Session, number: int, numbers: Collection[int], files: Sequence[str], told: Told
) -> Receipt:
    """Check items off by the files that brought them; `files` are hashes, `numbers` count from 1.

    Raises:
        IllegalMoveError: if nothing can arrive in the state that the request is in.
        RecordError: if it has no such item, or no file is given.
        UnknownRequestError: if there is none of that number.
    """
    request_of(session, number)
    items = items_of(session, number)
    if unknown := sorted(set(numbers) - set(range(1, len(items) + 1))):
        raise RecordError(f"request {number} has {len(items)} items, no item {unknown[0]}")
    if not files:
        raise RecordError("name the file that arrived")
    new = [items[at - 1] for at in sorted(set(numbers)) if items[at - 1].received_at is None]
    missing = [item for item in items if item.received_at is None and item not in new]
    event = Event.NOTE if not new else Event.DATA_RECEIVED if missing else Event.COMPLETED
    record(session, number, event, told, {"items": [item.id for item in new], "files": list(files)})
    for item in new:
        item.received_at, item.received_sha256 = told.at, files[-1]
        session.add(item)
    if event is Event.COMPLETED:
        taken_back(session, number)
    session.flush()
    return Receipt(event, tuple(map(item_words, new)), tuple(map(item_words, missing)))


ON_ITS_WAY = frozenset((State.QUEUED, State.SEND_UNKNOWN))
"""States in which the letter is made: a part of it is checked off once it is out."""


def found_elsewhere(session: Session, number: int, found: Mapping[int, str | None], told: Told) -> Receipt:
    """Check items off whose data came another way than as the answer; `found`: hashes by the items' ids.

    A request of which nothing is left is completed, or, while it is not out, withdrawn. Of one that is not
    out, what is left is asked, and it has to be checked again. How long the counterparty takes, such a
    request does not tell.

    Raises:
        IllegalMoveError: if nothing can arrive in the state that the request is in.
        RecordError: if it is to be withdrawn, and is being sent at this moment.
        UnknownRequestError: if there is none of that number.
    """
    request_of(session, number)
    items, state = items_of(session, number), state_of(events_of(session, number))
    new = [item for item in items if item.received_at is None and item.id in found]
    missing = [item for item in items if item.received_at is None and item not in new]
    if not new or (missing and state in ON_ITS_WAY):
        return Receipt(Event.NOTE, (), tuple(map(item_words, [*new, *missing])))
    event = _event(state, is_last=not missing)
    files = dict.fromkeys(sha256 for item in new if (sha256 := found[item.id or 0]))
    detail = {"elsewhere": True, "items": [item.id for item in new], "files": list(files)}
    record(session, number, event, told, detail)
    for item in new:
        item.received_at, item.received_sha256 = told.at, found[item.id or 0]
        session.add(item)
    if not missing and not taken_back(session, number) and event is Event.CANCELLED:
        raise RecordError(f"request {number} is being sent at this moment; try again in a few minutes")
    session.flush()
    return Receipt(event, tuple(map(item_words, new)), tuple(map(item_words, missing)))


def _event(state: State, is_last: bool) -> Event:
    """Return what is added to a request when items of it, or its last ones, came another way."""
    if state in NOT_SENT or state in ON_ITS_WAY:
        if is_last:
            return Event.CANCELLED
        return Event.NOTE if state is State.BLOCKED else Event.CHANGED
    return Event.COMPLETED if is_last else Event.DATA_RECEIVED
