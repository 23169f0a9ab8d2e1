"""A backup checked where it lies: what a restore would find wrong with it, and nothing is restored.

Each original and each file of readings is compared with its hash, the database with its own and by SQLite's
integrity check, and all of it is counted: rows, originals and other files are as many as the backup says, and
none of them is missing but those that were gone already when the backup was made.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.base.database import opened
from extractor.base.schema import upgrade
from extractor.home import SETTINGS
from extractor.store.copying import counts_of
from extractor.upkeep.backup import (
    CHUNK,
    DATABASE,
    INTERVALS,
    MANIFEST,
    BackupError,
    bytes_of,
    documents_in,
    members_of,
    readings_in,
)

ORIGINALS = "originals/"

Write = Callable[[bytes], object]


@dataclass
class Archived:
    """What was found in a backup, and what is wrong with it."""

    made_at: str = ""
    documents: int = 0
    rows: int = 0
    originals: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    """Hashes of documents whose originals are not in it, though they were there when it was made."""
    altered: list[str] = field(default_factory=list)
    gone_before: list[str] = field(default_factory=list)
    """Hashes of originals that were missing when it was made."""
    faults: list[str] = field(default_factory=list)
    """What else is wrong, as sentences."""

    @property
    def is_sound(self) -> bool:
        """Whether all can be restored that was there when it was made."""
        return not self.missing and not self.altered and not self.faults


def verify_file(source: Path) -> Archived:
    """Check a backup; its database is unpacked into a folder for temporary files, for nobody else to read.

    Raises:
        BackupError: if it is no backup, or what is in it cannot be listed.
    """
    found = Archived()
    with tempfile.TemporaryDirectory(prefix="billclerk-verify-") as folder:
        database = Path(folder, DATABASE)
        try:
            with tarfile.open(source, "r:") as archive:
                hashes = _looked_through(archive, database, found)
                manifest = _manifest(archive, source)
        except (tarfile.TarError, EOFError) as error:
            raise BackupError(f"{source} is damaged: {error}") from None
        found.made_at = str(manifest["made_at"])
        found.gone_before = list(manifest["missing"])
        _compare_database(database, hashes, manifest, found)
        _compare_counts(manifest, found)
    return found


def _looked_through(archive: tarfile.TarFile, database: Path, found: Archived) -> dict[str, str]:
    """Hash each original, each file of readings and the database, which is unpacked; return all by name."""
    hashes: dict[str, str] = {}
    database.touch(mode=0o600)
    for member in members_of(archive):
        if member.name == DATABASE:
            with database.open("wb") as out:
                hashes[DATABASE] = _hashed(archive, member, out.write)
        elif member.name.startswith(ORIGINALS):
            named = member.name.rpartition("/")[2].partition(".")[0]
            found.originals += 1
            hashes[named] = _hashed(archive, member)
            if hashes[named] != named:
                found.altered.append(named)
        else:
            found.files += 1
            if member.name.startswith(f"{INTERVALS}/"):
                hashes[member.name] = _hashed(archive, member)
    return hashes


def _hashed(
    archive: tarfile.TarFile, member: tarfile.TarInfo, write: Callable[[bytes], object] | None = None
) -> str:
    data = archive.extractfile(member)
    assert data is not None  # a file
    digest = hashlib.sha256()
    while chunk := data.read(CHUNK):
        digest.update(chunk)
        if write is not None:
            write(chunk)
    return digest.hexdigest()


def _manifest(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    """Return what the backup says of itself; it was written last, so that it is missing from a part of one.

    Raises:
        BackupError: if it says nothing.
    """
    if not {MANIFEST, DATABASE, SETTINGS} <= set(archive.getnames()):
        raise BackupError(f"{source} is no backup of billclerk, or not all of one; take another")
    try:
        manifest: dict[str, Any] = json.loads(bytes_of(archive, MANIFEST))
        for name in ("made_at", "rows", "originals", "missing"):
            manifest[name]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{source} is damaged: its {MANIFEST} cannot be read: {error}") from None
    return manifest


def _compare_database(
    database: Path, hashes: dict[str, str], manifest: dict[str, Any], found: Archived
) -> None:
    """Compare the database with what the backup says, and its documents with the originals."""
    if manifest.get("database", hashes[DATABASE]) != hashes[DATABASE]:
        found.faults.append("its database is not what it was")
    if not _is_whole(database):
        found.faults.append("its database is damaged and cannot be restored")
        return
    copy = opened(f"sqlite:///{database}")
    try:
        upgrade(copy)
        rows = counts_of(copy)
    finally:
        copy.dispose()
    found.rows = sum(rows.values())
    documents = documents_in(database)
    found.documents = len(documents)
    found.missing = [one for one in documents if one not in hashes and one not in found.gone_before]
    for name, sha256 in readings_in(database).items():
        if name not in manifest.get("lost", ()) and hashes.get(f"{INTERVALS}/{name}") != sha256:
            found.faults.append(f"{INTERVALS}/{name} is missing or altered")
    for table, count in manifest["rows"].items():
        if rows.get(table) != count:
            found.faults.append(f"its database has {rows.get(table, 0)} rows of {table}, it says {count}")


def _is_whole(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False


def _compare_counts(manifest: dict[str, Any], found: Archived) -> None:
    if manifest["originals"] != found.originals:
        found.faults.append(f"it has {found.originals} originals, it says {manifest['originals']}")
    if manifest.get("files", found.files) != found.files:
        found.faults.append(f"it has {found.files} other files, it says {manifest['files']}")
