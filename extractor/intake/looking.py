"""What a file of the inbox is: locked, its bytes kept, taken apart if it holds others, known or not."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from extractor.base.database import glancing, reading
from extractor.home import Home
from extractor.intake.claims import (
    CannotUnpackError,
    Origin,
    OtherKind,
    Unpacker,
    all_parts,
    kind_of,
    may_be_a_bill,
    unpacker_of,
)
from extractor.intake.filing import shown
from extractor.intake.holding import Held, Item, arrival_of, opened
from extractor.model import ReadResult
from extractor.originals import kept, place_of
from extractor.pages.errors import TooLargeError, UnreadableFileError
from extractor.pages.files import whole
from extractor.settings import ReaderSettings
from extractor.store.documents import current_records, met

AT_ONCE = 5_000_000
"""Bytes of a file above which it is kept before others are taken in hand: memory is not for bytes."""


@dataclass(frozen=True)
class Looking:
    """Looks at files for a home."""

    home: Home
    engine: Engine
    settings: ReaderSettings
    unpackers: Sequence[Unpacker]
    kinds: Sequence[OtherKind]

    def hold(self, path: Path) -> Held | None:
        """Lock a file and keep its bytes; None where it is none of ours.

        Raises:
            TooLargeError: if it has more bytes than it may.
            OSError: if it may not be opened, or its bytes cannot be kept.
        """
        file = opened(path)
        if file is None:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            changed_at = os.fstat(file.fileno()).st_mtime_ns
            data = whole(file, self.settings.max_file_mb * 1_000_000)
            unpacker = unpacker_of(path.name, data, self.unpackers)
            kind = None if unpacker else kind_of(path.name, data, self.kinds)
            claimer = unpacker or kind
            arrival = arrival_of(shown(path.name), data, Origin(), claimer.kind if claimer else "bill")
            place = place_of(self.home.originals, arrival.sha256, data)
            if claimer or len(data) > AT_ONCE:
                original = kept(self.home.originals, data)
                return Held(path, file, arrival, original, changed_at, unpacker=unpacker, kind=kind)
            return Held(path, file, arrival, place, changed_at, None if place.exists() else data)
        except (BlockingIOError, UnreadableFileError) as error:  # another program's, or still being written
            file.close()
            if isinstance(error, TooLargeError):
                raise
            return None
        except BaseException:
            file.close()
            raise

    def look_into(self, held: Held) -> None:
        """Find what in a file is to be read, and what of that is known.

        Raises:
            OSError: if what is inside cannot be kept.
            SQLAlchemyError: if the database cannot be asked.
        """
        if held.unpacker is not None:
            self._unpack(held)
        else:
            held.items = [Item(held.arrival, held.original, unkept=held.unkept, kind=held.kind)]
            held.unkept = None
        with glancing(self.engine) as connection:
            found = [met(connection, item.arrival.sha256) for item in held.items]
        for item, there in zip(held.items, found, strict=True):
            if there.erased_at is not None:
                on = f"{there.erased_at:%Y-%m-%d}"
                held.said.append(f"{item.arrival.name}: erased on {on}; it is not taken again")
                item.results, item.is_known = [], True
            elif there.document_id is not None and (
                item.arrival.kind != "bill" or there.reading_id is not None
            ):
                with reading(self.engine) as session:
                    item.results, item.is_known = current_records(session, there.document_id), True
            if item.kind is not None and there.erased_at is None:
                changed_at = held.changed_at if held.unpacker is None else None
                item.look = item.kind.look(item.original, item.arrival, changed_at)
                item.results = []

    def _unpack(self, held: Held) -> None:
        """Keep the files inside a message or an archive; those that may be bills are to be read."""
        data = held.original.read_bytes()
        left = self.settings.max_archive_mb * 1_000_000
        hashes: set[str] = set()
        try:
            for part in all_parts(held.arrival.name, data, Origin(), self.unpackers):
                left = _less(left, len(part.data))
                kind = kind_of(part.name, part.data, self.kinds) if part.wanted else None
                is_bill = part.wanted and may_be_a_bill(part.data)
                what = kind.kind if kind else "bill" if is_bill else "other"
                arrival = arrival_of(part.name, part.data, part.origin, what)
                results: list[ReadResult] | None = None if is_bill else []
                if arrival.sha256 not in hashes:
                    hashes.add(arrival.sha256)
                    original = kept(self.home.originals, part.data)
                    held.items.append(Item(arrival, original, results, kind=kind))
        except CannotUnpackError as error:
            held.said.append(str(error))
            held.items.clear()
        if not held.said and all(item.arrival.kind == "other" for item in held.items):
            held.said.append("there is no PDF, no picture and no EDI invoice in it, and no interval file")


def _less(left: int, size: int) -> int:
    """Return what a message or an archive may still hold, after a file of this size.

    Raises:
        CannotUnpackError: if it holds more.
    """
    if size > left:
        raise CannotUnpackError(
            "it holds more than it may; unpack it by hand, or raise BILLCLERK_MAX_ARCHIVE_MB"
        )
    return left - size
