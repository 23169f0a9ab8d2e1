"""One consistent set of all that a firm would miss, taken while others work; put back on an empty machine.

    manifest.json   when it was made, by which version, the database's hash, how many rows and files
    database.db     the database of one moment, as SQLite, whatever kind it is
    originals/      the originals of all documents in it
    intervals/      the files of readings that count by the database (no import clears one away meanwhile),
                    and what people put there
    forms/, templates/, review/, rejected/, settings.toml: as they are in the home

The database is copied first: the original of each document was on disk before its row, and so were the
readings. Settings are taken without secrets; those come from the environment anyway.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, col, select

from extractor import __version__
from extractor.base.database import opened, reading
from extractor.base.errors import BillclerkError
from extractor.base.evidence import files_in
from extractor.home import FOLDERS, SETTINGS, Home, NoHomeError, created, synced, written_privately
from extractor.intervals.held.files import folder_of, others, shared
from extractor.originals import place_by_hash
from extractor.store.copying import copied_from_file, copied_to_file
from extractor.store.metered import live_files
from extractor.store.opening import made_privately
from extractor.store.tables import Document

MANIFEST, DATABASE = "manifest.json", "database.db"
INTERVALS = "intervals"
KEPT = ("forms", "templates", "review", "rejected")
"""Folders of the home that go along as they are."""

BESIDE = (
    ("customer_authorization", "signed_sha256"),
    ("incoming_mail", "sha256"),
    ("request_item", "received_sha256"),
    ("request_event", "detail"),
    ("authorization_event", "detail"),
)
"""Tables of requests, and where these name files among the originals: named here, not imported."""

CHUNK = 1 << 20


class BackupError(BillclerkError):
    """The file is no backup, or is damaged; the message says where."""

    exit_code = 2


@dataclass
class Taken:
    """What a backup has in it."""

    rows: dict[str, int] = field(default_factory=dict)
    originals: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    """Hashes of originals that are gone, or are not what they were."""
    lost: list[str] = field(default_factory=list)
    """Names of files of readings that are gone, or are not what they were."""


def backup(home: Home, engine: Engine, out: Path, now: dt.datetime) -> Taken:
    """Write a backup, whole or not at all, for nobody else to read.

    Raises:
        OSError: as the system says.
    """
    part = out.with_name(f".{out.name}.part")
    taken = Taken()
    try:
        part.touch(mode=0o600)
        part.chmod(0o600)
        with (
            shared(folder_of(home)),
            tempfile.TemporaryDirectory(dir=home.path, prefix=".backup-") as folder,
        ):
            copy = Path(folder, DATABASE)
            taken.rows = copied_to_file(engine, copy)
            database = _hash_of(copy)  # before it is opened again
            with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
                archive.add(copy, DATABASE)
                _add_originals(archive, home, copy, taken)
                _add_readings(archive, home, copy, taken)
                _add_files(archive, home, taken)
                manifest = {
                    "made_at": now.isoformat(timespec="seconds"),
                    "program": __version__,
                    "rows": taken.rows,
                    "database": database,
                    "originals": taken.originals,
                    "files": taken.files,
                    "missing": taken.missing,
                    "lost": taken.lost,
                }
                _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
        synced(part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    gone = len(taken.missing) + len(taken.lost)
    last = {"at": now.isoformat(timespec="seconds"), "missing": gone}
    written_privately(home.last_backup, json.dumps(last).encode())
    return taken


def _add_originals(archive: tarfile.TarFile, home: Home, database: Path, taken: Taken) -> None:
    for sha256 in documents_in(database):
        path = place_by_hash(home.originals, sha256)
        if path is None:
            taken.missing.append(sha256)
            continue
        if _hash_of(path) != sha256:
            taken.missing.append(sha256)  # what is there is not the original
            continue
        archive.add(path, f"originals/{sha256[:2]}/{path.name}")
        taken.originals += 1


def documents_in(database: Path) -> list[str]:
    """Return the hashes of the files that a copied database names."""
    copy = opened(f"sqlite:///{database}")
    try:
        with reading(copy) as session:
            return originals_of(session)
    finally:
        copy.dispose()


def originals_of(session: Session) -> list[str]:
    """Return the hashes of all files that a database names: documents, signed forms, mail."""
    hashes = list(session.exec(select(Document.sha256).order_by(col(Document.id))))
    there = set(inspect(session.connection()).get_table_names())
    for table, column in BESIDE:
        if table in there:
            asked = text(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY id")
            for value in session.connection().execute(asked).scalars():
                hashes += _named_in(value)
    return list(dict.fromkeys(hashes))


def _named_in(value: Any) -> Iterator[str]:
    """Give the hashes that a column names: one, or those in an event's detail (servers give that parsed)."""
    if isinstance(value, str) and not value.startswith("{"):
        yield value
        return
    detail = json.loads(value) if isinstance(value, str) else value
    yield from files_in(detail)


def readings_in(database: Path) -> dict[str, str]:
    """Return the files of readings that count in a copied database, and their hashes, by name."""
    copy = opened(f"sqlite:///{database}")
    try:
        with reading(copy) as session:
            return live_files(session)
    finally:
        copy.dispose()


def _add_readings(archive: tarfile.TarFile, home: Home, database: Path, taken: Taken) -> None:
    for name, sha256 in readings_in(database).items():
        path = folder_of(home) / name
        if _is(path, sha256):
            archive.add(path, f"{INTERVALS}/{name}")
            taken.files += 1
        else:
            taken.lost.append(name)
    for path in others(folder_of(home)):
        archive.add(path, path.relative_to(home.path))
        taken.files += 1


