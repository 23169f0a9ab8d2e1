"""Documents read by a Ray cluster: the same function as on one machine, mapped over originals.

Chunks of documents go to the cluster with their bytes, so its machines need not see the home; there each
is read by guarded processes, as everywhere. Results come back to whoever drives, who alone writes them.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from extractor.base.errors import BillclerkError
from extractor.guarded import Asked, answers
from extractor.reprocessing.batch import Reads
from extractor.settings import ReaderSettings

CHUNK = 25
"""Documents that travel together: a task costs a few milliseconds, a document a few hundred."""

AHEAD = 2
"""Chunks on their way for each processor of the cluster."""


KNOCK_SECONDS = 10.0
"""How long a cluster may take to answer the door."""


class NoClusterError(BillclerkError):
    """Ray is not installed, or there is no cluster at the address; the message says which."""

    exit_code = 2


def ray_reads(settings: ReaderSettings, address: str | None) -> Reads:
    """Return the engine of a Ray cluster; without an address one of this machine's own.

    Raises:
        NoClusterError: if Ray is not installed.
    """
    try:
        import ray as installed
    except ModuleNotFoundError:
        raise NoClusterError("Ray is not installed; install the extra `billclerk[ray]`") from None

    ray: Any = installed

    def read(wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        chunks = _chunks(wanted, min(CHUNK, max(1, files)))
        with _connected(ray, address):
            task = ray.remote(num_cpus=1, max_retries=2)(read_chunk)
            most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
            going: deque[tuple[list[Asked], Any]] = deque()
            for chunk in chunks:
                data = [(asked.path.name, _bytes(asked.path)) for asked in chunk]
                going.append((chunk, task.remote(data, settings.model_dump())))
                if len(going) >= most:
                    yield from _answered(ray, *going.popleft())
            while going:
                yield from _answered(ray, *going.popleft())

    return read


def read_chunk(files: list[tuple[str, bytes]], settings: dict[str, Any]) -> list[list[bytes]]:
    """Read files, given as names and bytes, on whatever machine this is."""
    chosen = ReaderSettings.model_validate(settings)
    with tempfile.TemporaryDirectory(prefix="billclerk-") as folder:
        asked = []
        for number, (name, data) in enumerate(files):
            path = Path(folder, f"{number}-{name}")
            path.write_bytes(data)
            asked.append(Asked(path))
        return [lines for _, lines in answers(asked, chosen, jobs=1, files=len(asked))]


def _bytes(path: Path) -> bytes:
    """Return an original's bytes; of one that went meanwhile none, which are read as no bill."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _answered(ray: Any, chunk: list[Asked], task: Any) -> Iterator[tuple[Asked, list[bytes]]]:
    yield from zip(chunk, ray.get(task), strict=True)


def _chunks(wanted: Iterable[Asked], size: int) -> Iterator[list[Asked]]:
    left = iter(wanted)
    while chunk := list(islice(left, size)):
        yield chunk


def _knock(address: str) -> None:
    """Refuse an address where nobody answers: Ray itself would wait for minutes.

    Raises:
        NoClusterError: if nobody does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=KNOCK_SECONDS).close()
    except (OSError, ValueError, OverflowError):
        raise NoClusterError(f"there is no Ray cluster at {address}; write HOST:PORT") from None


class _connected:
    """Connects to a cluster, and lets go of it; a cluster of its own ends with it."""

    def __init__(self, ray: Any, address: str | None) -> None:
        self._ray, self._address = ray, address

    def __enter__(self) -> None:
        if self._address is not None:
            _knock(self._address)
        try:
            self._ray.init(
                address=self._address or "local",
                log_to_driver=False,
                logging_level="error",
                include_dashboard=False,
                configure_logging=False,
                runtime_env={"env_vars": {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}},
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise NoClusterError(f"there is no Ray cluster at {self._address}: {error}") from None

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()
