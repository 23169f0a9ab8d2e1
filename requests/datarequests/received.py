"""What arrived, checked off item by item: the last one completes a request, any before is a part of it.

An item is checked off by its number in the request, from 1. A file by which nothing can be checked off is
noted, and moves nothing. Who or what says which items a file is of, is handed in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from datarequests.history import items_of, request_of
from datarequests.outside import RecordError, Told, record, taken_back
from datarequests.tables import RequestItem
from datarequests.workflow import Event


@dataclass(frozen=True)
class Receipt:
    """What came of files that arrived."""

    event: Event
    """`completed`, `data_received`, or `note` where nothing could be checked off."""
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