def _add_files(archive: tarfile.TarFile, home: Home, taken: Taken) -> None:
    for name in KEPT:
        folder = home.path / name
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                try:
                    archive.add(path, path.relative_to(home.path).as_posix())
                except FileNotFoundError:  # moved meanwhile
                    continue
                taken.files += 1
    _add_bytes(archive, SETTINGS, _without_secrets((home.path / SETTINGS).read_text("utf-8")).encode())


def _without_secrets(settings: str) -> str:
    """Return the text of a settings file without the lines of what may be a secret."""
    tomllib.loads(settings)
    words = ("password", "secret", "token", "key", "url")
    lines = settings.splitlines(keepends=True)
    return "".join(line for line in lines if not any(word in line.partition("=")[0] for word in words))


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def restore(source: Path, target: Path, address: str | None) -> dict[str, Any]:
    """Put a backup back into a new or empty folder, and its database into an empty one; return its manifest.

    `address` is that of a server's database, None for the home's own.

    Raises:
        BackupError: if it is no backup, or a file of it is damaged.
        NoHomeError: if the folder is not empty.
        NotEmptyError: if the server's database is not.
    """
    if target.exists() and any(target.iterdir()):
        raise NoHomeError(f"{target} has other files in it; name an empty or a new folder")
    try:
        with tarfile.open(source, "r:") as archive:
            names = set(archive.getnames())
            if not {MANIFEST, DATABASE, SETTINGS} <= names:
                raise BackupError(f"{source} is no backup of billclerk")
            manifest: dict[str, Any] = json.loads(bytes_of(archive, MANIFEST))
            home = created(target, bytes_of(archive, SETTINGS).decode())
            for member in members_of(archive):
                _unpack(archive, member, home)
    except (tarfile.TarError, EOFError, json.JSONDecodeError, KeyError) as error:
        raise BackupError(f"{source} is damaged: {error}") from None
    database = home.path / DATABASE
    if manifest.get("database") not in (None, _hash_of(database)):
        raise BackupError(f"{source} is damaged: its database is not what it was")
    engine = opened(address or home.database)
    made_privately(engine)
    try:
        rows = copied_from_file(database, engine)
        if any(rows.get(name) != count for name, count in manifest["rows"].items()):
            raise BackupError(f"{source} is damaged: its database has other rows than it says")
        if set(_lost(home, engine)) - set(manifest.get("lost", ())):
            raise BackupError(f"{source} is damaged: a file of readings is not what it was")
    finally:
        engine.dispose()
        for path in home.path.glob(f"{DATABASE}*"):
            path.unlink()
    return manifest


def members_of(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Give the members that belong into a home; any other is no member of a backup.

    Raises:
        BackupError: if there is one that leads elsewhere.
    """
    for member in archive:
        parts = PurePosixPath(member.name).parts
        if member.name in (MANIFEST, SETTINGS):
            continue
        within = member.name == DATABASE or (len(parts) > 1 and parts[0] in (INTERVALS, *KEPT, *FOLDERS))
        if not member.isfile() or ".." in parts or not within:
            raise BackupError(f"the backup has a member that belongs into no home: {member.name!r}")
        yield member


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, home: Home) -> None:
    place = home.path / member.name
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = archive.extractfile(member)
    assert data is not None  # a file
    place.touch(mode=0o600)
    digest = hashlib.sha256()
    with place.open("wb") as out:
        while chunk := data.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if member.name.startswith("originals/") and digest.hexdigest() != place.name.partition(".")[0]:
        raise BackupError(f"the backup is damaged: {member.name} is not what it was")


def bytes_of(archive: tarfile.TarFile, name: str) -> bytes:
    """Return the bytes of a member.

    Raises:
        BackupError: if there is none.
    """
    file = archive.extractfile(name)
    if file is None:
        raise BackupError(f"the backup has no {name}")
    return file.read()


@dataclass
class Checked:
    """What was found wrong with a home."""

    documents: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Files among the originals that no document has: what a kill left behind, harmless."""
    lost: list[str] = field(default_factory=list)
    """Names of files of readings that are gone, or are not what they were."""

    @property
    def is_sound(self) -> bool:
        """Whether every document's original is what it was, and so are the readings."""
        return not self.missing and not self.altered and not self.lost


def verify(home: Home, engine: Engine) -> Checked:
    """Compare every original and file of readings with its hash, and the originals with the documents."""
    checked = Checked()
    known: set[str] = set()
    with reading(engine) as session:
        checked.documents = len(session.exec(select(Document.id)).all())
        hashes = originals_of(session)
    for sha256 in hashes:
        known.add(sha256)
        path = place_by_hash(home.originals, sha256)
        if path is None:
            checked.missing.append(sha256)
        elif _hash_of(path) != sha256:
            checked.altered.append(sha256)
    for path in sorted(home.originals.rglob("*")):
        if path.is_file() and path.name.partition(".")[0] not in known:
            checked.unknown.append(path.name)
    checked.lost = _lost(home, engine)
    return checked


def _lost(home: Home, engine: Engine) -> list[str]:
    """Return the names of the files of readings that are gone, or are not what they were."""
    folder = folder_of(home)
    with shared(folder):
        with reading(engine) as session:
            named = live_files(session)
        return [name for name, sha256 in named.items() if not _is(folder / name, sha256)]


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and _hash_of(path) == sha256


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def free_bytes(path: Path) -> int:
    """Return the space left on the disk of a folder."""
    return shutil.disk_usage(path).free
