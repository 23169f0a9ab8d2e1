"""What the files of an answer are: read as the inbox reads them, and told as spans of days of an account.

Bills that are proven (or that a person accepted) tell billing history, or what is charged for generation;
interval files of a format that is known tell readings, of those local days that have no hole. All else is
told as what nobody reads, with what the inbox said of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from datarequests.incoming.arrived import Found, Holds, Span
from datarequests.incoming.moves import files_to_read
from datarequests.incoming.parsed import parsed
from datarequests.tables import IncomingMail
from extractor.base.database import reading
from extractor.cli.filed import kinds, now, unpackers
from extractor.cli.mailing.other_numbers import as_asked
from extractor.intake.claims import CannotUnpackError, Origin, Unpacker, all_parts
from extractor.intake.filing import note_on
from extractor.intake.inbox import ingest
from extractor.intervals import clock
from extractor.model import ReadResult
from extractor.originals import place_by_hash
from extractor.store.billing_history import HistoryRow, live_import
from extractor.store.current import COUNTS, Kept, Wanted, current
from extractor.store.documents import known
from extractor.store.metered import IntervalImport, IntervalSeries, IntervalSpan
from extractor.store.plain import plain
from extractor.store.usage_points import standings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from extractor.home import Home
    from extractor.settings import ReaderSettings

ASIDE = ".mail-"
"""What the name of a folder begins with in which a message lies while it is read."""

LEFT_SECONDS = 86_400
"""Seconds after which nobody reads any more what lies there."""

SOUND = ("verified", "corrected", "accepted")
"""States of bills that prove something, or that a person took as they are."""

STANDS = (COUNTS, "same")
"""Standings of bills that no other contradicts."""

ENERGY = ("delivered", "net", "total", "unknown")
"""Channels that tell what a customer used."""


def files_of(home: Home, engine: Engine, settings: ReaderSettings, mail: IncomingMail) -> list[Found]:
    """Have the files of a message read, unless they were; tell what each is, of an archive those inside.

    Raises:
        OSError: if something cannot be kept, the disk being full for one; it is done again next time.
        SQLAlchemyError: the same of the database.
    """
    original = place_by_hash(home.originals, mail.sha256)
    if original is None:
        return []
    wanted = {one["sha256"] for one in files_to_read(mail)}
    raw = original.read_bytes()
    files = [(one.name, one.content) for one in parsed(raw).attachments if one.sha256 in wanted]
    whole = [(f"mail-{mail.id}.eml", raw)]
    return _found(home, engine, settings, files, whole, mail.request_id)


def files_by_hand(
    home: Home, engine: Engine, settings: ReaderSettings, paths: Sequence[Path], request: int
) -> list[Found]:
    """Have files read that came for a request another way than by mail; tell what each is.

    Raises:
        OSError: as the system says.
        SQLAlchemyError: as the database says.
    """
    files = [(path.name, path.read_bytes()) for path in paths]
    return _found(home, engine, settings, files, files, request)


def _found(
    home: Home,
    engine: Engine,
    settings: ReaderSettings,
    files: Sequence[tuple[str, bytes]],
    taken: Sequence[tuple[str, bytes]],
    request: int | None,
) -> list[Found]:
    """Tell what files are; what of them is not kept yet is taken in, in what it came in (`taken`)."""
    claimers = unpackers(settings)
    leaves: dict[str, str] = {}
    damaged: list[Found] = []
    for name, content in files:
        try:
            leaves |= _leaves(name, content, claimers)
        except CannotUnpackError as error:
            sha256 = hashlib.sha256(content).hexdigest()
            damaged.append(Found(name, sha256, "archive", False, said=str(error)))
    with reading(engine) as session:
        is_known = all(known(session, sha256) is not None for sha256 in leaves)
    if not is_known:
        _taken_in(home, engine, settings, taken, claimers)
    with reading(engine) as session:
        found = [*damaged, *(found_of(session, sha256, name) for sha256, name in leaves.items())]
        return found if request is None else as_asked(session, request, found)


def _leaves(name: str, content: bytes, claimers: Sequence[Unpacker]) -> dict[str, str]:
    """Return the files in a file, or itself where it holds none: their names by their hashes."""
    parts = [
        (hashlib.sha256(part.data).hexdigest(), part.name)
        for part in all_parts(name, content, Origin(came_by="mail"), claimers)
    ]
    return dict(parts) or {hashlib.sha256(content).hexdigest(): name}


def _taken_in(
    home: Home,
    engine: Engine,
    settings: ReaderSettings,
    taken: Sequence[tuple[str, bytes]],
    claimers: Sequence[Unpacker],
) -> None:
    """Take files in as the inbox does: what somebody has to look at stands in review, with a note."""
    _swept(home)
    with tempfile.TemporaryDirectory(dir=home.path, prefix=ASIDE) as folder:
        copies = []
        for at, (name, content) in enumerate(taken):
            place = Path(folder) / str(at)
            place.mkdir()
            copies.append(place / name)
            copies[-1].write_bytes(content)
        others = kinds(home, engine, settings)
        for _ in ingest(home, engine, copies, settings, now, claimers, others):
            pass


def _swept(home: Home) -> None:
    """Remove the copies that a kill left behind."""
    before = time.time() - LEFT_SECONDS
    for folder in home.path.glob(f"{ASIDE}*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def found_of(session: Session, sha256: str, name: str) -> Found:
    """Return what a file is that was taken in."""
    document = known(session, sha256)
    if document is None:
        return Found(name, sha256, "other", False, said="it was not kept, or erased")
    if document.kind == "bill":
        return _bills(name, sha256, list(current(session, Wanted(sha256=sha256))))
    if document.kind == "intervals":
        return _intervals(session, name, sha256)
    if document.kind == "history":
        return _history(session, name, sha256)
    return Found(name, sha256, "other", False, said="nobody reads files of this kind: look at it")


def _history(session: Session, name: str, sha256: str) -> Found:
    """Return what a table of billing history brings; rows of a supplier's charges are generation."""
    taken = live_import(session, sha256)
    if taken is None:
        return Found(name, sha256, "other", False, said="nothing of it was imported: look at the note")
    rows = session.exec(
        select(HistoryRow).where(HistoryRow.import_id == taken.id).order_by(col(HistoryRow.id))
    )
    spans = tuple(
        Span(
            row.service_account,
            "generation" if row.role == "generation" else "billing",
            row.period_start,
            row.period_end,
        )
        for row in rows
    )
    return Found(name, sha256, "other", bool(spans), spans)


