"""A customer's things erased when the customer has left, and all here that is a copy of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import reading, writing
from extractor.customers.handed import Further
from extractor.home import DATABASE, Home
from extractor.intake.claims import CannotUnpackError, Origin, Unpacker, all_parts
from extractor.intervals.held.erasing import Holdings, erasing, holdings
from extractor.originals import place_by_hash
from extractor.store.billing_history import erase_rows, tables_of
from extractor.store.erasing import Belongings, accounts_alone, belongings, erase, runs_asked_for
from extractor.store.people import Tombstone
from extractor.store.said import NotKeptError, Saying
from extractor.store.tables import Document


@dataclass(frozen=True)
class Erased:
    """What was erased, or would be."""

    documents: tuple[str, ...]
    """Hashes."""
    holders: tuple[str, ...]
    shared: tuple[str, ...]
    """Hashes of files that hold bills of others, and stay."""
    copies: int
    """Files in review/ and rejected/ that have the same bytes."""
    is_done: bool
    partly: tuple[str, ...] = ()
    """Documents, and which of their bills, whose days are not this customer's alone, and that stay."""
    databases: tuple[str, ...] = ()
    """Copies of the database that upgrades put aside; they hold all customers as they were then."""
    meters: int = 0
    """Service accounts whose readings and names were erased."""
    feeds: tuple[str, ...] = ()
    """Hashes of interval files that tell of others, too, and stay."""
    others_meters: int = 0
    """Service accounts whose readings stay, since they are, or were, others', too."""
    runs: int = 0
    """Reprocessings that were asked for by one of the accounts, and no longer say so."""


def forget(
    home: Home,
    engine: Engine,
    key: str,
    saying: Saying,
    dry_run: bool,
    unpackers: Sequence[Unpacker] = (),
    further: Further | None = None,
) -> Erased:
    """Erase a customer's documents, readings and mail, a tombstone left of each; a dry run only says what.

    `further` is what else is held of him; messages among it are his, whatever they hold.

    Rows and the meters' readings go in one transaction, in which the files that leave no tombstone and the
    copies of the database that upgrades put aside are removed last; then the files of what has a tombstone.
    Where it was ended before that, it is run again: nothing is done, or what is left is done, and the roster
    then has no such customer. Backups are elsewhere, and are not touched.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    if dry_run:
        with reading(engine) as session:
            mail = further.hashes(session) if further is not None else frozenset()
            what, meters = _all(home, session, key, unpackers, mail)
            return _told(home, engine, session, what, meters, is_done=False)
    try:
        with erasing(home, engine) as eraser, writing(engine) as session:
            mail = further.hashes(session) if further is not None else frozenset()
            what, meters = _all(home, session, key, unpackers, mail)
            told = _told(home, engine, session, what, meters, is_done=True)
            eraser.erase(session, meters.his)
            erase_rows(session, accounts_alone(session, what)[0])
            others = erase(session, what, saying)
            if further is not None:
                further.erase(session)
            _remove(home, engine, others)  # before the rows are gone for good: a kill leaves these
    except NotKeptError:  # as where an earlier run was ended after its transaction
        _cleaned(home, engine)
        raise
    _cleaned(home, engine)
    return told


def _cleaned(home: Home, engine: Engine) -> None:
    sweep(home, engine)
    if engine.dialect.name == "sqlite":
        _vacuum(engine)


def _remove(home: Home, engine: Engine, hashes: Collection[str]) -> None:
    """Remove files that no tombstone names, and the copies of the database that upgrades put aside."""
    for sha256 in hashes:
        path = place_by_hash(home.originals, sha256)
        if path is not None:
            path.unlink()
    for copy in _databases(home, engine):
        copy.unlink()


@dataclass(frozen=True)
class _Meters:
    """What a customer's service accounts have in the interval store."""

    his: Holdings
    shared: Holdings
    """Of accounts that are, or were, others', too: it stays."""


