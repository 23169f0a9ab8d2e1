"""A customer's things handed over, and erased when the customer has left."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import reading, writing
from extractor.claims import CannotUnpackError, Origin, Unpacker, all_parts
from extractor.export.files import write_csv
from extractor.export.kept import kept_bills, kept_charges, kept_findings
from extractor.export.rows import BILL_COLUMNS, CHARGE_COLUMNS, FINDING_COLUMNS
from extractor.home import Home, synced
from extractor.originals import place_by_hash
from extractor.store.current import Wanted, current
from extractor.store.erasing import Belongings, belongings, erase
from extractor.store.people import Tombstone
from extractor.store.said import Saying
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


def hand_over(home: Home, engine: Engine, key: str, out: Path) -> int:
    """Write all that a customer has into one archive, for nobody else to read; return how many documents.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    part = out.with_name(f".{out.name}.part")
    part.touch(mode=0o600)
    part.chmod(0o600)
    try:
        with reading(engine) as session, tarfile.open(part, "w:gz") as archive:
            what = belongings(session, key)
            for document in what.documents:
                path = place_by_hash(home.originals, document.sha256)
                if path is not None:
                    archive.add(path, f"originals/{path.name}")
            for name, data in _tables(session, key):
                _add(archive, name, data)
            for kept in current(session, Wanted(customer=key)):
                _add(archive, f"records/{kept.sha256}-{kept.position}.json", kept.record.encode())
        synced(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return len(what.documents)


def _tables(session: Session, key: str) -> Iterator[tuple[str, bytes]]:
    wanted = Wanted(customer=key)
    for name, columns, rows in (
        ("charges.csv", CHARGE_COLUMNS, kept_charges(current(session, wanted))),
        ("bills.csv", BILL_COLUMNS, kept_bills(current(session, wanted))),
        ("findings.csv", FINDING_COLUMNS, kept_findings(current(session, wanted))),
    ):
        held = io.StringIO()
        write_csv(columns, rows, held)
        yield name, held.getvalue().encode()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def forget(
    home: Home, engine: Engine, key: str, saying: Saying, dry_run: bool, unpackers: Sequence[Unpacker] = ()
) -> Erased:
    """Erase a customer's documents, readings and mail, a tombstone left of each; a dry run only says what.

    The rows go first, in one transaction, then the files of all that has a tombstone.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    if dry_run:
        with reading(engine) as session:
            return _told(
                home, _with_holders(home, session, belongings(session, key), unpackers), is_done=False
            )
    with writing(engine) as session:
        what = _with_holders(home, session, belongings(session, key), unpackers)
        told = _told(home, what, is_done=True)
        others = erase(session, what, saying)
    sweep(home, engine)
    for sha256 in others:
        path = place_by_hash(home.originals, sha256)
        if path is not None:
            path.unlink()
    if engine.dialect.name == "sqlite":
        _vacuum(engine)
    return told


def _with_holders(
    home: Home, session: Session, what: Belongings, unpackers: Sequence[Unpacker]
) -> Belongings:
    """Return the same with all messages and archives that hold these documents; some hold others', too."""
    erased = {document.sha256 for document in what.documents}
    holders: list[Document] = []
    mixed: list[Document] = []
    for document in session.exec(select(Document).where(col(Document.kind).in_(("message", "archive")))):
        held = _held_by(home, document, unpackers)
        if held & erased:
            others = select(Document.id).where(
                col(Document.sha256).in_(held - erased), Document.kind == "bill"
            )
            (mixed if session.exec(others).first() else holders).append(document)
    return replace(what, holders=tuple(holders), shared=(*what.shared, *mixed))


def _held_by(home: Home, document: Document, unpackers: Sequence[Unpacker]) -> set[str]:
    """Return the hashes of the files in a message or an archive."""
    path = place_by_hash(home.originals, document.sha256)
    if path is None:
        return set()
    try:
        parts = all_parts(document.name, path.read_bytes(), Origin(), unpackers)
        return {hashlib.sha256(part.data).hexdigest() for part in parts}
    except CannotUnpackError:
        return set()


def _told(home: Home, what: Belongings, is_done: bool) -> Erased:
    hashes = {document.sha256 for document in (*what.documents, *what.holders)}
    return Erased(
        documents=tuple(document.sha256 for document in what.documents),
        holders=tuple(document.sha256 for document in what.holders),
        shared=tuple(document.sha256 for document in what.shared),
        copies=len(list(_copies(home, hashes))),
        is_done=is_done,
    )


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