def _bills(name: str, sha256: str, bills: Sequence[Kept]) -> Found:
    doubtful = [one for one in bills if one.state not in SOUND or one.standing not in STANDS]
    if not bills or doubtful:
        note = note_on([one.result for one in doubtful]).strip()
        return Found(name, sha256, "bill", False, said=note.partition("\n")[0] or "it is in doubt")
    spans = [span for one in bills for span in _billed(one.result, one.state == "accepted")]
    said = "" if spans else "it names no service account with its period"
    return Found(name, sha256, "bill", bool(spans), tuple(spans), said)


def _billed(result: ReadResult, is_accepted: bool) -> Iterator[Span]:
    for service in result.bill.services if result.bill else ():
        if service.service_account and service.period and (is_accepted or service.status == "verified"):
            holds: Holds = "generation" if service.role == "generation" else "billing"
            yield Span(plain(service.service_account), holds, service.period.start, service.period.end)


def _intervals(session: Session, name: str, sha256: str) -> Found:
    taken = session.exec(select(IntervalImport).where(IntervalImport.sha256 == sha256)).all()
    if not taken:
        return Found(name, sha256, "intervals", False, said="nothing of it was imported: look at the note")
    if not all(one.is_confirmed for one in taken):
        return Found(name, sha256, "intervals", False, said="nobody has confirmed what its columns mean")
    points = standings(session)
    asked = (
        select(IntervalSeries, IntervalSpan)
        .where(IntervalSeries.id == IntervalSpan.series)
        .where(IntervalSpan.import_id == taken[-1].id)
    )
    meters: dict[str, dict[str | None, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for series, span in session.exec(asked):
        point = points.get(series.usage_point or "")
        account = series.service_account or (point.service_account if point else None)
        if account and series.unit == "Wh" and series.channel in ENERGY:
            meters[plain(account)][series.meter].append((span.begin, span.end))
    if any(_at_once(by_meter.values()) for by_meter in meters.values()):
        return Found(
            name, sha256, "intervals", False, said="it has several meters of one account: look at it"
        )
    spans = tuple(
        Span(account, "interval", first, last)
        for account, by_meter in sorted(meters.items())
        for pieces in by_meter.values()
        for first, last in whole_days(pieces)
    )
    said = "" if spans else "it has no whole day of an account that is known"
    return Found(name, sha256, "intervals", bool(spans), spans, said)


def whole_days(pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[dt.date, dt.date]]:
    """Give the local days that spans without a hole have from midnight to midnight; instants in seconds.

    >>> begin, end = clock.midnight(dt.date(2026, 3, 7)), clock.midnight(dt.date(2026, 3, 10))
    >>> [(str(first), str(last)) for first, last in whole_days([(begin + 900, end)])]
    [('2026-03-08', '2026-03-09')]
    """
    for begin, end in _joined(pieces):
        first = clock.local(begin).date()
        if clock.midnight(first) < begin:
            first += dt.timedelta(days=1)
        last = clock.local(end).date() - dt.timedelta(days=1)
        if first <= last:
            yield first, last


def _joined(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(pieces):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _at_once(meters: Iterable[Sequence[tuple[int, int]]]) -> bool:
    """Tell whether two meters of an account have readings at the same time."""
    bounds = sorted((min(one)[0], max(end for _, end in one)) for one in meters)
    return any(following[0] < before[1] for before, following in pairwise(bounds))