def _all(
    home: Home, session: Session, key: str, unpackers: Sequence[Unpacker], mail: Collection[str]
) -> tuple[Belongings, _Meters]:
    """Return what a customer has: documents, those of interval data too, and what holds them."""
    what = belongings(session, key)
    meters = _Meters(*(holdings(session, numbers) for numbers in accounts_alone(session, what)))
    tables = tables_of(session, accounts_alone(session, what)[0])
    what = replace(
        what,
        documents=(*what.documents, *meters.his.documents, *tables.documents),
        shared=(*what.shared, *tables.shared),
    )
    return _with_holders(home, session, what, unpackers, mail), meters


def _with_holders(
    home: Home, session: Session, what: Belongings, unpackers: Sequence[Unpacker], mail: Collection[str]
) -> Belongings:
    """Return the same with all messages and archives that hold these, or are his; some hold others', too."""
    erased = {document.sha256 for document in what.documents}
    holders: list[Document] = []
    mixed: list[Document] = []
    for document in session.exec(select(Document).where(col(Document.kind).in_(("message", "archive")))):
        held = _held_by(home, document, unpackers)
        if held & erased or document.sha256 in mail:
            others = select(Document.id).where(
                col(Document.sha256).in_(held - erased),
                col(Document.kind).in_(("bill", "intervals", "history")),
            )
            (mixed if session.exec(others).first() else holders).append(document)
    return replace(what, holders=tuple(holders), shared=(*what.shared, *mixed))


def held_parts(home: Home, document: Document, unpackers: Sequence[Unpacker]) -> dict[str, bool]:
    """Return the hashes of the files in a message or an archive, and of each whether it may be a bill.

    A picture inside a message's text is none.

    Raises:
        CannotUnpackError: if the message or archive is damaged.
    """
    path = place_by_hash(home.originals, document.sha256)
    if path is None:
        return {}
    found: dict[str, bool] = {}
    for part in all_parts(document.name, path.read_bytes(), Origin(), unpackers):
        sha256 = hashlib.sha256(part.data).hexdigest()
        found[sha256] = found.get(sha256, False) or part.wanted
    return found


def _held_by(home: Home, document: Document, unpackers: Sequence[Unpacker]) -> set[str]:
    """Return the hashes of the files in a message or an archive."""
    try:
        return set(held_parts(home, document, unpackers))
    except CannotUnpackError:
        return set()


def _told(
    home: Home, engine: Engine, session: Session, what: Belongings, meters: _Meters, is_done: bool
) -> Erased:
    hashes = {document.sha256 for document in (*what.documents, *what.holders)}
    return Erased(
        documents=tuple(document.sha256 for document in what.documents),
        holders=tuple(document.sha256 for document in what.holders),
        shared=tuple(document.sha256 for document in what.shared),
        copies=len(list(_copies(home, hashes))),
        is_done=is_done,
        partly=tuple(f"{kept.sha256}:{kept.position}" for kept in what.partly),
        databases=tuple(path.name for path in _databases(home, engine)),
        meters=len(meters.his.metered),
        feeds=tuple(document.sha256 for document in meters.his.shared),
        others_meters=len(meters.shared.metered),
        runs=len(list(runs_asked_for(session, what))),
    )


def _databases(home: Home, engine: Engine) -> list[Path]:
    """Return the copies of the database that upgrades put aside."""
    places = {home.path / DATABASE}
    if engine.dialect.name == "sqlite" and engine.url.database:
        places.add(Path(engine.url.database))
    return sorted({path for place in places for path in place.parent.glob(f"{place.name}.before-*")})


def sweep(home: Home, engine: Engine) -> None:
    """Remove the files of documents that were erased; what a kill left behind goes with the next sweep."""
    with reading(engine) as session:
        hashes = set(session.exec(select(Tombstone.sha256)))
    for path in list(_copies(home, hashes)):
        path.with_name(f"{path.name}.txt").unlink(missing_ok=True)
        path.unlink()
    for sha256 in hashes:
        original = place_by_hash(home.originals, sha256)
        if original is not None:
            original.unlink()


def _copies(home: Home, hashes: set[str]) -> Iterator[Path]:
    """Give the files that wait for a person and have the bytes of some documents."""
    for folder in (home.review, home.rejected):
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() in hashes:
                        yield path


def _vacuum(engine: Engine) -> None:
    """Have SQLite write its file anew, so that nothing of erased rows is left in it."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("PRAGMA query_only=OFF")  # as its last reader may have left it
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
