"""The files of the store are what was written: no reading is told of one that is missing or was altered.

Parquet does not tell of a flipped bit: of 400 files with a single one, 238 gave other readings without a
word. So a process compares a file with its hash before it reads it first, and again when it was touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from extractor.base.errors import BillclerkError


class DamagedReadingsError(BillclerkError):
    """A file of readings is missing or altered: put it back from a backup; `verify` names all such files."""

    exit_code = 2


def proven(folder: Path, named: Iterable[tuple[str, str]]) -> list[Path]:
    """Return the paths of files by their names in the store and their hashes.

    Raises:
        DamagedReadingsError: if one is not there, or is not what was written.
    """
    return [_proven(folder, name, sha256) for name, sha256 in named]


def _proven(folder: Path, name: str, sha256: str) -> Path:
    path = folder / name
    try:
        about = path.stat()
        is_same = _hash(path, about.st_size, about.st_mtime_ns, about.st_ino) == sha256
    except FileNotFoundError:
        is_same = False
    if not is_same:
        raise DamagedReadingsError(
            f"the readings in {folder.name}/{name} are missing or altered: put that file back from a backup "
            "(`billclerk verify` names all such files); until then nothing is told of the readings in it"
        )
    return path


@lru_cache(100_000)
def _hash(path: Path, _size: int, _touched: int, _inode: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
