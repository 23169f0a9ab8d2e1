"""The sign of life of a watch: when it last looked, and what waits."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from extractor.home import Home

FILE = "heartbeat.json"

EVERY_SECONDS = 10.0
"""Seconds between two beats."""


@dataclass(frozen=True)
class Beat:
    """What a watch says of itself."""

    at: dt.datetime
    pid: int
    waiting: int
    """Files in the inbox."""
    oldest_seconds: float
    """How long the file that came first has been there."""
    trouble: str | None = None
    """Why nothing can be kept for now."""


def beat(home: Home, sign: Beat) -> None:
    """Leave a sign of life; a disk that is full takes none, and that is told elsewhere."""
    said = asdict(sign) | {"at": sign.at.isoformat()}
    part = home.path / f".{FILE}.part"
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(said, file)
        part.replace(home.path / FILE)
    except OSError:
        return


def last_beat(home: Home) -> Beat | None:
    """Return the last sign of life, None if there never was one."""
    return _read(home.path / FILE)


def _read(path: Path) -> Beat | None:
    try:
        said = json.loads(path.read_text("utf-8"))
        return Beat(**(said | {"at": dt.datetime.fromisoformat(said["at"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None
