"""The home of a firm's bills: one folder with the inbox, the originals and the database.

    inbox/          drop bills here
    originals/      every file ever taken, byte for byte, by its hash
    review/         what a person has to look at, each with a note saying why
    rejected/       what is no bill that can be read, each with a note
    intervals/      interval readings
    billclerk.db    what was read (unless BILLCLERK_DATABASE_URL names a server)
    settings.toml   the settings of this home; the environment comes first

Nobody else on the machine may look into it: folders are 0700, files 0600.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.base.errors import BillclerkError

VARIABLE = "BILLCLERK_HOME"
FOLDERS = ("inbox", "originals", "review", "rejected", "intervals")
SETTINGS = "settings.toml"
DATABASE = "billclerk.db"

PRIVATE = 0o077
"""What group and others may not do."""


class NoHomeError(BillclerkError):
    """There is no home where one was looked for; make one with `billclerk init`."""

    exit_code = 2


@dataclass(frozen=True)
class Home:
    """A home that exists."""

    path: Path

    @property
    def inbox(self) -> Path:
        """Where bills are dropped."""
        return self.path / "inbox"

    @property
    def originals(self) -> Path:
        """Where every file that was taken is kept."""
        return self.path / "originals"

    @property
    def review(self) -> Path:
        """Where files stand that a person has to look at."""
        return self.path / "review"

    @property
    def rejected(self) -> Path:
        """Where files stand that are no bills."""
        return self.path / "rejected"

    @property
    def settings(self) -> Path:
        """The file of settings."""
        return self.path / SETTINGS

    @property
    def last_backup(self) -> Path:
        """Where stands when it was last backed up."""
        return self.path / "last-backup.json"

    @property
    def database(self) -> str:
        """The address of its own database."""
        return f"sqlite:///{self.path / DATABASE}"


def created(path: Path, settings: str) -> Home:
    """Make a home, or what one lacks; nothing that is there is changed.

    Raises:
        NoHomeError: if the folder has other things in it, or cannot be made.
    """
    try:
        if path.exists() and not _is_home(path) and any(path.iterdir()):
            raise NoHomeError(f"{path} has other files in it; name an empty or a new folder")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        for name in FOLDERS:
            (path / name).mkdir(mode=0o700, exist_ok=True)
        if not (path / SETTINGS).exists():
            written_privately(path / SETTINGS, settings.encode())
    except OSError as error:
        raise NoHomeError(f"no home can be made at {path}: {error.strerror}") from None
    return Home(path.resolve())


def found(option: Path | None, environ: Mapping[str, str], here: Path) -> Home:
    """Return the home that is asked for, else that of the environment, else the current folder.

    Raises:
        NoHomeError: if there is none, or others may look into it.
    """
    named = option or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    path = named or here
    if not _is_home(path):
        raise NoHomeError(
            f"{path} is no home of billclerk; make one with `billclerk init {path}`"
            if named
            else f"the current folder is no home of billclerk; name one by --home or {VARIABLE}"
        )
    if stat.S_IMODE(path.stat().st_mode) & PRIVATE:
        raise NoHomeError(f"others may look into {path}, which holds customers' bills; run: chmod 700 {path}")
    return Home(path.resolve())


def written_privately(path: Path, content: bytes) -> None:
    """Write a new file that nobody else may read, whole or not at all.

    Raises:
        OSError: as the system says.
    """
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    synced(path.parent)


def synced(path: Path) -> None:
    """Have a file, or the names in a folder, written to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_home(path: Path) -> bool:
    return (path / SETTINGS).is_file() and (path / "inbox").is_dir()
