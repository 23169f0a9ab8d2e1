"""What was read of files, kept: all that is ready in one transaction, documents with their first readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import writing
from extractor.intake.holding import Held
from extractor.store.documents import (
    Reader,
    Taken,
    add_reading,
    has_reading,
    known,
    known_of,
    make_current,
    take,
    take_all,
    take_new,
)
from extractor.store.standing import settle
from extractor.store.tables import Document


def keep(engine: Engine, files: Sequence[Held], reader: Reader, at: dt.datetime) -> list[bool]:
    """Keep what was read, all of it or nothing; tell of each file whether anything of it was new."""
    with writing(engine) as session:
        there = known_of(session, {item.arrival.sha256 for held in files for item in held.items})
        fresh: dict[str, Taken] = {}
        again: list[int] = []
        news = [_keep_one(session, held, there, fresh, again, reader, at) for held in files]
        settle(session, take_all(session, list(fresh.values()), reader, at), are_new=True)
        settle(session, again)
        for held in files:
            _look_again(session, held)
    return news


def _look_again(session: Session, held: Held) -> None:
    """Ask once more what is to be said of files that came with bills, now that these are kept."""
    for item in held.items:
        if item.look is not None and item.look.again is not None:
            item.look = item.look.again(session)


def _keep_one(
    session: Session,
    held: Held,
    there: Mapping[str, Document],
    fresh: dict[str, Taken],
    again: list[int],
    reader: Reader,
    at: dt.datetime,
) -> bool:
    """Gather what of a file is new in `fresh`; tell if anything is. `again` gets what was never read."""
    before, parent_id, is_new = len(fresh) + len(again), None, False
    if held.unpacker is not None:
        is_new = known(session, held.arrival.sha256) is None
        parent_id = take(session, held.arrival, at).id
    for item in held.items:
        document = there.get(item.arrival.sha256)
        if item.is_known or item.results is None or item.arrival.sha256 in fresh:
            continue
        if item.look is not None:
            if document is None:
                item.look.keep(session, take(session, item.arrival.inside(parent_id), at).id or 0)
                is_new = True
        elif item.arrival.kind == "other":
            if document is None:
                take_new(session, item.arrival.inside(parent_id), at)
        elif document is None:
            arrival = item.arrival.inside(parent_id)
            fresh[arrival.sha256] = Taken(arrival, item.results, item.records or ())
        elif not has_reading(session, document):
            make_current(session, add_reading(session, document, item.results, reader, at))
            again.append(document.id or 0)
    return is_new or len(fresh) + len(again) > before
