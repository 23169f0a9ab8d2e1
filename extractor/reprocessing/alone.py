"""One reprocessing of a home at a time: a lock on a file in the home, which ends with whoever holds it.

Two at once would share what was read so far, and the later one would report what the earlier one moved. The
system lets go of the lock when a program ends, be it killed; the file itself stays and means nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from extractor.base.errors import BillclerkError
from extractor.home import Home

LOCK = "reprocess.lock"
"""The file in the home."""


class ReprocessingError(BillclerkError):
    """Another reprocessing of this home is at work; wait until it is done, or end it, then say it again."""

    exit_code = 2


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold a home's reprocessing.

    Raises:
        ReprocessingError: if another program holds it.
    """
    with open(home.path / LOCK, "a", opener=_privately) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReprocessingError(
                "another `billclerk reprocess` is at work on this home;"
                " wait until it is done, or end it, then say it again"
            ) from None
        yield


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
