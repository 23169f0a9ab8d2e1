"""DuckDB as it is used here: in memory, one of a process and folder, a cursor for whoever asks.

Nothing is shared through a file of DuckDB's: one that is open for writing refuses all other processes.
Instants are whole seconds all along, and its clock is UTC. What does not fit into memory goes to a
hidden folder beside the readings, which nobody else may look into.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

MEMORY = "200MB"
SPILL = ".spill-"
"""What the name of a folder begins with to which DuckDB moves what does not fit into memory."""


@contextmanager
def cursor(folder: Path) -> Iterator[DuckDBPyConnection]:
    """Give a connection of its own, with tables of its own; what it made is gone with it.

    Raises:
        OSError: if the disk is full, or a file cannot be read or written.
    """
    duck = _whole(folder).cursor()
    try:
        duck.execute("SET TimeZone = 'UTC'")
        yield duck
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        full = "No space left" in str(error)
        code = errno.ENOSPC if full else errno.EIO
        raise OSError(code, os.strerror(code) if full else str(error)) from error
    finally:
        duck.close()


def _whole(folder: Path) -> DuckDBPyConnection:
    """Return this process's database; another one where it was given up, as after a disk that was full."""
    found = _database(os.getpid(), folder)
    try:
        found.execute("SELECT 1")
    except duckdb.Error:
        _database.cache_clear()
        found = _database(os.getpid(), folder)
    return found


@cache
def _database(_process: int, folder: Path) -> DuckDBPyConnection:
    spill = folder / f"{SPILL}{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(8)}"
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "preserve_insertion_order": "false",
        },
    )


def is_left_behind(spill: Path) -> bool:
    """Tell whether a folder for what did not fit into memory is of a process of this machine that is over."""
    node, _, process = spill.name.removeprefix(SPILL).rpartition("-")[0].rpartition("-")
    return node == os.uname().nodename and not Path("/proc", process).exists()


def quoted(text: str) -> str:
    """Return a text as SQL has it.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def listed(paths: list[Path]) -> str:
    """Return files as DuckDB's list of them."""
    return "[" + ", ".join(quoted(str(path)) for path in paths) + "]"
